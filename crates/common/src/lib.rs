//! What every step of the course needs and no step is about: addresses, text encodings, socket
//! options, the screen, errors that teach, and the narration of `--explain`.
//!
//! Show first, share later: the step that teaches a call spells it out; later steps may call it here.
//!
//! The modules lie in layers. Each may use those below it, and none above it or beside it:
//!
//! ```text
//! cli    net                    the command line; sockets
//! step   stop                   the narration; signals
//! console                       the screen and the keyboard
//! address   encoding   thread   what a person types, what travels, who does it
//! error                         what went wrong, why, and what to do
//! text   here   interfaces   exit   record   lock
//! ```

pub mod address;
mod cli;
pub mod console;
pub mod encoding;
pub mod error;
pub mod exit;
pub mod here;
pub mod interfaces;
mod lock;
pub mod net;
pub mod record;
pub mod step;
pub mod stop;
pub mod text;
mod thread;

use std::process::ExitCode;

pub use address::Address;
pub use cli::{Options, parse};
pub use console::Input;
pub use encoding::Encoding;
pub use error::{Call, Error, Explain, Result};
pub use thread::start_thread;

/// Runs a step: switches the narration on, watches for Ctrl-C, prints its error, restores the terminal.
pub fn run(options: &Options, step: impl FnOnce() -> Result<()>) -> ExitCode {
    step::explain(options.explain);
    thread::report_panics();
    stop::watch_signals();
    thread::survives(|| {
        if let Err(error) = step() {
            console::print_error(&error);
        }
        console::flush(); // only an end by a signal doesn't wait for a slow reader
    });
    exit::tidy_up();
    ExitCode::from(exit::code_so_far())
}
