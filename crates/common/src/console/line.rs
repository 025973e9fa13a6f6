//! The line that is being typed: what each key does to it. Nothing here waits or draws.

use std::mem;

use unicode_width::UnicodeWidthChar;

/// A line longer than this is refused: no one types it, and it would fill the memory.
pub const LONGEST_LINE: usize = 16 << 20;

/// A key, as the editor understands it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// A character, or a text that was pasted.
    Text(String),
    /// A letter with Ctrl, in upper case.
    Ctrl(char),
    /// A character with Alt.
    Alt(char),
    Enter,
    Backspace,
    Delete,
    Left,
    Right,
    WordLeft,
    WordRight,
    EraseWord,
    Home,
    End,
    Up,
    Down,
    /// A key without a meaning here.
    Other,
}

/// What a key asks for beyond the change of the line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Nothing,
    /// The line is complete: take it with [`Line::take`].
    Submit,
    ClearScreen,
    /// Ctrl-D on an empty line: the end of the input.
    End,
    /// Ctrl-C, where the system makes no signal of it.
    Interrupt,
}

/// How many lines can be called back.
const HISTORY: usize = 1000;

/// The line, and those before it.
#[derive(Default)]
pub(crate) struct Line {
    text: String,
    /// A byte index into `text`.
    cursor: usize,
    earlier: Vec<String>,
    /// Which of `earlier` is shown; its length when it is the new line.
    shown: usize,
    /// The new line, while an earlier one is shown.
    draft: String,
    /// What Ctrl-K, Ctrl-U or Ctrl-W erased last.
    erased: String,
}

impl Line {
    /// What is before the cursor and what is after it.
    pub(crate) fn parts(&self) -> (&str, &str) {
        self.text.split_at(self.cursor)
    }

    /// The complete line; a new one begins.
    pub(crate) fn take(&mut self) -> String {
        let text = mem::take(&mut self.text);
        self.cursor = 0;
        if !text.is_empty() && self.earlier.last() != Some(&text) {
            self.earlier.push(text.clone());
            if self.earlier.len() > HISTORY {
                self.earlier.remove(0);
            }
        }
        self.shown = self.earlier.len();
        text
    }

    /// Does what the key means in most programs of a terminal.
    pub(crate) fn edit(&mut self, key: &Key) -> Asked {
        match key {
            Key::Text(text) => self.insert(text),
            Key::Enter => return Asked::Submit,
            Key::Ctrl('C') => return Asked::Interrupt,
            Key::Ctrl('D') if self.text.is_empty() => return Asked::End,
            Key::Ctrl('L') => return Asked::ClearScreen,
            Key::Backspace => self.erase(self.before(self.cursor), self.cursor),
            Key::Delete | Key::Ctrl('D') => self.erase(self.cursor, self.after(self.cursor)),
            Key::Left | Key::Ctrl('B') => self.cursor = self.before(self.cursor),
            Key::Right | Key::Ctrl('F') => self.cursor = self.after(self.cursor),
            Key::WordLeft | Key::Alt('b') => self.cursor = self.word_before(char::is_alphanumeric),
            Key::WordRight | Key::Alt('f') => self.cursor = self.word_after(),
            Key::Home | Key::Ctrl('A') => self.cursor = 0,
            Key::End | Key::Ctrl('E') => self.cursor = self.text.len(),
            Key::EraseWord => self.cut(self.word_before(char::is_alphanumeric), self.cursor),
            Key::Ctrl('W') => self.cut(self.word_before(|c| !c.is_whitespace()), self.cursor),
            Key::Alt('d') => self.cut(self.cursor, self.word_after()),
            Key::Ctrl('K') => self.cut(self.cursor, self.text.len()),
            Key::Ctrl('U') => self.cut(0, self.cursor),
            Key::Ctrl('Y') => self.insert(&self.erased.clone()),
            Key::Up | Key::Ctrl('P') => self.call_back(self.shown.saturating_sub(1)),
            Key::Down | Key::Ctrl('N') => self.call_back(self.shown + 1),
            Key::Ctrl(_) | Key::Alt(_) | Key::Other => {}
        }
        Asked::Nothing
    }

    fn insert(&mut self, text: &str) {
        if self.text.len() + text.len() <= LONGEST_LINE {
            self.text.insert_str(self.cursor, text);
            self.cursor += text.len();
        }
    }

    fn erase(&mut self, from: usize, to: usize) {
        self.text.drain(from..to);
        self.cursor = from;
    }

    /// Erases what Ctrl-Y can bring back.
    fn cut(&mut self, from: usize, to: usize) {
        if from < to {
            self.erased = self.text[from..to].to_owned();
            self.erase(from, to);
        }
    }

