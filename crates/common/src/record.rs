//! What a program does with its sockets, as facts: `course watch` makes its pictures of them.
//!
//! A program that watches another one names a file in [`TRACE`]. Each line of the narration and of the status then goes
//! there too, as a *record*: one JSON object on a line of its own.
//!
//! ```text
//! {"at":1790000000000000000,"process":7,"program":"tcp-server","thread":"ThreadId(2)","event":"call","number":"6","call":"send","peer":"127.0.0.1:5000","bytes":3,"text":"to 127.0.0.1:5000: 3 bytes: 68 69 0a  \"hi␊\" (utf-8)"}
//! ```
//!
//! | field | what it is | where it is |
//! |---|---|---|
//! | `at` | nanoseconds since 1970, on the clock that the kernel stamps packets with | in each record |
//! | `process`, `program`, `thread` | who did it | in each record |
//! | `event` | `call`, `return`, `status` or `hint`: see [`Kind`] | in each record |
//! | `number` | the number of the step in its lesson | `call` |
//! | `call` | the system call | `call`; and `return` and `status`, where they say which call has returned |
//! | `error` | the name of the error: `ECONNREFUSED` | the `status` or `return` that reports a call that has failed |
//! | `own` | the address that the program waits at from now on | the `status` that reports it |
//! | `peer` | the other end, as `HOST:PORT` or a name | wherever one is meant |
//! | `bytes` | how many bytes are to be sent, or were received | calls and returns that move data |
//! | `loses` | what a filter on the socket throws away from now on: `all`, `acks` (all but SYNs), `ttl` (a TTL of 1), `nothing` | the `return` of `cargo course calls lose` and `hear` |
//! | `text` | the sentence that a person reads | in each record |
//!
//! The sentence is there to be shown. No program may read facts out of it: a better sentence must not break a picture.

use std::fmt::{Display, Write as _};
use std::fs::File;
use std::io::Write as _;
use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};

/// The environment variable that names the file for the records.
pub const TRACE: &str = "SOCKET_STEPS_TRACE";

static FILE: LazyLock<Option<File>> = LazyLock::new(|| {
    let path = std::env::var_os(TRACE)?;
    // Opening a FIFO would wait for its reader, and writing to it too. Without the file only the picture is lost.
    if std::fs::metadata(&path).is_ok_and(|found| !found.is_file()) {
        return None;
    }
    File::options().append(true).create(true).open(path).ok()
});

/// This program's name: looked up once, not for each record.
static PROGRAM: LazyLock<String> = LazyLock::new(|| {
    let path = std::env::current_exe().unwrap_or_default();
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
});

/// What kind of record it is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// A call is about to be made.
    Call,
    /// A call has returned, or the program explains what it brought.
    Return,
    /// The program reports what has happened.
    Status,
    /// Advice for the person at the terminal.
    Hint,
}

/// What is known besides the sentence.
#[derive(Clone, Debug, Default)]
pub struct Facts<'a> {
    /// The number of the step in its lesson.
    pub number: Option<&'a str>,
    /// The system call.
    pub call: Option<&'a str>,
    /// The address that the program waits at from now on.
    pub own: Option<String>,
    /// The other end.
    pub peer: Option<String>,
    /// How many bytes are to be sent, or were received.
    pub bytes: Option<usize>,
    /// What a filter on the socket throws away from now on.
    pub loses: Option<&'a str>,
    /// Why the call has failed.
    pub error: Option<String>,
}

impl<'a> Facts<'a> {
    /// About a numbered step of a lesson, and the call that it is about to make.
    pub fn of_step(number: &'a str, call: &'a str) -> Self {
        Self { number: Some(number), call: Some(call), ..Self::default() }
    }

    /// About a call that has returned.
    pub fn of_return(call: &'a str) -> Self {
        Self { call: Some(call), ..Self::default() }
    }

    /// With the other end.
    pub fn peer(self, peer: impl Display) -> Self {
        Self { peer: Some(peer.to_string()), ..self }
    }

