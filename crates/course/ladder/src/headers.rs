//! The headers of a packet, field by field: `--verbose`.
//!
//! Each header is a table. A row has the number of bytes, the field's name, where an RFC defines it, and what its bytes
//! mean.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use etherparse::{IpNumber, LaxNetSlice, LaxSlicedPacket, TransportSlice};

use crate::packet::{Captured, name_of};

/// One field of a header.
#[derive(Debug)]
pub struct Field {
    /// The header that it belongs to.
    pub header: &'static str,
    /// Its name in the RFC.
    pub name: &'static str,
    /// The RFC that defines it, and the section.
    pub rfc: &'static str,
    /// Which bytes of the packet it has.
    pub place: Range<usize>,
    /// What its bytes mean; empty where the name says it all.
    pub meaning: String,
}

type Row = (usize, &'static str, &'static str, fn(&[u8]) -> String);

const IPV4: &[Row] = &[
    (1, "version and header length", "RFC 791, 3.1", |b| {
        format!("{}, {} bytes", b[0] >> 4, (b[0] & 15) * 4)
    }),
    (1, "type of service", "RFC 2474, 3", number),
    (2, "total length", "RFC 791, 3.1", bytes),
    (2, "identification", "RFC 791, 3.1", number),
    (2, "flags and fragment offset", "RFC 791, 3.1", fragment),
    (1, "time to live", "RFC 791, 3.1", |b| format!("{}; each router takes 1 away", b[0])),
    (1, "protocol", "RFC 791, 3.1", protocol),
    (2, "header checksum", "RFC 791, 3.1", nothing),
    (4, "source address", "RFC 791, 3.1", address),
    (4, "destination address", "RFC 791, 3.1", address),
];

const IPV6: &[Row] = &[
    (4, "version, traffic class, flow label", "RFC 8200, 3", |b| format!("{}, …", b[0] >> 4)),
    (2, "payload length", "RFC 8200, 3", bytes),
    (1, "next header", "RFC 8200, 3", protocol),
    (1, "hop limit", "RFC 8200, 3", number),
    (16, "source address", "RFC 8200, 3", address),
    (16, "destination address", "RFC 8200, 3", address),
];

const TCP: &[Row] = &[
    (2, "source port", "RFC 9293, 3.1", number),
    (2, "destination port", "RFC 9293, 3.1", number),
    (4, "sequence number", "RFC 9293, 3.4", number),
    (4, "acknowledgment number", "RFC 9293, 3.4", number),
    (1, "data offset", "RFC 9293, 3.1", |b| format!("a header of {} bytes", (b[0] >> 4) * 4)),
    (1, "flags", "RFC 9293, 3.1", flags),
    (2, "window", "RFC 9293, 3.8.6", |b| {
        format!("{} (to be scaled after the handshake)", number(b))
    }),
    (2, "checksum", "RFC 9293, 3.1", checksum),
    (2, "urgent pointer", "RFC 9293, 3.8.5", number),
];

const UDP: &[Row] = &[
    (2, "source port", "RFC 768", number),
    (2, "destination port", "RFC 768", number),
    (2, "length", "RFC 768", |b| format!("{} bytes, 8 of them this header", number(b))),
    (2, "checksum", "RFC 768", checksum),
];

const ICMP: &[Row] = &[
    (1, "type", "RFC 792", number),
    (1, "code", "RFC 792", number),
    (2, "checksum", "RFC 792", checksum),
];

const ICMPV6: &[Row] = &[
    (1, "type", "RFC 4443, 2.1", number),
    (1, "code", "RFC 4443, 2.1", number),
    (2, "checksum", "RFC 4443, 2.1", checksum),
];

/// The options of TCP. The number is the kind here; all but the first two have a length of their own.
const OPTIONS: &[Row] = &[
    (0, "end of options", "RFC 9293, 3.2", nothing),
    (1, "no operation", "RFC 9293, 3.2", |_| "for alignment".to_owned()),
    (2, "maximum segment size", "RFC 9293, 3.7.1", |b| format!("at most {}", bytes(&b[2..]))),
    (3, "window scale", "RFC 7323, 2.2", |b| {
        format!("times {}", 1_u64 << b.get(2).map_or(0, |shift| *shift.min(&14)))
    }),
    (4, "SACK permitted", "RFC 2018, 2", |_| "selective acknowledgments are welcome".to_owned()),
    (5, "selective acknowledgment", "RFC 2018, 3", nothing),
    (8, "timestamps", "RFC 7323, 3.2", |b| {
        let (own, echoed) = b[2..].split_at(4.min(b.len() - 2));
        format!("{} and {}", number(own), number(echoed))
    }),
];

