//! Whatever comes, in whatever order and at whatever time: it is shown, and nothing panics.

use ladder::ladder::Ladder;
use ladder::packet::{self, Captured};
use ladder::text;
use ladder::timeline::{Event, Happening, Participant, Recorded};
use ladder::wording::Parts;
use testkit::screen::{Screen, width_of};

/// Twenty thousand packets of noise after an IPv4 header, with few ports, so that they meet again.
#[test]
fn no_packets_are_too_strange() {
    let mut random = fastrand::Rng::with_seed(5);
    let mut ladder = Ladder::default();
    for _ in 0..20_000 {
        let length = random.usize(40..70);
        let mut bytes = vec![0; length];
        random.fill(&mut bytes);
        bytes[..10].copy_from_slice(&[0x45, 0, 0, length as u8, 0, 0, 0x40, 0, 64, 6]);
        bytes[9] = if random.u8(..8) == 0 { 17 } else { 6 };
        bytes[12..20].copy_from_slice(&[127, 0, 0, 1, 127, 0, 0, 1]);
        bytes[20..24].copy_from_slice(&[0, random.u8(1..4), 0, random.u8(1..4)]);
        if random.bool() {
            bytes[24..32].copy_from_slice(&[0, 0, 0, random.u8(..9), 0, 0, 0, random.u8(..9)]);
        }
        bytes[32] = 0x50;
        if length >= 52 && random.bool() {
            bytes[32] = 0x80; // with options: a SACK, or a window scale
            bytes[34..36].copy_from_slice(&[0, random.u8(..3)]); // and a small window
            let (from, end) = (random.u8(..9), random.u8(..9));
            let sack = [1, 1, 5, 10, 0, 0, 0, from, 0, 0, 0, end];
            let scale = [3, 3, from, 1, 1, 1, 1, 1, 1, 1, 1, 1];
            bytes[40..52].copy_from_slice(if random.bool() { &sack } else { &scale });
        }
        ladder.add(Event::from(packet::parse(Captured { at: random.u64(..), length, bytes })));
    }
    ladder.finish();
    assert_eq!(ladder.timeline.packets, 20_000);
    let shown = ladder.timeline.events.iter().filter(|event| event.sent().is_some()).count();
    assert_eq!(shown, 20_000);
}

/// Calls on both sides, and their results: no line is wider than the screen, whether it has columns or not.
#[test]
fn no_screen_is_too_narrow_for_the_calls() {
    let mut ladder = Ladder::default();
    for (at, waits) in [(1, false), (2, true)] {
        let program = ladder.timeline.programs.len();
        ladder.timeline.programs.push(Participant {
            name: "客户端 in turns".to_owned(),
            process: program as u32,
            side: None,
            waits,
            is_labelled: false,
        });
        let facts =
            Recorded { number: "1b".into(), call: "setsockopt".into(), ..Recorded::default() };
        let text = "SO_REUSEADDR: 你好 at [2001:db8:1234:5678:9abc:def0:1234:5678]:50000";
        for what in [Happening::Called(facts.clone()), Happening::Returned(facts)] {
            let event = Event::new(at, what, text);
            ladder.add(Event { program: Some(program), ..event });
        }
    }
    for (calls, packets) in [(true, true), (true, false)] {
        let parts = Parts { calls, packets, headers: false };
        for width in [40, 59, 60, 61, 80, 200] {
            let (screen, mut out) = (Screen { width, colour: false }, Vec::new());
            text::draw(&mut out, &screen, &ladder.timeline, parts).unwrap();
            let text = String::from_utf8(out).unwrap();
            assert!(text.lines().all(|line| width_of(line) <= width), "{width}:\n{text}");
        }
    }
}

/// The headers of IPv6 with all options of a handshake are the widest thing that is drawn.
#[test]
fn no_screen_is_too_narrow_for_the_headers() {
    use etherparse::TcpOptionElement::{MaximumSegmentSize, Timestamp, WindowScale};
    let mut bytes = Vec::new();
    etherparse::PacketBuilder::ipv6([7; 16], [8; 16], 64)
        .tcp(50000, 8899, 1, 1024)
        .syn()
        .options(&[MaximumSegmentSize(65495), WindowScale(7), Timestamp(u32::MAX, 6)])
        .unwrap()
        .write(&mut bytes, "你好".as_bytes())
        .unwrap();
    let mut ladder = Ladder::default();
    ladder.add(Event::from(packet::parse(Captured { at: 1, length: bytes.len(), bytes })));
    let parts = Parts { calls: true, packets: true, headers: true };
    for width in [40, 69, 70, 80, 200] {
        let (screen, mut out) = (Screen { width, colour: false }, Vec::new());
        text::draw(&mut out, &screen, &ladder.timeline, parts).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains("IPv6 header") && text.contains("window scale"), "{text}");
        assert!(text.lines().all(|line| width_of(line) <= width), "{width}:\n{text}");
    }
}
