//! What a packet says: the part of its headers that a ladder shows.
//!
//! Whatever comes is shown, and nothing is an error: what can't be understood is shown as such, with the reason.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use etherparse::{LaxNetSlice, LaxSlicedPacket, TcpSlice, TransportSlice};

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

/// A packet that was understood.
#[derive(Clone, Debug)]
pub struct Packet {
    /// When it came, and its bytes.
    pub captured: Captured,
    /// Who sent it; port 0 where the protocol has no ports.
    pub from: SocketAddr,
    /// To whom.
    pub to: SocketAddr,
    /// What it is.
    pub protocol: Protocol,
    /// How many bytes it carries.
    pub length: usize,
    /// The first of these bytes.
    pub payload: Vec<u8>,
}

/// What a packet is.
#[derive(Clone, Debug)]
pub enum Protocol {
    /// A TCP segment.
    Tcp(Segment),
    /// A UDP datagram.
    Udp,
    /// What one kernel tells another; an error also says from where to where its cause went.
    Icmp {
        /// What it says.
        text: String,
        /// From where to where the packet went that it is about.
        about: Option<(SocketAddr, SocketAddr)>,
    },
    /// Something else; its name, and what it says.
    Other(String),
}

/// The fields of a TCP header that move a connection on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Segment {
    /// FIN: the sender will send nothing more.
    pub fin: bool,
    /// SYN: the sender begins.
    pub syn: bool,
    /// RST: there is no such connection (any more).
    pub rst: bool,
    /// PSH: the receiver need not wait for more.
    pub psh: bool,
    /// ACK: the acknowledgment number counts.
    pub ack: bool,
    /// URG: there are urgent bytes.
    pub urg: bool,
    /// The number of the first byte.
    pub seq: u32,
    /// The number of the byte that is expected next.
    pub ack_number: u32,
    /// How many bytes the sender has room for, before scaling.
    pub window: u16,
}

impl Segment {
    /// The names of the flags that are set.
    pub fn flags(&self) -> Vec<&'static str> {
        let flags = [
            (self.syn, "SYN"),
            (self.fin, "FIN"),
            (self.rst, "RST"),
            (self.psh, "PSH"),
            (self.urg, "URG"),
            (self.ack, "ACK"),
        ];
        flags.iter().filter(|flag| flag.0).map(|flag| flag.1).collect()
    }
}

impl fmt::Display for Segment {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.flags()[..] {
            [] => out.write_str("no flags"),
            flags => out.write_str(&flags.join("+")),
        }
    }
}

/// How many bytes of a payload are kept to be shown.
const SHOWN: usize = 96;

/// Understands a packet.
pub fn parse(captured: Captured) -> Packet {
    let mut packet = Packet {
        captured: Captured::default(),
        from: nobody(),
        to: nobody(),
        protocol: Protocol::Other("not an IP packet".to_owned()),
        length: captured.length,
        payload: Vec::new(),
    };
    match LaxSlicedPacket::from_ip(&captured.bytes) {
        Ok(sliced) => {
            let missing = captured.length.saturating_sub(captured.bytes.len());
            packet.understand(&sliced, missing);
        }
        Err(error) => packet.protocol = Protocol::Other(malformed("IP", &error)),
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
        let number = content.ip_number.0;
        self.protocol = match &sliced.transport {
            _ if content.fragmented => Protocol::Other(fragment(net, number)),
            Some(TransportSlice::Tcp(tcp)) => {
                self.carries(tcp.source_port(), tcp.destination_port(), tcp.payload(), missing);
                Protocol::Tcp(segment(tcp))
            }
            Some(TransportSlice::Udp(udp)) => {
                self.carries(udp.source_port(), udp.destination_port(), udp.payload(), missing);
                Protocol::Udp
            }
            Some(TransportSlice::Icmpv4(icmp)) => {
                let text = icmp_v4(icmp.type_u8(), icmp.code_u8()).to_owned();
                Protocol::Icmp { text, about: about(icmp.payload()) }
            }
            Some(TransportSlice::Icmpv6(icmp)) => {
                let text = icmp_v6(icmp.type_u8(), icmp.code_u8()).to_owned();
                Protocol::Icmp { text, about: about(icmp.payload()) }
            }
            _ => Protocol::Other(unknown(sliced, number)),
        };
    }

    fn carries(&mut self, from: u16, to: u16, payload: &[u8], missing: usize) {
        self.from.set_port(from);
        self.to.set_port(to);
        self.length = payload.len() + missing;
        self.payload = payload[..payload.len().min(SHOWN)].to_vec();
    }

    /// The beginning of the payload as text in quotes, or its bytes where it is no text.
    pub fn shown_payload(&self, most: usize) -> String {
        let kept = &self.payload[..self.payload.len().min(most)];
        let valid = match std::str::from_utf8(kept) {
            Ok(text) => Some(text),
            // A character that was cut at the end is no reason to show bytes.
            Err(error) if error.error_len().is_none() && self.length > kept.len() => {
                std::str::from_utf8(&kept[..error.valid_up_to()]).ok()
            }
            Err(_) => None,
        };
        let more = if self.length > kept.len() { " …" } else { "" };
        match valid {
            Some(text) => format!("\"{}\"{more}", common::text::clean(text).replace('\t', "␉")),
            None => {
                let bytes = &kept[..kept.len().min(most / 3)];
                let hex: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
                format!("{}{}", hex.join(" "), if self.length > bytes.len() { " …" } else { "" })
            }
        }
    }

    /// The segment, if it is one.
    pub fn segment(&self) -> Option<&Segment> {
        match &self.protocol {
            Protocol::Tcp(segment) => Some(segment),
            _ => None,
        }
    }
}

fn nobody() -> SocketAddr {
    SocketAddr::new(IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED), 0)
}

