//! `cargo course check STEP --watch`, with submissions that are saved while it waits: `cargo test -p course --test check_watch`
#![cfg(unix)]
#![allow(clippy::unwrap_used)] // a test helper may fail like the test itself

use std::fs;
use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;
use terminal::{CommandBuilder, Terminal};
use testkit::build::built_programs;
use testkit::{Launch, Program};

/// A student's folder with spaces and Chinese in its path.
struct Student(TempDir);

impl Student {
    fn new() -> Student {
        let student = Student(tempfile::tempdir().unwrap());
        fs::create_dir_all(student.0.path().join("我的 work/src")).unwrap();
        student
    }

    fn folder(&self) -> &Path {
        self.0.path()
    }

    /// Saves the program: our own one, after a line of its own.
    fn save(&self, name: &str, first_line: &str) {
        let ours = built_programs().join("udp-send");
        let text = format!("{first_line}\nexec \"{}\" \"$@\"\n", ours.display());
        fs::write(self.folder().join("我的 work").join(name), text).unwrap();
    }

    fn course(&self, args: &[&str]) -> Program {
        let course = Launch::new(env!("CARGO_BIN_EXE_course")).args(args);
        let course = course.current_dir(self.folder()).deadline(Duration::from_secs(60));
        course.no_input().start().unwrap()
    }

    fn best(&self) -> String {
        fs::read_to_string(self.folder().join(".socket-steps")).unwrap_or_default()
    }
}

#[test]
fn a_program_is_checked_again_when_it_is_saved_until_all_is_green() {
    let student = Student::new();
    student.save("send.sh", "exit 0");
    let watch = ["check", "udp-send", "--watch", "--", "sh", "我的 work/send.sh"];
    let mut watching = student.course(&watch);
    watching.expect_stdout("  ✗ one-datagram *").unwrap();
    watching.expect_stdout("0 of 7 checks pass").unwrap();
    watching.expect_stdout("waiting for a change in *").unwrap();
    assert!(student.best().contains("\nudp-send: 0 of 7\n"), "{}", student.best());
    let first = watching.stdout_text();
    assert_eq!(first.matches("think:").count(), 1, "the first failure only: {first}");
    student.save("send.sh", "# mended");
    watching.expect_stdout("7 of 7 checks pass").unwrap();
    watching.expect_stdout("next:  udp-recv, docs/lessons/02-udp-recv.md*").unwrap();
    watching.expect_exit(0).unwrap();
    assert!(!watching.stdout_text().contains('\x1b'), "nothing is cleared where no terminal is");

    student.save("send.sh", "exit 1");
    let mut watching = student.course(&watch);
    watching.expect_stdout("waiting for a change in *").unwrap();
    watching.interrupt();
    watching.expect_exit(130).unwrap();
    assert!(student.best().contains("\nudp-send: 7 of 7\n"), "the best stays: {}", student.best());
    let best = student.best() + "one-thread: 3 of 11\n"; // an exercise's
    fs::write(student.folder().join(".socket-steps"), best).unwrap();
    let mut list = student.course(&[]);
    list.expect_stdout("   your best so far: 7 of 7 core checks").unwrap();
    list.expect_stdout("   docs/lessons/04b-a-stream-comes-in-pieces.md").unwrap();
    list.expect_stdout("   your best so far: 3 of 11 core checks").unwrap();
    list.expect_exit(0).unwrap();
}

#[test]
fn a_program_is_built_before_each_check() {
    let student = Student::new();
    student.save("src/send.sh", "exit 0");
    let build = "test -e ok && cp '我的 work/src/send.sh' '我的 work/target/' || { echo no ok >&2; false; }";
    let only = ["--only", "one-datagram", "--build", build, "--", "sh", "我的 work/target/send.sh"];
    let mut watching = student.course(&[&["check", "udp-send", "--watch"], &only[..]].concat());
    watching.expect_stderr("no ok").unwrap();
    watching.expect_stdout("waiting for a change in *我的 work; Ctrl-C ends").unwrap();
    fs::create_dir(student.folder().join("我的 work/target")).unwrap();
    fs::write(student.folder().join("ok"), "").unwrap();
    student.save("src/send.sh", "# built now");
    watching.expect_stdout("1 of 1 checks pass").unwrap();
    watching.expect_exit(0).unwrap();
    assert_eq!(student.best(), "", "one check alone is no result");
}

#[test]
fn without_sources_there_is_nothing_to_wait_for() {
    let student = Student::new();
    let mut watching = student.course(&["check", "udp-send", "--watch", "--", "true"]);
    watching.expect_stderr("error: --watch finds no sources beside the program; name *").unwrap();
    watching.expect_exit(2).unwrap();
}

#[test]
fn in_a_terminal_each_round_begins_on_an_empty_screen() {
    let student = Student::new();
    student.save("send.sh", "exit 0");
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_course"));
    // The first build fails, the next one does not.
    let build = "test -e ok || { touch ok; echo it does not compile >&2; false; }";
    command.args(["check", "udp-send", "--watch", "--only", "one-datagram", "--build", build]);
    command.args(["--", "sh", "我的 work/send.sh"]);
    command.cwd(student.folder());
    command.env("TERM", "xterm");
    let terminal = Terminal::open(40, command);
    let shows = |terminal: &Terminal, first: &str| {
        terminal.wait_until(first, |screen| {
            let rows = terminal::rows(screen);
            let waits = rows.iter().any(|row| row.starts_with("waiting for a change in "));
            (waits && rows.first().is_some_and(|row| row == first)).then_some(())
        });
    };
    shows(&terminal, "it does not compile");
    student.save("send.sh", "exit 0 # and it is saved again");
    shows(&terminal, "udp-send: sh '我的 work/send.sh'");
}
