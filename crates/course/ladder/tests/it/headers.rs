//! The tables of the headers name each byte, and fit any packet.

use etherparse::TcpOptionElement::{MaximumSegmentSize, Timestamp, WindowScale};
use ladder::headers;
use ladder::packet::Captured;

#[test]
fn every_byte_of_the_headers_is_named_and_no_cut_is_too_short() {
    let mut bytes = Vec::new();
    etherparse::PacketBuilder::ipv4([127, 0, 0, 1], [127, 0, 0, 1], 64)
        .tcp(50000, 8899, 1, 1024)
        .syn()
        .options(&[MaximumSegmentSize(65495), WindowScale(7), Timestamp(5, 6)])
        .unwrap()
        .write(&mut bytes, b"hi")
        .unwrap();
    let captured = |bytes: &[u8]| Captured { at: 0, length: bytes.len(), bytes: bytes.into() };
    let fields = headers::fields(&captured(&bytes));
    let mut end = 0;
    for field in &fields {
        assert_eq!(field.place.start, end, "{}", field.name);
        end = field.place.end;
    }
    assert_eq!(end, bytes.len() - 2);
    let meaning = |name| &fields.iter().find(|field| field.name == name).unwrap().meaning;
    assert_eq!(meaning("flags"), "SYN");
    assert_eq!(meaning("maximum segment size"), "at most 65495 bytes");
    assert_eq!(meaning("window scale"), "times 128");
    assert_eq!(meaning("timestamps"), "5 and 6");
    for length in 0..bytes.len() {
        headers::fields(&captured(&bytes[..length]));
        let mut broken = bytes.clone();
        broken[length] = 0xff;
        headers::fields(&captured(&broken));
    }
}
