//! What `cargo course watch` is asked for.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::lessons;
use crate::wording::Parts;

/// What to watch, and how to show it.
#[derive(clap::Args, Debug)]
pub struct Options {
    /// A step, or a lesson about the network itself: handshake, half-open, close, stream, window, partial, loss, reorder, truncated
    #[arg(value_name = "STEP", conflicts_with = "port",
          value_parser = clap::builder::PossibleValuesParser::new(lessons::names()))]
    pub(super) step: Option<String>,
    /// After STEP: your program, which plays the step in place of ours. Without STEP: run this command in a network of its own,
    /// and show its calls and its packets as they come
    #[arg(last = true, value_name = "PROGRAM ARG", conflicts_with = "port")]
    pub(super) command: Vec<OsString>,
    /// Show the packets of this port on this computer's own loopback device, as they come (needs root or CAP_NET_RAW)
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) port: Option<u16>,
    /// How to write the ladder to stdout
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: Format,
    /// Also draw it into this file, for a page or a slide
    #[arg(long, value_name = "FILE")]
    pub(super) svg: Option<PathBuf>,
    /// Also write a page into this file, to step through what happened in a browser
    #[arg(long, value_name = "FILE")]
    pub(super) html: Option<PathBuf>,
    /// Put the pages that --html has written before into one page; watch nothing
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "html",
          conflicts_with_all = ["step", "command", "port", "svg", "pcap"])]
    pub(super) join: Vec<PathBuf>,
    /// Also write the packets into this file, for Wireshark
    #[arg(long, value_name = "FILE")]
    pub(super) pcap: Option<PathBuf>,
    /// Leave the calls out
    #[arg(long, conflicts_with = "calls_only")]
    packets_only: bool,
    /// Leave the packets out
    #[arg(long)]
    calls_only: bool,
    /// Show the headers of each packet, field by field (text only)
    #[arg(long, short)]
    verbose: bool,
    /// Show one event after the other: Enter or space shows the next one, q ends. What do you expect?
    #[arg(long = "step", requires = "step", conflicts_with = "format")]
    pub(super) one_by_one: bool,
    /// Play the programs in this folder, and build nothing
    #[arg(long, value_name = "DIR")]
    pub(super) programs: Option<PathBuf>,
}

/// How a ladder is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For the terminal
    Text,
    /// A picture
    Svg,
    /// For programs
    Json,
}

impl Options {
    /// Are calls drawn?
    pub(super) fn show_calls(&self) -> bool {
        !self.packets_only
    }

    /// Is the whole run needed when it is over?
    pub(super) fn writes_files(&self) -> bool {
        self.svg.is_some() || self.html.is_some() || self.pcap.is_some()
    }

    pub(super) fn parts(&self) -> Parts {
        Parts { calls: !self.packets_only, packets: !self.calls_only, headers: self.verbose }
    }
}
