//! The sockets of a run, and what is known about the calls on each.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;

use crate::scenario::Side;
use crate::timeline::{Event, Happening, Recorded, Timeline};

/// A socket.
#[derive(Debug)]
pub struct Socket {
    /// It is one of TCP.
    pub is_tcp: bool,
    /// Its own address.
    pub local: SocketAddr,
    /// The other end of its connection; a socket that listens has none, and one of UDP neither.
    pub peer: Option<SocketAddr>,
    /// Its conversation, and which end it is.
    pub end: Option<(usize, usize)>,
    /// Its program.
    pub program: Option<usize>,
}

/// What the programs' events let us know about one end of a conversation.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known {
    /// Its program.
    pub program: Option<usize>,
    /// Each of its sends is known, with the number of bytes.
    pub sends: bool,
    /// Each of its recvs is known, with the number of bytes.
    pub recvs: bool,
}

/// All sockets, and how to find them.
#[derive(Debug, Default)]
pub struct Sockets {
    /// In the order in which they are shown: those that listen are the first.
    pub list: Vec<Socket>,
    /// How many listen.
    listeners: usize,
    /// Those of each conversation: of the caller, and of the waiting side.
    pub of_conversation: Vec<[usize; 2]>,
    /// What is known about each end of each conversation.
    pub known: Vec<[Known; 2]>,
    /// The programs that called recvfrom, and those of which we know what it returned.
    receivers: [HashSet<usize>; 2],
}

impl Sockets {
    /// The sockets of a run.
    pub fn of(timeline: &Timeline) -> Sockets {
        let receivers = [receivers(timeline, true), receivers(timeline, false)];
        let mut sockets = Sockets { known: known(timeline), receivers, ..Sockets::default() };
        let listening: HashSet<usize> = timeline.events.iter().filter_map(listens).collect();
        for event in &timeline.events {
            let own = event.facts().and_then(|facts| facts.own);
            let (Some(local), Some(program)) = (own, event.program) else { continue };
            let is_new = |known: &Socket| (known.local, known.program) != (local, Some(program));
            if listening.contains(&program) && sockets.list.iter().all(is_new) {
                let program = Some(program);
                sockets.list.push(Socket { is_tcp: true, local, peer: None, end: None, program });
            }
        }
        sockets.listeners = sockets.list.len();
        let tcp = conversations_of_tcp(timeline);
        let mut udp: HashMap<SocketAddr, usize> = HashMap::new();
        for (index, conversation) in timeline.conversations.iter().enumerate() {
            let ends = [conversation.caller, conversation.waiting];
            let both = [0, 1].map(|end| {
                let (local, program) = (ends[end], sockets.known[index][end].program);
                let next = sockets.list.len();
                if tcp.contains(&index) {
                    let (peer, end) = (Some(ends[1 - end]), Some((index, end)));
                    sockets.list.push(Socket { is_tcp: true, local, peer, end, program });
                    return next;
                }
                *udp.entry(local).or_insert_with(|| {
                    let socket = Socket { is_tcp: false, local, peer: None, end: None, program };
                    sockets.list.push(socket);
                    next
                })
            });
            sockets.of_conversation.push(both);
        }
        sockets
    }

    /// The socket that listens where a conversation goes to.
    pub fn listener_of(&self, conversation: usize) -> Option<usize> {
        let accepted = &self.list[self.of_conversation[conversation][1]];
        self.list[..self.listeners].iter().position(|socket| {
            let (own, waiting) = (socket.local, accepted.local);
            let is_there = own.ip() == waiting.ip() || own.ip().is_unspecified();
            let is_its = accepted.program.is_none_or(|program| socket.program == Some(program));
            is_its && is_there && own.port() == waiting.port()
        })
    }

    /// Is each recvfrom of this program known, with the number of bytes?
    pub fn reads_datagrams(&self, program: usize) -> bool {
        let [called, returned] = &self.receivers;
        returned.contains(&program) || !called.contains(&program)
    }

