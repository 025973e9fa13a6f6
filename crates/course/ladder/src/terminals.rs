//! Draws two terminals side by side, in columns: a Chinese character takes two of them.
//!
//! Only ASCII and `✓ ✗` are used for the frame: a console that is set to Chinese draws `│` and `…` two columns wide.

use std::io::{self, Write};

use testkit::screen::{Screen, Style, width_of, wrap};

use crate::play::{Kind, Row};
use crate::scenario::Side;

const DIVIDER: &str = " | ";

/// The two terminals of a step, on a screen.
pub struct Terminals<'a> {
    /// Where they are drawn.
    pub screen: &'a Screen,
}

impl Terminals<'_> {
    /// Writes one row of the two terminals.
    pub fn row(&self, out: &mut dyn Write, row: &Row) -> io::Result<()> {
        let (mark, style) = match row.kind {
            Kind::Command => ('$', Style::Bold),
            Kind::Typed => ('>', Style::Bold),
            Kind::Key => ('^', Style::Bold),
            Kind::Result => (' ', Style::Plain),
            Kind::Status => ('-', Style::Dim),
            Kind::Ended => ('.', Style::Dim),
            Kind::Looked => ('=', Style::Plain),
        };
        let label = row.label.map(|label| format!("{label} ")).unwrap_or_default();
        let check =
            if row.checked { self.screen.paint(Style::Good, "✓") } else { " ".to_owned() };
        // The check, the label, the mark, a space: then the text, and what doesn't fit goes on below it.
        let indent = 3 + width_of(&label);
        let text = common::text::clean_message(&row.text).replace('\t', "    ");
        for (number, line) in wrap(&text, self.column().saturating_sub(indent)).iter().enumerate() {
            let before =
                if number == 0 { format!("{label}{mark} ") } else { " ".repeat(indent - 1) };
            let check = if number == 0 { check.as_str() } else { " " };
            let used = indent + width_of(line);
            let cell = check.to_owned() + &self.screen.paint(style, &(before + line));
            self.cell(out, row.side, &cell, used)?;
        }
        Ok(())
    }

    /// Writes the headings of the two columns.
    pub fn headings(&self, out: &mut dyn Write, left: &str, right: &str) -> io::Result<()> {
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