fn addresses(net: &LaxNetSlice<'_>) -> (IpAddr, IpAddr) {
    match net {
        LaxNetSlice::Ipv4(ip) => {
            (ip.header().source_addr().into(), ip.header().destination_addr().into())
        }
        LaxNetSlice::Ipv6(ip) => {
            (ip.header().source_addr().into(), ip.header().destination_addr().into())
        }
        LaxNetSlice::Arp(_) => (nobody().ip(), nobody().ip()),
    }
}

fn segment(tcp: &TcpSlice<'_>) -> Segment {
    Segment {
        fin: tcp.fin(),
        syn: tcp.syn(),
        rst: tcp.rst(),
        psh: tcp.psh(),
        ack: tcp.ack(),
        urg: tcp.urg(),
        seq: tcp.sequence_number(),
        ack_number: tcp.acknowledgment_number(),
        window: tcp.window_size(),
    }
}

/// A datagram that was too long for one packet travels in several; only the first has the ports.
fn fragment(net: &LaxNetSlice<'_>, protocol: u8) -> String {
    let protocol = protocol_name(protocol);
    match net {
        LaxNetSlice::Ipv4(ip) => {
            let at = u32::from(ip.header().fragments_offset().value()) * 8;
            let more = if ip.header().more_fragments() { "more follow" } else { "the last" };
            format!("IP fragment of {protocol}, from byte {at} on, {more}")
        }
        _ => format!("IPv6 fragment of {protocol}"),
    }
}

fn unknown(sliced: &LaxSlicedPacket<'_>, protocol: u8) -> String {
    match &sliced.stop_err {
        Some((error, _)) => malformed(&protocol_name(protocol), error),
        None => protocol_name(protocol),
    }
}

/// The reason, as far as its first sentence tells it.
fn malformed(protocol: &str, error: &dyn fmt::Display) -> String {
    let reason = error.to_string();
    let reason = reason.split(". ").next().unwrap_or_default();
    format!("malformed {protocol}: {}", reason.trim_end_matches('.'))
}

fn protocol_name(number: u8) -> String {
    match number {
        1 => "ICMP".to_owned(),
        2 => "IGMP".to_owned(),
        6 => "TCP".to_owned(),
        17 => "UDP".to_owned(),
        58 => "ICMPv6".to_owned(),
        132 => "SCTP".to_owned(),
        number => format!("IP protocol {number}"),
    }
}

fn icmp_v4(kind: u8, code: u8) -> &'static str {
    match (kind, code) {
        (3, 3) => "ICMP port unreachable",
        (3, _) => "ICMP destination unreachable",
        (11, _) => "ICMP time exceeded",
        (8, _) => "ICMP echo request (ping)",
        (0, _) => "ICMP echo reply",
        _ => "ICMP",
    }
}

fn icmp_v6(kind: u8, code: u8) -> &'static str {
    match (kind, code) {
        (1, 4) => "ICMPv6 port unreachable",
        (1, _) => "ICMPv6 destination unreachable",
        (128, _) => "ICMPv6 echo request (ping)",
        (129, _) => "ICMPv6 echo reply",
        _ => "ICMPv6",
    }
}

/// An ICMP error carries the beginning of the packet that it is about; the ports stand at the same place in UDP and TCP.
fn about(bytes: &[u8]) -> Option<(SocketAddr, SocketAddr)> {
    let sliced = LaxSlicedPacket::from_ip(bytes).ok()?;
    let (from, to) = addresses(sliced.net.as_ref()?);
    let content = sliced.ip_payload()?;
    if !matches!(content.ip_number.0, 6 | 17) {
        return None;
    }
    let port =
        |at: usize| content.payload.get(at..at + 2).map(|b| u16::from_be_bytes([b[0], b[1]]));
    Some((SocketAddr::new(from, port(0)?), SocketAddr::new(to, port(2)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn captured(bytes: Vec<u8>) -> Captured {
        Captured { at: 1, length: bytes.len(), bytes }
    }

    fn udp(payload: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        etherparse::PacketBuilder::ipv4([127, 0, 0, 1], [127, 0, 0, 1], 64)
            .udp(5000, 8888)
            .write(&mut bytes, payload)
            .unwrap();
        bytes
    }

    #[test]
    fn a_datagram_is_understood() {
        let packet = parse(captured(udp("你好\n".as_bytes())));
        assert!(matches!(packet.protocol, Protocol::Udp));
        assert_eq!((packet.from.port(), packet.to.port(), packet.length), (5000, 8888, 7));
        assert_eq!(packet.shown_payload(24), "\"你好␊\"");
        assert_eq!(packet.shown_payload(5), "\"你\" …", "a cut character is left out");
    }

    #[test]
    fn what_is_no_text_is_shown_as_bytes() {
        let packet = parse(captured(udp(&[0xc4, 0xe3, 0xba, 0xc3])));
        assert_eq!(packet.shown_payload(24), "c4 e3 ba c3");
    }

    #[test]
    fn no_bytes_are_too_strange() {
        let whole = udp(b"hello");
        for length in 0..whole.len() {
            parse(captured(whole[..length].to_vec()));
            for place in 0..length {
                let mut broken = whole[..length].to_vec();
                broken[place] ^= 0xff;
                parse(captured(broken));
            }
        }
        for byte in 0..=255 {
            parse(captured(vec![byte; 60]));
        }
    }

    #[test]
    fn a_fragment_is_shown() {
        let mut bytes = udp(&[b'x'; 32]);
        bytes[6] = 0x20; // more fragments
        let packet = parse(captured(bytes));
        assert!(
            matches!(packet.protocol, Protocol::Other(text) if text.contains("IP fragment of UDP"))
        );
    }
}
