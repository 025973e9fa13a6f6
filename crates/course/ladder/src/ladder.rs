//! The ladder: what the programs said about their calls, and the packets, in one order of time.
//!
//! [`Builder`] is fed in that order and adds phases and captions; drawing is done elsewhere.

use std::collections::{HashMap, HashSet, VecDeque};
use std::net::SocketAddr;

use crate::scenario::Side;

use crate::packet::{Kind, Packet};
use crate::tcp::{self, Remark, State, duration};
use crate::trace::{Event, Record};

/// Something that a program did or said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Nanoseconds since 1970.
    pub at: u64,
    /// Left: the caller. Right: the waiting side.
    pub side: Side,
    /// Which program, where a side has several.
    pub label: Option<String>,
    /// What it is.
    pub kind: SaidKind,
    /// Its text.
    pub text: String,
    /// The other end, where it is known.
    pub peer: Option<SocketAddr>,
    /// How many bytes are to be sent, or were received, where it is known.
    pub bytes: Option<usize>,
}

/// What a program did or said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SaidKind {
    /// It was started by this command.
    Command,
    /// This line was typed into it.
    Typed,
    /// This key was pressed.
    Key,
    /// It is about to make this call: its number in the lesson, and its name.
    Call(String, String),
    /// What its call has brought.
    Return,
    /// It has ended.
    Ended,
}

/// A packet in a ladder.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The packet.
    pub packet: Packet,
    /// Which of the captured packets it is.
    pub number: usize,
    /// The side that sent it, where that is known.
    pub from: Option<Side>,
    /// Which of [`Ladder::connections`].
    pub connection: Option<usize>,
    /// Its sequence number, counted from the connection's first.
    pub seq: Option<u32>,
    /// Its acknowledgment number, counted from the other side's first.
    pub ack: Option<u32>,
    /// The new states of the left and the right end, where they changed.
    pub states: [Option<State>; 2],
}

impl Sent {
    /// What it is, in a word: `SYN+ACK`, `UDP`.
    pub fn head(&self) -> String {
        match &self.packet.kind {
            Kind::Tcp(segment) => segment.to_string(),
            Kind::Udp => "UDP".to_owned(),
            Kind::Icmp { text, .. } | Kind::Other(text) => text.clone(),
        }
    }

    /// Its numbers: `seq 1 ack 1`, `7 bytes`.
    pub fn numbers(&self) -> Vec<String> {
        let mut numbers = Vec::new();
        numbers.extend(self.seq.map(|seq| format!("seq {seq}")));
        numbers.extend(self.ack.map(|ack| format!("ack {ack}")));
        let bare = self.packet.segment().is_some() && self.packet.length == 0;
        if !bare && matches!(self.packet.kind, Kind::Tcp(_) | Kind::Udp) {
            let bytes = if self.packet.length == 1 { "byte" } else { "bytes" };
            numbers.push(format!("{} {bytes}", self.packet.length));
        }
        numbers
    }
}

/// One row of a ladder.
#[derive(Clone, Debug)]
pub enum Row {
    /// A program did or said something.
    Said(Said),
    /// A packet.
    Sent(Box<Sent>),
    /// A phase of a connection begins.
    Phase(Option<usize>, String),
    /// What a student should notice.
    Note(Option<usize>, String),
}

/// A conversation: a TCP connection, or the datagrams between two addresses.
#[derive(Debug)]
pub struct Conversation {
    /// The address that called.
    pub caller: SocketAddr,
    /// The address that waited.
    pub waiting: SocketAddr,
    /// The program that called, where it is known.
    pub name: Option<String>,
    tcp: Option<tcp::Connection>,
    /// The return of its accept has been noted.
    accepted: bool,
    /// The lengths of the datagrams to the waiting side that no recvfrom has returned yet.
    on_the_way: VecDeque<usize>,
    /// How many datagrams went to the waiting side, and how many of them were received.
    datagrams: (usize, usize),
}

impl Conversation {
    /// A short name: the program's, or the caller's port.
    pub fn label(&self) -> String {
        self.name.clone().unwrap_or_else(|| format!(":{}", self.caller.port()))
    }
}

/// A ladder.
#[derive(Debug, Default)]
pub struct Ladder {
    /// The step or command.
    pub title: String,
    /// What happened, in order of time.
    pub rows: Vec<Row>,
    /// The conversations, in the order in which they began.
    pub connections: Vec<Conversation>,
    /// How many packets there were.
    pub packets: usize,
    /// How many packets the kernel had to drop before they could be captured.
    pub lost: u32,
    /// Why there are no packets.
    pub without_packets: Option<String>,
}

