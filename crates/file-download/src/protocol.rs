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
    /// A bare name, from a tutorial's client.
    Classic(Vec<u8>),
}

impl fmt::Display for Request {
    /// The request as a line, without its end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Get { offset, sum: true, name } => write!(f, "GET {offset} {name}"),
            Self::Get { offset, sum: false, name } => write!(f, "GET {offset},nosum {name}"),
            Self::List => f.write_str("LIST"),
            Self::Classic(name) => f.write_str(&for_screen(name)),
        }
    }
}

/// True for a tutorial's client: what can't become `GET ` or `LIST` is a file's name, or its beginning.
pub fn is_classic(first: &[u8]) -> bool {
    const OURS: [&[u8]; 4] = [b"GET ", b"LIST\n", b"LIST\r", b"LIST "];
    !OURS.iter().any(|word| first.starts_with(word) || word.starts_with(first))
}

/// What a client asks for. The error is the text of `ERR bad-request`.
pub type Asked = Result<Request, &'static str>;

/// What the bytes so far ask for; `None`: that isn't clear before more of them come. `is_all`: no more will come.
pub fn asked(received: &[u8], is_all: bool) -> Option<Asked> {
    let line = first_line(received);
    let is_whole = line.ends_with(b"\n");
    let text = line.strip_suffix(b"\n").unwrap_or(line);
    let is_full = text.len() >= LONGEST_LINE;
    if !(is_whole || is_full || is_all) {
        return None;
    }
    Some(match is_classic(received) {
        true => Ok(Request::Classic(text.to_vec())),
        false if is_full => Err("a line has at most 4096 bytes"),
        false if is_whole => parse_request(text),
        false => Err("the line has no end"),
    })
}

/// The first line of what came, with its end if that has come.
pub fn first_line(received: &[u8]) -> &[u8] {
    received.split_inclusive(|&byte| byte == b'\n').next().unwrap_or_default()
}

/// What the server's line about a client begins with.
pub fn about(asked: &Asked, received: &[u8]) -> String {
    match asked {
        Ok(Request::Get { name, .. }) => name.clone(),
        Ok(Request::List) => "list".into(),
        Ok(Request::Classic(name)) => format!("classic, {}", for_screen(name)),
        Err(_) => for_screen(received),
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

/// True for a name that fits into a request's line.
pub fn fits_into_line(name: &str) -> bool {
    name.len() + 100 <= LONGEST_LINE && !name.contains(['\n', '\r', '\0'])
}

/// Understands a request's line.
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
    /// The checksum's name and its value, or `none -`.
    Sum(String),
    /// The word for programs and the sentence for people.
    Err { code: String, text: String },
}

impl Answer {
    /// The last line of a file; `None`: no checksum was asked for. CRC-32, as in gzip and Ethernet, finds damage, and
    /// a file that has changed; it is no proof against someone who forges a file on purpose.
    pub fn sum(sum: Option<u32>) -> Self {
        Self::Sum(sum.map_or("none -".into(), |sum| format!("crc32 {sum:08x}")))
    }
}

impl fmt::Display for Answer {
    /// The answer as a line, without its end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ok(number) => write!(f, "OK {number}"),
            Self::Sum(sum) => write!(f, "SUM {sum}"),
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
        "SUM" if rest.contains(' ') => Some(Answer::Sum(rest.into())),
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
