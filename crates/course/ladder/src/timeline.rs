//! What happened in a run, as one list of events: the demo, the ladder, live watching and the transcripts in the book are
//! made of it.
//!
//! [`crate::play`] sees the programs from outside, [`crate::trace`] reads what they say about their calls, and
//! [`crate::capture`] gets the packets. [`sort`] puts all of it into one order, [`crate::ladder`] adds what follows from it.

use std::net::SocketAddr;

use crate::loss::Loses;
use crate::packet::{Contents, Packet, flags};
use crate::scenario::Side;
use crate::tcp::State;

/// Something that happened.
#[derive(Clone, Debug)]
pub struct Event {
    /// When: nanoseconds since 1970, on the clock of the packets.
    pub at: u64,
    /// What kind of thing.
    pub what: Happening,
    /// What was typed, printed or said.
    pub text: String,
    /// On which side; the side that sent it, for a packet. Unknown for some packets.
    pub side: Option<Side>,
    /// Which of [`Timeline::programs`].
    pub program: Option<usize>,
    /// Which thread of the program.
    pub thread: String,
    /// Which of [`Timeline::conversations`].
    pub conversation: Option<usize>,
    /// Which of the scenario's checks this was, from 1 on.
    pub check: Option<usize>,
}

/// What can happen.
#[derive(Clone, Debug)]
pub enum Happening {
    /// A program was started by this command.
    Started,
    /// A line was typed.
    Typed,
    /// A key was pressed: Ctrl-C, Ctrl-D.
    Key,
    /// A program printed a result (stdout).
    Printed,
    /// A program said something (stderr).
    Said(Recorded),
    /// A program is about to make a call.
    Called(Recorded),
    /// A call has returned, or the program explains what it returned.
    Returned(Recorded),
    /// A packet arrived.
    Packet(Box<Sent>),
    /// A program has ended.
    Ended,
    /// Something was checked after the programs had ended.
    Looked,
    /// A phase of a conversation begins.
    Phase,
    /// Something that a student should notice.
    Note,
}

impl Happening {
    /// Its name in JSON.
    pub fn name(&self) -> &'static str {
        match self {
            Happening::Started => "command",
            Happening::Typed => "typed",
            Happening::Key => "key",
            Happening::Printed => "result",
            Happening::Said(_) => "status",
            Happening::Called(_) => "call",
            Happening::Returned(_) => "return",
            Happening::Packet(_) => "packet",
            Happening::Ended => "ended",
            Happening::Looked => "looked",
            Happening::Phase => "phase",
            Happening::Note => "note",
        }
    }
}

/// What a program has recorded about a call besides the sentence: `common::record::Facts`, as they were read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Its number in the lesson.
    pub number: String,
    /// Its name; empty where it is unknown.
    pub call: String,
    /// The address that the program waits at from now on.
    pub own: Option<SocketAddr>,
    /// The other end.
    pub peer: Option<SocketAddr>,
    /// How many bytes are to be sent, or were received.
    pub bytes: Option<usize>,
    /// What a filter on the socket throws away from now on.
    pub loses: Option<Loses>,
    /// Why the call has failed: the name of the error.
    pub error: Option<String>,
}

/// A window below this is shown: it is smaller than what a sender may send at first (RFC 6928), so it slows the sender.
const NOTABLE: u32 = 10 * 1460;

/// A packet, and what it did to its conversation.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The packet.
    pub packet: Packet,
    /// Which of all packets it is, from 0 on.
    pub number: usize,
    /// Its sequence number, counted from the connection's first.
    pub seq: Option<u32>,
    /// Its acknowledgment number, counted from the other side's first.
    pub ack: Option<u32>,
    /// How many bytes its sender has room for, where that is known.
    pub window: Option<u32>,
    /// What its sender got after a gap: from the first number to the one after the last.
    pub sack: Vec<(u32, u32)>,
    /// A filter threw it away.
    pub lost: bool,
    /// The new states of the left and the right end, where they changed.
    pub states: [Option<State>; 2],
}

