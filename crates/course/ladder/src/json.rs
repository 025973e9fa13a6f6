//! A timeline for programs: JSON.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::packet::{Contents, flags};
use crate::scenario::Side;
use crate::timeline::{Conversation, Event, Happening, Sent, Timeline};
use crate::wording::Parts;

/// Writes a timeline as one JSON object.
pub fn write(out: &mut dyn Write, timeline: &Timeline, parts: Parts) -> io::Result<()> {
    let shown = timeline.events.iter().filter(|event| parts.show(event));
    let whole = json!({
        "title": timeline.title,
        "packets": timeline.packets,
        "lost": timeline.lost,
        "without_packets": timeline.without_packets,
        "connections": timeline.conversations.iter().map(conversation).collect::<Vec<_>>(),
        "rows": shown.map(|event| row(timeline, event)).collect::<Vec<_>>(),
    });
    serde_json::to_writer_pretty(&mut *out, &whole)?;
    writeln!(out)
}

fn conversation(conversation: &Conversation) -> Value {
    json!({
        "name": conversation.name,
        "caller": conversation.caller.to_string(),
        "waiting": conversation.waiting.to_string(),
    })
}

fn row(timeline: &Timeline, event: &Event) -> Value {
    let connection = event.conversation;
    match &event.what {
        Happening::Packet(sent) => packet(event, sent),
        Happening::Phase => {
            json!({ "row": "phase", "connection": connection, "phase": event.text })
        }
        Happening::Note => json!({ "row": "note", "connection": connection, "text": event.text }),
        what => {
            let mut row = json!({
                "row": what.name(),
                "at_ns": event.at,
                "side": event.side.map(side),
                "program": timeline.program_of(event),
                "text": event.text,
                "peer": event.facts().and_then(|facts| facts.peer),
                "bytes": event.facts().and_then(|facts| facts.bytes),
            });
            if let Happening::Called(facts) = what {
                row["step"] = json!(facts.number);
                row["call"] = json!(facts.call);
            }
            row
        }
    }
}

fn packet(event: &Event, sent: &Sent) -> Value {
    let packet = &sent.packet;
    let (protocol, flags) = match &packet.contents {
        Contents::Tcp(segment) => ("tcp", flags(segment)),
        Contents::Udp => ("udp", Vec::new()),
        Contents::Icmp { .. } => ("icmp", Vec::new()),
        Contents::Other(_) => ("other", Vec::new()),
    };
    json!({
        "row": "packet",
        "number": sent.number,
        "at_ns": event.at,
        "protocol": protocol,
        "from": packet.from.to_string(),
        "to": packet.to.to_string(),
        "side": event.side.map(side),
        "connection": event.conversation,
        "head": sent.head(),
        "flags": flags,
        "seq": sent.seq,
        "ack": sent.ack,
        "window": sent.window,
        "sack": sent.sack,
        "lost": sent.lost,
        "length": packet.length,
        "payload": (!packet.payload.is_empty()).then(|| packet.shown_payload(48)),
        "caller_state": sent.states[0].map(|state| state.to_string()),
        "waiting_state": sent.states[1].map(|state| state.to_string()),
    })
}

fn side(side: Side) -> &'static str {
    match side {
        Side::Left => "caller",
        Side::Right => "waiting",
    }
}
