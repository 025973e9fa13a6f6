//! The prompt with the half-typed line: where it is on the screen, and how it gets out of the way of a message.
//!
//! Nothing here writes: each function appends what is to be written, so that one write shows it all.

use terminal_size::{Height, Width, terminal_size_of};
use unicode_width::UnicodeWidthChar;

use super::line::{Asked, Key, Line};
use crate::text::picture;

/// A terminal says before and after a paste that it is one: "bracketed paste".
const MARK_PASTES: &str = "\x1b[?2004h";
const DO_NOT_MARK_PASTES: &str = "\x1b[?2004l";

/// The prompt at the lower end of the output.
pub(super) struct Prompt {
    /// The start of a result whose line has not ended yet. It has rows of its own above the prompt.
    unfinished: String,
    prompt: String,
    line: Line,
    size: fn() -> Size,
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

/// What is shown, and where its end and the cursor are: rows below the first, columns.
struct Picture {
    text: String,
    end: (usize, usize),
    cursor: (usize, usize),
}

impl Prompt {
    /// A prompt that isn't drawn yet.
    pub(super) fn new(prompt: &str) -> Self {
        let (unfinished, line) = Default::default();
        Self { unfinished, prompt: prompt.to_owned(), line, size: screen_size }
    }

    /// Draws it for the first time, or after it was wiped away for the shell.
    pub(super) fn open(&self, out: &mut String) {
        out.push_str(MARK_PASTES);
        out.push_str("\r\x1b[J");
        self.draw(out);
    }

    /// Draws it where it is, on a screen that may have been changed.
    #[cfg(unix)]
    pub(super) fn redraw(&self, out: &mut String) {
        self.erase(out);
        self.open(out);
    }

    /// Wipes it away. True when a result is there whose line has not ended.
    pub(super) fn close(&mut self, out: &mut String) -> bool {
        self.erase(out);
        out.push_str(DO_NOT_MARK_PASTES);
        out.push_str(&self.unfinished);
        !std::mem::take(&mut self.unfinished).is_empty()
    }

    /// Prints a result above it. The next one goes on where this one ends.
    pub(super) fn print_above(&mut self, text: &str, out: &mut String) {
        self.erase(out);
        self.unfinished.push_str(text);
        let end = self.unfinished.rfind('\n').map_or(0, |end| end + 1);
        out.extend(self.unfinished.drain(..end));
        // A line that takes half of the screen can't be drawn again and again.
        let (rows, columns) = (self.size)();
        if place_after(&self.unfinished, columns).0 >= rows.max(2) / 2 {
            self.end_line(out);
        }
        self.draw(out);
    }

    /// Prints one line above it, which is not part of the results.
    pub(super) fn print_line_above(&mut self, line: &str, out: &mut String) {
        self.erase(out);
        self.end_line(out);
        out.push_str(line);
        self.draw(out);
    }

    fn end_line(&mut self, out: &mut String) {
        if !self.unfinished.is_empty() {
            out.push_str(&self.unfinished);
            out.push('\n');
            self.unfinished.clear();
        }
    }

    /// Does what a key means, and draws the line as it is then.
    pub(super) fn press(&mut self, key: &Key, out: &mut String) -> Option<Typed> {
        self.erase(out);
        let typed = match self.line.edit(key) {
            Asked::Nothing => None,
            Asked::ClearScreen => {
                self.unfinished.clear();
                out.push_str("\x1b[H\x1b[2J");
                None
            }
            Asked::End => Some(Typed::End),
            Asked::Interrupt => Some(Typed::Interrupt),
            Asked::Submit => {
                self.line.edit(&Key::End);
                self.draw(out); // it stays where it is; the next one begins below
                self.unfinished.clear();
                out.push('\n');
                Some(Typed::Line(self.line.take()))
            }
        };
        self.draw(out);
        typed
    }

    /// Moves to the first of its rows, and clears them.
    fn erase(&self, out: &mut String) {
        // Terminals wrap their lines again when their size changes, so this asks for the current size.
        let (rows, _) = self.picture((self.size)()).cursor;
        out.push('\r');
        go_up(rows, out);
        out.push_str("\x1b[J");
    }

