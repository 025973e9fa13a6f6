//! What a failed action was: what was expected, what came, what the program said.

use std::io;
use std::path::{MAIN_SEPARATOR, Path};

use testkit::output::Stream;
use testkit::program::{Exit, Program};

use super::hint::Explanation;
use crate::bytes;

/// The action that failed.
#[derive(Clone, Debug)]
pub struct Trouble {
    /// What was done.
    pub action: String,
    /// What was expected and what came.
    pub mismatch: Mismatch,
    /// The state of the program, and what it printed on stderr.
    pub program: Vec<String>,
    /// The likely cause, and what leads to it and away from it.
    pub why: Explanation,
    /// The heading in the step's lesson.
    pub section: &'static str,
    /// The program had ended by then.
    pub has_ended: bool,
    /// The program could not be started at all.
    pub not_started: bool,
}

/// What an action of a check returns.
pub type CheckResult<T = ()> = Result<T, Box<Trouble>>;

impl Trouble {
    /// The program could not be started: nothing of it can be checked.
    pub fn of_start(command: &str, why: &str) -> Box<Trouble> {
        Box::new(Trouble {
            action: format!("started  {command}"),
            mismatch: Mismatch::words("it runs", why),
            program: Vec::new(),
            why: Explanation::of(
                (
                    "What happens when you type this command?",
                    "this program can't be started here",
                    "",
                ),
                "",
            ),
            section: "Run it",
            has_ended: false,
            not_started: true,
        })
    }

    /// Did the program say that a port is taken?
    pub fn names_a_taken_port(&self) -> bool {
        const WORDS: [&str; 2] = ["already in use", "EADDRINUSE"];
        let has_one = |line: &String| WORDS.iter().any(|word| line.contains(word));
        self.program.iter().any(has_one)
    }

    /// The grader itself could not do something; that is no fault of the program.
    pub fn of_grader(what: &str, error: &io::Error) -> Box<Trouble> {
        Box::new(Trouble {
            action: format!("the grader {what}"),
            mismatch: Mismatch::words("this works", error.to_string()),
            why: Explanation::of(
                (
                    "What does this computer lack at the moment?",
                    "this is no fault of the program: the computer refused it to the grader",
                    "",
                ),
                "",
            ),
            section: "How it works",
            ..*Trouble::of_start("", "")
        })
    }
}

/// What was expected, and what came instead.
#[derive(Clone, Debug)]
pub enum Mismatch {
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

impl Mismatch {
    /// In words.
    pub fn words(expected: impl Into<String>, came: impl Into<String>) -> Mismatch {
        Mismatch::Words { expected: expected.into(), came: came.into() }
    }

    /// Byte for byte.
    pub fn bytes(expected: &[u8], came: &[u8]) -> Mismatch {
        Mismatch::Bytes { expected: expected.to_vec(), came: came.to_vec() }
    }

