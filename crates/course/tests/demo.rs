//! Does `cargo course` show and check what it should? The real tool with the real programs, and with false ones.
//!
//! `cargo test -p course --test demo` builds the programs of the steps first when they are missing.
#![allow(clippy::unwrap_used)] // a test helper may fail like the test itself

use std::path::Path;
use std::time::Duration;

use ladder::scenario::SCENARIOS;
use testkit::build::built_programs;
use testkit::screen::width_of;
#[cfg(unix)]
use testkit::step::{is_running, quoted, until};
use testkit::{Launch, Program};

fn course(args: &[&str], columns: usize) -> Program {
    let launch = Launch::new(env!("CARGO_BIN_EXE_course")).args(args).no_input();
    launch.env("COLUMNS", columns.to_string()).deadline(Duration::from_secs(60)).start().unwrap()
}

fn demo(step: &str, programs: &Path, columns: usize) -> Program {
    course(&["demo", step, "--programs", programs.to_str().unwrap()], columns)
}

fn passes(step: &str) {
    let mut demo = demo(step, built_programs(), 100);
    demo.expect_exit(0).unwrap();
    let picture = demo.stdout_text();
    assert!(picture.contains("✓ 1 step,") && !picture.contains('✗'), "{picture}");
    assert!(!picture.contains('\x1b'), "no colours in a pipe");
}

#[test]
fn udp_send() {
    passes("udp-send");
}

#[test]
fn udp_recv() {
    passes("udp-recv");
}

#[test]
fn udp_chat() {
    passes("udp-chat");
}

#[test]
fn tcp_server() {
    passes("tcp-server");
}

#[test]
fn tcp_client() {
    passes("tcp-client");
}

#[test]
fn tcp_duplex() {
    passes("tcp-duplex");
}

#[test]
fn file_download() {
    passes("file-download");
}

#[test]
fn no_row_is_wider_than_the_terminal() {
    for columns in [40, 61, 160] {
        for step in ["udp-chat", "tcp-server"] {
            let mut demo = demo(step, built_programs(), columns);
            demo.expect_exit(0).unwrap();
            for row in demo.stdout_text().lines() {
                assert!(width_of(row) <= columns, "{columns} columns: {row}");
            }
        }
    }
}

#[test]
fn the_list_names_every_step_with_its_commands_and_lesson() {
    for columns in [60, 100] {
        let mut list = course(&[], columns);
        list.expect_exit(0).unwrap();
        let text = list.stdout_text();
        // Where a command was too long for the screen it goes on in the next line.
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for scenario in SCENARIOS {
            for part in [scenario.title, scenario.waiting, scenario.calling, scenario.lesson] {
                assert!(words.contains(part), "{part} is not in\n{text}");
            }
        }
        assert!(text.contains("cargo course demo"));
        assert!(text.lines().all(|line| width_of(line) <= columns), "{text}");
    }
}

#[test]
fn an_unknown_step_is_wrong_usage_and_the_names_are_reported() {
    let mut course = course(&["demo", "nosuch"], 100);
    course.expect_exit(2).unwrap();
    for scenario in SCENARIOS {
        assert!(course.stderr_text().contains(scenario.step));
    }
}

#[test]
fn a_temporary_folder_that_is_missing_is_reported_and_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing");
    for (words, code, says) in [
        (&["demo", "udp-send"][..], 1, true),
        (&["watch", "udp-send"], 2, true),
        (&["check", "udp-send", "--only", "one-datagram"], 0, false),
    ] {
        let launch = Launch::new(env!("CARGO_BIN_EXE_course")).args(words).no_input();
        let launch = launch.env(testkit::temporary::VARIABLE, &missing).env("COLUMNS", "200");
        let mut course = launch.deadline(Duration::from_secs(60)).start().unwrap();
        let ended = course.wait().unwrap();
        let said = course.stdout_text() + &course.stderr_text();
        assert_eq!(ended.code(), Some(code), "{words:?}: {said}");
        assert_eq!(said.contains("can name another folder"), says, "{words:?}: {said}");
        assert!(!missing.exists(), "{words:?}");
    }
}