    /// Draws it from the left of a clear row on, and leaves the cursor where the next key acts.
    fn draw(&self, out: &mut String) {
        let Picture { text, end, cursor } = self.picture((self.size)());
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
        // A line that is longer than half of the screen is shown around the cursor. At each row's end a column may stay
        // empty, because a wide character doesn't fit.
        let mut space = (rows.max(2) / 2) * (columns.max(3) - 1);
        space = space.saturating_sub(self.prompt.chars().map(width).sum());
        let (before, after) = self.line.parts();
        let mut half = space / 2;
        let after: String = take_columns(after.chars(), &mut half);
        space -= space / 2 - half;
        let before: String = take_columns(before.chars().rev(), &mut space);

        let mut text = self.unfinished.clone();
        if !text.is_empty() {
            text.push('\n');
        }
        text += &self.prompt;
        text.extend(before.chars().rev());
        let cursor = place_after(&text, columns);
        text += &after;
        let end = place_after(&text, columns);
        Picture { text, end, cursor }
    }
}

/// Characters as they are shown, as long as there is space for them.
fn take_columns(text: impl Iterator<Item = char>, space: &mut usize) -> String {
    let fitting = text.map(picture).map_while(|character| {
        *space = space.checked_sub(width(character))?;
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
        match character {
            '\n' => (row, column) = (row + 1, 0),
            '\t' => column = (column / 8 * 8 + 8).min(columns - 1),
            _ if column + width(character) > columns => (row, column) = (row + 1, width(character)),
            _ => column += width(character),
        }
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

#[cfg(test)]
mod tests {
    use std::num::NonZeroU16;
    use std::sync::atomic::{AtomicU16, Ordering};

    use super::*;

    const ROWS: u16 = 8;
    static COLUMNS: AtomicU16 = AtomicU16::new(0);

    /// The rows with text, from the lowest one up, and where the cursor is: rows above the lowest, columns.
    fn screen(terminal: &vt100::Parser) -> (Vec<String>, (i32, u16)) {
        let columns = COLUMNS.load(Ordering::SeqCst);
        let rows = terminal.screen().rows(0, columns).map(|row| row.trim_end().to_owned());
        let mut rows: Vec<String> = rows.collect();
        let lowest = rows.iter().rposition(|row| !row.is_empty()).unwrap_or(0);
        rows.truncate(lowest + 1);
        rows.reverse();
        let (row, column) = terminal.screen().cursor_position();
        (rows, (lowest as i32 - i32::from(row), column))
    }

    fn terminal() -> vt100::Parser {
        let columns = COLUMNS.load(Ordering::SeqCst);
        vt100::Parser::new(NonZeroU16::new(ROWS).unwrap(), NonZeroU16::new(columns).unwrap(), 0)
    }

    /// Draws as the prompt asks, and holds the screen against one on which everything is drawn for the first time.
    fn hold(prompt: &mut Prompt, terminal: &mut vt100::Parser, drawn: &str, above: &str) {
        terminal.process(drawn.replace('\n', "\r\n").as_bytes());
        // All results so far, the last of which may have no line end, and the prompt below them.
        let mut fresh = self::terminal();
        let mut expected = above.to_owned();
        if !above.is_empty() && !above.ends_with('\n') {
            expected.push('\n');
        }
        let unfinished = std::mem::take(&mut prompt.unfinished);
        prompt.draw(&mut expected);
        prompt.unfinished = unfinished;
        fresh.process(expected.replace('\n', "\r\n").as_bytes());
        let ((rows, cursor), (fresh_rows, fresh_cursor)) = (screen(terminal), screen(&fresh));
        // A prompt that was higher has scrolled the screen, so there may be fewer rows than on the fresh one.
        let both = rows.len().min(fresh_rows.len());
        assert_eq!(rows[..both], fresh_rows[..both], "{:?}", prompt.line.parts());
        assert_eq!(cursor, fresh_cursor, "{:?} {rows:?}", prompt.line.parts());
    }

    /// Whatever is typed while messages come, the screen is as if the messages had come first.
    #[test]
    fn messages_and_keys_leave_a_whole_screen() {
        let mut number: u32 = 7;
        let mut random = |below: usize| {
            number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (number >> 16) as usize % below
        };
        for columns in [5, 6, 7, 20, 33] {
            COLUMNS.store(columns, Ordering::SeqCst);
            let mut prompt = Prompt::new("> ");
            prompt.size = || (ROWS.into(), COLUMNS.load(Ordering::SeqCst).into());
            let (mut terminal, mut above, mut out) = (terminal(), String::new(), String::new());
            prompt.open(&mut out);
            for _ in 0..200 {
                hold(&mut prompt, &mut terminal, &out, &above);
                out.clear();
                let key = match random(12) {
                    0 => Key::Left,
                    1 => Key::Home,
                    2 => Key::End,
                    3 => Key::Backspace,
                    4 => Key::Up,
                    5 if random(20) == 0 => Key::Ctrl('U'),
                    6..10 => Key::Text(["a", "学", "e\u{301}", "\t", "bc "][random(5)].into()),
                    10 => {
                        let text = "m消".repeat(random(9)) + ["\n", "", "\na"][random(3)];
                        prompt.print_above(&text, &mut out);
                        above += &text;
                        // A line of half a screen gets its end.
                        if prompt.unfinished.is_empty() && !above.ends_with('\n') {
                            above.push('\n');
                        }
                        continue;
                    }
                    _ => Key::Other,
                };
                assert_eq!(prompt.press(&key, &mut out), None);
            }
        }
    }
}
