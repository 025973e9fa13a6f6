//! The network between one caller and the target, in one direction: what it does to the data, and how it reports that.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::time::Duration;

use fastrand::Rng;

/// How often a waiting thread checks if the relay has stopped.
pub const LOOK: Duration = Duration::from_millis(20);

/// What the network does. The default is a good network.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    /// TCP: cuts the stream into pieces of 1 byte to this many.
    pub split: Option<usize>,
    /// TCP: collects what comes for this long, and passes it on in one piece.
    pub coalesce: Option<Duration>,
    /// TCP: resets the connection after this many bytes.
    pub reset_after: Option<u64>,
    /// TCP: closes this direction after this many bytes, and throws the rest away.
    pub half_close_after: Option<u64>,
    /// UDP: drops this percentage of the datagrams.
    pub drop: u8,
    /// UDP: passes this percentage of the datagrams on twice.
    pub duplicate: u8,
    /// UDP: passes this percentage of the datagrams on after the next one.
    pub reorder: u8,
    /// Passes each piece or datagram on later, by a random time up to this.
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

    /// A random delay. A number is drawn even where there is no delay, so that the same number always belongs to the same piece.
    pub fn draw_delay(&self, random: &mut Rng) -> Duration {
        self.delay.mul_f64(random.f64())
    }
}

/// One way through the relay: of one connection (or one UDP caller), in one direction.
#[derive(Clone)]
pub struct Way {
    /// What is done to what goes this way.
    pub faults: Faults,
    seed: u64,
    log: Option<Sender<String>>,
    number: u64,
    direction: Direction,
    stop: Arc<AtomicBool>,
}

impl Way {
    /// What all ways of a relay have in common, before the first caller comes.
    pub fn new(faults: Faults, seed: u64, log: Option<Sender<String>>) -> Way {
        let stop = Arc::new(AtomicBool::new(false));
        Way { faults, seed, log, number: 0, direction: Direction::Both, stop }
    }

    /// Set it, and the threads of the relay end.
    pub fn stop(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.stop)
    }

    /// The way of the caller with this number, in this direction.
    pub fn of(&self, number: u64, direction: Direction) -> Way {
        Way { faults: self.faults.of(direction), number, direction, ..self.clone() }
    }

    /// Each way has random numbers of its own: what happens on it does not depend on what others do meanwhile.
    pub fn random(&self) -> Rng {
        let way = self.number * 2 + u64::from(self.direction == Direction::Back);
        Rng::with_seed(self.seed ^ way.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    /// Writes to the log what was done.
    pub fn report(&self, what: &str) {
        if let Some(log) = &self.log {
            // A reader that has gone away doesn't stop the network.
            let _ = log.send(format!("[{} {}] {what}", self.number, self.direction.name()));
        }
    }

    /// Has the relay stopped?
    pub fn is_over(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }
}

/// Does what is sent to the target come back to the relay itself? Each connection would open another one, until
/// no file descriptor is left.
fn is_itself(own: SocketAddr, target: SocketAddr) -> bool {
    let (own_ip, ip) = (own.ip().to_canonical(), target.ip().to_canonical());
    // `[::]` hears IPv4 too; 0.0.0.0 doesn't hear IPv6.
    let hears = own_ip == ip || own_ip.is_unspecified() && (own_ip.is_ipv6() || ip.is_ipv4());
    let is_ours = || UdpSocket::bind((ip, 0)).is_ok(); // of an address of this computer only
    own.port() == target.port() && hears && is_ours()
}

/// An error if it does.
pub fn refuse_itself(own: SocketAddr, target: SocketAddr) -> io::Result<()> {
    if is_itself(own, target) {
        let text = format!("TARGET {target} is the relay itself, which listens on {own}");
        return Err(io::Error::new(ErrorKind::InvalidInput, text));
    }
    Ok(())
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
