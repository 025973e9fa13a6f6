//! The two families of internet addresses, IPv4 and IPv6, and a socket that serves both.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use socket2::{SockAddr, Socket};

use crate::error::{Call, Error, Explain, Result};

/// The name of an address's family in the system calls.
pub fn family(address: SocketAddr) -> &'static str {
    if address.is_ipv4() { "AF_INET" } else { "AF_INET6" }
}

/// The same for an address that may be a `unix:` path.
pub fn family_of(address: &SockAddr) -> &'static str {
    address.as_socket().map_or("AF_UNIX", family)
}

/// Every own address and a port that the system chooses, of the same family as `peer`.
pub fn any_address(peer: SocketAddr) -> SocketAddr {
    match peer {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    }
}

/// A socket speaks either IPv4 or IPv6, so both ends must be given in the same way.
pub fn check_families(own: SocketAddr, peer: SocketAddr) -> Result<()> {
    if own.is_ipv4() == peer.is_ipv4() {
        return Ok(());
    }
    Err(Error::local(
        format!("bind {own}: {peer} can't be reached from there, one is IPv4 and one is IPv6"),
        "give both as IPv4 addresses, or both as IPv6 addresses",
    ))
}

/// `[::]` serves IPv4 as well ("dual stack"); Windows does so only when asked.
pub fn accept_ipv4_too(socket: &Socket, address: &SockAddr) -> Result<()> {
    match address.as_socket() {
        Some(SocketAddr::V6(v6)) if v6.ip().is_unspecified() => {
            socket.set_only_v6(false).explain(Call::Setsockopt, "IPV6_V6ONLY")
        }
        _ => Ok(()),
    }
}
