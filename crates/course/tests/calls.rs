//! `cargo course calls` in a terminal, below a shell with job control. `cargo test -p course --test calls`
#![cfg(unix)]
#![allow(clippy::unwrap_used)] // a test helper may fail like the test itself

use std::process::{Command, Stdio};

use terminal::{CTRL_C, CTRL_Z, ENTER, Setting, Terminal, USUAL, shells};

#[test]
fn a_stopped_line_goes_on_as_it_was() {
    for shell in shells() {
        let mut terminal =
            Terminal::start_in(&Setting { shell: Some(shell), ..USUAL }, "course", &["calls"]);
        terminal.wait_for_line("> ");
        terminal.type_keys(ENTER); // an empty line ends nothing
        terminal.type_keys("wait 1");
        terminal.wait_for_line("> wait 1"); // what the program has not read yet would be the shell's
        terminal.type_keys(CTRL_Z);
        terminal.wait_for_line("shell: ");
        terminal.type_keys("fg\r");
        terminal.wait_for_line("> wait 1");
        terminal.type_keys("0\rrecv\r");
        terminal.wait_for_row("  first connect, accept or udp");
        terminal.type_keys("listen 127.0.0.1:0\raccept\r");
        terminal.wait_for_row("3. accept   wait for a client …");
        terminal.type_keys(CTRL_C);
        terminal.wait_for_line("shell: ");
        assert_eq!(terminal.ask_shell("exit", "$?"), "130");
    }
}

/// What these calls print, made as arguments.
fn printed(calls: &[&str]) -> String {
    let mut course = Command::new(env!("CARGO_BIN_EXE_course"));
    let output = course.arg("calls").args(calls).stdin(Stdio::null()).output().unwrap();
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_call_that_would_wait_returns_at_once_if_it_is_asked_to() {
    let shown = printed(&["udp:127.0.0.1:0", "nonblocking", "recvfrom", "recv"]);
    assert!(shown.contains("   EAGAIN: no datagram has come"), "{shown}");
    assert!(shown.contains("   EAGAIN: nothing has come"), "{shown}");
    let shown = printed(&["listen:127.0.0.1:0", "nonblocking", "accept"]);
    assert!(shown.contains("   EAGAIN: no connection is complete"), "{shown}");
    assert!(!shown.contains("error: "), "{shown}");
}

#[test]
fn a_number_that_makes_no_sense_is_refused() {
    for (calls, message) in [
        (&["udp:127.0.0.1:0", "ttl:0"][..], "error: a TTL of 0\n  it is 1 to 255"),
        (&["udp:127.0.0.1:0", "ttl:4294967297"], "error: a TTL of 4294967297"),
        (&["udp:127.0.0.1:0", "rcvbuf:x"], "error: 'x' is not a number"),
        (&["udp:127.0.0.1:0", "lose:acks"], "error: UDP has no ACKs"),
        (&["udp:127.0.0.1:0", "lose:foo"], "error: 'foo' can't be lost alone"),
        (&["nonblocking"], "error: there is no socket yet"),
    ] {
        let shown = printed(calls);
        assert!(shown.contains(message), "{calls:?}: {shown}");
    }
}

/// A datagram with a TTL of 1 is lost, one with another TTL isn't: with both versions of IP.
#[test]
#[cfg(target_os = "linux")]
fn what_has_a_ttl_of_1_can_be_lost() {
    for (own, port) in [("127.0.0.78", 20078), ("[::1]", 20079)] {
        let (udp, send) = (format!("udp:{own}:{port}"), format!("sendto:{own}:{port}=你好"));
        let lost = ["nonblocking", "lose:ttl", "ttl:1", &send, "recvfrom"];
        let shown = printed(&[&[&*udp][..], &lost, &["ttl:2", &send, "recvfrom"]].concat());
        if shown.contains("error: bind") {
            testkit::skip::skipped("what_has_a_ttl_of_1_can_be_lost", &shown);
            continue;
        }
        let (lost, heard) = shown.split_once(": 2 in each packet").unwrap();
        assert!(lost.contains("EAGAIN") && heard.contains("sent 6 bytes"), "{shown}");
    }
}
