//! The course tool: a thin command line over `testkit` (runs programs), `grader` (checks them) and `ladder` (shows what they
//! call and send).
//!
//! [`demo`] and [`listing`] show the steps, [`calls`] makes socket calls one by one, [`new`] makes a program to begin with,
//! from the texts in [`starter`], in [`chinese`] if that is asked for, [`doctor`] checks the computer itself, and [`signals`]
//! ends all of it.

pub mod calls;
pub mod chinese;
pub mod demo;
pub mod doctor;
pub mod listing;
pub mod new;
pub mod signals;
pub mod starter;
