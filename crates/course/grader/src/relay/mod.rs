//! A bad network on loopback: a relay between two programs that does to their data what real networks do and loopback
//! hides. Chance comes from a seed, so that what went wrong once goes wrong again.
//!
//! ```text
//! cargo course relay 127.0.0.1:9000 127.0.0.1:8899 --split 3          TCP in pieces of at most 3 bytes
//! cargo course relay 127.0.0.1:9000 127.0.0.1:8888 --udp --drop 20    UDP that loses a fifth
//! ```
//!
//! The caller calls the relay, and the relay calls the target. `tcp` and `udp` do the work, `command` is the command line.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::time::Duration;

use fastrand::Rng;

pub mod command;
mod tcp;
mod udp;

/// How often a thread that waits looks whether it shall end.
const LOOK: Duration = Duration::from_millis(20);

/// The longest of the waits that a command line may ask for, in milliseconds: an hour.
const LONGEST: u64 = 60 * 60 * 1000;

/// Does what is sent to the target come back to the relay itself? Each connection would make another one, until no file is
/// left.
fn is_itself(own: SocketAddr, target: SocketAddr) -> bool {
    let (own_ip, ip) = (own.ip().to_canonical(), target.ip().to_canonical());
    // `[::]` hears IPv4 too; 0.0.0.0 doesn't hear IPv6.
    let hears = own_ip == ip || own_ip.is_unspecified() && (own_ip.is_ipv6() || ip.is_ipv4());
    let is_ours = || UdpSocket::bind((ip, 0)).is_ok(); // of an address of this computer only
    own.port() == target.port() && hears && is_ours()
}

fn refuse_itself(own: SocketAddr, target: SocketAddr) -> io::Result<()> {
    if is_itself(own, target) {
        let text = format!("TARGET {target} is the relay itself, which listens on {own}");
        return Err(io::Error::new(ErrorKind::InvalidInput, text));
    }
    Ok(())
}

/// What the network does. The default is a good network.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    /// TCP: cuts the stream into pieces of 1 to so many bytes.
    pub split: Option<usize>,
    /// TCP: collects what comes for so long, and passes it on in one piece.
    pub coalesce: Option<Duration>,
    /// TCP: resets the connection after so many bytes.
    pub reset_after: Option<u64>,
    /// TCP: closes this direction after so many bytes, and throws the rest away.
    pub half_close_after: Option<u64>,
    /// UDP: loses so many of 100 datagrams.
    pub drop: u8,
    /// UDP: passes so many of 100 datagrams on twice.
    pub duplicate: u8,
    /// UDP: passes so many of 100 datagrams on after the next one.
    pub reorder: u8,
    /// Passes each piece or datagram on later, by chance up to this.
    pub delay: Duration,
    /// Which way it is bad.
    pub direction: Direction,
}

/// The ways through the relay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Direction {
    /// Both
    #[default]
    Both,
    /// From the caller to the target
    There,
    /// From the target back to the caller
    Back,
}

impl Direction {
    fn name(self) -> &'static str {
        match self {
            Direction::Both => "both",
            Direction::There => "there",
            Direction::Back => "back",
        }
    }
}

impl Faults {
    /// What happens in one direction: nothing, if only the other one is bad.
    fn of(&self, direction: Direction) -> Faults {
        if self.direction == Direction::Both || self.direction == direction {
            self.clone()
        } else {
            Faults::default()
        }
    }

    /// A delay by chance. A number is drawn in any case, so that the same number always belongs to the same piece.
    fn draw_delay(&self, random: &mut Rng) -> Duration {
        self.delay.mul_f64(random.f64())
    }
}

/// A running relay. It ends when this is dropped.
pub struct Relay {
    /// Where the caller calls.
    pub address: SocketAddr,
    stop: Arc<AtomicBool>,
}

impl Relay {
    /// Starts a relay for TCP connections. What it does is told in `log`, a line for each piece.
    pub fn tcp(
        own: SocketAddr,
        target: SocketAddr,
        faults: Faults,
        seed: u64,
        log: Option<Sender<String>>,
    ) -> io::Result<Relay> {
        let way = Way::new(faults, seed, log);
        let stop = Arc::clone(&way.stop);
        let address = tcp::start(own, target, way)?;
        Ok(Relay { address, stop })
    }

    /// Starts a relay for datagrams. What it does is told in `log`, a line for each datagram.
    pub fn udp(
        own: SocketAddr,
        target: SocketAddr,
        faults: Faults,
        seed: u64,
        log: Option<Sender<String>>,
    ) -> io::Result<Relay> {
        let way = Way::new(faults, seed, log);
        let stop = Arc::clone(&way.stop);
        let address = udp::start(own, target, way)?;
        Ok(Relay { address, stop })
    }
}

/// What these faults do to datagrams, without any network: those that arrive at once. For the fuzz target.
pub fn try_datagrams(faults: Faults, seed: u64, payloads: &[Vec<u8>]) -> Vec<Vec<u8>> {
    udp::without_network(Way::new(faults, seed, None), payloads)
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
    }
}

/// One way through the relay: of one connection (or one UDP caller), in one direction.
#[derive(Clone)]
struct Way {
    faults: Faults,
    seed: u64,
    log: Option<Sender<String>>,
    number: u64,
    direction: Direction,
    stop: Arc<AtomicBool>,
}

impl Way {
    /// What all ways of a relay have in common, before the first caller.
    fn new(faults: Faults, seed: u64, log: Option<Sender<String>>) -> Way {
        let stop = Arc::new(AtomicBool::new(false));
        Way { faults, seed, log, number: 0, direction: Direction::Both, stop }
    }

    /// The way of the caller with this number, in this direction.
    fn of(&self, number: u64, direction: Direction) -> Way {
        Way { faults: self.faults.of(direction), number, direction, ..self.clone() }
    }

    /// Each way has its own chance: what happens on it does not depend on what others do meanwhile.
    fn random(&self) -> Rng {
        let way = self.number * 2 + u64::from(self.direction == Direction::Back);
        Rng::with_seed(self.seed ^ way.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn tell(&self, what: &str) {
        if let Some(log) = &self.log {
            // A reader that has gone away doesn't stop the network.
            let _ = log.send(format!("[{} {}] {what}", self.number, self.direction.name()));
        }
    }

    fn is_over(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relay_knows_itself_by_every_name() {
        let is = |own: &str, target: &str| is_itself(own.parse().unwrap(), target.parse().unwrap());
        assert!(is("127.0.0.1:9000", "127.0.0.1:9000"));
        assert!(is("0.0.0.0:9000", "127.0.0.1:9000"));
        assert!(is("0.0.0.0:9000", "127.9.9.9:9000"), "all of 127 is this computer");
        assert!(is("127.0.0.1:9000", "[::ffff:127.0.0.1]:9000"));
        assert!(is("[::]:9000", "127.0.0.1:9000") && is("[::]:9000", "[::ffff:127.0.0.1]:9000"));
        assert!(!is("127.0.0.1:9000", "127.0.0.1:9001"));
        assert!(!is("127.0.0.1:9000", "127.0.0.2:9000"), "another listener may be there");
        assert!(!is("0.0.0.0:9000", "192.0.2.1:9000"), "another computer");
        assert!(!is("0.0.0.0:9000", "[::1]:9000"));
        if UdpSocket::bind("[::1]:0").is_ok() {
            assert!(is("[::1]:9000", "[::1]:9000") && is("[::]:9000", "[::1]:9000"));
        }
    }
}