/// The fields of a packet's IP header, and of the TCP, UDP or ICMP header after it.
pub fn fields(packet: &Captured) -> Vec<Field> {
    let mut fields = Vec::new();
    let Ok(sliced) = LaxSlicedPacket::from_ip(&packet.bytes) else { return fields };
    let at = match &sliced.net {
        Some(LaxNetSlice::Ipv4(ip)) => cut("IPv4", IPV4, ip.header().slice(), 0, &mut fields),
        Some(LaxNetSlice::Ipv6(ip)) => cut("IPv6", IPV6, ip.header().slice(), 0, &mut fields),
        _ => 0,
    };
    // The header of IPv4 may have options, and that of IPv6 extensions.
    let payload = sliced.ip_payload().map_or(&[][..], |content| content.payload);
    let at = at.max(packet.bytes.len().saturating_sub(payload.len()));
    let (name, table, header) = match &sliced.transport {
        Some(TransportSlice::Tcp(tcp)) => ("TCP", TCP, tcp.header_slice()),
        Some(TransportSlice::Udp(udp)) => ("UDP", UDP, udp.slice()),
        Some(TransportSlice::Icmpv4(icmp)) => ("ICMP", ICMP, icmp.slice()),
        Some(TransportSlice::Icmpv6(icmp)) => ("ICMPv6", ICMPV6, icmp.slice()),
        _ => return fields,
    };
    let end = cut(name, table, header, at, &mut fields);
    if let Some(TransportSlice::Tcp(_)) = &sliced.transport {
        cut_options(&header[end - at..], end, &mut fields);
    }
    fields
}

/// Cuts a header into the fields of its table; returns where they end in the packet.
fn cut(
    header: &'static str,
    table: &[Row],
    mut rest: &[u8],
    mut at: usize,
    fields: &mut Vec<Field>,
) -> usize {
    for &(length, name, rfc, meaning) in table {
        let Some((field, after)) = rest.split_at_checked(length) else { break };
        let (place, meaning) = (at..at + length, meaning(field));
        fields.push(Field { header, name, rfc, place, meaning });
        (rest, at) = (after, at + length);
    }
    at
}

fn cut_options(mut rest: &[u8], mut at: usize, fields: &mut Vec<Field>) {
    while let [kind, after @ ..] = rest {
        let length = if *kind < 2 { 1 } else { after.first().copied().unwrap_or(0).into() };
        // A length of 0 or 1 is malformed, and this loop would never end.
        let Some((option, after)) = rest.split_at_checked(length).filter(|_| length > 0) else {
            return;
        };
        let known = OPTIONS
            .iter()
            .find(|known| known.0 == usize::from(*kind) && (*kind < 2 || length >= 2));
        let (name, rfc, meaning) = known
            .map_or(("option", "RFC 9293, 3.2", number as _), |known| (known.1, known.2, known.3));
        let place = at..at + length;
        fields.push(Field { header: "TCP", name, rfc, place, meaning: meaning(option) });
        (rest, at) = (after, at + length);
    }
}

fn nothing(_: &[u8]) -> String {
    String::new()
}

fn number(bytes: &[u8]) -> String {
    bytes.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte)).to_string()
}

fn bytes(bytes: &[u8]) -> String {
    format!("{} bytes", number(bytes))
}

fn checksum(_: &[u8]) -> String {
    "a loopback device needs none, so it is often not computed".to_owned()
}

fn fragment(bytes: &[u8]) -> String {
    let whole = if bytes[0] & 0x40 != 0 { "must not be fragmented" } else { "may be fragmented" };
    let more = if bytes[0] & 0x20 != 0 { ", more fragments follow" } else { "" };
    let offset = (u16::from(bytes[0] & 0x1f) << 8 | u16::from(bytes[1])) * 8;
    format!("{whole}{more}, fragment offset {offset}")
}

fn flags(bytes: &[u8]) -> String {
    let names = ["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"];
    let set = names.iter().enumerate().filter(|(bit, _)| bytes[0] >> bit & 1 == 1);
    let set: Vec<&str> = set.map(|(_, name)| *name).collect();
    if set.is_empty() { "none".to_owned() } else { set.join(" ") }
}

fn protocol(bytes: &[u8]) -> String {
    format!("{} ({})", bytes[0], name_of(IpNumber(bytes[0])))
}

fn address(bytes: &[u8]) -> String {
    match (<[u8; 4]>::try_from(bytes), <[u8; 16]>::try_from(bytes)) {
        (Ok(four), _) => Ipv4Addr::from(four).to_string(),
        (_, Ok(sixteen)) => Ipv6Addr::from(sixteen).to_string(),
        _ => String::new(),
    }
}