impl Ladder {
    /// `12 packets`, and how many are missing.
    pub fn count(&self) -> String {
        let packets = if self.packets == 1 { "packet" } else { "packets" };
        let lost = match self.lost {
            0 => "none was lost while capturing".to_owned(),
            lost => {
                format!(
                    "{lost} more came too fast and are not shown (the kernel's buffer was full)"
                )
            }
        };
        format!("{} {packets}; {lost}.", self.packets)
    }
}

impl Ladder {
    /// When it begins.
    pub fn begins(&self) -> u64 {
        self.rows.iter().find_map(Row::at).unwrap_or_default()
    }

    /// The name of a conversation, where there are several.
    pub fn label_of(&self, connection: Option<usize>) -> Option<String> {
        let connection = self.connections.get(connection?)?;
        (self.connections.len() > 1).then(|| connection.label())
    }
}

impl Row {
    /// When it happened; a caption has no time.
    pub fn at(&self) -> Option<u64> {
        match self {
            Row::Said(said) => Some(said.at),
            Row::Sent(sent) => Some(sent.packet.at),
            Row::Phase(..) | Row::Note(..) => None,
        }
    }
}

/// A program whose narration is read.
#[derive(Clone, Debug)]
pub struct Speaker {
    /// Its name.
    pub name: String,
    /// Its side.
    pub side: Side,
    /// Its lines must say whose they are.
    pub labelled: bool,
}

/// What a thread of a program did last.
#[derive(Default)]
struct Thread {
    call: String,
    called: u64,
    connection: Option<usize>,
}

/// Builds a ladder, event by event.
#[derive(Default)]
pub struct Builder {
    /// The ladder so far.
    pub ladder: Ladder,
    /// The programs, by their process number.
    pub speakers: HashMap<u32, Speaker>,
    threads: HashMap<(u32, String), Thread>,
    by_addresses: HashMap<(SocketAddr, SocketAddr), usize>,
    listening: HashSet<SocketAddr>,
    /// The process that called connect or sendto last, before its packets came.
    calling: Option<u32>,
    callers: HashMap<u32, usize>,
    told_about_udp: bool,
    /// The meanings that were explained.
    explained: HashSet<String>,
    /// The waiting side records its recvfroms.
    hears_datagrams: bool,
}

impl Builder {
    /// A program did something that was seen from outside.
    pub fn said(&mut self, said: Said) {
        self.ladder.rows.push(Row::Said(said));
    }

    fn note(&mut self, connection: Option<usize>, text: String) {
        self.ladder.rows.push(Row::Note(connection, text));
    }

    /// The meaning of what happens again and again is explained once.
    fn remark(&mut self, connection: Option<usize>, remark: Remark) {
        let Remark { fact, meaning } = remark;
        let new = !meaning.is_empty() && self.explained.insert(meaning.clone());
        match (fact.is_empty(), new) {
            (true, false) => {}
            (true, true) => self.note(connection, meaning),
            (false, false) => self.note(connection, fact),
            (false, true) => self.note(connection, format!("{fact}; {meaning}")),
        }
    }

    /// A program wrote a record.
    pub fn recorded(&mut self, record: &Record) {
        let Some(speaker) = self.speakers.get(&record.process).cloned() else { return };
        self.listening.extend(record.own);
        let kind = match &record.event {
            Event::Call { number, call } => {
                self.calls(record, call, speaker.side);
                SaidKind::Call(number.clone(), call.clone())
            }
            Event::Return { .. } | Event::Status => SaidKind::Return,
            Event::Hint => return, // for the person at the terminal
        };
        let returned = kind == SaidKind::Return;
        let text = match record.event {
            Event::Status => record.text.lines().next().unwrap_or_default().to_owned(), // an error's advice is left out
            _ => record.text.clone(),
        };
        let label = speaker.labelled.then(|| speaker.name.clone());
        let (at, side, peer, bytes) = (record.at, speaker.side, record.peer, record.bytes);
        self.said(Said { at, side, label, kind, text, peer, bytes });
        if returned {
            self.returns(record, speaker.side);
        }
    }

    /// A thread is about to make a call.
    fn calls(&mut self, record: &Record, call: &str, side: Side) {
        if matches!(call, "connect" | "sendto") {
            self.calling = Some(record.process);
        }
        self.hears_datagrams |= call == "recvfrom" && side == Side::Right;
        let connection = self.called_by(record.peer);
        let caller = self.callers.get(&record.process).copied();
        let thread = self.threads.entry((record.process, record.thread.clone())).or_default();
        thread.call = call.to_owned();
        thread.called = record.at;
        thread.connection = connection.or(caller).or(thread.connection);
        let (Some(connection), "send") = (thread.connection, call) else { return };
        if let Some(tcp) = self.tcp(connection)
            && let Some(length) = record.bytes
        {
            tcp.sends(end_of(side), length);
        }
    }

