//! The end of the program: its exit code, and what must be put in order before.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU8, Ordering};

use crate::lock::lock;

/// Exit code after Ctrl-C: 128 + SIGINT, as in shells.
pub const INTERRUPTED: u8 = 130;

/// The highest exit code that was asked for while the program went on.
static CODE: AtomicU8 = AtomicU8::new(0);

/// What to do at the end, in this order.
static AT_END: Mutex<Vec<fn()>> = Mutex::new(Vec::new());

/// Keeps an exit code for the end; the highest one counts.
pub(crate) fn count(code: u8) {
    CODE.fetch_max(code, Ordering::SeqCst);
}

/// The exit code that the errors so far ask for; 0 when there were none.
pub fn code_so_far() -> u8 {
    CODE.load(Ordering::SeqCst)
}

/// Has `tidy` called at the end of the program: atexit(3). Two threads that end the program at once both call it.
pub(crate) fn at_end(tidy: fn()) {
    lock(&AT_END).push(tidy);
}

/// Prints what is still buffered, restores the terminal, removes socket files.
pub(crate) fn tidy_up() {
    let all = lock(&AT_END).clone();
    for tidy in all {
        tidy();
    }
}

/// Ends the program at once from any thread, whatever the others are blocked in: exit(3).
pub fn leave(code: u8) -> ! {
    tidy_up();
    std::process::exit(code.max(code_so_far()).into())
}
