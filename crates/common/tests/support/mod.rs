//! What the tests' own peers are made of: bare sockets with a deadline on every call, so that a test can't hang.
//! The tests of several steps include this file.
#![allow(dead_code, clippy::unwrap_used, clippy::panic)] // each test uses a part of it; a helper may fail like its test

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use socket2::{Domain, SockRef, Socket, Type};
use testkit::program::Exit;
use testkit::{Launch, Program};

/// How long a peer waits for anything. Only a test that fails ever waits so long.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// How long a peer waits before it believes that nothing comes. A test that needs this is no slower than it must be,
/// and a program that is wrong fails it whenever the program is faster than this.
pub const A_MOMENT: Duration = Duration::from_millis(200);

/// A connection to a program that waits.
pub fn call(address: &str) -> TcpStream {
    let stream = TcpStream::connect_timeout(&address.parse().unwrap(), PATIENCE).unwrap();
    with_deadlines(stream)
}

fn with_deadlines(stream: TcpStream) -> TcpStream {
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

/// A listening socket on a free port of 127.0.0.1, and its address.
pub fn listener() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    (listener, address)
}

/// An address where nobody listens, and that nobody else can take while the socket is kept: bound, but not listening.
pub fn nobody() -> (Socket, String) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    let address = socket.local_addr().unwrap().as_socket().unwrap().to_string();
    (socket, address)
}

/// Where a server that restarts listens. The system may give a port that is free for a moment to any client on
/// 127.0.0.1; on Linux there are other loopback addresses, which no client gets.
pub const RESTARTS: &str = if cfg!(target_os = "linux") { "127.8.99.1:0" } else { "127.0.0.1:0" };

/// The next client of a listener: accept, with a deadline.
pub fn accept(listener: &TcpListener) -> TcpStream {
    let (sender, accepted) = mpsc::channel();
    let listener = listener.try_clone().unwrap();
    thread::spawn(move || sender.send(listener.accept()));
    with_deadlines(accepted.recv_timeout(PATIENCE).expect("nobody connected").unwrap().0)
}

/// Exactly as many bytes as `expected` has; they must be the same.
pub fn expect_bytes(mut stream: impl Read, expected: &[u8]) {
    let mut bytes = vec![0; expected.len()];
    stream.read_exact(&mut bytes).unwrap_or_else(|error| {
        panic!("{error} instead of {:?}", String::from_utf8_lossy(expected))
    });
    assert_eq!(show(&bytes), show(expected));
}

/// All that comes until the program closes its sending half; it must be this.
pub fn expect_rest(mut stream: impl Read, expected: &[u8]) {
    let mut bytes = Vec::new();
    let end = stream.read_to_end(&mut bytes);
    assert_eq!(show(&bytes), show(expected), "{end:?}");
    end.expect("the stream doesn't end");
}

/// Nothing comes for a moment, and the stream does not end either.
pub fn expect_silence(mut stream: &TcpStream) {
    stream.set_read_timeout(Some(A_MOMENT)).unwrap();
    let mut byte = [0];
    match stream.read(&mut byte) {
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
        other => panic!("{other:?} {byte:?} instead of silence"),
    }
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
}

fn show(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string()
}

/// Sends, and ends the sending half.
pub fn send_all(mut stream: &TcpStream, bytes: &[u8]) {
    stream.write_all(bytes).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
}

/// Closes with a reset (RST) instead of an end (FIN): SO_LINGER with 0 seconds.
pub fn reset(stream: TcpStream) {
    SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
}

/// Sends the same again and again, until the program has said something on stderr or nobody takes it any more.
pub fn send_until(mut stream: &TcpStream, bytes: &[u8], program: &Program, said: &str) {
    let started = Instant::now();
    while started.elapsed() < PATIENCE && !program.stderr_text().contains(said) {
        if stream.write_all(bytes).is_err() {
            break;
        }
        thread::yield_now();
    }
}

/// True where this computer has IPv6. Says aloud what is skipped where it hasn't.
pub fn ipv6(what: &str) -> bool {
    let there = TcpListener::bind("[::1]:0").is_ok();
    if !there {
        skipped(what, "this computer has no IPv6");
    }
    there
}

/// True where a program is installed; `ask` is a command that only then succeeds, such as `ncat --version`. Says aloud
/// what is skipped where it isn't.
pub fn installed(ask: &[&str], what: &str) -> bool {
    let started = Launch::new(ask[0]).args(&ask[1..]).no_input().start();
    let there = started.is_ok_and(|mut program| program.wait().is_ok_and(Exit::success));
    if !there {
        skipped(what, &format!("{} is not installed", ask[0]));
    }
    there
}

/// A line that `cargo test` shows although the test passes: it hides what goes through `eprintln!`.
pub fn skipped(what: &str, why: &str) {
    say(&format!("SKIPPED: {what}: {why}"));
}

/// A line that `cargo test` shows although the test passes.
pub fn say(line: &str) {
    let _ = io::stderr().write_all(format!("{line}\n").as_bytes());
}

/// Starts a step and waits until it listens.
pub fn waiting(step: &str, args: &[&str]) -> (Program, String) {
    let mut program = Launch::step(step).args(args).no_input().deadline(PATIENCE).start().unwrap();
    let address = program.listening().unwrap();
    (program, address)
}

/// A command of the shell in which `$PROGRAM` is a step, for what only a shell can do: `>&-`, `| head -1`.
#[cfg(unix)]
pub fn shell(step: &str, command: &str) -> Program {
    let path = testkit::step_program(step);
    Launch::new("sh").args(&["-c", command]).env("PROGRAM", path.to_str().unwrap()).start().unwrap()
}
