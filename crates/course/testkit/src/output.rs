//! What a program printed on one of its two streams: kept up to a limit, and searched line by line.
//!
//! Nothing here reads or waits: [`crate::program`] hands the bytes over as they come, and asks.

use std::time::{Duration, Instant};

/// How many bytes of each stream are kept. What comes after them is only counted.
pub const KEPT: usize = 8 * 1024 * 1024;

/// Text without a line end counts as "all there is" when nothing has been added to it for this long. A program may
/// print one line in several small pieces, so a piece must not be taken for the whole line at once.
pub const QUIET: Duration = Duration::from_millis(200);

/// One of the two streams that a program writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// The results.
    Stdout,
    /// Status, hints and errors.
    Stderr,
}

impl Stream {
    /// The name that people use for it.
    pub fn name(self) -> &'static str {
        match self {
            Stream::Stdout => "stdout",
            Stream::Stderr => "stderr",
        }
    }
}

/// A line, and where it begins in its stream (two equal lines differ in that).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The text without its line end; bytes that are not UTF-8 show as `�`.
    pub text: String,
    /// How many bytes of the stream come before it.
    pub at: usize,
}

/// Everything that one stream has brought so far.
#[derive(Default)]
pub struct Output {
    kept: Vec<u8>,
    thrown_away: u64,
    /// Up to here the lines have been matched by an expectation.
    matched: usize,
    /// Up to here the lines have been reported to the observer.
    reported: usize,
    /// The position after the last line end.
    lines_end: usize,
    /// Up to here a text without a line end has been taken as a line; a line end that comes later adds no empty line.
    rest_end: usize,
    last_growth: Option<Instant>,
    /// The stream has ended: nothing more can come.
    pub closed: bool,
}

impl Output {
    /// Adds bytes that have just come.
    pub fn add(&mut self, bytes: &[u8]) {
        let room = KEPT - self.kept.len();
        let fits = bytes.len().min(room);
        if self.rest_end > 0 && self.rest_was_taken() {
            let line_end = usize::from(bytes[..fits].starts_with(b"\n"));
            self.matched += line_end;
            self.reported += line_end;
        }
        if let Some(line_end) = bytes[..fits].iter().rposition(|&byte| byte == b'\n') {
            self.lines_end = self.kept.len() + line_end + 1;
        }
        self.kept.extend_from_slice(&bytes[..fits]);
        self.thrown_away += (bytes.len() - fits) as u64;
        self.last_growth = Some(Instant::now());
    }

    /// The bytes kept, which are all of them unless [`Output::thrown_away`] says otherwise.
    pub fn bytes(&self) -> &[u8] {
        &self.kept
    }

    /// How many bytes came after the limit was reached.
    pub fn thrown_away(&self) -> u64 {
        self.thrown_away
    }

