//! A program that was started is the first of a process group of its own, and has given it its number.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

/// A process group.
pub struct Group(u32);

/// Where the tool can be killed without its programs, the supervisor is there for that.
pub fn end_with_this_process() -> io::Result<()> {
    Ok(())
}

/// Starts a program in a group of its own.
pub fn spawn(command: &mut Command) -> io::Result<(Child, Group)> {
    let child = command.process_group(0).spawn()?;
    let group = Group::of(child.id());
    Ok((child, group))
}

impl Group {
    /// The group that has this number.
    pub fn of(id: u32) -> Group {
        Group(id)
    }

    /// Sends a signal to all of it.
    pub fn signal(&self, signal: Signal) {
        if let Ok(group) = i32::try_from(self.0) {
            // The only possible error is that nothing is left of the group.
            let _ = killpg(Pid::from_raw(group), signal);
        }
    }

    /// Ends all of it.
    pub fn end(&mut self) {
        self.signal(Signal::SIGKILL);
    }

    /// Ends what its first program has left running. Returns how that one ended.
    pub fn end_rest(&mut self, status: ExitStatus) -> ExitStatus {
        self.end();
        status
    }
}
