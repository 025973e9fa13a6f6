//! What every step of the course needs and no step is about: addresses, text encodings, socket
//! options, the screen, errors that teach, and the narration of `--explain`.
//!
//! Show first, share later: the step that teaches a call spells it out; later steps may call it here.

pub mod address;
mod cli;
pub mod console;
pub mod encoding;
pub mod error;
pub mod net;
pub mod step;
pub mod stop;
mod thread;

use std::process::ExitCode;

pub use address::Address;
pub use cli::{Input, Options, parse};
pub use encoding::Encoding;
pub use error::{Error, Explain, Result};
pub use thread::{guard_client, start_client, start_thread};

/// Runs a step: switches the narration on, watches for Ctrl-C, tells an error, restores the terminal.
pub fn run(options: &Options, step: impl FnOnce() -> Result<()>) -> ExitCode {
    step::explain(options.explain);
    thread::report_panics();
    stop::watch_signals();
    thread::survives(|| {
        if let Err(error) = step() {
            error.tell();
        }
        console::flush(); // an end by a signal doesn't wait for a reader that is slow; this one does
    });
    stop::clean_up();
    ExitCode::from(error::exit_code_so_far())
}