    /// The kept bytes as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.kept).into_owned()
    }

    /// What came after the last line that matched an expectation.
    pub fn text_since_match(&self) -> String {
        String::from_utf8_lossy(&self.kept[self.matched..]).into_owned()
    }

    /// Finds the first complete line that matches and has not been passed by an earlier match.
    ///
    /// `from` is where this search goes on; it is moved past the lines looked at, so that a long wait reads each
    /// line once.
    pub fn find_line(&mut self, from: &mut usize, pattern: &str) -> Option<Line> {
        *from = (*from).max(self.matched);
        while let Some((line, next)) = self.complete_line(*from) {
            *from = next;
            if matches(pattern, &line.text) {
                self.matched = next;
                return Some(line);
            }
        }
        None
    }

    /// Does the text after the last line end match?
    pub fn rest_matches(&self, from: usize, pattern: &str) -> bool {
        let rest = &self.kept[from..];
        !rest.is_empty() && matches(pattern, &String::from_utf8_lossy(rest))
    }

    /// When the text after the last line end may be taken for all there is.
    pub fn quiet_at(&self) -> Instant {
        self.last_growth.unwrap_or_else(Instant::now) + QUIET
    }

    /// Takes the text after the last line end as if it were a line.
    pub fn take_rest(&mut self, from: usize) -> Line {
        let text = String::from_utf8_lossy(&self.kept[from..]).into_owned();
        self.matched = self.kept.len();
        self.rest_end = self.kept.len();
        Line { text, at: from }
    }

    /// Was the text after the last line end taken as a line, and has nothing come since?
    pub fn rest_was_taken(&self) -> bool {
        self.rest_end == self.kept.len()
    }

    /// The next complete line that has not been reported to the observer yet.
    pub fn unreported_line(&mut self) -> Option<Line> {
        let (line, next) = self.complete_line(self.reported)?;
        self.reported = next;
        Some(line)
    }

    /// The text after the last line end, if it has not been reported to the observer yet.
    pub fn unreported_rest(&mut self) -> Option<Line> {
        let rest = &self.kept[self.reported..];
        let line = Line { text: String::from_utf8_lossy(rest).into_owned(), at: self.reported };
        self.reported = self.kept.len();
        (!line.text.is_empty()).then_some(line)
    }

    /// The complete line that begins at `from`, and where the next one begins.
    fn complete_line(&self, from: usize) -> Option<(Line, usize)> {
        if from >= self.lines_end {
            return None; // without this, a long text with no line end would be searched again at every read
        }
        let length = self.kept[from..].iter().position(|&byte| byte == b'\n')?;
        let line = &self.kept[from..from + length];
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let text = String::from_utf8_lossy(line).into_owned();
        Some((Line { text, at: from }, from + length + 1))
    }
}

/// Does the whole text match the pattern? `*` stands for any text, even an empty one.
pub fn matches(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut text) = text.strip_prefix(first) else { return false };
    let Some(last) = pattern.rfind('*').map(|star| &pattern[star + 1..]) else {
        return text.is_empty();
    };
    let middle = pattern.matches('*').count() - 1;
    for piece in pieces.take(middle) {
        // The earliest place is always good: it leaves the most text for the pieces that follow.
        let Some(place) = text.find(piece) else { return false };
        text = &text[place + piece.len()..];
    }
    text.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        assert!(matches("[*] 你好", "[127.0.0.1:5000] 你好"));
        assert!(matches("*", ""));
        assert!(matches("a*b*c", "a b b c"));
        assert!(matches("*b*", "abc"));
        assert!(matches("same", "same"));
        assert!(!matches("same", "same and more"));
        assert!(!matches("[*] 你好", "[127.0.0.1:5000] 你"));
        assert!(!matches("ab*ba", "aba"), "the two ends must not overlap");
        assert!(!matches("a*b*c", "a c"));
    }

    #[test]
    fn lines_are_found_in_order_and_once() {
        let mut output = Output::default();
        output.add("one\r\ntwo\nthree".as_bytes());
        let mut from = 0;
        assert_eq!(output.find_line(&mut from, "t*").unwrap(), Line { text: "two".into(), at: 5 });
        assert!(output.find_line(&mut 0, "one").is_none(), "it was passed");
        assert!(output.find_line(&mut from, "three").is_none(), "it has no line end");
        assert!(output.rest_matches(from, "three"));
        assert_eq!(output.take_rest(from).text, "three");
        assert_eq!(output.unreported_rest().map(|line| line.text).unwrap(), "one\r\ntwo\nthree");
        assert_eq!(output.text_since_match(), "");
        output.add(b"\nfour\n");
        assert_eq!(
            output.find_line(&mut 0, "*").unwrap().text,
            "four",
            "no empty line after the rest"
        );
    }

    #[test]
    fn more_than_the_limit_is_counted_only() {
        let mut output = Output::default();
        output.add(&vec![b'x'; KEPT - 1]);
        output.add(b"abc");
        assert_eq!(output.bytes().len(), KEPT);
        assert_eq!(output.thrown_away(), 2);
    }
}
