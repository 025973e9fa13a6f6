//! Draws a timeline as text: the caller's calls on the left, the packets in the middle, the waiting side's on the right.
//!
//! Only ASCII and `✓ ✗` frame it, as everywhere in the tool: see [`testkit::screen`].

use std::io::{self, Write};

use common::text::hex;
use testkit::screen::{Screen, Style, width_of, wrap};

use crate::headers::{self, Line};
use crate::packet::Captured;
use crate::scenario::{ENDS, Side};
use crate::stepper::{Stepper, Wish};
use crate::timeline::{Event, Happening, Timeline};
use crate::wording::{Arrow, Beside, Parts, Wording, hang, milliseconds};

/// The columns of the time, in milliseconds.
const TIME: usize = 8;

/// With fewer columns for a side, all is drawn in one column, and the waiting side's calls are indented.
const LEAST_SIDE: usize = ENDS[1].len();

/// How far they are indented.
const INDENT: usize = 4;

/// An empty cell.
const NOTHING: (&str, Style) = ("", Style::Plain);

/// Draws the events of a timeline, one after the other.
pub struct Pen<'a> {
    screen: &'a Screen,
    parts: Parts,
    side: usize,
    middle: usize,
    is_narrow: bool,
    /// The moment that counts as 0.
    begins: u64,
}

/// Draws a whole timeline.
pub fn draw(
    out: &mut dyn Write,
    screen: &Screen,
    timeline: &Timeline,
    parts: Parts,
) -> io::Result<()> {
    let pen = Pen::new(screen, parts, timeline.begins());
    screen.line(out, Style::Bold, &timeline.title)?;
    pen.headings(out)?;
    timeline.events.iter().try_for_each(|event| pen.event(out, timeline, event))
}

/// Draws a whole timeline, each event when the person wants it. What a phase is called is shown together with its first packet,
/// and a note with what it is about. False: the person has ended it.
pub fn draw_step_by_step(
    out: &mut dyn Write,
    screen: &Screen,
    timeline: &Timeline,
    parts: Parts,
    stepper: &mut Stepper,
) -> io::Result<bool> {
    let pen = Pen::new(screen, parts, timeline.begins());
    screen.line(out, Style::Bold, &timeline.title)?;
    pen.headings(out)?;
    let shown: Vec<&Event> = timeline.events.iter().filter(|event| parts.show(event)).collect();
    let goes_with_the_last = |index: usize| {
        let is_note = matches!(shown[index].what, Happening::Note);
        is_note || (index > 0 && matches!(shown[index - 1].what, Happening::Phase))
    };
    let count = (0..shown.len()).filter(|index| !goes_with_the_last(*index)).count();
    let mut number = 0;
    for (index, event) in shown.iter().enumerate() {
        if !goes_with_the_last(index) {
            number += 1;
            if stepper.ask(out, screen, number, count)? == Wish::End {
                return Ok(false);
            }
        }
        pen.event(out, timeline, event)?;
    }
    Ok(true)
}

