//! How a connection closes: with three segments or four, and why.

use super::state::Segment;
use crate::remark::{Remark, duration};
use crate::scenario::ENDS;

/// A close that has begun with a first FIN.
#[derive(Debug)]
pub struct Close {
    first: usize,
    segments: usize,
    /// When the other side acknowledged the FIN without closing itself, and whether that ACK had data.
    acknowledged: Option<(u64, bool)>,
    /// When the other side's FIN came, and whether it was also the ACK of the first.
    answered: Option<(u64, bool)>,
    bytes_after: usize,
    is_over: bool,
}

impl Close {
    /// The close that this end begins.
    pub fn begun_by(first: usize) -> Close {
        Close {
            first,
            segments: 0,
            acknowledged: None,
            answered: None,
            bytes_after: 0,
            is_over: false,
        }
    }

    /// Follows a segment that is not a repetition. It may acknowledge the other end's FIN.
    pub fn follow(&mut self, segment: &Segment<'_>, acknowledges: bool) -> Option<Remark> {
        let Segment { from, at, header, length, .. } = *segment;
        // A segment with data counts as data; and after its first ACK the other side repeats it in all that it sends.
        let new = from == self.first || self.acknowledged.is_none();
        if header.fin || (acknowledges && length == 0 && new) {
            self.segments += 1;
        }
        if from == self.first {
            return None;
        }
        let half_closed = length > 0 && self.bytes_after == 0;
        self.bytes_after += length;
        if header.fin {
            self.answered = Some((at, acknowledges && new));
        } else if acknowledges && new {
            self.acknowledged = Some((at, length > 0));
        }
        let (first, us) = (ENDS[self.first], ENDS[from]);
        let fact = format!("half-closed: {first} sends no more, {us} still does");
        half_closed.then(|| Remark::fact(fact))
    }

    /// Both ends are done. Explained once.
    pub fn end(&mut self) -> Option<Remark> {
        (!std::mem::replace(&mut self.is_over, true)).then(|| self.explain())
    }

    /// Have both ends closed?
    pub fn is_over(&self) -> bool {
        self.is_over
    }

    fn explain(&self) -> Remark {
        let (first, second) = (ENDS[self.first], ENDS[1 - self.first]);
        let closed = format!("closed with {} segments", self.segments);
        let fact = match (self.answered, self.acknowledged) {
            (Some((_, true)), _) => {
                format!("{closed}: {second} closed at once, so its FIN rode with the ACK")
            }
            (Some((answered, _)), Some((acknowledged, data))) if acknowledged <= answered => {
                let later = duration(answered - acknowledged);
                let ack = if data { "its ACK with data" } else { "its ACK" };
                format!("{closed}: {second} sent {ack}, and its FIN only {later} later")
            }
            _ => {
                let both = "both sent their FIN at the same moment, and each got its own ACK";
                return Remark::fact(format!("{closed}: {both}"));
            }
        };
        let meaning = format!("{first}, which sent the first FIN, stays in TIME_WAIT for a minute");
        Remark::new(fact, meaning)
    }
}
