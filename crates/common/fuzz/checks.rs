//! What must hold for any bytes that a peer, a pipe or a command line may bring. The fuzz targets call
//! these with millions of inputs, the test `seeds` with the few that lie in `corpus`.
#![allow(dead_code)] // each target calls one of them

use common::{Address, Encoding, text};

#[path = "../../file-download/src/protocol.rs"]
mod protocol;

use protocol::Request;

/// An address that is understood can be printed and understood again.
pub fn address(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(address) = text.parse::<Address>() {
        assert_eq!(address.to_string().parse::<Address>().as_ref(), Ok(&address), "{text}");
    }
}

/// However a stream is cut into reads, the text is the same; a datagram has the same text too; and
/// what was decoded without errors is encoded to the same text again. The first byte says where to cut.
pub fn encoding(bytes: &[u8]) {
    let Some((&cut, bytes)) = bytes.split_first() else { return };
    let cut = usize::from(cut).min(bytes.len());
    for label in ["utf-8", "gbk", "gb18030", "big5", "shift_jis", "iso-2022-jp", "windows-1252"] {
        let encoding: Encoding = label.parse().expect("a known label");
        let mut decoder = encoding.stream_decoder();
        let mut text = decoder.decode(&bytes[..cut]).text;
        text += &decoder.decode(&bytes[cut..]).text;
        text += &decoder.finish().text;
        assert_eq!(text, encoding.decode(bytes).text, "{label} cut at {cut}");
        let _ = encoding.decode_strictly(bytes);
        // ISO-2022-JP has half-width katakana that its encoder, by the standard, writes full-width.
        let same_both_ways = !text.contains('\u{fffd}') && label != "iso-2022-jp";
        if same_both_ways
            && let Ok(encoded) = encoding.encode(&text)
            && !text.starts_with('\u{feff}')
        {
            assert_eq!(encoding.decode(&encoded).text, text, "{label}");
        }
    }
}

/// Nothing that is cleaned can control a terminal, and a clean text stays as it is.
pub fn cleaner(bytes: &[u8]) {
    let found = String::from_utf8_lossy(bytes);
    let line = text::clean(&found);
    assert!(!line.chars().any(|c| c.is_control() && c != '\t'), "{line:?}");
    assert_eq!(text::clean(&line), line);
    let lines = text::clean_text(&found);
    assert!(!lines.chars().any(|c| c.is_control() && c != '\t' && c != '\n'), "{lines:?}");
    assert!(!text::clean_message(&found).contains('\n'));
}

/// A request that is understood is of our dialect, and reads the same when it is written again.
pub fn request(bytes: &[u8]) {
    if let Ok(request) = protocol::parse_request(bytes) {
        assert!(!protocol::is_classic(bytes));
        let written = format!("{request}\n");
        let again = protocol::parse_request(written.as_bytes());
        let has_line_end =
            matches!(&request, Request::Get { name, .. } if name.ends_with(['\r', '\n']));
        assert!(again == Ok(request) || has_line_end, "{written:?}");
    }
}

/// No answer of a server makes a client panic.
pub fn answer(bytes: &[u8]) {
    let _ = protocol::parse_answer(bytes);
    let _ = protocol::parse_entry(bytes);
}
