//! Step 5 and what only Unix has: socket files, signals, descriptors that are closed or full.
#![cfg(unix)]
#![allow(clippy::unwrap_used)] // a test helper may fail like the test itself

use std::io::Write;
use std::net::SocketAddr;
use std::os::unix::net::UnixListener;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use socket2::{Domain, Socket, Type};
use testkit::peer::{PATIENCE, RESTARTS, accept, expect_rest, listener, send_until};
use testkit::program::Result;
use testkit::skip::{full_disk, ipv6, skipped};
use testkit::step::{shell, waiting};
use testkit::{Launch, Program, step_program};

#[test]
fn a_socket_file_is_an_address_too() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a file");
    let listener = UnixListener::bind(&path).unwrap();
    let unix = format!("unix:{}", path.display());
    let mut client = Program::step("tcp-client", &[&unix, "你好", "--encoding", "gbk"])?;
    client.expect_stderr(&format!("connected to {unix}"))?; // so that accept doesn't wait
    let (server, _) = listener.accept().unwrap();
    server.set_read_timeout(Some(PATIENCE)).unwrap();
    expect_rest(&server, &[0xc4, 0xe3, 0xba, 0xc3]);
    (&server).write_all(&[0xba, 0xc3]).unwrap();
    drop(server);
    client.expect_exit(0)?;
    assert_eq!(client.stdout_text(), "好\n");
    assert!(path.exists(), "the file is the server's");
    Ok(())
}

#[test]
fn a_socket_file_without_a_server_is_explained() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let stale = folder.path().join("stale");
    drop(UnixListener::bind(&stale).unwrap());
    for path in [stale, folder.path().join("none")] {
        let unix = format!("unix:{}", path.display());
        let mut client = Launch::step("tcp-client").args(&[&unix]).no_input().start()?;
        client.expect_exit(1)?;
        let said = client.stderr_text();
        assert!(said.contains(&format!("error: connect {unix}: ")), "{said}");
        assert!(said.contains("check that both sides name the same path"), "{said}");
    }
    Ok(())
}

#[test]
fn signals_end_it_at_once() -> Result<()> {
    let (listener, address) = listener();
    for (signal, code) in [(Signal::SIGINT, 130), (Signal::SIGTERM, 143)] {
        for args in [&[address.as_str()][..], &[&address, "hello"]] {
            let mut client = Program::step("tcp-client", args)?;
            let server = accept(&listener);
            client.expect_stderr("connected to *")?;
            client.signal(signal);
            client.expect_exit(code)?;
            drop(server);
        }
    }
    Ok(())
}

#[test]
fn ctrl_c_ends_it_while_it_connects() -> Result<()> {
    if !cfg!(target_os = "linux") {
        skipped("Ctrl-C while connecting", "only Linux leaves a client waiting at a full queue");
        return Ok(());
    }
    let full = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    full.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    full.listen(0).unwrap();
    let address = full.local_addr().unwrap().as_socket().unwrap();
    let _first = std::net::TcpStream::connect(address).unwrap();
    let mut client = Program::step("tcp-client", &["--explain", &address.to_string()])?;
    client.expect_stderr("2. connect*")?;
    let started = Instant::now();
    client.interrupt();
    client.expect_exit(130)?;
    assert!(started.elapsed() < Duration::from_secs(5));
    Ok(())
}

#[test]
fn a_reader_that_leaves_ends_it_quietly() -> Result<()> {
    let (listener, address) = listener();
    let command = format!("{{ \"$PROGRAM\" {address}; echo code $? >&2; }} | head -1");
    let mut client = shell("tcp-client", &command);
    let mut server = accept(&listener);
    server.write_all(b"first\n").unwrap();
    client.expect_stdout("first")?;
    send_until(&server, b"more\n", &client, "code ");
    client.expect_stderr("code 0")?;
    let said = client.stderr_text();
    assert!(!said.contains("error") && !said.contains("panic"), "{said}");
    Ok(())
}

#[test]
fn a_full_disk_is_reported() -> Result<()> {
    if !full_disk() {
        return Ok(());
    }
    let (listener, address) = listener();
    let mut client = shell("tcp-client", &format!("exec \"$PROGRAM\" {address} x >/dev/full"));
    let mut server = accept(&listener);
    expect_rest(&server, b"x");
    server.write_all(b"news\n").unwrap();
    client.expect_stderr("error: stdout: No space left on device*")?;
    client.expect_exit(2)
}

