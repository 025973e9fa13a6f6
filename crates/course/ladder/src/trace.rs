//! What the programs told about their calls, with the time of each line: `common::step` writes it, this reads it.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// One line of the narration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Nanoseconds since 1970.
    pub at: u64,
    /// The process that told it.
    pub process: u32,
    /// The name of its program.
    pub program: String,
    /// Which of its threads.
    pub thread: String,
    /// What it told.
    pub what: What,
}

/// What a line of the narration is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A call is about to be made.
    Call {
        /// The number of the step in its lesson.
        number: String,
        /// The name of the call.
        call: String,
        /// What it is for.
        text: String,
    },
    /// A call has returned.
    Outcome(String),
    /// A line of status: what the program tells everybody.
    Status(String),
}

/// A narration that is being written while it is read.
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

    /// The lines that have come since the last time.
    pub fn news(&mut self) -> Vec<Told> {
        // A file that can't be read brings no news; the packets are still shown.
        let _ = self.file.read_to_end(&mut self.begun);
        let Some(end) = self.begun.iter().rposition(|&byte| byte == b'\n') else {
            return Vec::new();
        };
        let rest = self.begun.split_off(end + 1);
        let text = String::from_utf8_lossy(&self.begun).into_owned();
        self.begun = rest;
        text.lines().filter_map(parse).collect()
    }
}

fn parse(line: &str) -> Option<Told> {
    let mut fields = line.splitn(6, '\t');
    let at = fields.next()?.parse().ok()?;
    let process = fields.next()?.parse().ok()?;
    let program = fields.next()?.to_owned();
    let thread = fields.next()?.to_owned();
    let kind = fields.next()?;
    let text = fields.next()?.replace('\u{2028}', "\n");
    let what = match kind {
        "step" => {
            let mut fields = text.splitn(3, '\t').map(str::to_owned);
            What::Call { number: fields.next()?, call: fields.next()?, text: fields.next()? }
        }
        "outcome" => What::Outcome(text),
        "status" => What::Status(text),
        _ => return None,
    };
    Some(Told { at, process, program, thread, what })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_when_it_is_complete() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trace");
        let mut trace = Trace::open(&path).unwrap();
        let mut append = |text: &str| {
            let mut file = File::options().append(true).open(&path).unwrap();
            io::Write::write_all(&mut file, text.as_bytes()).unwrap();
            trace.news()
        };
        assert_eq!(append("5\t7\tp\tThreadId(1)\tstep\t1\tsock"), []);
        let call = What::Call { number: "1".into(), call: "socket".into(), text: "a\tb".into() };
        let told = append("et\ta\tb\n6\t7");
        let (program, thread) = ("p".into(), "ThreadId(1)".into());
        assert_eq!(told, [Told { at: 5, process: 7, program, thread, what: call }]);
        assert_eq!(append("\tnot\n").len(), 0);
    }
}
