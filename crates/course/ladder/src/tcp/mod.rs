//! One TCP connection, followed packet by packet: its states (RFC 9293), its phases, and what a student should notice.
//!
//! Everything said here is read from the packets of this run. What they can't show is left open.

mod close;
mod direction;
mod gap;
mod state;
mod window;

use std::collections::VecDeque;

use crate::remark::{Remark, duration};
use crate::scenario::ENDS;
use close::Close;
use direction::Direction;
use gap::{Ack, Acks};
pub use state::{Phase, Segment, State};
use window::Window;

/// An ACK that comes later than this has waited for data to ride with.
const DELAYED: u64 = 30_000_000;

/// What a packet did to its connection.
#[derive(Clone, Debug, Default)]
pub struct Transition {
    /// A phase begins with this packet.
    pub phase: Option<Phase>,
    /// The new states of the caller and of the waiting side, where they changed.
    pub states: [Option<State>; 2],
    /// The sequence number, counted from the connection's first.
    pub seq: u32,
    /// The acknowledgment number, counted from the other side's first.
    pub ack: Option<u32>,
    /// How many bytes its sender has room for, where that is known.
    pub window: Option<u32>,
    /// What its sender got after a gap: from the first number to the one after the last.
    pub sack: Vec<(u32, u32)>,
    /// What should be noticed.
    pub remarks: Vec<Remark>,
}

/// One end of a connection.
#[derive(Debug, Default)]
struct End {
    state: State,
    /// Its first sequence number.
    first: Option<u32>,
    /// The number after the last byte that it sent.
    next: u32,
    /// The number of its FIN.
    fin: Option<u32>,
    /// When it got something that it has not acknowledged yet.
    owes_ack_since: Option<u64>,
    /// What it sent lately, and when.
    recent: VecDeque<(u32, u64)>,
    /// What it sends, and what of that was received.
    direction: Direction,
    /// How much it can receive.
    window: Window,
    /// What it acknowledges.
    acks: Acks,
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
    /// Follows a segment.
    pub fn follow(&mut self, segment: &Segment<'_>) -> Transition {
        let (from, at, space) = (segment.from, segment.at, segment.space());
        let mut done = self.number(segment);
        let before = self.states();
        let again = self.sent_again(segment, done.seq);
        let is_again = again.is_some();
        done.remarks.extend(again);
        done.remarks.extend(self.late_ack(segment));
        done.window = self.window(segment);
        if !segment.lost {
            self.follow_ack(segment, &mut done);
        }
        if segment.length > 0 && !is_again {
            done.remarks.extend(self.ends[from].direction.carries(segment.length));
        }
        self.change_states(segment, &mut done);
        if segment.header.rst && !std::mem::replace(&mut self.reset, true) {
            done.remarks.push(self.explain_reset(from, before));
        }
        if !is_again && !segment.header.rst {
            self.follow_close(segment, &mut done);
        }
        self.enter_phase(segment.phase(), &mut done);
        for (end, old) in before.iter().enumerate() {
            done.states[end] = Some(self.ends[end].state).filter(|new| new != old);
        }
        if space > 0 && !segment.lost {
            let owes = self.ends[1 - from].owes_ack_since.get_or_insert(at);
            if is_again {
                *owes = at; // the first one may have been lost: its ACK is not late
            }
        }
        self.ends[from].next = self.ends[from].next.max(done.seq.wrapping_add(space));
        done
    }

    /// The numbers of a segment, counted from the first ones.
    fn number(&mut self, segment: &Segment<'_>) -> Transition {
        let Segment { from, header, .. } = segment;
        let (number, ack) = (header.sequence_number, header.acknowledgment_number);
        // A SYN has the first number, and data the next one. A reset that answers a SYN has the number 0.
        let is_after_syn = !header.syn && !header.rst;
        let before_data = number.wrapping_sub(u32::from(is_after_syn));
        let first = *self.ends[*from].first.get_or_insert(before_data);
        // Where the other side's beginning was not captured, counting begins here.
        let others = &mut self.ends[1 - from].first;
        let ack = header.ack.then(|| ack.wrapping_sub(*others.get_or_insert(ack.wrapping_sub(1))));
        let sack = gap::sack(header, others.unwrap_or_default());
        Transition { seq: number.wrapping_sub(first), ack, sack, ..Transition::default() }
    }

