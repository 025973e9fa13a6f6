//! Systems without Linux's namespaces and packet sockets: the ladder has the calls alone.

use std::io;
use std::sync::mpsc::Receiver;

use super::packet::Captured;

/// Why there is no namespace.
#[derive(Clone, Debug)]
pub struct Refused(pub String);

const WHY: &str = "only Linux has network namespaces; on Windows, WSL 2 is Linux, and elsewhere a virtual machine is";

/// There is none to move into.
pub fn enter() -> Result<(), Refused> {
    Err(Refused(WHY.to_owned()))
}

/// There is no device of one's own.
pub fn like_ethernet() -> io::Result<()> {
    Err(io::Error::other(WHY))
}

/// A capture that never is.
pub struct Capture {
    /// No packets.
    pub packets: Receiver<Captured>,
}

impl Capture {
    /// Says why not.
    pub fn start() -> io::Result<Capture> {
        Err(io::Error::other(WHY))
    }

    /// Nothing was captured.
    pub fn stop(self) -> (Vec<Captured>, u32) {
        (Vec::new(), 0)
    }
}
