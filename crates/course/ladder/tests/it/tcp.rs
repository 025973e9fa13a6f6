//! A connection is followed as RFC 9293 says, and what is remarked about it is true.

use etherparse::TcpHeader;
use ladder::tcp::{Connection, Segment, State, Transition};

const MILLISECOND: u64 = 1_000_000;

fn follow(
    connection: &mut Connection,
    from: usize,
    at: u64,
    header: &TcpHeader,
    length: usize,
) -> Transition {
    connection.follow(&Segment { from, at, header, length })
}

/// Plays segments `(from, flags, seq, ack, length)`, one each millisecond, and returns all that was to be noticed.
fn play(segments: &[(usize, &str, u32, u32, usize)]) -> (Connection, Vec<String>) {
    let mut connection = Connection::default();
    let mut noticed = Vec::new();
    for (moment, (from, flags, seq, ack, length)) in (1..).zip(segments) {
        let header = TcpHeader {
            syn: flags.contains('S'),
            fin: flags.contains('F'),
            rst: flags.contains('R'),
            ack: flags.contains('A'),
            sequence_number: 1000 + seq,
            acknowledgment_number: 1000 + ack,
            ..TcpHeader::default()
        };
        let done = follow(&mut connection, *from, moment * MILLISECOND, &header, *length);
        noticed.extend(done.remarks.into_iter().map(|remark| remark.fact + &remark.meaning));
    }
    (connection, noticed)
}

const HANDSHAKE: [(usize, &str, u32, u32, usize); 3] =
    [(0, "S", 0, 0, 0), (1, "SA", 0, 1, 0), (0, "A", 1, 1, 0)];

fn after_handshake(segments: &[(usize, &str, u32, u32, usize)]) -> (Connection, String) {
    let (connection, noticed) = play(&[&HANDSHAKE, segments].concat());
    (connection, noticed[1..].join("\n"))
}

#[test]
fn a_close_has_three_segments_or_four() {
    let (three, said) =
        after_handshake(&[(0, "FA", 1, 1, 0), (1, "FA", 1, 2, 0), (0, "A", 2, 2, 0)]);
    assert!(said.contains("3 segments") && said.contains("rode with the ACK"), "{said}");
    assert_eq!(three.states(), [State::TimeWait, State::Closed]);
    let four = [(1, "FA", 1, 1, 0), (0, "A", 1, 2, 0), (0, "FA", 1, 2, 0), (1, "A", 2, 2, 0)];
    let (four, said) = after_handshake(&four);
    assert!(said.contains("4 segments") && said.contains("1.0 ms later"), "{said}");
    assert!(said.contains("the waiting side, which sent the first FIN"), "{said}");
    assert_eq!(four.states(), [State::Closed, State::TimeWait]);
    let both = [(0, "FA", 1, 1, 0), (1, "FA", 1, 1, 0), (0, "A", 2, 2, 0), (1, "A", 2, 2, 0)];
    let (both, said) = after_handshake(&both);
    assert!(said.contains("4 segments: both sent their FIN"), "{said}");
    assert_eq!(both.states(), [State::TimeWait, State::TimeWait]);
}

#[test]
fn a_reset_that_answers_a_syn_has_the_number_0() {
    let syn = TcpHeader { syn: true, sequence_number: 7000, ..TcpHeader::default() };
    let reset =
        TcpHeader { rst: true, ack: true, acknowledgment_number: 7001, ..TcpHeader::default() };
    let mut connection = Connection::default();
    follow(&mut connection, 0, 0, &syn, 0);
    let done = follow(&mut connection, 1, 1, &reset, 0);
    assert_eq!((done.seq, done.ack), (0, Some(1)));
}

#[test]
fn resets_have_their_reasons() {
    let (_, said) = play(&[(0, "S", 0, 0, 0), (1, "RA", 0, 1, 0)]);
    assert!(said[0].contains("nobody listens"), "{said:?}");
    let (_, said) = after_handshake(&[(0, "A", 1, 1, 5), (1, "A", 1, 6, 0), (1, "RA", 1, 6, 0)]);
    assert!(said.contains("5 bytes that it had not received"), "{said}");
}

#[test]
fn what_is_sent_twice_and_what_comes_late_is_noticed() {
    let (_, said) = after_handshake(&[(0, "A", 1, 1, 5), (0, "A", 1, 1, 5), (1, "A", 1, 6, 0)]);
    assert!(said.contains("sent again, 1.0 ms later"), "{said}");
    assert!(!said.contains("waited"), "{said}");
    let mut connection = play(&[&HANDSHAKE[..], &[(0, "A", 1, 1, 5)]].concat()).0;
    let header = TcpHeader {
        ack: true,
        sequence_number: 1001,
        acknowledgment_number: 1006,
        ..TcpHeader::default()
    };
    let done = follow(&mut connection, 1, 45 * MILLISECOND, &header, 0);
    assert_eq!(done.remarks[0].fact, "this ACK waited 41 ms");
}

#[test]
fn sends_segments_and_recvs_are_compared() {
    let mut connection = play(&HANDSHAKE).0;
    let send = |connection: &mut Connection, seq: u32, length| {
        let header = TcpHeader {
            ack: true,
            sequence_number: 1000 + seq,
            acknowledgment_number: 1001,
            ..TcpHeader::default()
        };
        follow(connection, 0, u64::from(seq), &header, length).remarks
    };
    connection.sends(0, 5);
    connection.sends(0, 4);
    assert_eq!(send(&mut connection, 1, 9)[0].fact, "one segment with the bytes of 2 sends");
    connection.sends(0, 3000);
    assert_eq!(send(&mut connection, 10, 1448), []);
    assert_eq!(send(&mut connection, 1458, 1448), []);
    assert_eq!(send(&mut connection, 2906, 104)[0].fact, "one send, 3 segments");
    assert_eq!(connection.received(1, 9), None);
    assert!(connection.received(1, 2000).unwrap().fact.contains("left 1000"));
    assert!(connection.received(1, 1000).unwrap().fact.contains("2 segments"));
    assert_eq!(connection.received(1, 1), None, "more than came: nothing is said");
}
