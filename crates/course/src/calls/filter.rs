//! Filters that lose what comes for a socket: SO_ATTACH_FILTER. For the sender, that is a network that loses packets.
//!
//! A filter is a little program for the kernel, in the classic language of bpf(4). It reads a packet and returns how many
//! of its bytes the socket gets.

use common::{Error, Result};
use socket2::Socket;

/// What a filter loses.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// Everything.
    All,
    /// Every segment that is no SYN: so no handshake can be finished.
    Acks,
    /// What has a TTL of 1. The first router would throw that away; here the filter does it.
    LastHop,
}

impl Lost {
    /// What the word after `lose` stands for.
    pub fn parse(word: &str) -> Result<Lost> {
        match word {
            "" => Ok(Lost::All),
            "acks" => Ok(Lost::Acks),
            "ttl" => Ok(Lost::LastHop),
            _ => Err(Error::local(
                format!("'{word}' can't be lost alone"),
                "lose, lose acks (all but SYNs) or lose ttl (what has a TTL of 1)",
            )),
        }
    }

    /// Its name in the record.
    pub fn name(self) -> &'static str {
        match self {
            Lost::All => "all",
            Lost::Acks => "acks",
            Lost::LastHop => "ttl",
        }
    }

    /// What it does, in words.
    pub fn effect(self) -> &'static str {
        match self {
            Lost::All => "all that comes for this socket is lost from now on",
            Lost::Acks => "all that comes but a SYN is lost from now on",
            Lost::LastHop => "what comes with a TTL of 1 is lost from now on, as at a router",
        }
    }
}

#[cfg(target_os = "linux")]
pub use linux::{attach, detach};

#[cfg(target_os = "linux")]
mod linux {
    use common::{Call, Explain};
    use socket2::{Domain, SockFilter};

    use super::{Error, Lost, Result, Socket};

    /// Loses what comes for the socket. Newer kernels allow it on a TCP socket only to an administrator of the network.
    pub fn attach(socket: &Socket, lost: Lost) -> Result<()> {
        let is_v6 = socket.domain().is_ok_and(|domain| domain == Domain::IPV6);
        match socket.attach_filter(&program(lost, is_v6)) {
            Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
                Err(Error::local(
                    format!("setsockopt SO_ATTACH_FILTER: {error}"),
                    "this system lets only an administrator of the network lose packets of TCP;\n  \
                     `cargo course watch -- bash` opens a network of your own, where you are one",
                ))
            }
            done => done.explain(Call::Setsockopt, "SO_ATTACH_FILTER"),
        }
    }

    /// Takes the filter away.
    pub fn detach(socket: &Socket) -> Result<()> {
        socket.detach_filter().explain(Call::Setsockopt, "SO_DETACH_FILTER")
    }

    fn program(lost: Lost, is_v6: bool) -> Vec<SockFilter> {
        const LOAD_BYTE: u16 = 0x30;
        const IF_EQUAL: u16 = 0x15; // how many instructions to jump forward: if true, if not
        const IF_BIT: u16 = 0x45;
        const RETURN: u16 = 0x06;
        const TCP_FLAGS: u32 = 13; // of a TCP socket a filter sees the TCP header first,
        const IP_HEADER: u32 = 0xfff0_0000; // and from here on the IP header
        const SYN: u32 = 2;
        let ttl = IP_HEADER + if is_v6 { 7 } else { 8 };
        let keep = SockFilter::new(RETURN, 0, 0, u32::MAX);
        let lose = SockFilter::new(RETURN, 0, 0, 0);
        match lost {
            Lost::All => vec![lose],
            Lost::Acks => vec![
                SockFilter::new(LOAD_BYTE, 0, 0, TCP_FLAGS),
                SockFilter::new(IF_BIT, 1, 0, SYN),
                lose,
                keep,
            ],
            Lost::LastHop => vec![
                SockFilter::new(LOAD_BYTE, 0, 0, ttl),
                SockFilter::new(IF_EQUAL, 0, 1, 1),
                lose,
                keep,
            ],
        }
    }
}

/// Only Linux has filters on sockets.
#[cfg(not(target_os = "linux"))]
pub fn attach(_: &Socket, _: Lost) -> Result<()> {
    Err(Error::local("lose: only Linux has filters on sockets", "use cargo course relay"))
}

/// Only Linux has filters on sockets.
#[cfg(not(target_os = "linux"))]
pub fn detach(socket: &Socket) -> Result<()> {
    attach(socket, Lost::All)
}
