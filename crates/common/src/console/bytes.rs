//! Which keys the bytes of a terminal are: xterm's sequences, and those of the Linux console, tmux and rxvt.

use std::str;

use super::line::Key;

const ESC: u8 = 0x1b;
const PASTE_BEGINS: &[u8] = b"\x1b[200~";
const PASTE_ENDS: &[u8] = b"\x1b[201~";

/// No key has a longer sequence.
const LONGEST_SEQUENCE: usize = 32;

/// Takes the bytes apart, key by key.
#[derive(Default)]
pub(crate) struct Parser {
    /// Between the two marks of a paste: a line end in it is text, and sends nothing.
    pasting: bool,
}

/// A key, and how many bytes it has; `None` when more bytes must come first.
type Parsed = Option<(Key, usize)>;

impl Parser {
    /// The first key in `bytes`. They are `complete` when no more have come for a while: a sequence that isn't whole by
    /// then never will be. (The rest of a character is waited for.)
    pub(crate) fn parse(&mut self, bytes: &[u8], complete: bool) -> Parsed {
        if self.pasting {
            if bytes.starts_with(PASTE_ENDS) {
                self.pasting = false;
                return Some((Key::Other, PASTE_ENDS.len()));
            }
            return pasted(bytes, complete);
        }
        let (key, length) = key(bytes, complete)?;
        self.pasting = &bytes[..length] == PASTE_BEGINS;
        Some((key, length))
    }
}

fn pasted(bytes: &[u8], complete: bool) -> Parsed {
    if !complete && PASTE_ENDS.starts_with(bytes) {
        return None;
    }
    // The first byte may be an Esc that begins no mark.
    let next_esc = bytes.iter().skip(1).position(|&byte| byte == ESC);
    let (key, length) = text(bytes, next_esc.map(|position| position + 1))?;
    match key {
        // Terminals send the key Enter for each line end.
        Key::Text(text) => {
            Some((Key::Text(text.replace("\r\n", "\n").replace('\r', "\n")), length))
        }
        other => Some((other, length)),
    }
}

fn key(bytes: &[u8], complete: bool) -> Parsed {
    match bytes {
        [] => None,
        [b'\r' | b'\n', ..] => Some((Key::Enter, 1)),
        [0x7f | 0x08, ..] => Some((Key::Backspace, 1)),
        [ESC, rest @ ..] => escape(rest, complete).map(|(key, length)| (key, 1 + length)),
        [control @ ..=0x1f, ..] => Some((Key::Ctrl(char::from(control | 0x40)), 1)),
        _ => text(bytes, bytes.iter().position(|byte| byte.is_ascii_control())),
    }
}

/// Text up to `end`, or up to the last character that is whole. Bytes that are not UTF-8 are skipped.
fn text(bytes: &[u8], end: Option<usize>) -> Parsed {
    let complete = end.is_some(); // another key comes after it
    let bytes = &bytes[..end.unwrap_or(bytes.len())];
    let error = match str::from_utf8(bytes) {
        Ok("") => return None,
        Ok(text) => return Some((Key::Text(text.to_owned()), bytes.len())),
        Err(error) => error,
    };
    match (str::from_utf8(&bytes[..error.valid_up_to()]), error.error_len()) {
        (Ok(""), None) if !complete => None,
        (Ok("") | Err(_), length) => Some((Key::Other, length.unwrap_or(bytes.len()))),
        (Ok(text), _) => Some((Key::Text(text.to_owned()), text.len())),
    }
}

/// What comes after an Esc: a sequence, or the key that was pressed together with Alt.
fn escape(rest: &[u8], complete: bool) -> Parsed {
    match rest {
        [] | [b'O'] if !complete => None,
        [b'[', rest @ ..] => control_sequence(rest, complete).map(|(key, n)| (key, 1 + n)),
        [b'O', last @ b'@'..=b'~', ..] => Some((meaning(b"", *last), 2)),
        [b'O', ..] => Some((Key::Other, 1)),
        [0x7f | 0x08, ..] => Some((Key::EraseWord, 1)),
        [character @ b' '..=b'~', ..] => Some((Key::Alt(char::from(*character)), 1)),
        _ => Some((Key::Other, 0)), // the key Esc alone; what comes after it is another key
    }
}

/// What comes after `Esc [`: parameters, then one byte that says what it is.
fn control_sequence(rest: &[u8], complete: bool) -> Parsed {
    if let [b'[', _, ..] = rest {
        return Some((Key::Other, 2)); // F1 to F5 of the Linux console
    }
    match rest.iter().position(|byte| !matches!(byte, b' '..=b'?')) {
        Some(0) if rest == b"[" && !complete => None,
        Some(end) if matches!(rest[end], b'@'..=b'~') => {
            Some((meaning(&rest[..end], rest[end]), end + 1))
        }
        Some(end) => Some((Key::Other, end)),
        None if complete || rest.len() > LONGEST_SEQUENCE => Some((Key::Other, rest.len())),
        None => None,
    }
}

