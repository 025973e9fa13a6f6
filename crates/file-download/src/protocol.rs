//! The protocol: one request, one answer, one connection; readable enough to be typed into ncat.
//!
//! ```text
//! client  GET <offset> <name>\n        UTF-8; "/" between folders
//! server  OK <size>\n                  the size of the whole file; then its bytes from <offset> on; then
//!         SUM crc32 <hex>\n            the checksum of the whole file, from its first byte
//!    or   ERR <code> <text>\n          then the server closes; `ERR changed` may also stand in place of SUM
//!
//! client  LIST\n
//! server  OK <count>\n                 then <count> lines: <size> <name>\n
//! ```
//!
//! A checksum costs the server a second look at each byte. A client that will not compare it says so
//! with `GET <offset>,nosum <name>`, and the last line is `SUM none -`. An offset is never followed by
//! a comma otherwise, so a server that doesn't know the word refuses it as a bad request.
//!
//! The tutorials' clients speak a *classic* dialect: the bare name, without an end. See [`is_classic`].
//! Everything here is a pure function of bytes: nothing in it waits, and nothing a peer sends can make it panic.

use std::fmt;

use common::text;

/// The longest line that either side accepts, with its end.
pub const LONGEST_LINE: usize = 4096;

// The codes of `ERR`, for programs; the text after a code is for people.
pub const NOT_FOUND: &str = "not-found";
/// A folder, a device, a pipe.
pub const NOT_A_FILE: &str = "not-a-file";
/// Outside of the served folder, or not readable.
pub const FORBIDDEN: &str = "forbidden";
/// A line that this protocol doesn't know.
pub const BAD_REQUEST: &str = "bad-request";
/// No place, or no means, for one more client.
pub const BUSY: &str = "busy";
/// The file is not what it was.
pub const CHANGED: &str = "changed";

/// What a client asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// The bytes of a file from `offset` on, because the client has the others, and with `sum` its checksum.
    Get { offset: u64, sum: bool, name: String },
    /// The names and sizes of all files.
    List,
}

impl fmt::Display for Request {
    /// The request as a line, without its end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Get { offset, sum: true, name } => write!(f, "GET {offset} {name}"),
            Self::Get { offset, sum: false, name } => write!(f, "GET {offset},nosum {name}"),
            Self::List => f.write_str("LIST"),
        }
    }
}

/// True for a tutorial's client: what can't become `GET ` or `LIST` is a file's name, or its beginning.
pub fn is_classic(first: &[u8]) -> bool {
    const OURS: [&[u8]; 4] = [b"GET ", b"LIST\n", b"LIST\r", b"LIST "];
    !OURS.iter().any(|word| first.starts_with(word) || word.starts_with(first))
}

/// What a client wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A request of this protocol.
    For(Request),
    /// A bare name from a tutorial's client.
    Classic(Vec<u8>),
    /// Something else, with the text of `ERR bad-request`.
    Nothing(&'static str),
}

/// What the bytes so far ask for; `None`: that isn't clear before more of them come. `is_all`: no more will come.
pub fn asked(received: &[u8], is_all: bool) -> Option<Asked> {
    let end = received.iter().position(|&byte| byte == b'\n');
    let is_full = received.len() >= LONGEST_LINE;
    if is_classic(received) {
        let is_whole = end.is_some() || is_all || is_full;
        let name = &received[..end.unwrap_or(received.len())];
        return is_whole.then(|| Asked::Classic(name.to_vec()));
    }
    match end {
        Some(end) if end < LONGEST_LINE => match parse_request(&received[..end]) {
            Ok(request) => Some(Asked::For(request)),
            Err(text) => Some(Asked::Nothing(text)),
        },
        _ if is_full => Some(Asked::Nothing("a line has at most 4096 bytes")),
        _ if is_all => Some(Asked::Nothing("the line has no end")),
        _ => None,
    }
}

/// What the server's line about a client begins with.
pub fn about(asked: &Asked, received: &[u8]) -> String {
    match asked {
        Asked::For(Request::Get { name, .. }) => name.clone(),
        Asked::For(Request::List) => "list".into(),
        Asked::Classic(name) => format!("classic, {}", for_screen(name)),
        Asked::Nothing(_) => for_screen(received),
    }
}

