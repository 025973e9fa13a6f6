//! What a failed expectation reports.

use std::fmt;

/// Why an expectation was not met. Its `Debug` is its `Display`, so that `unwrap` in a test prints the whole story.
#[derive(Clone, Default)]
pub struct Failure {
    /// The program and its arguments.
    pub program: String,
    /// What was expected, and for how long.
    pub expected: String,
    /// What came instead: the lines since the last one that was expected.
    pub instead: String,
    /// All that the program wrote to stdout so far.
    pub stdout: String,
    /// All that the program wrote to stderr so far.
    pub stderr: String,
    /// Whether it is still running, or how it ended.
    pub state: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{}: not as expected", self.program)?;
        writeln!(out, "expected: {}", self.expected)?;
        writeln!(out, "instead:  {}", or_nothing(&self.instead))?;
        writeln!(out, "program:  {}", self.state)?;
        writeln!(out, "stdout so far:\n{}", shortened(&self.stdout))?;
        write!(out, "stderr so far:\n{}", shortened(&self.stderr))
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{self}")
    }
}

impl std::error::Error for Failure {}

/// What the waits return. The failure is boxed because it is large and rare.
pub type Result<T> = std::result::Result<T, Box<Failure>>;

fn or_nothing(text: &str) -> &str {
    if text.is_empty() { "(nothing)" } else { text.trim_end() }
}

/// A story is for reading: only the end of a very long output is shown.
fn shortened(text: &str) -> String {
    const LINES: usize = 40;
    const LENGTH: usize = 400;
    let lines: Vec<&str> = text.lines().collect();
    let left_out = lines.len().saturating_sub(LINES);
    let mut story = String::new();
    if left_out > 0 {
        story += &format!("  ({left_out} earlier lines)\n");
    }
    for line in &lines[left_out..] {
        story.extend("  ".chars().chain(line.chars().take(LENGTH)).chain("\n".chars()));
    }
    or_nothing(&story).to_owned()
}
