//! Bytes as a person compares them: how many, in hex, as text, with the first difference marked.

use common::text::hex;

pub use common::text::byte_count as count;

/// How many bytes of a long message are shown.
const SHOWN: usize = 16;

/// Where two messages begin to differ; `None`: they don't.
pub fn first_difference(one: &[u8], other: &[u8]) -> Option<usize> {
    if one == other {
        return None;
    }
    Some(one.iter().zip(other).take_while(|(one, other)| one == other).count())
}

/// Is `part` anywhere in these bytes?
pub fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// `5 bytes "hello"`, for a line of the story.
pub fn in_a_line(bytes: &[u8]) -> String {
    let number = count(bytes.len());
    match std::str::from_utf8(bytes) {
        Ok("") => "0 bytes".to_owned(),
        Ok(text) if text.chars().count() <= 72 => format!("{number} \"{}\"", visible(text)),
        Ok(text) => {
            let start: String = text.chars().take(20).collect();
            format!("{number} \"{}…\"", visible(&start))
        }
        Err(_) if bytes.len() <= SHOWN => format!("{number} {}", hex(bytes)),
        Err(_) => format!("{number} {} …", hex(&bytes[..SHOWN])),
    }
}

/// What was expected and what came, one below the other, and a mark below the first byte that differs.
pub fn compared(expected: &[u8], came: &[u8]) -> Vec<String> {
    let difference = first_difference(expected, came);
    let start = difference.unwrap_or(0).saturating_sub(SHOWN / 2);
    let width = 14;
    let mut lines = Vec::new();
    for (label, bytes) in [("expected", expected), ("came", came)] {
        let number = count(bytes.len());
        let line = format!("{label:9} {number:width$}  {}", window(bytes, start));
        lines.push(line.trim_end().to_owned());
    }
    if let Some(at) = difference
        && !came.is_empty()
    {
        let indent = 10 + width + 2 + if start > 0 { 2 } else { 0 } + (at - start) * 3;
        let what = match (expected.get(at), came.get(at)) {
            (Some(_), None) => "it ends here, too early",
            (None, Some(_)) => "it should end before this byte",
            _ => "the first difference",
        };
        lines.push(format!("{:indent$}^^ {what} (byte {})", "", at + 1));
    }
    lines
}

/// Some bytes from `start` on, in hex, and as text.
fn window(bytes: &[u8], start: usize) -> String {
    if bytes.is_empty() {
        return String::new();
    }
    let rest = bytes.get(start..).unwrap_or_default();
    let shown = &rest[..rest.len().min(SHOWN)];
    let before = if start > 0 { "… " } else { "" };
    let after = if rest.len() > shown.len() { " …" } else { "" };
    let text = String::from_utf8_lossy(shown);
    format!("{before}{}{after}  \"{}\"", hex(shown), visible(&text))
}

/// A text of the story in quotes; of a long one the beginning and the end.
pub fn quoted(text: &str) -> String {
    const SHOWN: usize = 20;
    let letters: Vec<char> = text.chars().collect();
    if letters.len() <= 3 * SHOWN {
        return format!("\"{text}\"");
    }
    let start: String = letters[..SHOWN].iter().collect();
    let end: String = letters[letters.len() - SHOWN..].iter().collect();
    format!("\"{start}…{end}\"")
}

/// Characters that can't be seen, as pictures of them; nothing that moves a cursor.
pub fn visible(text: &str) -> String {
    let mut seen = String::new();
    for character in text.chars() {
        match character {
            '\n' => seen.push('␊'),
            '\r' => seen.push('␍'),
            '\t' => seen.push('␉'),
            '\0' => seen.push('␀'),
            other => seen.push_str(&common::text::clean(&other.to_string())),
        }
    }
    seen
}

/// The part of `came` that is most like `expected`: for output in which the expected text is only nearly there.
pub fn nearest<'a>(expected: &[u8], came: &'a [u8]) -> Option<&'a [u8]> {
    const LOOKED_AT: usize = 64 * 1024;
    let came = &came[came.len().saturating_sub(LOOKED_AT)..];
    let alike = |from: usize| {
        expected.iter().zip(&came[from..]).take_while(|(one, other)| one == other).count()
    };
    let best = (0..came.len()).max_by_key(|&from| alike(from))?;
    let enough = 2 * alike(best) >= expected.len();
    enough.then(|| &came[best..came.len().min(best + expected.len())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_is_marked() {
        let lines = compared("你好".as_bytes(), "你好\n".as_bytes());
        assert_eq!(lines[0], "expected  6 bytes         e4 bd a0 e5 a5 bd  \"你好\"");
        assert_eq!(lines[1], "came      7 bytes         e4 bd a0 e5 a5 bd 0a  \"你好␊\"");
        assert_eq!(
            lines[2],
            "                                            ^^ it should end before this byte (byte 7)"
        );
        assert_eq!(lines[2].find("^^"), lines[1].find("0a"));
        assert_eq!(compared(b"same", b"same").len(), 2);
    }

    #[test]
    fn of_long_messages_the_place_is_shown() {
        let expected = vec![b'a'; 5000];
        let mut came = expected.clone();
        came[3000] = b'b';
        let lines = compared(&expected, &came);
        assert_eq!(lines[2].find("^^"), lines[1].replace('…', ".").find("62"));
        assert!(lines[2].contains("byte 3001"), "{}", lines[2]);
    }

    #[test]
    fn what_is_nearly_there_is_found() {
        assert_eq!(nearest(b"hello 1", b"got hello 2 !"), Some(&b"hello 2"[..]));
        assert_eq!(nearest("你好".as_bytes(), b"b'\\xe4'"), None);
    }
}
