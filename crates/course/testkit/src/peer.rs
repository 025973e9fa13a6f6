//! What the tests' own peers are made of: bare sockets with a deadline on every call, so that a test can't hang.
#![allow(clippy::unwrap_used, clippy::panic)] // a test helper may fail like its test

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::thread;
use std::time::{Duration, Instant};

use socket2::{Domain, SockRef, Socket, Type};

use crate::{Program, group};

/// How long a peer waits for anything. Only a test that fails ever waits so long.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// How long a peer waits before it believes that nothing comes. It is short because a correct program makes the test wait
/// for all of it; a wrong program is found if it answers within this time.
pub const A_MOMENT: Duration = Duration::from_millis(200);

/// A connection to a program that waits.
#[track_caller]
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

/// An address without a listener. No other program can take it while the socket is kept: it is bound, but not listening.
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
#[track_caller]
pub fn accept(listener: &TcpListener) -> TcpStream {
    listener.set_nonblocking(true).unwrap();
    let started = Instant::now();
    let stream = loop {
        match group::accept(listener) {
            Ok(stream) => break stream,
            Err(error) => assert!(started.elapsed() < PATIENCE, "nobody connects: {error}"),
        }
        thread::sleep(Duration::from_millis(1));
    };
    listener.set_nonblocking(false).unwrap();
    stream.set_nonblocking(false).unwrap(); // on Windows it is as the listener was
    with_deadlines(stream)
}

/// Exactly as many bytes as `expected` has; they must be the same.
#[track_caller]
pub fn expect_bytes(mut stream: impl Read, expected: &[u8]) {
    let mut bytes = vec![0; expected.len()];
    stream.read_exact(&mut bytes).unwrap_or_else(|error| {
        panic!("{error} instead of {:?}", String::from_utf8_lossy(expected))
    });
    assert_eq!(show(&bytes), show(expected));
}

/// All that comes until the program closes its sending half; it must be this.
#[track_caller]
pub fn expect_rest(mut stream: impl Read, expected: &[u8]) {
    let mut bytes = Vec::new();
    let end = stream.read_to_end(&mut bytes);
    assert_eq!(show(&bytes), show(expected), "{end:?}");
    end.expect("the stream doesn't end");
}

/// Nothing comes for a moment, and the stream does not end either.
#[track_caller]
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

/// Sends the same bytes again and again, until the program has printed this on stderr or the connection is broken.
pub fn send_until(mut stream: &TcpStream, bytes: &[u8], program: &Program, said: &str) {
    let started = Instant::now();
    while started.elapsed() < PATIENCE && !program.stderr_text().contains(said) {
        if stream.write_all(bytes).is_err() {
            break;
        }
        thread::yield_now();
    }
}

/// A bare UDP socket.
pub struct UdpPeer {
    /// The socket.
    pub socket: UdpSocket,
    /// Where it receives.
    pub address: String,
}

impl UdpPeer {
    /// On a free port of 127.0.0.1.
    pub fn new() -> UdpPeer {
        Self::at("127.0.0.1:0").unwrap()
    }

    /// At this address; an error where the computer doesn't have it.
    pub fn at(address: &str) -> io::Result<UdpPeer> {
        let socket = UdpSocket::bind(address)?;
        socket.set_read_timeout(Some(PATIENCE))?;
        let address = socket.local_addr()?.to_string();
        Ok(UdpPeer { socket, address })
    }

    /// Talks to this address only: connect(2).
    #[track_caller]
    pub fn connect(&self, address: &str) {
        self.socket.connect(address).unwrap();
    }

    /// Sends a datagram to this address.
    #[track_caller]
    pub fn send_to(&self, payload: impl AsRef<[u8]>, address: &str) {
        self.socket.send_to(payload.as_ref(), address).unwrap();
    }

    /// Sends a datagram to the address that the socket is connected to.
    #[track_caller]
    pub fn send(&self, payload: impl AsRef<[u8]>) {
        self.socket.send(payload.as_ref()).unwrap();
    }

    /// The next datagram, and its sender.
    #[track_caller]
    pub fn receive(&self) -> (Vec<u8>, SocketAddr) {
        let mut buffer = vec![0; 1 << 16];
        let (length, from) = self.socket.recv_from(&mut buffer).unwrap();
        buffer.truncate(length);
        (buffer, from)
    }

    /// The next datagram must be this one; returns its sender.
    #[track_caller]
    pub fn expect(&self, payload: impl AsRef<[u8]>) -> SocketAddr {
        let (received, from) = self.receive();
        assert_eq!(received, payload.as_ref(), "{}", String::from_utf8_lossy(&received));
        from
    }

    /// No datagram waits. Loopback delivers within sendto(2), so after the sender's end none can come either.
    #[track_caller]
    pub fn expect_nothing_more(&self) {
        self.socket.set_nonblocking(true).unwrap();
        let mut buffer = [0; 100];
        let more = self.socket.recv(&mut buffer).map(|length| buffer[..length].to_vec());
        assert!(more.is_err(), "{more:?}");
        self.socket.set_nonblocking(false).unwrap();
    }
}

impl Default for UdpPeer {
    fn default() -> UdpPeer {
        Self::new()
    }
}
