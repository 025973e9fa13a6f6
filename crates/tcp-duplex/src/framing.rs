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
use common::{Call, Encoding, Error, Result, console, outcome, step};
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
pub struct Messages {
    socket: Socket,
    pub peer: String,
    encoding: Encoding,
    decoder: StreamDecoder,
    framing: Framing,
    /// The start of a line whose end has not come yet.
    unfinished: Vec<u8>,
    complete: VecDeque<String>,
    at_end: bool,
}

impl Messages {
    /// Messages out of a connected socket.
    pub fn new(socket: Socket, peer: String, encoding: Encoding, framing: Framing) -> Self {
        Self {
            socket,
            peer,
            encoding,
            decoder: encoding.stream_decoder(),
            framing,
            unfinished: Vec::new(),
            complete: VecDeque::new(),
            at_end: false,
        }
    }

    /// Waits for the next message; `None` when the peer has closed.
    pub fn wait(&mut self) -> Result<Option<String>> {
        let mut buffer = vec![0; 64 << 10];
        while self.complete.is_empty() && !self.at_end {
            step!("3", "recv", "wait for up to {} bytes …", buffer.len());
            match self.socket.read(&mut buffer) {
                Ok(0) => self.finish(),
                Ok(length) => self.cut(&buffer[..length]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Error::of_call(Call::Recv, &self.peer, &error)),
            }
        }
        Ok(self.complete.pop_front())
    }

    /// Cuts what one recv returned into messages: first the bytes are cut, then each message becomes text.
    fn cut(&mut self, bytes: &[u8]) {
        step::received(bytes, self.encoding);
        if self.framing == Framing::Raw {
            outcome!("a part of a message, or several: TCP keeps no boundaries");
            return self.complete(bytes);
        }
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.unfinished.extend(part);
            if part.ends_with(b"\n") || self.unfinished.len() > LONGEST_MESSAGE {
                let message = std::mem::take(&mut self.unfinished);
                self.complete(&message);
            }
        }
        if !self.unfinished.is_empty() {
            outcome!("{} bytes of a line so far; reading more", self.unfinished.len());
        }
    }

    fn complete(&mut self, message: &[u8]) {
        let decoded = self.decoder.decode(message);
        console::hint_once(&self.peer, decoded.hint);
        self.hand_out(decoded.text);
    }

    /// The end of the stream: what came without a line end is a message too.
    fn finish(&mut self) {
        self.at_end = true;
        let rest = self.decoder.decode(&self.unfinished);
        let end = self.decoder.finish();
        console::hint_once(&self.peer, rest.hint);
        console::hint_once(&self.peer, end.hint);
        self.hand_out(rest.text + &end.text);
    }

    fn hand_out(&mut self, text: String) {
        if !text.is_empty() {
            self.complete.push_back(text); // not for half a character
        }
    }
}
