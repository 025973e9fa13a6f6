//! Runs programs as children, with a deadline for everything: all tests, and the crates of the tool, are built on it.
//!
//! - [`program`] runs a program, with a deadline on every wait and a limit on every output;
//! - [`output`] keeps what a program printed, and finds lines in it;
//! - [`running`] ends all programs on Ctrl-C, with [`group`] and [`supervisor`] also all that they started;
//! - [`limits`] ends a program that uses too much;
//! - [`namespace`] is a network of their own (Linux);
//! - [`submission`] finds the program of a student, and starts it so that its output comes line by line;
//! - [`shell`] is what a person types commands into;
//! - [`find`] knows where the programs of the steps lie, [`python`](mod@python) where Python does, and [`build`] builds them;
//! - [`peer`], [`skip`] and [`step`] are for tests: bare sockets, what a computer may lack, a step as it is run;
//! - [`stories`] is for tests that grade many programs;
//! - [`screen`] and [`outcome`] are how the tool prints, and how a command ends.

pub mod build;
pub mod find;
pub mod group;
pub mod limits;
pub mod namespace;
pub mod outcome;
pub mod output;
pub mod peer;
pub mod program;
pub mod python;
pub mod running;
pub mod screen;
pub mod shell;
pub mod skip;
pub mod step;
pub mod stories;
pub mod submission;
pub mod supervisor;
pub mod temporary;

pub use find::step_program;
pub use program::{Change, Exit, Failure, Launch, Observation, Program};
