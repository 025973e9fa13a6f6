//! Files, whole and in part.

use super::super::hint::hints;
use super::super::story::Story;
use super::super::table::{Check, core, extra};
use super::super::trouble::CheckResult;
use super::client::{ANSWER, CONTENT, ask, connect, gets, put, start};

/// The checks.
#[rustfmt::skip] // a table is read line by line
pub const CHECKS: &[Check] = &[
    core("get-text", get_text, &[], "GET: a status line, Content-Length, an empty line, and the file"),
    core("get-file", get_file, &["get-text"], "GET: a file of 5 MB comes byte for byte"),
    core("get-empty", get_empty, &["get-text"], "GET: an empty file is 200 with Content-Length: 0"),
    core("type", content_type, &["get-text"], "Content-Type says what .html and .txt are, and their encoding"),
    core("name", name, &["get-text"], "a name with spaces and Chinese characters comes as %20 and %E8…"),
    core("range", range, &["get-text"], "Range: 206 with the bytes from A to B, from A on, and the last N"),
    core("range-outside", range_outside, &["range"], "Range: 416 when the file ends before the range begins"),
    extra("index", index, &["type"], "GET / is the file index.html"),
];

hints! {
    "The answer: a status line, header lines, the content" {
        TYPE => ("How does a browser know whether a file is a page, a picture, or plain text?",
            "the browser doesn't look at the name: Content-Type says what the bytes are",
            "choose it by the name's end: text/html; charset=utf-8 for .html, text/plain; charset=utf-8 for .txt, \
                application/octet-stream for others"),
    }
    "Names in a URL" {
        NAME => ("Which bytes are %E8%AF%BE, and which characters are they in UTF-8?",
            "in a URL only some ASCII characters stand for themselves; every other byte is % and two hex digits",
            "turn each %XX into its byte, then decode all of it as UTF-8 ({url-decode})"),
        INDEX => ("Which file does a browser mean when it asks for / alone?",
            "a folder's page is the file index.html in it",
            "answer GET / with index.html"),
    }
    "A part of a file" {
        RANGE => ("Which bytes are bytes=2-3, bytes=2- and bytes=-2 of hello?",
            "a range counts from 0, and its last byte belongs to it; without the first number it is the end of the file",
            "answer 206, Content-Range: bytes FIRST-LAST/SIZE, the length of the part as Content-Length, and that part only"),
        NO_RANGE => ("Which bytes could the answer hold when the file is shorter than the range's first byte?",
            "there is nothing to send of such a range",
            "answer 416 with Content-Range: bytes */SIZE"),
    }
}

fn get_text(story: &mut Story) -> CheckResult {
    let content = story.text("星期一 UDP").into_bytes();
    start(story, "timetable.txt", &content)?;
    let mut client = connect(story, "the client")?;
    gets(story, &mut client, "/timetable.txt", &content, &ANSWER).map(drop)
}

fn get_file(story: &mut Story) -> CheckResult {
    let content = story.random_bytes(5_000_000);
    start(story, "big.bin", &content)?;
    let mut client = connect(story, "the client")?;
    gets(story, &mut client, "/big.bin", &content, &ANSWER).map(drop)
}

fn get_empty(story: &mut Story) -> CheckResult {
    start(story, "empty.txt", b"")?;
    let mut client = connect(story, "the client")?;
    gets(story, &mut client, "/empty.txt", b"", &ANSWER).map(drop)
}

fn content_type(story: &mut Story) -> CheckResult {
    let text = story.text("你好").into_bytes();
    let folder = start(story, "hello.txt", &text)?;
    put(story, &folder, "page.html", &text)?;
    for (target, kind) in [("/hello.txt", "text/plain"), ("/page.html", "text/html")] {
        let mut client = connect(story, "a client")?;
        let answer = gets(story, &mut client, target, &text, &ANSWER)?;
        let value = answer.field("Content-Type").unwrap_or("no such line").to_ascii_lowercase();
        let is_so = value.replace(' ', "") == format!("{kind};charset=utf-8");
        let what = format!("Content-Type of {target} is {kind}; charset=utf-8");
        story.expect(&what, is_so, &value, &TYPE)?;
    }
    Ok(())
}

fn name(story: &mut Story) -> CheckResult {
    let content = story.text("星期一").into_bytes();
    start(story, "课程 表.txt", &content)?;
    let mut client = connect(story, "the client")?;
    let target = "/%E8%AF%BE%E7%A8%8B%20%E8%A1%A8.txt";
    let answer = ask(story, &mut client, target, &[], &NAME)?;
    answer.expect_status(story, &[200], &NAME)?;
    answer.expect_content(story, &content, &CONTENT)
}

fn range(story: &mut Story) -> CheckResult {
    let content = story.text("hello").into_bytes();
    let size = content.len();
    start(story, "part.txt", &content)?;
    let last = size - 1;
    for (asked, first, last) in
        [("2-5", 2, 5), ("7-", 7, last), ("-4", size - 4, last), ("3-999999", 3, last)]
    {
        let line = format!("Range: bytes={asked}");
        let mut client = connect(story, "a client")?;
        let answer = ask(story, &mut client, "/part.txt", &[&line], &RANGE)?;
        answer.expect_status(story, &[206], &RANGE)?;
        answer.expect_field(
            story,
            "Content-Range",
            &format!("bytes {first}-{last}/{size}"),
            &RANGE,
        )?;
        answer.expect_content(story, &content[first..=last], &RANGE)?;
    }
    Ok(())
}

fn range_outside(story: &mut Story) -> CheckResult {
    let content = story.text("short").into_bytes();
    start(story, "short.txt", &content)?;
    let mut client = connect(story, "the client")?;
    let answer = ask(story, &mut client, "/short.txt", &["Range: bytes=5000-"], &NO_RANGE)?;
    answer.expect_status(story, &[416], &NO_RANGE)?;
    client.close(story);
    let mut client = connect(story, "another client")?;
    gets(story, &mut client, "/short.txt", &content, &NO_RANGE).map(drop)
}

fn index(story: &mut Story) -> CheckResult {
    let content = story.text("首页").into_bytes();
    start(story, "index.html", &content)?;
    let mut client = connect(story, "the client")?;
    let answer = ask(story, &mut client, "/", &[], &INDEX)?;
    answer.expect_status(story, &[200], &INDEX)?;
    answer.expect_content(story, &content, &CONTENT)
}
