//! One TCP connection, followed packet by packet: its states (RFC 9293), its phases, and what a student should notice.
//!
//! Everything said here is read from the packets of this run. What they can't tell is left open.

use std::collections::VecDeque;
use std::fmt;

use crate::packet::Segment;

/// The two ends of a connection, in words.
pub const ENDS: [&str; 2] = ["the caller", "the waiting side"];

/// An ACK that comes later than this has waited for data to ride with.
const DELAYED: u64 = 30_000_000;

/// The states of RFC 9293 that packets lead to, as `ss` and `netstat` call them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)] // the names are the RFC's
pub enum State {
    #[default]
    Closed,
    SynSent,
    SynReceived,
    Established,
    FinWait1,
    FinWait2,
    CloseWait,
    Closing,
    LastAck,
    TimeWait,
}

impl fmt::Display for State {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            State::Closed => "CLOSED",
            State::SynSent => "SYN_SENT",
            State::SynReceived => "SYN_RECV",
            State::Established => "ESTABLISHED",
            State::FinWait1 => "FIN_WAIT_1",
            State::FinWait2 => "FIN_WAIT_2",
            State::CloseWait => "CLOSE_WAIT",
            State::Closing => "CLOSING",
            State::LastAck => "LAST_ACK",
            State::TimeWait => "TIME_WAIT",
        })
    }
}

/// The phases of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
#[allow(missing_docs)]
pub enum Phase {
    Handshake,
    Data,
    Close,
}

impl fmt::Display for Phase {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Phase::Handshake => "handshake",
            Phase::Data => "data",
            Phase::Close => "close",
        })
    }
}

/// What a packet did to its connection.
#[derive(Clone, Debug, Default)]
pub struct Step {
    /// A phase begins with this packet.
    pub phase: Option<Phase>,
    /// The new states of the caller and of the waiting side, where they changed.
    pub states: [Option<State>; 2],
    /// The sequence number, counted from the connection's first.
    pub seq: u32,
    /// The acknowledgment number, counted from the other side's first.
    pub ack: Option<u32>,
    /// What should be noticed.
    pub remarks: Vec<Remark>,
}

/// Something to notice: what happened here, and what it means. The meaning is told once in a ladder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remark {
    /// What happened; empty where the packets show it.
    pub fact: String,
    /// What it means; empty where the fact says it.
    pub meaning: String,
}

impl Remark {
    /// A fact alone.
    pub fn fact(fact: impl Into<String>) -> Remark {
        Remark { fact: fact.into(), meaning: String::new() }
    }

    /// A fact and its meaning.
    pub fn new(fact: impl Into<String>, meaning: impl Into<String>) -> Remark {
        Remark { fact: fact.into(), meaning: meaning.into() }
    }
}

/// One end of a connection.
#[derive(Debug, Default)]
struct End {
    state: State,
    /// Its first sequence number.
    first: Option<u32>,
    /// The number behind the last byte that it sent.
    next: u32,
    /// The number of its FIN.
    fin: Option<u32>,
    /// When it got something that it has not acknowledged yet.
    owes_ack_since: Option<u64>,
    /// What it sent lately, and when.
    recent: VecDeque<(u32, u64)>,
    /// The lengths of the segments that came in and that no recv has returned yet.
    unread: VecDeque<usize>,
    /// The lengths of the sends that no segment has carried yet.
    unsent: VecDeque<usize>,
    /// How many segments have carried the first of these so far.
    carried_by: usize,
}

/// How it closes.
#[derive(Debug)]
struct Close {
    first: usize,
    segments: usize,
    /// When the other side acknowledged the FIN without closing itself.
    acknowledged: Option<u64>,
    /// That acknowledgment rode with data.
    with_data: bool,
    /// When the other side's FIN came, and whether it was the acknowledgment of the first.
    answered: Option<(u64, bool)>,
    bytes_after: usize,
    told: bool,
}

/// A connection.
#[derive(Debug, Default)]
pub struct Connection {
    ends: [End; 2],
    phase: Option<Phase>,
    /// When the handshake was over.
    pub established: Option<u64>,
    close: Option<Close>,
    reset: bool,
}

