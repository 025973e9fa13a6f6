//! The command line: what `serve`, `get` and `list` can be asked for.

use std::io::{self, BufReader};
use std::num::NonZero;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use common::console::{self, Lines};
use common::net::parse_seconds;
use common::{Address, Encoding, Error, Result};

use crate::protocol;

/// Step 7: download files over TCP
#[derive(Parser)]
#[command(version)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Offer the files of a folder to many clients at once
    Serve(Serve),
    /// Download a file into the current folder
    Get(Get),
    /// Show the names and sizes of the files on offer
    List(List),
}

#[derive(Args)]
pub struct Serve {
    /// Where to listen: HOST:PORT, [V6]:PORT, :PORT, PORT or unix:PATH
    #[arg(default_value = "127.0.0.1:8080")]
    pub address: Address,
    /// The folder whose files are offered
    #[arg(value_name = "DIR", default_value = ".")]
    pub folder: PathBuf,
    /// Serve this many clients at once; others are asked to come back
    #[arg(long, value_name = "N", default_value = "512")]
    pub max_clients: NonZero<usize>,
    /// Disconnect a client that is silent, or takes nothing, for this long
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = parse_seconds)]
    pub idle_timeout: Duration,
    #[command(flatten)]
    pub course: common::Options,
}

#[derive(Args)]
pub struct Get {
    /// The server: HOST:PORT, [V6]:PORT, :PORT, PORT or unix:PATH
    #[arg(default_value = "127.0.0.1:8080")]
    pub address: Address,
    /// The file, as `list` shows it; without it you are asked
    pub name: Option<String>,
    /// Save under this name, or in this folder
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Overwrite an existing file
    #[arg(long)]
    pub force: bool,
    /// Go on with a download that was cut
    #[arg(long)]
    pub resume: bool,
    /// Don't compare checksums
    #[arg(long, conflicts_with = "resume")]
    // only the checksum notices that the file has changed
    pub no_verify: bool,
    /// Have the file on the disk before it is called saved
    #[arg(long)]
    pub sync: bool,
    /// Speak to a tutorial's server, which knows no sizes
    #[arg(long, conflicts_with = "resume")] // it always sends from the first byte on
    pub classic: bool,
    /// Give up when nothing comes for this long
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = parse_seconds)]
    pub idle_timeout: Duration,
    #[command(flatten)]
    pub course: common::Options,
}

#[derive(Args)]
pub struct List {
    /// The server: HOST:PORT, [V6]:PORT, :PORT, PORT or unix:PATH
    #[arg(default_value = "127.0.0.1:8080")]
    pub address: Address,
    /// For scripts: "SIZE NAME" lines with the size in bytes
    #[arg(long)]
    pub plain: bool,
    /// Give up when nothing comes for this long
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = parse_seconds)]
    pub idle_timeout: Duration,
    #[command(flatten)]
    pub course: common::Options,
}

impl Get {
    /// NAME, or one line from the keyboard or a pipe.
    pub fn name_or_ask(&self) -> Result<String> {
        let name = match &self.name {
            Some(name) => name.clone(),
            None => {
                let address = &self.address;
                console::status(&format!("which file? (file-download list {address} shows them)"));
                let stdin = BufReader::new(io::stdin());
                Lines::Pipe(Encoding::UTF_8, stdin).next_line().unwrap_or_default()
            }
        };
        if name.is_empty() {
            let advice = "type it, or write it after the address";
            return Err(Error::local("no file name was given", advice));
        }
        if !protocol::fits_into_line(&name) {
            let what = format!("the request for '{name}' doesn't fit into a line");
            let advice = "a line has at most 4096 bytes, and a name in it can't hold a line end";
            return Err(Error::local(what, advice));
        }
        Ok(name)
    }
}