/// A program that takes part.
#[derive(Clone, Debug)]
pub struct Participant {
    /// Its name.
    pub name: String,
    /// The number that the system gave to the process.
    pub process: u32,
    /// On which side it is; `None` until its first event is added.
    pub side: Option<Side>,
    /// It listens: then its side is the right one.
    pub waits: bool,
    /// Another program runs on the same side at the same time, so each event must show whose it is.
    pub is_labelled: bool,
}

/// A TCP connection, or the datagrams between two addresses.
#[derive(Clone, Debug)]
pub struct Conversation {
    /// The address that called.
    pub caller: SocketAddr,
    /// The address that waited.
    pub waiting: SocketAddr,
    /// The program that called, where it is known.
    pub name: Option<String>,
}

/// All that happened in a run.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    /// The step or command.
    pub title: String,
    /// What happened, in order.
    pub events: Vec<Event>,
    /// The programs that took part, in the order in which they were started or first seen.
    pub programs: Vec<Participant>,
    /// The conversations, in the order in which they began.
    pub conversations: Vec<Conversation>,
    /// How many packets there were.
    pub packets: usize,
    /// How many packets the kernel had to drop before they could be captured.
    pub lost: u32,
    /// Why there are no packets.
    pub without_packets: Option<String>,
}

/// The program with this process number; a new one, if it was not known.
pub fn of_process(process: u64, name: &str, programs: &mut Vec<Participant>) -> usize {
    let known = programs.iter().rposition(|known| u64::from(known.process) == process);
    known.unwrap_or_else(|| {
        programs.push(Participant {
            name: name.to_owned(),
            process: u32::try_from(process).unwrap_or_default(),
            side: None,
            waits: false,
            is_labelled: false,
        });
        programs.len() - 1
    })
}

impl Event {
    /// An event without a side, a program or a conversation.
    pub fn new(at: u64, what: Happening, text: impl Into<String>) -> Event {
        Event {
            at,
            what,
            text: text.into(),
            side: None,
            program: None,
            thread: String::new(),
            conversation: None,
            check: None,
        }
    }

    /// Does this show that its program waits for others?
    pub fn waits(&self) -> bool {
        self.facts().is_some_and(|facts| {
            let is_call = matches!(self.what, Happening::Called(_));
            facts.own.is_some() || (is_call && matches!(&*facts.call, "listen" | "accept"))
        })
    }

    /// What a program recorded besides the sentence.
    pub fn facts(&self) -> Option<&Recorded> {
        match &self.what {
            Happening::Said(facts) | Happening::Called(facts) | Happening::Returned(facts) => {
                Some(facts)
            }
            _ => None,
        }
    }

    /// The same, to be completed.
    pub fn facts_mut(&mut self) -> Option<&mut Recorded> {
        match &mut self.what {
            Happening::Said(facts) | Happening::Called(facts) | Happening::Returned(facts) => {
                Some(facts)
            }
            _ => None,
        }
    }

    /// The packet, if it is one.
    pub fn sent(&self) -> Option<&Sent> {
        match &self.what {
            Happening::Packet(sent) => Some(sent),
            _ => None,
        }
    }
}

impl From<Packet> for Event {
    fn from(packet: Packet) -> Event {
        let at = packet.captured.at;
        Event::new(at, Happening::Packet(Box::new(Sent::new(packet))), "")
    }
}

/// The one order of events: by time, and of two at the same time first the one that can have caused the other.
///
/// Lines that came through different pipes at the same moment may have been read in either order. Each such pair is put
/// into the order in which a person would report it.
pub fn sort(events: &mut [Event]) {
    events.sort_by_key(|event| (event.at, event.rank()));
    for end in 1..events.len() {
        for next in (1..=end).rev() {
            if !wrongly_before(&events[next - 1], &events[next]) {
                break;
            }
            events.swap(next - 1, next);
        }
    }
}