    /// How many bytes the sender of a segment has room for.
    fn window(&mut self, segment: &Segment<'_>) -> Option<u32> {
        let Segment { from, header, .. } = *segment;
        if header.syn {
            self.ends[from].window.learn_scale(header);
        }
        self.ends[from].window.offered(header, &self.ends[1 - from].window)
    }

    /// What a segment says about the other direction: the window, and what has arrived.
    fn follow_ack(&mut self, segment: &Segment<'_>, done: &mut Transition) {
        let Segment { from, header, .. } = *segment;
        let next = self.ends[from].next;
        done.remarks.extend(self.ends[1 - from].window.probed(segment, done.seq, next));
        let same_window = self.ends[from].window.size == done.window;
        let sent = self.ends[1 - from].next;
        let us = &mut self.ends[from];
        let noticed = us.window.change(segment, done.window);
        if let Some(number) = done.ack.filter(|_| !header.rst) {
            let is_bare = segment.space() == 0 && (same_window || !done.sack.is_empty());
            let ack = Ack { number, sack: &done.sack, is_bare, sent };
            done.remarks.extend(us.acks.follow(&ack));
        }
        done.remarks.extend(noticed);
    }

    /// Did the segment carry nothing new? Then it was sent a second time.
    fn sent_again(&mut self, segment: &Segment<'_>, seq: u32) -> Option<Remark> {
        const REMEMBERED: usize = 256;
        let (at, space) = (segment.at, segment.space());
        let end = &mut self.ends[segment.from];
        // A keep-alive has an old number too, but carries nothing: it takes no space.
        let old = space > 0 && end.next > 0 && seq.wrapping_add(space) <= end.next;
        let earlier = end.recent.iter().rev().find(|sent| sent.0 == seq).map(|sent| sent.1);
        if space > 0 {
            end.recent.push_back((seq, at));
            if end.recent.len() > REMEMBERED {
                end.recent.pop_front();
            }
        }
        let after = earlier.map_or(String::new(), |earlier| {
            format!(", {} later", duration(at.saturating_sub(earlier)))
        });
        let state = end.state;
        let duplicates = self.ends[1 - segment.from].acks.duplicates;
        let (why, meaning) = match (state, duplicates) {
            (State::SynSent, _) => ("nobody answers, and the caller stays in SYN_SENT", ""),
            (State::SynReceived | State::Established, _) if segment.header.syn => (
                "no ACK had come for it, and the waiting side stays in SYN_RECV",
                "the connection is half-open: for the caller it is there, accept doesn't get it",
            ),
            (_, 0) => ("no ACK had come for it", ""),
            _ => (
                "duplicate ACKs had asked for it",
                "this is a fast retransmission, no timer had to run out",
            ),
        };
        old.then(|| Remark::new(format!("sent again{after}: {why}"), meaning))
    }

    fn late_ack(&mut self, segment: &Segment<'_>) -> Option<Remark> {
        if !segment.header.ack || segment.header.rst || segment.lost {
            return None;
        }
        let since = self.ends[segment.from].owes_ack_since.take()?;
        let waited = segment.at.saturating_sub(since);
        let fact = format!("this ACK waited {}", duration(waited));
        let is_late = segment.space() == 0 && waited >= DELAYED;
        is_late.then(|| Remark::new(fact, "it hoped for data to ride with (delayed ACK)"))
    }

    /// One end is about to send this number of bytes.
    pub fn sends(&mut self, from: usize, length: usize) {
        self.ends[from].direction.sends(length);
    }

    /// The last send of one end was cut: it has not taken this number of bytes.
    pub fn gives_back(&mut self, from: usize, length: usize) {
        self.ends[from].direction.gives_back(length);
    }

    /// A recv of one end has returned this number of bytes: is there something to notice?
    pub fn received(&mut self, end: usize, length: usize) -> Option<Remark> {
        self.ends[1 - end].direction.received(length)
    }

