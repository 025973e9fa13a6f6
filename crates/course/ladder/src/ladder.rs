//! The ladder: finds in the events of a run what a student should see: phases, states, remarks.
//!
//! Events are added to a [`Ladder`] in the order of time, and its timeline grows. It is drawn elsewhere.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;

use etherparse::TcpHeader;

use crate::datagrams::Datagrams;
use crate::loss::{Filters, Loses};
use crate::packet::{Contents, Icmp, Packet};
use crate::remark::{Remark, duration};
use crate::scenario::Side;
use crate::tcp;
use crate::threads::{self, Thread, Threads};
use crate::timeline::{Conversation, Event, Happening, Recorded, Sent, Timeline};

/// A ladder that grows.
#[derive(Default)]
pub struct Ladder {
    /// What has happened so far.
    pub timeline: Timeline,
    /// The state of each conversation of the timeline.
    followed: Vec<Followed>,
    threads: Threads,
    by_addresses: HashMap<(SocketAddr, SocketAddr), usize>,
    /// The addresses that programs wait at.
    listening: HashMap<SocketAddr, Option<usize>>,
    filters: Filters,
    /// The meanings that were explained.
    explained: HashSet<String>,
    /// The waiting side reports its recvfroms.
    hears_datagrams: bool,
}

/// The state of a conversation.
enum Followed {
    Tcp {
        connection: Box<tcp::Connection>,
        /// There is a remark on its accept.
        accepted: bool,
    },
    Udp(Datagrams),
}

impl Ladder {
    /// The next event.
    pub fn add(&mut self, mut event: Event) {
        self.settle(&mut event);
        match event.what {
            Happening::Packet(sent) => {
                self.packet(Event { what: Happening::Note, ..event }, *sent);
            }
            Happening::Called(ref facts) => {
                event.conversation = self.calls(&event, facts);
                self.timeline.events.push(event);
            }
            Happening::Returned(_) | Happening::Said(_) => self.returned(event),
            _ => self.timeline.events.push(event),
        }
    }

    /// A program gets its side with its first event. With a second one on a side, each event must show whose it is.
    fn settle(&mut self, event: &mut Event) {
        let Some(index) = event.program else { return };
        let programs = &mut self.timeline.programs;
        if programs[index].side.is_none() {
            let side = Some(if programs[index].waits { Side::Right } else { Side::Left });
            programs[index].is_labelled = programs.iter().any(|program| program.side == side);
            programs[index].side = side;
        }
        event.side = programs[index].side;
    }

    fn note(&mut self, conversation: Option<usize>, text: String) {
        let at = self.timeline.events.last().map_or(0, |event| event.at);
        let note = Event::new(at, Happening::Note, text);
        self.timeline.events.push(Event { conversation, ..note });
    }

    fn phase(&mut self, at: u64, conversation: Option<usize>, text: &str) {
        let phase = Event::new(at, Happening::Phase, text);
        self.timeline.events.push(Event { conversation, ..phase });
    }

    /// Adds a note. What happens again and again is explained once.
    fn remark(&mut self, conversation: Option<usize>, remark: Remark) {
        let Remark { fact, meaning } = remark;
        let new = !meaning.is_empty() && self.explained.insert(meaning.clone());
        match (fact.is_empty(), new) {
            (true, false) => {}
            (true, true) => self.note(conversation, meaning),
            (false, false) => self.note(conversation, fact),
            (false, true) => self.note(conversation, format!("{fact}; {meaning}")),
        }
    }

    /// A thread is about to make a call. Returns the conversation that the call is about, where that is known.
    fn calls(&mut self, event: &Event, facts: &Recorded) -> Option<usize> {
        self.listening.extend(facts.own.map(|own| (own, event.program)));
        self.hears_datagrams |= facts.call == "recvfrom" && event.side == Some(Side::Right);
        let meant = self.called_by(facts.peer);
        let thread = self.threads.calls(event, facts, meant)?;
        if let ("send", Some(conversation), Some(bytes)) =
            (&*facts.call, thread.conversation, facts.bytes)
            && let Followed::Tcp { connection, .. } = &mut self.followed[conversation]
        {
            connection.sends(end_of(event.side), bytes);
        }
        thread.conversation.filter(|_| threads::is_about_one(event, facts))
    }

    /// A call of a thread has returned, or the program explains what that means.
    fn returned(&mut self, mut event: Event) {
        let Some(mut facts) = event.facts().cloned() else { return };
        self.listening.extend(facts.own.map(|own| (own, event.program)));
        let meant = self.called_by(facts.peer);
        let thread = self.threads.returns(&event, &mut facts, meant).unwrap_or_default();
        event.conversation = thread.conversation.filter(|_| !facts.call.is_empty());
        event.facts_mut().into_iter().for_each(|known| known.clone_from(&facts));
        self.timeline.events.push(event.clone());
        self.explain(&event, &facts, &thread);
    }