    /// The socket of a program that listens.
    pub fn listener_by(&self, program: usize) -> Option<usize> {
        let listeners = &self.list[..self.listeners];
        listeners.iter().position(|socket| socket.program == Some(program))
    }
}

/// The program, if it is one that listens for connections.
fn listens(event: &Event) -> Option<usize> {
    let facts = event.facts().filter(|_| matches!(event.what, Happening::Called(_)))?;
    event.program.filter(|_| matches!(&*facts.call, "listen" | "accept"))
}

/// The programs that called recvfrom, or those of which we know what it returned.
fn receivers(timeline: &Timeline, called: bool) -> HashSet<usize> {
    let events = timeline.events.iter().filter(|event| {
        let is_call = matches!(event.what, Happening::Called(_));
        let facts = event.facts().filter(|facts| facts.call == "recvfrom");
        is_call == called && facts.is_some_and(|facts| called || facts.bytes.is_some())
    });
    events.filter_map(|event| event.program).collect()
}

fn conversations_of_tcp(timeline: &Timeline) -> HashSet<usize> {
    let packets = timeline.events.iter().filter_map(|event| Some((event, event.sent()?)));
    let tcp = packets.filter(|(_, sent)| sent.packet.tcp().is_some());
    tcp.filter_map(|(event, _)| event.conversation).collect()
}

/// What is counted of one end to find out what is known.
#[derive(Clone, Copy, Default)]
struct Count {
    program: Option<usize>,
    recvs: usize,
    returns: usize,
    has_silent_send: bool,
    given: usize,
    read: usize,
    sent: usize,
}

fn known(timeline: &Timeline) -> Vec<[Known; 2]> {
    let mut counts = vec![[Count::default(); 2]; timeline.conversations.len()];
    let mut narrating = HashSet::new();
    for event in &timeline.events {
        if let (Happening::Called(_), Some(program)) = (&event.what, event.program) {
            narrating.insert(program);
        }
        let (Some(conversation), Some(side)) = (event.conversation, event.side) else { continue };
        counts[conversation][usize::from(side == Side::Right)].add(event);
    }
    let known = |ends| [0, 1].map(|end| Count::known(ends, end, &narrating));
    counts.iter().map(known).collect()
}

impl Count {
    fn add(&mut self, event: &Event) {
        self.program = self.program.or(event.program);
        match &event.what {
            Happening::Called(facts) => self.add_call(facts),
            Happening::Returned(facts) | Happening::Said(facts)
                if matches!(&*facts.call, "recv" | "recvfrom") && facts.bytes.is_some() =>
            {
                self.returns += 1;
                self.read += facts.bytes.unwrap_or(0);
            }
            Happening::Packet(sent) if sent.packet.length > 0 => match sent.seq {
                // A repetition counts once.
                Some(seq) => self.sent = self.sent.max(seq as usize + sent.packet.length - 1),
                None => self.sent += sent.packet.length,
            },
            _ => {}
        }
    }

    fn add_call(&mut self, facts: &Recorded) {
        match &*facts.call {
            "send" | "sendto" => {
                self.has_silent_send |= facts.bytes.is_none();
                self.given += facts.bytes.unwrap_or(0);
            }
            "recv" | "recvfrom" => self.recvs += 1,
            _ => {}
        }
    }

    fn known(ends: &[Count; 2], end: usize, narrating: &HashSet<usize>) -> Known {
        let (us, them) = (&ends[end], &ends[1 - end]);
        let is_counted = us.returns > 0 || us.recvs == 0 || them.sent == 0;
        let knows = us.program.is_some_and(|program| narrating.contains(&program));
        Known {
            program: us.program,
            sends: knows && !us.has_silent_send && us.given >= us.sent,
            recvs: knows && is_counted && us.read <= them.sent,
        }
    }
}