impl Connection {
    /// Follows a packet that one end (0 is the caller) has sent.
    pub fn follow(&mut self, from: usize, at: u64, segment: &Segment, length: usize) -> Step {
        let to = 1 - from;
        let mut step = Step::default();
        let seq_after_syn = segment.seq.wrapping_sub(u32::from(!segment.syn));
        let first = *self.ends[from].first.get_or_insert(seq_after_syn);
        step.seq = segment.seq.wrapping_sub(first);
        if segment.ack {
            // The other side's beginning was not seen: then this is as good as any.
            let before = segment.ack_number.wrapping_sub(1);
            let others = *self.ends[to].first.get_or_insert(before);
            step.ack = Some(segment.ack_number.wrapping_sub(others));
        }
        let before = [self.ends[0].state, self.ends[1].state];
        let space = length as u32 + u32::from(segment.syn) + u32::from(segment.fin);
        let again = self.sent_again(from, at, step.seq, space);
        if let Some(note) = &again {
            step.remarks.push(note.clone());
        }
        self.note_late_ack(from, at, segment, length, &mut step);
        self.note_lengths(from, length, again.is_some(), &mut step);
        self.change_states(from, at, segment, &mut step);
        if segment.rst {
            self.note_reset(from, before, &mut step);
        }
        self.follow_close(from, at, segment, &mut step, length, again.is_some());
        self.enter_phase(segment, length, &mut step);
        for (end, old) in before.iter().enumerate() {
            step.states[end] = Some(self.ends[end].state).filter(|new| new != old);
        }
        if space > 0 {
            let owes = self.ends[to].owes_ack_since.get_or_insert(at);
            if again.is_some() {
                *owes = at; // whoever asks twice has not been heard the first time
            }
        }
        self.ends[from].next = self.ends[from].next.max(step.seq.wrapping_add(space));
        step
    }

    /// Did the packet carry nothing new? Then it was sent a second time.
    fn sent_again(&mut self, from: usize, at: u64, seq: u32, space: u32) -> Option<Remark> {
        const REMEMBERED: usize = 256;
        let end = &mut self.ends[from];
        // A keep-alive repeats at most one byte that was acknowledged long ago, and carries none.
        let old = space > 0 && end.next > 0 && seq.wrapping_add(space) <= end.next;
        let earlier = end.recent.iter().rev().find(|sent| sent.0 == seq).map(|sent| sent.1);
        if space > 0 {
            end.recent.push_back((seq, at));
            if end.recent.len() > REMEMBERED {
                end.recent.pop_front();
            }
        }
        if !old {
            return None;
        }
        let after = earlier.map_or(String::new(), |earlier| {
            format!(", {} later", duration(at.saturating_sub(earlier)))
        });
        let why = match end.state {
            State::SynSent => "nobody answers, and the caller stays in SYN_SENT",
            _ => "no ACK had come for it",
        };
        Some(Remark::fact(format!("sent again{after}: {why}")))
    }

    fn note_late_ack(
        &mut self,
        from: usize,
        at: u64,
        segment: &Segment,
        length: usize,
        step: &mut Step,
    ) {
        if !segment.ack || segment.rst {
            return;
        }
        let Some(since) = self.ends[from].owes_ack_since.take() else { return };
        let alone = length == 0 && !segment.fin && !segment.syn;
        if alone && at.saturating_sub(since) >= DELAYED {
            let waited = duration(at - since);
            step.remarks.push(Remark::new(
                format!("this ACK waited {waited}"),
                "it hoped for data to ride with (delayed ACK)",
            ));
        }
    }

    /// How sends, segments and recvs fit together.
    fn note_lengths(&mut self, from: usize, length: usize, again: bool, step: &mut Step) {
        if length == 0 || again {
            return;
        }
        self.ends[1 - from].unread.push_back(length);
        let end = &mut self.ends[from];
        let Some(&first) = end.unsent.front() else { return };
        end.carried_by += 1;
        if length < first {
            end.unsent[0] -= length;
            return;
        }
        let (mut rest, mut sends) = (length, 0);
        while let Some(&next) = end.unsent.front().filter(|next| **next <= rest) {
            rest -= next;
            sends += 1;
            end.unsent.pop_front();
        }
        if let Some(next) = end.unsent.front_mut() {
            *next -= rest;
        }
        if end.carried_by > 1 {
            let fact = format!("one send, {} segments", end.carried_by);
            step.remarks.push(Remark::new(fact, "this is how much fits into one"));
        } else if sends > 1 || rest > 0 {
            let sends = sends + usize::from(rest > 0);
            step.remarks.push(Remark::fact(format!("one segment with the bytes of {sends} sends")));
        }
        end.carried_by = usize::from(rest > 0);
    }