    /// The lines of the story about it.
    pub fn lines(&self) -> Vec<String> {
        match self {
            Mismatch::Bytes { expected, came } => bytes::compared(expected, came),
            Mismatch::Words { expected, came } => {
                let came = came.lines().enumerate().map(|(number, line)| {
                    format!("{:9} {line}", if number == 0 { "came" } else { "" })
                });
                std::iter::once(format!("expected  {expected}")).chain(came).collect()
            }
        }
    }
}

/// The state of the program, and the end of what it printed on stderr.
pub fn state_lines(program: &Program, ended: Option<Exit>) -> Vec<String> {
    const LINES: usize = 8;
    let state = match ended {
        None if program.has_closed(Stream::Stdout) => {
            "still running, but it has closed its stdout".to_owned()
        }
        None => "still running".to_owned(),
        Some(exit) => format!("ended: {exit}"),
    };
    let mut lines = vec![format!("program   {state}")];
    let here = std::env::current_dir().unwrap_or_default();
    let stderr = as_typed(&program.stderr_text(), &here);
    let said = without_libraries(&stderr);
    for (number, line) in said[said.len().saturating_sub(LINES)..].iter().enumerate() {
        let label = if number == 0 { "stderr" } else { "" };
        lines.push(format!("{label:9} {}", common::text::clean(&shortened(line))));
    }
    lines
}

/// What the program said, with its files' names as the student typed them. They were made absolute because the program
/// runs in a folder of its own; a long path would hide the name and the line after it.
fn as_typed(stderr: &str, here: &Path) -> String {
    if here.parent().is_none() {
        return stderr.to_owned(); // "/" alone is in every path
    }
    let here = format!("{}{MAIN_SEPARATOR}", here.display());
    // A path begins after one of these; elsewhere it is a part of another path.
    ["\n", " ", "(", "\"", "'"].iter().fold(format!("\n{stderr}"), |text, before| {
        text.replace(&format!("{before}{here}"), before)
    })
}

/// The lines on stderr without those that say where in a library it was: the student's own line is what helps.
fn without_libraries(stderr: &str) -> Vec<&str> {
    const PLACES: [&str; 9] = [
        "at java.",
        "at jdk.",
        "at sun.",
        "... ",
        "note: run with `RUST_BACKTRACE",
        "note: Some details",
        "at node:",
        "node:",
        "Node.js v",
    ];
    let mut said = Vec::new();
    let mut in_library = false;
    for line in stderr.lines().filter(|line| !line.trim().is_empty()) {
        let place = line.trim_start();
        if let Some(file) = place.strip_prefix("File \"") {
            in_library = file.contains("/lib/python") || file.starts_with('<');
        } else if !line.starts_with("    ") {
            in_library = false; // Python shows the code of a place below it, further to the right
        }
        if !in_library
            && !PLACES.iter().any(|start| place.starts_with(start))
            && !place.contains("(node:")
        {
            said.push(line);
        }
    }
    said
}

/// A line as it can be read on a screen.
fn shortened(line: &str) -> String {
    const WIDTH: usize = 300; // a few lines of it: an error that names a file may be long
    let mut short: String = line.chars().take(WIDTH).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    short
}

/// The end of what was printed, for the story.
pub fn on_stdout(printed: &[u8]) -> String {
    const LINES: usize = 6;
    let text = String::from_utf8_lossy(printed);
    let lines: Vec<&str> = text.lines().collect();
    let mut shown = Vec::new();
    for line in &lines[lines.len().saturating_sub(LINES)..] {
        shown.push(bytes::visible(&shortened(line)));
    }
    if shown.is_empty() { "nothing".to_owned() } else { shown.join("\n") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_traceback_the_own_lines_are_left() {
        let python = "Exception in thread Thread-1 (serve):\nTraceback (most recent call last):\n  \
            File \"/usr/lib/python3.11/threading.py\", line 1045, in _bootstrap_inner\n    self.run()\n  \
            File \"/home/me/server.py\", line 8, in serve\n    print(data.decode())\n          ^^^^^^\n\
            UnicodeDecodeError: 'utf-8' codec can't decode bytes";
        let said = without_libraries(python).join("\n");
        assert!(said.contains("server.py") && said.contains("print(data"), "{said}");
        assert!(said.ends_with("decode bytes") && !said.contains("threading.py"), "{said}");
        assert!(!said.contains("self.run()"), "{said}");
    }

    #[test]
    fn of_a_java_stack_trace_the_own_lines_are_left() {
        let java = "Exception in thread \"main\" java.net.ConnectException: Connection refused\n\
            \tat java.base/sun.nio.ch.Net.pollConnect(Native Method)\n\
            \tat java.base/java.net.Socket.connect(Socket.java:633)\n\tat Client.main(Client.java:12)\n";
        assert_eq!(
            without_libraries(java),
            [
                "Exception in thread \"main\" java.net.ConnectException: Connection refused",
                "\tat Client.main(Client.java:12)"
            ]
        );
    }

    #[cfg(unix)]
    #[test]
    fn files_have_the_names_that_were_typed() {
        let here = Path::new("/home/学生/my work");
        let said = "/home/学生/my work/a.js:3\nat run (/home/学生/my work/a.js:3:7)\n\
            thread 'main' panicked at /home/学生/my work/broken/a.rs:10:59:\n\
            No such file: '/mnt/home/学生/my work/b', /home/学生/my works";
        let typed = "\na.js:3\nat run (a.js:3:7)\nthread 'main' panicked at broken/a.rs:10:59:\n\
            No such file: '/mnt/home/学生/my work/b', /home/学生/my works";
        assert_eq!(as_typed(said, here), typed);
        assert_eq!(as_typed("at /a/b", Path::new("/")), "at /a/b");
    }

    #[test]
    fn long_lines_are_cut() {
        assert_eq!(shortened("你好"), "你好");
        assert!(shortened(&"长".repeat(500)).ends_with("长…"));
    }
}