    fn change_states(&mut self, segment: &Segment<'_>, done: &mut Transition) {
        use State::{Closed, Established, SynReceived, SynSent};
        let Segment { from, header, .. } = segment;
        let (us, them) = (*from, 1 - from);
        if segment.lost {
            return self.change_senders_state(segment, done);
        }
        if header.rst {
            self.ends.iter_mut().for_each(|end| end.state = Closed);
            return;
        }
        match (header.syn, header.ack) {
            (true, false) => self.ends[us].state = SynSent,
            (true, true) if matches!(self.ends[them].state, SynSent | Established) => {
                // The second time too: only a socket in this state sends it.
                self.ends[us].state = SynReceived;
                self.ends[them].state = Established;
            }
            (false, true) if self.ends[them].state == SynReceived => {
                self.ends[them].state = Established;
                self.established = Some(segment.at);
                done.remarks.push(complete(segment));
            }
            _ => {}
        }
        let unknown = self.ends.iter().any(|end| end.state == Closed);
        if unknown && !header.syn && self.close.is_none() && !self.reset {
            // The connection was there before the capture; nothing is said about its beginning.
            self.ends.iter_mut().for_each(|end| end.state = Established);
        }
        if self.acknowledges_fin(us, done.ack) {
            self.ends[them].state = self.ends[them].state.after_ack_of_fin();
        }
        if header.fin {
            self.close_own(us, done);
            self.ends[them].state = self.ends[them].state.after_their_fin();
        }
    }

    /// The other end will never know about this segment.
    fn change_senders_state(&mut self, segment: &Segment<'_>, done: &Transition) {
        let Segment { from, header, .. } = *segment;
        match (header.syn, header.ack) {
            (true, false) => self.ends[from].state = State::SynSent,
            (true, true) => self.ends[from].state = State::SynReceived,
            _ if header.rst => self.ends[from].state = State::Closed,
            _ if header.fin => self.close_own(from, done),
            _ => {}
        }
    }

    /// This end sends its FIN.
    fn close_own(&mut self, us: usize, done: &Transition) {
        let knows = self.acknowledges_fin(us, done.ack);
        self.ends[us].fin = Some(done.seq);
        self.ends[us].state = self.ends[us].state.after_own_fin(knows);
    }

    /// Does this acknowledgment of one end cover the FIN of the other?
    fn acknowledges_fin(&self, from: usize, ack: Option<u32>) -> bool {
        ack.zip(self.ends[1 - from].fin).is_some_and(|(ack, last)| ack > last)
    }

    fn explain_reset(&self, from: usize, before: [State; 2]) -> Remark {
        let (us, them) = (ENDS[from], ENDS[1 - from]);
        if before[1 - from] == State::SynSent {
            return Remark::fact("RST, no SYN+ACK: nobody listens on that port, so connect fails");
        }
        if self.ends[from].fin.is_some() {
            return Remark::fact(format!(
                "RST: {us} has closed; what {them} still sends is refused"
            ));
        }
        let why = match self.ends[1 - from].direction.unread() {
            0 => "abruptly (killed, unread bytes, or asked for)".to_owned(),
            unread => format!("with {unread} bytes that it had not received"),
        };
        Remark::fact(format!(
            "RST, no FIN: {us} ended {why}; {them} may lose what it has not read yet"
        ))
    }

    /// Three segments or four, and why.
    fn follow_close(&mut self, segment: &Segment<'_>, done: &mut Transition) {
        let acknowledges = self.acknowledges_fin(segment.from, done.ack);
        let over = self.states().iter().all(|state| state.is_over());
        if segment.header.fin && self.close.is_none() {
            self.close = Some(Close::begun_by(segment.from));
        }
        let Some(close) = &mut self.close else { return };
        done.remarks.extend(close.follow(segment, acknowledges));
        if over {
            done.remarks.extend(close.end());
        }
    }

    fn enter_phase(&mut self, phase: Option<Phase>, done: &mut Transition) {
        if phase.is_some() && self.phase.is_none_or(|before| phase > Some(before)) {
            self.phase = phase;
            done.phase = phase;
        }
    }

    /// Is it over?
    pub fn is_over(&self) -> bool {
        self.reset || self.close.as_ref().is_some_and(Close::is_over)
    }

    /// What to report when nothing more comes.
    pub fn at_the_end(&self) -> Option<String> {
        let [caller, waiting] = self.states();
        match caller {
            _ if self.is_over() => None,
            State::SynSent => {
                Some("the caller is still in SYN_SENT: nobody has answered".to_owned())
            }
            _ => Some(format!("not closed yet: {} is {caller}, {} is {waiting}", ENDS[0], ENDS[1])),
        }
    }

    /// The states of the caller and of the waiting side.
    pub fn states(&self) -> [State; 2] {
        self.ends.each_ref().map(|end| end.state)
    }
}

/// With this segment the handshake is complete.
fn complete(segment: &Segment<'_>) -> Remark {
    if segment.length > 0 {
        let fact = "these bytes carry the ACK that was missing: the handshake is complete";
        return Remark::fact(fact);
    }
    Remark::new("", "three segments, and both kernels have agreed; no byte has been sent yet")
}
