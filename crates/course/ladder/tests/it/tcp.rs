//! A connection is followed as RFC 9293 says, and what is remarked about it is true.

use etherparse::TcpHeader;
use etherparse::TcpOptionElement::{SelectiveAcknowledgement, WindowScale};
use ladder::tcp::{Connection, Segment, State, Transition};

const MILLISECOND: u64 = 1_000_000;

fn follow(
    connection: &mut Connection,
    from: usize,
    at: u64,
    header: &TcpHeader,
    length: usize,
) -> Transition {
    connection.follow(&Segment { from, at, header, length, lost: false })
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

/// A header without flags but ACK, counted from 1000 on as in [`play`].
fn ack(seq: u32, number: u32, window_size: u16) -> TcpHeader {
    TcpHeader {
        ack: true,
        sequence_number: 1000 + seq,
        acknowledgment_number: 1000 + number,
        window_size,
        ..TcpHeader::default()
    }
}

/// A connection whose SYNs have these scales.
fn connected(scales: [Option<u8>; 2]) -> Connection {
    let mut connection = Connection::default();
    for (from, scale) in scales.into_iter().enumerate() {
        let (ack, acknowledgment_number) = if from == 0 { (false, 0) } else { (true, 1001) };
        let mut syn = TcpHeader { syn: true, ack, acknowledgment_number, ..TcpHeader::default() };
        (syn.sequence_number, syn.window_size) = (1000, 4096);
        scale.into_iter().for_each(|scale| syn.set_options(&[WindowScale(scale)]).unwrap());
        assert_eq!(follow(&mut connection, from, 0, &syn, 0).window, Some(4096), "never scaled");
    }
    follow(&mut connection, 0, 0, &ack(1, 1, 512), 0);
    connection
}

#[test]
fn a_window_has_the_scale_of_its_syn_if_both_have_one() {
    for (scales, window) in [([Some(7), Some(2)], 64), ([None, Some(2)], 16), ([None, None], 16)] {
        let mut connection = connected(scales);
        assert_eq!(follow(&mut connection, 1, 1, &ack(1, 1, 16), 0).window, Some(window));
    }
    let mut unknown = Connection::default();
    assert_eq!(follow(&mut unknown, 1, 1, &ack(1, 1, 16), 0).window, None);
}

#[test]
fn a_window_closes_is_probed_and_opens() {
    let mut connection = connected([None, None]);
    let mut said = |from, at, header: TcpHeader, length| {
        let remarks = follow(&mut connection, from, at * MILLISECOND, &header, length).remarks;
        remarks.into_iter().map(|remark| remark.fact).collect::<Vec<_>>().join("; ")
    };
    assert_eq!(said(1, 1, ack(1, 1, 100), 0), "");
    assert_eq!(said(0, 1, ack(1, 1, 512), 100), "");
    assert!(said(1, 1, ack(1, 101, 0), 0).starts_with("a window of 0: the waiting side has no"));
    assert!(said(0, 201, ack(100, 1, 512), 0).starts_with("window probe after 200 ms"));
    assert_eq!(said(1, 201, ack(1, 101, 0), 0), "", "the answer to a probe is no duplicate ACK");
    assert!(said(0, 601, ack(100, 1, 512), 0).starts_with("window probe after 400 ms"));
    assert!(said(1, 700, ack(1, 101, 80), 0).starts_with("the window is open again: 80 bytes"));
    assert_eq!(said(0, 800, ack(100, 1, 512), 0), "", "with an open window it is a keep-alive");
}

#[test]
fn duplicate_acks_ask_for_what_is_missing() {
    let mut connection = connected([None, None]);
    let mut said = |from, header: TcpHeader, length| {
        let done = follow(&mut connection, from, 0, &header, length);
        let facts: Vec<_> = done.remarks.into_iter().map(|remark| remark.fact).collect();
        (facts.join("; "), done.sack)
    };
    let window = 4096;
    said(1, ack(1, 1, window), 0);
    said(0, ack(1, 1, 512), 100); // this one is lost
    said(0, ack(101, 1, 512), 100);
    let mut sack = ack(1, 1, window);
    sack.set_options(&[SelectiveAcknowledgement((1101, 1201), [None; 3])]).unwrap();
    let (facts, blocks) = said(1, sack, 0);
    assert_eq!(facts, "a duplicate ACK: 1 to 100 are missing, 101 to 200 are here (SACK)");
    assert_eq!(blocks, [(101, 201)]);
    let mut sack = ack(1, 1, window);
    sack.set_options(&[SelectiveAcknowledgement((1002, 1003), [None; 3])]).unwrap();
    assert_eq!(said(1, sack, 0).0, "duplicate ACK number 2: 1 is missing, 2 is here (SACK)");
    assert_eq!(said(1, ack(1, 1, window), 0).0, "duplicate ACK number 3: 1 is still missing");
    assert!(said(0, ack(1, 1, 512), 100).0.contains("duplicate ACKs had asked for it"));
    assert!(said(1, ack(1, 201, window), 0).0.starts_with("the gap is filled"));
    assert_eq!(said(1, ack(1, 201, window), 0).0, "", "nothing is missing");
    let mut twice = ack(1, 201, window);
    twice.set_options(&[SelectiveAcknowledgement((1101, 1201), [None; 3])]).unwrap();
    assert_eq!(said(1, twice, 0).0, "101 to 200 came a second time");
}

#[test]
fn a_lost_ack_leaves_the_connection_half_open() {
    let mut connection = Connection::default();
    let syn = TcpHeader { syn: true, sequence_number: 1000, ..TcpHeader::default() };
    let answer = TcpHeader { ack: true, acknowledgment_number: 1001, ..syn.clone() };
    let third = ack(1, 1, 512);
    let half_open = [State::Established, State::SynReceived];
    follow(&mut connection, 0, 0, &syn, 0);
    follow(&mut connection, 1, 0, &answer, 0);
    let lost = Segment { from: 0, at: 0, header: &third, length: 0, lost: true };
    let done = connection.follow(&lost);
    assert_eq!((done.states, done.remarks), ([None; 2], vec![]));
    assert_eq!((connection.states(), connection.established), (half_open, None));
    let again = follow(&mut connection, 1, 1000 * MILLISECOND, &answer, 0);
    assert!(again.remarks[0].fact.contains("stays in SYN_RECV"), "{:?}", again.remarks);
    // Where nobody has reported a loss, the second SYN+ACK shows it.
    follow(&mut connection, 0, 0, &third, 0);
    assert_eq!(connection.states(), [State::Established; 2]);
    follow(&mut connection, 1, 3000 * MILLISECOND, &answer, 0);
    assert_eq!(connection.states(), half_open);
    let data = follow(&mut connection, 0, 0, &third, 6);
    assert!(data.remarks.iter().any(|remark| remark.fact.contains("handshake is complete")));
}

#[test]
fn a_lost_fin_closes_one_side_only() {
    let (mut connection, _) = play(&HANDSHAKE);
    let fin = TcpHeader { fin: true, ..ack(1, 1, 512) };
    connection.follow(&Segment { from: 0, at: 0, header: &fin, length: 0, lost: true });
    assert_eq!(connection.states(), [State::FinWait1, State::Established]);
    follow(&mut connection, 0, 200 * MILLISECOND, &fin, 0);
    assert_eq!(connection.states(), [State::FinWait1, State::CloseWait]);
}

#[test]
fn a_send_that_took_a_part_is_counted_with_that() {
    let mut connection = connected([None, None]);
    for (seq, left) in [(1, 900), (101, 900), (201, 1000)] {
        connection.sends(0, 1000);
        if left < 1000 {
            let remarks = follow(&mut connection, 0, 0, &ack(seq, 1, 512), 100).remarks;
            assert_eq!(remarks, [], "{seq}");
        }
        connection.gives_back(0, left);
    }
    connection.sends(0, 150);
    follow(&mut connection, 0, 0, &ack(201, 1, 512), 100);
    let remarks = follow(&mut connection, 0, 0, &ack(301, 1, 512), 50).remarks;
    assert_eq!(remarks[0].fact, "one send, 2 segments");
}
