//! What a server refuses, and how it says so.

use super::super::hint::hints;
use super::super::peer::Listener;
use super::super::promises::{NO_ADDRESS, prints_nothing_else, refuses, reports_its_address};
use super::super::story::Story;
use super::super::table::{Check, core, extra};
use super::super::trouble::CheckResult;
use super::answer::Answer;
use super::client::{ANSWER, ask, connect, gets, put, request, start};
use crate::bytes::{contains, in_a_line};

/// The checks.
#[rustfmt::skip] // a table is read line by line
pub const CHECKS: &[Check] = &[
    core("missing", missing, &["get-text"], "a missing file is 404, and the server serves on"),
    core("outside", outside, &["get-text"], "../, %2e%2e/ and absolute names get nothing from outside of the folder"),
    core("no-request", no_request, &["get-text"], "400 for a line that is no request, 501 or 405 for other methods"),
    extra("streams", streams, &["get-text"], "nothing on standard output; `listening on ADDRESS` on standard error"),
    extra("exit-codes", exit_codes, &["get-text"], "exit code 2 when its port is taken, and for an address that is none; the reason on standard error"),
    extra("host", host, &["no-request"], "a request in HTTP/1.1 without Host is 400"),
];

hints! {
    "What a server refuses" {
        MISSING => ("What happens in your program when there is no such file, and what does the client get then?",
            "a missing file gets an answer like any other",
            "answer 404 with a Content-Length, and serve on"),
        OUTSIDE => ("Which file is DIR/../secret, and which one is DIR/%2e%2e/secret?",
            "the name was joined to the folder as it came, and .. or a leading / leads out of it",
            "decode the name first, then refuse it when it leads out of the folder (403 or 404)"),
        NO_REQUEST => ("What does your program do with a line that has not three words, or begins with POST?",
            "a protocol has an answer for nonsense, too",
            "answer 400 and close the connection; for a method that you don't know 501"),
        HOST => ("How does a server at one address know which of its sites is meant?",
            "a request in HTTP/1.1 must have a line Host (RFC 9112, section 3.2)",
            "answer 400 without it"),
    }
}

fn missing(story: &mut Story) -> CheckResult {
    let content = story.text("有这个文件").into_bytes();
    start(story, "here.txt", &content)?;
    let mut client = connect(story, "the client")?;
    let answer = ask(story, &mut client, "/not-here.txt", &[], &MISSING)?;
    answer.expect_status(story, &[404], &MISSING)?;
    client.close(story);
    let mut client = connect(story, "another client")?;
    gets(story, &mut client, "/here.txt", &content, &MISSING).map(drop)
}

fn outside(story: &mut Story) -> CheckResult {
    let secret = story.text("秘密");
    let content = story.text("公开").into_bytes();
    let folder = start(story, "public.txt", &content)?;
    let parent = story.own_folder()?;
    put(story, &parent, "secret.txt", secret.as_bytes())?;
    let absolute = format!("/{}", parent.join("secret.txt").display());
    let served = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let back = format!("/../{served}/../secret.txt");
    for target in ["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", &back, &absolute] {
        let mut client = connect(story, "the client")?;
        client.send(story, &request("GET", target, &["Connection: close"]));
        let came = client.read_up_to(story, 4096).bytes;
        let has_secret = contains(&came, secret.as_bytes());
        story.expect("the secret does not come", !has_secret, &in_a_line(&came), &OUTSIDE)?;
    }
    let mut client = connect(story, "another client")?;
    gets(story, &mut client, "/public.txt", &content, &OUTSIDE).map(drop)
}

fn no_request(story: &mut Story) -> CheckResult {
    let content = story.text("还在").into_bytes();
    start(story, "still.txt", &content)?;
    for (line, good) in [("nonsense", &[400][..]), ("POST /still.txt HTTP/1.1", &[501, 405])] {
        let mut client = connect(story, "a client")?;
        client.send(
            story,
            format!("{line}\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n").as_bytes(),
        );
        Answer::read_head(story, &mut client, &NO_REQUEST)?.expect_status(
            story,
            good,
            &NO_REQUEST,
        )?;
    }
    let mut client = connect(story, "another client")?;
    gets(story, &mut client, "/still.txt", &content, &NO_REQUEST).map(drop)
}

fn host(story: &mut Story) -> CheckResult {
    start(story, "a.txt", b"a")?;
    let mut client = connect(story, "the client")?;
    client.send(story, b"GET /a.txt HTTP/1.1\r\n\r\n");
    Answer::read_head(story, &mut client, &HOST)?.expect_status(story, &[400], &HOST)
}

fn streams(story: &mut Story) -> CheckResult {
    let content = story.text("第一周").into_bytes();
    start(story, "timetable.txt", &content)?;
    reports_its_address(story)?;
    let mut client = connect(story, "the client")?;
    gets(story, &mut client, "/timetable.txt", &content, &ANSWER)?;
    prints_nothing_else(story, &[])
}

fn exit_codes(story: &mut Story) -> CheckResult {
    let folder = story.own_folder()?.to_string_lossy().into_owned();
    let other = Listener::open()?;
    story.did(format!("another program listens at {}", other.own));
    refuses(story, &[&other.own.to_string(), &folder])?;
    refuses(story, &[NO_ADDRESS, &folder])
}
