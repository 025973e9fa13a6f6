//! Does `cargo course doctor` find what is there and what is missing? The real tool, with what it looks at made wrong.
//!
//! `cargo test -p course --test doctor`. What this system can't do is skipped, and said on stderr: namespaces.
#![allow(clippy::unwrap_used, clippy::panic)] // a test helper may fail like the test itself

#[cfg(unix)]
mod terminal;

use std::fs;
use std::net::{TcpListener, UdpSocket};
use std::path::Path;
use std::process::{Command, Output};
#[cfg(unix)]
use std::time::{Duration, Instant};

#[cfg(unix)]
use testkit::screen::width_of;
use testkit::skip;

const COURSE: &str = env!("CARGO_BIN_EXE_course");

/// What the doctor printed, and its exit code.
struct Visit {
    text: String,
    code: i32,
}

impl Visit {
    fn with(name: &str, value: &str) -> Visit {
        Visit::of(&Command::new(COURSE).arg("doctor").env(name, value).output().unwrap())
    }

    /// The exit code is what the rows say. Another program may have one of the ports for a moment.
    fn of(output: &Output) -> Visit {
        let text = String::from_utf8(output.stdout.clone()).unwrap();
        let code = output.status.code().unwrap();
        let missing = text.lines().any(|line| line.starts_with(['✗', 'x']));
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(code, i32::from(missing), "{text}{errors}");
        Visit { text, code }
    }

    /// The row with this name, and the lines below it, as one line.
    fn row(&self, name: &str) -> String {
        let is_it = |line: &&str| line.split_once(' ').is_some_and(|row| row.1.starts_with(name));
        let mut lines = self.text.lines().skip_while(|line| !is_it(line));
        let first = lines.next().unwrap_or_else(|| panic!("no row {name}:\n{}", self.text));
        let below = lines.take_while(|line| line.starts_with("   "));
        [first].into_iter().chain(below).map(str::trim).collect::<Vec<_>>().join(" ")
    }

    fn expect(&self, name: &str, parts: &[&str]) {
        let row = self.row(name);
        assert!(parts.iter().all(|part| row.contains(part)), "{parts:?}: {row}\n{}", self.text);
    }
}

/// Runs a shell script as root of a user namespace; `$0` is the tool. `None`: that can't be had here.
fn as_root_of_a_namespace(script: &str) -> Option<Visit> {
    let unshare = |args: &[&str]| Command::new("unshare").arg("-Urn").args(args).output();
    if !unshare(&["true"]).is_ok_and(|output| output.status.success()) {
        skip::skipped("course doctor as root", "unshare -Urn does not work here");
        return None;
    }
    Some(Visit::of(&unshare(&["sh", "-c", script, COURSE]).unwrap()))
}

#[test]
fn a_port_that_is_taken_is_named_with_its_program() {
    // Where someone else has it, it is taken all the same.
    let sockets = (TcpListener::bind("127.0.0.1:8080"), UdpSocket::bind("127.0.0.1:8888"));
    let visit = Visit::with("LANG", "C.UTF-8");
    assert_eq!(visit.code, 1);
    visit.expect("8080 TCP", &["✗", "taken by", "another port"]);
    visit.expect("8888 UDP", &["✗", "taken by", "another port"]);
    assert!(visit.text.contains("Not ready yet"), "{}", visit.text);
    let own = format!("process {}", std::process::id());
    if sockets.0.is_ok() {
        visit.expect("8080 TCP", &["taken by doctor-", &own]);
    }
    if sockets.1.is_ok() {
        visit.expect("8888 UDP", &["taken by doctor-", &own]);
    }
}

#[test]
fn the_ports_of_the_steps_and_of_the_lessons_are_in_the_table() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let reference = fs::read_to_string(docs.join("reference.md")).unwrap();
    let visit = Visit::with("LANG", "C.UTF-8");
    let defaults = reference.split("[default: 127.0.0.1:").skip(1);
    let ports: Vec<&str> = defaults.filter_map(|text| text.split(']').next()).collect();
    assert!(ports.len() >= 7, "{ports:?}");
    for port in ports {
        visit.row(&format!("{port} "));
    }
    let lessons = fs::read_dir(docs.join("lessons")).unwrap();
    let lessons: Vec<_> = lessons.map(|page| fs::read_to_string(page.unwrap().path())).collect();
    for port in ["8752", "8901", "9000"] {
        visit.expect("other ports", &[port]);
        assert!(lessons.iter().any(|page| page.as_ref().unwrap().contains(port)), "{port}");
    }
}

