//! An answer of an HTTP server, as the grader's client reads it (RFC 9112, section 4 to 6).

use super::super::hint::{Hint, hints};
use super::super::peer::{Connection, Received};
use super::super::story::Story;
use super::super::trouble::{CheckResult, Mismatch};
use crate::bytes::in_a_line;

/// An answer.
pub struct Answer {
    /// The three digits.
    pub status: u16,
    /// The header fields: names in lower case, with their values.
    fields: Vec<(String, String)>,
    /// The content.
    pub content: Vec<u8>,
}

hints! {
    "The answer: a status line, header lines, the content" {
        HEAD => ("Which bytes end each line of the answer, and what does the first line say?",
            "the answer begins with the line HTTP/1.1, a status of three digits, and the reason; header lines follow, and an \
                empty line ends them",
            "end each of these lines with \\r\\n, and write a header line as NAME: VALUE"),
    }
    "How long is the content?" {
        LENGTH => ("How does a client know where the content ends, when the connection stays open?",
            "without the right Content-Length the client reads too much or too little",
            "send Content-Length with the number of bytes, not of characters, and exactly as many bytes after the empty line"),
    }
}

impl Answer {
    /// Reads the answer to a GET.
    pub fn read(story: &mut Story, client: &mut Connection, hint: &Hint) -> CheckResult<Answer> {
        let mut answer = Answer::read_head(story, client, hint)?;
        let length = answer.length(story, client)?;
        let received = client.read_up_to(story, length);
        answer.content = received.bytes;
        if answer.content.len() < length {
            let action = format!("{} reads the content", client.name);
            let came = format!(
                "{}, {}",
                in_a_line(&answer.content),
                received.end.unwrap_or("and nothing more".into())
            );
            let expected = format!("{length} bytes, as Content-Length says");
            return Err(story.trouble(action, Mismatch::words(expected, came), &LENGTH));
        }
        Ok(answer)
    }

    /// Reads the answer to a HEAD, which has no content.
    pub fn read_head(
        story: &mut Story,
        client: &mut Connection,
        hint: &Hint,
    ) -> CheckResult<Answer> {
        let line = read_line(story, client, hint)?;
        let status = line.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)?.parse().ok());
        let Some(status) = status else {
            let action = format!("{} reads the first line of the answer", client.name);
            let expected = "HTTP/1.1, a space, three digits, a space, and the reason in words";
            return Err(story.trouble(
                action,
                Mismatch::words(expected, in_a_line(line.as_bytes())),
                &HEAD,
            ));
        };
        story.saw(format!("{} received the line \"{line}\"", client.name));
        let mut fields = Vec::new();
        loop {
            let line = read_line(story, client, hint)?;
            if line.is_empty() {
                return Ok(Answer { status, fields, content: Vec::new() });
            }
            let Some((name, value)) = line.split_once(':').filter(|(name, _)| is_token(name))
            else {
                let action = format!("{} reads a header line", client.name);
                let mismatch =
                    Mismatch::words("a name, a colon, and a value", in_a_line(line.as_bytes()));
                return Err(story.trouble(action, mismatch, &HEAD));
            };
            fields.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
    }

    /// The value of a header field.
    pub fn field(&self, name: &str) -> Option<&str> {
        let mut fields = self.fields.iter();
        fields
            .find(|(known, _)| *known == name.to_ascii_lowercase())
            .map(|(_, value)| value.as_str())
    }

    fn length(&self, story: &mut Story, client: &Connection) -> CheckResult<usize> {
        let value = self.field("Content-Length");
        value.and_then(|value| value.parse().ok()).ok_or_else(|| {
            let action = format!("{} looks for the length of the content", client.name);
            let names: Vec<&str> = self.fields.iter().map(|(name, _)| name.as_str()).collect();
            let came = match value {
                Some(value) => format!("Content-Length: {value}"),
                None if names.is_empty() => "no header line at all".to_owned(),
                None => format!("header lines with other names: {}", names.join(", ")),
            };
            story.trouble(
                action,
                Mismatch::words("Content-Length: a number of bytes", came),
                &LENGTH,
            )
        })
    }

    /// A header field must have this value.
    pub fn expect_field(
        &self,
        story: &mut Story,
        name: &str,
        value: &str,
        hint: &Hint,
    ) -> CheckResult {
        let came = match self.field(name) {
            Some(came) => format!("{name}: {came}"),
            None => format!("no line {name}"),
        };
        story.expect(
            &format!("the answer says {name}: {value}"),
            self.field(name) == Some(value),
            &came,
            hint,
        )
    }

    /// The status must be one of these.
    pub fn expect_status(&self, story: &mut Story, good: &[u16], hint: &Hint) -> CheckResult {
        let names: Vec<String> = good.iter().map(u16::to_string).collect();
        let what = format!("the status is {}", names.join(" or "));
        story.expect(&what, good.contains(&self.status), &self.status.to_string(), hint)
    }

    /// The content must be this.
    pub fn expect_content(&self, story: &mut Story, content: &[u8], hint: &Hint) -> CheckResult {
        if self.content != content {
            let is_cut = self.status == 200 && content.starts_with(&self.content);
            let hint = if is_cut { &LENGTH } else { hint };
            let mismatch = Mismatch::bytes(content, &self.content);
            return Err(story.trouble("compared the content with the file", mismatch, hint));
        }
        story.saw(format!("received the content: {}", in_a_line(content)));
        Ok(())
    }
}

/// A line of the head, without its line end. `hint` is for no line at all.
fn read_line(story: &mut Story, client: &mut Connection, hint: &Hint) -> CheckResult<String> {
    let Received { bytes: line, end } = client.read_line_or_end(story);
    if let Some(line) = line.strip_suffix(b"\r\n") {
        return Ok(String::from_utf8_lossy(line).into_owned());
    }
    let action = format!("{} reads a line of the answer", client.name);
    let end = end.unwrap_or_else(|| format!("for {} nothing more came", story.seconds()));
    let came = match line.is_empty() {
        true => end,
        false => format!("{}; then {end}", in_a_line(&line)),
    };
    let hint = if line.is_empty() { hint } else { &HEAD };
    Err(story.trouble(action, Mismatch::words("a line that ends with \\r\\n", came), hint))
}

/// A name of a header field has no space in it (RFC 9110, section 5.1).
fn is_token(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|letter| letter.is_ascii_graphic())
}
