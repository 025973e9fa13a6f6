//! The fields of a packet in lines of whole bytes: `--verbose`.

use std::ops::Range;

use super::cut::{Field, fields};
use super::table::{Definition, KINDS};
use crate::packet::Captured;

/// One or more fields that together have whole bytes.
#[derive(Debug)]
pub struct Line {
    /// The header that they belong to.
    pub header: &'static str,
    /// Their names.
    pub name: String,
    /// The RFC that defines the first of them, and the section.
    pub rfc: &'static str,
    /// Which bytes of the packet they have.
    pub place: Range<usize>,
    /// What these bytes mean; empty where the name says it all.
    pub meaning: String,
}

/// The fields of a packet in lines of whole bytes; an option of TCP is one line.
pub fn lines(packet: &Captured) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for field in fields(packet) {
        let Definition { id, name, .. } = *field.definition;
        let meaning = field.meaning(&packet.bytes);
        match (id, lines.last_mut()) {
            ("tcp.option_kind", _) => {
                let kind = field.value(&packet.bytes);
                let known = KINDS.iter().find(|(known, _)| *known == kind);
                lines.push(Line::new(
                    &field,
                    known.map_or("option", |(_, name)| name),
                    String::new(),
                ));
            }
            ("tcp.option_len", Some(line)) => line.place = line.place.start..field.end(),
            (_, Some(line)) if field.definition.header == OPTION => {
                line.add(&field, &meaning);
                line.rfc = field.definition.rfc;
            }
            (_, Some(line)) if !field.bit.is_multiple_of(8) => {
                line.add(&field, &meaning);
                line.name = format!("{}, {name}", line.name);
            }
            _ => lines.push(Line::new(&field, name, meaning)),
        }
    }
    lines
}

/// Its lines stand below those of the header that it is in.
const OPTION: &str = "TCP option";

impl Line {
    fn new(field: &Field, name: &str, meaning: String) -> Line {
        let Definition { header, rfc, .. } = *field.definition;
        let header = if header == OPTION { "TCP" } else { header };
        let place = field.bit / 8..field.end();
        Line { header, name: name.to_owned(), rfc, place, meaning }
    }

    fn add(&mut self, field: &Field, meaning: &str) {
        self.place.end = field.end();
        let comma = if self.meaning.is_empty() { "" } else { ", " };
        self.meaning = format!("{}{comma}{meaning}", self.meaning);
    }
}
