//! The command line of `cargo course relay`.

use std::io::{self, ErrorKind, Write};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use clap::{Args, Parser};
use common::{Address, address};

use testkit::outcome::{self, Outcome};
use testkit::running;

use crate::relay::{Direction, Faults, Relay};

/// The longest of the waits that can be asked for, in milliseconds: an hour.
const LONGEST: u64 = 60 * 60 * 1000;

/// A bad network between two programs on this computer: the caller calls LISTEN, the relay calls TARGET
#[derive(Args)]
#[command(after_help = "\
Examples:
  cargo course relay 9000 8899 --split 3                TCP in pieces of 1 to 3 bytes: cut messages and characters
  cargo course relay 9000 8899 --reset-after 100000     a connection that breaks
  cargo course relay 9000 8888 --udp --drop 20          UDP that drops a fifth
Each line says what was done to a piece or a datagram: [number of the caller, there or back]. The same seed does it again.")]
pub struct Options {
    /// Where the caller calls: HOST:PORT, :PORT or PORT
    #[arg(value_name = "LISTEN", value_parser = address::parse_udp)]
    own: Address,
    /// The program that the relay calls
    #[arg(value_name = "TARGET", value_parser = address::parse_udp)]
    target: Address,
    /// Passes on datagrams instead of connections
    #[arg(long)]
    udp: bool,
    /// Does the same as an earlier run with this seed
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// Does it in one direction only
    #[arg(long, value_enum, default_value = "both")]
    direction: Direction,
    /// Delays each piece or datagram, by a random time of up to MS milliseconds
    #[arg(long, value_name = "MS", default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=LONGEST))]
    delay: u64,
    /// TCP: cuts the stream into pieces of 1 to BYTES bytes
    #[arg(long, value_name = "BYTES", conflicts_with = "udp", value_parser = clap::value_parser!(u32).range(1..))]
    split: Option<u32>,
    /// TCP: collects what comes for MS milliseconds, and passes it on in one piece
    #[arg(long, value_name = "MS", conflicts_with = "udp", value_parser = clap::value_parser!(u64).range(..=LONGEST))]
    coalesce: Option<u64>,
    /// TCP: resets the connection after BYTES bytes of one direction
    #[arg(long, value_name = "BYTES", conflicts_with = "udp", value_parser = clap::value_parser!(u64).range(1..))]
    reset_after: Option<u64>,
    /// TCP: closes a direction after BYTES bytes, and throws the rest away
    #[arg(long, value_name = "BYTES", conflicts_with = "udp", value_parser = clap::value_parser!(u64).range(1..))]
    half_close_after: Option<u64>,
    /// UDP: drops PERCENT of 100 datagrams
    #[arg(long, value_name = "PERCENT", requires = "udp", default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=100))]
    drop: u8,
    /// UDP: passes PERCENT of 100 datagrams on twice
    #[arg(long, value_name = "PERCENT", requires = "udp", default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=100))]
    duplicate: u8,
    /// UDP: passes PERCENT of 100 datagrams on after the next one
    #[arg(long, value_name = "PERCENT", requires = "udp", default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=100))]
    reorder: u8,
}

impl Options {
    fn faults(&self) -> Faults {
        Faults {
            split: self.split.map(|bytes| bytes as usize),
            coalesce: self.coalesce.map(Duration::from_millis),
            reset_after: self.reset_after,
            half_close_after: self.half_close_after,
            drop: self.drop,
            duplicate: self.duplicate,
            reorder: self.reorder,
            delay: Duration::from_millis(self.delay),
            direction: self.direction,
        }
    }
}

/// The command line by itself, for the fuzz target.
#[derive(clap::Parser)]
#[command(name = "relay")]
struct Line {
    #[command(flatten)]
    options: Options,
}

/// The faults that a command line asks for; `None` if it is wrong.
pub fn faults_of(words: &[&str]) -> Option<Faults> {
    let line = Line::try_parse_from(std::iter::once("relay").chain(words.iter().copied())).ok()?;
    Some(line.options.faults())
}

/// `cargo course relay`
pub fn run(options: &Options) -> outcome::Result {
    let own = options.own.resolve_udp()?;
    let target = options.target.resolve_udp_peer()?;
    let seed = options.seed.unwrap_or_else(|| fastrand::u64(1..1_000_000));
    let (log, lines) = mpsc::channel();
    let start = if options.udp { Relay::udp } else { Relay::tcp };
    let relay = start(own, target, options.faults(), seed, Some(log));
    let relay = relay.map_err(|error| match error.kind() {
        ErrorKind::InvalidInput => format!("{error}; give it the address of the program to call"),
        _ => format!("bind {own}: {error}; choose another port for the relay"),
    })?;
    // Nothing is lost for the relay when stderr is closed.
    let _ = writeln!(
        io::stderr(),
        "listening on {}\n  passing on to {target}; --seed {seed} does the same again; press Ctrl-C to stop",
        relay.address
    );
    write_lines(&lines)?;
    Ok(Outcome::Interrupted)
}

/// Writes the relay's log, until Ctrl-C.
fn write_lines(lines: &Receiver<String>) -> io::Result<()> {
    let mut out = io::stdout().lock();
    while !running::all_ended() {
        match lines.recv_timeout(Duration::from_millis(50)) {
            Ok(line) => {
                writeln!(out, "{line}")?;
                out.flush()?;
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    Ok(())
}
