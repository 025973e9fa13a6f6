//! What stays between two requests, and between two clients: nothing, on one connection.

use super::super::hint::hints;
use super::super::story::Story;
use super::super::table::{Check, core};
use super::super::trouble::CheckResult;
use super::answer::Answer;
use super::client::{ANSWER, CONTENT, ask, connect, gets, put, request, start};

/// The checks.
#[rustfmt::skip] // a table is read line by line
pub const CHECKS: &[Check] = &[
    core("keep-alive", keep_alive, &["get-text"], "three requests, one after the other on one connection"),
    core("head", head, &["keep-alive"], "HEAD: the same lines as for GET, and no content after them"),
    core("close", close, &["get-text"], "Connection: close ends the connection after the answer"),
    core("torn", torn, &["get-text"], "a request that comes in many segments"),
    core("stuck-together", stuck_together, &["keep-alive"], "two requests in one segment get two answers"),
    core("two-clients", two_clients, &["get-file"], "a client that stops reading does not keep another one waiting"),
    core("vanished", vanished, &["get-file"], "a client that resets in the middle of a file does not end the server"),
];

hints! {
    "One connection, many requests" {
        KEEP => ("What does your program do after it has sent an answer?",
            "the connection stays open after an answer, because a client asks for the next file on it",
            "read the next request on it, until the client closes it"),
        CLOSE => ("How does a client say that it has asked for everything?",
            "with Connection: close the client waits for the end of the connection after the answer",
            "look for that line in the request, and close when the answer is sent"),
        THREADS => ("What does your program wait for while a client doesn't read, and who serves the next one meanwhile?",
            "the server sends to one client until it has taken everything, and meanwhile serves nobody else",
            "{thread-each}"),
    }
    "The answer: a status line, header lines, the content" {
        HEAD => ("What does a client do with the content of an answer to HEAD?",
            "the answer to HEAD ends with the empty line: what comes after it is taken for the next answer",
            "send the same lines as for GET, with the same Content-Length, and no content"),
    }
    "The request: a line, header lines, an empty line" {
        TORN => ("How much of a request comes at once, at least?",
            "{recv} brings what is there, and not the whole request",
            "collect what comes until \\r\\n\\r\\n is in it, and only then look at it"),
        STUCK => ("What is in your buffer after the first request's empty line?",
            "{recv} may bring more than one request, and the rest was thrown away",
            "keep what comes after the empty line: it is the beginning of the next request"),
    }
    "What a server refuses" {
        VANISHED => ("What does sending do when the client has gone?",
            "sending fails when the client has gone",
            "let that end this client's connection and not the server"),
    }
}

fn keep_alive(story: &mut Story) -> CheckResult {
    let content = story.text("又是你").into_bytes();
    start(story, "again.txt", &content)?;
    let mut client = connect(story, "the client")?;
    for _ in 0..3 {
        gets(story, &mut client, "/again.txt", &content, &KEEP)?;
    }
    Ok(())
}

fn head(story: &mut Story) -> CheckResult {
    let content = story.text("看一眼").into_bytes();
    start(story, "look.txt", &content)?;
    let mut client = connect(story, "the client")?;
    client.send(story, &request("HEAD", "/look.txt", &[]));
    let answer = Answer::read_head(story, &mut client, &HEAD)?;
    answer.expect_status(story, &[200], &HEAD)?;
    answer.expect_field(story, "Content-Length", &content.len().to_string(), &HEAD)?;
    client.expect_silence(story, &HEAD)?;
    gets(story, &mut client, "/look.txt", &content, &HEAD).map(drop)
}

fn close(story: &mut Story) -> CheckResult {
    let content = story.text("再见").into_bytes();
    start(story, "bye.txt", &content)?;
    let mut client = connect(story, "the client")?;
    let answer = ask(story, &mut client, "/bye.txt", &["Connection: close"], &CLOSE)?;
    answer.expect_content(story, &content, &CONTENT)?;
    client.expect_close(story, &CLOSE)
}

fn torn(story: &mut Story) -> CheckResult {
    let content = story.text("完整").into_bytes();
    start(story, "whole.txt", &content)?;
    let mut client = connect(story, "the client")?;
    let whole = request("GET", "/whole.txt", &[]);
    let pieces: Vec<&[u8]> = [0..5, 5..9, 9..24, 24..25, 25..whole.len() - 3]
        .into_iter()
        .chain([whole.len() - 3..whole.len() - 1, whole.len() - 1..whole.len()])
        .map(|range| &whole[range])
        .collect();
    client.send_in_pieces(story, &pieces);
    let answer = Answer::read(story, &mut client, &TORN)?;
    answer.expect_status(story, &[200], &TORN)?;
    answer.expect_content(story, &content, &CONTENT)
}

fn stuck_together(story: &mut Story) -> CheckResult {
    let (one, two) = (story.text("第一个").into_bytes(), story.text("第二个").into_bytes());
    let folder = start(story, "one.txt", &one)?;
    put(story, &folder, "two.txt", &two)?;
    let mut client = connect(story, "the client")?;
    client
        .send(story, &[request("GET", "/one.txt", &[]), request("GET", "/two.txt", &[])].concat());
    for content in [&one, &two] {
        let answer = Answer::read(story, &mut client, &STUCK)?;
        answer.expect_status(story, &[200], &STUCK)?;
        answer.expect_content(story, content, &STUCK)?;
    }
    Ok(())
}

fn two_clients(story: &mut Story) -> CheckResult {
    // More than the system's buffers hold, so that the server can't get rid of it.
    let content = story.random_bytes(1_000_000).repeat(8);
    start(story, "big.bin", &content)?;
    let mut slow = connect(story, "client 1")?;
    slow.send(story, &request("GET", "/big.bin", &[]));
    Answer::read_head(story, &mut slow, &ANSWER)?;
    story.did("client 1 stops reading");
    let mut client = connect(story, "client 2")?;
    gets(story, &mut client, "/big.bin", &content, &THREADS)?;
    story.did("client 1 reads on");
    slow.expect_bytes(story, &content, &CONTENT)
}

fn vanished(story: &mut Story) -> CheckResult {
    let content = story.random_bytes(1_000_000).repeat(8);
    start(story, "big.bin", &content)?;
    let mut rude = connect(story, "client 1")?;
    rude.send(story, &request("GET", "/big.bin", &[]));
    Answer::read_head(story, &mut rude, &ANSWER)?;
    rude.reset(story);
    let mut client = connect(story, "client 2")?;
    gets(story, &mut client, "/big.bin", &content, &VANISHED)?;
    story.expect_running(&VANISHED)
}