fn meaning(parameters: &[u8], last: u8) -> Key {
    // `1;5` is Ctrl, `1;3` Alt, as on the way over a word; other modifiers change nothing here.
    let with_ctrl_or_alt = matches!(parameters, b"1;5" | b"1;3" | b"5");
    match (last, parameters) {
        (b'A', _) => Key::Up,
        (b'B', _) => Key::Down,
        (b'C', _) if with_ctrl_or_alt => Key::WordRight,
        (b'D', _) if with_ctrl_or_alt => Key::WordLeft,
        (b'C', _) => Key::Right,
        (b'D', _) => Key::Left,
        (b'H', _) | (b'~', b"1" | b"7") => Key::Home,
        (b'F', _) | (b'~', b"4" | b"8") => Key::End,
        (b'~', b"3") => Key::Delete,
        (b'M', b"") => Key::Enter, // of the keypad
        _ => Key::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All keys in `bytes`, which come in pieces of this length.
    fn keys(bytes: &[u8], piece: usize) -> Vec<Key> {
        let (mut parser, mut waiting, mut keys) = (Parser::default(), Vec::new(), Vec::new());
        let mut take = |waiting: &mut Vec<u8>, complete| {
            while let Some((key, length)) = parser.parse(waiting, complete) {
                assert!(length > 0, "{waiting:x?}");
                waiting.drain(..length);
                match (keys.last_mut(), key) {
                    (_, Key::Other) => {}
                    (Some(Key::Text(before)), Key::Text(text)) => before.push_str(&text),
                    (_, key) => keys.push(key),
                }
            }
        };
        for piece in bytes.chunks(piece) {
            waiting.extend_from_slice(piece);
            take(&mut waiting, false);
        }
        take(&mut waiting, true);
        assert!(waiting.len() < 4, "more than half a character: {waiting:x?}");
        keys
    }

    fn text(text: &str) -> Key {
        Key::Text(text.into())
    }

    #[test]
    fn keys_are_the_same_however_they_come() {
        use Key::*;
        let table: &[(&str, &[Key])] = &[
            ("你好\r", &[text("你好"), Enter]),
            ("\x1b[A\x1bOB\x1b[C\x1b[1;5D", &[Up, Down, Right, WordLeft]),
            ("\x1b[H\x1b[4~\x1b[3~\x1b[1~\x1bOF", &[Home, End, Delete, Home, End]),
            ("a\x1b[5~\x1bOP\x1b[15~\x1b[[Eb", &[text("ab")]),
            ("\x1b1\x1bx\x1bf\x1b.\x1b\x7f", &[Alt('1'), Alt('x'), Alt('f'), Alt('.'), EraseWord]),
            (
                "\x01\x12\x1d\x1f\x7f\x08",
                &[Ctrl('A'), Ctrl('R'), Ctrl(']'), Ctrl('_'), Backspace, Backspace],
            ),
            ("\x1b[200~一\r二\x1b[31m\r\x03\x1b[201~\r", &[text("一\n二\x1b[31m\n\x03"), Enter]),
            ("\x1b\x1b[A", &[Up]),
            ("\x1b[1\r\x1bO\x1b[A\x1b\r", &[Enter, Up, Enter]),
        ];
        for (bytes, expected) in table {
            for piece in 1..=bytes.len() {
                assert_eq!(keys(bytes.as_bytes(), piece), *expected, "{bytes:?} by {piece}");
            }
        }
    }

    #[test]
    fn what_never_becomes_whole_swallows_nothing() {
        for start in ["\x1b", "\x1b[", "\x1bO", "\x1b[1;", "\x1b[200"] {
            let mut parser = Parser::default();
            assert_eq!(parser.parse(start.as_bytes(), false), None, "{start:?}");
            let whole = Some((Key::Other, start.len()));
            assert_eq!(parser.parse(start.as_bytes(), true), whole, "{start:?}");
        }
        assert_eq!(keys(b"a\xe4\xbd\r", 1), [text("a"), Key::Enter]);
        assert_eq!(keys(b"a\xffb\xc3c\xc4\xe3d", 1), [text("abcd")]);
    }

    #[test]
    fn any_bytes_are_taken_apart() {
        let mut number: u32 = 1;
        for _ in 0..2000 {
            let bytes: Vec<u8> = (0..60)
                .map(|_| {
                    number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    b"\x1b[O20~1;a\xe4\xbd\xa0\r\x03"[(number >> 16) as usize % 14]
                })
                .collect();
            for piece in [1, 2, 3, 60] {
                keys(&bytes, piece);
            }
        }
    }
}