    /// One end is about to send so many bytes.
    pub fn sends(&mut self, from: usize, length: usize) {
        if length > 0 {
            self.ends[from].unsent.push_back(length);
        }
    }

    /// A recv of one end has returned so many bytes: what is there to say about them?
    pub fn received(&mut self, end: usize, length: usize) -> Option<Remark> {
        let unread = &mut self.ends[end].unread;
        if unread.iter().sum::<usize>() < length {
            unread.clear(); // not all recvs are told; what would be said might be wrong
            return None;
        }
        let (mut rest, mut segments) = (length, 0);
        while let Some(next) = unread.front_mut().filter(|_| rest > 0) {
            segments += 1;
            if *next > rest {
                *next -= rest;
                let left = unread.iter().sum::<usize>();
                return Some(Remark::new(
                    format!("this recv took {length} bytes and left {left}"),
                    "they come with the next one",
                ));
            }
            rest -= *next;
            unread.pop_front();
        }
        (segments > 1).then(|| {
            let fact = format!("one recv, {segments} segments");
            Remark::new(fact, "TCP is a stream of bytes and keeps no boundaries")
        })
    }

    fn change_states(&mut self, from: usize, at: u64, segment: &Segment, step: &mut Step) {
        use State::{Closed, Established, SynReceived, SynSent};
        let to = 1 - from;
        if segment.rst {
            self.ends[0].state = Closed;
            self.ends[1].state = Closed;
            return;
        }
        match (segment.syn, segment.ack) {
            (true, false) => self.ends[from].state = SynSent,
            (true, true) if self.ends[to].state == SynSent => {
                self.ends[from].state = SynReceived;
                self.ends[to].state = Established;
            }
            _ => {}
        }
        if !segment.syn && segment.ack && self.ends[to].state == SynReceived {
            self.ends[to].state = Established;
            self.established = Some(at);
            let meaning = "three segments, and both kernels have agreed; no byte has been sent yet";
            step.remarks.push(Remark::new("", meaning));
        }
        let unknown = self.ends.iter().any(|end| end.state == Closed);
        if unknown && !segment.syn && self.close.is_none() && !self.reset {
            // The connection was there before the capture; nothing is said about its beginning.
            for end in &mut self.ends {
                end.state = Established;
            }
        }
        if segment.fin {
            self.ends[from].fin = Some(step.seq);
        }
        self.acknowledge_fin(from, segment, step);
        if segment.fin {
            self.sees_fin(from, step);
        }
    }

    /// The packet of one end may acknowledge the FIN of the other.
    fn acknowledge_fin(&mut self, from: usize, segment: &Segment, step: &Step) {
        let other = &mut self.ends[1 - from];
        let Some(last) = other.fin.filter(|_| segment.ack) else { return };
        if step.ack.is_some_and(|ack| ack > last) {
            other.state = match other.state {
                State::FinWait1 => State::FinWait2,
                State::Closing => State::TimeWait,
                State::LastAck => State::Closed,
                state => state,
            };
        }
    }

    fn sees_fin(&mut self, from: usize, step: &Step) {
        let others = self.ends[1 - from].fin;
        let knows = others.is_some_and(|last| step.ack.is_some_and(|ack| ack > last));
        self.ends[from].state = match self.ends[from].state {
            State::Established | State::SynReceived => State::FinWait1,
            // It has not seen the other's FIN yet: both were sent at the same moment.
            State::CloseWait if !knows => State::Closing,
            State::CloseWait => State::LastAck,
            state => state,
        };
        let other = &mut self.ends[1 - from];
        other.state = match other.state {
            State::Established => State::CloseWait,
            State::FinWait1 => State::Closing,
            State::FinWait2 => State::TimeWait,
            state => state,
        };
    }

    fn note_reset(&mut self, from: usize, before: [State; 2], step: &mut Step) {
        if std::mem::replace(&mut self.reset, true) {
            return;
        }
        let (us, them) = (ENDS[from], ENDS[1 - from]);
        let note = if before[1 - from] == State::SynSent {
            "RST, no SYN+ACK: nobody listens on that port, so connect fails".to_owned()
        } else if self.ends[from].fin.is_some() {
            format!("RST: {us} has closed; what {them} still sends is refused")
        } else {
            let unread: usize = self.ends[from].unread.iter().sum();
            let why = if unread > 0 {
                format!("with {unread} bytes that it had not received")
            } else {
                "abruptly (killed, unread bytes, or asked for)".to_owned()
            };
            format!("RST, no FIN: {us} ended {why}; {them} may lose what it has not read yet")
        };
        step.remarks.push(Remark::fact(note));
    }

