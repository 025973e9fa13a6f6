//! A bad network on loopback: a relay between two programs that does to their data what real networks do and loopback
//! hides. A seed decides what happens to which piece, so that what went wrong once goes wrong again.
//!
//! ```text
//! cargo course relay 127.0.0.1:9000 127.0.0.1:8899 --split 3          TCP in pieces of at most 3 bytes
//! cargo course relay 127.0.0.1:9000 127.0.0.1:8888 --udp --drop 20    UDP that drops a fifth
//! ```
//!
//! The caller calls the relay, and the relay calls the target. `tcp` and `udp` do the work; `way` is what both know about
//! the network between one caller and the target.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;

use way::Way;

mod tcp;
mod udp;
mod way;

pub use way::{Direction, Faults};

/// A running relay. It ends when this is dropped.
pub struct Relay {
    /// Where the caller calls.
    pub address: SocketAddr,
    stop: Arc<AtomicBool>,
}

impl Relay {
    /// Starts a relay for TCP connections. `log` gets a line for each piece, with what was done to it.
    pub fn tcp(
        own: SocketAddr,
        target: SocketAddr,
        faults: Faults,
        seed: u64,
        log: Option<Sender<String>>,
    ) -> io::Result<Relay> {
        let way = Way::new(faults, seed, log);
        let stop = way.stop();
        Ok(Relay { address: tcp::start(own, target, way)?, stop })
    }

    /// Starts a relay for datagrams. `log` gets a line for each datagram, with what was done to it.
    pub fn udp(
        own: SocketAddr,
        target: SocketAddr,
        faults: Faults,
        seed: u64,
        log: Option<Sender<String>>,
    ) -> io::Result<Relay> {
        let way = Way::new(faults, seed, log);
        let stop = way.stop();
        Ok(Relay { address: udp::start(own, target, way)?, stop })
    }
}

/// What these faults do to datagrams, without any network: returns those that arrive at once. For the fuzz target.
pub fn try_datagrams(faults: Faults, seed: u64, payloads: &[Vec<u8>]) -> Vec<Vec<u8>> {
    udp::without_network(Way::new(faults, seed, None), payloads)
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
    }
}