    /// With the number of bytes.
    pub fn bytes(self, bytes: usize) -> Self {
        Self { bytes: Some(bytes), ..self }
    }

    /// With the error that the call has failed with.
    pub fn error(self, name: impl Into<String>) -> Self {
        Self { error: Some(name.into()), ..self }
    }

    /// With what a filter on the socket throws away.
    pub fn loses(self, what: &'a str) -> Self {
        Self { loses: Some(what), ..self }
    }
}

/// True when somebody reads the records.
pub(crate) fn is_read() -> bool {
    FILE.is_some()
}

/// Writes a record with its time, if somebody reads it.
pub(crate) fn write(kind: Kind, facts: &Facts<'_>, text: &str) {
    let Some(mut file) = FILE.as_ref() else { return };
    let at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    let head = format!("{{\"at\":{at},\"process\":{},", std::process::id());
    // One write for one record: those of several threads and programs must not mix.
    let record = head + &fields(kind, facts, garbled(text));
    let _ = file.write_all(record.as_bytes()); // a full disk costs the picture, not the program
}

fn fields(kind: Kind, facts: &Facts<'_>, text: &str) -> String {
    let event = match kind {
        Kind::Call => "call",
        Kind::Return => "return",
        Kind::Status => "status",
        Kind::Hint => "hint",
    };
    let thread = format!("{:?}", std::thread::current().id());
    let strings = [
        ("program", Some(PROGRAM.as_str())),
        ("thread", Some(&*thread)),
        ("event", Some(event)),
        ("number", facts.number),
        ("call", facts.call),
        ("own", facts.own.as_deref()),
        ("peer", facts.peer.as_deref()),
        ("loses", facts.loses),
        ("error", facts.error.as_deref()),
    ];
    let mut fields = String::new();
    for (name, value) in strings {
        if let Some(value) = value {
            fields += &format!("\"{name}\":{},", quoted(value));
        }
    }
    if let Some(bytes) = facts.bytes {
        fields += &format!("\"bytes\":{bytes},");
    }
    fields + &format!("\"text\":{}}}\n", quoted(text))
}

/// A string in JSON (RFC 8259, section 7).
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\0'..='\x1f' => {
                let _ = write!(quoted, "\\u{:04x}", character as u32); // writing to a String can't fail
            }
            _ => quoted.push(character),
        }
    }
    quoted + "\""
}

/// For the tests: with this environment variable the sentences of a debug build are all the same, and wrong. A picture
/// must still be true.
#[cfg(debug_assertions)]
fn garbled(text: &str) -> &str {
    static GARBLE: LazyLock<bool> =
        LazyLock::new(|| std::env::var_os("SOCKET_STEPS_GARBLE").is_some());
    const WRONG: &str = "  accepted 127.0.0.1:9, listening on 127.0.0.1:9: received 99 bytes: 127.0.0.1:9 sent 99 bytes: 00";
    if *GARBLE { WRONG } else { text }
}

#[cfg(not(debug_assertions))]
fn garbled(text: &str) -> &str {
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_one_line_whatever_stands_in_it() {
        let facts = Facts {
            number: Some("6"),
            call: Some("send"),
            own: None,
            peer: Some("unix:/tmp/\"a\\b".into()),
            bytes: Some(3),
            loses: Some("ttl"),
            error: None,
        };
        let fields = fields(Kind::Call, &facts, "你好\n\t\x1b\u{7f}\u{2028}\"");
        let expected = "\"event\":\"call\",\"number\":\"6\",\"call\":\"send\",\
            \"peer\":\"unix:/tmp/\\\"a\\\\b\",\"loses\":\"ttl\",\"bytes\":3,\
            \"text\":\"你好\\u000a\\u0009\\u001b\u{7f}\u{2028}\\\"\"}\n";
        assert!(fields.ends_with(expected), "{fields}");
        assert!(fields.starts_with("\"program\":\"common-"), "{fields}");
        assert_eq!(fields.lines().count(), 1);
    }
}
