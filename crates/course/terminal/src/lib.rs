//! Programs in a terminal, as a person runs them, and what is on its screen then.
//!
//! A crate of its own because a terminal needs libraries that only tests use, and no student waits for those.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic)] // a test helper may fail like the test itself

mod keys;
mod screen;
mod shell;

pub use keys::*;
pub use portable_pty::CommandBuilder;
pub use screen::*;
pub use shell::{Setting, USUAL, shells};
pub use vt100;
