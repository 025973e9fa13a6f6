//! Confines a program to a folder: it can write nowhere else, its environment is clean, and its rights are few.
//!
//! The tool starts itself as `course --confine FOLDER NAMES PROGRAM ARG…`. That process gives up what the program is not to
//! have, and becomes the program: execve(2). So all that the program starts is confined, too.

use std::env;
use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::thread;

use testkit::shell;

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod linux;

#[cfg(not(target_os = "linux"))]
use elsewhere::{only_write_in, restrict, tool};
#[cfg(target_os = "linux")]
use linux::{only_write_in, restrict, tool};

/// The hidden command.
const COMMAND: &str = "--confine";

/// The folder for temporary files, in the folder that the program is confined to.
pub const TEMPORARY: &str = ".tmp";

/// A program can't be found, or started, without these.
const ALWAYS: [&str; 2] = ["PATH", "SystemRoot"];

/// What a shell says when it can't start a program.
const NOT_STARTED: u8 = 127;

/// The words before the command of a program that is confined to a folder. Of the environment it gets these variables, and a
/// few that say where it is.
pub fn words(folder: &Path, variables: &[&str]) -> Vec<OsString> {
    vec![tool(), COMMAND.into(), folder.into(), variables.join(",").into()]
}

/// Why this system can't keep a program from writing elsewhere; `None` if it can. A thread tries it, and ends.
pub fn refused() -> Option<String> {
    let tried = thread::spawn(|| only_write_in(&env::temp_dir())).join();
    tried.unwrap_or_else(|_| Err("it failed".to_owned())).err()
}

/// Was this process started to confine a program? Then it becomes the program; where it returns, that was not possible, or
/// the program has ended.
pub fn was_asked() -> Option<ExitCode> {
    let mut words = env::args_os().skip(1);
    if words.next().is_none_or(|word| word != COMMAND) {
        return None;
    }
    let (Some(folder), Some(variables), Some(program)) = (words.next(), words.next(), words.next())
    else {
        return Some(ExitCode::from(NOT_STARTED));
    };
    let mut command = shell::of_words(&program, &words.collect::<Vec<_>>());
    let variables = variables.to_string_lossy().into_owned();
    give_clean_environment(&mut command, folder.as_ref(), &variables);
    // Where it is refused, the tool has said so before it started the first one.
    restrict();
    let _ = only_write_in(folder.as_ref());
    Some(become_it(command))
}

fn give_clean_environment(command: &mut Command, folder: &Path, variables: &str) {
    command.env_clear();
    for name in variables.split(',').chain(ALWAYS) {
        if let Some(value) = env::var_os(name) {
            command.env(name, value);
        }
    }
    command.env("LANG", "C.UTF-8").env(if cfg!(windows) { "USERPROFILE" } else { "HOME" }, folder);
    for name in if cfg!(windows) { &["TEMP", "TMP"][..] } else { &["TMPDIR"] } {
        command.env(name, folder.join(TEMPORARY));
    }
}

#[cfg(unix)]
fn become_it(mut command: Command) -> ExitCode {
    let error = std::os::unix::process::CommandExt::exec(&mut command);
    testkit::screen::error(&format!("{}: {error}", command.get_program().display()));
    ExitCode::from(NOT_STARTED)
}

/// Elsewhere no process can become another one.
#[cfg(not(unix))]
fn become_it(mut command: Command) -> ExitCode {
    let code = command.status().ok().and_then(|status| u8::try_from(status.code()?).ok());
    code.map_or(ExitCode::from(NOT_STARTED), ExitCode::from)
}
