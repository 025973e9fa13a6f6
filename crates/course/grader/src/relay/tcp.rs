//! The relay for TCP: one thread accepts, and each connection has a thread for each direction.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use fastrand::Rng;
use socket2::SockRef;

use crate::bytes::in_a_line;

use super::way::{Direction, LOOK, Way, refuse_itself};

/// Two pieces that leave at the same moment would arrive as one.
const BETWEEN_PIECES: Duration = Duration::from_millis(2);

/// How often to check for a new caller.
const NOBODY_CALLS: Duration = Duration::from_millis(2);

/// How often to try again a call that would block.
const NOT_READY: Duration = Duration::from_millis(1);

/// As many bytes as wait to be passed on together; about as many again may come with the last read.
const MOST_AT_ONCE: usize = 1 << 20;

/// How long the target may take to answer the call.
const CONNECT: Duration = Duration::from_secs(5);

/// Starts the relay, and returns its address.
pub(super) fn start(own: SocketAddr, target: SocketAddr, way: Way) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind(own)?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    refuse_itself(address, target)?;
    thread::Builder::new()
        .name("relay".to_owned())
        .spawn(move || accept_all(&listener, target, &way))?;
    Ok(address)
}

fn accept_all(listener: &TcpListener, target: SocketAddr, way: &Way) {
    let mut number = 0;
    let mut is_stuck = false;
    while !way.is_over() {
        match listener.accept() {
            Ok((caller, _)) => {
                is_stuck = false;
                number += 1;
                let there = way.of(number, Direction::There);
                let back = way.of(number, Direction::Back);
                if let Err(error) = connect(caller, target, there, back) {
                    way.of(number, Direction::There)
                        .report(&format!("no connection to the target: {error}"));
                }
            }
            // Nobody calls at the moment, or somebody has left again.
            Err(error) if is_harmless(&error) => thread::sleep(NOBODY_CALLS),
            // No file descriptor is left, most likely. Those that are connected go on, and when one leaves, the next can come.
            Err(error) => {
                if !is_stuck {
                    way.of(number + 1, Direction::There)
                        .report(&format!("can't be taken yet, others go on: {error}"));
                }
                is_stuck = true;
                thread::sleep(LOOK);
            }
        }
    }
}

fn is_harmless(error: &io::Error) -> bool {
    is_patient(error)
        || matches!(error.kind(), ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset)
}

fn connect(caller: TcpStream, target: SocketAddr, there: Way, back: Way) -> io::Result<()> {
    let target = TcpStream::connect_timeout(&target, CONNECT)?;
    there.report("connected");
    for socket in [&caller, &target] {
        // Not a timeout for each call: once that has passed, a socket can't be used any more on Windows.
        socket.set_nonblocking(true)?;
        socket.set_nodelay(true)?;
    }
    let (caller, target) = (Arc::new(caller), Arc::new(target));
    let is_reset = Arc::new(AtomicBool::new(false));
    let there = Pump::new(&caller, &target, there, &is_reset);
    let back = Pump::new(&target, &caller, back, &is_reset);
    thread::Builder::new().spawn(move || there.run())?;
    thread::Builder::new().spawn(move || back.run())?;
    Ok(())
}

/// Carries the bytes of one connection in one direction.
struct Pump {
    from: Arc<TcpStream>,
    to: Arc<TcpStream>,
    way: Way,
    random: Rng,
    /// The connection is to end abruptly: both pumps let go of the sockets.
    is_reset: Arc<AtomicBool>,
    /// How many bytes have been passed on.
    passed: u64,
    /// How many bytes are left until the next cut. Cut positions are random, and do not depend on how the bytes arrive.
    until_cut: usize,
}

/// How a pump goes on.
enum Next {
    More,
    Over,
}

impl Pump {
    fn new(
        from: &Arc<TcpStream>,
        to: &Arc<TcpStream>,
        way: Way,
        is_reset: &Arc<AtomicBool>,
    ) -> Pump {
        let random = way.random();
        let is_reset = Arc::clone(is_reset);
        Pump {
            from: Arc::clone(from),
            to: Arc::clone(to),
            way,
            random,
            is_reset,
            passed: 0,
            until_cut: 0,
        }
    }

    fn run(mut self) {
        while let Some(bytes) = self.receive() {
            if bytes.is_empty() {
                self.way.report(&format!("the end, after {} bytes", self.passed));
                let _ = self.to.shutdown(Shutdown::Write);
                return;
            }
            if let Next::Over = self.pass_on(&bytes) {
                return;
            }
        }
        if !self.is_reset.load(Ordering::SeqCst) {
            // An error, or the relay ends: the other side must not wait forever.
            let _ = self.to.shutdown(Shutdown::Both);
        }
    }

