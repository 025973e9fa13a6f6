//! Step 4 and what only Unix has: socket files, signals, descriptors that are closed or full, TIME_WAIT.
#![cfg(unix)]
#![allow(clippy::unwrap_used)] // a test helper may fail like the test itself

use std::fs;
use std::io::Write;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;

use nix::sys::signal::Signal;
use socket2::{Domain, Socket, Type};
#[cfg(target_os = "linux")]
use testkit::peer::A_MOMENT;
use testkit::peer::{PATIENCE, RESTARTS, call, expect_bytes, expect_rest, send_all, send_until};
use testkit::program::Result;
use testkit::skip::{full_disk, installed, skipped};
use testkit::step::{quoted, shell, waiting};
use testkit::{Launch, Program, step_program};

fn unix_client(path: &Path) -> UnixStream {
    let client = UnixStream::connect(path).unwrap();
    client.set_read_timeout(Some(PATIENCE)).unwrap();
    client
}

fn is_socket(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|file| file.file_type().is_socket())
}

#[test]
fn a_socket_file_serves_clients_and_is_gone_at_the_end() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("class");
    for signal in [Some(Signal::SIGINT), Some(Signal::SIGTERM), None] {
        let unix = format!("unix:{}", path.display());
        let once = if signal.is_none() { &["--once"][..] } else { &[] };
        let (mut server, address) =
            waiting("tcp-server", &[&[unix.as_str(), "--echo"], once].concat());
        assert_eq!(address, unix);
        let mut client = unix_client(&path);
        client.write_all("喂".as_bytes()).unwrap();
        expect_bytes(&client, "喂".as_bytes());
        server.expect_stdout("[unix client 1] 3 bytes: 喂")?;
        match signal {
            Some(signal) => {
                server.signal(signal);
                server.expect_exit(128 + signal as i32)?;
            }
            None => {
                drop(client);
                server.expect_exit(0)?;
            }
        }
        assert!(!path.exists(), "{signal:?} left the socket file behind");
    }
    Ok(())
}

#[test]
fn clients_of_a_socket_file_are_told_apart() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("class");
    let (mut server, address) = waiting("tcp-server", &[&format!("unix:{}", path.display())]);
    let mut client = Program::step("tcp-client", &[&address, "one"])?;
    client.expect_exit(0)?;
    server.expect_stdout("[unix client 1] 3 bytes: one")?;
    unix_client(&path).write_all(b"two").unwrap();
    server.expect_stdout("[unix client 2] 3 bytes: two")?;
    Ok(())
}

#[test]
fn a_stale_socket_file_is_replaced() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stale");
    let unix = format!("unix:{}", path.display());
    let (mut killed, _) = waiting("tcp-server", &[&unix]);
    killed.kill();
    killed.wait()?;
    assert!(is_socket(&path), "a killed server leaves its file");
    let (_server, _) = waiting("tcp-server", &[&unix, "--greet", "new"]);
    expect_bytes(unix_client(&path), b"new");
    Ok(())
}

#[test]
fn a_socket_file_in_use_is_refused_and_left_alone() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("used");
    let unix = format!("unix:{}", path.display());
    let (mut first, _) = waiting("tcp-server", &[&unix, "--greet", "first", "--once"]);
    let mut second = Launch::step("tcp-server").args(&[&unix]).no_input().start()?;
    second.expect_exit(2)?;
    let said = second.stderr_text();
    assert!(said.contains(&format!("error: bind {unix}: ")), "{said}");
    assert!(said.contains("in use by another program; stop it, or give another path"), "{said}");
    assert_eq!(first.ended(), None, "the question whether it is there is not its one client");
    expect_bytes(unix_client(&path), b"first");
    first.expect_exit(0)
}

#[test]
fn a_socket_file_with_a_full_queue_is_in_use_too() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("busy");
    let listener = Socket::new(Domain::UNIX, Type::STREAM, None).unwrap();
    listener.bind(&socket2::SockAddr::unix(&path).unwrap()).unwrap();
    listener.listen(0).unwrap();
    let _waits = unix_client(&path); // a queue of 0 holds one; the next connect blocks
    let unix = format!("unix:{}", path.display());
    let mut second = Launch::step("tcp-server").args(&[&unix]).no_input().start()?;
    second.expect_exit(2)?;
    assert!(is_socket(&path));
    Ok(())
}

