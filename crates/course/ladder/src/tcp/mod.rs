//! One TCP connection, followed packet by packet: its states (RFC 9293), its phases, and what a student should notice.
//!
//! Everything said here is read from the packets of this run. What they can't show is left open.

mod close;
mod state;
mod stream;

use std::collections::VecDeque;

use etherparse::TcpHeader;

use crate::remark::{Remark, duration};
use close::{Close, Closing};
use state::ENDS;
pub use state::{Phase, State};
use stream::Stream;

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
    /// What it sends.
    stream: Stream,
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

/// A packet of a connection: which end (0 is the caller) sent it, when, and what it carries.
#[derive(Clone, Copy)]
struct Sent<'a> {
    from: usize,
    at: u64,
    segment: &'a TcpHeader,
    length: usize,
    /// How many sequence numbers it takes: its bytes, SYN and FIN.
    space: u32,
}

impl Connection {
    /// Follows a packet that one end (0 is the caller) has sent.
    pub fn follow(
        &mut self,
        from: usize,
        at: u64,
        segment: &TcpHeader,
        length: usize,
    ) -> Transition {
        let space = length as u32 + u32::from(segment.syn) + u32::from(segment.fin);
        let sent = Sent { from, at, segment, length, space };
        let mut done = self.number(segment, from);
        let before = self.ends.each_ref().map(|end| end.state);
        let again = self.sent_again(sent, done.seq);
        let is_again = again.is_some();
        done.remarks.extend(again);
        done.remarks.extend(self.late_ack(sent));
        if length > 0 && !is_again {
            done.remarks.extend(self.ends[from].stream.carries(length));
        }
        self.change_states(sent, &mut done);
        if segment.rst && !std::mem::replace(&mut self.reset, true) {
            done.remarks.push(self.explain_reset(from, before));
        }
        if !is_again && !segment.rst {
            self.follow_close(sent, &mut done);
        }
        self.enter_phase(Phase::of(segment, length), &mut done);
        for (end, old) in before.iter().enumerate() {
            done.states[end] = Some(self.ends[end].state).filter(|new| new != old);
        }
        if space > 0 {
            let owes = self.ends[1 - from].owes_ack_since.get_or_insert(at);
            if is_again {
                *owes = at; // whoever asks twice has not been heard the first time
            }
        }
        self.ends[from].next = self.ends[from].next.max(done.seq.wrapping_add(space));
        done
    }

    /// The numbers of a segment, counted from the first ones.
    fn number(&mut self, segment: &TcpHeader, from: usize) -> Transition {
        // A SYN has the first number, and data the next one. A reset that answers a SYN comes before any: its field is 0.
        let is_after_syn = !segment.syn && !segment.rst;
        let before_data = segment.sequence_number.wrapping_sub(u32::from(is_after_syn));
        let first = *self.ends[from].first.get_or_insert(before_data);
        let mut done = Transition {
            seq: segment.sequence_number.wrapping_sub(first),
            ..Transition::default()
        };
        if segment.ack {
            // The other side's beginning was not seen: then this is as good as any.
            let before = segment.acknowledgment_number.wrapping_sub(1);
            let others = *self.ends[1 - from].first.get_or_insert(before);
            done.ack = Some(segment.acknowledgment_number.wrapping_sub(others));
        }
        done
    }

    /// Did the packet carry nothing new? Then it was sent a second time.
    fn sent_again(&mut self, sent: Sent<'_>, seq: u32) -> Option<Remark> {
        const REMEMBERED: usize = 256;
        let Sent { at, space, .. } = sent;
        let end = &mut self.ends[sent.from];
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

    fn late_ack(&mut self, sent: Sent<'_>) -> Option<Remark> {
        if !sent.segment.ack || sent.segment.rst {
            return None;
        }
        let since = self.ends[sent.from].owes_ack_since.take()?;
        let waited = sent.at.saturating_sub(since);
        let fact = format!("this ACK waited {}", duration(waited));
        let is_late = sent.space == 0 && waited >= DELAYED;
        is_late.then(|| Remark::new(fact, "it hoped for data to ride with (delayed ACK)"))
    }

    /// One end is about to send this number of bytes.
    pub fn sends(&mut self, from: usize, length: usize) {
        self.ends[from].stream.sends(length);
    }

    /// A recv of one end has returned this number of bytes: is there something to notice?
    pub fn received(&mut self, end: usize, length: usize) -> Option<Remark> {
        self.ends[1 - end].stream.received(length)
    }

    fn change_states(&mut self, sent: Sent<'_>, done: &mut Transition) {
        use State::{Closed, Established, SynReceived, SynSent};
        let Sent { from, segment, .. } = sent;
        let [us, them] = if from == 0 { [0, 1] } else { [1, 0] };
        if segment.rst {
            self.ends.iter_mut().for_each(|end| end.state = Closed);
            return;
        }
        match (segment.syn, segment.ack) {
            (true, false) => self.ends[us].state = SynSent,
            (true, true) if self.ends[them].state == SynSent => {
                self.ends[us].state = SynReceived;
                self.ends[them].state = Established;
            }
            (false, true) if self.ends[them].state == SynReceived => {
                self.ends[them].state = Established;
                self.established = Some(sent.at);
                let meaning =
                    "three segments, and both kernels have agreed; no byte has been sent yet";
                done.remarks.push(Remark::new("", meaning));
            }
            _ => {}
        }
        let unknown = self.ends.iter().any(|end| end.state == Closed);
        if unknown && !segment.syn && self.close.is_none() && !self.reset {
            // The connection was there before the capture; nothing is said about its beginning.
            self.ends.iter_mut().for_each(|end| end.state = Established);
        }
        let knows = self.acknowledges_fin(from, done.ack);
        if knows {
            self.ends[them].state = self.ends[them].state.after_ack_of_fin();
        }
        if segment.fin {
            self.ends[us].fin = Some(done.seq);
            self.ends[us].state = self.ends[us].state.after_own_fin(knows);
            self.ends[them].state = self.ends[them].state.after_their_fin();
        }
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
        let why = match self.ends[1 - from].stream.unread() {
            0 => "abruptly (killed, unread bytes, or asked for)".to_owned(),
            unread => format!("with {unread} bytes that it had not received"),
        };
        Remark::fact(format!(
            "RST, no FIN: {us} ended {why}; {them} may lose what it has not read yet"
        ))
    }

    /// Three segments or four, and why.
    fn follow_close(&mut self, sent: Sent<'_>, done: &mut Transition) {
        let Sent { from, at, length, .. } = sent;
        let acknowledges = self.acknowledges_fin(from, done.ack);
        let over = self.ends.iter().all(|end| end.state.is_over());
        if sent.segment.fin && self.close.is_none() {
            self.close = Some(Close::begun_by(from));
        }
        let Some(close) = &mut self.close else { return };
        let fin = sent.segment.fin;
        done.remarks.extend(close.follow(Closing { from, at, fin, acknowledges, length }));
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

    /// What is to be said when nothing more comes.
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
