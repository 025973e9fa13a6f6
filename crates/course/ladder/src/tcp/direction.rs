//! One direction of a connection: how sends, segments and recvs fit together.

use std::collections::VecDeque;

use crate::remark::Remark;

/// The bytes of one direction, from send to recv.
#[derive(Debug, Default)]
pub struct Direction {
    /// The lengths of the sends that no segment has carried yet.
    unsent: VecDeque<usize>,
    /// How many segments have carried the first of these so far.
    carried_by: usize,
    /// The lengths of the segments that no recv has returned yet.
    unread: VecDeque<usize>,
}

impl Direction {
    /// A program is about to send this number of bytes.
    pub fn sends(&mut self, length: usize) {
        if length > 0 {
            self.unsent.push_back(length);
        }
    }

    /// The last send has left this number of bytes to the program.
    pub fn gives_back(&mut self, length: usize) {
        let Some(last) = self.unsent.back_mut() else { return };
        *last = last.saturating_sub(length);
        if *last == 0 {
            self.unsent.pop_back();
        }
        if self.unsent.is_empty() {
            self.carried_by = 0;
        }
    }

    /// How many bytes no recv has returned yet.
    pub fn unread(&self) -> usize {
        self.unread.iter().sum()
    }

    /// A segment carries this number of new bytes.
    pub fn carries(&mut self, length: usize) -> Option<Remark> {
        self.unread.push_back(length);
        let first = *self.unsent.front()?;
        self.carried_by += 1;
        if length < first {
            self.unsent[0] -= length;
            return None;
        }
        let (mut rest, mut sends) = (length, 0);
        while let Some(next) = self.unsent.pop_front_if(|next| *next <= rest) {
            rest -= next;
            sends += 1;
        }
        if let Some(next) = self.unsent.front_mut() {
            *next -= rest;
        }
        let partly = usize::from(rest > 0);
        let segments = std::mem::replace(&mut self.carried_by, partly);
        if segments > 1 {
            let fact = format!("one send, {segments} segments");
            return Some(Remark::new(fact, "TCP cuts the bytes as they fit"));
        }
        let sends = sends + partly;
        (sends > 1).then(|| Remark::fact(format!("one segment with the bytes of {sends} sends")))
    }

    /// A recv has returned this number of bytes.
    pub fn received(&mut self, length: usize) -> Option<Remark> {
        if self.unread() < length {
            self.unread.clear(); // not every recv is reported; a remark might be wrong
            return None;
        }
        let (mut rest, mut segments) = (length, 0);
        while let Some(next) = self.unread.front_mut().filter(|_| rest > 0) {
            segments += 1;
            if *next > rest {
                *next -= rest;
                let fact = format!("this recv took {length} bytes and left {}", self.unread());
                return Some(Remark::new(fact, "they come with the next one"));
            }
            rest -= *next;
            self.unread.pop_front();
        }
        let fact = format!("one recv, {segments} segments");
        let meaning = "TCP is a stream of bytes and keeps no boundaries";
        (segments > 1).then(|| Remark::new(fact, meaning))
    }
}
