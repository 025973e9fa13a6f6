//! How each command ends when its output can't be written: `cargo test -p course --test outcome`
#![cfg(unix)]
#![allow(clippy::unwrap_used)] // a test helper may fail like the test itself

#[cfg(target_os = "linux")]
use std::fs::File;
use std::io::pipe;
use std::process::{Command, Output, Stdio};

/// Commands that print, and end soon.
const COMMANDS: [&[&str]; 6] = [
    &[],
    &["check", "--list"],
    &["check", "udp-send", "--only", "utf-8", "--", "true"],
    &["check", "udp-send", "--only", "utf-8", "--format", "json", "--", "true"],
    &["check", "udp-send", "--only", "utf-8", "--format", "junit", "--", "true"],
    &["stages"],
];

fn course(args: &[&str], stdout: impl Into<Stdio>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_course"));
    command.args(args).stdin(Stdio::null()).stdout(stdout).stderr(Stdio::piped());
    command.spawn().unwrap().wait_with_output().unwrap()
}

#[test]
fn a_reader_that_has_gone_is_no_error_but_no_pass_either() {
    for args in COMMANDS {
        let (reader, writer) = pipe().unwrap();
        drop(reader);
        let output = course(args, writer);
        let code = i32::from(args.contains(&"udp-send")); // its verdict was not read
        assert_eq!(output.status.code(), Some(code), "{args:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{args:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_reported_in_one_sentence() {
    for args in COMMANDS {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let output = course(args, full);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(error.starts_with("error: can't write to stdout: No space left"), "{error}");
        assert_eq!(error.lines().count(), 1, "{args:?}: {error}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn help_that_does_not_fit_on_the_disk_is_an_error_too() {
    let full = File::options().write(true).open("/dev/full").unwrap();
    let output = course(&["--help"], full);
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(error.starts_with("error: stdout: No space left"), "{error}");
}

#[test]
fn a_name_that_is_not_found_is_an_error_of_the_network() {
    let output = course(&["relay", "0", "no-such-host.invalid:9"], Stdio::null());
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(error.contains("can't find host 'no-such-host.invalid'"), "{error}");
}
