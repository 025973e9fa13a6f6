//! What the page shows, as JSON: facts about real runs. The page makes sentences of them.

use std::collections::HashMap;

use common::text::clean_message;
use etherparse::{TcpHeader, TcpOptionElement};
use serde_json::{Map, Value, json};

use super::follow::{After, Follower};
use super::reasons::Reason;
use super::sockets::{Socket, Sockets};
use super::states;
use crate::headers::{self, Definition, Shown};
use crate::packet::{Captured, Contents, flags};
use crate::scenario::{Scenario, Side};
use crate::timeline::{Event, Happening, Recorded, Sent, Timeline};

/// How many bytes of a payload the page shows.
const PAYLOAD: usize = 64;

/// A run, and what was played.
pub struct Run<'a> {
    /// The step or the lesson; `None` for a command.
    pub scenario: Option<&'a Scenario>,
    /// It is a step of the course.
    pub is_step: bool,
    /// What happened.
    pub timeline: &'a Timeline,
}

/// Which bits of a packet belong to which field; many packets share one.
type Layout = Vec<[usize; 3]>;

/// The layouts so far.
#[derive(Default)]
struct Layouts {
    list: Vec<Layout>,
    known: HashMap<Layout, usize>,
}

/// The data of a page with these runs.
pub fn data(runs: &[Run<'_>]) -> Value {
    let mut layouts = Layouts::default();
    let scenarios: Vec<Value> = runs.iter().map(|run| layouts.scenario(run)).collect();
    json!({
        "version": 1,
        "fields": headers::definitions().map(field).collect::<Vec<_>>(),
        "layouts": layouts.list,
        "states": states::states(),
        "transitions": states::transitions(),
        "scenarios": scenarios,
    })
}

/// A JSON object without what is unknown.
fn known<const N: usize>(pairs: [(&str, Value); N]) -> Map<String, Value> {
    let known = pairs.into_iter().filter(|(_, value)| match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        _ => true,
    });
    known.map(|(key, value)| (key.to_owned(), value)).collect()
}

fn field(definition: &Definition) -> Value {
    let (shown, names, times, unit) = match definition.shown {
        Shown::Number => ("number", None, None, ""),
        Shown::Hex => ("hex", None, None, ""),
        Shown::Address => ("address", None, None, ""),
        Shown::Times(1, unit) => ("number", None, None, unit),
        Shown::Times(times, unit) => ("number", None, Some(times), unit),
        Shown::Power => ("power", None, None, ""),
        Shown::Flags(names) => ("flags", Some(names), None, ""),
        Shown::Names(names) => ("names", Some(names), None, ""),
        Shown::Bytes => ("bytes", None, None, ""),
    };
    let names = names.map(|names| {
        let names = names.iter().map(|(value, name)| (value.to_string(), json!(name)));
        names.collect::<Map<_, _>>()
    });
    Value::Object(known([
        ("id", json!(definition.id)),
        ("header", json!(definition.header)),
        ("name", json!(definition.name)),
        ("rfc", json!(definition.rfc)),
        ("as", json!(shown)),
        ("names", json!(names)),
        ("times", json!(times)),
        ("unit", json!(unit)),
        ("note", json!(definition.note)),
    ]))
}

