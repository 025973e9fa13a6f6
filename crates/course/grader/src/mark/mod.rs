//! `cargo course mark`: has `check` grade the programs of a whole class, several at the same time.
//!
//! - [`settings`] reads `mark.toml`; [`submissions`] finds what is marked, and [`program`] how each of it is built and run;
//! - [`work`] marks one: a copy of its own, its build, its checks, all of it confined; [`marked`] is what comes of it;
//! - [`store`] keeps the results, so that a run that was interrupted goes on;
//! - [`csv`], [`report`], [`lecture`] and [`table`] write them: for a spreadsheet, for the student, for the next lecture, for
//!   the screen.

pub mod csv;
pub mod lecture;
pub mod marked;
pub mod program;
pub mod report;
pub mod settings;
pub mod store;
pub mod submissions;
pub mod table;
pub mod work;