/// The beginning of what a peer sent, for the screen: it can be anything.
pub fn for_screen(received: &[u8]) -> String {
    let text = text::clean_message(&String::from_utf8_lossy(received));
    let shown: String = text.chars().take(100).collect();
    if shown.len() < text.len() { format!("{shown} …") } else { shown }
}

/// `1 name`, `2 names`.
pub fn names(count: u64) -> String {
    format!("{count} {}", if count == 1 { "name" } else { "names" })
}

/// True when nothing came after the end of the line.
pub fn is_one_line(received: &[u8]) -> bool {
    received.iter().position(|&byte| byte == b'\n') == Some(received.len() - 1)
}

/// True for a name that fits into a request's line.
pub fn fits_into_line(name: &str) -> bool {
    name.len() + 100 <= LONGEST_LINE && !name.contains(['\n', '\r', '\0'])
}

/// Understands a request's line; the error is the text of `ERR bad-request`.
pub fn parse_request(line: &[u8]) -> Result<Request, &'static str> {
    const USAGE: &str = "write GET <offset> <name>, for example: GET 0 a.txt";
    let line = std::str::from_utf8(line).map_err(|_| "the line is not UTF-8")?;
    let line = text::trim_line_end(line);
    if line == "LIST" {
        return Ok(Request::List);
    }
    let rest = line.strip_prefix("GET ").ok_or(USAGE)?;
    let (offset, name) = rest.split_once(' ').ok_or(USAGE)?;
    let (offset, sum) = match offset.strip_suffix(",nosum") {
        Some(offset) => (offset, false),
        None => (offset, true),
    };
    let offset = parse_number(offset).ok_or(USAGE)?;
    if name.is_empty() {
        return Err(USAGE);
    }
    if name.contains('\0') {
        return Err("a name holds no zero byte");
    }
    Ok(Request::Get { offset, sum, name: name.to_owned() })
}

/// A line of a server's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The size of the file, or how many names follow.
    Ok(u64),
    /// The checksum's name, or `none`, and its value.
    Sum { algorithm: String, value: String },
    /// The word for programs and the sentence for people.
    Err { code: String, text: String },
}

impl Answer {
    /// The last line of a file; `None`: no checksum was asked for. CRC-32, as in gzip and Ethernet, finds damage, and
    /// a file that has changed; it is no proof against someone who forges a file on purpose.
    pub fn sum(sum: Option<u32>) -> Self {
        let (algorithm, value) = match sum {
            Some(sum) => ("crc32", format!("{sum:08x}")),
            None => ("none", "-".into()),
        };
        Self::Sum { algorithm: algorithm.into(), value }
    }
}

impl fmt::Display for Answer {
    /// The answer as a line, without its end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ok(number) => write!(f, "OK {number}"),
            Self::Sum { algorithm, value } => write!(f, "SUM {algorithm} {value}"),
            Self::Err { code, text } => write!(f, "ERR {code} {text}"),
        }
    }
}

/// Understands a line of an answer; `None`: this is not our protocol.
pub fn parse_answer(line: &[u8]) -> Option<Answer> {
    let line = text::trim_line_end(std::str::from_utf8(line).ok()?);
    let (word, rest) = line.split_once(' ')?;
    match word {
        "OK" => Some(Answer::Ok(parse_number(rest)?)),
        "SUM" => {
            let (algorithm, value) = rest.split_once(' ')?;
            Some(Answer::Sum { algorithm: algorithm.into(), value: value.into() })
        }
        "ERR" => {
            let (code, text) = rest.split_once(' ').unwrap_or((rest, ""));
            Some(Answer::Err { code: code.into(), text: text.into() })
        }
        _ => None,
    }
}

/// Understands a line of a list: the size and the name.
pub fn parse_entry(line: &[u8]) -> Option<(u64, String)> {
    let line = text::trim_line_end(std::str::from_utf8(line).ok()?);
    let (size, name) = line.split_once(' ')?;
    if name.is_empty() { None } else { Some((parse_number(size)?, name.into())) }
}

/// Digits only: `parse` alone would also take `+5`.
fn parse_number(text: &str) -> Option<u64> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}
