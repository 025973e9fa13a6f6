//! The datagrams that wait in a socket of UDP.

use std::collections::VecDeque;
use std::net::SocketAddr;

use serde_json::{Map, Value, json};

/// What a socket has sent and what waits in it.
#[derive(Debug, Default)]
pub struct Waiting {
    /// How many bytes it has sent.
    pub sent: usize,
    arrived: usize,
    read: usize,
    /// The row of each datagram, who sent it, and its length.
    queue: VecDeque<(usize, SocketAddr, usize)>,
}

/// The datagram that recvfrom has returned: its row and its length.
pub type Taken = Option<(usize, usize)>;

impl Waiting {
    /// A datagram arrives.
    pub fn arrives(&mut self, row: usize, from: SocketAddr, length: usize) {
        self.arrived += length;
        self.queue.push_back((row, from, length));
    }

    /// recvfrom has returned this number of bytes from this sender.
    pub fn taken(&mut self, from: SocketAddr, bytes: usize) -> Taken {
        self.read += bytes;
        let is_it = |waits: &(usize, SocketAddr, usize)| waits.1 == from && waits.2 >= bytes;
        let at = self.queue.iter().position(|waits| is_it(waits) && waits.2 == bytes);
        let at = at.or_else(|| self.queue.iter().position(is_it))?;
        let (row, _, whole) = self.queue.drain(..=at).next_back()?; // those before it were lost
        Some((row, whole))
    }

    /// All that is known; what was read only where each recvfrom is known.
    pub fn now(&self, knows_recvs: bool) -> Map<String, Value> {
        let mut now = Map::new();
        now.insert("sent".to_owned(), json!(self.sent));
        now.insert("arrived".to_owned(), json!(self.arrived));
        if knows_recvs {
            let lengths: Vec<usize> = self.queue.iter().map(|waits| waits.2).collect();
            now.insert("read".to_owned(), json!(self.read));
            now.insert("queue".to_owned(), json!(lengths));
        }
        now
    }
}
