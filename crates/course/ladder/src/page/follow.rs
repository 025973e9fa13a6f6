//! Follows a run event by event: what each of its sockets holds, and why each packet was sent and each call has returned.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::connection::Connection;
use super::datagrams::Waiting;
use super::reasons::{self, Reason};
use super::sockets::Sockets;
use crate::packet::Contents;
use crate::scenario::Side;
use crate::tcp::State;
use crate::timeline::{Event, Happening, Recorded, Sent, Timeline};

/// A run that is followed.
pub struct Follower<'a> {
    sockets: &'a Sockets,
    connections: Vec<Connection>,
    /// The datagrams of each socket of UDP.
    waiting: HashMap<usize, Waiting>,
    listeners: HashMap<usize, Listener>,
    /// What each thread gives to the kernel by the call that it made last.
    sending: HashMap<(usize, String), Sending>,
    /// What was written about each socket last.
    written: Vec<Map<String, Value>>,
}

/// A socket that listens.
#[derive(Default)]
struct Listener {
    is_open: bool,
    /// How many connections no accept has returned yet.
    queue: i64,
}

/// A call that gives bytes to the kernel.
struct Sending {
    conversation: usize,
    end: usize,
    bytes: u64,
}

/// What an event has changed.
#[derive(Default)]
pub struct After {
    /// Of each socket that is different now: what is different.
    pub now: Vec<(usize, Map<String, Value>)>,
    /// Why it happened.
    pub why: Vec<Reason>,
}

