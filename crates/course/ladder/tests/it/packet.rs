//! A packet says what is in it, whatever that is.

use ladder::packet::{Captured, Contents, Icmp, parse};
use ladder::timeline::Event;

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
    assert!(matches!(packet.contents, Contents::Udp));
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
        matches!(packet.contents, Contents::Other(text) if text.contains("IP fragment of UDP"))
    );
}

/// An error is about the packet whose beginning it carries, in both versions of IP.
#[test]
fn an_unreachable_port_names_the_datagram() {
    use etherparse::PacketBuilder;
    let cause = udp(b"hello");
    let mut bytes = Vec::new();
    let builder = PacketBuilder::ipv4([127, 0, 0, 1], [127, 0, 0, 1], 64);
    builder.icmpv4_raw(3, 3, [0; 4]).write(&mut bytes, &cause).unwrap();
    let packet = parse(captured(bytes));
    let Contents::Icmp { message, about: Some((from, to)) } = packet.contents else {
        panic!("{packet:?}")
    };
    assert_eq!((message, from.port(), to.port()), (Icmp::PortUnreachable, 5000, 8888));
    let mut bytes = Vec::new();
    let builder = PacketBuilder::ipv6([0; 16], [0; 16], 64);
    builder.icmpv6_raw(1, 4, [0; 4]).write(&mut bytes, &[]).unwrap();
    let event = Event::from(parse(captured(bytes)));
    assert_eq!(event.sent().unwrap().head(), "ICMPv6 port unreachable");
}
