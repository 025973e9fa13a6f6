//! The client's end of a connection: bytes and lines from a server that may be slow, broken, or none of ours.

use std::io::{BufRead, BufReader, Read, Write};
use std::time::Duration;

use common::{Address, Call, Error, Explain, Result, error, net, outcome};
use socket2::Socket;

use crate::engine::copy;
use crate::protocol::{self, Answer, BUSY, LONGEST_LINE, NOT_FOUND, for_screen};

const BROKEN: &str = "the server is broken, or not ours";
const TUTORIAL: &str = "a tutorial's server needs: get --classic";

/// A connection to a server.
pub struct Connection {
    /// Small reads, of a line, go through a buffer, so that not each byte is a call. Big ones, of a block, don't.
    socket: BufReader<Socket>,
    address: String,
    patience: Duration,
    /// Whether the server has sent anything.
    has_spoken: bool,
}

impl Connection {
    /// socket(2) and connect(2), as in step 5. Each later recv and send waits for `patience` at most.
    pub fn open(address: &Address, patience: Duration) -> Result<Self> {
        let socket = net::connect(address)?;
        socket.set_read_timeout(Some(patience)).explain(Call::Setsockopt, "SO_RCVTIMEO")?;
        socket.set_write_timeout(Some(patience)).explain(Call::Setsockopt, "SO_SNDTIMEO")?;
        let socket = BufReader::with_capacity(LONGEST_LINE, socket);
        Ok(Self { socket, address: address.to_string(), patience, has_spoken: false })
    }

    /// send(2), until everything is sent.
    pub fn send(&mut self, bytes: &[u8]) -> Result<()> {
        self.socket.get_mut().write_all(bytes).explain(Call::Send, &self.address)
    }

    /// recv(2): what has come, at most as much as fits into the buffer. 0 is the end of the stream.
    pub fn receive(&mut self, buffer: &mut [u8]) -> Result<usize> {
        copy::read(&mut self.socket, buffer).map_err(|error| self.failed(&error))
    }

    /// recv(2), until a line is whole. What was cut off before its end is no line: half a number is a number too.
    fn receive_line(&mut self) -> Result<Vec<u8>> {
        let mut line = Vec::new();
        let mut limited = (&mut self.socket).take(LONGEST_LINE as u64);
        limited.read_until(b'\n', &mut line).map_err(|error| self.failed(&error))?;
        if line.ends_with(b"\n") {
            self.has_spoken = true;
            return Ok(line);
        }
        match line.len() {
            0 => Err(self.closed()),
            LONGEST_LINE => Err(self.not_ours(&line)),
            _ => {
                let line = for_screen(&line);
                let what =
                    format!("the server closed the connection in the middle of a line: {line}");
                Err(self.error(&what, "it was stopped, or the network failed; try again"))
            }
        }
    }

    /// Receives a line of an answer and understands it.
    pub fn receive_answer(&mut self) -> Result<Answer> {
        let line = self.receive_line()?;
        outcome!("received \"{}\"", for_screen(&line));
        protocol::parse_answer(&line).ok_or_else(|| self.not_ours(&line))
    }

    /// Receives a line of a list and understands it: size and name.
    pub fn receive_entry(&mut self) -> Result<(u64, String)> {
        let line = self.receive_line()?;
        protocol::parse_entry(&line).ok_or_else(|| self.not_ours(&line))
    }

    fn error(&self, what: &str, advice: &str) -> Error {
        Error::network(format!("recv {}: {what}", self.address), advice)
    }

    /// The server ended the conversation before it was complete.
    pub fn closed(&self) -> Error {
        if self.has_spoken {
            let why = "it was stopped, or the file became shorter while it was sent";
            self.error("the server closed the connection too early", why)
        } else {
            self.error("the server closed the connection without an answer", TUTORIAL)
        }
    }

    /// A failed recv, in words.
    fn failed(&self, error: &std::io::Error) -> Error {
        if error::timed_out(error) {
            let what = format!("nothing came for {} s", self.patience.as_secs_f64());
            return self.error(&what, "the server is too busy, or gone; try again");
        }
        Error::of_call(Call::Recv, &self.address, error)
    }

    fn not_ours(&self, line: &[u8]) -> Error {
        let what = format!("this is no answer of our protocol: {}", for_screen(line));
        self.error(&what, if self.has_spoken { BROKEN } else { TUTORIAL })
    }

    /// An answer other than OK, as an error about what was asked for.
    pub fn refusal(&self, name: &str, answer: &Answer) -> Error {
        let Answer::Err { code, text } = answer else {
            return self.error("that answer makes no sense here", BROKEN);
        };
        let what = match code.as_str() {
            BUSY => {
                let what = format!("the server is busy: {text}");
                return Error::network(what, "try again in a moment");
            }
            NOT_FOUND => format!("server has no file '{name}'; nothing was saved"),
            _ => format!("the server refused '{name}': {code}, {text}; nothing was saved"),
        };
        Error::network(what, format!("see what it has: file-download list {}", self.address))
    }
}

/// The error when the last line is not what it should be.
pub fn mismatch(theirs: &Answer, ours: &Answer) -> Error {
    let (Answer::Sum(theirs), Answer::Sum(ours)) = (theirs, ours) else {
        return Error::network("the file changed on the server while it was sent", "try again");
    };
    Error::network(
        format!("checksum mismatch: server {theirs}, here {ours}"),
        "something on the way, a disk or a cable, changes bytes; try again",
    )
}
