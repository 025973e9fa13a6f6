//! Draws a ladder as text: the caller's calls on the left, the packets in the middle, the waiting side's on the right.
//!
//! Only ASCII and `✓ ✗` frame it, as everywhere in the tool: see [`testkit::screen`].

use std::io::{self, Write};

use crate::scenario::Side;
use testkit::screen::{Screen, Style, width_of, wrap};

use crate::headers;
use crate::ladder::{Ladder, Row, Said, SaidKind, Sent};
use crate::packet::Captured;

/// The columns of the time, in milliseconds.
const TIME: usize = 8;

/// Draws the rows of a ladder, one after the other.
pub struct Pen<'a> {
    screen: &'a Screen,
    side: usize,
    middle: usize,
    /// The moment that counts as 0.
    pub begins: u64,
}

/// What is to be drawn.
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
    /// Is this row to be drawn? What packets mean is worth reading even where they are left out.
    pub fn show(self, row: &Row) -> bool {
        match row {
            Row::Said(_) => self.calls,
            Row::Sent(_) | Row::Phase(..) => self.packets,
            Row::Note(..) => true,
        }
    }
}

impl<'a> Pen<'a> {
    /// A pen for this screen; its first row is at `begins`.
    pub fn new(screen: &'a Screen, parts: Parts, begins: u64) -> Pen<'a> {
        let room = screen.width.saturating_sub(TIME + 6);
        // An arrow with all its numbers takes up to 40 columns; the rest is for the calls.
        let middle = match (parts.calls, parts.packets) {
            (true, true) => (room * 2 / 5).clamp(14, 40),
            (true, false) => 1,
            _ => room.saturating_sub(2 * 13).clamp(14, 60),
        };
        Pen { screen, side: room.saturating_sub(middle) / 2, middle, begins }
    }

    /// The headings of the columns.
    pub fn headings(&self, out: &mut dyn Write) -> io::Result<()> {
        let cells = (fill("the caller", self.side), "the waiting side".to_owned());
        let packets = if self.middle > 6 { "packets" } else { "" };
        let middle = centred(packets, ' ', self.middle);
        let time = format!("{:>width$} ", "ms", width = TIME - 1);
        let line = format!("{time}{} | {middle} | {}", cells.0, cells.1);
        writeln!(out, "{}", self.screen.paint(Style::Dim, line.trim_end()))
    }

    /// Draws a row.
    pub fn row(&self, out: &mut dyn Write, ladder: &Ladder, row: &Row) -> io::Result<()> {
        match row {
            Row::Said(said) => self.said(out, said),
            Row::Sent(sent) => self.sent(out, ladder, sent),
            Row::Phase(connection, phase) => self.phase(out, ladder, *connection, phase),
            Row::Note(connection, text) => self.note(out, ladder, *connection, text),
        }
    }

    /// One line: time, left, middle, right. Each cell is its text and its style.
    fn line(&self, out: &mut dyn Write, time: &str, cells: [(&str, Style); 3]) -> io::Result<()> {
        let widths = [self.side, self.middle, self.side];
        let [left, middle, right] = [0, 1, 2].map(|cell| {
            let (text, style) = cells[cell];
            let filling = " ".repeat(widths[cell].saturating_sub(width_of(text)));
            (self.screen.paint(style, text), if cell == 2 { String::new() } else { filling })
        });
        let bar = self.screen.paint(Style::Dim, "|");
        let time = format!("{time:>width$} ", width = TIME - 1);
        let line =
            format!("{time}{}{} {bar} {}{} {bar} {}", left.0, left.1, middle.0, middle.1, right.0);
        writeln!(out, "{}", line.trim_end())
    }

    fn said(&self, out: &mut dyn Write, said: &Said) -> io::Result<()> {
        let label = said.label.as_ref().map(|label| format!("{label} ")).unwrap_or_default();
        let (mark, style) = match &said.kind {
            SaidKind::Command => ("$ ".to_owned(), Style::Bold),
            SaidKind::Typed => ("> ".to_owned(), Style::Bold),
            SaidKind::Key => ("^ ".to_owned(), Style::Bold),
            SaidKind::Call(number, call) => (format!("{number}. {call}  "), Style::Plain),
            SaidKind::Return => ("   ".to_owned(), Style::Dim),
            SaidKind::Ended => (". ".to_owned(), Style::Dim),
        };
        let first = format!("{label}{mark}");
        let text = common::text::clean_message(&said.text).replace('\t', "    ");
        // The lines after the first begin below the mark, so that they are not taken for a new one.
        let indent = (width_of(&label) + 3).min(self.side / 2);
        for (number, line) in hang(&first, &text, indent, self.side).iter().enumerate() {
            let time = if number == 0 { self.time(said.at) } else { String::new() };
            let cell = (line.as_str(), style);
            let nothing = ("", Style::Plain);
            let cells = match said.side {
                Side::Left => [cell, nothing, nothing],
                Side::Right => [nothing, nothing, cell],
            };
            self.line(out, &time, cells)?;
        }
        Ok(())
    }

    fn sent(&self, out: &mut dyn Write, ladder: &Ladder, sent: &Sent) -> io::Result<()> {
        let mut words = vec![sent.head()];
        words.extend(ladder.label_of(sent.connection).map(|label| format!("({label})")));
        words.extend(sent.numbers());
        if sent.packet.length > 0 && !sent.packet.payload.is_empty() {
            words.push(sent.packet.shown_payload(self.middle.saturating_sub(10).clamp(8, 48)));
        }
        let [left, right] = sent.states.map(|state| state.map(|state| format!("[{state}]")));
        let left = left.unwrap_or_default();
        let left = format!("{left:>width$}", width = self.side);
        for (number, line) in self.arrow(sent.from, &words).iter().enumerate() {
            let time = if number == 0 { self.time(sent.packet.at) } else { String::new() };
            let (left, right) = match (number, &right) {
                (0, right) => (left.as_str(), right.as_deref().unwrap_or_default()),
                _ => ("", ""),
            };
            let states = [(left, Style::Good), (line, Style::Bold), (right, Style::Good)];
            self.line(out, &time, states)?;
        }
        Ok(())
    }

    /// The arrow carries as many words as fit; the others stand below it.
    fn arrow(&self, from: Option<Side>, words: &[String]) -> Vec<String> {
        let room = self.middle.saturating_sub(7);
        let mut on_it = String::new();
        let mut rest = words.iter();
        for word in words {
            let longer = if on_it.is_empty() { word.clone() } else { format!("{on_it} {word}") };
            if width_of(&longer) > room {
                break;
            }
            on_it = longer;
            rest.next();
        }
        let below: Vec<&str> = rest.map(String::as_str).collect();
        let on_it = if on_it.is_empty() { String::new() } else { format!(" {on_it} ") };
        let line = match from {
            Some(Side::Left) => format!("--{}>", dashes(&on_it, self.middle.saturating_sub(3))),
            Some(Side::Right) => format!("<--{}", dashes(&on_it, self.middle.saturating_sub(3))),
            None => format!("..{}", on_it),
        };
        let mut lines = vec![line];
        for line in wrap(&below.join(" "), self.middle.saturating_sub(4)) {
            lines.push(if line.is_empty() { line } else { format!("    {line}") });
        }
        lines.retain(|line| !line.is_empty());
        lines
    }

    fn phase(
        &self,
        out: &mut dyn Write,
        ladder: &Ladder,
        connection: Option<usize>,
        phase: &str,
    ) -> io::Result<()> {
        let label =
            ladder.label_of(connection).map(|label| format!(", {label}")).unwrap_or_default();
        let text = centred(&format!(" {phase}{label} "), '=', self.middle);
        self.line(out, "", [("", Style::Plain), (&text, Style::Bold), ("", Style::Plain)])
    }

    fn note(
        &self,
        out: &mut dyn Write,
        ladder: &Ladder,
        connection: Option<usize>,
        text: &str,
    ) -> io::Result<()> {
        let label =
            ladder.label_of(connection).map(|label| format!("{label}: ")).unwrap_or_default();
        let indent = " ".repeat(TIME + 2);
        let width = self.screen.width.saturating_sub(TIME + 4);
        for (number, line) in wrap(&format!("{label}{text}"), width).iter().enumerate() {
            let mark = if number == 0 { "* " } else { "  " };
            writeln!(out, "{}", self.screen.paint(Style::Dim, &format!("{indent}{mark}{line}")))?;
        }
        Ok(())
    }

    /// The headers of a packet, field by field.
    pub fn headers(&self, out: &mut dyn Write, captured: &Captured) -> io::Result<()> {
        for field in headers::fields(&captured.bytes) {
            let label = format!("{}  {:<24} ", " ".repeat(TIME), field.bytes);
            self.screen.paragraph(out, &label, &field.meaning)?;
        }
        Ok(())
    }

    fn time(&self, at: u64) -> String {
        let nanoseconds = at.saturating_sub(self.begins);
        format!("{:.2}", nanoseconds as f64 / 1e6)
    }
}

/// Text behind a first part, in lines of a width; those after the first are indented.
pub(super) fn hang(first: &str, text: &str, indent: usize, width: usize) -> Vec<String> {
    let lines = wrap(&format!("{first}{text}"), width);
    if lines.len() < 2 {
        return lines;
    }
    // The first line is as long as it was; the others have less room.
    let mut hung = vec![lines[0].clone()];
    let whole = format!("{first}{text}");
    let rest = whole.get(lines[0].len()..).unwrap_or_default().trim_start();
    let below = wrap(rest, width.saturating_sub(indent));
    hung.extend(below.iter().map(|line| format!("{}{line}", " ".repeat(indent))));
    hung
}

fn fill(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(width_of(text))))
}

fn centred(text: &str, filling: char, width: usize) -> String {
    let free = width.saturating_sub(width_of(text));
    let filling = |count: usize| filling.to_string().repeat(count);
    format!("{}{text}{}", filling(free / 2), filling(free - free / 2))
}

fn dashes(text: &str, width: usize) -> String {
    format!("{text}{}", "-".repeat(width.saturating_sub(width_of(text))))
}

/// Draws a whole ladder.
pub fn draw(
    out: &mut dyn Write,
    screen: &Screen,
    ladder: &Ladder,
    captured: &[Captured],
    parts: Parts,
) -> io::Result<()> {
    let pen = Pen::new(screen, parts, ladder.begins());
    screen.line(out, Style::Bold, &ladder.title)?;
    pen.headings(out)?;
    for row in &ladder.rows {
        if !parts.show(row) {
            continue;
        }
        pen.row(out, ladder, row)?;
        if let (Row::Sent(sent), true) = (row, parts.headers)
            && let Some(captured) = captured.get(sent.number)
        {
            pen.headers(out, captured)?;
        }
    }
    Ok(())
}
