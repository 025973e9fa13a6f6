//! The system's shell: `sh`, and on Windows `cmd`. A command as it is typed there, and one that it runs.

use std::ffi::{OsStr, OsString};
use std::process::Command;

/// The words before a line that the shell is to run.
pub const RUNS: [&str; 2] = if cfg!(windows) { ["cmd", "/C"] } else { ["sh", "-c"] };

/// The command that has the shell run a line.
pub fn command(line: &OsStr) -> Command {
    let mut shell = Command::new(RUNS[0]);
    #[cfg(not(windows))]
    shell.arg(RUNS[1]).arg(line);
    #[cfg(windows)]
    {
        use std::os::windows::process::CommandExt;
        // It doesn't know `\"`, as Windows' other programs do: of these quotes it takes the first and the last away.
        let mut whole = OsString::from("/S /C \"");
        whole.push(line);
        whole.push("\"");
        shell.raw_arg(whole);
    }
    shell
}

/// The command of these words, also when they begin with [`RUNS`].
pub fn of_words(program: &OsStr, args: &[OsString]) -> Command {
    match args {
        [runs, line] if [program, runs] == RUNS => command(line),
        _ => {
            let mut command = Command::new(program);
            command.args(args);
            command
        }
    }
}

/// A word as a person types it in the shell. On Windows also in PowerShell, if there is no `$` in it.
pub fn quoted(word: &str) -> String {
    let plain = if cfg!(windows) { r"-_./:=+…\" } else { "-_./:=,@%+…" };
    let is_plain = |character: char| character.is_alphanumeric() || plain.contains(character);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else if cfg!(windows) {
        format!("\"{}\"", word.replace('"', "\\\""))
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_can_be_copied_into_a_shell() {
        assert_eq!(quoted("../作业/a_b"), "../作业/a_b");
        let spaces = if cfg!(windows) { "\"my work/a\"" } else { "'my work/a'" };
        assert_eq!(quoted("my work/a"), spaces);
        let marks = if cfg!(windows) { "\"a'b\"" } else { r"'a'\''b'" };
        assert_eq!(quoted("a'b"), marks);
        assert_eq!(quoted(r"a\b"), if cfg!(windows) { r"a\b" } else { r"'a\b'" });
    }

    #[test]
    fn a_shell_runs_a_line_with_quotes() {
        let output = command("echo \"a b\" c".as_ref()).output().unwrap();
        let expected = if cfg!(windows) { "\"a b\" c" } else { "a b c" };
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim_end(), expected);
    }
}
