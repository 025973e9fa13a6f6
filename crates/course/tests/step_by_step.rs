//! `cargo course watch STEP --step` and `cargo course demo --slow`: one event after the other, in a terminal and in a pipe.
#![cfg(unix)]
#![allow(clippy::unwrap_used)] // a test helper may fail like the test itself

use std::io::Write;
use std::process::{Command, Stdio};

use terminal::{CTRL_C, CommandBuilder, ENTER, Terminal};
use testkit::build::built_programs;

const COURSE: &str = env!("CARGO_BIN_EXE_course");

/// Both commands, and what the first event of each is.
const COMMANDS: [(&[&str], &str); 2] = [
    (&["watch", "udp-send", "--calls-only", "--step"], "$ cargo udp-recv"),
    (&["demo", "udp-send", "--slow"], "$ cargo udp-recv"),
];

/// How a key ends it.
fn in_a_terminal(args: &[&str], first: &str, key: &str, exit_code: u8) {
    // The shell outlives Ctrl-C, and reports how the tool ended.
    let mut command = CommandBuilder::new("sh");
    command.args(["-c", "trap : INT; \"$0\" \"$@\"; echo exit $?", COURSE]);
    command.args(args);
    command.args(["--programs", built_programs().to_str().unwrap()]);
    command.env("TERM", "xterm");
    let mut terminal = Terminal::open(40, command);
    let asked = |terminal: &Terminal, number: usize| {
        terminal.wait_until(&format!("the question for {number}"), |screen| {
            let rows = terminal::rows(screen);
            let question = format!("What comes next?  Enter shows {number} of ");
            rows.iter().any(|row| row.starts_with(&question)).then_some(rows.join("\n"))
        })
    };
    assert!(!asked(&terminal, 1).contains(first), "{args:?}: it is hidden");
    terminal.type_keys("Z"); // means nothing
    terminal.type_keys(ENTER);
    assert!(asked(&terminal, 2).contains(first), "{args:?}");
    terminal.type_keys(" ");
    let shown = asked(&terminal, 3);
    assert_eq!(shown.matches("What comes next?").count(), 1, "{args:?}: {shown}");
    assert!(!shown.contains('Z'), "no key is shown: {shown}");
    terminal.type_keys(key);
    terminal.expect_end(exit_code);
    terminal.expect_same_mode();
}

#[test]
fn a_key_shows_the_next_event_and_q_ends() {
    for (args, first) in COMMANDS {
        in_a_terminal(args, first, "q", 0);
    }
}

#[test]
fn ctrl_c_gives_the_terminal_back() {
    for (args, first) in COMMANDS {
        in_a_terminal(args, first, CTRL_C, 130);
    }
}

#[test]
fn a_pipe_works_by_lines() {
    for (args, first) in COMMANDS {
        let run = |typed: &str| {
            let mut course = Command::new(COURSE);
            course.args(args).args(["--programs", built_programs().to_str().unwrap()]);
            course.env("COLUMNS", "100").stdin(Stdio::piped()).stdout(Stdio::piped());
            let mut course = course.spawn().unwrap();
            course.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
            let output = course.wait_with_output().unwrap();
            assert!(output.status.success(), "{args:?}");
            String::from_utf8(output.stdout).unwrap()
        };
        let [nothing, one, all] = ["", "\nq\n\n", &"\n".repeat(200)].map(run);
        assert!(!nothing.contains(first), "{nothing}");
        assert_eq!(one.matches("$ cargo").count(), 1, "{one}");
        assert!(all.matches("$ cargo").count() > 2 && all.contains(". ends"), "{all}");
        assert!(!all.contains("What comes next?") && !all.contains('\x1b'), "{all}");
    }
}

#[test]
fn only_a_step_as_text_is_shown_step_by_step() {
    let wrong: [&[&str]; 3] =
        [&["--step"], &["udp-send", "--step", "--format", "json"], &["--step", "--", "true"]];
    for args in wrong {
        let output = Command::new(COURSE).arg("watch").args(args).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}");
    }
}