impl Layouts {
    fn scenario(&mut self, run: &Run<'_>) -> Value {
        let timeline = run.timeline;
        let sockets = Sockets::of(timeline);
        let mut follower = Follower::new(timeline, &sockets);
        let begins = timeline.begins();
        let mut rows = Vec::new();
        for (index, event) in timeline.events.iter().enumerate() {
            let after = follower.follow(index + 1, event);
            rows.push(self.row(event, begins, after));
        }
        let kind = if run.is_step { "step" } else { "lesson" };
        let lesson = run.scenario.and_then(|scenario| scenario.lesson.strip_prefix("docs/"));
        Value::Object(known([
            ("id", json!(run.scenario.map_or("run", |scenario| scenario.step))),
            ("title", json!(run.scenario.map_or(&*timeline.title, |scenario| scenario.title))),
            ("kind", json!(run.scenario.map_or("command", |_| kind))),
            ("teaches", json!(run.scenario.map(|scenario| scenario.teaches))),
            ("lesson", json!(lesson)),
            ("packets", json!(timeline.packets)),
            ("lost", json!(timeline.lost)),
            ("without_packets", json!(timeline.without_packets)),
            ("programs", programs(timeline)),
            ("connections", connections(timeline, &sockets)),
            ("sockets", sockets.list.iter().map(socket).collect()),
            ("rows", Value::Array(rows)),
        ]))
    }

    fn row(&mut self, event: &Event, begins: u64, after: After) -> Value {
        let facts = event.facts();
        let packet = event.sent().map(|sent| self.packet(sent));
        let is_call = matches!(event.what, Happening::Called(_));
        let call = facts.map(|facts| &*facts.call).filter(|call| !call.is_empty());
        let returns = facts.filter(|facts| !is_call && is_asked_for(facts)).map(|facts| {
            let bytes = facts.bytes.filter(|_| facts.error.is_none());
            known([
                ("call", json!(facts.call)),
                ("bytes", json!(bytes)),
                ("error", json!(facts.error)),
            ])
        });
        Value::Object(known([
            ("kind", json!(event.what.name())),
            ("at", json!(event.at.saturating_sub(begins))),
            ("side", json!(event.side.map(end))),
            ("program", json!(event.program)),
            // A thread waits for one call at a time.
            ("thread", json!(facts.map(|_| &event.thread))),
            ("connection", json!(event.conversation)),
            ("text", json!(clean_message(&event.text))),
            ("number", json!(facts.map(|facts| &facts.number))),
            ("call", json!(call.filter(|_| is_call))),
            ("bytes", json!(facts.and_then(|facts| facts.bytes))),
            ("peer", json!(facts.and_then(|facts| facts.peer))),
            ("returns", json!(returns)),
            ("packet", json!(packet)),
            ("now", json!(after.now)),
            ("why", after.why.iter().map(Reason::to_json).collect()),
        ]))
    }

    fn packet(&mut self, sent: &Sent) -> Value {
        let packet = &sent.packet;
        let (protocol, header) = match &packet.contents {
            Contents::Tcp(header) => ("tcp", Some(header)),
            Contents::Udp => ("udp", None),
            Contents::Icmp { .. } => ("icmp", None),
            Contents::Other(_) => ("other", None),
        };
        let raw = header.map(|header| [header.sequence_number, header.acknowledgment_number]);
        let window = header.map(|header| header.window_size);
        // A SYN's window is never scaled.
        let scaled = sent.window.filter(|_| header.is_some_and(|header| !header.syn));
        let payload = (!packet.payload.is_empty()).then(|| packet.shown_payload(48));
        let (layout, hex) = self.cut(&packet.captured);
        Value::Object(known([
            ("number", json!(sent.number)),
            ("protocol", json!(protocol)),
            ("from", json!(packet.from.to_string())),
            ("to", json!(packet.to.to_string())),
            ("head", json!(sent.head())),
            ("flags", json!(header.map(flags))),
            ("seq", json!(sent.seq)),
            ("ack", json!(sent.ack)),
            ("raw", json!(raw)),
            ("window", json!(window)),
            ("scaled", json!(scaled)),
            ("lost", json!(sent.lost.then_some(true))),
            ("length", json!(packet.length)),
            ("payload", json!(payload)),
            ("layout", json!(layout)),
            ("hex", json!(hex)),
        ]))
    }

