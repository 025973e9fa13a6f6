//! Cuts the headers of a packet into the fields of their tables.

use std::net::{Ipv4Addr, Ipv6Addr};

use etherparse::{LaxNetSlice, LaxSlicedPacket, TransportSlice};

use super::table::{
    BLOCK, Definition, ICMP, ICMPV6, IPV4, IPV6, Names, OPTION, SCALE, SEGMENT_SIZE, Shown, TCP,
    TIMESTAMPS, UDP,
};
use crate::packet::Captured;

/// A field of a packet.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// What it is.
    pub definition: &'static Definition,
    /// Its first bit.
    pub bit: usize,
    /// How many bits it has here.
    pub bits: usize,
}

/// The fields of a packet's IP header, and of the TCP, UDP or ICMP header after it: without a hole, up to the payload.
pub fn fields(packet: &Captured) -> Vec<Field> {
    let mut cutter = Cutter { fields: Vec::new(), at: 0 };
    let Ok(sliced) = LaxSlicedPacket::from_ip(&packet.bytes) else { return cutter.fields };
    let payload = sliced.ip_payload().map_or(&[][..], |content| content.payload);
    // The header of IPv4 may have options, and that of IPv6 extensions.
    let header = packet.bytes.len().saturating_sub(payload.len());
    match &sliced.net {
        Some(LaxNetSlice::Ipv4(_)) => cutter.cut(IPV4, header),
        Some(LaxNetSlice::Ipv6(_)) => cutter.cut(IPV6, header),
        _ => {}
    }
    match &sliced.transport {
        Some(TransportSlice::Tcp(tcp)) => {
            let bytes = tcp.header_slice();
            let end = cutter.at + bytes.len();
            cutter.cut(TCP, end);
            cutter.cut_options(bytes.get(20..).unwrap_or_default());
        }
        Some(TransportSlice::Udp(_)) => cutter.cut(UDP, packet.bytes.len()),
        Some(TransportSlice::Icmpv4(_)) => cutter.cut(ICMP, packet.bytes.len()),
        Some(TransportSlice::Icmpv6(_)) => cutter.cut(ICMPV6, packet.bytes.len()),
        _ => {}
    }
    cutter.fields
}

/// Cuts headers into fields.
struct Cutter {
    fields: Vec<Field>,
    /// The byte after the last field.
    at: usize,
}

impl Cutter {
    /// Cuts a header by its table, up to this byte.
    fn cut(&mut self, table: &'static [Definition], end: usize) {
        let (mut bit, end) = (self.at * 8, end * 8);
        for definition in table {
            let bits = if definition.bits == 0 { end.saturating_sub(bit) } else { definition.bits };
            if bits == 0 || bit + bits > end {
                break;
            }
            self.fields.push(Field { definition, bit, bits });
            bit += bits;
        }
        self.at = bit / 8;
    }

    fn cut_options(&mut self, mut rest: &[u8]) {
        while let [kind, after @ ..] = rest {
            let length = if *kind < 2 { 1 } else { after.first().copied().unwrap_or(0).into() };
            // A length of 0 or 1 is malformed, and this loop would never end.
            let Some((_, after)) = rest.split_at_checked(length).filter(|_| length > 0) else {
                return;
            };
            if *kind >= 2 && length < 2 {
                return;
            }
            let end = self.at + length;
            self.cut(&OPTION[..2], self.at + length.min(2));
            match kind {
                2 => self.cut(SEGMENT_SIZE, end),
                3 => self.cut(SCALE, end),
                5 => (0..4).for_each(|_| self.cut(BLOCK, end)),
                8 => self.cut(TIMESTAMPS, end),
                _ => {}
            }
            self.cut(&OPTION[2..], end);
            rest = after;
        }
    }
}

impl Field {
    /// The byte after it.
    pub fn end(&self) -> usize {
        (self.bit + self.bits).div_ceil(8)
    }

    /// Its value: at most its first 64 bits.
    pub fn value(&self, bytes: &[u8]) -> u64 {
        let bits = self.bit..self.bit + self.bits.min(64);
        bits.fold(0, |value, bit| {
            let byte = bytes.get(bit / 8).copied().unwrap_or(0);
            value << 1 | u64::from(byte >> (7 - bit % 8) & 1)
        })
    }

    /// What its value means, in words.
    pub fn meaning(&self, bytes: &[u8]) -> String {
        let value = self.value(bytes);
        let named = |names: Names| names.iter().find(|(known, _)| *known == value);
        let shown = match self.definition.shown {
            Shown::Number => value.to_string(),
            Shown::Hex => format!("0x{value:0width$x}", width = self.bits.div_ceil(4)),
            Shown::Address => address(bytes.get(self.bit / 8..(self.bit + self.bits) / 8)),
            Shown::Times(times, unit) => format!("{} {unit}", value * times),
            Shown::Power => format!("times {}", 1_u64 << value.min(14)),
            Shown::Flags(names) => {
                let set = names.iter().filter(|(bit, _)| value & bit != 0);
                let set: Vec<&str> = set.map(|(_, name)| *name).collect();
                if set.is_empty() { "none".to_owned() } else { set.join(" ") }
            }
            Shown::Names(names) => match named(names) {
                Some((_, name)) => format!("{value} ({name})"),
                None => value.to_string(),
            },
            Shown::Bytes => String::new(),
        };
        match self.definition.note {
            "" => shown,
            note => format!("{shown}; {note}"),
        }
    }
}

fn address(bytes: Option<&[u8]>) -> String {
    let bytes = bytes.unwrap_or_default();
    match (<[u8; 4]>::try_from(bytes), <[u8; 16]>::try_from(bytes)) {
        (Ok(four), _) => Ipv4Addr::from(four).to_string(),
        (_, Ok(sixteen)) => Ipv6Addr::from(sixteen).to_string(),
        _ => String::new(),
    }
}