    /// Where the character before `index` begins. Accents and the like belong to the character that they stand on.
    fn before(&self, index: usize) -> usize {
        let mut characters = self.text[..index].char_indices().rev();
        characters.find(|(_, c)| !stands_on_another(*c)).map_or(0, |(start, _)| start)
    }

    /// Where the character at `index` ends.
    fn after(&self, index: usize) -> usize {
        let mut characters = self.text[index..].char_indices().skip(1);
        let end = characters.find(|(_, c)| !stands_on_another(*c));
        end.map_or(self.text.len(), |(length, _)| index + length)
    }

    /// Where the word before the cursor begins.
    fn word_before(&self, in_word: impl Fn(char) -> bool) -> usize {
        let text = self.text[..self.cursor].trim_end_matches(|c| !in_word(c));
        text.trim_end_matches(in_word).len()
    }

    /// Where the word after the cursor ends.
    fn word_after(&self) -> usize {
        let text = self.text[self.cursor..].trim_start_matches(|c| !char::is_alphanumeric(c));
        self.text.len() - text.trim_start_matches(char::is_alphanumeric).len()
    }

    fn call_back(&mut self, wanted: usize) {
        if wanted > self.earlier.len() || wanted == self.shown {
            return;
        }
        if self.shown == self.earlier.len() {
            self.draft = mem::take(&mut self.text);
        }
        self.shown = wanted;
        self.text = self.earlier.get(wanted).unwrap_or(&self.draft).clone();
        self.cursor = self.text.len();
    }
}

fn stands_on_another(character: char) -> bool {
    character.width() == Some(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> Line {
        let mut line = Line::default();
        line.edit(&Key::Text(text.into()));
        line
    }

    /// The line with `|` for the cursor, after these keys.
    fn after_keys(text: &str, keys: &[Key]) -> String {
        let mut line = typed(text);
        for key in keys {
            assert_eq!(line.edit(key), Asked::Nothing);
        }
        let (before, after) = line.parts();
        format!("{before}|{after}")
    }

    #[test]
    fn each_key_does_what_it_means() {
        use Key::*;
        assert_eq!(after_keys("你好", &[Left, Text("们".into())]), "你们|好");
        assert_eq!(after_keys("你好", &[Home, Delete, End, Backspace, Backspace]), "|");
        assert_eq!(after_keys("你好", &[Left, Ctrl('D'), Ctrl('D')]), "你|");
        assert_eq!(after_keys("one two, 三", &[WordLeft, WordLeft]), "one |two, 三");
        assert_eq!(after_keys("one two, 三", &[Home, WordRight, Alt('f')]), "one two|, 三");
        assert_eq!(after_keys("one two, 三", &[EraseWord, EraseWord]), "one |");
        assert_eq!(after_keys("one a.b", &[Ctrl('W')]), "one |");
        assert_eq!(after_keys("one two", &[Home, Alt('d')]), "| two");
        assert_eq!(after_keys("one two", &[WordLeft, Ctrl('K'), Home, Ctrl('Y')]), "two|one ");
        assert_eq!(after_keys("one two", &[WordLeft, Ctrl('U')]), "|two");
        assert_eq!(after_keys("half", &[Other, Ctrl('G'), Ctrl('R'), Alt('1'), Alt('x')]), "half|");
        assert_eq!(after_keys("", &[Backspace, Delete, Left, Right, EraseWord, Ctrl('K')]), "|");
    }

    #[test]
    fn an_accent_goes_with_its_letter() {
        assert_eq!(after_keys("cafe\u{301}", &[Key::Backspace]), "caf|");
        assert_eq!(after_keys("e\u{301}a", &[Key::Left, Key::Left, Key::Delete]), "|a");
    }

    #[test]
    fn earlier_lines_are_called_back_and_the_new_one_is_kept() {
        let mut line = Line::default();
        for text in ["first", "第二", "第二", ""] {
            line.edit(&Key::Text(text.into()));
            assert_eq!(line.edit(&Key::Enter), Asked::Submit);
            assert_eq!(line.take(), text);
        }
        line.edit(&Key::Text("new".into()));
        let mut shown = Vec::new();
        for key in [Key::Up, Key::Up, Key::Up, Key::Down, Key::Down, Key::Down] {
            line.edit(&key);
            shown.push(line.parts().0.to_owned());
        }
        assert_eq!(shown, ["第二", "first", "first", "第二", "new", "new"]);
    }

    #[test]
    fn the_ends_are_asked_for() {
        assert_eq!(typed("").edit(&Key::Ctrl('D')), Asked::End);
        assert_eq!(typed("a").edit(&Key::Ctrl('D')), Asked::Nothing);
        assert_eq!(typed("a").edit(&Key::Ctrl('C')), Asked::Interrupt);
        assert_eq!(typed("a").edit(&Key::Ctrl('L')), Asked::ClearScreen);
    }
}
