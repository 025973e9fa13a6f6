//! Step 6 and what only Unix has: socket files, signals, descriptors that are closed or full.

use std::fs;
use std::io::Write;

use nix::sys::signal::Signal;
use testkit::peer::{RESTARTS, accept, call, expect_bytes, expect_rest, listener, send_until};
use testkit::program::Result;
use testkit::skip::full_disk;
use testkit::step::shell;

use crate::start;

#[test]
fn a_socket_file_is_removed_at_every_end() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chat");
    let unix = format!("unix:{}", path.display());
    for end in ["typed", "received", "closed", "signal"] {
        let mut server = start(&["serve", &unix]);
        assert_eq!(server.listening()?, unix);
        let mut client = start(&["connect", &unix]);
        client.expect_stderr(&format!("connected to {unix}"))?;
        client.type_line("你好")?;
        server.expect_stdout("[unix client] 你好")?;
        match end {
            "typed" => server.type_line("end")?,
            "received" => client.type_line("end")?,
            "closed" => client.kill(),
            _ => server.interrupt(),
        }
        server.expect_exit(if end == "signal" { 130 } else { 0 })?;
        client.wait()?;
        assert!(!path.exists(), "{end} left the socket file behind");
    }
    Ok(())
}

#[test]
fn socket_files_stale_used_and_others() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chat");
    let unix = format!("unix:{}", path.display());
    let mut killed = start(&["serve", &unix]);
    killed.listening()?;
    killed.kill();
    killed.wait()?;
    assert!(path.exists(), "a killed server leaves its file");

    let mut server = start(&["serve", &unix]);
    server.listening()?;
    let mut second = start(&["serve", &unix]);
    second.expect_stderr("*in use by another program; stop it, or give another path")?;
    second.expect_exit(2)?;
    let mut client = start(&["connect", &unix]);
    client.type_line("end")?;
    server.expect_stdout("[unix client] end")?; // the second one has not taken the client's place
    server.expect_exit(0)?;

    fs::write(&path, "my homework").unwrap();
    let mut third = start(&["serve", &unix]);
    third.expect_exit(2)?;
    assert_eq!(fs::read_to_string(&path).unwrap(), "my homework");
    Ok(())
}

#[test]
fn signals_end_it_at_once_whatever_it_waits_for() -> Result<()> {
    for (signal, code) in [(Signal::SIGINT, 130), (Signal::SIGTERM, 143)] {
        for turns in [&[][..], &["--turns"]] {
            let mut alone = start(&[&["serve", "127.0.0.1:0"], turns].concat());
            alone.listening()?;
            alone.signal(signal);
            alone.expect_exit(code)?;

            let mut server = start(&[&["serve", "127.0.0.1:0"], turns].concat());
            let peer = call(&server.listening()?);
            server.expect_stderr("connected to *")?;
            server.signal(signal);
            server.expect_exit(code)?;
            expect_rest(&peer, b"");

            let (listener, address) = listener();
            let mut client = start(&[&["connect", &address], turns].concat());
            let peer = accept(&listener);
            client.expect_stderr("connected to *")?;
            client.signal(signal);
            client.expect_exit(code)?;
            expect_rest(&peer, b"");
        }
    }
    Ok(())
}

#[test]
fn a_restarted_server_binds_again_at_once() -> Result<()> {
    let mut old = start(&["serve", RESTARTS]);
    let address = old.listening()?;
    let peer = call(&address);
    old.type_line("end")?;
    expect_rest(&peer, b"end\n"); // the server closed first, so its side waits in TIME_WAIT
    drop(peer);
    old.expect_exit(0)?;
    let mut new = start(&["serve", &address]);
    assert_eq!(new.listening()?, address);
    new.type_line("new")?;
    expect_bytes(call(&address), b"new\n");
    Ok(())
}

#[test]
fn a_reader_that_leaves_ends_it_quietly() -> Result<()> {
    let command = "{ \"$PROGRAM\" serve 127.0.0.1:0; echo code $? >&2; } | head -1";
    let mut program = shell("tcp-duplex", command);
    let mut peer = call(&program.listening()?);
    peer.write_all(b"first\n").unwrap();
    program.expect_stdout("[*] first")?;
    send_until(&peer, b"more\n", &program, "code ");
    program.expect_stderr("code 0")?;
    let said = program.stderr_text();
    assert!(!said.contains("error") && !said.contains("panic"), "{said}");
    Ok(())
}

#[test]
fn a_full_disk_is_reported() -> Result<()> {
    if !full_disk() {
        return Ok(());
    }
    let mut program = shell("tcp-duplex", "exec \"$PROGRAM\" serve 127.0.0.1:0 >/dev/full");
    let mut peer = call(&program.listening()?);
    peer.write_all(b"x\n").unwrap();
    program.expect_stderr("error: stdout: No space left on device*")?;
    program.expect_exit(2)
}

#[test]
fn closed_descriptors_are_no_trouble() -> Result<()> {
    let (listener, address) = listener();
    for closed in ["<&-", ">&- </dev/null", "2>&- </dev/null", "<&- >&- 2>&-"] {
        for turns in ["", "--turns"] {
            let command = format!("exec \"$PROGRAM\" connect {address} {turns} {closed}");
            let mut program = shell("tcp-duplex", &command);
            let mut peer = accept(&listener);
            expect_rest(&peer, b"");
            peer.write_all(b"news\nend\n").unwrap();
            program.expect_exit(0)?;
        }
    }
    Ok(())
}