#[test]
fn what_only_some_exercises_use_is_a_warning() {
    let visit = Visit::with("PATH", "/nonexistent");
    for name in ["ncat", "python", "tmux", "strace"] {
        visit.expect(name, &["!", "is not installed; for ", "->"]);
    }
    visit.expect("Rust", &["!", "rustup.rs"]);
}

#[cfg(unix)]
#[test]
fn a_program_that_hangs_is_not_waited_for() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap(); // where programs may be run
    let script = r#"cd "$0" && printf '#!/bin/sh\nexec /bin/sleep 60\n' >ncat &&
        printf '#!/bin/sh\nexit 127\n' >tmux && chmod +x ncat tmux"#;
    let made = Command::new("sh").args(["-c", script]).arg(folder.path()).status();
    assert!(made.unwrap().success());
    let began = Instant::now();
    let visit = Visit::with("PATH", folder.path().to_str().unwrap());
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
    visit.expect("ncat", &["!", "does not answer"]);
    visit.expect("tmux", &["!", "does not work"]);
    visit.expect("strace", &["!", "is not installed"]);
}

#[test]
fn an_unknown_encoding_stops_every_step() {
    let visit = Visit::with("SOCKET_ENCODING", "gkb");
    visit.expect("encoding", &["SOCKET_ENCODING=gkb", "no such encoding", "gbk", "utf-8"]);
    assert_eq!(visit.code, 1);
    Visit::with("SOCKET_ENCODING", "gbk").expect("encoding", &["SOCKET_ENCODING=gbk"]);
}

#[cfg(unix)]
#[test]
fn a_pipe_in_the_c_locale_gets_ascii_of_80_columns() {
    let visit = Visit::with("LC_ALL", "C");
    assert!(visit.text.is_ascii(), "{}", visit.text);
    visit.expect("locale", &["!", "LC_ALL=C", "export LC_ALL="]);
    visit.expect("terminal", &["!", "stdout is a pipe or a file"]);
    let utf8 = Visit::with("LC_ALL", "zh_CN.UTF-8");
    utf8.expect("locale", &["✓", "LC_ALL=zh_CN.UTF-8"]);
    for line in visit.text.lines().chain(utf8.text.lines()) {
        assert!(width_of(line) <= 80, "{line}");
    }
}

#[test]
fn without_loopback_it_is_not_ready() {
    let Some(visit) = as_root_of_a_namespace("exec \"$0\" doctor") else { return };
    assert_eq!(visit.code, 1);
    visit.expect("loopback IPv4", &["TCP over 127.0.0.1: ", "-> switch it on"]);
    visit.expect("loopback IPv6", &["!", "TCP over ::1: "]);
    visit.expect("addresses", &["!", "none but loopback"]);
}

#[test]
fn without_namespaces_it_says_why_not() {
    let limited = "echo 0 >/proc/sys/user/max_user_namespaces && \
        echo 0 >/proc/sys/user/max_net_namespaces && exec \"$0\" doctor";
    let Some(visit) = as_root_of_a_namespace(limited) else { return };
    visit.expect("namespaces", &["!", "shows calls, but no packets", "->"]);
}

/// In a network of its own every port is free, and nothing else is missing.
#[test]
fn where_all_is_there_it_is_ready() {
    let mut watch = Command::new(COURSE);
    watch.args(["watch", "--format", "json", "--", COURSE, "doctor"]);
    let output = watch.env("LC_ALL", "C.UTF-8").env_remove("SOCKET_ENCODING").output().unwrap();
    if String::from_utf8_lossy(&output.stderr).contains("no packets can be captured") {
        return skip::skipped("course doctor and namespaces", "this system gives a user none");
    }
    let visit = Visit::of(&output);
    assert_eq!(visit.code, 0);
    for name in ["8888 UDP", "8888 TCP", "8899 TCP", "8080 TCP", "other ports"] {
        visit.expect(name, &["✓", "free"]);
    }
    visit.expect("loopback IPv4", &["✓"]);
    assert!(visit.text.contains("\nReady."), "{}", visit.text);
}