#[test]
fn a_missing_program_is_reported_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let mut demo = demo("udp-send", folder.path(), 100);
    demo.expect_exit(2).unwrap();
    assert!(demo.stderr_text().contains("udp-recv, udp-send"), "{}", demo.stderr_text());
    assert_eq!(demo.stdout_text(), "");
}

#[cfg(unix)]
mod with_false_programs {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    /// A folder with shell scripts that stand in for two programs of the steps.
    fn folder(udp_recv: &str, udp_send: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap(); // where programs may be run
        for (name, script) in [("udp-recv", udp_recv), ("udp-send", udp_send)] {
            let path = folder.path().join(name);
            fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        folder
    }

    #[test]
    fn a_wrong_line_fails_and_the_difference_is_shown() {
        let receiver = "echo 'listening on 127.0.0.1:7' >&2; echo '[127.0.0.1:9] 您好'; echo 'a hint' >&2; exit 3";
        let folder = folder(receiver, "exit 0");
        let mut demo = demo("udp-send", folder.path(), 80);
        demo.expect_exit(1).unwrap();
        let picture = demo.stdout_text();
        for part in [
            "$ cargo udp-send 127.0.0.1:7 你好",
            "✗ not as the lesson says",
            "expected: on stdout: [*] 你好",
            "instead:  [127.0.0.1:9] 您好",
            "stderr:   listening on 127.0.0.1:7",
            "            a hint",
            "ended: exit code 3",
            "✗ 1 of 1 not as the lesson says: udp-send",
        ] {
            assert!(picture.contains(part), "{part:?} is not in\n{picture}");
        }
    }

    #[test]
    fn a_wrong_exit_code_fails() {
        let receiver = "echo 'listening on 127.0.0.1:7' >&2; echo '[a] 你好'; read line";
        let folder = folder(receiver, "exit 4");
        let mut demo = demo("udp-send", folder.path(), 80);
        demo.expect_exit(1).unwrap();
        demo.expect_stdout("*expected: to end with exit code 0*").unwrap();
    }

    #[test]
    fn control_characters_are_shown_and_not_obeyed() {
        let receiver =
            r"echo 'listening on 127.0.0.1:7' >&2; printf '[a] \033[2J\a\r你好\n'; exit 1";
        let folder = folder(receiver, "exit 0");
        let mut demo = demo("udp-send", folder.path(), 80);
        demo.expect_exit(1).unwrap();
        let picture = demo.stdout_text();
        assert!(picture.contains("␛[2J␇␍你好"), "{picture}");
        assert!(!picture.contains(|c: char| c.is_control() && c != '\n'), "{picture}");
    }

    #[test]
    fn ctrl_c_ends_the_programs_too() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let receiver = format!("sleep 600 & echo $! >{}; exec sleep 600", quoted(&file));
        let folder = folder(&receiver, "exit 0");
        let mut demo = demo("udp-send", folder.path(), 80);
        demo.expect_stdout("the caller*").unwrap();
        let sleeper = || fs::read_to_string(file.path()).unwrap();
        until("the receiver has started another program", || sleeper().ends_with('\n'));
        demo.interrupt();
        demo.expect_exit(130).unwrap();
        until("that has ended too", || !is_running(sleeper().trim()));
    }

    #[test]
    fn a_reader_that_goes_away_is_no_error() {
        let folder = folder("exit 1", "exit 0");
        let tool = env!("CARGO_BIN_EXE_course");
        let script = format!(
            "{{ '{tool}' demo udp-send --programs {}; echo $? >&2; }} | true",
            quoted(&folder)
        );
        let mut shell = Program::start("sh", &["-c", &script]).unwrap();
        shell.expect_exit(0).unwrap();
        assert_eq!(shell.stderr_text(), "0\n");
    }
}
