//! Does `scripts/step` know the same steps and commands as the tool? `cargo test -p course --test step_script`
#![cfg(unix)]
#![allow(clippy::unwrap_used)] // a test helper may fail like the test itself

use std::fs;

use ladder::scenario::SCENARIOS;
use testkit::{Launch, Program};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/step");

#[test]
fn it_lists_the_steps() {
    let mut script = Program::start(SCRIPT, &[""; 0]).unwrap();
    script.expect_exit(0).unwrap();
    let names: Vec<_> = SCENARIOS.iter().map(|scenario| scenario.step).collect();
    assert_eq!(script.stdout_text().lines().collect::<Vec<_>>(), names);
}

#[test]
fn it_types_the_tools_commands() {
    let script = fs::read_to_string(SCRIPT).unwrap();
    for scenario in SCENARIOS {
        let line = format!(
            "{}) waits='{}' calls='{}' ;;",
            scenario.step, scenario.waiting, scenario.calling
        );
        assert!(script.contains(&line), "{line} is not in scripts/step");
    }
}

#[test]
fn it_says_what_to_do_without_tmux() {
    let script = Launch::new("/bin/sh").args(&[SCRIPT, "udp-recv"]).env("PATH", "/nonexistent");
    let mut script = script.start().unwrap();
    script.expect_stderr("error: tmux is missing; install it*").unwrap();
    script.expect_stderr("*first: cargo udp-recv*").unwrap();
    script.expect_exit(2).unwrap();
}

#[test]
fn wrong_usage_is_reported() {
    for args in [&["no-such-step"][..], &["--no-such-option"], &["udp-send", "udp-recv"]] {
        let mut script = Program::start(SCRIPT, args).unwrap();
        script.expect_stderr("usage: *").unwrap();
        script.expect_exit(2).unwrap();
    }
}