#[test]
fn other_files_are_never_deleted() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("homework.txt");
    fs::write(&path, "my homework").unwrap();
    let link = folder.path().join("link");
    let stale = folder.path().join("stale");
    drop(UnixListener::bind(&stale).unwrap());
    std::os::unix::fs::symlink(&stale, &link).unwrap();
    let rows = [
        (&*path, "a file at this path\n  bind makes a new file and never overwrites one"),
        (&*link, "a symbolic link at this path\n  bind follows none; remove the link"),
        (folder.path(), "a folder at this path\n  name a file in it"),
    ];
    for (path, what) in rows {
        let unix = format!("unix:{}", path.display());
        let mut server = Launch::step("tcp-server").args(&[&unix]).no_input().start()?;
        server.expect_exit(2)?;
        let expected = format!("error: bind {unix}: there is {what}");
        assert!(server.stderr_text().contains(&expected), "{}", server.stderr_text());
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), "my homework");
    assert!(link.is_symlink() && is_socket(&stale));
    Ok(())
}

#[test]
fn a_path_that_cannot_be_used_is_explained() -> Result<()> {
    let rows = [
        ("unix:/no/such/folder/x".to_owned(), "no such folder"),
        (format!("unix:/tmp/{}", "x".repeat(200)), "a path of about 100 bytes fits"),
    ];
    for (unix, reason) in rows {
        let mut server = Launch::step("tcp-server").args(&[&unix]).no_input().start()?;
        server.expect_exit(2)?;
        assert!(server.stderr_text().contains(reason), "{}", server.stderr_text());
    }
    Ok(())
}

#[test]
fn signals_end_it_at_once_whatever_it_waits_for() -> Result<()> {
    for (signal, code) in [(Signal::SIGINT, 130), (Signal::SIGTERM, 143)] {
        for clients in [0, 3] {
            let (mut server, address) = waiting("tcp-server", &["127.0.0.1:0"]);
            let clients: Vec<_> = (0..clients).map(|_| call(&address)).collect();
            for _ in &clients {
                server.expect_stderr("[*] connected")?;
            }
            server.signal(signal);
            server.expect_exit(code)?;
            for client in &clients {
                expect_rest(client, b"");
            }
        }
    }
    Ok(())
}

#[test]
fn a_restarted_server_binds_again_at_once() -> Result<()> {
    let (mut old, address) = waiting("tcp-server", &[RESTARTS, "--echo"]);
    let mut client = call(&address);
    client.write_all(b"x").unwrap();
    expect_bytes(&client, b"x");
    old.interrupt();
    old.expect_exit(130)?;
    expect_rest(&client, b""); // the server closed first, so its side waits in TIME_WAIT
    drop(client);

    let plain = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let inet: std::net::SocketAddr = address.parse().unwrap();
    plain.bind(&inet.into()).expect_err("without SO_REUSEADDR the port is blocked");
    let (_new, again) = waiting("tcp-server", &[&address, "--greet", "new"]);
    assert_eq!(again, address);
    expect_bytes(call(&address), b"new");
    Ok(())
}

/// A server of another language, without SO_REUSEADDR, has ended with a client connected.
#[cfg(target_os = "linux")] // elsewhere nobody lists the connections, or the port is free
#[test]
fn a_port_in_time_wait_is_not_taken_for_a_running_program() {
    let plain = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let loopback: std::net::SocketAddr = ([127, 0, 0, 1], 0).into();
    plain.bind(&loopback.into()).unwrap();
    plain.listen(1).unwrap();
    let address = plain.local_addr().unwrap().as_socket().unwrap().to_string();
    let client = call(&address);
    drop(plain.accept().unwrap()); // it closes first
    expect_rest(&client, b"");
    drop(client);
    let running = refused(&[&address]);
    assert!(running.contains("probably by another copy of this program"), "{running}");
    drop(plain);
    let ended = refused(&[&address]);
    assert!(ended.contains("(TIME_WAIT);\n  wait a minute, or give another port"), "{ended}");
}

/// What a server reports that can't start.
#[cfg(target_os = "linux")]
fn refused(args: &[&str]) -> String {
    let mut server = Program::step("tcp-server", args).unwrap();
    server.expect_exit(2).unwrap();
    server.stderr_text()
}