    /// A call of a thread has returned, or the program says what that means.
    fn returns(&mut self, record: &Record, side: Side) {
        let named = self.called_by(record.peer);
        let thread = self.threads.entry((record.process, record.thread.clone())).or_default();
        thread.connection = named.or(thread.connection);
        let (call, called, connection) = (thread.call.clone(), thread.called, thread.connection);
        let Some(connection) = connection else { return };
        let returned = match &record.event {
            Event::Return { call } => call.as_deref(),
            _ => None,
        };
        match (returned, record.bytes) {
            (Some("recv"), Some(length)) => {
                if let Some(tcp) = self.tcp(connection)
                    && let Some(remark) = tcp.received(end_of(side), length)
                {
                    self.remark(Some(connection), remark);
                }
            }
            (Some("recvfrom"), Some(length)) if side == Side::Right && named.is_some() => {
                self.datagram_received(connection, length);
            }
            (Some("accept"), _) => self.note_accept(connection, record.at, called),
            // A program may report the connection in its own words.
            _ if call == "accept" => self.note_accept(connection, record.at, called),
            _ => {}
        }
    }

    fn datagram_received(&mut self, connection: usize, length: usize) {
        let conversation = &mut self.ladder.connections[connection];
        conversation.datagrams.1 += 1;
        let waiting = &mut conversation.on_the_way;
        if let Some(place) = waiting.iter().position(|whole| *whole == length) {
            waiting.drain(..=place); // those before it were lost
            return;
        }
        if let Some(whole) = waiting.pop_front().filter(|whole| *whole > length) {
            let fact = format!("{whole} bytes came, recvfrom's buffer took {length}");
            self.remark(
                Some(connection),
                Remark::new(fact, "the rest of the datagram is gone for ever"),
            );
        }
    }

    fn tcp(&mut self, connection: usize) -> Option<&mut tcp::Connection> {
        self.ladder.connections.get_mut(connection).and_then(|connection| connection.tcp.as_mut())
    }

    /// The latest conversation that this address began.
    fn called_by(&self, caller: Option<SocketAddr>) -> Option<usize> {
        let caller = caller?;
        self.ladder.connections.iter().rposition(|connection| connection.caller == caller)
    }

    /// The kernel shakes hands; accept only fetches the connection.
    fn note_accept(&mut self, connection: usize, at: u64, called: u64) {
        let conversation = &mut self.ladder.connections[connection];
        let Some(established) = conversation.tcp.as_ref().and_then(|tcp| tcp.established) else {
            return;
        };
        if std::mem::replace(&mut conversation.accepted, true) || established > at {
            return;
        }
        let after = duration(at - established);
        let fact = if called > established {
            let earlier = duration(called - established);
            format!("the handshake was over {earlier} before accept was called")
        } else {
            format!("accept returned {after} after the handshake")
        };
        let meaning = "the kernel shakes hands alone, accept only fetches the result";
        self.remark(Some(connection), Remark::new(fact, meaning));
    }

    /// A packet came.
    pub fn packet(&mut self, packet: Packet) {
        let number = self.ladder.packets;
        self.ladder.packets += 1;
        let connection = match &packet.kind {
            Kind::Other(_) | Kind::Icmp { .. } => None,
            Kind::Tcp(_) | Kind::Udp => Some(self.conversation_of(&packet)),
        };
        let mut sent = Sent {
            packet,
            number,
            from: None,
            connection,
            seq: None,
            ack: None,
            states: [None; 2],
        };
        let Some(index) = connection else { return self.other(sent) };
        let conversation = &mut self.ladder.connections[index];
        let from = usize::from(sent.packet.from != conversation.caller);
        sent.from = Some([Side::Left, Side::Right][from]);
        let Some(segment) = sent.packet.segment().copied() else {
            if from == 0 {
                conversation.datagrams.0 += 1;
                conversation.on_the_way.push_back(sent.packet.length);
            }
            return self.datagram(sent);
        };
        let tcp = conversation.tcp.get_or_insert_default();
        let step = tcp.follow(from, sent.packet.at, &segment, sent.packet.length);
        sent.seq = Some(step.seq);
        sent.ack = step.ack;
        sent.states = step.states;
        if let Some(phase) = step.phase {
            self.ladder.rows.push(Row::Phase(connection, phase.to_string()));
        }
        self.ladder.rows.push(Row::Sent(Box::new(sent)));
        step.remarks.into_iter().for_each(|remark| self.remark(connection, remark));
    }

    fn datagram(&mut self, sent: Sent) {
        let first = !std::mem::replace(&mut self.told_about_udp, true);
        if first {
            self.ladder.rows.push(Row::Phase(None, "data".to_owned()));
        }
        self.ladder.rows.push(Row::Sent(Box::new(sent)));
        if first {
            let note = "no handshake and no ACK: the first packet carries the message already, \
                        and nothing tells the sender that it has arrived";
            self.note(None, note.to_owned());
        }
    }

