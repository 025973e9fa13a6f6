//! What the lessons say about sockets is true: small experiments over real loopback sockets, without our programs.
//!
//! Each test is named after a sentence of the book, and says on which page it stands. What only Linux does, or only
//! Linux shows (`/proc/net/tcp`), is tested there; the pages say so too. What no test can show names its RFC on its page.
#![allow(clippy::unwrap_used)] // a test helper may fail like the test itself

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::thread;
use std::time::Duration;

use socket2::{Domain, SockRef, Socket, Type};
use testkit::skip::skipped;
use testkit::step::until;

/// More than all buffers between two sockets hold.
const MUCH: usize = 16 << 20;

/// Both ends of a connection: the one that connected, and the accepted one. No read and no write waits for ever.
fn connection() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (server, _) = listener.accept().unwrap();
    for end in [&client, &server] {
        end.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        end.set_write_timeout(Some(Duration::from_secs(20))).unwrap();
    }
    (client, server)
}

/// Sends until nothing more fits into the buffers. Returns how many bytes that were.
#[cfg(unix)]
fn fill(mut socket: &TcpStream) -> usize {
    let mut sent = 0;
    socket.set_nonblocking(true).unwrap();
    loop {
        match socket.write(&[0; 65536]) {
            Ok(count) => sent += count,
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::WouldBlock);
                break;
            }
        }
    }
    socket.set_nonblocking(false).unwrap();
    sent
}

/// Lesson 4b, "send: maybe only a part", and lesson 0, the table of the calls that block.
#[test]
fn a_blocking_send_waits_until_all_is_taken() {
    let (mut client, server) = connection();
    let sender = thread::spawn(move || SockRef::from(&server).send(&vec![1; MUCH]).unwrap());
    thread::sleep(Duration::from_millis(100)); // the sender waits: nobody receives yet
    assert!(!sender.is_finished());
    let mut left = MUCH;
    let mut buffer = vec![0; 1 << 20];
    while left > 0 {
        left -= client.read(&mut buffer).unwrap();
    }
    assert_eq!(sender.join().unwrap(), MUCH, "one call of send, and it took all");
}

/// Lesson 4b, "send: maybe only a part": why `write_all` is a loop all the same. Windows takes a piece of any size while less
/// than its buffer holds waits to be sent, and only then nothing more.
#[cfg(unix)]
#[test]
fn a_non_blocking_send_takes_a_part_and_then_nothing_until_the_peer_reads() {
    let (mut client, server) = connection();
    server.set_nonblocking(true).unwrap();
    let first = SockRef::from(&server).send(&vec![1; MUCH]).unwrap();
    assert!(0 < first && first < MUCH, "{first} of {MUCH} bytes");
    fill(&server);
    server.set_nonblocking(true).unwrap();
    let full = SockRef::from(&server).send(&[1]).unwrap_err();
    assert_eq!(full.kind(), ErrorKind::WouldBlock);
    let mut buffer = vec![0; 1 << 20];
    until("the window opens again", || {
        let _ = client.read(&mut buffer).unwrap();
        SockRef::from(&server).send(&[1]).is_ok()
    });
}

/// Lesson 4, "4. accept": the listening socket carries no byte (107, 57 on macOS, 10057 on Windows).
#[test]
fn recv_on_the_listening_socket_is_an_error() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let _client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let error = (&Socket::from(listener)).read(&mut [0; 10]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotConnected, "{error}");
}

/// Lesson 4, "Build it yourself": why Rust's standard library never meets the check `restart`.
#[test]
fn rusts_tcp_listener_sets_so_reuseaddr_on_unix_and_socket2_does_not() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    assert_eq!(SockRef::from(&listener).reuse_address().unwrap(), cfg!(unix));
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    assert!(!socket.reuse_address().unwrap());
}

/// Lesson 5b, "The handshake", and lesson 4, "3. listen": the system shakes hands, the program doesn't.
#[test]
fn a_connection_is_complete_and_holds_data_before_accept() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    client.write_all(b"hello").unwrap();
    drop(client);
    let (mut server, _) = listener.accept().unwrap();
    let mut text = String::new();
    server.read_to_string(&mut text).unwrap();
    assert_eq!(text, "hello");
}

/// Lesson 5b, "The half-close".
#[test]
fn an_answer_still_arrives_after_the_half_close() {
    let (mut client, mut server) = connection();
    client.shutdown(Shutdown::Write).unwrap();
    assert_eq!(server.read(&mut [0; 10]).unwrap(), 0);
    server.write_all("再见".as_bytes()).unwrap();
    drop(server);
    let mut answer = String::new();
    client.read_to_string(&mut answer).unwrap();
    assert_eq!(answer, "再见");
}

