//! The course tool as a library: what the tests of the steps, and the tool's own commands, are made of.
//!
//! To run real programs:
//! - [`program`] runs one, with a deadline on every wait and a limit on every output;
//! - [`output`] keeps what a program printed, and finds lines in it;
//! - [`running`] ends all programs on Ctrl-C, and with [`supervisor`] all that they started (Linux);
//! - [`find`] knows where the programs of the steps lie, and [`build`] builds them.
//!
//! [`check`] grades a program with them, and [`relay`] is a bad network to try one in.
//!
//! [`stages`] are small programs on the way to those of the steps.
//!
//! [`doctor`] checks the computer itself, and [`new`] makes the crate that a student begins with.
//!
//! To play the lessons with them:
//! - [`scenario`] is the table of what happens in each step;
//! - [`play`] plays it, and writes down what happened;
//! - [`screen`] draws that, [`demo`] and [`listing`] are the commands.

pub mod build;
pub mod check;
pub mod demo;
pub mod doctor;
pub mod find;
pub mod listing;
pub mod new;
pub mod output;
pub mod play;
pub mod program;
pub mod relay;
pub mod running;
pub mod scenario;
pub mod screen;
pub mod signals;
pub mod stages;
pub mod supervisor;
pub mod watch;

pub use find::step_program;
pub use program::{Launch, Program};
