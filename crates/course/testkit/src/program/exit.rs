//! How a program ends: by itself, or by a signal.

use std::fmt;
use std::process::ExitStatus;

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// It ended by itself, with this exit code.
    Code(i32),
    /// It was ended by this signal (Unix).
    Signal(i32),
}

impl Exit {
    /// The exit code, if it ended by itself.
    pub fn code(self) -> Option<i32> {
        match self {
            Exit::Code(code) => Some(code),
            Exit::Signal(_) => None,
        }
    }

    /// Did it end with exit code 0?
    pub fn success(self) -> bool {
        self == Exit::Code(0)
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Exit::Code(code) => write!(out, "exit code {code}"),
            Exit::Signal(number) => write!(out, "signal {number} ({})", signal_name(*number)),
        }
    }
}

impl From<ExitStatus> for Exit {
    fn from(status: ExitStatus) -> Exit {
        #[cfg(unix)]
        if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
            return Exit::Signal(signal);
        }
        Exit::Code(status.code().unwrap_or(-1))
    }
}

#[cfg(unix)]
fn signal_name(number: i32) -> &'static str {
    nix::sys::signal::Signal::try_from(number).map_or("unknown", |signal| signal.as_str())
}

#[cfg(not(unix))]
fn signal_name(_number: i32) -> &'static str {
    "unknown" // no program ends by a signal here
}
