//! Step 7: file-download. A protocol with sizes, many clients at once, and nothing half-saved.
//!
//! ```text
//! cargo file-download serve                          # in one terminal: offers the current folder
//! cargo file-download list                           # in another one: what is there
//! cargo file-download get 127.0.0.1:8080 README.md   # fetches a file into the current folder
//! ```
//!
//! TCP carries bytes without boundaries (step 6). So that a client knows whether a file is whole, the
//! server says its size first and its checksum last; `protocol.rs` has the lines. You can be the client
//! with `ncat 127.0.0.1 8080`: type `LIST`, or `GET 0 README.md`.
//!
//! ```text
//! serve: 1 listen · 2 accept · 3 recv (the request) · 4 open · 5 send · 6 close
//! get:   1 connect · 2 send (the request) · 3 recv (the status) · 4 recv (the bytes) · 5 rename · 6 close
//! ```
//!
//! Read on in `protocol.rs`, then `serve.rs` with `answer.rs` and `folder.rs`, then `get.rs` with
//! `part.rs`. `transfer.rs`, `unseen.rs` and `tune.rs` are why it is fast.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use common::Address;

mod answer;
mod ask;
mod folder;
mod get;
mod list;
mod part;
mod protocol;
mod serve;
mod transfer;
mod tune;
mod unseen;

use serve::AtLeastOne;

/// Step 7: download files over TCP
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Offer the files of a folder to many clients at once
    Serve(Serve),
    /// Download a file into the current folder
    Get(Get),
    /// Show the names and sizes of the files on offer
    List(List),
}

/// The options of `serve`.
#[derive(Args)]
struct Serve {
    /// Where to listen: HOST:PORT, [V6]:PORT, :PORT, PORT or unix:PATH
    #[arg(default_value = "127.0.0.1:8080")]
    address: Address,
    /// The folder whose files are offered
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// Serve this many clients at once; others are told to come back
    #[arg(long, value_name = "N", default_value = "512")]
    max_clients: AtLeastOne<usize>,
    /// Leave a client that is silent, or takes nothing, for this long
    #[arg(long, value_name = "SECONDS", default_value = "30")]
    idle_timeout: AtLeastOne<u64>,
    #[command(flatten)]
    course: common::Options,
}

/// The options of `get`.
#[derive(Args)]
struct Get {
    /// The server: HOST:PORT, [V6]:PORT, :PORT, PORT or unix:PATH
    #[arg(default_value = "127.0.0.1:8080")]
    address: Address,
    /// The file, as `list` shows it; without it you are asked
    name: Option<String>,
    /// Save under this name, or in this folder
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Overwrite an existing file
    #[arg(long)]
    force: bool,
    /// Go on with a download that was cut
    #[arg(long)]
    resume: bool,
    /// Don't compare checksums
    #[arg(long, conflicts_with = "resume")]
    // only the checksum notices that the file has changed
    no_verify: bool,
    /// Have the file on the disk before it is called saved
    #[arg(long)]
    sync: bool,
    /// Speak to a tutorial's server, which knows no sizes
    #[arg(long, conflicts_with = "resume")] // it always sends from the first byte on
    classic: bool,
    /// Give up when nothing comes for this long
    #[arg(long, value_name = "SECONDS", default_value = "30")]
    idle_timeout: AtLeastOne<u64>,
    #[command(flatten)]
    course: common::Options,
}

/// The options of `list`.
#[derive(Args)]
struct List {
    /// The server: HOST:PORT, [V6]:PORT, :PORT, PORT or unix:PATH
    #[arg(default_value = "127.0.0.1:8080")]
    address: Address,
    /// For scripts: "SIZE NAME" lines with the size in bytes
    #[arg(long)]
    plain: bool,
    /// Give up when nothing comes for this long
    #[arg(long, value_name = "SECONDS", default_value = "30")]
    idle_timeout: AtLeastOne<u64>,
    #[command(flatten)]
    course: common::Options,
}

fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Serve(options) => common::run(&options.course, || serve::serve(&options)),
        Command::Get(options) => common::run(&options.course, || get::get(&options)),
        Command::List(options) => common::run(&options.course, || list::list(&options)),
    }
}
