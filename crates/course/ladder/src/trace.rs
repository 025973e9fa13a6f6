//! What the programs did, with the time of each call: `common::record` writes it, this reads it.

use std::fs::File;
use std::io::{self, Read};
use std::net::SocketAddr;
use std::path::Path;

use serde_json::{Map, Value};

/// One line of the trace. Its fields are described in `common::record`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Nanoseconds since 1970.
    pub at: u64,
    /// The process that wrote it.
    pub process: u32,
    /// The name of its program.
    pub program: String,
    /// Which of its threads.
    pub thread: String,
    /// What it is about.
    pub event: Event,
    /// The address that the program waits at from now on.
    pub own: Option<SocketAddr>,
    /// The other end, where it has an address.
    pub peer: Option<SocketAddr>,
    /// How many bytes are to be sent, or were received.
    pub bytes: Option<usize>,
    /// The sentence for a person. It is shown; nothing is read out of it.
    pub text: String,
}

/// What a record is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A call is about to be made.
    Call {
        /// The number of the step in its lesson.
        number: String,
        /// The name of the call.
        call: String,
    },
    /// A call has returned, or something is said about what it brought.
    Return {
        /// The name of the call, where the record says it.
        call: Option<String>,
    },
    /// What the program reports to everybody.
    Status,
    /// Advice for the person at the terminal.
    Hint,
}

/// A trace that is being written while it is read.
pub struct Trace {
    file: File,
    /// A line whose end has not come yet.
    begun: Vec<u8>,
}

impl Trace {
    /// Opens the file; it may be empty still.
    pub fn open(path: &Path) -> io::Result<Trace> {
        let file = File::options().append(true).create(true).read(true).open(path)?;
        Ok(Trace { file, begun: Vec::new() })
    }

    /// The records that have come since the last time.
    pub fn news(&mut self) -> Vec<Record> {
        // A file that can't be read brings no news; the packets are still shown.
        let _ = self.file.read_to_end(&mut self.begun);
        let Some(end) = self.begun.iter().rposition(|&byte| byte == b'\n') else {
            return Vec::new();
        };
        let rest = self.begun.split_off(end + 1);
        let complete = std::mem::replace(&mut self.begun, rest);
        complete.split(|&byte| byte == b'\n').filter_map(parse).collect()
    }
}

/// A line as a record; `None` when a field is missing or is not what it should be.
fn parse(line: &[u8]) -> Option<Record> {
    let fields: Map<String, Value> = serde_json::from_slice(line).ok()?;
    let text = |name: &str| fields.get(name).and_then(Value::as_str).map(str::to_owned);
    let number = |name: &str| fields.get(name).and_then(Value::as_u64);
    let address = |name: &str| text(name).and_then(|address| address.parse().ok());
    let event = match &*text("event")? {
        "call" => Event::Call { number: text("number")?, call: text("call")? },
        "return" => Event::Return { call: text("call") },
        "status" => Event::Status,
        "hint" => Event::Hint,
        _ => return None,
    };
    Some(Record {
        at: number("at")?,
        process: u32::try_from(number("process")?).ok()?,
        program: text("program")?,
        thread: text("thread")?,
        event,
        own: address("own"),
        peer: address("peer"),
        bytes: number("bytes").and_then(|bytes| usize::try_from(bytes).ok()),
        text: text("text")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_read_when_its_line_is_complete() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trace");
        let mut trace = Trace::open(&path).unwrap();
        let mut append = |text: &str| {
            let mut file = File::options().append(true).open(&path).unwrap();
            io::Write::write_all(&mut file, text.as_bytes()).unwrap();
            trace.news()
        };
        let line = r#"{"at":5,"process":7,"program":"p","thread":"ThreadId(1)","event":"call","number":"6","call":"send","peer":"127.0.0.1:5000","bytes":3,"text":"a\u000a\"b\""}"#;
        assert_eq!(append(&line[..100]), []);
        let expected = Record {
            at: 5,
            process: 7,
            program: "p".into(),
            thread: "ThreadId(1)".into(),
            event: Event::Call { number: "6".into(), call: "send".into() },
            own: None,
            peer: Some(([127, 0, 0, 1], 5000).into()),
            bytes: Some(3),
            text: "a\n\"b\"".into(),
        };
        let wrong = r#"{"at":"5","process":7}"#;
        assert_eq!(append(&format!("{}\nno record\n{wrong}\n\n", &line[100..])), [expected]);
    }
}
