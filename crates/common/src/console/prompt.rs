//! The prompt with the half-typed line: where it stands on the screen, and how it gets out of the way of a message.
//!
//! Nothing here writes: each function appends what is to be written, so that one write shows it all.

use terminal_size::{Height, Width, terminal_size_of};
use unicode_width::UnicodeWidthChar;

use super::line::{Asked, Key, Line};
use super::text::picture;

/// A terminal says before and after a paste that it is one: "bracketed paste".
const MARK_PASTES: &str = "\x1b[?2004h";
const DO_NOT_MARK_PASTES: &str = "\x1b[?2004l";

/// The prompt at the lower end of the output.
pub(super) struct Prompt {
    prompt: String,
    line: Line,
}

/// What a key completed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Typed {
    /// A line, without its line end; pasted text may hold several.
    Line(String),
    /// Ctrl-D on an empty line.
    End,
    /// Ctrl-C, where the system makes no signal of it.
    Interrupt,
}

/// The rows and columns of the screen.
type Size = (usize, usize);

/// What is shown of prompt and line, and where its end and the cursor are: rows below the first, columns.
struct Picture {
    text: String,
    end: (usize, usize),
    cursor: (usize, usize),
}

impl Prompt {
    /// A prompt that isn't drawn yet.
    pub(super) fn new(prompt: &str) -> Self {
        Self { prompt: prompt.to_owned(), line: Line::default() }
    }

    /// Draws it for the first time, or after it was wiped away for the shell.
    pub(super) fn open(&self, out: &mut String) {
        out.push_str(MARK_PASTES);
        out.push_str("\r\x1b[J");
        self.draw(out);
    }

    /// Draws it where it is, on a screen that may have been changed.
    pub(super) fn redraw(&self, out: &mut String) {
        self.erase(out);
        self.open(out);
    }

    /// Wipes it away.
    pub(super) fn close(&self, out: &mut String) {
        self.erase(out);
        out.push_str(DO_NOT_MARK_PASTES);
    }

    /// Puts a text, which ends its line, above it.
    pub(super) fn print_above(&self, text: &str, out: &mut String) {
        self.erase(out);
        out.push_str(text);
        self.draw(out);
    }

    /// Does what a key means, and draws the line as it is then.
    pub(super) fn press(&mut self, key: &Key, out: &mut String) -> Option<Typed> {
        self.erase(out);
        let typed = match self.line.edit(key) {
            Asked::Nothing => None,
            Asked::ClearScreen => {
                out.push_str("\x1b[H\x1b[2J");
                None
            }
            Asked::End => Some(Typed::End),
            Asked::Interrupt => Some(Typed::Interrupt),
            Asked::Submit => {
                self.line.edit(&Key::End);
                self.draw(out); // it stays where it is; the next one begins below
                out.push('\n');
                Some(Typed::Line(self.line.take()))
            }
        };
        self.draw(out);
        typed
    }

    /// Moves to the first of its rows, and clears them.
    fn erase(&self, out: &mut String) {
        // Terminals break their lines anew when their size changes, so this asks for the size of now.
        let (rows, _) = self.picture(screen_size()).cursor;
        out.push('\r');
        go_up(rows, out);
        out.push_str("\x1b[J");
    }

    /// Draws it from the left of a clear row on, and leaves the cursor where the next key acts.
    fn draw(&self, out: &mut String) {
        let Picture { text, end, cursor } = self.picture(screen_size());
        out.push_str(&text);
        if end.1 == 0 {
            out.push_str(" \r"); // terminals begin a new row only for the next character
        }
        go_up(end.0 - cursor.0, out);
        out.push('\r');
        if cursor.1 > 0 {
            out.push_str(&format!("\x1b[{}C", cursor.1));
        }
    }

    fn picture(&self, (rows, columns): Size) -> Picture {
        // A line that is longer than the screen is shown around the cursor. At each row's end a column may stay empty,
        // because a wide character doesn't fit.
        let mut room = (rows.max(2) - 1) * (columns.max(3) - 1);
        room = room.saturating_sub(self.prompt.chars().map(width).sum());
        let (before, after) = self.line.parts();
        let mut half = room / 2;
        let after: String = take_columns(after.chars(), &mut half);
        room -= room / 2 - half;
        let before: String = take_columns(before.chars().rev(), &mut room);

        let mut text = self.prompt.clone();
        text.extend(before.chars().rev());
        let cursor = place_after(&text, columns);
        text += &after;
        let end = place_after(&text, columns);
        Picture { text, end, cursor }
    }
}

/// Characters as they are shown, as long as there is room for them.
fn take_columns(text: impl Iterator<Item = char>, room: &mut usize) -> String {
    let fitting = text.map(picture).map_while(|character| {
        *room = room.checked_sub(width(character))?;
        Some(character)
    });
    fitting.collect()
}

fn width(character: char) -> usize {
    character.width().unwrap_or(0)
}

/// Row and column after a text that begins at the left of row 0.
fn place_after(text: &str, columns: usize) -> (usize, usize) {
    let (mut row, mut column) = (0, 0);
    for character in text.chars() {
        if column + width(character) > columns {
            (row, column) = (row + 1, 0);
        }
        column += width(character);
    }
    if column < columns { (row, column) } else { (row + 1, 0) }
}

fn go_up(rows: usize, out: &mut String) {
    if rows > 0 {
        out.push_str(&format!("\x1b[{rows}A"));
    }
}

/// TIOCGWINSZ, see ioctl_tty(2)
fn screen_size() -> Size {
    match terminal_size_of(std::io::stdout()) {
        Some((Width(columns @ 1..), Height(rows @ 1..))) => (rows.into(), columns.into()),
        _ => (24, 80),
    }
}
