//! Does [`testkit::Program`] keep its promises? Small shell scripts play the programs: `cargo test -p testkit`
#![cfg(unix)]
#![allow(clippy::unwrap_used)] // a test helper may fail like the test itself

use std::sync::mpsc;
use std::time::{Duration, Instant};

use testkit::output::{KEPT, Stream};
use testkit::program::{Change, Exit};
use testkit::step::is_running;
use testkit::{Launch, Program};

fn script(text: &str) -> Program {
    Program::start("sh", &["-c", text]).unwrap()
}

fn short(text: &str) -> Program {
    Launch::new("sh").args(&["-c", text]).deadline(Duration::from_millis(300)).start().unwrap()
}

#[test]
fn lines_are_expected_in_order_on_both_streams() {
    let mut program = script(
        "echo 'listening on 127.0.0.1:5' >&2; read line; echo \"[peer] $line\"; echo bye >&2; exit 3",
    );
    assert_eq!(program.listening().unwrap(), "127.0.0.1:5");
    program.type_line("你好").unwrap();
    assert_eq!(program.expect_stdout("[*] 你好").unwrap(), "[peer] 你好");
    program.expect_stderr("bye").unwrap();
    assert_eq!(program.wait().unwrap(), Exit::Code(3));
    assert_eq!(program.ended(), Some(Exit::Code(3)));
    assert_eq!(program.stdout_text(), "[peer] 你好\n");
}

#[test]
fn a_prompt_without_a_line_end_is_a_line() {
    let mut program = script("printf 'name? '; read name; printf 'hello '; echo \"$name\"");
    program.expect_stdout("name? ").unwrap();
    program.type_line("小明").unwrap();
    // The two halves are one line: the first one is not taken while more may follow.
    assert_eq!(program.expect_stdout("hello*").unwrap(), "hello 小明");
}

#[test]
fn the_address_is_never_half_a_line() {
    let mut program = script("printf 'listening on 127.0.' >&2; sleep 0.3; echo 0.1:80 >&2");
    assert_eq!(program.listening().unwrap(), "127.0.0.1:80");
}

#[test]
fn a_failure_tells_what_came_and_how_it_ended() {
    let mut program = script("echo first; echo other; echo oops >&2; exit 7");
    program.expect_stdout("first").unwrap();
    let failure = program.expect_stdout("second").unwrap_err();
    assert_eq!(failure.instead, "other\n");
    assert_eq!(failure.stdout, "first\nother\n");
    assert_eq!(failure.stderr, "oops\n");
    assert_eq!(failure.state, "ended: exit code 7");
    assert!(failure.to_string().contains("on stdout: second"), "{failure}");
}

#[test]
fn a_failure_comes_at_once_when_nothing_more_can_come() {
    let start = Instant::now();
    assert!(script("exit 0").expect_stdout("never").is_err());
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn every_wait_has_a_deadline() {
    let start = Instant::now();
    let mut program = short("sleep 60");
    assert_eq!(program.expect_stdout("never").unwrap_err().state, "still running");
    assert!(program.wait().unwrap_err().expected.starts_with("to end"));
    assert!(program.expect_exit(0).is_err());
    assert!(start.elapsed() < Duration::from_secs(30));
}

#[test]
fn a_program_that_does_not_read_stops_nobody() {
    let mut program = short("sleep 60");
    for _ in 0..100 {
        program.send_bytes(&[b'x'; 64 * 1024]).unwrap();
    }
    program.end_input();
    assert!(program.type_line("too late").is_err());
}

#[test]
fn output_without_end_is_bounded() {
    let mut program = script("yes 你好 | head -c 20000000; echo; echo done >&2");
    program.set_deadline(Duration::from_secs(20));
    program.expect_stderr("done").unwrap();
    program.wait().unwrap();
    assert_eq!(program.stdout_bytes().len(), KEPT);
    assert_eq!(program.thrown_away(), (20_000_001 - KEPT as u64, 0));
}

#[test]
fn a_signal_is_reported() {
    let mut program = script("kill -TERM $$");
    assert_eq!(program.wait().unwrap(), Exit::Signal(15));
    assert_eq!(program.wait().unwrap().to_string(), "signal 15 (SIGTERM)");
    assert!(program.expect_exit(0).unwrap_err().state.contains("SIGTERM"));
}

#[test]
fn nothing_survives_that_a_program_started() {
    let mut program = script("sleep 600 & echo $!; wait");
    let child = program.expect_stdout("*").unwrap();
    assert!(is_running(&child));
    drop(program);
    let deadline = Instant::now() + Duration::from_secs(5);
    while is_running(&child) && Instant::now() < deadline {
        std::thread::yield_now();
    }
    assert!(!is_running(&child), "process {child} survived");
}

#[test]
fn what_a_program_left_running_does_not_hold_up_the_end() {
    let start = Instant::now();
    let mut program = script("sleep 600 & exit 0");
    assert_eq!(program.wait().unwrap(), Exit::Code(0));
    assert!(start.elapsed() < Duration::from_secs(30));
}

#[test]
fn a_missing_program_is_reported_with_what_to_do() {
    let failure = Program::step("no-such-step", &["x"]).err().unwrap();
    assert!(failure.state.contains("cargo build --workspace"), "{failure}");
    assert_eq!(failure.program, "no-such-step x");
}

#[test]
fn input_can_be_none_and_the_surroundings_can_be_set() {
    let folder = tempfile::tempdir().unwrap();
    let launch = Launch::new("sh").args(&["-c", "cat; pwd -P; echo $COLOUR"]).env("COLOUR", "红");
    let mut program = launch.current_dir(folder.path()).no_input().start().unwrap();
    program.expect_exit(0).unwrap();
    let real = folder.path().canonicalize().unwrap();
    assert_eq!(program.stdout_text(), format!("{}\n红\n", real.display()));
}

#[test]
fn an_observer_sees_two_programs_in_the_order_of_what_happened() {
    let (sender, events) = mpsc::channel();
    let cat = |number| Launch::new("cat").observer(number, sender.clone()).start().unwrap();
    let (mut one, mut two) = (cat(1), cat(2));
    for round in 0..20 {
        for program in [&mut one, &mut two] {
            program.type_line(&format!("{round}")).unwrap();
            program.expect_stdout(&format!("{round}")).unwrap();
        }
    }
    one.end_input();
    one.expect_exit(0).unwrap();
    let events: Vec<_> = events.try_iter().map(|event| (event.program, event.what)).collect();
    let printed = |number, what: &Change| matches!(what, Change::Printed(Stream::Stdout, line) if line.text == format!("{number}"));
    for (round, six) in events.chunks(6).take(20).enumerate() {
        let order: Vec<usize> = six.iter().map(|(program, _)| *program).collect();
        assert_eq!(order, [1, 1, 1, 2, 2, 2]);
        assert_eq!(six[0].1, Change::Typed(format!("{round}")));
        assert!(printed(round, &six[1].1) && printed(round, &six[4].1));
        assert!(matches!(six[2].1, Change::Expected(Stream::Stdout, _)));
    }
    assert_eq!(events[120..], [(1, Change::InputEnded), (1, Change::Ended(Exit::Code(0)))]);
}
