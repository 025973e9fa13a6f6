//! Packets that a filter on a socket threw away. They are captured before the filter sees them, so the program that
//! attached it must report what it loses: `cargo course calls lose`.

use std::net::SocketAddr;

use crate::packet::Packet;

/// What a filter throws away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loses {
    /// Everything.
    All,
    /// Each segment without SYN.
    Acks,
    /// What has a TTL of 1.
    LastHop,
    /// There is no filter any more.
    Nothing,
}

impl Loses {
    /// What a record means by this name.
    pub fn named(name: &str) -> Option<Loses> {
        match name {
            "all" => Some(Loses::All),
            "acks" => Some(Loses::Acks),
            "ttl" => Some(Loses::LastHop),
            "nothing" => Some(Loses::Nothing),
            _ => None,
        }
    }

    fn takes(self, packet: &Packet) -> bool {
        let ttl = if packet.from.is_ipv4() { 8 } else { 7 }; // its place in the IP header
        match self {
            Loses::All => true,
            Loses::Acks => packet.tcp().is_some_and(|header| !header.syn),
            Loses::LastHop => packet.captured.bytes.get(ttl) == Some(&1),
            Loses::Nothing => false,
        }
    }
}

/// The filters of a run.
#[derive(Debug, Default)]
pub struct Filters(Vec<Filter>);

#[derive(Debug)]
struct Filter {
    /// The address of the socket that has it.
    at: SocketAddr,
    /// The other end of its connection; none for a listening or a UDP socket, which hears anyone.
    from: Option<SocketAddr>,
    since: u64,
    loses: Loses,
}

impl Filters {
    /// The socket at this address has a filter from now on, or none any more.
    pub fn set(&mut self, at: SocketAddr, from: Option<SocketAddr>, since: u64, loses: Loses) {
        self.0.retain(|known| (known.at, known.from) != (at, from));
        self.0.push(Filter { at, from, since, loses });
    }

    /// Was this packet thrown away? A filter on a listening socket does nothing to connections that were complete before.
    pub fn lose(&self, packet: &Packet, established: Option<u64>) -> bool {
        self.0.iter().any(|filter| {
            let is_older = filter.from.is_none() && established.is_some_and(|at| at < filter.since);
            filter.at == packet.to
                && filter.from.is_none_or(|from| from == packet.from)
                && !is_older
                && filter.loses.takes(packet)
        })
    }
}
