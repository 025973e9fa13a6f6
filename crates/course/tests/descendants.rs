//! What a program that is checked has started ends with it, on Windows too: here a relay. `processes.rs` has far more of this
//! for Linux, where a check has a network of its own. `cargo test -p course --test descendants`
#![cfg(windows)] // on macOS what is started may outlive a tool that is killed
#![allow(clippy::unwrap_used)] // a test helper may fail like the test itself

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

use testkit::step::until;

const COURSE: &str = env!("CARGO_BIN_EXE_course");

/// An address that nobody listens at.
fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// The tool checks a program that starts a relay at this address, which runs for ever.
fn check(relay: SocketAddr, patience: &str) -> Child {
    let options = ["--only", "prints", "--patience", patience];
    let address = relay.to_string();
    // Not as a `Program`, which ends the tool's programs itself.
    let mut tool = Command::new(COURSE);
    tool.args(["check", "udp-recv"]).args(options);
    tool.arg("--").args([COURSE, "watch", "--", COURSE, "relay", &address]); // to where the check calls
    tool.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn is_up(relay: SocketAddr) -> bool {
    TcpStream::connect(relay).is_ok()
}

#[test]
fn they_end_when_the_check_is_over() {
    let relay = free_address();
    let mut tool = check(relay, "1");
    until("the relay listens", || is_up(relay));
    assert_eq!(tool.wait().unwrap().code(), Some(1));
    until("the relay is gone", || !is_up(relay));
}

#[test]
fn they_end_when_the_tool_is_killed() {
    let relay = free_address();
    let mut tool = check(relay, "9");
    until("the relay listens", || is_up(relay));
    tool.kill().unwrap();
    tool.wait().unwrap();
    until("the relay is gone", || !is_up(relay));
}
