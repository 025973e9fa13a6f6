//! Systems without packet sockets: the ladder has the calls alone.

use std::io;
use std::sync::mpsc::Receiver;

use crate::packet::Captured;

/// A capture that can't be made.
pub struct Capture {
    /// No packets.
    pub packets: Receiver<Captured>,
}

impl Capture {
    /// Fails with the reason.
    pub fn start() -> io::Result<Capture> {
        Err(io::Error::other("only Linux has packet sockets"))
    }

    /// Nothing was captured.
    pub fn stop(self) -> (Vec<Captured>, u32) {
        (Vec::new(), 0)
    }
}
