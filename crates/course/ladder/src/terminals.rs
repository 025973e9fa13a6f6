//! Draws two terminals side by side, in columns: a Chinese character takes two of them.
//!
//! Only ASCII and `✓ ✗` are used for the frame: a console that is set to Chinese draws `│` and `…` two columns wide.

use std::io::{self, Write};

use testkit::screen::{Screen, Style, width_of, wrap};

use crate::scenario::{ENDS, Side};
use crate::timeline::{Event, Timeline};

const DIVIDER: &str = " | ";

/// The two terminals of a step, on a screen.
pub struct Terminals<'a> {
    /// Where they are drawn.
    pub screen: &'a Screen,
}

impl Terminals<'_> {
    /// Draws an event of the two terminals.
    pub fn event(&self, out: &mut dyn Write, timeline: &Timeline, event: &Event) -> io::Result<()> {
        let shown = timeline.beside(event);
        let is_checked = event.check.is_some();
        let mut check = if is_checked { self.screen.paint(Style::Good, "✓") } else { " ".into() };
        let mut before = shown.label + &shown.mark;
        // The check, the label, the mark: then the text, and what doesn't fit goes on below it.
        let indent = 1 + width_of(&before);
        let text = shown.text.replace('\t', "    ");
        for line in wrap(&text, self.column().saturating_sub(indent)) {
            let cell = check + &self.screen.paint(shown.style, &(before + &line));
            self.cell(out, shown.side, &cell, indent + width_of(&line))?;
            (check, before) = (" ".to_owned(), " ".repeat(indent - 1));
        }
        Ok(())
    }

    /// Writes the headings of the two columns.
    pub fn headings(&self, out: &mut dyn Write) -> io::Result<()> {
        let [left, right] = ENDS;
        let left = format!("{left}{}", " ".repeat(self.column().saturating_sub(width_of(left))));
        writeln!(out, "{}", self.screen.paint(Style::Dim, &format!("{left}{DIVIDER}{right}")))?;
        let line = "-".repeat(self.column());
        writeln!(out, "{}", self.screen.paint(Style::Dim, &format!("{line}-+-{line}")))
    }

    fn cell(&self, out: &mut dyn Write, side: Side, cell: &str, used: usize) -> io::Result<()> {
        let divider = self.screen.paint(Style::Dim, DIVIDER.trim_end());
        match side {
            Side::Left => {
                writeln!(out, "{cell}{}{divider}", " ".repeat(self.column().saturating_sub(used)))
            }
            Side::Right => writeln!(out, "{}{divider} {cell}", " ".repeat(self.column())),
        }
    }

    fn column(&self) -> usize {
        (self.screen.width - DIVIDER.len()) / 2
    }
}
