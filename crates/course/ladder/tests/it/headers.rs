//! The tables of the headers name each byte, and fit any packet.

use std::fs;
use std::path::Path;

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
    let (mut bit, mut end) = (0, 0);
    for field in &fields {
        assert_eq!(field.bit, bit, "{}", field.definition.name);
        bit += field.bits;
    }
    let lines = headers::lines(&captured(&bytes));
    for line in &lines {
        assert_eq!(line.place.start, end, "{}", line.name);
        end = line.place.end;
    }
    assert_eq!((end, bit), (bytes.len() - 2, 8 * end));
    let meaning = |name| &*lines.iter().find(|line| line.name == name).unwrap().meaning;
    assert_eq!(meaning("version, header length"), "4, 20 bytes");
    assert!(meaning("flags").starts_with("SYN"));
    assert_eq!(
        meaning("maximum segment size"),
        "65495 bytes; the longest segment that its sender takes"
    );
    assert!(meaning("window scale").starts_with("times 128"));
    assert!(meaning("timestamps").starts_with("5; "));
    for length in 0..bytes.len() {
        headers::lines(&captured(&bytes[..length]));
        let mut broken = bytes.clone();
        broken[length] = 0xff;
        headers::lines(&captured(&broken));
    }
}

/// A line of `--verbose` has 10 spaces, the bytes in 24 columns, a space, and what they mean.
#[test]
fn lesson_0b_shows_the_headers_as_they_are_printed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(3).unwrap();
    let page = fs::read_to_string(root.join("docs/lessons/00b-layers-and-headers.md")).unwrap();
    let block = page.split("          IPv4 header (RFC 791)\n").nth(1).unwrap();
    let (mut bytes, mut shown) = (Vec::new(), Vec::<String>::new());
    for line in block.lines().take_while(|line| *line != "```") {
        let Some((digits, meaning)) = line.split_at_checked(35) else { continue };
        let digits: Vec<&str> = digits.split_whitespace().collect();
        match shown.last_mut() {
            _ if digits[..].contains(&"header") => {}
            Some(before) if digits.is_empty() => *before += &format!(" {meaning}"),
            _ => shown.push(meaning.to_owned()),
        }
        bytes.extend(digits.iter().filter_map(|byte| u8::from_str_radix(byte, 16).ok()));
    }
    bytes.extend(b"hello world");
    let captured = Captured { at: 0, length: bytes.len(), bytes };
    let lines = headers::lines(&captured);
    let printed = lines.iter().map(|line| format!("{}: {}", line.name, line.meaning));
    assert_eq!(shown, printed.collect::<Vec<_>>());
}
