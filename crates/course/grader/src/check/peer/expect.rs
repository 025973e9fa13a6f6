//! What a check expects to come over a TCP connection.

use std::io::Read;
use std::thread;
use std::time::Duration;

use super::super::cause::{NOTHING_SENT, OTHER_BYTES};
use super::super::hint::Hint;
use super::super::story::Story;
use super::super::trouble::{CheckResult, Mismatch};
use super::tcp::{Connection, Received};
use crate::bytes::{self, in_a_line};

impl Connection {
    /// Exactly these bytes must come next.
    pub fn expect_bytes(&mut self, story: &mut Story, data: &[u8], hint: &Hint) -> CheckResult {
        let received = self.read_up_to(story, data.len());
        self.expect_received(story, data, received, hint)
    }

    /// This text must come next, perhaps after the line end of the one before: only one check of a step looks at those.
    pub fn expect_text(&mut self, story: &mut Story, text: &str, hint: &Hint) -> CheckResult {
        let deadline = story.deadline();
        let mut received = self.read_up_to(story, 1);
        while [&b"\r"[..], b"\n"].contains(&received.bytes.as_slice()) && !deadline.is_over() {
            received = self.read_up_to(story, 1);
        }
        if received.bytes.len() == 1 {
            let rest = self.read_up_to(story, text.len() - 1);
            received.bytes.extend(rest.bytes);
            received.end = rest.end;
        }
        let is_nothing = received.bytes.is_empty() && story.log.typed() == 0;
        let other = Hint::new(hint.section, if is_nothing { NOTHING_SENT } else { OTHER_BYTES });
        let is_like_it = bytes::nearest(text.as_bytes(), &received.bytes).is_some();
        let is_begun = text.as_bytes().starts_with(&received.bytes);
        let is_other = is_nothing || is_like_it && !is_begun;
        self.expect_received(story, text.as_bytes(), received, if is_other { &other } else { hint })
    }

    fn expect_received(
        &self,
        story: &mut Story,
        data: &[u8],
        received: Received,
        hint: &Hint,
    ) -> CheckResult {
        let Received { bytes: came, end } = received;
        if came == data {
            story.saw(format!("{} received {}", self.name, in_a_line(&came)));
            return Ok(());
        }
        let mut action = format!("{} received {}", self.name, bytes::count(came.len()));
        if came.len() < data.len() {
            let nothing = || format!("for {} nothing more came", story.seconds());
            action += &format!("; then {}", end.unwrap_or_else(nothing));
        }
        Err(story.trouble(action, Mismatch::bytes(data, &came), hint))
    }

    /// One of these lines must come next. `what` it is stands in the story if another one comes.
    pub fn expect_line(
        &mut self,
        story: &mut Story,
        what: &str,
        good: &[String],
        hint: &Hint,
    ) -> CheckResult {
        let line = self.read_line(story);
        if good.iter().any(|good| line == good.as_bytes()) {
            let text = String::from_utf8_lossy(&line);
            story.saw(format!("{} received the line \"{}\"", self.name, text.trim_end()));
            return Ok(());
        }
        let mismatch = Mismatch::bytes(good[0].as_bytes(), &line);
        Err(story.trouble(format!("{} waited for {what}", self.name), mismatch, hint))
    }

    /// The same, for this text and its line end.
    pub fn expect_text_line(&mut self, story: &mut Story, text: &str, hint: &Hint) -> CheckResult {
        let good = [format!("{text}\n"), format!("{text}\r\n")];
        self.expect_line(story, "a line and its line end", &good, hint)
    }

    /// Nothing may come now.
    pub fn expect_silence(&mut self, story: &mut Story, hint: &Hint) -> CheckResult {
        const MOMENT: Duration = Duration::from_millis(200);
        let mut next = [0; 1024];
        thread::sleep(MOMENT);
        let Ok(length) = self.socket.read(&mut next) else {
            story.did(format!("{} received nothing yet", self.name));
            return Ok(());
        };
        let action = format!("{} checked that nothing comes too early", self.name);
        let mismatch = Mismatch::words("nothing", in_a_line(&next[..length]));
        Err(story.trouble(action, mismatch, hint))
    }

    /// The program must close its sending half, and send nothing before that; a line end says nothing.
    pub fn expect_close(&mut self, story: &mut Story, hint: &Hint) -> CheckResult {
        let Received { bytes: mut came, end } = self.read_up_to(story, 4096);
        came.retain(|byte| !b"\r\n".contains(byte));
        let came = match end {
            Some(_) if came.is_empty() => {
                story.saw(format!("{} saw the program close the connection", self.name));
                return Ok(());
            }
            None if came.is_empty() => "the connection stays open".to_owned(),
            _ => in_a_line(&came),
        };
        let (name, seconds) = (&self.name, story.seconds());
        let action = format!("{name} waited for the end of the connection, for up to {seconds}");
        let mismatch = Mismatch::words("the program closes it (recv returns 0 bytes)", came);
        Err(story.trouble(action, mismatch, hint))
    }
}
