//! A ladder for programs: JSON, and the sequence diagrams of Mermaid, which GitHub draws in Markdown.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::scenario::Side;

use crate::ladder::{Conversation, Ladder, Row, Said, SaidKind, Sent};
use crate::packet::Kind;
use crate::text::Parts;

/// Writes a ladder as one JSON object.
pub fn json(out: &mut dyn Write, ladder: &Ladder, parts: Parts) -> io::Result<()> {
    let rows = ladder.rows.iter().filter_map(|row| match row {
        Row::Said(said) => parts.calls.then(|| said_in_json(said)),
        Row::Sent(sent) => parts.packets.then(|| sent_in_json(sent)),
        Row::Phase(connection, phase) => {
            Some(json!({ "row": "phase", "connection": connection, "phase": phase }))
        }
        Row::Note(connection, text) => {
            Some(json!({ "row": "note", "connection": connection, "text": text }))
        }
    });
    let whole = json!({
        "title": ladder.title,
        "packets": ladder.packets,
        "lost": ladder.lost,
        "without_packets": ladder.without_packets,
        "connections": ladder.connections.iter().map(connection_in_json).collect::<Vec<_>>(),
        "rows": rows.collect::<Vec<_>>(),
    });
    serde_json::to_writer_pretty(&mut *out, &whole)?;
    writeln!(out)
}

fn connection_in_json(connection: &Conversation) -> Value {
    json!({
        "name": connection.name,
        "caller": connection.caller.to_string(),
        "waiting": connection.waiting.to_string(),
    })
}

fn said_in_json(said: &Said) -> Value {
    let mut row = json!({
        "row": match said.kind {
            SaidKind::Command => "command",
            SaidKind::Typed => "typed",
            SaidKind::Key => "key",
            SaidKind::Call(..) => "call",
            SaidKind::Return => "return",
            SaidKind::Ended => "ended",
        },
        "at_ns": said.at,
        "side": side_name(said.side),
        "program": said.label,
        "text": said.text,
    });
    if let SaidKind::Call(number, call) = &said.kind {
        row["step"] = json!(number);
        row["call"] = json!(call);
    }
    if let Some(peer) = said.peer {
        row["peer"] = json!(peer.to_string());
    }
    if let Some(bytes) = said.bytes {
        row["bytes"] = json!(bytes);
    }
    row
}

fn sent_in_json(sent: &Sent) -> Value {
    let packet = &sent.packet;
    let (protocol, flags) = match &packet.kind {
        Kind::Tcp(segment) => ("tcp", segment.to_string()),
        Kind::Udp => ("udp", String::new()),
        Kind::Icmp { .. } => ("icmp", String::new()),
        Kind::Other(_) => ("other", String::new()),
    };
    json!({
        "row": "packet",
        "number": sent.number,
        "at_ns": packet.at,
        "protocol": protocol,
        "from": packet.from.to_string(),
        "to": packet.to.to_string(),
        "side": sent.from.map(side_name),
        "connection": sent.connection,
        "head": sent.head(),
        "flags": flags.split('+').filter(|flag| !flag.is_empty()).collect::<Vec<_>>(),
        "seq": sent.seq,
        "ack": sent.ack,
        "length": packet.length,
        "payload": (!packet.payload.is_empty()).then(|| packet.shown_payload(48)),
        "caller_state": sent.states[0].map(|state| state.to_string()),
        "waiting_state": sent.states[1].map(|state| state.to_string()),
    })
}

fn side_name(side: Side) -> &'static str {
    match side {
        Side::Left => "caller",
        Side::Right => "waiting",
    }
}

/// Writes a ladder as a sequence diagram.
pub fn mermaid(out: &mut dyn Write, ladder: &Ladder, parts: Parts) -> io::Result<()> {
    writeln!(out, "sequenceDiagram")?;
    writeln!(out, "    participant C as the caller")?;
    writeln!(out, "    participant W as the waiting side")?;
    for row in &ladder.rows {
        match row {
            Row::Said(said) if parts.calls => said_in_mermaid(out, said)?,
            Row::Sent(sent) if parts.packets => sent_in_mermaid(out, ladder, sent)?,
            Row::Phase(connection, phase) if parts.packets => {
                let label = ladder.label_of(*connection);
                let label = label.map(|label| format!(", {label}")).unwrap_or_default();
                writeln!(out, "    Note over C,W: {}", escape(&format!("== {phase}{label} ==")))?;
            }
            Row::Note(_, text) => writeln!(out, "    Note over C,W: {}", escape(text))?,
            Row::Said(_) | Row::Sent(_) | Row::Phase(..) => {}
        }
    }
    Ok(())
}

fn said_in_mermaid(out: &mut dyn Write, said: &Said) -> io::Result<()> {
    let place = match said.side {
        Side::Left => "left of C",
        Side::Right => "right of W",
    };
    let label = said.label.as_ref().map(|label| format!("{label} ")).unwrap_or_default();
    let text = match &said.kind {
        SaidKind::Command => format!("{label}$ {}", said.text),
        SaidKind::Typed => format!("{label}> {}", said.text),
        SaidKind::Key => format!("{label}^ {}", said.text),
        SaidKind::Call(number, call) => format!("{label}{number}. {call} {}", said.text),
        SaidKind::Return | SaidKind::Ended => format!("{label}{}", said.text),
    };
    writeln!(out, "    Note {place}: {}", escape(&text))
}

fn sent_in_mermaid(out: &mut dyn Write, ladder: &Ladder, sent: &Sent) -> io::Result<()> {
    let mut words = vec![sent.head()];
    words.extend(ladder.label_of(sent.connection).map(|label| format!("({label})")));
    words.extend(sent.numbers());
    if !sent.packet.payload.is_empty() {
        words.push(sent.packet.shown_payload(24));
    }
    let text = escape(&words.join(" "));
    match sent.from {
        Some(Side::Left) => writeln!(out, "    C->>W: {text}")?,
        Some(Side::Right) => writeln!(out, "    W->>C: {text}")?,
        None => writeln!(out, "    Note over C,W: {text}")?,
    }
    let states = [("left of C", sent.states[0]), ("right of W", sent.states[1])];
    for (place, state) in states {
        if let Some(state) = state {
            writeln!(out, "    Note {place}: {state}")?;
        }
    }
    Ok(())
}

/// Signs that mean something in a diagram, as its language writes them.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for character in common::text::clean(text).chars() {
        match character {
            '#' | ';' | '<' | '>' | '%' => escaped.push_str(&format!("#{};", character as u32)),
            character => escaped.push(character),
        }
    }
    escaped
}
