//! The list of the programs that are running now, so that none of them outlives the course tool.
//!
//! Each program is started as a process group of its own (on Unix): what it starts belongs to the group, and one call
//! ends them all. The price is that the terminal's Ctrl-C no longer reaches them, so the tool passes it on: [`end_all`].

use std::io::{self, ErrorKind};
use std::process::{Child, Command};
use std::sync::{Mutex, MutexGuard, PoisonError};

struct Running {
    ids: Vec<u32>,
    /// Everything was ended, and nothing may be started any more.
    over: bool,
}

static RUNNING: Mutex<Running> = Mutex::new(Running { ids: Vec::new(), over: false });

fn running() -> MutexGuard<'static, Running> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts a program and puts it on the list.
pub(crate) fn spawn(command: &mut Command) -> io::Result<Child> {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    // The list stays locked while the program starts: a Ctrl-C in between must not miss it.
    let mut running = running();
    if running.over {
        return Err(io::Error::new(ErrorKind::Interrupted, "interrupted"));
    }
    let child = command.spawn()?;
    running.ids.push(child.id());
    Ok(child)
}

/// Does something while no program is being started: a program that starts holds copies of all our sockets for a moment,
/// also of those that we have closed meanwhile.
pub(crate) fn while_nothing_starts<T>(act: impl FnOnce() -> T) -> T {
    let _nothing_starts = running();
    act()
}

/// Takes a program that has ended from the list, and ends what it left running.
pub(crate) fn forget(id: u32) {
    // Windows can't find what a process has started once it is gone.
    #[cfg(unix)]
    kill(id);
    running().ids.retain(|&running| running != id);
}

/// Ends every program that is running, and lets no other start. For Ctrl-C.
pub fn end_all() {
    let mut running = running();
    running.over = true;
    for &id in &running.ids {
        kill(id);
    }
}

/// Has [`end_all`] been called?
pub fn all_ended() -> bool {
    running().over
}

/// Ends a program and all that it started.
#[cfg(unix)]
pub(crate) fn kill(id: u32) {
    signal(id, nix::sys::signal::Signal::SIGKILL);
}

/// Sends a signal to a program and all that it started.
#[cfg(unix)]
pub(crate) fn signal(id: u32, signal: nix::sys::signal::Signal) {
    if let Ok(group) = i32::try_from(id) {
        // The only error that can come is that nothing is left of the group, and then all is well.
        let _ = nix::sys::signal::killpg(nix::unistd::Pid::from_raw(group), signal);
    }
}

/// Ends a program and all that it started. Windows has no process groups; its own tool knows which process started which.
#[cfg(not(unix))]
pub(crate) fn kill(id: u32) {
    let _ = Command::new("taskkill").args(["/T", "/F", "/PID", &id.to_string()]).output();
}