    /// What should be noticed when a call has returned.
    fn explain(&mut self, event: &Event, facts: &Recorded, thread: &Thread) {
        let Some(program) = event.program else { return };
        let meant = self.called_by(facts.peer);
        if let Some(loses) = facts.loses {
            let of = thread.conversation.filter(|_| facts.peer.is_some());
            self.filter(event, program, of, loses);
        }
        let Some(index) = thread.conversation else { return };
        let remark = match &mut self.followed[index] {
            Followed::Tcp { connection, accepted } => match (&*facts.call, facts.bytes) {
                _ if facts.call == "accept" || thread.call == "accept" => {
                    explain_accept(connection, accepted, event.at, thread.called)
                }
                ("recv", Some(bytes)) => connection.received(end_of(event.side), bytes),
                ("send", Some(taken)) if taken < thread.sends => {
                    let left = thread.sends - taken;
                    connection.gives_back(end_of(event.side), left);
                    Some(took_a_part(taken, thread.sends))
                }
                _ => None,
            },
            Followed::Udp(datagrams) => match facts.bytes {
                Some(bytes) if meant.is_some() && event.side == Some(Side::Right) => {
                    datagrams.received(bytes)
                }
                _ => None,
            },
        };
        if let Some(remark) = remark {
            self.remark(Some(index), remark);
        }
    }

    /// A socket of a program has a filter: that of its connection, or the one that waits.
    fn filter(&mut self, event: &Event, program: usize, of: Option<usize>, loses: Loses) {
        if let Some(Conversation { caller, waiting, .. }) =
            of.and_then(|index| self.timeline.conversations.get(index))
        {
            let is_caller = event.side == Some(Side::Left);
            let (at, from) = if is_caller { (caller, waiting) } else { (waiting, caller) };
            return self.filters.set(*at, Some(*from), event.at, loses);
        }
        let own = self.listening.iter().find(|known| *known.1 == Some(program));
        if let Some((own, _)) = own {
            self.filters.set(*own, None, event.at, loses);
        }
    }

    /// The latest conversation with this caller.
    fn called_by(&self, caller: Option<SocketAddr>) -> Option<usize> {
        let caller = caller?;
        self.timeline.conversations.iter().rposition(|known| known.caller == caller)
    }

    /// Adds a packet; `event` has everything but the packet itself.
    fn packet(&mut self, mut event: Event, mut sent: Sent) {
        sent.number = self.timeline.packets;
        self.timeline.packets += 1;
        let Some(index) = self.conversation_of(&sent.packet) else {
            return self.other(event, sent);
        };
        let from = usize::from(sent.packet.from != self.timeline.conversations[index].caller);
        event.side = Some([Side::Left, Side::Right][from]);
        event.conversation = Some(index);
        match (&mut self.followed[index], sent.packet.tcp()) {
            (Followed::Tcp { connection, .. }, Some(header)) => {
                let (at, length) = (event.at, sent.packet.length);
                let lost = self.filters.lose(&sent.packet, connection.established);
                let done = connection.follow(&tcp::Segment { from, at, header, length, lost });
                (sent.seq, sent.ack, sent.states) = (Some(done.seq), done.ack, done.states);
                (sent.window, sent.sack, sent.lost) = (done.window, done.sack, lost);
                if let Some(phase) = done.phase {
                    self.phase(event.at, Some(index), &phase.to_string());
                }
                self.push(event, sent);
                self.explain_loss(lost);
                done.remarks.into_iter().for_each(|remark| self.remark(Some(index), remark));
            }
            (Followed::Udp(datagrams), _) => {
                sent.lost = self.filters.lose(&sent.packet, None);
                if from == 0 {
                    datagrams.sent(sent.packet.length);
                }
                self.datagram(event, sent);
            }
            (Followed::Tcp { .. }, None) => self.push(event, sent),
        }
    }

    fn push(&mut self, event: Event, sent: Sent) {
        self.timeline.events.push(Event { what: Happening::Packet(Box::new(sent)), ..event });
    }

    fn datagram(&mut self, event: Event, sent: Sent) {
        const MEANING: &str = "no handshake and no ACK: the first packet carries the message already, \
                               and nothing tells the sender that it has arrived";
        if !self.explained.contains(MEANING) {
            self.phase(event.at, None, "data");
        }
        let lost = sent.lost;
        self.push(event, sent);
        self.remark(None, Remark::new("", MEANING));
        self.explain_loss(lost);
    }

    fn explain_loss(&mut self, lost: bool) {
        const MEANING: &str =
            "lost: a filter threw this packet away, as a bad network might; nobody is told";
        if lost {
            self.remark(None, Remark::new("", MEANING));
        }
    }

