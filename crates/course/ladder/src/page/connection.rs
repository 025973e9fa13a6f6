//! Both ends of a TCP connection: what each holds, and why its segments were sent.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::reasons::{self, Reason};
use super::sockets::Known;
use super::way::Way;
use crate::tcp::State;
use crate::timeline::Sent;

/// Both directions of a conversation: from the caller, and from the waiting side.
#[derive(Default)]
pub struct Connection {
    /// What travels from each end.
    pub ways: [Way; 2],
    /// The state of each end, where it is known.
    pub states: [Option<State>; 2],
    /// The rows of the calls that each end made last.
    pub calls: [HashMap<String, usize>; 2],
    /// The row of the packet that has completed the handshake.
    pub completed: Option<usize>,
    /// When each segment was sent first: number and row.
    first: [HashMap<u64, (usize, u64)>; 2],
    /// The row of the RST.
    pub reset: Option<usize>,
    /// The row of the last datagram.
    pub datagram: Option<usize>,
    /// accept has returned it.
    pub is_accepted: bool,
}

impl Connection {
    /// A segment: what it changes, and why it was sent.
    pub fn segment(&mut self, row: usize, from: usize, sent: &Sent, at: u64) -> Vec<Reason> {
        let (Some(header), Some(seq)) = (sent.packet.tcp(), sent.seq) else { return Vec::new() };
        let (seq, length) = (u64::from(seq), sent.packet.length as u64);
        let space = length + u64::from(header.syn) + u64::from(header.fin);
        let earlier = if space > 0 { self.earlier(row, from, seq, at) } else { None };
        if header.rst {
            self.reset.get_or_insert(row);
        }
        let before = self.states;
        for (state, new) in self.states.iter_mut().zip(sent.states) {
            *state = new.or(*state);
        }
        let way = &mut self.ways[from];
        way.leaves(row, seq, length, header.syn, header.fin);
        if !sent.lost {
            way.arrives(row, seq, length, header.syn, header.fin);
        }
        let covered = sent.ack.map(|ack| {
            let way = &mut self.ways[1 - from];
            // What was lost acknowledges as much, but nobody hears it.
            if sent.lost {
                way.clone().acknowledged(ack.into())
            } else {
                way.acknowledged(ack.into())
            }
        });
        let segment = reasons::Segment {
            sent,
            seq,
            space,
            earlier,
            covered: covered.unwrap_or_default(),
            calls: &self.calls[from],
            syn: self.ways[1 - from].syn,
            is_answer: before[1 - from] == Some(State::SynSent),
            unread: self.ways[1 - from].unread(),
        };
        segment.reasons()
    }

    /// The row of the first segment with this number, and how long ago that was; `None` for the first itself.
    fn earlier(&mut self, row: usize, from: usize, seq: u64, at: u64) -> Option<(usize, u64)> {
        let first = self.first[from].get(&seq).copied();
        if first.is_none() {
            self.first[from].insert(seq, (row, at));
        }
        first.map(|(row, then)| (row, at.saturating_sub(then)))
    }

    /// All that is known about one of its ends.
    pub fn now(&self, end: usize, known: &Known) -> Map<String, Value> {
        let mut now = Map::new();
        let Some(state) = self.states[end] else { return now };
        now.insert("state".to_owned(), json!(state.to_string()));
        let (ours, theirs) = (&self.ways[end], &self.ways[1 - end]);
        let mut add = |key: &str, value: Option<u64>| {
            if let Some(value) = value {
                now.insert(key.to_owned(), json!(value));
            }
        };
        add("given", known.sends.then_some(ours.given));
        add("sent", Some(ours.sent));
        add("acked", Some(ours.acked));
        add("arrived", Some(theirs.arrived));
        add("ahead", Some(theirs.waiting_ahead()).filter(|bytes| *bytes > 0));
        add("read", known.recvs.then_some(theirs.read));
        match state {
            State::Closed => {}
            State::SynReceived | State::TimeWait => {
                add("recv_q", Some(0));
                add("send_q", Some(0));
            }
            _ => {
                let nothing = theirs.arrived == 0 && !theirs.fin_arrived;
                add("recv_q", (known.recvs || nothing).then(|| theirs.recv_q()));
                add("send_q", ours.send_q(known.sends));
            }
        }
        now
    }
}