    /// Three segments or four, and why.
    fn follow_close(
        &mut self,
        from: usize,
        at: u64,
        segment: &Segment,
        step: &mut Step,
        length: usize,
        again: bool,
    ) {
        if segment.fin && self.close.is_none() {
            self.close = Some(Close {
                first: from,
                segments: 0,
                acknowledged: None,
                with_data: false,
                answered: None,
                bytes_after: 0,
                told: false,
            });
        }
        let Some(close) = self.close.as_mut().filter(|_| !again && !segment.rst) else { return };
        let last = self.ends[1 - from].fin;
        let acknowledges = step.ack.zip(last).is_some_and(|(ack, last)| ack > last);
        // An ACK of data counts for the data; and the first side's ACKs are repeated in all that it sends.
        let alone =
            acknowledges && length == 0 && (from == close.first || close.acknowledged.is_none());
        if segment.fin || alone {
            close.segments += 1;
        }
        if from != close.first {
            if length > 0 && close.bytes_after == 0 {
                let (first, us) = (ENDS[close.first], ENDS[from]);
                let note = format!("half-closed: {first} sends no more, {us} still does");
                step.remarks.push(Remark::fact(note));
            }
            close.bytes_after += length;
            if segment.fin {
                close.answered = Some((at, acknowledges && close.acknowledged.is_none()));
            } else if acknowledges && close.acknowledged.is_none() {
                close.acknowledged = Some(at);
                close.with_data = length > 0;
            }
        }
        let over = self.ends.iter().all(|end| matches!(end.state, State::Closed | State::TimeWait));
        if over && !std::mem::replace(&mut close.told, true) {
            step.remarks.push(how_closed(close));
        }
    }

    fn enter_phase(&mut self, segment: &Segment, length: usize, step: &mut Step) {
        let phase = if segment.fin || segment.rst {
            Phase::Close
        } else if length > 0 {
            Phase::Data
        } else if segment.syn {
            Phase::Handshake
        } else {
            return;
        };
        if self.phase.is_none_or(|before| before < phase) {
            self.phase = Some(phase);
            step.phase = Some(phase);
        }
    }

    /// Is it over?
    pub fn is_over(&self) -> bool {
        self.reset || self.close.as_ref().is_some_and(|close| close.told)
    }

    /// What is to be said when nothing more comes.
    pub fn at_the_end(&self) -> Option<String> {
        if self.is_over() {
            return None;
        }
        let [caller, waiting] = &self.ends;
        Some(match (caller.state, waiting.state) {
            (State::SynSent, _) => {
                "the caller is still in SYN_SENT: nobody has answered".to_owned()
            }
            (caller, waiting) => {
                format!("not closed yet: {} is {caller}, {} is {waiting}", ENDS[0], ENDS[1])
            }
        })
    }
}

fn how_closed(close: &Close) -> Remark {
    let (first, second) = (ENDS[close.first], ENDS[1 - close.first]);
    let count = close.segments;
    let fact = match (close.answered, close.acknowledged) {
        (Some((_, true)), _) => {
            format!(
                "closed with {count} segments: {second} closed at once, so its FIN rode with the ACK"
            )
        }
        (Some((answered, _)), Some(acknowledged)) if acknowledged <= answered => {
            let later = duration(answered - acknowledged);
            let ack = if close.with_data { "its ACK with data" } else { "its ACK" };
            format!(
                "closed with {count} segments: {second} sent {ack}, and its FIN only {later} later"
            )
        }
        _ => {
            let both = "both sent their FIN at the same moment, and each got its own ACK";
            return Remark::fact(format!("closed with {count} segments: {both}"));
        }
    };
    let meaning = format!("{first}, which sent the first FIN, stays in TIME_WAIT for a minute");
    Remark::new(fact, meaning)
}

