//! Text and bytes for a screen: a peer's text made safe, bytes as hexadecimal digits. Nothing here prints.

/// Makes a peer's text safe for a screen: its control characters could move the cursor, change the
/// title, or hide text, so they are shown as pictures (`␛`) instead of being obeyed. Line ends and
/// tabs stay.
pub fn clean_text(text: &str) -> String {
    with_pictures(&text.replace("\r\n", "\n"), "\n\t")
}

/// The same for text that must stay on one line: an end of line in it becomes `␊`.
pub fn clean(text: &str) -> String {
    with_pictures(text, "\t")
}

/// What a peer sent as one message, for one line of the screen: its own line end is not shown.
pub fn clean_message(text: &str) -> String {
    clean(trim_line_end(text))
}

/// Without the line end: `end\r\n` from a Windows tool is the word `end`.
pub fn trim_line_end(text: &str) -> &str {
    let text = text.strip_suffix('\n').unwrap_or(text);
    text.strip_suffix('\r').unwrap_or(text)
}

/// [`clean_text`] for a stream that comes in parts, which may be cut between the `\r` and the `\n` of a line end.
#[derive(Default)]
pub struct StreamCleaner {
    /// The last part ended in `\r`: what it means depends on the next one.
    held_return: bool,
}

impl StreamCleaner {
    /// The next part, as it can be shown now.
    pub fn clean(&mut self, part: &str) -> String {
        if part.is_empty() {
            return String::new();
        }
        let text = if self.held_return { format!("\r{part}") } else { part.to_owned() };
        self.held_return = text.ends_with('\r');
        clean_text(text.strip_suffix('\r').unwrap_or(&text))
    }

    /// The end of the stream: what was still held.
    pub fn finish(&mut self) -> String {
        if std::mem::take(&mut self.held_return) { clean_text("\r") } else { String::new() }
    }
}

/// How many bytes: `1 byte`, `2 bytes`.
pub fn byte_count(bytes: usize) -> String {
    if bytes == 1 { "1 byte".to_owned() } else { format!("{bytes} bytes") }
}

/// Bytes as hexadecimal digits: `c4 e3 ba c3`.
pub fn hex(bytes: &[u8]) -> String {
    let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.join(" ")
}

fn with_pictures(text: &str, kept: &str) -> String {
    // A busy receiver cleans a quarter of a million texts in a second, and spent half of its time on it. To look at all
    // bytes, without an `if` between them, costs next to nothing.
    let is_plain = text.bytes().fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~'));
    if is_plain {
        return text.to_owned();
    }
    text.chars().map(|c| if kept.contains(c) { c } else { picture(c) }).collect()
}

/// What is shown for a character: itself, unless it could control the terminal.
pub(crate) fn picture(character: char) -> char {
    match character {
        // Unicode has a picture for each of the ASCII control characters, in the same order.
        '\0'..='\x1f' => char::from_u32(0x2400 + character as u32).unwrap_or('\u{fffd}'),
        '\x7f' => '␡',
        '\u{80}'..='\u{9f}' => '\u{fffd}',
        // Line and paragraph separators; marks that turn the direction of writing around.
        '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{061c}' => '\u{fffd}',
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        _ => character,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_of_a_peer_are_shown_and_not_obeyed() {
        assert_eq!(clean("\x1b[2Jhi\x07\u{9b}\u{202e}\0\x7f"), "␛[2Jhi␇\u{fffd}\u{fffd}␀␡");
        assert_eq!(clean("一\t行\n二"), "一\t行␊二");
        assert_eq!(clean_text("a\r\nb\rc"), "a\nb␍c");
        assert_eq!(clean_message("end\r\n"), "end");
        assert_eq!(clean_message("a\n\n"), "a␊");
    }

    #[test]
    fn every_text_is_clean_when_cleaned() {
        for code in 0..=0x10ffff {
            if let Some(character) = char::from_u32(code) {
                let cleaned = clean(&character.to_string());
                assert!(cleaned == "\t" || !cleaned.chars().any(char::is_control), "{code:x}");
            }
        }
    }

    #[test]
    fn a_stream_is_cleaned_alike_wherever_it_is_cut() {
        let text = "one\r\ntwo\rthree\r\r\n\n\rend\r";
        for first in 0..=text.len() {
            for second in first..=text.len() {
                let mut cleaner = StreamCleaner::default();
                let mut cleaned = cleaner.clean(&text[..first]);
                cleaned += &cleaner.clean(&text[first..second]);
                cleaned += &cleaner.clean(&text[second..]);
                cleaned += &cleaner.finish();
                assert_eq!(cleaned, clean_text(text), "cut at {first} and {second}");
            }
        }
    }
}
