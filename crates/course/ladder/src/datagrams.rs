//! The datagrams to the waiting side, from their packet to recvfrom.

use std::collections::VecDeque;

use crate::remark::Remark;

/// The datagrams of one conversation.
#[derive(Debug, Default)]
pub struct Datagrams {
    /// The lengths of those that no recvfrom has returned yet.
    on_the_way: VecDeque<usize>,
    sent: usize,
    received: usize,
}

impl Datagrams {
    /// A packet with this number of bytes went to the waiting side.
    pub fn sent(&mut self, length: usize) {
        self.sent += 1;
        self.on_the_way.push_back(length);
    }

    /// A recvfrom of the waiting side has returned this number of bytes.
    pub fn received(&mut self, length: usize) -> Option<Remark> {
        self.received += 1;
        if let Some(at) = self.on_the_way.iter().position(|whole| *whole == length) {
            self.on_the_way.drain(..=at); // those before it were lost
            return None;
        }
        let whole = self.on_the_way.pop_front().filter(|whole| *whole > length)?;
        let fact = format!("{whole} bytes came, recvfrom's buffer took {length}");
        Some(Remark::new(fact, "the rest of the datagram is gone for ever"))
    }

    /// What to report when nothing more comes.
    pub fn at_the_end(&self) -> Option<String> {
        let Datagrams { sent, received, .. } = self;
        (received < sent).then(|| {
            format!("{sent} datagrams went to the waiting side, recvfrom returned {received} of them, and nobody was told")
        })
    }
}
