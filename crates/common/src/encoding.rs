//! Text and bytes. Only bytes travel: both ends must agree on what they mean.
//!
//! The encodings are those of the [WHATWG standard](https://encoding.spec.whatwg.org/). Encoding is
//! strict: a character that does not fit is an error. Decoding is forgiving: bytes that are not text
//! become U+FFFD (�), and a hint says what the cause may be.

use std::fmt;
use std::str::FromStr;

use encoding_rs::{Decoder, EncoderResult, GBK, UTF_8};

use crate::error::{Error, Result};

/// An encoding that a student chose by its label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoding(&'static encoding_rs::Encoding);

/// Decoded text, and what looked wrong about it.
#[derive(Debug, PartialEq, Eq)]
pub struct Text {
    /// The text, with U+FFFD for bytes that are none.
    pub text: String,
    /// The likely cause of a mismatch and what to try.
    pub hint: Option<String>,
}

impl FromStr for Encoding {
    type Err = String;

    fn from_str(label: &str) -> std::result::Result<Self, String> {
        // Windows calls GBK "code page 936"; the standard doesn't list that label.
        let label = if label.eq_ignore_ascii_case("cp936") { "gbk" } else { label };
        let encoding = encoding_rs::Encoding::for_label_no_replacement(label.as_bytes())
            .ok_or("no such encoding; try utf-8, gbk, gb18030, big5, shift_jis or windows-1252")?;
        if encoding.output_encoding() != encoding {
            return Err("UTF-16 can't be used here: it puts zero bytes between letters, has two \
                 byte orders, and a line end of two bytes; use utf-8 instead"
                .into());
        }
        Ok(Self(encoding))
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.name().to_lowercase())
    }
}

impl Encoding {
    /// The right one for all new programs.
    pub const UTF_8: Self = Self(UTF_8);

    /// The bytes of `text`, or an error that names the first character the encoding lacks.
    pub fn encode(self, text: &str) -> Result<Vec<u8>> {
        let mut encoder = self.0.new_encoder();
        let capacity = encoder.max_buffer_length_from_utf8_without_replacement(text.len());
        let mut bytes = Vec::with_capacity(capacity.unwrap_or(text.len()));
        // `Encoding::encode` would write `&#128512;` for 😀 and say nothing.
        match encoder.encode_from_utf8_to_vec_without_replacement(text, &mut bytes, true).0 {
            EncoderResult::Unmappable(character) => Err(self.lacks(character)),
            _ => Ok(bytes),
        }
    }

    /// The bytes of an option's text, where there is one.
    pub fn encode_option(self, text: Option<&str>) -> Result<Option<Vec<u8>>> {
        match text {
            Some(text) => Ok(Some(self.encode(text)?)),
            None => Ok(None),
        }
    }

    fn lacks(self, character: char) -> Error {
        Error::local(
            format!(
                "{self} can't hold '{character}' (U+{:04X}); nothing was sent",
                character as u32
            ),
            "use utf-8 on both sides",
        )
    }

    /// A whole datagram as text. It is complete, so a character cut at its end is an error of the sender.
    pub fn decode(self, datagram: &[u8]) -> Text {
        let mut decoder = self.stream_decoder();
        let mut decoded = decoder.decode(datagram);
        let end = decoder.finish();
        decoded.text += &end.text;
        decoded.hint = decoded.hint.or(end.hint);
        decoded
    }

    /// A decoder for one TCP stream: a character split over two reads comes out whole.
    pub fn stream_decoder(self) -> StreamDecoder {
        StreamDecoder {
            encoding: self,
            decoder: self.0.new_decoder_without_bom_handling(),
            at_start: true,
        }
    }

    /// A line of the own input as text, without a byte order mark; `None` when it is not valid. Nothing is guessed:
    /// GBK's `小` (d0 a1) is also UTF-8 for a Cyrillic `С`.
    pub fn decode_strictly(self, line: &[u8]) -> Option<String> {
        let (text, errors) = self.0.decode_with_bom_removal(line);
        (!errors).then(|| text.into_owned())
    }

    /// What looks wrong about `text`, which was decoded from `bytes`.
    fn hint(self, bytes: &[u8], text: &str, errors: bool) -> Option<String> {
        let other = if self.0 == UTF_8 { "gbk" } else { "utf-8" };
        if text.contains("锟斤拷") || (self.0 == UTF_8 && !errors && text.contains('\u{fffd}')) {
            Some(
                "the sender had already lost these characters (it sent U+FFFD in their place)"
                    .into(),
            )
        } else if self.0 == GBK && text.starts_with('锘') {
            Some("starts with 锘, a UTF-8 byte order mark read as GBK: try --encoding utf-8".into())
        } else if self.0 != UTF_8 && holds_long_utf8(bytes) {
            Some(format!("looks like UTF-8 read as {}: try --encoding utf-8", self.0.name()))
        } else if errors {
            Some(format!("not valid {}: try --encoding {other}", self.0.name()))
        } else {
            None
        }
    }
}

/// True for bytes that are valid UTF-8 and hold a character of three bytes or more, such as Chinese.
/// A character that is cut at the end does not count against it.
fn holds_long_utf8(bytes: &[u8]) -> bool {
    let valid = match std::str::from_utf8(bytes) {
        Ok(text) => text.as_bytes(),
        Err(error) if error.error_len().is_none() => &bytes[..error.valid_up_to()],
        Err(_) => return false,
    };
    valid.iter().any(|&byte| byte >= 0xe0)
}