#[test]
fn closed_descriptors_are_no_trouble() -> Result<()> {
    let (listener, address) = listener();
    for closed in ["<&-", ">&-", "2>&-", "<&- >&- 2>&-", "</dev/null >/dev/null"] {
        let mut client = shell("tcp-client", &format!("exec \"$PROGRAM\" {address} {closed}"));
        client.end_input(); // where it was not closed before
        let mut server = accept(&listener);
        expect_rest(&server, b"");
        server.write_all(b"news\n").unwrap();
        drop(server);
        client.expect_exit(0)?;
    }
    Ok(())
}

#[test]
fn a_file_can_be_piped_through() -> Result<()> {
    let (listener, address) = listener();
    let mut client = shell("tcp-client", &format!("printf 'a\\nb' | \"$PROGRAM\" {address} | cat"));
    let mut server = accept(&listener);
    expect_rest(&server, b"a\nb\n");
    server.write_all(b"no line end").unwrap();
    drop(server);
    client.expect_exit(0)?;
    assert_eq!(client.stdout_text(), "no line end\n");
    Ok(())
}

/// A name with two addresses, the first of which answers nobody. Few computers have one (`localhost` is often only
/// 127.0.0.1), so on Linux this program gets a hosts file of its own.
#[test]
fn each_address_of_a_name_is_tried() -> Result<()> {
    if !ipv6("several addresses of one name") {
        return Ok(());
    }
    let folder = tempfile::tempdir().unwrap();
    let hosts = folder.path().join("hosts");
    std::fs::write(&hosts, "::1 classroom\n127.0.0.1 classroom\n").unwrap();
    let bind = format!("mount --bind '{}' /etc/hosts", hosts.display());
    let own = ["-r", "-m", "sh", "-c"];
    let possible = Program::start("unshare", &[&own[..], &[&bind]].concat())
        .is_ok_and(|mut unshare| unshare.expect_exit(0).is_ok());
    if !possible {
        skipped("several addresses of one name", "`unshare -r -m` does not work here");
        return Ok(());
    }
    let (listener, port, _reserved) = only_on_ipv4();
    let command =
        format!("{bind}; exec '{}' classroom:{port} hello", step_program("tcp-client").display());
    let mut client = Program::start("unshare", &[&own[..], &[&command]].concat())?;
    expect_rest(accept(&listener), b"hello");
    client.expect_stderr(&format!("tried [::1]:{port}: Connection refused*"))?;
    client.expect_stderr(&format!("connected to 127.0.0.1:{port}"))?;
    client.expect_exit(0)?;

    drop(listener);
    let mut client = Program::start("unshare", &[&own[..], &[&command]].concat())?;
    client.expect_stderr(&format!("tried [::1]:{port}: *"))?;
    client.expect_stderr(&format!("error: connect 127.0.0.1:{port}: *"))?;
    client.expect_exit(1)
}

/// A listener on 127.0.0.1; the same port of ::1 is bound, so that nobody else listens there, and refuses.
fn only_on_ipv4() -> (std::net::TcpListener, u16, Socket) {
    loop {
        let (listener, address) = listener();
        let port = address.parse::<SocketAddr>().unwrap().port();
        let reserved = Socket::new(Domain::IPV6, Type::STREAM, None).unwrap();
        if reserved.bind(&format!("[::1]:{port}").parse::<SocketAddr>().unwrap().into()).is_ok() {
            return (listener, port, reserved);
        }
    }
}

#[test]
fn a_server_that_restarts_is_found_again() -> Result<()> {
    let (mut server, address) = waiting("tcp-server", &[RESTARTS, "--greet", "old"]);
    let mut client = Program::step("tcp-client", &[&address])?;
    client.expect_stdout("old")?;
    server.interrupt();
    server.expect_exit(130)?;
    client.wait()?;
    let (_server, _) = waiting("tcp-server", &[&address, "--greet", "new"]);
    let mut client = Program::step("tcp-client", &[&address])?;
    client.expect_stdout("new")?;
    Ok(())
}
