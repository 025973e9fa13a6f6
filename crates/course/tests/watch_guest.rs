//! `cargo course watch` with programs that don't narrate: strace reports their calls.
//!
//! `cargo test -p course --test watch_guest`. What this computer lacks is skipped, and said on stderr: strace, namespaces, a
//! compiler, Python.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)] // a test helper may fail like the test itself

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use testkit::build::built_programs;
use testkit::skip::{self, skipped};

const COURSE: &str = env!("CARGO_BIN_EXE_course");

fn course(args: &[&str]) -> Command {
    let mut course = Command::new(COURSE);
    course.args(["watch", "--programs", built_programs().to_str().unwrap()]).args(args);
    course.env("COLUMNS", "100").env("NO_COLOR", "1");
    course
}

fn printed(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes)).concat()
}

/// Can strace watch programs here?
fn strace_works(what: &str) -> bool {
    let works = ladder::strace::works();
    if let Err(why) = &works {
        skipped(what, why);
    }
    works.is_ok()
}

/// The ladder of a step that this program plays; `None`, and a word about it, where packets can't be captured.
fn ladder(step: &str, program: &[&str]) -> Option<Value> {
    let output = course(&[&[step, "--format", "json", "--"], program].concat()).output().unwrap();
    assert!(output.status.success(), "{}", printed(&output));
    let ladder: Value = serde_json::from_slice(&output.stdout).unwrap();
    if let Some(why) = ladder["without_packets"].as_str() {
        skipped(&program.join(" "), &format!("no packets on this system: {why}"));
        return None;
    }
    Some(ladder)
}

fn rows(ladder: &Value) -> &Vec<Value> {
    ladder["rows"].as_array().unwrap()
}

/// What the waiting side did for one client, or before there was one: the calls, and how many bytes a return brought.
fn done_for(ladder: &Value, peer: &Value) -> Vec<String> {
    let own = rows(ladder).iter().filter(|row| row["side"] == "waiting" && row["peer"] == *peer);
    let own = own.filter_map(|row| match row["row"].as_str()? {
        "call" => row["call"].as_str().map(str::to_owned),
        "return" => Some(format!("→ {}", row["bytes"])),
        _ => None,
    });
    own.collect()
}

/// No recv has returned more than the packets above it had brought, and each send stands above its packet.
fn hold_against_packets(ladder: &Value) {
    let (mut brought, mut returned, mut sends, mut sent) =
        (HashMap::new(), HashMap::new(), HashMap::new(), HashMap::new());
    for row in rows(ladder) {
        let side = row["side"].as_str().unwrap_or_default();
        let other = if side == "caller" { "waiting" } else { "caller" };
        let bytes = row["bytes"].as_u64().unwrap_or(0);
        let length = row["length"].as_u64().unwrap_or(0);
        *brought.entry(other).or_insert(0) += length;
        *sent.entry(side).or_insert(0) += length;
        match (row["row"].as_str(), row["call"].as_str()) {
            (Some("return"), _) => *returned.entry(side).or_insert(0) += bytes,
            (_, Some("send" | "sendto")) => *sends.entry(side).or_insert(0) += bytes,
            _ => {}
        }
        let of = |all: &HashMap<&str, u64>| *all.get(side).unwrap_or(&0);
        assert!(of(&returned) <= of(&brought), "{row:#}");
        assert!(of(&sent) <= of(&sends), "{row:#}");
    }
}