/// Decodes one TCP stream, read by read; keeps the first half of a character for the next read.
pub struct StreamDecoder {
    encoding: Encoding,
    decoder: Decoder,
    at_start: bool,
}

impl StreamDecoder {
    /// The text that is complete after these bytes.
    pub fn decode(&mut self, bytes: &[u8]) -> Text {
        self.convert(bytes, false)
    }

    /// The end of the stream: says so when it ends in the middle of a character.
    pub fn finish(&mut self) -> Text {
        let mut end = self.convert(&[], true);
        if end.hint.is_some() {
            end.hint = Some(format!("ended in the middle of a {} character", self.encoding));
        }
        end
    }

    fn convert(&mut self, bytes: &[u8], last: bool) -> Text {
        // `decode_to_string` never grows its output: there must be space before.
        let capacity =
            self.decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(bytes.len() * 3 + 8);
        let mut text = String::with_capacity(capacity);
        let (_, _, errors) = self.decoder.decode_to_string(bytes, &mut text, last);
        let hint = self.encoding.hint(bytes, &text, errors);
        if self.at_start && !text.is_empty() {
            self.at_start = false;
            // A byte order mark says nothing in UTF-8, but it would hide the `88` after it.
            if text.starts_with('\u{feff}') {
                text.remove(0);
            }
        }
        Text { text, hint }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoding(label: &str) -> Encoding {
        label.parse().unwrap()
    }

    #[test]
    fn labels_are_checked() {
        assert_eq!(encoding("cp936"), encoding("GBK"));
        assert_eq!(encoding("gb2312").to_string(), "gbk");
        assert!("utf-16".parse::<Encoding>().unwrap_err().contains("two byte orders"));
        assert!("utf-16be".parse::<Encoding>().is_err());
        assert!("hz-gb-2312".parse::<Encoding>().is_err());
        assert!("klingon".parse::<Encoding>().unwrap_err().contains("try utf-8"));
    }

    #[test]
    fn encoding_is_strict_and_names_the_character() {
        let expected = [0xc4, 0xe3, 0xb3, 0xd4, 0xc1, 0xcb, 0xc2, 0xf0];
        assert_eq!(encoding("gbk").encode("你吃了吗").unwrap(), expected);
        let error = encoding("gbk").encode("好😀").unwrap_err();
        assert!(error.to_string().contains("gbk can't hold '😀' (U+1F600); nothing was sent"));
        assert_eq!(error.exit_code, 2);
        assert_eq!(encoding("gb18030").encode("😀").unwrap().len(), 4);
    }

    #[test]
    fn a_character_split_over_two_reads_comes_out_whole() {
        for label in ["gbk", "utf-8"] {
            let bytes = encoding(label).encode("你好").unwrap();
            for cut in 0..=bytes.len() {
                let mut decoder = encoding(label).stream_decoder();
                let first = decoder.decode(&bytes[..cut]).text;
                let second = decoder.decode(&bytes[cut..]).text;
                assert_eq!(first + &second, "你好", "{label} cut at {cut}");
                assert_eq!(decoder.finish().hint, None);
            }
        }
    }

    #[test]
    fn the_end_in_the_middle_of_a_character_is_reported() {
        let mut decoder = encoding("gbk").stream_decoder();
        assert_eq!(decoder.decode(&[0xc4]).text, "");
        let end = decoder.finish();
        assert_eq!(end.text, "\u{fffd}");
        assert!(end.hint.unwrap().contains("in the middle of a gbk character"));
    }

    #[test]
    fn mismatches_are_hinted_at() {
        let hint =
            |label: &str, bytes: &[u8]| encoding(label).decode(bytes).hint.unwrap_or_default();
        assert!(hint("utf-8", &[0xc4, 0xe3]).contains("not valid UTF-8: try --encoding gbk"));
        assert_eq!(encoding("gbk").decode("你好".as_bytes()).text, "浣犲ソ");
        assert!(hint("gbk", "你好".as_bytes()).contains("looks like UTF-8 read as GBK"));
        assert!(hint("gbk", "\u{fffd}\u{fffd}".as_bytes()).contains("already lost"));
        assert!(hint("utf-8", "\u{fffd}".as_bytes()).contains("already lost"));
        assert!(hint("gbk", "\u{feff}hi there".as_bytes()).contains("byte order mark"));
        assert_eq!(encoding("gbk").decode(&[0xc4, 0xe3, 0xba, 0xc3]).hint, None);
    }

    #[test]
    fn a_byte_order_mark_does_not_hide_the_text() {
        assert_eq!(encoding("utf-8").decode("\u{feff}88".as_bytes()).text, "88");
    }

    #[test]
    fn input_is_what_it_is_said_to_be() {
        let gbk = encoding("gbk");
        assert_eq!(gbk.decode_strictly(&[0xc4, 0xe3, 0xba, 0xc3]).unwrap(), "你好");
        assert_eq!(gbk.decode_strictly(&[0xd0, 0xa1]).unwrap(), "小");
        assert_eq!(encoding("utf-8").decode_strictly("Привет é".as_bytes()).unwrap(), "Привет é");
        assert_eq!(encoding("utf-8").decode_strictly("\u{feff}88".as_bytes()).unwrap(), "88");
        assert_eq!(encoding("utf-8").decode_strictly(&[0xc4, 0xe3]), None);
        let japanese = b"\x1b$B$3$s\x1b(B";
        assert_eq!(encoding("iso-2022-jp").decode_strictly(japanese).unwrap(), "こん");
    }
}
