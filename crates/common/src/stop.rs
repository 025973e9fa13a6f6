//! Ending at once, and leaving the terminal as it was: Ctrl-C, SIGTERM, a peer that is gone; and Ctrl-Z.

use std::path::PathBuf;
use std::sync::Mutex;

#[cfg(unix)]
use nix::sys::signal::{SigSet, Signal, raise};

use crate::{console, error};

/// What to do on the first signal instead of ending; the number is the exit code it asks for.
type Hook = Box<dyn FnOnce(u8) + Send>;

static FIRST_SIGNAL: Mutex<Option<Hook>> = Mutex::new(None);
static SOCKET_FILES: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Exit code after Ctrl-C: 128 + SIGINT, as shells have it.
pub const INTERRUPTED: u8 = 130;

/// Starts the thread that waits for signals and acts on them: sigwait(3). SIGINT (Ctrl-C), SIGTERM and SIGQUIT
/// (Ctrl-\) end the program, SIGTSTP (Ctrl-Z) stops it, and SIGCONT lets it go on.
///
/// Call it first in `main`: threads inherit the blocked signals from the one that starts them, so no other thread can be
/// chosen for one. A blocked call such as `accept` can't look at a flag, so a thread of its own does the ending.
#[cfg(unix)]
pub fn watch_signals() {
    watch(&[Signal::SIGINT, Signal::SIGTERM, Signal::SIGQUIT]);
}

/// The same without the signals that end a program, for one that takes those in its own way.
#[cfg(unix)]
pub fn watch_stops() {
    watch(&[]);
}

#[cfg(unix)]
fn watch(ending: &[Signal]) {
    let mut signals = SigSet::empty();
    for signal in [Signal::SIGTSTP, Signal::SIGCONT, Signal::SIGWINCH].iter().chain(ending) {
        signals.add(*signal);
    }
    if signals.thread_block().is_ok() {
        std::thread::spawn(move || {
            while let Ok(signal) = signals.wait() {
                match signal {
                    Signal::SIGTSTP => console::hand_over_while(stop),
                    Signal::SIGCONT | Signal::SIGWINCH => console::redraw(),
                    _ => on_signal(128 + signal as u8),
                }
            }
        });
    }
}

/// Stops the program as Ctrl-Z does where nobody waits for it; returns when the program goes on.
#[cfg(unix)]
fn stop() {
    let mut signals = SigSet::empty();
    signals.add(Signal::SIGTSTP);
    // Not SIGSTOP: a shell without job control ignores SIGTSTP for its programs, and nothing would wake this one.
    let _ = raise(Signal::SIGTSTP).and_then(|()| signals.thread_unblock());
    let _ = signals.thread_block();
}

/// Windows ends a program on Ctrl-C by itself, and its consoles reset their own mode.
#[cfg(not(unix))]
pub fn watch_signals() {}

/// There is no Ctrl-Z.
#[cfg(not(unix))]
pub fn watch_stops() {}

#[cfg(unix)]
fn on_signal(exit_code: u8) {
    use std::io::{self, IsTerminal, Write};

    if exit_code == INTERRUPTED && io::stderr().is_terminal() && !console::has_prompt() {
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
