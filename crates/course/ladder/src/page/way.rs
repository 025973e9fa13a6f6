//! One direction of a TCP connection, byte by byte: from the send of one end to the recv of the other.
//!
//! Bytes are counted from the first one that the program sends, which has the relative sequence number 1.

use std::collections::{BTreeMap, VecDeque};

/// The bytes of one direction.
#[derive(Clone, Debug, Default)]
pub struct Way {
    /// How many bytes the program has given to the kernel.
    pub given: u64,
    /// … and how many of these by a call that may not have returned yet.
    pub pending: u64,
    /// How many have left in packets.
    pub sent: u64,
    /// How many of these the other side has acknowledged.
    pub acked: u64,
    /// How many have arrived, without a gap.
    pub arrived: u64,
    /// What arrived after a gap: from a byte to the one after the last.
    ahead: BTreeMap<u64, u64>,
    /// How many recv has returned.
    pub read: u64,
    /// The row of the SYN.
    pub syn: Option<usize>,
    /// The SYN is acknowledged.
    pub syn_acked: bool,
    /// The row of the FIN.
    pub fin: Option<usize>,
    /// The FIN is acknowledged.
    pub fin_acked: bool,
    /// The FIN has arrived, and all before it.
    pub fin_arrived: bool,
    /// The program knows about it.
    pub fin_read: bool,
    /// The FIN came while bytes waited: then the recv that returns the last of these takes it along.
    fin_joined: bool,
    /// The segments that are not acknowledged: the row, the number after the last that it takes, and how many bytes.
    unacked: VecDeque<(usize, u64, u64)>,
    /// The segments whose bytes recv has not returned: the row, and how many are left.
    unread: VecDeque<(usize, u64)>,
}

/// What an acknowledgment covers that none before it did.
#[derive(Debug, Default)]
pub struct Covered {
    /// The row of the SYN.
    pub syn: Option<usize>,
    /// The rows of segments with data.
    pub packets: Vec<usize>,
    /// Their bytes.
    pub bytes: u64,
    /// The row of the FIN.
    pub fin: Option<usize>,
}

impl Way {
    /// A segment leaves: its row, its relative number, and what it carries.
    pub fn leaves(&mut self, row: usize, seq: u64, length: u64, syn: bool, fin: bool) {
        let next = seq + length + u64::from(syn) + u64::from(fin);
        if length > 0 {
            self.sent = self.sent.max((seq + length).saturating_sub(u64::from(!syn)));
        }
        if syn {
            self.syn.get_or_insert(row);
        }
        if fin {
            self.fin.get_or_insert(row);
        }
        let is_new = self.unacked.back().is_none_or(|last| next > last.1);
        if next > seq && is_new {
            self.unacked.push_back((row, next, length));
        }
    }

    /// It arrives.
    pub fn arrives(&mut self, row: usize, seq: u64, length: u64, syn: bool, fin: bool) {
        let from = seq.saturating_sub(u64::from(!syn));
        let end = from + length;
        if length > 0 && end > self.arrived {
            let known = self.ahead.entry(from).or_insert(end);
            *known = end.max(*known);
            let new = end - from.max(self.arrived);
            self.unread.push_back((row, new));
        }
        while let Some((&from, &end)) = self.ahead.first_key_value() {
            if from > self.arrived {
                break;
            }
            self.arrived = self.arrived.max(end);
            self.ahead.remove(&from);
        }
        if fin && end <= self.arrived && !self.fin_arrived {
            self.fin_arrived = true;
            self.fin_joined = self.arrived > self.read;
        }
    }

    /// The other side acknowledges all before this relative number.
    pub fn acknowledged(&mut self, ack: u64) -> Covered {
        let mut covered = Covered::default();
        while let Some((row, _, bytes)) = self.unacked.pop_front_if(|first| first.1 <= ack) {
            self.cover(row, bytes, &mut covered);
        }
        self.acked = self.acked.max(ack.saturating_sub(1).min(self.sent));
        covered
    }

    fn cover(&mut self, row: usize, bytes: u64, covered: &mut Covered) {
        if self.syn == Some(row) {
            (covered.syn, self.syn_acked) = (Some(row), true);
        }
        if bytes > 0 {
            covered.packets.push(row);
            covered.bytes += bytes;
        }
        if self.fin == Some(row) {
            (covered.fin, self.fin_acked) = (Some(row), true);
        }
    }

    /// A recv has returned this number of bytes; 0 is the FIN. Returns the rows of the packets that brought them.
    pub fn reads(&mut self, bytes: u64) -> Vec<usize> {
        let (mut rest, mut packets) = (bytes, Vec::new());
        while let Some((row, left)) = self.unread.front_mut().filter(|_| rest > 0) {
            packets.push(*row);
            if *left > rest {
                *left -= rest;
                break;
            }
            rest -= *left;
            self.unread.pop_front();
        }
        self.read += bytes;
        let is_all = self.fin_joined && self.read >= self.arrived;
        self.fin_read |= self.fin_arrived && (bytes == 0 || is_all);
        packets
    }

