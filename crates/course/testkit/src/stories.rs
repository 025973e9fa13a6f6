//! For tests that grade many programs and keep their stories.

use std::env;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// How many programs are graded at the same time. Most of the time they wait for something that does not come. Only on
/// Linux the grader sees that a program waits for a processor, and is patient.
const AT_ONCE: usize = if cfg!(target_os = "linux") { 16 } else { 2 };

/// The same seed each time makes the same stories.
pub const SEED: u64 = 12;

/// Examines all items, several at a time, and returns what was wrong with them.
pub fn with_all<T: Sync>(items: &[T], examine: impl Fn(&T) -> String + Sync) -> String {
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(String::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::SeqCst)) {
                    let found = examine(item);
                    wrong.lock().unwrap_or_else(PoisonError::into_inner).push_str(&found);
                }
            });
        }
    });
    wrong.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// The story without what differs from run to run and from computer to computer.
pub fn normalised(story: &str) -> String {
    let temporary = env::temp_dir().join("").display().to_string();
    let story = story.replace(&temporary, "/tmp/");
    let mut text = String::new();
    for line in story.lines().filter(|line| !depends_on_python(line)) {
        let mut line = line.to_owned();
        if let Some((before, path)) = line.split_once(" '/tmp/")
            && before.contains(" started ")
        {
            line = format!("{before} /tmp/{}", path.replacen('\'', "", 1)); // the folder's name holds a space
        }
        for (before, number) in [
            ("127.0.0.1:", "PORT"),
            ("0.0.0.0:", "PORT"),
            ("printed ", "N"),
            (" port ", "PORT"),
            (" (", "N"),
        ] {
            line = with_anything_after(&line, before, number, |c| c.is_ascii_digit());
        }
        line = with_anything_after(&line, "course-check-", "", |c| c.is_ascii_alphanumeric());
        text += &line;
        text.push('\n');
    }
    text
}

/// Each version of Python names its threads differently, and marks another part of a line.
fn depends_on_python(line: &str) -> bool {
    let is_mark = |c: char| "^~".contains(c);
    let (words, marks) = (line.trim(), line.trim().trim_matches(is_mark));
    words.contains("Exception in thread Thread-") || !words.is_empty() && marks.is_empty()
}

/// Replaces the characters of this kind that come after each `before`.
fn with_anything_after(line: &str, before: &str, instead: &str, such: fn(char) -> bool) -> String {
    let mut pieces = line.split(before);
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let rest = piece.trim_start_matches(such);
        let instead = if rest.len() < piece.len() { instead } else { "" };
        text += &format!("{before}{instead}{rest}");
    }
    text
}
