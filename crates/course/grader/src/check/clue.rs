//! What the bytes that came give away about the program that has sent them.

use std::str;

use common::Encoding;

use super::hint::Texts;

const ZERO: Texts = (
    "How many bytes has your text, and which byte does your program send after it?",
    "the text came with a zero byte after it: that is how the program marks the end of a text in memory, and no part of it",
    "{text-length}",
);
const GBK: Texts = (
    "How does your program make bytes of a text, and what do the bytes above stand for?",
    "the text came as GBK, and the course speaks UTF-8 without --encoding",
    "{encode}",
);
const QUESTION_MARKS: Texts = (
    "How does your program make bytes of a text, and what happens to a character that this way doesn't know?",
    "each character that is not English has become a question mark: the text was encoded in a way that lacks them",
    "{encode}",
);
const LENGTH_BEFORE: Texts = (
    "What are the two bytes before the text?",
    "two bytes with the length stand before the text, and no other program expects them",
    "{encode}",
);
const CUT_AT_SPACE: Texts = (
    "Where does the call stop that reads your line?",
    "the line came only up to its first space",
    "{read-line}",
);

/// All of them.
#[cfg(test)]
pub const ALL: [Texts; 5] = [ZERO, GBK, QUESTION_MARKS, LENGTH_BEFORE, CUT_AT_SPACE];

/// What explains that these bytes came instead of those that were expected. `was_typed`: the text was typed as a line.
pub fn of_bytes(expected: &[u8], came: &[u8], was_typed: bool) -> Option<Texts> {
    let text = str::from_utf8(expected).ok()?.trim_end();
    let (came, has_zero) = match came.iter().position(|byte| *byte == 0) {
        Some(end) if end > 0 && came[end..].iter().all(|byte| *byte == 0) => (&came[..end], true),
        _ => (came, false),
    };
    let line = came.strip_suffix(b"\n").unwrap_or(came);
    let with_marks = |mark: &str| {
        let marked =
            text.chars().map(|c| if c.is_ascii() { c.to_string() } else { mark.to_owned() });
        marked.collect::<String>()
    };
    let is_gbk = || {
        let gbk = "gbk".parse().map(|gbk: Encoding| gbk.encode(text));
        gbk.is_ok_and(|encoded| encoded.is_ok_and(|encoded| encoded == line))
    };
    let has_marks = || ["?", "??", "???"].iter().any(|mark| with_marks(mark).as_bytes() == line);
    match () {
        () if has_zero => Some(ZERO),
        () if !text.is_ascii() && is_gbk() => Some(GBK),
        () if !text.is_ascii() && has_marks() => Some(QUESTION_MARKS),
        () if line.get(2..) == Some(text.as_bytes()) => Some(LENGTH_BEFORE),
        () if was_typed
            && text.split_once(' ').is_some_and(|(word, _)| word.as_bytes() == line) =>
        {
            Some(CUT_AT_SPACE)
        }
        () => None,
    }
}
