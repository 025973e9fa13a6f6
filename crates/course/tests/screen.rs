//! Whatever a name or an argument holds, the terminal obeys none of it.
#![cfg(unix)]
#![allow(clippy::unwrap_used)] // a test helper may fail like the test itself

use std::process::{Command, Stdio};

const COURSE: &str = env!("CARGO_BIN_EXE_course");

/// An escape sequence that begins red text: in a name it would be allowed everywhere.
const RED: &str = "\u{1b}[31mred";

/// All that the tool prints for these arguments.
fn said(args: &[&str]) -> String {
    let output = Command::new(COURSE).args(args).stdin(Stdio::null()).output().unwrap();
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
}

#[test]
fn no_name_and_no_argument_reaches_the_screen_raw() {
    let place = tempfile::tempdir().unwrap();
    let red = place.path().join(RED);
    let [red, below] = [red.clone(), red.join("file")].map(|path| path.display().to_string());
    let one = ["check", "udp-send", "--only", "one-datagram", "--"];
    for args in [
        &["demo", RED][..],
        &["demo", "--programs", &red],
        &["new", "udp-send", &red],
        &["new", "udp-send", &red], // now it is not empty
        &["check", "udp-send", "--only", RED],
        &[&one[..], &[&red]].concat(),
        &[&one[..], &["sh", RED]].concat(),
        &["watch", "--", RED],
        &["watch", RED],
        &["watch", "udp-send", "--programs", &below],
        &["relay", RED, "127.0.0.1:9"],
        &["relay", "127.0.0.1:0", &format!("{RED}:9")],
        &["calls", RED],
        &["calls", &format!("connect:{RED}:9")],
    ] {
        let said = said(args);
        assert!(said.contains("red") && !said.contains('\u{1b}'), "{args:?}: {said:?}");
    }
}
