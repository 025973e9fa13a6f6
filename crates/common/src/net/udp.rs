//! Datagrams: their largest size, and multicast groups.

use std::net::{IpAddr, SocketAddr};

use socket2::Socket;

use super::family::any_address;
use crate::error::{Call, Error, Explain, Result};

/// Space for any datagram: its length is a 16-bit number (RFC 768).
pub const LARGEST_DATAGRAM: usize = 1 << 16;

/// Binds a socket to the port of `own` and joins a multicast group on the interface of its address.
///
/// It binds "all addresses", because datagrams to a group carry the group's address. Several programs
/// of one computer may listen to a group, hence SO_REUSEADDR, which is otherwise wrong for UDP: the
/// newest receiver would silently take the datagrams of the others.
pub fn bind_and_join(socket: &Socket, own: SocketAddr, group: IpAddr) -> Result<()> {
    socket.set_reuse_address(true).explain(Call::Setsockopt, "SO_REUSEADDR")?;
    let all = SocketAddr::new(any_address(own).ip(), own.port());
    socket.bind(&all.into()).explain(Call::Bind, all)?;
    match (group, own.ip()) {
        (IpAddr::V4(group), IpAddr::V4(interface)) => socket.join_multicast_v4(&group, &interface),
        (IpAddr::V6(group), IpAddr::V6(_)) => socket.join_multicast_v6(&group, 0),
        _ => {
            return Err(Error::local(
                format!("{group} and {own} are of different families"),
                "an IPv4 group needs an IPv4 address, an IPv6 group an IPv6 address",
            ));
        }
    }
    .explain(Call::Join, group)
}

/// What is sent to a multicast group leaves by the interface of the address it is sent from.
pub fn send_multicast_from(socket: &Socket, own: SocketAddr, peer: SocketAddr) -> Result<()> {
    match (own.ip(), peer.ip()) {
        (IpAddr::V4(interface), IpAddr::V4(group)) if group.is_multicast() => {
            socket.set_multicast_if_v4(&interface).explain(Call::Setsockopt, "IP_MULTICAST_IF")
        }
        _ => Ok(()),
    }
}
