//! The words of each event, the same in each picture. The pictures differ in where they put them.

use common::text::clean_message;
use testkit::screen::{Style, wrap};

use crate::scenario::Side;
use crate::timeline::{Event, Happening, Sent, Timeline};

/// What is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Parts {
    /// The programs and their calls.
    pub calls: bool,
    /// The packets.
    pub packets: bool,
    /// The headers of each packet, field by field.
    pub headers: bool,
}

impl Parts {
    /// Is this event drawn? What packets mean is worth reading even where they are left out.
    pub fn show(self, event: &Event) -> bool {
        match event.what {
            Happening::Packet(_) | Happening::Phase => self.packets,
            Happening::Note => true,
            _ => self.calls,
        }
    }
}

/// An event in words.
pub enum Wording<'a> {
    /// On the side of a program.
    Beside(Beside<'a>),
    /// Between the sides.
    Arrow(Arrow<'a>),
    /// Between the sides: a phase begins.
    Phase(String),
    /// Across all of it.
    Note(String),
}

/// What a program did, or what was done to it.
pub struct Beside<'a> {
    /// Its side.
    pub side: Side,
    /// The name of the program and a space, where several run on this side.
    pub label: String,
    /// What comes before the text: `$ `, `4. accept  `.
    pub mark: String,
    /// The text, with nothing in it that a terminal would obey.
    pub text: String,
    /// What it looks like.
    pub style: Style,
    /// The event.
    pub event: &'a Event,
}

/// A packet.
pub struct Arrow<'a> {
    /// The side that sent it, where that is known.
    pub from: Option<Side>,
    /// What it is, and its numbers.
    pub words: Vec<String>,
    /// The packet, and the new states of both ends.
    pub sent: &'a Sent,
}

impl Timeline {
    /// An event in words.
    pub fn wording<'a>(&self, event: &'a Event) -> Wording<'a> {
        let label = self.label_of(event.conversation);
        match &event.what {
            Happening::Packet(sent) => {
                let mut words = vec![sent.head()];
                words.extend(label.map(|label| format!("({label})")));
                words.extend(sent.numbers());
                Wording::Arrow(Arrow { from: event.side, words, sent })
            }
            Happening::Phase => {
                let label = label.map(|label| format!(", {label}")).unwrap_or_default();
                Wording::Phase(format!("{}{label}", event.text))
            }
            Happening::Note => {
                let label = label.map(|label| format!("{label}: ")).unwrap_or_default();
                Wording::Note(format!("{label}{}", event.text))
            }
            _ => Wording::Beside(self.beside(event)),
        }
    }

    /// What a program did, in words.
    pub fn beside<'a>(&self, event: &'a Event) -> Beside<'a> {
        let called;
        let (mark, style) = match &event.what {
            Happening::Called(facts) => {
                let number = Some(&facts.number).filter(|number| !number.is_empty());
                let number = number.map(|number| format!("{number}. ")).unwrap_or_default();
                called = format!("{number}{}  ", facts.call);
                (called.as_str(), Style::Plain)
            }
            Happening::Started => ("$ ", Style::Bold),
            Happening::Typed => ("> ", Style::Bold),
            Happening::Key => ("^ ", Style::Bold),
            Happening::Said(_) => ("- ", Style::Dim),
            Happening::Returned(_) => ("   ", Style::Dim),
            Happening::Ended => (". ", Style::Dim),
            Happening::Looked => ("= ", Style::Plain),
            _ => ("  ", Style::Plain),
        };
        Beside {
            side: event.side.unwrap_or(Side::Left),
            label: self.program_of(event).map(|name| format!("{name} ")).unwrap_or_default(),
            mark: mark.to_owned(),
            text: clean_message(&event.text),
            style,
            event,
        }
    }
}

/// How many milliseconds after `begins` an event was.
pub fn milliseconds(at: u64, begins: u64) -> String {
    format!("{:.2}", at.saturating_sub(begins) as f64 / 1e6)
}

/// Text after a first part, in lines of a width; those after the first are indented.
pub fn hang(first: &str, text: &str, indent: usize, width: usize) -> Vec<String> {
    let whole = format!("{first}{text}");
    let mut lines = wrap(&whole, width);
    // Only the first line may have the whole width.
    if lines.len() > 1 {
        let rest = whole.get(lines[0].len()..).unwrap_or_default().trim_start();
        let below = wrap(rest, width.saturating_sub(indent));
        lines.truncate(1);
        lines.extend(below.iter().map(|line| format!("{}{line}", " ".repeat(indent))));
    }
    lines
}
