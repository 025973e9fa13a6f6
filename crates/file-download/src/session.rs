//! The server's end of one connection: a client that may be slow, silent or gone, and its place among the others.

use std::fs::File;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::net::Shutdown;
use std::sync::Arc;
use std::time::{Duration, Instant};

use common::net::{self, Place};
use common::{address, console, error};
use socket2::{SockAddr, Socket};

use crate::engine::copy::{self, SERVER_BLOCK, Sum, at_most};
use crate::engine::give_up_after;
use crate::progress::rate;
use crate::server::Server;

/// A file up to this size leaves in one send, together with the lines before and after it.
const SMALL: u64 = 16 << 10;

/// A client that asks within this time, or for a small file, is answered by the thread that accepted it.
const MOMENT: Duration = Duration::from_millis(10);

/// A tutorial's client doesn't say where its name ends: it ends when nothing more comes for this long.
const QUIET: Duration = Duration::from_millis(200);

/// How long a client that found no free place may take to ask, before it gets that answer.
const BUSY_PATIENCE: Duration = Duration::from_secs(1);

/// One client, from accept to close.
pub struct ClientSession {
    pub server: Arc<Server>,
    pub peer: String,
    /// What this client asked for, for the line about it.
    pub about: String,
    /// Whether bytes may come that nobody needs: after the request, or instead of one.
    pub may_have_more: bool,
    /// Whether another thread accepts in place of this one.
    pub has_successor: bool,
    // The socket stands before the place, so that it is closed when the place is free.
    socket: BufWriter<Socket>,
    /// Its place among the others, if there was one.
    pub place: Option<Place>,
    /// After Ctrl-C the server waits for each client that has one.
    pub running: Option<Arc<()>>,
    /// The checksum of what was sent, if this client wants one.
    pub sum: Sum,
    /// The bytes of the file that are sent at a time.
    block: Vec<u8>,
    /// How many bytes of the file were sent.
    sent: u64,
    started: Instant,
}

impl ClientSession {
    /// A client that was just accepted.
    pub fn new(server: &Arc<Server>, socket: Socket, peer: &SockAddr) -> Self {
        let _ = socket.set_write_timeout(Some(server.idle_timeout));
        Self {
            server: Arc::clone(server),
            peer: address::show(peer),
            about: "no request".into(),
            may_have_more: false,
            has_successor: false,
            place: server.places.try_take(),
            running: None,
            sum: Sum::new(false),
            socket: BufWriter::with_capacity(SMALL as usize + 100, socket),
            block: Vec::new(),
            sent: 0,
            started: Instant::now(),
        }
    }

    /// What follows may take longer than a moment, so what waits is sent, and another thread accepts from now on.
    /// Without a place a client gets no thread of its own, or anyone could have thousands of them.
    pub fn takes_long(&mut self) -> io::Result<()> {
        if self.place.is_some() && !self.has_successor {
            give_up_after(self.socket.get_ref(), self.server.idle_timeout);
            match self.server.start_thread("successor") {
                Ok(()) => self.has_successor = true,
                Err(error) => console::hint_once("", Some(format!("start a thread: {error}"))),
            }
        }
        self.socket.flush()
    }

    /// recv(2): a part of the request. The time is limited in all, so that a client can't keep its place with a byte
    /// now and then. The name of a tutorial's client ends when it is quiet.
    pub fn receive(&mut self, buffer: &mut [u8], is_classic: bool) -> io::Result<usize> {
        if !self.has_successor {
            match self.receive_within(buffer, MOMENT) {
                Err(error) if error::timed_out(&error) => self.takes_long()?,
                result => return result,
            }
        }
        let patience = if self.place.is_some() { self.server.idle_timeout } else { BUSY_PATIENCE };
        let left = patience.saturating_sub(self.started.elapsed());
        self.receive_within(buffer, if is_classic { left.min(QUIET) } else { left })
    }

    fn receive_within(&self, buffer: &mut [u8], wait: Duration) -> io::Result<usize> {
        // 0 would be "for ever".
        let wait = wait.max(Duration::from_millis(1));
        self.socket.get_ref().set_read_timeout(Some(wait))?;
        copy::read(self.socket.get_ref(), buffer)
    }

    /// A line that waits for what follows: one send is faster than three.
    pub fn write(&mut self, text: &str) -> io::Result<()> {
        self.socket.write_all(text.as_bytes())
    }

    /// send(2): what waits, and this.
    pub fn send(&mut self, text: &str) -> io::Result<()> {
        self.write(text)?;
        self.socket.flush()
    }

    /// read(2) and send(2): sends the next block of a file, adds it to the checksum, and returns how many bytes it has.
    /// A small file waits for the line that follows, so that all of the answer leaves in one send.
    pub fn send_block(&mut self, file: &File, left: u64) -> io::Result<u64> {
        if left > SMALL {
            self.takes_long()?;
        }
        if self.block.is_empty() {
            self.block = vec![0; left.min(SERVER_BLOCK as u64) as usize];
        }
        let count = copy::read(file, at_most(&mut self.block, left))?;
        if count == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        self.sum.add(&self.block[..count]);
        self.socket.write_all(&self.block[..count])?;
        self.sent += count as u64;
        Ok(count as u64)
    }

    /// Ends the sending: shutdown(2). The connection is closed when this session is dropped; with unread bytes that
    /// would reset it, and the answer could be lost, so the client gets a moment to close first.
    pub fn close(&mut self) {
        let _ = self.socket.get_ref().shutdown(Shutdown::Write);
        if self.may_have_more
            && self.takes_long().is_ok()
            && let Ok(socket) = self.socket.get_ref().try_clone()
        {
            net::close_gracefully(socket);
        }
    }

    /// The line about one file: bytes, time, rate, outcome.
    pub fn about_file(&self, wanted: u64, result: io::Result<()>) -> String {
        let seconds = self.started.elapsed().as_secs_f64();
        let (sent, rate) = (self.sent, rate(self.sent, seconds));
        match result {
            Ok(()) => format!("{sent} bytes in {seconds:.3} s, {rate}: done"),
            Err(error) => {
                let why = self.why(&error);
                format!("{sent} of {wanted} bytes in {seconds:.3} s, {rate}: cut: {why}")
            }
        }
    }

    /// A failed recv or send, in words.
    pub fn why(&self, error: &io::Error) -> String {
        match error.kind() {
            _ if error::timed_out(error) => {
                format!("nothing moved for {} s", self.server.idle_timeout.as_secs_f64())
            }
            ErrorKind::UnexpectedEof => "the file became shorter while it was sent".into(),
            _ if error::is_reset(error) => "the client ended abruptly".into(),
            _ => error.to_string(),
        }
    }
}
