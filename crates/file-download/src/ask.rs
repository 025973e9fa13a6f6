//! The client's side of a conversation: connect, ask, understand the first line of the answer.

use std::io::{self, ErrorKind, Write};
use std::time::Duration;

use common::{Address, Error, Explain, Result, console, net, outcome, step};
use socket2::Socket;

use crate::protocol::{self, Answer, LONGEST_LINE, Request};
use crate::transfer;

/// A connection to a server.
pub struct Server {
    /// The connection.
    pub socket: Socket,
    address: String,
    patience: Duration,
}

impl Server {
    /// Steps 4 and 5 of the course have shown what happens here: socket(2), connect(2).
    pub fn connect(address: &Address, patience: Duration) -> Result<Self> {
        step!("1", "connect", "{address}: socket and connect, as in step 5");
        let server =
            Self { socket: net::connect(address)?, address: address.to_string(), patience };
        server.be_patient(Duration::ZERO)?;
        Ok(server)
    }

    /// How long each recv waits: as long as was asked for, and this much longer.
    pub fn be_patient(&self, longer: Duration) -> Result<()> {
        let patience = self.patience + longer;
        self.socket.set_read_timeout(Some(patience)).explain("setsockopt", "SO_RCVTIMEO")?;
        self.socket.set_write_timeout(Some(patience)).explain("setsockopt", "SO_SNDTIMEO")
    }

    /// Sends a request and returns the first line of the answer.
    pub fn ask(&self, request: &Request) -> Result<Answer> {
        let line = format!("{request}\n");
        if line.len() > LONGEST_LINE {
            return Err(Error::local("the name is too long", "a request has at most 4096 bytes"));
        }
        step!("2", "send", "{}", console::clean(line.trim_end()));
        self.send(line.as_bytes())?;
        step!("3", "recv", "wait for the status …");
        let line = self.read_line()?;
        outcome!("received \"{}\"", console::clean_message(&String::from_utf8_lossy(&line)));
        protocol::parse_answer(&line).ok_or_else(|| self.no_answer(&line))
    }

    /// send(2), until everything is sent.
    pub fn send(&self, bytes: &[u8]) -> Result<()> {
        let mut socket = &self.socket;
        socket.write_all(bytes).explain("send", &self.address)
    }

    /// recv(2): what has come, at most as much as fits into the buffer. 0 is the end of the stream.
    pub fn receive(&self, buffer: &mut [u8]) -> Result<usize> {
        transfer::read(&self.socket, buffer).map_err(|error| self.error(&error))
    }

    /// Receives one line, byte by byte: what follows its end belongs to the file, and stays in the socket.
    pub fn read_line(&self) -> Result<Vec<u8>> {
        let mut line = Vec::new();
        let mut byte = [0];
        while line.len() < LONGEST_LINE && !line.ends_with(b"\n") {
            match self.receive(&mut byte)? {
                0 => break,
                _ => line.push(byte[0]),
            }
        }
        Ok(line)
    }

    /// A failed recv, in words.
    pub fn error(&self, error: &io::Error) -> Error {
        let patience = self.patience.as_secs();
        match error.kind() {
            ErrorKind::WouldBlock | ErrorKind::TimedOut => Error::network(
                format!("recv {}: nothing came for {patience} s", self.address),
                "the server is too busy, or gone; try again",
            ),
            _ => Error::of_call("recv", &self.address, error),
        }
    }

    /// The server ended the conversation before it was complete.
    pub fn closed(&self) -> Error {
        let what = format!("recv {}: the server closed the connection too early", self.address);
        Error::network(what, "it was stopped, or the file became shorter while it was sent")
    }

    fn no_answer(&self, line: &[u8]) -> Error {
        let server = &self.address;
        let what = if line.is_empty() {
            format!("recv {server}: the server closed the connection without an answer")
        } else {
            let text: String = String::from_utf8_lossy(line).chars().take(60).collect();
            format!(
                "recv {server}: this is no answer of our protocol: {}",
                console::clean_message(&text)
            )
        };
        Error::network(what, "a tutorial's server needs: get --classic")
    }

    /// An answer other than OK.
    pub fn refusal(&self, name: &str, answer: &Answer) -> Error {
        let name = console::clean(name);
        let list = format!("see what it has: file-download list {}", self.address);
        let Answer::Err { code, text } = answer else {
            let what = format!("recv {}: that answer has no place here", self.address);
            return Error::network(what, "the server is broken, or not ours");
        };
        let (code, text) = (console::clean(code), console::clean(text));
        match code.as_str() {
            "not-found" => {
                Error::network(format!("server has no file '{name}'; nothing was saved"), list)
            }
            "busy" => {
                Error::network(format!("the server is busy: {text}"), "try again in a moment")
            }
            _ => Error::network(
                format!("the server refused '{name}': {code}, {text}; nothing was saved"),
                list,
            ),
        }
    }
}
