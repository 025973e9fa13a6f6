//! Ending at once, and leaving the terminal as it was: Ctrl-C, SIGTERM, a peer that is gone.

use std::path::PathBuf;
use std::sync::Mutex;

use crate::{console, error};

/// What to do on the first signal instead of ending; the number is the exit code it asks for.
type Hook = Box<dyn FnOnce(u8) + Send>;

static FIRST_SIGNAL: Mutex<Option<Hook>> = Mutex::new(None);
static SOCKET_FILES: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Exit code after Ctrl-C: 128 + SIGINT, as shells have it.
pub const INTERRUPTED: u8 = 130;

/// Starts the thread that waits for SIGINT (Ctrl-C) and SIGTERM and ends the program: sigwait(3).
///
/// Call it first in `main`: threads inherit the blocked signals from the one that starts them.
/// A blocked call such as `accept` can't look at a flag, so a thread of its own does the ending.
#[cfg(unix)]
pub fn watch_signals() {
    use nix::sys::signal::{SigSet, Signal};

    let mut signals = SigSet::empty();
    signals.add(Signal::SIGINT);
    signals.add(Signal::SIGTERM);
    if signals.thread_block().is_ok() {
        std::thread::spawn(move || {
            while let Ok(signal) = signals.wait() {
                on_signal(128 + signal as u8);
            }
        });
    }
}

/// Windows ends a program on Ctrl-C by itself, and its consoles reset their own mode.
#[cfg(not(unix))]
pub fn watch_signals() {}

#[cfg(unix)]
fn on_signal(exit_code: u8) {
    use std::io::{self, IsTerminal, Write};

    if exit_code == INTERRUPTED && io::stderr().is_terminal() {
        let _ = io::stderr().write_all(b"\n"); // the terminal wrote ^C
    }
    let hook = FIRST_SIGNAL.lock().ok().and_then(|mut hook| hook.take());
    match hook {
        Some(hook) => hook(exit_code),
        None => leave(exit_code),
    }
}

/// Has the first Ctrl-C or SIGTERM call `hook` with the exit code it stands for; a second one ends at once.
pub fn on_first_signal(hook: impl FnOnce(u8) + Send + 'static) {
    if let Ok(mut first) = FIRST_SIGNAL.lock() {
        *first = Some(Box::new(hook));
    }
}

/// Removes a `unix:` socket's file when the program ends; the system leaves it behind.
pub fn remove_at_exit(path: PathBuf) {
    if let Ok(mut files) = SOCKET_FILES.lock() {
        files.push(path);
    }
}

/// Prints what is still to be printed, restores the terminal, removes socket files.
pub fn clean_up() {
    console::close();
    if let Ok(mut files) = SOCKET_FILES.try_lock() {
        for path in files.drain(..) {
            let _ = std::fs::remove_file(path);
        }
    }
}

/// Ends the program at once from any thread, whatever the others are blocked in: exit(3).
pub fn leave(exit_code: u8) -> ! {
    clean_up();
    std::process::exit(exit_code.max(error::exit_code_so_far()).into())
}