/// A server of step 4 in any language that calls what the lesson lists.
fn hold_against_the_lesson(program: &[&str]) {
    let Some(ladder) = ladder("tcp-server", program) else { return };
    hold_against_packets(&ladder);
    let before = done_for(&ladder, &Value::Null);
    let expected = ["socket", "setsockopt", "bind", "listen", "accept", "accept", "accept"];
    // The last accept is interrupted; a program may still close its listening socket.
    assert_eq!(before[..7], expected, "{program:?}");
    let connections = ladder["connections"].as_array().unwrap();
    assert_eq!(connections.len(), 2, "{program:?}");
    for (connection, bytes) in connections.iter().zip([6, 7]) {
        let calls = ["→ null", "recv", &format!("→ {bytes}"), "recv", "→ 0", "close"];
        assert_eq!(done_for(&ladder, &connection["caller"]), calls, "{program:?}");
    }
    // Each is accepted after its handshake.
    let place = |so: &dyn Fn(&Value) -> bool| rows(&ladder).iter().position(so).unwrap();
    for (index, connection) in connections.iter().enumerate() {
        let established =
            place(&|row| row["connection"] == index && row["waiting_state"] == "ESTABLISHED");
        let accepted = place(&|row| row["row"] == "return" && row["peer"] == connection["caller"]);
        assert!(established < accepted, "{program:?}");
    }
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn a_server_in_python_has_its_calls_in_true_order() {
    let what = "a server in Python in the ladder";
    let (Some(python), true) = (skip::python(what), strace_works(what)) else { return };
    let server = repository().join("crates/course/grader/correct/tcp-server.py");
    hold_against_the_lesson(&[python, server.to_str().unwrap()]);
}

#[test]
fn a_server_in_c_has_its_calls_in_true_order() {
    let what = "a server in C in the ladder";
    if !skip::installed(&["cc", "--version"], what) || !strace_works(what) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("我的 server");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/guests/tcp_server.c");
    let mut cc = Command::new("cc");
    cc.arg("-pthread").arg("-o").arg(&program).arg(source);
    assert!(cc.status().unwrap().success());
    hold_against_the_lesson(&[program.to_str().unwrap()]);
}

/// Each step is played by a program that knows only what the task promises.
#[test]
fn each_step_can_be_played_by_a_guest() {
    let what = "each step with a guest in the ladder";
    let (Some(python), true) = (skip::python(what), strace_works(what)) else { return };
    for step in ladder::guest::steps() {
        let program = repository().join(format!("crates/course/grader/correct/{step}.py"));
        let Some(ladder) = ladder(step, &[python, program.to_str().unwrap()]) else { return };
        hold_against_packets(&ladder);
    }
}

/// A program that does nothing that the task promises is shown as far as it came.
#[test]
fn a_guest_that_fails_is_shown_as_far_as_it_came() {
    let output = course(&["tcp-server", "--", "false"]).output().unwrap();
    let printed = printed(&output);
    assert_eq!(output.status.code(), Some(1), "{printed}");
    assert!(printed.contains("$ false 127.0.0.1:"), "{printed}");
    assert!(printed.contains("ends with exit code 1"), "{printed}");
    assert!(printed.contains("The play ended here. false 127.0.0.1:"), "{printed}");
}

/// The calls of a command's programs, of a child too; ours are shown once, with the lesson's numbers.
#[test]
fn the_calls_of_any_command_are_shown() {
    let what = "the calls of a command";
    let (Some(python), true) = (skip::python(what), strace_works(what)) else { return };
    let script = "import os, socket
if os.fork() == 0:
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.sendto(b'hi', ('127.0.0.1', 9)); s.close(); os._exit(0)
os.wait()";
    let ours = built_programs().join("udp-send");
    let shell = format!("{python} -c \"{script}\"; '{}' 127.0.0.1:9 hello", ours.display());
    let mut course = Command::new(COURSE);
    course.args(["watch", "--", "sh", "-c", &shell]).env("COLUMNS", "150").env("NO_COLOR", "1");
    let printed = printed(&course.output().unwrap());
    let count = |wanted: &str| printed.lines().filter(|line| line.contains(wanted)).count();
    assert_eq!(count("sendto  127.0.0.1:9: 2 bytes: 68 69"), 1, "{printed}");
    assert_eq!(count("2. sendto  127.0.0.1:9: 5 bytes"), 1, "{printed}");
    assert_eq!(count("sendto  127.0.0.1:9: 5 bytes"), 1, "{printed}");
}

/// Without strace there is one sentence, and the packets.
#[test]
fn without_strace_a_sentence_says_why() {
    let mut course = Command::new(COURSE);
    course.args(["watch", "--", "/bin/true"]).env("PATH", "/nowhere");
    let output = course.output().unwrap();
    let printed = printed(&output);
    assert!(output.status.success(), "{printed}");
    let sentence =
        "Only the course's own programs can show their calls here: strace is not installed";
    assert!(printed.contains(sentence), "{printed}");
}

#[test]
fn wrong_usage_is_reported() {
    for (args, message) in [
        (
            ["handshake", "--", "true"],
            "error: handshake is played by the course's own programs; yours can play udp-send, ",
        ),
        (["tcp-server", "--", "./no-such-program"], "error: there is no program ./no-such-program"),
    ] {
        let output = course(&args).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(printed(&output).contains(message), "{args:?}: {}", printed(&output));
    }
}