/// A duration as a person says it.
pub fn duration(nanoseconds: u64) -> String {
    let milliseconds = nanoseconds as f64 / 1e6;
    match milliseconds {
        1000.0.. => format!("{:.1} s", milliseconds / 1000.0),
        10.0.. => format!("{milliseconds:.0} ms"),
        0.1.. => format!("{milliseconds:.1} ms"),
        _ => format!("{:.0} µs", milliseconds * 1000.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLISECOND: u64 = 1_000_000;

    /// Plays segments `(from, flags, seq, ack, length)`, one each millisecond, and returns all that was to be noticed.
    fn play(segments: &[(usize, &str, u32, u32, usize)]) -> (Connection, Vec<String>) {
        let mut connection = Connection::default();
        let mut noticed = Vec::new();
        for (moment, (from, flags, seq, ack, length)) in (1..).zip(segments) {
            let segment = Segment {
                syn: flags.contains('S'),
                fin: flags.contains('F'),
                rst: flags.contains('R'),
                ack: flags.contains('A'),
                seq: 1000 + seq,
                ack_number: 1000 + ack,
                ..Segment::default()
            };
            let step = connection.follow(*from, moment * MILLISECOND, &segment, *length);
            noticed.extend(step.remarks.into_iter().map(|remark| remark.fact + &remark.meaning));
        }
        (connection, noticed)
    }

    const HANDSHAKE: [(usize, &str, u32, u32, usize); 3] =
        [(0, "S", 0, 0, 0), (1, "SA", 0, 1, 0), (0, "A", 1, 1, 0)];

    fn after_handshake(segments: &[(usize, &str, u32, u32, usize)]) -> (Connection, String) {
        let (connection, noticed) = play(&[&HANDSHAKE, segments].concat());
        (connection, noticed[1..].join("\n"))
    }

    fn states(connection: &Connection) -> [State; 2] {
        [connection.ends[0].state, connection.ends[1].state]
    }

    #[test]
    fn a_close_has_three_segments_or_four() {
        let (three, said) =
            after_handshake(&[(0, "FA", 1, 1, 0), (1, "FA", 1, 2, 0), (0, "A", 2, 2, 0)]);
        assert!(said.contains("3 segments") && said.contains("rode with the ACK"), "{said}");
        assert_eq!(states(&three), [State::TimeWait, State::Closed]);
        let four = [(1, "FA", 1, 1, 0), (0, "A", 1, 2, 0), (0, "FA", 1, 2, 0), (1, "A", 2, 2, 0)];
        let (four, said) = after_handshake(&four);
        assert!(said.contains("4 segments") && said.contains("1.0 ms later"), "{said}");
        assert!(said.contains("the waiting side, which sent the first FIN"), "{said}");
        assert_eq!(states(&four), [State::Closed, State::TimeWait]);
        let both = [(0, "FA", 1, 1, 0), (1, "FA", 1, 1, 0), (0, "A", 2, 2, 0), (1, "A", 2, 2, 0)];
        let (both, said) = after_handshake(&both);
        assert!(said.contains("4 segments: both sent their FIN"), "{said}");
        assert_eq!(states(&both), [State::TimeWait, State::TimeWait]);
    }

    #[test]
    fn resets_are_told_apart() {
        let (_, said) = play(&[(0, "S", 0, 0, 0), (1, "RA", 0, 1, 0)]);
        assert!(said[0].contains("nobody listens"), "{said:?}");
        let (_, said) =
            after_handshake(&[(0, "A", 1, 1, 5), (1, "A", 1, 6, 0), (1, "RA", 1, 6, 0)]);
        assert!(said.contains("5 bytes that it had not received"), "{said}");
    }

    #[test]
    fn what_is_sent_twice_and_what_comes_late_is_noticed() {
        let (_, said) = after_handshake(&[(0, "A", 1, 1, 5), (0, "A", 1, 1, 5), (1, "A", 1, 6, 0)]);
        assert!(said.contains("sent again, 1.0 ms later"), "{said}");
        assert!(!said.contains("waited"), "{said}");
        let mut connection = play(&[&HANDSHAKE[..], &[(0, "A", 1, 1, 5)]].concat()).0;
        let segment = Segment { ack: true, seq: 1001, ack_number: 1006, ..Segment::default() };
        let step = connection.follow(1, 45 * MILLISECOND, &segment, 0);
        assert_eq!(step.remarks[0].fact, "this ACK waited 41 ms");
    }

    #[test]
    fn sends_segments_and_recvs_are_compared() {
        let mut connection = play(&HANDSHAKE).0;
        let send = |connection: &mut Connection, seq: u32, length| {
            let segment =
                Segment { ack: true, seq: 1000 + seq, ack_number: 1001, ..Segment::default() };
            connection.follow(0, u64::from(seq), &segment, length).remarks
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
}