    /// A packet of another protocol. An ICMP error goes back the way that its cause came.
    fn other(&mut self, mut sent: Sent) {
        let mut remark = None;
        if let Kind::Icmp { text, about: Some((from, to)) } = &sent.packet.kind {
            let there = |pair| self.by_addresses.get(&pair).copied();
            sent.connection = there((*from, *to)).or_else(|| there((*to, *from)));
            if let Some(connection) = sent.connection {
                let to_caller = self.ladder.connections[connection].caller == *from;
                sent.from = Some(if to_caller { Side::Right } else { Side::Left });
            }
            remark = text.contains("port unreachable").then(|| {
                Remark::new(
                    "nobody has that port (any more)",
                    "the kernel says so, but an unconnected UDP socket is not told",
                )
            });
        }
        let connection = sent.connection;
        self.ladder.rows.push(Row::Sent(Box::new(sent)));
        if let Some(remark) = remark {
            self.remark(connection, remark);
        }
    }

    /// The conversation that a packet belongs to; a new one where there is none.
    fn conversation_of(&mut self, packet: &Packet) -> usize {
        let (from, to) = (packet.from, packet.to);
        let begins = packet.segment().is_some_and(|segment| segment.syn && !segment.ack);
        for pair in [(from, to), (to, from)] {
            let Some(&known) = self.by_addresses.get(&pair) else { continue };
            let conversation = &self.ladder.connections[known];
            // The same two addresses may be used again when the connection is over.
            let over = conversation.tcp.as_ref().is_some_and(tcp::Connection::is_over);
            if conversation.tcp.is_some() == packet.segment().is_some() && !(begins && over) {
                return known;
            }
        }
        let known = self.listening.contains(&from) && !self.listening.contains(&to);
        let answers = packet.segment().is_some_and(|segment| segment.syn && segment.ack);
        let (caller, waiting) = if known || answers { (to, from) } else { (from, to) };
        let index = self.ladder.connections.len();
        let calling = self.calling.take();
        if let Some(calling) = calling {
            self.callers.insert(calling, index);
        }
        let name = calling.and_then(|calling| self.speakers.get(&calling));
        self.ladder.connections.push(Conversation {
            caller,
            waiting,
            name: name.map(|speaker| speaker.name.clone()),
            tcp: packet.segment().map(|_| tcp::Connection::default()),
            accepted: false,
            on_the_way: VecDeque::new(),
            datagrams: (0, 0),
        });
        self.by_addresses.insert((caller, waiting), index);
        index
    }

    /// Nothing more comes: what is to be said about what is left open.
    pub fn finish(&mut self) {
        for index in 0..self.ladder.connections.len() {
            let conversation = &self.ladder.connections[index];
            let (sent, received) = conversation.datagrams;
            let note = match &conversation.tcp {
                Some(tcp) => tcp.at_the_end(),
                None if self.hears_datagrams && received < sent => Some(format!(
                    "{sent} datagrams went to the waiting side, recvfrom returned {received} of them, and nobody was told"
                )),
                None => None,
            };
            if let Some(note) = note {
                self.note(Some(index), note);
            }
        }
    }
}

fn end_of(side: Side) -> usize {
    match side {
        Side::Left => 0,
        Side::Right => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packet::{self, Captured};

    /// Whatever comes, in whatever order and at whatever time: it is shown, and nothing panics.
    #[test]
    fn no_packets_are_too_strange() {
        let mut random = fastrand::Rng::with_seed(5);
        let mut builder = Builder::default();
        for _ in 0..20_000 {
            let length = random.usize(40..60);
            let mut bytes = vec![0; length];
            random.fill(&mut bytes);
            // An IPv4 header and the beginning of a TCP or UDP header: few ports, so that they meet again.
            bytes[..10].copy_from_slice(&[0x45, 0, 0, length as u8, 0, 0, 0x40, 0, 64, 6]);
            bytes[9] = if random.u8(..8) == 0 { 17 } else { 6 };
            bytes[12..20].copy_from_slice(&[127, 0, 0, 1, 127, 0, 0, 1]);
            bytes[20..24].copy_from_slice(&[0, random.u8(1..4), 0, random.u8(1..4)]);
            if random.bool() {
                bytes[24..32].copy_from_slice(&[0, 0, 0, random.u8(..9), 0, 0, 0, random.u8(..9)]);
            }
            bytes[32] = 0x50;
            let captured = Captured { at: random.u64(..), length, bytes };
            builder.packet(packet::parse(&captured));
        }
        builder.finish();
        assert_eq!(builder.ladder.packets, 20_000);
        let shown = builder.ladder.rows.iter().filter(|row| matches!(row, Row::Sent(_))).count();
        assert_eq!(shown, 20_000);
    }
}
