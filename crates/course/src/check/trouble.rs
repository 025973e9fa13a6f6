//! What a failed action was: what was expected, what came, what the program said.

use crate::output::Stream;
use crate::program::{Exit, Program};

use super::bytes;

/// The action that failed.
#[derive(Clone, Debug)]
pub struct Trouble {
    /// What was done.
    pub action: String,
    /// What was expected and what came.
    pub seen: Seen,
    /// The state of the program, and what it printed on stderr.
    pub program: Vec<String>,
    /// The likely cause.
    pub cause: String,
    /// The heading in the step's lesson.
    pub section: &'static str,
    /// The program could not be started at all.
    pub not_started: bool,
}

/// What was expected, and what came instead.
#[derive(Clone, Debug)]
pub enum Seen {
    /// In words.
    Words {
        /// What was expected.
        expected: String,
        /// What came.
        came: String,
    },
    /// Byte for byte.
    Bytes {
        /// What was expected.
        expected: Vec<u8>,
        /// What came.
        came: Vec<u8>,
    },
}

impl Seen {
    /// In words.
    pub fn words(expected: impl Into<String>, came: impl Into<String>) -> Seen {
        Seen::Words { expected: expected.into(), came: came.into() }
    }

    /// Byte for byte.
    pub fn bytes(expected: &[u8], came: &[u8]) -> Seen {
        Seen::Bytes { expected: expected.to_vec(), came: came.to_vec() }
    }

    /// The lines of the story about it.
    pub fn lines(&self) -> Vec<String> {
        match self {
            Seen::Bytes { expected, came } => bytes::compared(expected, came),
            Seen::Words { expected, came } => {
                let came = came.lines().enumerate().map(|(number, line)| {
                    format!("{:9} {line}", if number == 0 { "came" } else { "" })
                });
                std::iter::once(format!("expected  {expected}")).chain(came).collect()
            }
        }
    }
}

/// The state of the program, and the end of what it printed on stderr.
pub(super) fn state_lines(program: &Program, ended: Option<Exit>) -> Vec<String> {
    const LINES: usize = 6;
    let state = match ended {
        None if program.has_closed(Stream::Stdout) => {
            "still running, but it has closed its stdout".to_owned()
        }
        None => "still running".to_owned(),
        Some(exit) => format!("ended: {exit}"),
    };
    let mut lines = vec![format!("program   {state}")];
    let stderr = program.stderr_text();
    let said: Vec<&str> = stderr.lines().filter(|line| !line.trim().is_empty()).collect();
    for (number, line) in said[said.len().saturating_sub(LINES)..].iter().enumerate() {
        let line: String = line.chars().take(200).collect();
        let label = if number == 0 { "stderr" } else { "" };
        lines.push(format!("{label:9} {}", common::console::clean(&line)));
    }
    lines
}

/// The end of what was printed, for the story.
pub(super) fn on_stdout(printed: &[u8]) -> String {
    const LINES: usize = 6;
    let text = String::from_utf8_lossy(printed);
    let lines: Vec<&str> = text.lines().collect();
    let mut shown = Vec::new();
    for line in &lines[lines.len().saturating_sub(LINES)..] {
        let line: String = line.chars().take(200).collect();
        shown.push(bytes::visible(&line));
    }
    if shown.is_empty() { "nothing".to_owned() } else { shown.join("\n") }
}