    /// How many bytes wait for those before them.
    pub fn waiting_ahead(&self) -> u64 {
        self.ahead.iter().map(|(from, end)| end - from.max(&self.arrived)).sum()
    }

    /// How many bytes its receiver has not read.
    pub fn unread(&self) -> u64 {
        self.arrived.saturating_sub(self.read)
    }

    /// What `ss` prints as the receiver's Recv-Q: a FIN counts as one byte until it is read.
    pub fn recv_q(&self) -> u64 {
        self.unread() + u64::from(self.fin_arrived && !self.fin_read)
    }

    /// What `ss` prints as the sender's Send-Q: a SYN and a FIN count as one byte until they are acknowledged. `None`
    /// while a call is on its way: then only the kernel knows how much it has taken.
    pub fn send_q(&self, knows_sends: bool) -> Option<u64> {
        let flags = u64::from(self.syn.is_some() && !self.syn_acked)
            + u64::from(self.fin.is_some() && !self.fin_acked);
        let in_flight = self.sent.saturating_sub(self.acked);
        let taken = self.given.saturating_sub(self.pending);
        if !knows_sends {
            // There may be more that has not left yet, unless nothing is on its way: then the kernel would send it.
            return (in_flight == 0).then_some(flags);
        }
        if self.pending == 0 || self.sent <= taken {
            return Some(taken.max(self.sent).saturating_sub(self.acked) + flags);
        }
        (self.sent >= self.given).then_some(in_flight + flags)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A way whose handshake is over.
    fn established() -> Way {
        let mut way = Way::default();
        way.leaves(1, 0, 0, true, false);
        way.arrives(1, 0, 0, true, false);
        assert_eq!(way.send_q(true), Some(1), "a SYN counts until it is acknowledged");
        assert_eq!(way.acknowledged(1).syn, Some(1));
        way
    }

    #[test]
    fn bytes_go_from_send_to_recv() {
        let mut way = established();
        (way.given, way.pending) = (10, 10);
        assert_eq!(way.send_q(true), Some(0), "the call has not been made yet");
        way.leaves(2, 1, 6, false, false);
        assert_eq!(way.send_q(true), None, "how much the kernel took by now is its secret");
        way.arrives(2, 1, 6, false, false);
        way.leaves(3, 7, 4, false, false);
        way.arrives(3, 7, 4, false, false);
        assert_eq!((way.send_q(true), way.recv_q()), (Some(10), 10));
        let covered = way.acknowledged(11);
        assert_eq!((covered.packets, covered.bytes), (vec![2, 3], 10));
        assert_eq!(way.reads(8), [2, 3]);
        assert_eq!((way.send_q(true), way.recv_q(), way.acked), (Some(0), 2, 10));
        assert_eq!(way.reads(2), [3]);
    }

    #[test]
    fn what_came_early_waits_for_what_is_missing() {
        let mut way = established();
        for (row, seq) in [(3, 5), (4, 9)] {
            way.leaves(row, seq, 4, false, false);
            way.arrives(row, seq, 4, false, false);
        }
        assert_eq!((way.arrived, way.waiting_ahead(), way.recv_q()), (0, 8, 0));
        way.leaves(5, 1, 4, false, false);
        way.arrives(5, 1, 4, false, false);
        assert_eq!((way.arrived, way.waiting_ahead(), way.recv_q()), (12, 0, 12));
        assert_eq!(way.sent, 12);
    }

    /// The numbers that `ss` shows: a FIN counts as one byte, on both sides.
    #[test]
    fn a_fin_counts_until_it_is_acknowledged_and_read() {
        let mut way = established();
        way.leaves(2, 1, 0, false, true);
        way.arrives(2, 1, 0, false, true);
        assert_eq!((way.send_q(true), way.recv_q()), (Some(1), 1));
        assert_eq!(way.acknowledged(2).fin, Some(2));
        way.reads(0);
        assert_eq!((way.send_q(true), way.recv_q(), way.sent), (Some(0), 0, 0));
    }

    #[test]
    fn a_fin_after_unread_bytes_is_read_with_the_last_of_them() {
        let mut way = established();
        way.leaves(2, 1, 5, false, true);
        way.arrives(2, 1, 5, false, true);
        assert_eq!(way.recv_q(), 6);
        way.reads(4);
        assert_eq!(way.recv_q(), 2);
        way.reads(1);
        assert_eq!(way.recv_q(), 0);
    }
}
