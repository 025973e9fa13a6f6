//! How a command of the tool ends: one path for what it wrote, for a pipe that was closed, and for the exit code.

use std::io::{self, ErrorKind};

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All was as the lessons say.
    Good,
    /// Something was not.
    Bad,
    /// Ctrl-C.
    Interrupted,
}

/// A reader that has seen enough and closed its pipe (`| head`) is no error.
pub fn told(outcome: io::Result<Outcome>) -> Result<Outcome, String> {
    match outcome {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(Outcome::Good),
        outcome => outcome.map_err(|error| format!("can't write to stdout: {error}")),
    }
}
