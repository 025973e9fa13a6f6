//! A step of the course as tests run it.
#![allow(clippy::unwrap_used)] // a test helper may fail like its test

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::peer::PATIENCE;
use crate::{Launch, Program};

/// Starts a step and waits until it listens; returns its address too.
#[track_caller]
pub fn waiting(step: &str, args: &[&str]) -> (Program, String) {
    let mut program = Launch::step(step).args(args).no_input().deadline(PATIENCE).start().unwrap();
    let address = program.listening().unwrap();
    (program, address)
}

/// Runs a step that must end with this exit code and print nothing on stdout; returns what it printed on stderr.
#[track_caller]
pub fn refused(step: &str, args: &[&str], exit_code: i32) -> String {
    let mut program = Launch::step(step).args(args).deadline(PATIENCE).start().unwrap();
    program.expect_exit(exit_code).unwrap();
    assert_eq!(program.stdout_text(), "", "{args:?}: errors go to stderr");
    program.stderr_text()
}

/// The same as [`refused`], and stderr must hold all these words.
#[track_caller]
pub fn expect_error(step: &str, args: &[&str], exit_code: i32, words: &[&str]) {
    let stderr = refused(step, args, exit_code);
    for word in words {
        assert!(stderr.contains(word), "{args:?}: no {word:?} in:\n{stderr}");
    }
}

/// Waits until this is true, with a deadline.
#[track_caller]
pub fn until(what: &str, mut is_true: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_true() {
        assert!(start.elapsed() < PATIENCE, "not true within {PATIENCE:?}: {what}");
        thread::sleep(Duration::from_millis(2));
    }
}

/// Is a process with this number still there, and not merely waiting to be reaped, as Linux shows it in /proc?
#[cfg(unix)]
pub fn is_running(id: &str) -> bool {
    let process = nix::unistd::Pid::from_raw(id.parse().unwrap());
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    nix::sys::signal::kill(process, None).is_ok() && !stat.contains(") Z ")
}

/// A path as a word of the shell, whatever is in it: spaces, quotes.
pub fn quoted(path: impl AsRef<Path>) -> String {
    format!("'{}'", path.as_ref().to_str().unwrap().replace('\'', r"'\''"))
}

/// A command of the shell in which `$PROGRAM` is a step, for what only a shell can do: `>&-`, `| head -1`.
#[cfg(unix)]
#[track_caller]
pub fn shell(step: &str, command: &str) -> Program {
    let program = crate::step_program(step);
    Launch::new("sh").args(&["-c", command]).env("PROGRAM", program).start().unwrap()
}
