//! The grader as a client: it puts files into the server's folder, asks, and reads the answers.

use std::fs;
use std::path::{Path, PathBuf};

use super::super::file_serve::write_file;
use super::super::hint::{Hint, hints};
use super::super::peer::Connection;
use super::super::ports::Protocol;
use super::super::story::{ADDRESS, Story};
use super::super::trouble::{CheckResult, Trouble};
use super::answer::Answer;
use crate::bytes::in_a_line;

hints! {
    "The request: a line, header lines, an empty line" {
        LISTEN => ("What opens a port for TCP, and which address does it get?",
            "nobody listens at the ADDRESS from the arguments",
            "{tcp-listen}; offer the files in DIR, and go on running"),
        ANSWER => ("Where does a request end?",
            "a request ends with an empty line; a server that waits for more, or for the close, never answers",
            "read up to \\r\\n\\r\\n, take the name out of the first line, and answer"),
    }
    "The answer: a status line, header lines, the content" {
        STATUS => ("Which status says that everything is as asked for?",
            "200 means that the content follows",
            "answer HTTP/1.1 200 OK"),
        CONTENT => ("How is the file opened, and how much of it is sent at once?",
            "the content is the file, byte for byte; and {send-part}",
            "{read-file}, and send all of it ({send-all})"),
    }
}

/// Puts a file into a folder of this check's own, and starts the server there.
pub fn start(story: &mut Story, name: &str, content: &[u8]) -> CheckResult<PathBuf> {
    let folder = story.own_folder()?.join("served");
    put(story, &folder, name, content)?;
    let served = folder.to_string_lossy().into_owned();
    story.start_waiting(Protocol::Tcp, &[ADDRESS, &served], &LISTEN)?;
    Ok(folder)
}

/// Puts a file into the folder.
pub fn put(story: &mut Story, folder: &Path, name: &str, content: &[u8]) -> CheckResult {
    fs::create_dir_all(folder).map_err(|error| Trouble::of_grader("made a folder", &error))?;
    write_file(&folder.join(name), content)?;
    story.did(format!("put the file \"{name}\" into the folder: {}", in_a_line(content)));
    Ok(())
}

/// A request with these further header lines.
pub fn request(method: &str, target: &str, lines: &[&str]) -> Vec<u8> {
    let mut request = format!("{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n");
    for line in lines {
        request += &format!("{line}\r\n");
    }
    (request + "\r\n").into_bytes()
}

pub fn connect(story: &mut Story, name: &str) -> CheckResult<Connection> {
    Connection::open(story, name, &LISTEN)
}

/// Asks for this, and reads the whole answer.
pub fn ask(
    story: &mut Story,
    client: &mut Connection,
    target: &str,
    lines: &[&str],
    hint: &Hint,
) -> CheckResult<Answer> {
    client.send(story, &request("GET", target, lines));
    Answer::read(story, client, hint)
}

/// The client must get this file.
pub fn gets(
    story: &mut Story,
    client: &mut Connection,
    target: &str,
    content: &[u8],
    hint: &Hint,
) -> CheckResult<Answer> {
    let answer = ask(story, client, target, &[], hint)?;
    answer.expect_status(story, &[200], &STATUS)?;
    answer.expect_content(story, content, &CONTENT)?;
    Ok(answer)
}
