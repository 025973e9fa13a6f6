//! The grader's end of a conversation over UDP.

use std::net::{SocketAddr, UdpSocket};

use super::super::cause::{NOTHING_CAME, OTHER_BYTES, WAITS_ALTHOUGH};
use super::super::hint::Hint;
use super::super::story::Story;
use super::super::trouble::{CheckResult, Mismatch, Trouble};
use crate::bytes::{in_a_line, nearest};

/// A UDP socket, with the name that it has in the story.
pub struct Talker {
    /// Its name.
    pub name: String,
    socket: UdpSocket,
    /// Its address.
    pub own: SocketAddr,
}

impl Talker {
    /// Opens a UDP socket on a port of its own.
    pub fn open(name: &str) -> CheckResult<Talker> {
        let open = || {
            let socket = UdpSocket::bind("127.0.0.1:0")?;
            socket.set_nonblocking(true)?;
            let own = socket.local_addr()?;
            Ok(Talker { name: name.to_owned(), socket, own })
        };
        open().map_err(|error| Trouble::of_grader("opened a UDP socket", &error))
    }

    /// Sends a datagram to the address that the program was told to wait at.
    pub fn send(&self, story: &mut Story, payload: &[u8]) {
        self.send_to(story, story.address(), payload);
    }

    /// Sends a datagram to the program.
    pub fn send_to(&self, story: &mut Story, to: SocketAddr, payload: &[u8]) {
        story.says(None);
        self.send_quietly(to, payload);
        story.did(format!("{} sent a datagram of {}", self.name, in_a_line(payload)));
    }

    /// The same as one of many that the story has in a line.
    pub fn send_quietly(&self, to: SocketAddr, payload: &[u8]) {
        // A program that has ended shows itself here as "refused"; what follows will explain that better.
        let _ = self.socket.send_to(payload, to);
    }

    /// The next datagram must hold exactly these bytes. Returns where it came from.
    pub fn expect(&self, story: &mut Story, bytes: &[u8], hint: &Hint) -> CheckResult<SocketAddr> {
        self.expect_like(story, bytes, |came| came, hint, hint)
    }

    /// The next datagram must hold this text. Only one check of a step looks at the line end after it.
    pub fn expect_text(
        &self,
        story: &mut Story,
        text: &str,
        hint: &Hint,
    ) -> CheckResult<SocketAddr> {
        let other = Hint::new(hint.section, OTHER_BYTES);
        self.expect_like(story, text.as_bytes(), without_line_end, hint, &other)
    }

    fn expect_like(
        &self,
        story: &mut Story,
        payload: &[u8],
        part: fn(&[u8]) -> &[u8],
        hint: &Hint,
        other: &Hint,
    ) -> CheckResult<SocketAddr> {
        let name = &self.name;
        let Some((came, from)) = story.wait_for(|| self.next()) else {
            let action = format!("{name} waited for a datagram, for up to {}", story.seconds());
            let expected = format!("a datagram of {}", in_a_line(payload));
            let has_ended = story.subject.has_ended();
            let nothing = if has_ended { NOTHING_CAME } else { WAITS_ALTHOUGH };
            let nothing = Hint::new(hint.section, nothing);
            // Of lines that are typed it may be that the program only waits for more of them.
            let is_first = !story.log.has_contact() && story.log.typed() == 0;
            let hint = if is_first { &nothing } else { hint };
            return Err(story.trouble(action, Mismatch::words(expected, "no datagram"), hint));
        };
        if part(&came) != payload {
            let mismatch = Mismatch::bytes(payload, &came);
            // What is nothing like it explains itself no better than by the hint.
            let hint = if nearest(payload, &came).is_some() { other } else { hint };
            return Err(story.trouble(format!("{name} received a datagram"), mismatch, hint));
        }
        story.saw(format!("{name} received a datagram of {}", in_a_line(&came)));
        Ok(from)
    }

    /// The next datagram, if it is there. What a program has sent may still lie in the socket when it has ended.
    pub fn next(&self) -> Option<(Vec<u8>, SocketAddr)> {
        let mut buffer = vec![0; 65536];
        let (length, from) = self.socket.recv_from(&mut buffer).ok()?;
        buffer.truncate(length);
        Some((buffer, from))
    }

    /// After the program's end: nothing more may have come.
    pub fn expect_nothing(&self, story: &mut Story, hint: &Hint) -> CheckResult {
        let name = &self.name;
        let Some((came, _)) = self.next() else {
            story.saw(format!("{name} received nothing more"));
            return Ok(());
        };
        let came = format!("one more datagram: {}", in_a_line(&came));
        let mismatch = Mismatch::words("nothing more", came);
        Err(story.trouble(format!("{name} checked that no more datagrams came"), mismatch, hint))
    }
}

/// The text of a line, however it ends.
fn without_line_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}
