//! What the programs did, with the time of each call: `common::record` writes it, this reads it.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use serde_json::{Map, Value};

use crate::loss::Loses;
use crate::timeline::{self, Event, Happening, Participant, Recorded};

/// A file with records that is being written while it is read.
pub struct Trace {
    file: File,
    /// A line whose end has not come yet.
    begun: Vec<u8>,
    /// The processes that have written records.
    narrators: HashSet<u32>,
}

impl Trace {
    /// Opens the file; it may still be empty.
    pub fn open(path: &Path) -> io::Result<Trace> {
        let file = File::options().append(true).create(true).read(true).open(path)?;
        Ok(Trace { file, begun: Vec::new(), narrators: HashSet::new() })
    }

    /// What has come since the last time. New programs are added to `programs`.
    pub fn news(&mut self, programs: &mut Vec<Participant>) -> Vec<Event> {
        // A file that can't be read brings no news; the packets are still shown.
        let _ = self.file.read_to_end(&mut self.begun);
        let Some(end) = self.begun.iter().rposition(|&byte| byte == b'\n') else {
            return Vec::new();
        };
        let rest = self.begun.split_off(end + 1);
        let complete = std::mem::replace(&mut self.begun, rest);
        let lines = complete.split(|&byte| byte == b'\n');
        let events: Vec<Event> = lines.filter_map(|line| event(line, programs)).collect();
        let of = events.iter().filter_map(|event| event.program);
        self.narrators.extend(of.map(|program| programs[program].process));
        events
    }

    /// Does this process write records?
    pub fn narrates(&self, process: u32) -> bool {
        self.narrators.contains(&process)
    }
}

/// One line as an event: the only place that knows what a record looks like. `None` when it is advice for the person at
/// the terminal, or no record at all.
fn event(line: &[u8], programs: &mut Vec<Participant>) -> Option<Event> {
    let record: Map<String, Value> = serde_json::from_slice(line).ok()?;
    let text = |name: &str| record.get(name).and_then(Value::as_str);
    let number = |name: &str| record.get(name).and_then(Value::as_u64);
    let address = |name: &str| text(name).and_then(|address| address.parse().ok());
    let facts = Recorded {
        number: text("number").unwrap_or_default().to_owned(),
        call: text("call").unwrap_or_default().to_owned(),
        own: address("own"),
        peer: address("peer"),
        bytes: number("bytes").and_then(|bytes| usize::try_from(bytes).ok()),
        loses: text("loses").and_then(Loses::named),
        error: text("error").map(str::to_owned),
    };
    let (what, shown) = match (text("event")?, text("text")?) {
        ("call", text) => (Happening::Called(facts), text),
        ("return", text) => (Happening::Returned(facts), text),
        // An error's advice, below its first line, is left out.
        ("status", text) => (Happening::Said(facts), text.lines().next().unwrap_or_default()),
        _ => return None,
    };
    let event = Event::new(number("at")?, what, shown);
    let program = timeline::of_process(number("process")?, text("program")?, programs);
    programs[program].waits |= event.waits();
    Some(Event { program: Some(program), thread: text("thread")?.to_owned(), ..event })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_read_when_its_line_is_complete() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trace");
        let (mut trace, mut programs) = (Trace::open(&path).unwrap(), Vec::new());
        let mut append = |text: &str| {
            let mut file = File::options().append(true).open(&path).unwrap();
            io::Write::write_all(&mut file, text.as_bytes()).unwrap();
            trace.news(&mut programs)
        };
        let line = r#"{"at":5,"process":7,"program":"p","thread":"ThreadId(1)","event":"call","number":"6","call":"send","peer":"127.0.0.1:5000","bytes":3,"text":"a\u000a\"b\""}"#;
        assert!(append(&line[..100]).is_empty());
        let wrong = r#"{"at":"5","process":7}"#;
        let events = append(&format!("{}\nno record\n{wrong}\n\n", &line[100..]));
        let [event] = &events[..] else { panic!("{events:?}") };
        assert_eq!((event.at, &*event.text, event.program), (5, "a\n\"b\"", Some(0)));
        let Happening::Called(facts) = &event.what else { panic!("{event:?}") };
        let peer = Some(([127, 0, 0, 1], 5000).into());
        let (number, call) = ("6".into(), "send".into());
        let expected = Recorded { number, call, peer, bytes: Some(3), ..Recorded::default() };
        assert_eq!(*facts, expected);
        assert_eq!((&*programs[0].name, programs[0].process, programs[0].waits), ("p", 7, false));
    }
}