impl<'a> Pen<'a> {
    /// A pen for this screen; its first event is at `begins`.
    pub fn new(screen: &'a Screen, parts: Parts, begins: u64) -> Pen<'a> {
        let room = screen.width.saturating_sub(TIME + 6);
        // An arrow with all its numbers takes up to 40 columns; the rest is for the calls.
        let middle = match (parts.calls, parts.packets) {
            (true, true) => (room * 2 / 5).clamp(14, 40),
            (true, false) => 1,
            _ => room.saturating_sub(2 * LEAST_SIDE).clamp(14, 60),
        };
        let side = room.saturating_sub(middle) / 2;
        if side < LEAST_SIDE {
            let middle = screen.width.saturating_sub(TIME);
            return Pen { screen, parts, side: middle - INDENT, middle, is_narrow: true, begins };
        }
        Pen { screen, parts, side, middle, is_narrow: false, begins }
    }

    /// The headings of the columns.
    pub fn headings(&self, out: &mut dyn Write) -> io::Result<()> {
        let packets = if self.middle > 6 { "packets" } else { "" };
        let packets = centred(packets, ' ', self.middle);
        let [left, right] = ENDS.map(|side| (side, Style::Dim));
        if self.is_narrow {
            self.line(out, "ms", [left, NOTHING, NOTHING])?;
            return self.line(out, "", [NOTHING, NOTHING, right]);
        }
        self.line(out, "ms", [left, (&packets, Style::Dim), right])
    }

    /// Draws an event, unless its part is left out.
    pub fn event(&self, out: &mut dyn Write, timeline: &Timeline, event: &Event) -> io::Result<()> {
        if !self.parts.show(event) {
            return Ok(());
        }
        let time = milliseconds(event.at, self.begins);
        match timeline.wording(event) {
            Wording::Beside(beside) => self.beside(out, &time, &beside),
            Wording::Arrow(arrow) => {
                self.arrow(out, &time, &arrow)?;
                if self.parts.headers {
                    self.headers(out, &arrow.sent.packet.captured)?;
                }
                Ok(())
            }
            Wording::Phase(phase) => {
                let text = centred(&format!(" {phase} "), '=', self.middle);
                self.line(out, "", [NOTHING, (&text, Style::Bold), NOTHING])
            }
            Wording::Note(text) => self.note(out, &text),
        }
    }

    /// One line: time, left, middle, right. Each cell is its text and its style.
    fn line(&self, out: &mut dyn Write, time: &str, cells: [(&str, Style); 3]) -> io::Result<()> {
        let time = format!("{time:>width$} ", width = TIME - 1);
        if self.is_narrow {
            let indent = if cells[2].0.is_empty() { 0 } else { INDENT };
            let text = cells.map(|(text, style)| self.screen.paint(style, text)).concat();
            return writeln!(out, "{time}{}{text}", " ".repeat(indent));
        }
        let bar = self.screen.paint(Style::Dim, "|");
        let cell = |(text, style), width: usize| {
            let filling = " ".repeat(width.saturating_sub(width_of(text)));
            self.screen.paint(style, text) + &filling
        };
        let [left, middle, right] = cells;
        let (left, middle) = (cell(left, self.side), cell(middle, self.middle));
        let right = cell(right, 0);
        let line = format!("{time}{left} {bar} {middle} {bar} {right}");
        writeln!(out, "{}", line.trim_end())
    }

    fn beside(&self, out: &mut dyn Write, time: &str, beside: &Beside<'_>) -> io::Result<()> {
        let first = format!("{}{}", beside.label, beside.mark);
        let text = beside.text.replace('\t', "    ");
        // The lines after the first begin below the mark, so that they are not taken for a new event.
        let indent = (width_of(&beside.label) + 3).min(self.side / 2);
        for (number, line) in hang(&first, &text, indent, self.side).iter().enumerate() {
            let cell = (line.as_str(), beside.style);
            let cells = match beside.side {
                Side::Left => [cell, NOTHING, NOTHING],
                Side::Right => [NOTHING, NOTHING, cell],
            };
            self.line(out, if number == 0 { time } else { "" }, cells)?;
        }
        Ok(())
    }

    fn arrow(&self, out: &mut dyn Write, time: &str, arrow: &Arrow<'_>) -> io::Result<()> {
        let mut words = arrow.words.clone();
        words.extend(arrow.sent.payload(self.middle.saturating_sub(10).clamp(8, 48)));
        let [left, right] = arrow.sent.states.map(|state| match state {
            Some(state) if !self.is_narrow => format!("[{state}]"),
            _ => String::new(),
        });
        let filling = if self.is_narrow { 0 } else { self.side };
        let left = format!("{left:>filling$}");
        let (mut time, mut states) = (time, (&*left, &*right));
        for line in self.shaft(arrow.from, arrow.sent.lost, &words) {
            let cells = [(states.0, Style::Good), (&*line, Style::Bold), (states.1, Style::Good)];
            self.line(out, time, cells)?;
            (time, states) = ("", ("", "")); // they are in the first line only
        }
        let ends = ENDS.into_iter().zip(arrow.sent.states);
        let ends = ends.filter_map(|(end, state)| Some(format!("{end} is {}", state?)));
        match ends.collect::<Vec<_>>() {
            changed if self.is_narrow && !changed.is_empty() => self.note(out, &changed.join(", ")),
            _ => Ok(()),
        }
    }

    /// The arrow carries as many words as fit; the others go below it.
    /// That of a lost packet has a cross in place of its head.
    fn shaft(&self, from: Option<Side>, lost: bool, words: &[String]) -> Vec<String> {
        let room = self.middle.saturating_sub(7);
        let fits = |count: &usize| width_of(&words[..*count].join(" ")) <= room;
        let on_it = (1..=words.len()).take_while(fits).last().unwrap_or(0);
        let text = match words[..on_it].join(" ") {
            none if none.is_empty() => none,
            text => format!(" {text} "),
        };
        let width = self.middle.saturating_sub(3);
        let mut lines = vec![match from {
            Some(Side::Left) => {
                format!("--{}{}", fill(&text, '-', width), if lost { 'x' } else { '>' })
            }
            Some(Side::Right) => {
                format!("{}--{}", if lost { 'x' } else { '<' }, fill(&text, '-', width))
            }
            None => format!("..{text}"),
        }];
        let below = wrap(&words[on_it..].join(" "), self.middle.saturating_sub(4));
        let below = below.iter().filter(|line| !line.is_empty());
        lines.extend(below.map(|line| format!("    {line}")));
        lines
    }

    fn note(&self, out: &mut dyn Write, text: &str) -> io::Result<()> {
        let indent = " ".repeat(TIME + 2);
        let width = self.screen.width.saturating_sub(TIME + 4);
        for (number, line) in wrap(text, width).iter().enumerate() {
            let mark = if number == 0 { "* " } else { "  " };
            writeln!(out, "{}", self.screen.paint(Style::Dim, &format!("{indent}{mark}{line}")))?;
        }
        Ok(())
    }

    /// The headers of a packet, field by field.
    fn headers(&self, out: &mut dyn Write, captured: &Captured) -> io::Result<()> {
        let (indent, most) = if self.screen.width < 70 { (1, 4) } else { (TIME + 2, 8) };
        let mut header = "";
        for Line { header: of, name, place, meaning, rfc } in headers::lines(captured) {
            if std::mem::replace(&mut header, of) != of {
                let rfc = rfc.split(',').next().unwrap_or_default();
                self.screen.paragraph(out, &" ".repeat(indent), &format!("{of} header ({rfc})"))?;
            }
            let colon = if meaning.is_empty() { "" } else { ": " };
            let mut text = format!("{name}{colon}{meaning}");
            for bytes in captured.bytes[place].chunks(most) {
                let digits = hex(bytes);
                let label = format!("{}{digits:<width$}", " ".repeat(indent), width = 3 * most + 1);
                self.screen.paragraph(out, &label, &std::mem::take(&mut text))?;
            }
        }
        Ok(())
    }
}

fn fill(text: &str, filling: char, width: usize) -> String {
    let free = width.saturating_sub(width_of(text));
    text.to_owned() + &filling.to_string().repeat(free)
}

fn centred(text: &str, filling: char, width: usize) -> String {
    let before = width.saturating_sub(width_of(text)) / 2;
    fill(&(filling.to_string().repeat(before) + text), filling, width)
}
