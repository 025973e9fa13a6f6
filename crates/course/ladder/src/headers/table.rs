//! The tables of the headers: a row for each field.

/// A field as its RFC defines it.
#[derive(Debug, PartialEq, Eq)]
pub struct Definition {
    /// What Wireshark calls it: this is what a filter is written with.
    pub id: &'static str,
    /// The header that it belongs to.
    pub header: &'static str,
    /// Its name in the RFC.
    pub name: &'static str,
    /// The RFC that defines it, and the section.
    pub rfc: &'static str,
    /// How many bits it takes; 0 for as many as there are.
    pub bits: usize,
    /// How its value is written.
    pub shown: Shown,
    /// What the name and the value don't say.
    pub note: &'static str,
}

/// How the value of a field is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// As a number.
    Number,
    /// As a number with 16 digits.
    Hex,
    /// As the address that it is.
    Address,
    /// As a number of units, of which each has this many of the thing: words of 4 bytes.
    Times(u64, &'static str),
    /// As a power of 2.
    Power,
    /// As the names of the bits that are set.
    Flags(Names),
    /// As a number and its name.
    Names(Names),
    /// As bytes, because it has no fixed length.
    Bytes,
}

/// What values or bits are called.
pub type Names = &'static [(u64, &'static str)];

const PROTOCOLS: Names = &[
    (0, "hop-by-hop options"),
    (1, "ICMP"),
    (6, "TCP"),
    (17, "UDP"),
    (44, "fragment"),
    (58, "ICMPv6"),
];
const FRAGMENTS: Names = &[(2, "DF: must not be fragmented"), (1, "MF: more fragments follow")];
const FLAGS: Names = &[
    (1, "FIN"),
    (2, "SYN"),
    (4, "RST"),
    (8, "PSH"),
    (16, "ACK"),
    (32, "URG"),
    (64, "ECE"),
    (128, "CWR"),
];
pub const KINDS: Names = &[
    (0, "end of options"),
    (1, "no operation"),
    (2, "maximum segment size"),
    (3, "window scale"),
    (4, "SACK permitted"),
    (5, "selective acknowledgment"),
    (8, "timestamps"),
];
const ERRORS: Names = &[
    (0, "echo reply"),
    (3, "destination unreachable"),
    (8, "echo request"),
    (11, "time exceeded"),
];
const ERRORS6: Names = &[
    (1, "destination unreachable"),
    (3, "time exceeded"),
    (128, "echo request"),
    (129, "echo reply"),
];
const UNCHECKED: &str = "a loopback device needs none, so it is often not computed";

/// The rows of a table: `header: id, name, bits, RFC, how it is written, note;`
macro_rules! table {
    ($header:literal: $($id:literal, $name:literal, $bits:literal, $rfc:literal, $shown:expr, $note:expr;)*) => {
        &[$(Definition {
            id: $id, header: $header, name: $name, rfc: $rfc, bits: $bits, shown: $shown, note: $note,
        }),*]
    };
}

use Shown::{Address, Bytes, Flags, Hex, Number, Power, Times};

pub const IPV4: &[Definition] = table! { "IPv4":
    "ip.version", "version", 4, "RFC 791, 3.1", Number, "";
    "ip.hdr_len", "header length", 4, "RFC 791, 3.1", Times(4, "bytes"), "";
    "ip.dsfield", "type of service", 8, "RFC 2474, 3", Hex, "";
    "ip.len", "total length", 16, "RFC 791, 3.1", Times(1, "bytes"), "";
    "ip.id", "identification", 16, "RFC 791, 3.1", Number, "fragments of one packet have the same";
    "ip.flags", "flags", 3, "RFC 791, 3.1", Flags(FRAGMENTS), "";
    "ip.frag_offset", "fragment offset", 13, "RFC 791, 3.1", Times(8, "bytes"), "";
    "ip.ttl", "time to live", 8, "RFC 791, 3.1", Number, "each router takes 1 away";
    "ip.proto", "protocol", 8, "RFC 791, 3.1", Shown::Names(PROTOCOLS), "";
    "ip.checksum", "header checksum", 16, "RFC 791, 3.1", Hex, "";
    "ip.src", "source address", 32, "RFC 791, 3.1", Address, "";
    "ip.dst", "destination address", 32, "RFC 791, 3.1", Address, "";
    "ip.options", "options", 0, "RFC 791, 3.1", Bytes, "";
};

pub const IPV6: &[Definition] = table! { "IPv6":
    "ipv6.version", "version", 4, "RFC 8200, 3", Number, "";
    "ipv6.tclass", "traffic class", 8, "RFC 8200, 7", Hex, "";
    "ipv6.flow", "flow label", 20, "RFC 8200, 6", Hex, "the same in all packets of a connection";
    "ipv6.plen", "payload length", 16, "RFC 8200, 3", Times(1, "bytes"), "";
    "ipv6.nxt", "next header", 8, "RFC 8200, 3", Shown::Names(PROTOCOLS), "";
    "ipv6.hlim", "hop limit", 8, "RFC 8200, 3", Number, "each router takes 1 away";
    "ipv6.src", "source address", 128, "RFC 8200, 3", Address, "";
    "ipv6.dst", "destination address", 128, "RFC 8200, 3", Address, "";
    "ipv6.extension", "extension headers", 0, "RFC 8200, 4", Bytes, "";
};