/// Lesson 5b, "The reset".
#[cfg(unix)]
#[test]
fn closing_with_unread_bytes_resets_the_connection() {
    let (mut client, server) = connection();
    client.write_all(b"never read").unwrap();
    until("the bytes arrive", || server.peek(&mut [0; 10]).unwrap() == 10);
    drop(server);
    let error = client.read(&mut [0; 10]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{error}");
}

/// Lesson 5b, "The reset": the first send after the peer's close works, a later one fails.
#[test]
fn the_first_send_after_the_peers_close_works() {
    let (mut client, server) = connection();
    drop(server);
    assert_eq!(client.read(&mut [0; 10]).unwrap(), 0);
    assert_eq!(client.write(b"a").unwrap(), 1);
    until("a later send fails", || (&client).write(b"b").is_err());
}

/// Lesson 1, "One program, two families": IPv4 clients of an IPv6 socket show as `::ffff:…`.
#[test]
fn a_dual_stack_socket_hears_both_families() {
    let socket = match Socket::new(Domain::IPV6, Type::DGRAM, None) {
        Ok(socket) => socket,
        Err(error) => return skipped("a dual-stack socket", &format!("no IPv6 here: {error}")),
    };
    socket.set_only_v6(false).unwrap();
    let any: SocketAddr = "[::]:0".parse().unwrap();
    if let Err(error) = socket.bind(&any.into()) {
        return skipped("a dual-stack socket", &format!("no IPv6 here: {error}"));
    }
    let receiver = UdpSocket::from(socket);
    receiver.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let port = receiver.local_addr().unwrap().port();
    let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
    sender.send_to(b"hi", ("127.0.0.1", port)).unwrap();
    let (_, from) = receiver.recv_from(&mut [0; 10]).unwrap();
    assert!(from.to_string().starts_with("[::ffff:127.0.0.1]:"), "{from}");
    assert_eq!(from.ip().to_canonical(), sender.local_addr().unwrap().ip());
}

/// What only Linux does, or shows.
#[cfg(target_os = "linux")]
mod linux {
    use std::fs;

    use testkit::{Program, skip};

    use super::*;

    /// The state of each socket of these two ports, as `/proc/net/tcp` numbers it: own port, peer's port, state.
    fn sockets() -> Vec<(u16, u16, String)> {
        let table = fs::read_to_string("/proc/net/tcp").unwrap();
        let port = |address: &str| u16::from_str_radix(address.rsplit(':').next()?, 16).ok();
        let row = |line: &str| {
            let mut words = line.split_whitespace().skip(1);
            Some((port(words.next()?)?, port(words.next()?)?, words.next()?.to_owned()))
        };
        table.lines().skip(1).filter_map(row).collect()
    }

    /// The state of the socket with these two ports, in words.
    fn state(own: u16, peer: u16) -> String {
        let all = sockets();
        let state = all.iter().find(|(a, b, _)| (*a, *b) == (own, peer)).map(|(.., state)| state);
        let name = match state.map(String::as_str) {
            Some("01") => "ESTABLISHED",
            Some("04") => "FIN-WAIT-1",
            Some("05") => "FIN-WAIT-2",
            Some("06") => "TIME-WAIT",
            Some("08") => "CLOSE-WAIT",
            Some("0B") => "CLOSING",
            Some(other) => other,
            None => "closed",
        };
        name.to_owned()
    }

    fn ports(client: &TcpStream) -> (u16, u16) {
        (client.local_addr().unwrap().port(), client.peer_addr().unwrap().port())
    }

    fn discard_all(mut from: &TcpStream) {
        let mut buffer = vec![0; 1 << 20];
        while from.read(&mut buffer).unwrap() > 0 {}
    }

    /// Lesson 4b, "send: maybe only a part": with a time limit (SO_SNDTIMEO) `send` returns what was taken until then.
    #[test]
    fn a_send_with_a_time_limit_takes_a_part() {
        let (_client, server) = connection();
        server.set_write_timeout(Some(Duration::from_millis(50))).unwrap();
        let taken = SockRef::from(&server).send(&vec![1; MUCH]).unwrap();
        assert!(0 < taken && taken < MUCH, "{taken} of {MUCH} bytes");
    }

    /// Lesson 5b, "The reset": on Linux what had arrived before it can still be read.
    #[test]
    fn data_before_a_reset_can_still_be_read() {
        let (mut client, mut server) = connection();
        server.write_all(b"goodbye").unwrap();
        until("the bytes arrive", || client.peek(&mut [0; 10]).unwrap() == 7);
        SockRef::from(&server).set_linger(Some(Duration::ZERO)).unwrap();
        drop(server); // a reset
        until("the reset arrives", || client.peer_addr().is_err());
        let mut buffer = [0; 10];
        assert_eq!(client.read(&mut buffer).unwrap(), 7);
        assert_eq!(client.read(&mut buffer).unwrap_err().kind(), ErrorKind::ConnectionReset);
    }

    /// Lesson 5b, "The close", and lesson 4: `TIME_WAIT` stays with who closed first.
    #[test]
    fn only_the_side_that_closed_first_has_time_wait() {
        let (client, server) = connection();
        let (near, far) = ports(&client);
        client.shutdown(Shutdown::Write).unwrap();
        discard_all(&server);
        until("FIN-WAIT-2", || state(near, far) == "FIN-WAIT-2"); // the FIN's ACK may be a delayed one
        assert_eq!(state(far, near), "CLOSE-WAIT");
        drop(server);
        until("TIME-WAIT", || state(near, far) == "TIME-WAIT");
        until("the other side has forgotten it", || state(far, near) == "closed");
    }

    /// Lesson 5b, "The close": both sides close at the same time. A full buffer keeps the client's FIN
    /// back, so that the server's FIN comes before the client's own is acknowledged.
    #[test]
    fn when_the_fins_cross_both_sides_have_time_wait() {
        let (client, server) = connection();
        let (near, far) = ports(&client);
        fill(&client);
        client.shutdown(Shutdown::Write).unwrap();
        assert_eq!(state(near, far), "FIN-WAIT-1");
        server.shutdown(Shutdown::Write).unwrap();
        until("CLOSING", || state(near, far) == "CLOSING");
        discard_all(&server);
        until("TIME-WAIT", || state(near, far) == "TIME-WAIT" && state(far, near) == "TIME-WAIT");
    }

    /// Lesson 4, "3. listen": with a backlog of 2 each of the two queues has room for three. With TCP_DEFER_ACCEPT, which
    /// only Python's library has without `unsafe` code, a connection is half-open until its first byte.
    #[test]
    fn both_queues_of_a_listener_are_bounded_by_its_backlog() {
        const SERVER: &str = "import socket, sys
s = socket.socket()
s.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 30)
s.bind(('127.0.0.1', 0))
s.listen(2)
print(s.getsockname()[1], flush=True)
sys.stdin.read()";
        let what = "the two queues of a listener";
        if fs::read_to_string("/proc/sys/net/ipv4/tcp_syncookies").is_ok_and(|it| it.trim() != "1")
        {
            return skipped(what, "the system's tcp_syncookies isn't 1");
        }
        let Some(python) = skip::python(what) else { return };
        let mut python = Program::start(python, &["-c", SERVER]).unwrap();
        let port: u16 = python.expect_stdout("*").unwrap().parse().unwrap();
        let call = || {
            let address = SocketAddr::from(([127, 0, 0, 1], port));
            TcpStream::connect_timeout(&address, Duration::from_millis(300))
        };
        let calls: Vec<_> = (0..7).map(|_| call()).collect();
        let connected: Vec<bool> = calls.iter().map(Result::is_ok).collect();
        assert_eq!(connected, [true, true, true, true, true, true, false]);
        // A line of the table is there twice, or missing, when other sockets come and go while it is read.
        let count = |state: &str| {
            sockets().iter().filter(|(own, _, is)| *own == port && is == state).count()
        };
        // The last three got a cookie: their answer to it made them complete (01) at once.
        until("three are half-open (03), three complete", || (count("03"), count("01")) == (3, 3));
        python.end_input();
        python.wait().unwrap();
    }

    /// Lesson 5c, "Bytes are counted, not messages", and lesson 6, "2. send": an ACK that waits does so for 40 ms at least.
    #[test]
    fn two_small_sends_wait_for_a_delayed_acknowledgement() {
        let (mut client, server) = connection();
        let echo = thread::spawn(move || {
            let mut server = server;
            let mut line = Vec::new();
            let mut buffer = [0; 64];
            while let Ok(count @ 1..) = server.read(&mut buffer) {
                line.extend_from_slice(&buffer[..count]);
                if line.ends_with(b"\n") {
                    server.write_all(&line).unwrap();
                    line.clear();
                }
            }
        });
        let mut ask = |parts: &[&[u8]]| {
            let start = std::time::Instant::now();
            for part in parts {
                client.write_all(part).unwrap();
            }
            let mut answer = [0; 6];
            client.read_exact(&mut answer).unwrap();
            start.elapsed()
        };
        ask(&[b"hello\n"]); // the first segments of a connection are acknowledged at once
        let in_two_calls = (0..3).map(|_| ask(&[b"hello", b"\n"])).max().unwrap();
        let in_one_call = (0..3).map(|_| ask(&[b"hello\n"])).min().unwrap();
        drop(client);
        echo.join().unwrap();
        assert!(in_two_calls >= Duration::from_millis(35), "{in_two_calls:?}");
        assert!(in_one_call < Duration::from_millis(35), "{in_one_call:?}");
    }
}
