//! How a command of the tool ends: one path for its exit code, for a reader that has gone, and for what it could not do.

use std::fmt::{self, Display};
use std::io::{self, ErrorKind};
use std::process::ExitCode;

use crate::{running, screen};

/// How a command ended that did its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Everything was as the lessons say: 0.
    Good,
    /// Something was not: 1.
    Bad,
    /// Ctrl-C, or another signal that ends the tool: 130, or that signal's code.
    Interrupted,
    /// It ran a command, or made calls, and ends with their exit code.
    Code(u8),
}

/// Why a command stopped before it was done.
#[derive(Debug, PartialEq, Eq)]
pub enum Stop {
    /// The reader of stdout has seen enough and closed its pipe (`| head`). That is not an error: 0, and nothing is printed.
    Unread,
    /// What happened and what to do, for stderr.
    Problem {
        /// 1 for the network or a peer, 2 for wrong usage or this computer.
        exit_code: u8,
        /// One or two sentences.
        message: String,
    },
}

/// The result of a command, or of a part of it.
pub type Result<T = Outcome> = std::result::Result<T, Stop>;

/// Wrong usage, or something on this computer.
impl From<String> for Stop {
    fn from(message: String) -> Stop {
        Stop::Problem { exit_code: 2, message }
    }
}

impl From<&str> for Stop {
    fn from(message: &str) -> Stop {
        message.to_owned().into()
    }
}

/// An error that explains itself knows its exit code too.
impl From<common::Error> for Stop {
    fn from(error: common::Error) -> Stop {
        Stop::Problem { exit_code: error.exit_code, message: error.to_string() }
    }
}

/// An error of writing to stdout. Other calls need a sentence of their own: what was called, and for what.
impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Stop {
        match error.kind() {
            ErrorKind::BrokenPipe => Stop::Unread,
            ErrorKind::StorageFull => {
                format!("can't write to stdout: {error}; free some space there").into()
            }
            _ => format!("can't write to stdout: {error}").into(),
        }
    }
}

impl Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stop::Unread => f.write_str("the reader of stdout has gone"),
            Stop::Problem { message, .. } => f.write_str(message),
        }
    }
}

/// The exit code of the tool. A problem is explained on stderr, unless Ctrl-C caused it.
pub fn exit_code(result: Result) -> ExitCode {
    match result {
        Ok(Outcome::Good) | Err(Stop::Unread) => ExitCode::SUCCESS,
        Ok(Outcome::Bad) => ExitCode::from(1),
        Ok(Outcome::Code(code)) => ExitCode::from(code),
        Ok(Outcome::Interrupted) => ExitCode::from(running::exit_code()),
        Err(Stop::Problem { .. }) if running::all_ended() => ExitCode::from(running::exit_code()),
        Err(Stop::Problem { exit_code, message }) => {
            screen::error(&message);
            ExitCode::from(exit_code)
        }
    }
}
