//! Grades programs, in any language, over real sockets.
//!
//! - [`check`] starts a program, talks to it as its peer, and tells the story of each failure;
//! - [`stages`] are small programs on the way to those of the steps;
//! - [`mark`] has `check` grade the programs of a whole class, each one [confined](confine) to a folder of its own;
//! - [`edition`] is the edition of the course book that a student reads;
//! - [`relay`] is a bad network between two programs;
//! - [`command`] has the command lines of all of them, [`bytes`] shows bytes as a person compares them, and [`words`] has what
//!   each language calls a thing.
//!
//! `broken/` is the museum: programs with one mistake each, and what the grader says about it. `correct/` holds programs
//! without one, in Python.

pub mod bytes;
pub mod check;
pub mod command;
pub mod confine;
pub mod edition;
pub mod mark;
pub mod relay;
pub mod stages;
pub mod words;
