//! What every step of the course needs and no step is about: addresses, text encodings, socket
//! options, the screen, errors that teach, and the narration of `--explain`.
//!
//! Show first, share later: the step that teaches a call spells it out; later steps may call it here.

pub mod address;
pub mod console;
pub mod encoding;
pub mod error;
pub mod net;
pub mod step;
pub mod stop;
mod thread;

use std::process::ExitCode;

pub use address::Address;
pub use encoding::Encoding;
pub use error::{Error, Explain, Result};
pub use thread::{start_client, start_thread};

/// The options that every step understands, before or after a subcommand.
#[derive(clap::Args, Clone, Debug)]
#[group(id = "course")] // a step calls its own options `Options` too
pub struct Options {
    /// How text becomes bytes: utf-8, gbk, gb18030, cp936, big5, …
    #[arg(
        long,
        value_name = "LABEL",
        default_value = "utf-8",
        env = "SOCKET_ENCODING",
        global = true
    )]
    pub encoding: Encoding,
    /// Tell each system call before it is made
    #[arg(long, global = true)]
    pub explain: bool,
}

/// The option of the steps that read lines from a pipe or a file. What is typed in a terminal is text already.
#[derive(clap::Args, Clone, Debug)]
#[group(id = "input")]
pub struct Input {
    /// How a pipe or a file as input holds its text
    #[arg(
        id = "input_encoding",
        long = "input-encoding",
        value_name = "LABEL",
        default_value = "utf-8",
        env = "SOCKET_INPUT_ENCODING",
        global = true
    )]
    pub encoding: Encoding,
}

/// Runs a step: switches the narration on, watches for Ctrl-C, tells an error, restores the terminal.
pub fn run(options: &Options, step: impl FnOnce() -> Result<()>) -> ExitCode {
    step::explain(options.explain);
    thread::report_panics();
    stop::watch_signals();
    thread::survives(|| {
        if let Err(error) = step() {
            error.tell();
        }
    });
    stop::clean_up();
    ExitCode::from(error::exit_code_so_far())
}
