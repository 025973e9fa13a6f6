//! How the tool writes on a screen: its width, its colours, and where a line breaks. A Chinese character takes two columns.
//! What it says of commands and pages is made right for this place.

use std::env;
use std::io::{self, IsTerminal, Write};

use common::here::here;
use common::text::clean_text;
use unicode_width::UnicodeWidthChar;

/// The width where it is unknown: a file, a pipe.
const WIDTH: usize = 100;

/// Below this the two columns can't hold an address any more.
const LEAST_WIDTH: usize = 40;

/// What the parts of the picture look like, where colours are shown.
#[derive(Clone, Copy)]
pub enum Style {
    /// As it is.
    Plain,
    /// What a person types, and headings.
    Bold,
    /// Status.
    Dim,
    /// As expected.
    Good,
    /// Not as expected.
    Bad,
}

/// Where the picture goes: how wide it may be, and whether it may have colours.
pub struct Screen {
    /// Columns.
    pub width: usize,
    /// Are colours shown?
    pub colour: bool,
}

impl Screen {
    /// The screen that stdout is connected to. `COLUMNS` wins over the terminal, so that a picture's width can be chosen.
    pub fn of_stdout() -> Screen {
        let asked = env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        let terminal = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        let width = asked.or_else(terminal).unwrap_or(WIDTH).max(LEAST_WIDTH);
        let refused = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        // Old Windows consoles print the colours' codes as text; the new ones introduce themselves.
        let capable = !cfg!(windows) || env::var_os("WT_SESSION").is_some();
        Screen { width, colour: capable && !refused && io::stdout().is_terminal() }
    }

    /// Text in a style; without colours it is the text.
    pub fn paint(&self, style: Style, text: &str) -> String {
        let code = match style {
            Style::Bold => "1",
            Style::Dim => "2",
            Style::Good => "32",
            Style::Bad => "31",
            Style::Plain => return text.to_owned(),
        };
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// Writes a paragraph that fits the screen; the lines after the first begin below its text.
    pub fn paragraph(&self, out: &mut dyn Write, label: &str, text: &str) -> io::Result<()> {
        let (label, text) = (here(label), here(text));
        let indent = width_of(&label);
        for (number, line) in wrap(&clean_text(&text), self.width - indent).iter().enumerate() {
            let before = if number == 0 { label.clone() } else { " ".repeat(indent) };
            writeln!(out, "{before}{line}")?;
        }
        Ok(())
    }

    /// Writes text in a style, in as many lines as it needs.
    pub fn line(&self, out: &mut dyn Write, style: Style, text: &str) -> io::Result<()> {
        wrap(&clean_text(&here(text)), self.width)
            .iter()
            .try_for_each(|line| writeln!(out, "{}", self.paint(style, line)))
    }
}

/// Explains on stderr why the command ends. The names and arguments in it may hold control characters.
pub fn error(message: &str) {
    report(&format!("error: {}", clean_text(&here(message))));
}

/// Prints a line on stderr. `cargo test` shows it even if the test passes: it hides only what goes through `eprintln!`.
pub fn report(line: &str) {
    // A closed stderr is not an error.
    let _ = io::stderr().write_all(format!("{line}\n").as_bytes());
}

/// How many columns a text takes.
pub fn width_of(text: &str) -> usize {
    text.chars().map(columns).sum()
}

fn columns(character: char) -> usize {
    character.width().unwrap_or(0)
}

/// Breaks a text into lines of at most `width` columns: between words where possible, and within a word that is longer
/// than a line. There is always at least one line.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for piece in text.split_inclusive(' ') {
        let word = piece.trim_end_matches(' ');
        if used > 0 && used + width_of(word) > width {
            lines.push(String::new());
            used = 0;
        }
        for character in piece.chars() {
            if used + columns(character) > width && used > 0 {
                if character == ' ' {
                    continue; // no line begins with a space
                }
                lines.push(String::new());
                used = 0;
            }
            used += columns(character);
            if let Some(line) = lines.last_mut() {
                line.push(character);
            }
        }
    }
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_and_within_long_ones() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrap("", 8), [""]);
    }

    #[test]
    fn chinese_takes_two_columns() {
        assert_eq!(wrap("你好吗", 5), ["你好", "吗"]);
        assert_eq!(width_of("a你"), 3);
        for width in 2..30 {
            for line in wrap("[127.0.0.1:8888] 你吃了吗 hello 世界 abc你d好e", width) {
                assert!(width_of(&line) <= width, "{width}: {line}");
            }
        }
    }
}
