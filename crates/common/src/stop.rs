//! Signals: Ctrl-C and SIGTERM end the program and leave the terminal as it was, Ctrl-Z stops it.

use std::sync::Mutex;

#[cfg(unix)]
use nix::sys::signal::{SigSet, Signal, raise};

use crate::console;
use crate::exit::{self, INTERRUPTED};
use crate::lock::lock;

/// What to do on the first signal instead of ending; the number is the exit code it asks for.
type Hook = Box<dyn FnOnce(u8) + Send>;

static FIRST_SIGNAL: Mutex<Option<Hook>> = Mutex::new(None);

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
    // At a limit of a file's size (`ulimit -f`) this one would end the program. Blocked, it lets write(2) fail instead.
    signals.add(Signal::SIGXFSZ);
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

/// Stops the program as Ctrl-Z does by default; returns when the program goes on.
#[cfg(unix)]
fn stop() {
    let mut signals = SigSet::empty();
    signals.add(Signal::SIGTSTP);
    // Not SIGSTOP: a shell without job control ignores SIGTSTP for its programs, and nothing would wake this one.
    let _ = raise(Signal::SIGTSTP).and_then(|()| signals.thread_unblock());
    let _ = signals.thread_block();
}

/// The same where signals don't exist: Windows calls a function on Ctrl-C, in a thread that it starts for that. Without one
/// it ends the program with an exit code of its own, 0xC000013A, before a file server has said goodbye.
#[cfg(not(unix))]
pub fn watch_signals() {
    // An error means that somebody else handles Ctrl-C already.
    let _ = ctrlc::set_handler(|| on_signal(INTERRUPTED));
}

/// There is no Ctrl-Z.
#[cfg(not(unix))]
pub fn watch_stops() {}

fn on_signal(exit_code: u8) {
    use std::io::{self, IsTerminal, Write};

    if exit_code == INTERRUPTED && io::stderr().is_terminal() && !console::has_prompt() {
        let _ = io::stderr().write_all(b"\n"); // the terminal wrote ^C
    }
    let hook = lock(&FIRST_SIGNAL).take();
    match hook {
        Some(hook) => hook(exit_code),
        None => exit::leave(exit_code),
    }
}

/// Has the first Ctrl-C or SIGTERM call `hook` with the exit code it stands for; a second one ends at once.
pub fn on_first_signal(hook: impl FnOnce(u8) + Send + 'static) {
    *lock(&FIRST_SIGNAL) = Some(Box::new(hook));
}
