//! Parses a packet: the part of its headers that a ladder shows.
//!
//! Nothing is an error: a packet that can't be parsed is shown too, with the reason.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use common::text::{clean, hex};
use etherparse::{IpNumber, LaxNetSlice, LaxSlicedPacket, TcpHeader, TransportSlice};

/// A packet as it was captured: from its IP header on.
#[derive(Clone, Debug, Default)]
pub struct Captured {
    /// Nanoseconds since 1970, by the kernel's clock.
    pub at: u64,
    /// How long it was on the wire.
    pub length: usize,
    /// Its bytes; fewer than its length when there was no more room for them.
    pub bytes: Vec<u8>,
}

/// A packet that was parsed.
#[derive(Clone, Debug)]
pub struct Packet {
    /// When it came, and its bytes.
    pub captured: Captured,
    /// Who sent it; port 0 where the protocol has no ports.
    pub from: SocketAddr,
    /// Who gets it.
    pub to: SocketAddr,
    /// What it is.
    pub contents: Contents,
    /// How many bytes it carries.
    pub length: usize,
    /// The first of these bytes.
    pub payload: Vec<u8>,
}

/// What a packet is.
#[derive(Clone, Debug)]
pub enum Contents {
    /// A TCP segment.
    Tcp(TcpHeader),
    /// A UDP datagram.
    Udp,
    /// What one kernel reports to another; an error also has the addresses of the packet that caused it.
    Icmp {
        /// What it says.
        message: Icmp,
        /// The source and the destination of the packet that caused it.
        about: Option<(SocketAddr, SocketAddr)>,
    },
    /// Something else; its name, and what it says.
    Other(String),
}

/// What ICMP says, in both versions of IP: RFC 792 and RFC 4443.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // their texts are below
pub enum Icmp {
    PortUnreachable,
    DestinationUnreachable,
    TimeExceeded,
    EchoRequest,
    EchoReply,
    Message,
}

impl Icmp {
    fn new(is_v6: bool, kind: u8, code: u8) -> Icmp {
        match (is_v6, kind, code) {
            (false, 3, 3) | (true, 1, 4) => Icmp::PortUnreachable,
            (false, 3, _) | (true, 1, _) => Icmp::DestinationUnreachable,
            (false, 11, _) | (true, 3, _) => Icmp::TimeExceeded,
            (false, 8, _) | (true, 128, _) => Icmp::EchoRequest,
            (false, 0, _) | (true, 129, _) => Icmp::EchoReply,
            _ => Icmp::Message,
        }
    }
}

impl fmt::Display for Icmp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Icmp::PortUnreachable => "port unreachable",
            Icmp::DestinationUnreachable => "destination unreachable",
            Icmp::TimeExceeded => "time exceeded",
            Icmp::EchoRequest => "echo request (ping)",
            Icmp::EchoReply => "echo reply",
            Icmp::Message => "message",
        })
    }
}

/// The names of the flags that are set in a header.
pub fn flags(header: &TcpHeader) -> Vec<&'static str> {
    let flags = [
        (header.syn, "SYN"),
        (header.fin, "FIN"),
        (header.rst, "RST"),
        (header.psh, "PSH"),
        (header.urg, "URG"),
        (header.ack, "ACK"),
    ];
    flags.iter().filter(|flag| flag.0).map(|flag| flag.1).collect()
}

/// The name of what follows an IP header.
pub fn name_of(number: IpNumber) -> String {
    number.keyword_str().map_or_else(|| format!("IP protocol {}", number.0), str::to_owned)
}

/// How many bytes of a payload are kept to be shown.
const SHOWN: usize = 96;

/// The address of a packet that has none.
const UNKNOWN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);

/// Parses a packet.
pub fn parse(captured: Captured) -> Packet {
    let mut packet = Packet {
        captured: Captured::default(),
        from: UNKNOWN,
        to: UNKNOWN,
        contents: Contents::Other("not an IP packet".to_owned()),
        length: captured.length,
        payload: Vec::new(),
    };
    match LaxSlicedPacket::from_ip(&captured.bytes) {
        Ok(sliced) => {
            let missing = captured.length.saturating_sub(captured.bytes.len());
            packet.understand(&sliced, missing);
        }
        Err(error) => packet.contents = Contents::Other(malformed("IP", &error)),
    }
    packet.captured = captured;
    packet
}