    /// The layout of a packet, and as many of its bytes as are shown.
    fn cut(&mut self, captured: &Captured) -> (usize, String) {
        let order: Vec<&Definition> = headers::definitions().collect();
        let fields = headers::fields(captured);
        let end = fields.last().map_or(0, headers::Field::end);
        let of = |field: &headers::Field| {
            let index = order.iter().position(|known| known.id == field.definition.id);
            [index.unwrap_or(0), field.bit, field.bits]
        };
        let layout: Layout = fields.iter().map(of).collect();
        let next = self.list.len();
        let index = *self.known.entry(layout.clone()).or_insert(next);
        if index == next {
            self.list.push(layout);
        }
        let shown = &captured.bytes[..captured.bytes.len().min(end + PAYLOAD)];
        (index, shown.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

/// Is the return of this call worth a question? What setsockopt returns is not.
fn is_asked_for(facts: &Recorded) -> bool {
    let network = ["accept", "connect", "recv", "recvfrom", "send", "sendto"];
    network.contains(&&*facts.call) || (facts.error.is_some() && !facts.call.is_empty())
}

fn programs(timeline: &Timeline) -> Value {
    let programs = timeline.programs.iter().map(|program| {
        let mut shown = known([
            ("name", json!(clean_message(&program.name))),
            ("side", json!(program.side.map(end))),
        ]);
        if program.is_labelled {
            shown.insert("labelled".to_owned(), json!(true));
        }
        Value::Object(shown)
    });
    programs.collect()
}

fn socket(socket: &Socket) -> Value {
    Value::Object(known([
        ("protocol", json!(if socket.is_tcp { "tcp" } else { "udp" })),
        ("local", json!(socket.local.to_string())),
        ("peer", json!(socket.peer.map(|peer| peer.to_string()))),
        ("connection", json!(socket.end.map(|end| end.0))),
        ("end", json!(socket.end.map(|end| end.1))),
        ("program", json!(socket.program)),
    ]))
}

fn connections(timeline: &Timeline, sockets: &Sockets) -> Value {
    let mut seen = vec![Seen::default(); timeline.conversations.len()];
    for event in &timeline.events {
        if let (Some(index), Some(side), Some(sent)) =
            (event.conversation, event.side, event.sent())
        {
            seen[index].add(end(side), sent);
        }
    }
    let connections = timeline.conversations.iter().zip(seen).enumerate();
    let connections = connections.map(|(index, (conversation, seen))| {
        let both = |ends: [Option<u64>; 2]| Some([ends[0]?, ends[1]?]);
        Value::Object(known([
            ("protocol", json!(if seen.is_tcp { "tcp" } else { "udp" })),
            ("name", json!(conversation.name.as_deref().map(clean_message))),
            ("caller", json!(conversation.caller.to_string())),
            ("waiting", json!(conversation.waiting.to_string())),
            ("sockets", json!(sockets.of_conversation[index])),
            ("first", json!(both(seen.first))),
            ("shift", json!(both(seen.shift))),
        ]))
    });
    connections.collect()
}

/// What the packets of a connection say about it as a whole.
#[derive(Clone, Default)]
struct Seen {
    is_tcp: bool,
    first: [Option<u64>; 2],
    shift: [Option<u64>; 2],
}

impl Seen {
    fn add(&mut self, end: usize, sent: &Sent) {
        let (Some(header), Some(seq)) = (sent.packet.tcp(), sent.seq) else { return };
        self.is_tcp = true;
        if header.rst {
            return; // one that answers a SYN has the number 0
        }
        let first = header.sequence_number.wrapping_sub(seq);
        self.first[end].get_or_insert(u64::from(first));
        if header.syn {
            self.shift[end] = scale(header);
        }
    }
}

/// The window scale that a SYN offers.
fn scale(header: &TcpHeader) -> Option<u64> {
    header.options_iterator().flatten().find_map(|option| match option {
        TcpOptionElement::WindowScale(shift) => Some(u64::from(shift.min(14))),
        _ => None,
    })
}

fn end(side: Side) -> usize {
    usize::from(side == Side::Right)
}
