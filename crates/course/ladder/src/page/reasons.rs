//! Why a packet was sent, and why a call has returned: facts, of which the page makes sentences.

use std::collections::HashMap;

use etherparse::TcpHeader;
use serde_json::{Map, Value, json};

use super::datagrams::Taken;
use super::way::{Covered, Way};
use crate::packet::{Contents, Icmp};
use crate::timeline::Sent;

/// A reason: its name, and the facts in it.
#[derive(Debug)]
pub struct Reason {
    name: &'static str,
    facts: Map<String, Value>,
}

impl Reason {
    fn new(name: &'static str) -> Reason {
        Reason { name, facts: Map::new() }
    }

    /// With a fact, if it is known.
    fn with(mut self, key: &str, value: impl Into<Option<u64>>) -> Reason {
        if let Some(value) = value.into() {
            self.facts.insert(key.to_owned(), json!(value));
        }
        self
    }

    /// With a row.
    fn row(self, key: &str, row: Option<usize>) -> Reason {
        self.with(key, row.map(|row| row as u64))
    }

    /// With several rows.
    fn rows(mut self, key: &str, rows: &[usize]) -> Reason {
        if rows.len() > 1 {
            self.facts.insert(key.to_owned(), json!(rows));
        }
        self
    }

    /// As the page reads it.
    pub fn to_json(&self) -> Value {
        let mut whole = self.facts.clone();
        whole.insert("is".to_owned(), json!(self.name));
        Value::Object(whole)
    }
}

/// A segment of TCP, and what is known about the moment when it was sent.
pub struct Segment<'a> {
    /// The segment.
    pub sent: &'a Sent,
    /// Its relative number.
    pub seq: u64,
    /// How many numbers it takes.
    pub space: u64,
    /// The row of the same segment, and how long ago it was sent.
    pub earlier: Option<(usize, u64)>,
    /// What it acknowledges that was not acknowledged before.
    pub covered: Covered,
    /// The rows of the calls that its program made last.
    pub calls: &'a HashMap<String, usize>,
    /// The row of the other side's SYN.
    pub syn: Option<usize>,
    /// The other side has sent a SYN and waits for the answer.
    pub is_answer: bool,
    /// How many bytes its program has not read.
    pub unread: u64,
}

impl Segment<'_> {
    /// Why it was sent, in the order in which a teacher would say it.
    pub fn reasons(&self) -> Vec<Reason> {
        let Some(header) = self.sent.packet.tcp() else { return Vec::new() };
        let mut why = Vec::new();
        match self.earlier {
            _ if header.rst => return vec![self.reset()],
            Some((row, later)) => {
                why.push(Reason::new("again").row("of", Some(row)).with("after", later));
            }
            None => self.carries(header, &mut why),
        }
        self.acknowledges(&mut why);
        if why.is_empty() {
            why.push(Reason::new("acks-nothing").with("ack", self.sent.ack.map(u64::from)));
        }
        why
    }

    fn carries(&self, header: &TcpHeader, why: &mut Vec<Reason>) {
        let call = |names: &[&str]| names.iter().filter_map(|name| self.calls.get(*name)).max();
        let (next, length) = (self.seq + self.space, self.sent.packet.length as u64);
        match (header.syn, header.ack) {
            (true, false) => {
                why.push(Reason::new("opens").row("call", call(&["connect"]).copied()));
            }
            (true, true) => why.push(Reason::new("accepts").row("of", self.syn)),
            _ => {}
        }
        if length > 0 {
            let reason = Reason::new("carries").with("bytes", length).with("seq", self.seq);
            why.push(reason.with("next", self.seq + length).row("call", call(&["send"]).copied()));
        }
        if header.fin {
            let reason = Reason::new("finishes").with("seq", next - 1).with("next", next);
            why.push(reason.row("call", call(&["shutdown", "close"]).copied()));
        }
    }

    fn acknowledges(&self, why: &mut Vec<Reason>) {
        let ack = self.sent.ack.map(u64::from);
        let Covered { syn, packets, bytes, fin } = &self.covered;
        if syn.is_some() {
            why.push(Reason::new("acks-syn").row("of", *syn).with("ack", ack));
        }
        if let Some(last) = packets.last() {
            let reason = Reason::new("acks-data").with("bytes", *bytes).row("of", Some(*last));
            let next = if fin.is_some() { ack.map(|ack| ack - 1) } else { ack };
            why.push(reason.with("ack", next).rows("packets", packets));
        }
        if fin.is_some() {
            why.push(Reason::new("acks-fin").row("of", *fin).with("ack", ack));
        }
    }

    fn reset(&self) -> Reason {
        if self.is_answer {
            return Reason::new("refuses").row("of", self.syn);
        }
        let close = self.calls.get("close").copied();
        let unread = Some(self.unread).filter(|bytes| *bytes > 0);
        Reason::new("resets").with("unread", unread).row("call", close)
    }
}

/// Why a packet of another protocol was sent.
pub fn of_other(sent: &Sent, call: Option<usize>, datagram: Option<usize>) -> Vec<Reason> {
    match &sent.packet.contents {
        Contents::Udp => {
            let bytes = sent.packet.length as u64;
            vec![Reason::new("datagram").with("bytes", bytes).row("call", call)]
        }
        Contents::Icmp { message: Icmp::PortUnreachable, .. } => {
            vec![Reason::new("unreachable").row("of", datagram)]
        }
        _ => Vec::new(),
    }
}

/// connect has returned: the SYN of the other side has come.
pub fn connected(syn: Option<usize>) -> Vec<Reason> {
    syn.map(|syn| Reason::new("connected").row("of", Some(syn))).into_iter().collect()
}

/// A call has failed, perhaps because of a reset.
pub fn failed(error: &str, reset: Option<usize>) -> Vec<Reason> {
    let refused = reset.filter(|_| error == "ECONNREFUSED");
    if refused.is_some() {
        return vec![Reason::new("refused").row("of", refused)];
    }
    let mut reason = Reason::new("failed").row("of", reset);
    reason.facts.insert("error".to_owned(), json!(error));
    vec![reason]
}

/// accept has returned: the handshake was complete.
pub fn accepted(completed: Option<usize>) -> Vec<Reason> {
    vec![Reason::new("accepted").row("of", completed)]
}

/// send has returned: the kernel has taken this number of bytes.
pub fn sent(bytes: usize, call: Option<usize>) -> Vec<Reason> {
    vec![Reason::new("taken").with("bytes", bytes as u64).row("call", call)]
}

/// recv has returned.
pub fn received(bytes: usize, packets: &[usize], way: &Way) -> Vec<Reason> {
    if bytes == 0 {
        return vec![Reason::new("ended").row("of", way.fin)];
    }
    let took = Reason::new("took").with("bytes", bytes as u64).with("left", way.unread());
    vec![took.row("of", packets.last().copied()).rows("packets", packets)]
}

/// recvfrom has returned.
pub fn received_from(bytes: usize, taken: Taken) -> Vec<Reason> {
    let Some((row, whole)) = taken else { return Vec::new() };
    let name = if whole > bytes { "datagram-cut" } else { "datagram-taken" };
    let reason = Reason::new(name).with("bytes", bytes as u64).row("of", Some(row));
    vec![if whole > bytes { reason.with("whole", whole as u64) } else { reason }]
}