impl Event {
    fn rank(&self) -> u8 {
        match self.what {
            Happening::Started | Happening::Typed | Happening::Key | Happening::Called(_) => 0,
            Happening::Packet(_) => 1,
            _ => 2,
        }
    }
}

fn wrongly_before(one: &Event, two: &Event) -> bool {
    const MOMENT: u64 = 5_000_000;
    if two.at.saturating_sub(one.at) > MOMENT {
        return false; // the difference is real
    }
    if let (Some(one), Some(two)) = (one.check, two.check) {
        return one > two; // the scenario's order: a question comes before its answer
    }
    // A program that receives something shows it first, and then says what that means ("your turn").
    let pair = (&one.what, &two.what);
    one.program == two.program && matches!(pair, (Happening::Said(_), Happening::Printed))
}

impl Timeline {
    /// When it begins.
    pub fn begins(&self) -> u64 {
        self.events.first().map_or(0, |event| event.at)
    }

    /// How many things happened as the scenario says.
    pub fn checks(&self) -> usize {
        self.events.iter().filter(|event| event.check.is_some()).count()
    }

    /// The name of a conversation, where there are several.
    pub fn label_of(&self, conversation: Option<usize>) -> Option<String> {
        let Conversation { name, caller, .. } = self.conversations.get(conversation?)?;
        let label = || name.clone().unwrap_or_else(|| format!(":{}", caller.port()));
        (self.conversations.len() > 1).then(label)
    }

    /// The name of the program of an event, where several run on its side.
    pub fn program_of(&self, event: &Event) -> Option<&str> {
        let program = self.programs.get(event.program?)?;
        program.is_labelled.then_some(program.name.as_str())
    }

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

impl Sent {
    /// A packet whose conversation is not known yet.
    fn new(packet: Packet) -> Sent {
        let (number, lost, states) = (0, false, [None; 2]);
        let (seq, ack, window, sack) = (None, None, None, Vec::new());
        Sent { packet, number, seq, ack, window, sack, lost, states }
    }

    /// What it is, in a word: `SYN+ACK`, `UDP`.
    pub fn head(&self) -> String {
        match &self.packet.contents {
            Contents::Tcp(segment) => match &flags(segment)[..] {
                [] => "no flags".to_owned(),
                flags => flags.join("+"),
            },
            Contents::Udp => "UDP".to_owned(),
            Contents::Icmp { message, .. } if self.packet.from.is_ipv6() => {
                format!("ICMPv6 {message}")
            }
            Contents::Icmp { message, .. } => format!("ICMP {message}"),
            Contents::Other(text) => text.clone(),
        }
    }

    /// The beginning of what it carries, if that is data.
    pub fn payload(&self, most: usize) -> Option<String> {
        let carries = self.packet.length > 0 && !self.packet.payload.is_empty();
        carries.then(|| self.packet.shown_payload(most))
    }

    /// Its numbers: `seq 1 ack 1`, `7 bytes`.
    pub fn numbers(&self) -> Vec<String> {
        let mut numbers = Vec::new();
        numbers.extend(self.seq.map(|seq| format!("seq {seq}")));
        numbers.extend(self.ack.map(|ack| format!("ack {ack}")));
        let bytes = if self.packet.length == 1 { "byte" } else { "bytes" };
        let counted = match self.packet.contents {
            Contents::Tcp(_) => self.packet.length > 0,
            Contents::Udp => true,
            Contents::Icmp { .. } | Contents::Other(_) => false,
        };
        numbers.extend(counted.then(|| format!("{} {bytes}", self.packet.length)));
        let is_reset = self.packet.tcp().is_some_and(|segment| segment.rst);
        let window = self.window.filter(|size| *size < NOTABLE && !is_reset);
        numbers.extend(window.map(|size| format!("win {size}")));
        numbers.extend(self.sack.iter().map(|(from, end)| format!("sack {from}-{end}")));
        numbers.extend(self.lost.then(|| "lost".to_owned()));
        numbers
    }
}
