//! The functions of `linux` for other systems, where `group` must be enough: on Windows it is. On macOS what has left the
//! process group goes on, and all of it when the tool itself is killed.

use std::convert::Infallible;
use std::io;
use std::process::{Child, Command, ExitStatus};
use std::time::Duration;

/// Does this system have one?
pub const EXISTS: bool = false;

/// What a supervisor would report; there is none.
pub struct Report(Infallible);

impl Report {
    /// Waits for the program's end.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        match self.0 {}
    }

    /// How many processes it left running outside of its group.
    pub fn left(&mut self) -> usize {
        match self.0 {}
    }
}

/// Nothing is started: the caller starts the program itself.
pub fn spawn(
    _command: &Command,
    _in_terminal: bool,
    _streams: impl FnOnce(&mut Command),
) -> io::Result<(Child, u32, Report)> {
    Err(io::ErrorKind::Unsupported.into())
}

/// There is nothing to end.
pub fn end(_supervisor: u32) {}

/// No process is started as a supervisor.
pub fn was_asked() -> bool {
    false
}

/// Orphans can't be adopted here.
pub fn adopt_orphans() {}

/// Nothing is known of them.
pub fn end_descendants(_politely: Duration) {}