    /// The next bytes; none at the end of the stream; `None` when the connection is lost, or the relay ends.
    fn receive(&self) -> Option<Vec<u8>> {
        let coalesce = self.way.faults.coalesce.unwrap_or_default();
        if !coalesce.is_zero() {
            let _ = self.when_ready(|| self.from.peek(&mut [0]))?;
            thread::sleep(coalesce);
        }
        let mut received = Vec::new();
        let mut buffer = vec![0; 64 * 1024];
        let mut result = self.when_ready(|| (&*self.from).read(&mut buffer))?;
        loop {
            match result {
                Ok(0) => return Some(received), // at the end of the stream the next read says so again
                Ok(length) => received.extend_from_slice(&buffer[..length]),
                Err(error) if is_patient(&error) => return Some(received),
                Err(error) => {
                    self.way.report(&format!("lost after {} bytes: {error}", self.passed));
                    return None;
                }
            }
            if coalesce.is_zero() || received.len() > MOST_AT_ONCE {
                return Some(received);
            }
            result = (&*self.from).read(&mut buffer);
        }
    }

    /// Makes a call until it has a result; `None` when the relay ends, or the connection is reset.
    fn when_ready<T>(&self, mut call: impl FnMut() -> io::Result<T>) -> Option<io::Result<T>> {
        while !self.way.is_over() && !self.is_reset.load(Ordering::SeqCst) {
            match call() {
                Err(error) if is_patient(&error) => thread::sleep(NOT_READY),
                result => return Some(result),
            }
        }
        None
    }

    fn send(&self, piece: &[u8]) -> Option<io::Result<()>> {
        let mut rest = piece;
        while !rest.is_empty() {
            match self.when_ready(|| (&*self.to).write(rest))? {
                Ok(length) => rest = &rest[length..],
                Err(error) => return Some(Err(error)),
            }
        }
        Some(Ok(()))
    }

    fn pass_on(&mut self, bytes: &[u8]) -> Next {
        let mut rest = bytes;
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(self.next_piece(rest.len()));
            let delay = self.way.faults.draw_delay(&mut self.random);
            thread::sleep(delay);
            match self.send(piece) {
                Some(Ok(())) => {}
                Some(Err(_)) => {
                    self.way.report("the receiver has gone");
                    let _ = self.from.shutdown(Shutdown::Read);
                    return Next::Over;
                }
                None => return Next::Over,
            }
            self.report_piece(piece, delay);
            self.passed += piece.len() as u64;
            if let Next::Over = self.fail() {
                return Next::Over;
            }
            if !after.is_empty() {
                thread::sleep(BETWEEN_PIECES);
            }
            rest = after;
        }
        Next::More
    }

    /// How many of these bytes go on in one piece.
    fn next_piece(&mut self, available: usize) -> usize {
        let faults = &self.way.faults;
        let mut length = available;
        if let Some(most) = faults.split {
            if self.until_cut == 0 {
                self.until_cut = self.random.usize(1..=most.max(1));
            }
            length = length.min(self.until_cut);
        }
        for limit in [faults.reset_after, faults.half_close_after].into_iter().flatten() {
            let left = usize::try_from(limit.saturating_sub(self.passed)).unwrap_or(usize::MAX);
            length = length.min(left.max(1));
        }
        self.until_cut = self.until_cut.saturating_sub(length);
        length
    }

    fn report_piece(&self, piece: &[u8], delay: Duration) {
        let mut line = format!(
            "bytes {}..{}: {}",
            self.passed,
            self.passed + piece.len() as u64,
            in_a_line(piece)
        );
        if !self.way.faults.delay.is_zero() {
            line += &format!(", {} ms late", delay.as_millis());
        }
        self.way.report(&line);
    }

    /// The reset or the half-close, when it is time for it.
    fn fail(&self) -> Next {
        let is_time = |limit: Option<u64>| limit.is_some_and(|limit| self.passed >= limit);
        if is_time(self.way.faults.reset_after) {
            self.way.report(&format!("reset both sides after {} bytes", self.passed));
            self.reset();
            return Next::Over;
        }
        if is_time(self.way.faults.half_close_after) {
            self.way.report(&format!("closed this direction after {} bytes", self.passed));
            let _ = self.to.shutdown(Shutdown::Write);
            self.discard();
            return Next::Over;
        }
        Next::More
    }

    /// With a linger time of zero the close that follows is a reset, and what was not sent yet is lost.
    fn reset(&self) {
        for socket in [&self.from, &self.to] {
            let _ = SockRef::from(&**socket).set_linger(Some(Duration::ZERO));
        }
        self.is_reset.store(true, Ordering::SeqCst);
    }

    /// Reads what still comes, so that the sender notices nothing.
    fn discard(&self) {
        let mut buffer = vec![0; 64 * 1024];
        while let Some(Ok(1..)) = self.when_ready(|| (&*self.from).read(&mut buffer)) {}
    }
}

fn is_patient(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}
