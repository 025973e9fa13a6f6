//! A program and everything that it started, also what has left its process group (a daemon).
//!
//! Each program gets a variable in its environment that no other has. What it starts inherits it, wherever it goes.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

/// The name of the variable.
pub const NAME: &str = "COURSE_CHECKED_PROGRAM";

/// A value that no other program has, and that no other value begins with.
pub fn new_mark() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    format!("{}{}.", mark_of_all(), NUMBER.fetch_add(1, Ordering::Relaxed))
}

/// All values of this grader begin so.
fn mark_of_all() -> String {
    format!("{}-", std::process::id())
}

/// The folders in /proc of the processes that carry the mark. Empty where there is no /proc.
pub fn processes(mark: &str) -> Vec<PathBuf> {
    let Ok(folder) = fs::read_dir("/proc") else { return Vec::new() };
    let is_number = |name: &OsString| name.to_str().is_some_and(|name| name.parse::<u32>().is_ok());
    let entries = folder.flatten().filter(|entry| is_number(&entry.file_name()));
    entries.map(|entry| entry.path()).filter(|path| has_mark(path, mark)).collect()
}

fn has_mark(process: &std::path::Path, mark: &str) -> bool {
    let wanted = format!("{NAME}={mark}");
    // Other people's processes can't be read, and aren't ours.
    let environment = fs::read(process.join("environ")).unwrap_or_default();
    environment.split(|&byte| byte == 0).any(|variable| variable.starts_with(wanted.as_bytes()))
}

/// Ends all that the checks have started, wherever it is. For a second Ctrl-C, which waits for nothing.
pub fn end_all() {
    end(&mark_of_all(), 0);
}

/// Ends what carries the mark, and returns how many processes were outside of this process group. Those in it have been
/// killed already, but on a busy computer they may not be gone yet.
#[cfg(unix)]
pub fn end(mark: &str, group: u32) -> usize {
    use nix::sys::signal::{Signal, kill};
    use nix::unistd::{Pid, getpgid};

    let group = Pid::from_raw(group.cast_signed());
    let mut ended = 0;
    // Again, because a process may start another one between the look and the kill; not for ever.
    for _ in 0..5 {
        let left = processes(mark);
        for process in &left {
            let id = process.file_name().and_then(|name| name.to_str()?.parse().ok());
            if let Some(process) = id.map(Pid::from_raw) {
                // The only error of both is that it has just ended by itself.
                ended += usize::from(getpgid(Some(process)).is_ok_and(|its| its != group));
                let _ = kill(process, Signal::SIGKILL);
            }
        }
        if left.is_empty() {
            break;
        }
    }
    ended
}

/// Windows can't say what carries the mark; ending the program's tree must do.
#[cfg(not(unix))]
pub fn end(_mark: &str, _group: u32) -> usize {
    0
}