impl Packet {
    /// `missing` bytes at the end were not kept.
    fn understand(&mut self, sliced: &LaxSlicedPacket<'_>, missing: usize) {
        let (Some(net), Some(content)) = (&sliced.net, sliced.ip_payload()) else { return };
        let (from, to) = addresses(net);
        (self.from, self.to) = (SocketAddr::new(from, 0), SocketAddr::new(to, 0));
        self.length = content.payload.len();
        let number = content.ip_number;
        self.contents = match &sliced.transport {
            _ if content.fragmented => Contents::Other(fragment(net, number)),
            Some(TransportSlice::Tcp(tcp)) => {
                self.carries(tcp.source_port(), tcp.destination_port(), tcp.payload(), missing);
                Contents::Tcp(tcp.to_header())
            }
            Some(TransportSlice::Udp(udp)) => {
                self.carries(udp.source_port(), udp.destination_port(), udp.payload(), missing);
                Contents::Udp
            }
            Some(TransportSlice::Icmpv4(said)) => {
                let message = Icmp::new(false, said.type_u8(), said.code_u8());
                Contents::Icmp { message, about: about(said.payload()) }
            }
            Some(TransportSlice::Icmpv6(said)) => {
                let message = Icmp::new(true, said.type_u8(), said.code_u8());
                Contents::Icmp { message, about: about(said.payload()) }
            }
            _ => Contents::Other(unknown(sliced, number)),
        };
    }

    fn carries(&mut self, from: u16, to: u16, payload: &[u8], missing: usize) {
        self.from.set_port(from);
        self.to.set_port(to);
        self.length = payload.len() + missing;
        self.payload = payload[..payload.len().min(SHOWN)].to_vec();
    }

    /// The beginning of the payload as text in quotes, or its bytes where it isn't text.
    pub fn shown_payload(&self, most: usize) -> String {
        let kept = &self.payload[..self.payload.len().min(most)];
        let valid = match std::str::from_utf8(kept) {
            Ok(text) => Some(text),
            // Text whose last character was cut is still text.
            Err(error) if error.error_len().is_none() && self.length > kept.len() => {
                std::str::from_utf8(&kept[..error.valid_up_to()]).ok()
            }
            Err(_) => None,
        };
        let more = if self.length > kept.len() { " …" } else { "" };
        match valid {
            Some(text) => format!("\"{}\"{more}", clean(text).replace('\t', "␉")),
            None => {
                let bytes = &kept[..kept.len().min(most / 3)];
                format!("{}{}", hex(bytes), if self.length > bytes.len() { " …" } else { "" })
            }
        }
    }

    /// TCP's header, if it has one.
    pub fn tcp(&self) -> Option<&TcpHeader> {
        match &self.contents {
            Contents::Tcp(header) => Some(header),
            _ => None,
        }
    }
}

fn addresses(net: &LaxNetSlice<'_>) -> (IpAddr, IpAddr) {
    match net {
        LaxNetSlice::Ipv4(ip) => {
            (ip.header().source_addr().into(), ip.header().destination_addr().into())
        }
        LaxNetSlice::Ipv6(ip) => {
            (ip.header().source_addr().into(), ip.header().destination_addr().into())
        }
        LaxNetSlice::Arp(_) => (UNKNOWN.ip(), UNKNOWN.ip()),
    }
}

/// A datagram that was too long for one packet travels in several; only the first has the ports.
fn fragment(net: &LaxNetSlice<'_>, protocol: IpNumber) -> String {
    let protocol = name_of(protocol);
    match net {
        LaxNetSlice::Ipv4(ip) => {
            let at = u32::from(ip.header().fragments_offset().value()) * 8;
            let more = if ip.header().more_fragments() { "more follow" } else { "the last" };
            format!("IP fragment of {protocol}, from byte {at} on, {more}")
        }
        _ => format!("IPv6 fragment of {protocol}"),
    }
}

fn unknown(sliced: &LaxSlicedPacket<'_>, protocol: IpNumber) -> String {
    let name = name_of(protocol);
    sliced.stop_err.as_ref().map_or(name.clone(), |(error, _)| malformed(&name, error))
}

/// The first sentence of the reason.
fn malformed(protocol: &str, error: &dyn fmt::Display) -> String {
    let reason = error.to_string();
    let reason = reason.split(". ").next().unwrap_or_default();
    format!("malformed {protocol}: {}", reason.trim_end_matches('.'))
}

/// An ICMP error carries the beginning of the packet that it is about; UDP and TCP have their ports at the same place.
fn about(bytes: &[u8]) -> Option<(SocketAddr, SocketAddr)> {
    let sliced = LaxSlicedPacket::from_ip(bytes).ok()?;
    let (from, to) = addresses(sliced.net.as_ref()?);
    let content = sliced.ip_payload()?;
    if !matches!(content.ip_number, IpNumber::TCP | IpNumber::UDP) {
        return None;
    }
    let port =
        |at: usize| content.payload.get(at..at + 2).map(|b| u16::from_be_bytes([b[0], b[1]]));
    Some((SocketAddr::new(from, port(0)?), SocketAddr::new(to, port(2)?)))
}
