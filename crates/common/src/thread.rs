//! Threads, and what happens when one of them panics: a defect of the program, which is reported as one.

use std::io::Write;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::thread::{Builder, JoinHandle};

use crate::error::{Call, Explain, Result};
use crate::exit;
use crate::text::clean;

/// Starts a thread that the program can't do without: pthread_create(3). A panic in it ends the program.
pub fn start_thread(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>> {
    let guarded = move || {
        if !survives(work) {
            exit::leave(DEFECT);
        }
    };
    Builder::new().name(name.into()).spawn(guarded).explain(Call::StartThread, name)
}

/// The exit code after a panic.
pub(crate) const DEFECT: u8 = 2;

/// Does the work; false when it panicked. What it owned has been dropped then, and the panic has been reported.
pub(crate) fn survives(work: impl FnOnce()) -> bool {
    let planted = || {
        panic_if_planted();
        work();
    };
    panic::catch_unwind(AssertUnwindSafe(planted)).is_ok()
}

/// From now on a panic is reported as a defect of the program, and counts for its exit code.
pub(crate) fn report_panics() {
    let backtrace = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        exit::count(DEFECT);
        // Not through the console: this thread may hold one of the screen's locks.
        let _ = std::io::stderr().write_all(report(panic).as_bytes());
        if std::env::var_os("RUST_BACKTRACE").is_some() {
            backtrace(panic);
        }
    }));
}

fn report(panic: &PanicHookInfo<'_>) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    // The message may quote what a peer sent.
    let message = clean(panic.payload_as_str().unwrap_or("no message"));
    format!(
        "error: this is a bug of the program, not yours: {message}\n  \
         it happened at {place}, version {version}\n  \
         please report it to the course, with these lines and what you did (RUST_BACKTRACE=1 prints more)\n"
    )
}

/// For the tests: debug builds panic in the thread that this environment variable names.
#[cfg(debug_assertions)]
#[expect(clippy::panic, reason = "it is what the tests ask for")]
fn panic_if_planted() {
    let named = std::env::var("SOCKET_STEPS_PANIC");
    if named.is_ok_and(|name| std::thread::current().name() == Some(&name)) {
        panic!("planted by SOCKET_STEPS_PANIC");
    }
}

#[cfg(not(debug_assertions))]
fn panic_if_planted() {}