impl<'a> Follower<'a> {
    /// Nothing has happened yet.
    pub fn new(timeline: &'a Timeline, sockets: &'a Sockets) -> Follower<'a> {
        Follower {
            sockets,
            connections: timeline.conversations.iter().map(|_| Connection::default()).collect(),
            waiting: HashMap::new(),
            listeners: HashMap::new(),
            sending: HashMap::new(),
            written: vec![Map::new(); sockets.list.len()],
        }
    }

    /// The next event, and its row.
    pub fn follow(&mut self, row: usize, event: &Event) -> After {
        self.end_sending(event);
        let why = match &event.what {
            Happening::Packet(sent) => self.packet(row, event, sent),
            Happening::Called(facts) => {
                self.calls(row, event, facts);
                Vec::new()
            }
            Happening::Returned(facts) | Happening::Said(facts) => self.returns(event, facts),
            Happening::Ended => {
                self.close_listeners(event.program);
                Vec::new()
            }
            _ => Vec::new(),
        };
        After { now: self.changes(event), why }
    }

    /// The sockets that an event may have changed, and what is different.
    fn changes(&mut self, event: &Event) -> Vec<(usize, Map<String, Value>)> {
        let both = event.conversation.map(|index| self.sockets.of_conversation[index]);
        let mut touched: Vec<usize> = both.into_iter().flatten().collect();
        touched.extend(event.conversation.and_then(|index| self.sockets.listener_of(index)));
        touched.extend(event.program.and_then(|program| self.sockets.listener_by(program)));
        touched.sort_unstable();
        touched.dedup();
        let mut changes = Vec::new();
        for socket in touched {
            let now = self.now(socket);
            let mut new = Map::new();
            for (key, value) in &now {
                if self.written[socket].get(key) != Some(value) {
                    new.insert(key.clone(), value.clone());
                }
            }
            for (key, old) in &self.written[socket] {
                if !now.contains_key(key) && !old.is_null() {
                    new.insert(key.clone(), Value::Null);
                }
            }
            if !new.is_empty() {
                self.written[socket] = now;
                changes.push((socket, new));
            }
        }
        changes
    }

    /// All that is known about a socket now.
    fn now(&self, socket: usize) -> Map<String, Value> {
        let known = &self.sockets.list[socket];
        match (known.end, self.listeners.get(&socket), self.waiting.get(&socket)) {
            (Some((index, end)), _, _) => {
                self.connections[index].now(end, &self.sockets.known[index][end])
            }
            (None, Some(listener), _) if listener.is_open => {
                let mut now = Map::new();
                now.insert("state".to_owned(), json!("LISTEN"));
                now.insert("recv_q".to_owned(), json!(listener.queue.max(0)));
                now
            }
            (None, None, Some(waiting)) => {
                let reads = |program| self.sockets.reads_datagrams(program);
                waiting.now(known.program.is_some_and(reads))
            }
            _ => Map::new(),
        }
    }

    fn packet(&mut self, row: usize, event: &Event, sent: &Sent) -> Vec<Reason> {
        let (Some(index), Some(side)) = (event.conversation, event.side) else {
            return reasons::of_other(sent, None, None);
        };
        let from = end_of(side);
        let connection = &mut self.connections[index];
        match (sent.packet.tcp(), sent.seq) {
            (Some(_), Some(_)) => {
                let before = connection.states;
                let why = connection.segment(row, from, sent, event.at);
                let is_new = connection.states[1] == Some(State::Established)
                    && before[1] != connection.states[1];
                if is_new && connection.completed.is_none() {
                    connection.completed = Some(row);
                    if let Some(socket) = self.sockets.listener_of(index) {
                        self.listeners.entry(socket).or_default().queue += 1;
                    }
                }
                why
            }
            _ => {
                let call = connection.calls[from].get("sendto").copied();
                let [us, them] =
                    [from, 1 - from].map(|end| self.sockets.of_conversation[index][end]);
                let why = reasons::of_other(sent, call, connection.datagram);
                if matches!(sent.packet.contents, Contents::Udp) {
                    connection.datagram = Some(row);
                    let length = sent.packet.length;
                    self.waiting.entry(us).or_default().sent += length;
                    let us = self.sockets.list[us].local;
                    let waiting = self.waiting.entry(them).or_default();
                    if !sent.lost {
                        waiting.arrives(row, us, length);
                    }
                }
                why
            }
        }
    }

    /// A thread is about to make a call.
    fn calls(&mut self, row: usize, event: &Event, facts: &Recorded) {
        let Some(program) = event.program else { return };
        match (&*facts.call, event.conversation) {
            ("accept" | "listen", None) if facts.call == "accept" || facts.own.is_some() => {
                let listener = self.sockets.listener_by(program);
                listener.into_iter().for_each(|socket| {
                    self.listeners.entry(socket).or_default().is_open = true;
                });
            }
            ("close", None) => self.close_listeners(event.program),
            (call, Some(index)) => {
                let end = event.side.map_or(0, end_of);
                self.connections[index].calls[end].insert(call.to_owned(), row);
                let bytes = facts.bytes.unwrap_or(0) as u64;
                if call == "send" {
                    let way = &mut self.connections[index].ways[end];
                    way.given += bytes;
                    way.pending += bytes;
                    let sending = Sending { conversation: index, end, bytes };
                    self.sending.insert((program, event.thread.clone()), sending);
                }
            }
            _ => {}
        }
    }

    /// A thread that does something else has made its last call.
    fn end_sending(&mut self, event: &Event) {
        let Some(program) = event.program.filter(|_| event.facts().is_some()) else { return };
        let thread = (program, event.thread.clone());
        let Some(Sending { conversation, end, bytes }) = self.sending.remove(&thread) else {
            return;
        };
        let way = &mut self.connections[conversation].ways[end];
        way.pending -= bytes;
        let taken = match &event.what {
            Happening::Returned(Recorded { call, bytes, .. }) if call == "send" => *bytes,
            _ => None,
        };
        way.given -= taken.map_or(0, |taken| bytes.saturating_sub(taken as u64));
    }

    fn close_listeners(&mut self, program: Option<usize>) {
        let listener = program.and_then(|program| self.sockets.listener_by(program));
        listener.and_then(|socket| self.listeners.remove(&socket));
    }

    /// A call has returned.
    fn returns(&mut self, event: &Event, facts: &Recorded) -> Vec<Reason> {
        if let (Some(_), Some(program)) = (facts.own, event.program)
            && let Some(socket) = self.sockets.listener_by(program)
        {
            self.listeners.entry(socket).or_default().is_open = true;
        }
        if let Some(error) = &facts.error {
            let reset = event.conversation.and_then(|index| self.connections[index].reset);
            return reasons::failed(error, reset);
        }
        let Some(index) = event.conversation else { return Vec::new() };
        let end = event.side.map_or(0, end_of);
        let connection = &mut self.connections[index];
        match (&*facts.call, facts.bytes) {
            ("connect", _) => reasons::connected(connection.ways[1].syn),
            ("accept", _) => {
                if !std::mem::replace(&mut connection.is_accepted, true)
                    && let Some(socket) = self.sockets.listener_of(index)
                {
                    self.listeners.entry(socket).or_default().queue -= 1;
                }
                reasons::accepted(connection.completed)
            }
            ("send", Some(bytes)) => {
                reasons::sent(bytes, connection.calls[end].get("send").copied())
            }
            ("recv", Some(bytes)) => {
                let way = &mut connection.ways[1 - end];
                let packets = way.reads(bytes as u64);
                reasons::received(bytes, &packets, way)
            }
            ("recvfrom", Some(bytes)) => {
                let [us, them] = [end, 1 - end].map(|end| self.sockets.of_conversation[index][end]);
                let peer = self.sockets.list[them].local;
                let taken = self.waiting.entry(us).or_default().taken(peer, bytes);
                reasons::received_from(bytes, taken)
            }
            _ => Vec::new(),
        }
    }
}

fn end_of(side: Side) -> usize {
    usize::from(side == Side::Right)
}