#[test]
fn a_privileged_port_is_explained() -> Result<()> {
    let free = fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start");
    if free.is_ok_and(|first| first.trim().parse::<u16>().is_ok_and(|first| first <= 1001)) {
        skipped("a privileged port", "this system lets everyone bind port 1001");
        return Ok(());
    }
    // A user without rights may not be able to read the folder that the programs were built in.
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let program = folder.path().join("tcp-server");
    fs::copy(step_program("tcp-server"), &program).unwrap();
    let program = program.to_str().unwrap();
    let args: &[&str] = if folder.path().metadata().unwrap().uid() != 0 {
        &[program, "127.0.0.1:1001"]
    } else if installed(&["setpriv", "--version"], "a privileged port, as root") {
        &["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", program, "127.0.0.1:1001"]
    } else {
        return Ok(());
    };
    let mut server = Program::start(args[0], &args[1..])?;
    server.expect_exit(2)?;
    let said = server.stderr_text();
    assert!(said.contains("bind 127.0.0.1:1001: Permission denied"), "{said}");
    assert!(said.contains("ports below 1024 need administrator rights; try 8080"), "{said}");
    Ok(())
}

#[test]
fn a_reader_that_leaves_ends_it_quietly() -> Result<()> {
    let mut server =
        shell("tcp-server", "{ \"$PROGRAM\" 127.0.0.1:0 --echo; echo code $? >&2; } | head -1");
    let address = server.listening()?;
    let mut client = call(&address);
    client.write_all(b"first").unwrap();
    server.expect_stdout("[*] 5 bytes: first")?;
    // `head` has gone, or goes in a moment; the line after that finds nobody.
    send_until(&client, b"more", &server, "code ");
    server.expect_stderr("code 0")?;
    let said = server.stderr_text();
    assert!(!said.contains("error") && !said.contains("panic"), "{said}");
    Ok(())
}

#[test]
fn a_full_disk_is_reported() -> Result<()> {
    if !full_disk() {
        return Ok(());
    }
    let mut server = shell("tcp-server", "exec \"$PROGRAM\" 127.0.0.1:0 >/dev/full");
    send_all(&call(&server.listening()?), b"x");
    server.expect_stderr("error: stdout: No space left on device*")?;
    server.expect_exit(2)
}

#[test]
fn closed_descriptors_are_no_trouble() -> Result<()> {
    for closed in ["<&-", ">&-", "<&- >&-", "</dev/null >/dev/null"] {
        let command = format!("exec \"$PROGRAM\" 127.0.0.1:0 --echo --once {closed}");
        let mut server = shell("tcp-server", &command);
        let client = call(&server.listening()?);
        send_all(&client, b"x");
        expect_rest(&client, b"x");
        server.expect_exit(0)?;
    }
    Ok(())
}

#[test]
fn a_closed_stderr_ends_nothing() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("quiet");
    let command = format!("exec \"$PROGRAM\" unix:{} --echo --once 2>&-", quoted(&path));
    let mut server = shell("tcp-server", &command);
    let started = std::time::Instant::now();
    let client = loop {
        // It can't say when it listens.
        if let Ok(client) = UnixStream::connect(&path) {
            break client;
        }
        assert!(started.elapsed() < PATIENCE);
        std::thread::yield_now();
    };
    client.set_read_timeout(Some(PATIENCE)).unwrap();
    (&client).write_all(b"x").unwrap();
    client.shutdown(std::net::Shutdown::Write).unwrap();
    expect_rest(&client, b"x");
    server.expect_exit(0)
}

/// On Linux a queue of N holds N + 1 connections; the next client's SYN is dropped until there is room.
#[cfg(target_os = "linux")]
#[test]
fn the_queue_is_as_long_as_the_backlog_says() -> Result<()> {
    for (args, queue) in [(&["--backlog", "2"][..], 2), (&["--backlog", "0"], 0), (&[], 128)] {
        let (mut server, address) =
            waiting("tcp-server", &[&["127.0.0.1:0", "--once"], args].concat());
        let _served = call(&address);
        server.expect_stderr(&format!("serving one client; *(backlog {queue})"))?;
        let address = address.parse().unwrap();
        let connect = || std::net::TcpStream::connect_timeout(&address, A_MOMENT);
        let waiting: Vec<_> = (0..=queue).map(|_| connect()).collect();
        assert!(waiting.iter().all(std::result::Result::is_ok), "{args:?}: {waiting:?}");
        connect().expect_err("the queue is full");
    }
    Ok(())
}