    /// A packet of another protocol. An ICMP error goes back the way that its cause came.
    fn other(&mut self, mut event: Event, sent: Sent) {
        let mut remark = None;
        if let Contents::Icmp { message, about: Some((from, to)) } = &sent.packet.contents {
            let there = |pair| self.by_addresses.get(&pair).copied();
            event.conversation = there((*from, *to)).or_else(|| there((*to, *from)));
            event.side = event.conversation.map(|index| {
                let to_caller = self.timeline.conversations[index].caller == *from;
                if to_caller { Side::Right } else { Side::Left }
            });
            remark = (*message == Icmp::PortUnreachable).then(|| {
                Remark::new(
                    "no socket has that port (any more)",
                    "the kernel reports it, but an unconnected UDP socket doesn't get the report",
                )
            });
        }
        let conversation = event.conversation;
        self.push(event, sent);
        if let Some(remark) = remark {
            self.remark(conversation, remark);
        }
    }

    /// The conversation that a packet belongs to; a new one where there is none.
    fn conversation_of(&mut self, packet: &Packet) -> Option<usize> {
        let segment = packet.tcp();
        if segment.is_none() && !matches!(packet.contents, Contents::Udp) {
            return None;
        }
        let (from, to) = (packet.from, packet.to);
        for pair in [(from, to), (to, from)] {
            let Some(&known) = self.by_addresses.get(&pair) else { continue };
            if self.followed[known].continues_with(segment) {
                return Some(known);
            }
        }
        let known = self.listening.contains_key(&from) && !self.listening.contains_key(&to);
        let answers = segment.is_some_and(|segment| segment.syn && segment.ack);
        let (caller, waiting) = if known || answers { (to, from) } else { (from, to) };
        let index = self.followed.len();
        let name = self.begun_by(index);
        self.timeline.conversations.push(Conversation { caller, waiting, name });
        self.followed.push(match segment {
            Some(_) => Followed::Tcp { connection: Box::default(), accepted: false },
            None => Followed::Udp(Datagrams::default()),
        });
        self.by_addresses.insert((caller, waiting), index);
        Some(index)
    }

    /// A conversation begins with a packet: the call before it has begun it. Returns the name of its program.
    fn begun_by(&mut self, index: usize) -> Option<String> {
        let program = self.threads.begun_by(index)?;
        let events = &mut self.timeline.events;
        let call = events.iter_mut().rfind(|event| {
            let facts = event.facts().filter(|_| matches!(event.what, Happening::Called(_)));
            event.program == Some(program)
                && facts.is_some_and(|facts| threads::begins_conversation(&facts.call))
        });
        call.into_iter().for_each(|event| event.conversation = Some(index));
        Some(self.timeline.programs[program].name.clone())
    }

    /// Nothing more comes: adds a note on each conversation that is still open.
    pub fn finish(&mut self) {
        for index in 0..self.followed.len() {
            let note = match &self.followed[index] {
                Followed::Tcp { connection, .. } => connection.at_the_end(),
                Followed::Udp(datagrams) if self.hears_datagrams => datagrams.at_the_end(),
                Followed::Udp(_) => None,
            };
            if let Some(note) = note {
                self.note(Some(index), note);
            }
        }
    }
}

impl Followed {
    /// Does a packet belong to it? The same two addresses may be used again when a connection is over.
    fn continues_with(&self, header: Option<&TcpHeader>) -> bool {
        match (self, header) {
            (Followed::Tcp { connection, .. }, Some(header)) => {
                !(header.syn && !header.ack && connection.is_over())
            }
            (Followed::Udp(_), None) => true,
            _ => false,
        }
    }
}

/// The kernel shakes hands; accept only fetches the connection.
fn explain_accept(
    connection: &tcp::Connection,
    accepted: &mut bool,
    at: u64,
    called: u64,
) -> Option<Remark> {
    let established = connection.established?;
    if std::mem::replace(accepted, true) || established > at {
        return None;
    }
    let fact = if called > established {
        let earlier = duration(called - established);
        format!("the handshake was over {earlier} before accept was called")
    } else {
        format!("accept returned {} after the handshake", duration(at - established))
    };
    Some(Remark::new(fact, "the kernel shakes hands alone, accept only fetches the result"))
}

/// A send on a non-blocking socket, or one with a time limit.
fn took_a_part(taken: usize, of: usize) -> Remark {
    if taken == 0 {
        return Remark::fact("the send buffer is full as well: this send took nothing");
    }
    let fact = format!("this send took {taken} of {of} bytes, as many as its buffer had room for");
    Remark::new(fact, "the program must send the others itself, later")
}

/// The caller is end 0 of a connection.
fn end_of(side: Option<Side>) -> usize {
    usize::from(side == Some(Side::Right))
}
