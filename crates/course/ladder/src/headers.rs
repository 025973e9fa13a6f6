//! The headers of a packet byte by byte, each field with its name and meaning: `--verbose`.

use std::net::Ipv6Addr;

/// One field of a header.
#[derive(Debug, PartialEq, Eq)]
pub struct Field {
    /// Its bytes in hexadecimal.
    pub bytes: String,
    /// What they mean.
    pub meaning: String,
}

/// Cuts a header into fields from its beginning on.
struct Cutter<'a> {
    bytes: &'a [u8],
    fields: Vec<Field>,
}

impl<'a> Cutter<'a> {
    /// The next field, or `None` when the packet is too short for it.
    fn cut(&mut self, length: usize, meaning: impl FnOnce(&'a [u8]) -> String) -> Option<&'a [u8]> {
        let (field, rest) = self.bytes.split_at_checked(length)?;
        self.bytes = rest;
        let hex: Vec<String> = field.iter().map(|byte| format!("{byte:02x}")).collect();
        self.fields.push(Field { bytes: hex.join(" "), meaning: meaning(field) });
        Some(field)
    }

    /// A title without bytes.
    fn title(&mut self, text: &str) {
        self.fields.push(Field { bytes: String::new(), meaning: text.to_owned() });
    }
}

/// The fields of the IP header, and of the TCP or UDP header behind it.
pub fn fields(packet: &[u8]) -> Vec<Field> {
    let mut cutter = Cutter { bytes: packet, fields: Vec::new() };
    // What is missing at the end of a packet that was cut is left out.
    let protocol = match packet.first().map(|byte| byte >> 4) {
        Some(4) => ip_v4(&mut cutter),
        Some(6) => ip_v6(&mut cutter),
        _ => None,
    };
    let _ = match protocol {
        Some(6) => tcp(&mut cutter),
        Some(17) => udp(&mut cutter),
        _ => None,
    };
    cutter.fields
}

fn ip_v4(cutter: &mut Cutter<'_>) -> Option<u8> {
    cutter.title("IPv4 header (RFC 791)");
    let first = cutter.cut(1, |b| format!("version 4, header of {} bytes", (b[0] & 15) * 4))?;
    cutter.cut(1, |b| format!("type of service: {}", b[0]))?;
    cutter.cut(2, |b| format!("total length: {} bytes", number(b)))?;
    cutter.cut(2, |b| format!("identification: {}", number(b)))?;
    let fragment = cutter.cut(2, |b| {
        let kept_whole =
            if b[0] & 0x40 != 0 { "must not be fragmented" } else { "may be fragmented" };
        let more = if b[0] & 0x20 != 0 { ", more fragments follow" } else { "" };
        format!("{kept_whole}{more}, fragment offset {}", (number(b) & 0x1fff) * 8)
    })?;
    let at = number(fragment) & 0x1fff;
    cutter.cut(1, |b| format!("time to live: {} more routers", b[0]))?;
    let protocol = cutter.cut(1, |b| format!("protocol: {}", protocol(b[0])))?;
    cutter.cut(2, |_| "header checksum".to_owned())?;
    cutter.cut(4, |b| format!("from {}.{}.{}.{}", b[0], b[1], b[2], b[3]))?;
    cutter.cut(4, |b| format!("to {}.{}.{}.{}", b[0], b[1], b[2], b[3]))?;
    let options = usize::from((first[0] & 15) * 4).checked_sub(20)?;
    if options > 0 {
        cutter.cut(options, |_| "options".to_owned())?;
    }
    (at == 0).then_some(protocol[0]) // a later fragment has no second header
}

fn ip_v6(cutter: &mut Cutter<'_>) -> Option<u8> {
    cutter.title("IPv6 header (RFC 8200)");
    cutter.cut(4, |_| "version 6, traffic class, flow label".to_owned())?;
    cutter.cut(2, |b| format!("payload length: {} bytes", number(b)))?;
    let next = cutter.cut(1, |b| format!("next header: {}", protocol(b[0])))?;
    cutter.cut(1, |b| format!("hop limit: {}", b[0]))?;
    cutter.cut(16, |b| format!("from {}", address(b)))?;
    cutter.cut(16, |b| format!("to {}", address(b)))?;
    Some(next[0])
}

fn tcp(cutter: &mut Cutter<'_>) -> Option<()> {
    cutter.title("TCP header (RFC 9293)");
    cutter.cut(2, |b| format!("from port {}", number(b)))?;
    cutter.cut(2, |b| format!("to port {}", number(b)))?;
    cutter.cut(4, |b| format!("sequence number: {}", number(b)))?;
    cutter.cut(4, |b| format!("acknowledgment number: {}", number(b)))?;
    let offset =
        cutter.cut(1, |b| format!("data offset: a header of {} bytes", (b[0] >> 4) * 4))?;
    cutter.cut(1, |b| format!("flags: {}", flags(b[0])))?;
    cutter.cut(2, |b| format!("window: {} (to be scaled after the handshake)", number(b)))?;
    cutter.cut(2, |_| {
        "checksum (a loopback device needs none, so it is often not computed)".to_owned()
    })?;
    cutter.cut(2, |b| format!("urgent pointer: {}", number(b)))?;
    let mut options = usize::from(offset[0] >> 4).checked_mul(4)?.checked_sub(20)?;
    while options > 0 {
        let kind = *cutter.bytes.first()?;
        // Two options are one byte long; all others tell their length.
        let length = if kind < 2 { 1 } else { usize::from(*cutter.bytes.get(1)?) };
        if length == 0 {
            return None; // malformed: it would go on for ever
        }
        let length = length.min(options);
        cutter.cut(length, option)?;
        options -= length;
    }
    Some(())
}

fn udp(cutter: &mut Cutter<'_>) -> Option<()> {
    cutter.title("UDP header (RFC 768)");
    cutter.cut(2, |b| format!("from port {}", number(b)))?;
    cutter.cut(2, |b| format!("to port {}", number(b)))?;
    cutter.cut(2, |b| format!("length: {} bytes, 8 of them this header", number(b)))?;
    cutter.cut(2, |_| {
        "checksum (a loopback device needs none, so it is often not computed)".to_owned()
    })?;
    Some(())
}

fn option(bytes: &[u8]) -> String {
    let value = |from: usize| number(bytes.get(from..from + 4).unwrap_or_default());
    match (bytes[0], bytes.len()) {
        (0, _) => "option: the end of the options".to_owned(),
        (1, _) => "option: nothing, for alignment".to_owned(),
        (2, 4) => format!("option: segments of at most {} bytes", number(&bytes[2..])),
        (3, 3) => format!("option: window scale, times {} (RFC 7323)", 1_u64 << bytes[2].min(14)),
        (4, _) => "option: selective acknowledgments are welcome (RFC 2018)".to_owned(),
        (5, _) => "option: selective acknowledgment (RFC 2018)".to_owned(),
        (8, 10) => format!("option: timestamps {} and {} (RFC 7323)", value(2), value(6)),
        (kind, _) => format!("option {kind}"),
    }
}

fn flags(byte: u8) -> String {
    let names = ["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"];
    let set = names.iter().enumerate().filter(|(bit, _)| byte >> bit & 1 == 1);
    let set: Vec<&str> = set.map(|(_, name)| *name).collect();
    if set.is_empty() { "none".to_owned() } else { set.join(" ") }
}

fn protocol(number: u8) -> String {
    match number {
        1 => "1 (ICMP)".to_owned(),
        6 => "6 (TCP)".to_owned(),
        17 => "17 (UDP)".to_owned(),
        58 => "58 (ICMPv6)".to_owned(),
        number => number.to_string(),
    }
}

fn number(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

fn address(bytes: &[u8]) -> Ipv6Addr {
    <[u8; 16]>::try_from(bytes).map_or(Ipv6Addr::UNSPECIFIED, Ipv6Addr::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_of_the_headers_is_named_and_no_cut_is_too_short() {
        let mut packet = Vec::new();
        etherparse::PacketBuilder::ipv4([127, 0, 0, 1], [127, 0, 0, 1], 64)
            .tcp(50000, 8899, 1, 1024)
            .syn()
            .options(&[etherparse::TcpOptionElement::MaximumSegmentSize(65495)])
            .unwrap()
            .write(&mut packet, b"hi")
            .unwrap();
        let fields = fields(&packet);
        let named: usize = fields.iter().map(|field| field.bytes.split_whitespace().count()).sum();
        assert_eq!(named, packet.len() - 2);
        assert!(fields.iter().any(|field| field.meaning == "flags: SYN"));
        assert!(fields.iter().any(|field| field.meaning.contains("at most 65495")));
        for length in 0..packet.len() {
            super::fields(&packet[..length]);
            let mut broken = packet.clone();
            broken[length] = 0xff;
            super::fields(&broken);
        }
    }
}
