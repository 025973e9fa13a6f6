//! Flow control: the window that one end offers, and what happens when it is closed (RFC 9293, section 3.8.6).

use etherparse::{TcpHeader, TcpOptionElement};

use super::state::Segment;
use crate::remark::{Remark, duration};
use crate::scenario::ENDS;

/// The window of one end: how many bytes it has room for.
#[derive(Debug, Default)]
pub struct Window {
    /// The scale that its SYN had; 0 where it had none. Unknown where the SYN was not captured.
    scale: Option<u8>,
    /// The SYN had that option: both ends must have it.
    scales: bool,
    /// What it offered last.
    pub size: Option<u32>,
    /// When it was asked last, or has closed.
    silent_since: u64,
}

impl Window {
    /// Reads the scale in a SYN (RFC 7323, section 2).
    pub fn learn_scale(&mut self, syn: &TcpHeader) {
        let scale = syn.options_iterator().flatten().find_map(|option| match option {
            TcpOptionElement::WindowScale(shift) => Some(shift.min(14)),
            _ => None,
        });
        (self.scale, self.scales) = (Some(scale.unwrap_or(0)), scale.is_some());
    }

    /// How many bytes a segment of this end offers. A SYN is never scaled.
    pub fn offered(&self, header: &TcpHeader, other: &Window) -> Option<u32> {
        let window = u32::from(header.window_size);
        match (self.scale, other.scale) {
            _ if header.syn => Some(window),
            (Some(shift), Some(_)) if self.scales && other.scales => Some(window << shift),
            (Some(_), Some(_)) => Some(window),
            _ => None,
        }
    }

    /// This end offers that many bytes now.
    pub fn change(&mut self, segment: &Segment<'_>, offered: Option<u32>) -> Option<Remark> {
        if segment.header.rst {
            return None; // nothing can follow
        }
        let before = self.size;
        self.size = offered.or(before);
        let (us, them) = (ENDS[segment.from], ENDS[1 - segment.from]);
        match (before, offered?) {
            (Some(1..), 0) => {
                self.silent_since = segment.at;
                let fact = format!("a window of 0: {us} has no room left, and {them} must wait");
                Some(Remark::new(fact, "flow control: no sender can flood a slow receiver"))
            }
            (Some(0), room @ 1..) => {
                Some(Remark::fact(format!("the window is open again: {room} bytes may come")))
            }
            _ => None,
        }
    }

    /// The other end asks for this window with an old number (`seq` is less than `next`) and no data. A keep-alive does
    /// that too, but while the window is open.
    pub fn probed(&mut self, segment: &Segment<'_>, seq: u32, next: u32) -> Option<Remark> {
        let is_probe = self.size == Some(0) && segment.space() == 0 && seq < next;
        if !is_probe || segment.header.rst {
            return None;
        }
        let since = std::mem::replace(&mut self.silent_since, segment.at);
        let silence = segment.at.saturating_sub(since);
        let fact = format!("window probe after {}: an old number, and no data", duration(silence));
        let meaning = "the news of an open window may get lost, so the sender asks for an ACK again and again";
        Some(Remark::new(fact, meaning))
    }
}