pub const TCP: &[Definition] = table! { "TCP":
    "tcp.srcport", "source port", 16, "RFC 9293, 3.1", Number, "";
    "tcp.dstport", "destination port", 16, "RFC 9293, 3.1", Number, "";
    "tcp.seq_raw", "sequence number", 32, "RFC 9293, 3.4", Number, "the number of the first byte that it carries";
    "tcp.ack_raw", "acknowledgment number", 32, "RFC 9293, 3.4", Number, "the number of the byte that is expected next, with the flag ACK";
    "tcp.hdr_len", "data offset", 4, "RFC 9293, 3.1", Times(4, "bytes"), "the length of the header";
    "tcp.flags.res", "reserved", 4, "RFC 9293, 3.1", Number, "";
    "tcp.flags", "flags", 8, "RFC 9293, 3.1", Flags(FLAGS), "";
    "tcp.window_size_value", "window", 16, "RFC 9293, 3.8.6", Number, "to be scaled after the handshake";
    "tcp.checksum", "checksum", 16, "RFC 9293, 3.1", Hex, UNCHECKED;
    "tcp.urgent_pointer", "urgent pointer", 16, "RFC 9293, 3.8.5", Number, "";
};

pub const UDP: &[Definition] = table! { "UDP":
    "udp.srcport", "source port", 16, "RFC 768", Number, "";
    "udp.dstport", "destination port", 16, "RFC 768", Number, "";
    "udp.length", "length", 16, "RFC 768", Times(1, "bytes"), "8 of them are this header";
    "udp.checksum", "checksum", 16, "RFC 768", Hex, UNCHECKED;
};

pub const ICMP: &[Definition] = table! { "ICMP":
    "icmp.type", "type", 8, "RFC 792", Shown::Names(ERRORS), "";
    "icmp.code", "code", 8, "RFC 792", Number, "";
    "icmp.checksum", "checksum", 16, "RFC 792", Hex, "";
    "icmp.unused", "depends on the type", 32, "RFC 792", Hex, "after it comes the beginning of the packet that an error is about";
};

pub const ICMPV6: &[Definition] = table! { "ICMPv6":
    "icmpv6.type", "type", 8, "RFC 4443, 2.1", Shown::Names(ERRORS6), "";
    "icmpv6.code", "code", 8, "RFC 4443, 2.1", Number, "";
    "icmpv6.checksum", "checksum", 16, "RFC 4443, 2.1", Hex, "";
    "icmpv6.reserved", "depends on the type", 32, "RFC 4443, 2.1", Hex, "after it comes the beginning of the packet that an error is about";
};

/// The first byte of each option of TCP, and the second one of all but two.
pub const OPTION: &[Definition] = table! { "TCP option":
    "tcp.option_kind", "kind", 8, "RFC 9293, 3.2", Shown::Names(KINDS), "";
    "tcp.option_len", "length", 8, "RFC 9293, 3.2", Times(1, "bytes"), "";
    "tcp.options.unknown", "data", 0, "RFC 9293, 3.2", Bytes, "";
};

pub const SEGMENT_SIZE: &[Definition] = table! { "TCP option":
    "tcp.options.mss_val", "maximum segment size", 16, "RFC 9293, 3.7.1", Times(1, "bytes"), "the longest segment that its sender takes";
};

pub const SCALE: &[Definition] = table! { "TCP option":
    "tcp.options.wscale.shift", "window scale", 8, "RFC 7323, 2.2", Power, "the unit of the windows after the handshake";
};

pub const TIMESTAMPS: &[Definition] = table! { "TCP option":
    "tcp.options.timestamp.tsval", "timestamp", 32, "RFC 7323, 3.2", Number, "of the sender's clock";
    "tcp.options.timestamp.tsecr", "echoed timestamp", 32, "RFC 7323, 3.2", Number, "the last one of the other side";
};

pub const BLOCK: &[Definition] = table! { "TCP option":
    "tcp.options.sack_le", "left edge", 32, "RFC 2018, 3", Number, "has arrived from this number on …";
    "tcp.options.sack_re", "right edge", 32, "RFC 2018, 3", Number, "… and up to this one";
};

/// All fields that there are, in a fixed order.
pub fn definitions() -> impl Iterator<Item = &'static Definition> {
    let options = [OPTION, SEGMENT_SIZE, SCALE, TIMESTAMPS, BLOCK];
    [IPV4, IPV6, TCP, UDP, ICMP, ICMPV6].into_iter().chain(options).flatten()
}
