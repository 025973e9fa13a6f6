//! Where one message ends and the next begins, which TCP doesn't say.
//!
//! What is sent as `hello` and `end` may be received as `helloend`, or as `hel` and `loend`: a stream
//! keeps the order of the bytes and nothing else. With *line* framing a message ends with `\n`. With
//! *raw* framing a message is what one recv returned: what the classic tutorials do, right only as
//! long as both sides are slow.

use std::collections::VecDeque;
use std::io::{self, Read};

use clap::ValueEnum;
use common::encoding::StreamDecoder;
use common::{Encoding, Error, Result, console, outcome, step};
use socket2::Socket;

/// What a message is.
#[derive(Clone, Copy, PartialEq, ValueEnum)]
pub enum Framing {
    /// A line
    Line,
    /// What one recv returned, as the classic tutorials have it
    Raw,
}

/// A line may be this long; a longer one is handed out in parts.
const LONGEST_MESSAGE: usize = 1 << 20;

/// The messages that come from a peer.
pub struct Messages<'a> {
    socket: &'a Socket,
    peer: &'a str,
    encoding: Encoding,
    decoder: StreamDecoder,
    by_line: bool,
    /// The start of a line whose end has not come yet.
    unfinished: String,
    complete: VecDeque<String>,
    at_end: bool,
}

impl<'a> Messages<'a> {
    /// Messages out of a connected socket, by line or by recv.
    pub fn new(socket: &'a Socket, peer: &'a str, encoding: Encoding, by_line: bool) -> Self {
        Self {
            socket,
            peer,
            encoding,
            decoder: encoding.stream_decoder(),
            by_line,
            unfinished: String::new(),
            complete: VecDeque::new(),
            at_end: false,
        }
    }

    /// Waits for the next message; `None` when the peer has closed.
    pub fn next(&mut self) -> Result<Option<String>> {
        let mut buffer = vec![0; 64 << 10];
        while self.complete.is_empty() && !self.at_end {
            step!("3", "recv", "wait for up to {} bytes …", buffer.len());
            match self.socket.read(&mut buffer) {
                Ok(0) => self.finish(),
                Ok(length) => self.take(&buffer[..length]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Error::of_call("recv", self.peer, &error)),
            }
        }
        Ok(self.complete.pop_front())
    }

    /// Cuts what one recv returned into messages.
    fn take(&mut self, bytes: &[u8]) {
        if step::explaining() {
            outcome!("received {}", step::bytes_and_text(bytes, self.encoding));
        }
        let decoded = self.decoder.decode(bytes);
        console::tell_hint(self.peer, decoded.hint);
        self.unfinished += &decoded.text;
        if !self.by_line {
            outcome!("a part of a message, or several: TCP keeps no boundaries");
            if !self.unfinished.is_empty() {
                self.complete.push_back(std::mem::take(&mut self.unfinished));
            }
            return;
        }
        let text = std::mem::take(&mut self.unfinished);
        for part in text.split_inclusive('\n') {
            match part.ends_with('\n') {
                true => self.complete.push_back(part.to_owned()),
                false => self.unfinished = part.to_owned(), // only the last one
            }
        }
        if self.unfinished.len() > LONGEST_MESSAGE {
            self.complete.push_back(std::mem::take(&mut self.unfinished));
        } else if !self.unfinished.is_empty() {
            outcome!("{} bytes of a line so far; reading more", self.unfinished.len());
        }
    }

    /// The end of the stream: what came without a line end is a message too.
    fn finish(&mut self) {
        self.at_end = true;
        let end = self.decoder.finish();
        console::tell_hint(self.peer, end.hint);
        self.unfinished += &end.text;
        if !self.unfinished.is_empty() {
            self.complete.push_back(std::mem::take(&mut self.unfinished));
        }
    }
}
