//! What stands on a command line or in the environment, for all steps: nothing of it reaches the terminal raw, and an
//! error names what is wrong.
#![allow(clippy::unwrap_used)] // a test helper may fail like the test itself

#[cfg(unix)]
use std::process::Command;

use testkit::Launch;
#[cfg(unix)]
use testkit::program::Result;

/// Runs a step that must refuse its command line, and returns what it says.
fn refused(step: &str, args: &[&str], variable: Option<(&str, &str)>) -> String {
    let launch = Launch::step(step).args(args).no_input();
    let launch = launch.without_env("SOCKET_ENCODING").without_env("SOCKET_INPUT_ENCODING");
    let launch = match variable {
        Some((name, value)) => launch.env(name, value),
        None => launch,
    };
    let mut program = launch.start().unwrap();
    program.wait().unwrap();
    assert_ne!(program.wait().unwrap().code(), Some(0), "{step} {args:?}");
    assert_eq!(program.stdout_text(), "", "errors go to stderr");
    program.stderr_text()
}

#[test]
fn no_argument_reaches_the_terminal_raw() {
    const RED: &str = "\x1b[31mred\u{9b}\u{202e}";
    let red = |before: &str, after: &str| format!("{before}{RED}{after}");
    let mut rows = vec![
        ("udp-send", vec![red("", "")]),
        ("udp-send", vec![red("", ":1"), "x".into()]),
        ("udp-send", vec![red("[::", "]:1"), "x".into()]),
        ("udp-send", vec!["1".into(), red("--", "")]),
        ("udp-send", vec!["1".into(), "--wait".into(), red("", "")]),
        ("udp-recv", vec!["0".into(), "--join".into(), red("", "")]),
        ("tcp-duplex", vec![red("", "")]),
        ("tcp-duplex", vec!["serve".into(), "--framing".into(), red("", "")]),
    ];
    if testkit::skip::unix_sockets("the paths of Unix sockets in messages") {
        rows.push(("tcp-server", vec![red("unix:/no-such-folder/", "")]));
        rows.push(("tcp-client", vec![red("unix:/no-such-folder/", ""), "x".into()]));
        rows.push(("tcp-client", vec![red("unix:", &"x".repeat(200)), "x".into()]));
    }
    for step in ["udp-send", "udp-recv", "udp-chat", "tcp-server", "tcp-client"] {
        rows.push((step, vec!["--encoding".into(), red("", "")]));
    }
    for (step, args) in rows {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let said = refused(step, &args, None);
        let raw = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!said.contains(raw), "{step} {args:?}: {said:?}");
        assert!(said.contains("␛[31mred"), "{step} {args:?}: {said}");
    }
}

#[test]
fn a_wrong_environment_variable_is_named() {
    let rows = [
        ("udp-send", "SOCKET_ENCODING", "klingon"),
        ("udp-recv", "SOCKET_ENCODING", ""),
        ("udp-chat", "SOCKET_INPUT_ENCODING", "utf-16"),
        ("tcp-server", "SOCKET_ENCODING", "\x1b[31m"),
    ];
    for (step, variable, value) in rows {
        let said = refused(step, &[], Some((variable, value)));
        let expected =
            format!("the environment variable {variable} holds this value: change it, or unset it");
        assert!(said.contains(&expected), "{step} {variable}={value:?}: {said}");
        assert!(!said.contains('\x1b'), "{said:?}");
    }
    let said = refused("tcp-duplex", &["serve"], Some(("SOCKET_INPUT_ENCODING", "klingon")));
    assert!(said.contains("variable SOCKET_INPUT_ENCODING holds"), "{said}");
    let typed = ["--encoding", "morse"];
    let said = refused("udp-recv", &typed, Some(("SOCKET_ENCODING", "klingon")));
    assert!(!said.contains("environment"), "the option is wrong, not the variable: {said}");
}

#[cfg(unix)]
#[test]
fn a_trace_that_is_no_file_costs_the_picture_only() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("fifo");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    for path in [&*fifo, folder.path(), "/dev/full".as_ref()] {
        let launch = Launch::step("udp-send").args(&["9", "hello"]).no_input();
        let mut sender = launch.env("SOCKET_STEPS_TRACE", path.to_str().unwrap()).start()?;
        sender.expect_exit(0)?;
    }
    Ok(())
}
