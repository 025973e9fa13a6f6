//! The checks of step 7's server: the grader is the clients.

use std::fs;
use std::path::Path;

use super::hint::{Hint, hints};
use super::peer::Connection;
use super::ports::Protocol;
use super::promises::{prints_nothing_else, reports_its_address};
use super::story::{ADDRESS, Story};
use super::table::{Check, core, extra};
use super::trouble::{CheckResult, Trouble};
use crate::bytes::{contains, in_a_line};

/// The server's checks.
#[rustfmt::skip] // a table is read line by line
pub const CHECKS: &[Check] = &[
    core("serve-text", serve_text, &[], "serve: a short file comes as OK, its size, its bytes, SUM; then the close"),
    core("serve-file", serve_file, &["serve-text"], "serve: a file of 5 MB comes byte for byte"),
    core("serve-empty", serve_empty, &["serve-text"], "serve: an empty file is OK 0"),
    core("serve-name", serve_name, &["serve-text"], "serve: a name with spaces and Chinese characters"),
    core("serve-folder", serve_folder, &["serve-text"], "serve: a file in a folder below DIR, FOLDER/NAME"),
    core("serve-missing", serve_missing, &["serve-text"], "serve: a missing file is ERR, and the server serves on"),
    core("serve-outside", serve_outside, &["serve-text"], "serve: ../ and absolute names get nothing from outside of the folder"),
    core("serve-torn", serve_torn, &["serve-missing"], "serve: a request that comes in two segments"),
    core("serve-two", serve_two, &["serve-file"], "serve: a client that stops reading does not keep another one waiting"),
    core("serve-vanished", serve_vanished, &["serve-file"], "serve: a client that resets in the middle of a file does not end the server"),
    extra("serve-codes", serve_codes, &["serve-missing", "serve-outside"], "serve: not-found, forbidden, not-a-file and bad-request, each where it fits"),
    extra("streams", streams, &["serve-text"], "serve: nothing on standard output; `listening on ADDRESS` on standard error"),
    extra("serve-offset", serve_offset, &["serve-text"], "serve: GET OFFSET NAME sends the bytes from there on"),
    extra("serve-list", serve_list, &["serve-text"], "serve: LIST is OK, the number of files, and a line `SIZE NAME` for each"),
];

hints! {
    "The server: 1. listen, 2. accept" {
        LISTEN => ("Which calls open a port for TCP, and which address do they get?",
            "nobody listens at the ADDRESS from the arguments",
            "`serve ADDRESS DIR` listens at ADDRESS and offers the files in DIR"),
        THREADS => ("What does your program wait for while a client doesn't read, and who takes the next one?",
            "the server sends to one client until it has taken everything, and meanwhile accepts nobody",
            "{thread-each}"),
        VANISHED => ("What does {send} do when the client has gone?",
            "{send} fails when the client has gone",
            "let that end this client's conversation and not the server"),
    }
    "5. send, 6. close: size, bytes, checksum" {
        STATUS => ("What must the client know before the first byte of the file comes?",
            "the answer begins with a line",
            "send OK, a space, the size of the file in bytes, \\n"),
        BYTES => ("What comes after the first line, how many bytes of it, and what comes last?",
            "after the first line come exactly as many bytes as it says, then a line with the checksum, then the close",
            "{read-file}, send all of it ({send-all}), then the line SUM crc32 and the checksum in hex, of the whole file \
                ({crc32}), and close"),
        CLOSED => ("The client has the whole answer and waits: for what, and who ends that?",
            "all of the answer has come, and the connection stays open",
            "close it after the last line: one request, one connection"),
    }
    "4. open: the server's side" {
        EMPTY => ("How does your program find out whether there is a file?",
            "a file of 0 bytes is a file: whether it is there is no question of its size",
            "answer OK 0"),
        FOLDER => ("What stands between DIR and the file's name?",
            "a name may hold folders, with / between them",
            "join DIR and the whole name; only .. and a leading / are forbidden"),
        CODES => ("Which word after ERR says what is wrong with this request?",
            "the word after ERR is for programs, and each has its own meaning",
            "answer not-found, not-a-file (a folder for instance), forbidden or bad-request (no number after GET)"),
        MISSING => ("What does {open} do when there is no such file, and what does the client get then?",
            "when {open} fails the answer is a line, and the server serves on",
            "send ERR not-found and a text"),
        OUTSIDE => ("Which file is meant by DIR/../secret?",
            "the name was joined to the folder as it came, and .. or a leading / leads out of it",
            "refuse such names with ERR forbidden"),
    }
    "3. recv: the request" {
        NAME => ("Where does the name begin in the request, and where does it end?",
            "the name is all that stands after the second space, up to the line end, in UTF-8: it may hold spaces",
            "split the line at its first two spaces only"),
        REQUEST => ("How much of the request does {recv} bring at least?",
            "{recv} may bring a part of the request only",
            "read until \\n has come, and only then look at the line"),
    }
    "Why a protocol?" {
        OFFSET => ("Which bytes of the file does this client have already?",
            "the number after GET says how many bytes the client has already",
            "send the rest only; the size is still that of the whole file"),
        LIST => ("How does a client know when it has the whole list?",
            "the answer to LIST is a line for each file",
            "send OK and the number of files, then the size and the name of each"),
    }
}

const MEGABYTES_5: usize = 5_000_000;

/// Starts the server in a folder that holds this file.
fn start(story: &mut Story, name: &str, content: &[u8]) -> CheckResult {
    let folder = story.own_folder()?.join("served");
    let file = folder.join(name);
    fs::create_dir_all(file.parent().unwrap_or(&folder))
        .map_err(|error| Trouble::of_grader("made a folder", &error))?;
    write_file(&file, content)?;
    story.did(format!("put the file \"{name}\" into a folder: {}", in_a_line(content)));
    let folder = folder.to_string_lossy().into_owned();
    story.start_waiting(Protocol::Tcp, &["serve", ADDRESS, &folder], &LISTEN)
}

fn ask(story: &mut Story, client: &str, request: &str, hint: &Hint) -> CheckResult<Connection> {
    let mut connection = Connection::open(story, client, hint)?;
    connection.send(story, format!("{request}\n").as_bytes());
    Ok(connection)
}

/// The first line must be this one.
fn expect_status(
    story: &mut Story,
    client: &mut Connection,
    size: usize,
    hint: &Hint,
) -> CheckResult {
    client.expect_line(story, "the first line of the answer", &[format!("OK {size}\n")], hint)
}

/// The bytes, the line with the checksum, the close. `whole` is the file, of which the bytes from `offset` on must come.
fn expect_content(
    story: &mut Story,
    client: &mut Connection,
    whole: &[u8],
    offset: usize,
) -> CheckResult {
    client.expect_bytes(story, &whole[offset..], &BYTES)?;
    client.expect_line(story, "the line with the checksum", &[sum_line(whole)], &BYTES)?;
    client.expect_close(story, &CLOSED)
}

/// A client asks for the file and gets it.
fn gets(story: &mut Story, client: &str, name: &str, content: &[u8], hint: &Hint) -> CheckResult {
    let mut client = ask(story, client, &format!("GET 0 {name}"), hint)?;
    expect_status(story, &mut client, content.len(), hint)?;
    expect_content(story, &mut client, content, 0)
}

fn serve_text(story: &mut Story) -> CheckResult {
    let content = story.text("星期一 UDP").into_bytes();
    start(story, "timetable.txt", &content)?;
    gets(story, "the client", "timetable.txt", &content, &STATUS)
}

fn serve_file(story: &mut Story) -> CheckResult {
    let content = story.random_bytes(MEGABYTES_5);
    start(story, "big.bin", &content)?;
    gets(story, "the client", "big.bin", &content, &STATUS)
}

fn serve_empty(story: &mut Story) -> CheckResult {
    start(story, "empty.txt", b"")?;
    gets(story, "the client", "empty.txt", b"", &EMPTY)
}

fn serve_name(story: &mut Story) -> CheckResult {
    let content = story.text("星期一 UDP").into_bytes();
    let name = story.text("课程 表") + ".txt";
    start(story, &name, &content)?;
    gets(story, "the client", &name, &content, &NAME)
}

fn serve_folder(story: &mut Story) -> CheckResult {
    let content = story.text("第一周").into_bytes();
    start(story, "week1/timetable.txt", &content)?;
    gets(story, "the client", "week1/timetable.txt", &content, &FOLDER)
}

fn serve_missing(story: &mut Story) -> CheckResult {
    let content = story.text("有这个文件").into_bytes();
    start(story, "here.txt", &content)?;
    let mut client = ask(story, "client 1", "GET 0 not-here.txt", &LISTEN)?;
    expect_error(story, &mut client, &MISSING)?;
    gets(story, "client 2", "here.txt", &content, &MISSING)
}

fn expect_error(story: &mut Story, client: &mut Connection, hint: &Hint) -> CheckResult {
    let line = client.read_line(story);
    let came = in_a_line(&line);
    story.expect(
        "the answer is a line that begins with ERR",
        line.starts_with(b"ERR "),
        &came,
        hint,
    )
}

fn serve_outside(story: &mut Story) -> CheckResult {
    let secret = story.text("秘密");
    let content = story.text("公开").into_bytes();
    start(story, "public.txt", &content)?;
    let outside = story.own_folder()?.join("secret.txt");
    write_file(&outside, secret.as_bytes())?;
    story.did(format!("put secret.txt beside that folder, with the text \"{secret}\""));
    for name in ["../secret.txt", "../served/../secret.txt", &outside.to_string_lossy()] {
        let mut client = ask(story, "the client", &format!("GET 0 {name}"), &LISTEN)?;
        let came = client.read_up_to(story, 4096).bytes;
        let has_secret = contains(&came, secret.as_bytes());
        story.expect("the secret does not come", !has_secret, &in_a_line(&came), &OUTSIDE)?;
    }
    gets(story, "another client", "public.txt", &content, &OUTSIDE)
}

fn serve_torn(story: &mut Story) -> CheckResult {
    let content = story.text("完整").into_bytes();
    start(story, "whole.txt", &content)?;
    let mut client = Connection::open(story, "the client", &LISTEN)?;
    client.send_in_pieces(story, &[b"GET 0 who", b"le.txt\n"]);
    expect_status(story, &mut client, content.len(), &REQUEST)?;
    expect_content(story, &mut client, &content, 0)
}

fn serve_two(story: &mut Story) -> CheckResult {
    // More than the system's buffers hold, so that the server can't get rid of it.
    let content = story.random_bytes(1_000_000).repeat(8);
    start(story, "big.bin", &content)?;
    let mut slow = ask(story, "client 1", "GET 0 big.bin", &LISTEN)?;
    expect_status(story, &mut slow, content.len(), &STATUS)?;
    story.did("client 1 stops reading");
    gets(story, "client 2", "big.bin", &content, &THREADS)?;
    story.did("client 1 reads on");
    expect_content(story, &mut slow, &content, 0)
}

fn serve_vanished(story: &mut Story) -> CheckResult {
    let content = story.random_bytes(1_000_000).repeat(8);
    start(story, "big.bin", &content)?;
    let mut rude = ask(story, "client 1", "GET 0 big.bin", &LISTEN)?;
    expect_status(story, &mut rude, content.len(), &STATUS)?;
    rude.reset(story);
    gets(story, "client 2", "big.bin", &content, &VANISHED)?;
    story.expect_running(&VANISHED)
}

fn serve_codes(story: &mut Story) -> CheckResult {
    let content = story.text("第一周").into_bytes();
    start(story, "week1/timetable.txt", &content)?;
    for (request, code) in [
        ("GET 0 not-here.txt", "not-found"),
        ("GET 0 week1", "not-a-file"),
        ("GET 0 ../secret.txt", "forbidden"),
        ("GET 0 /etc/passwd", "forbidden"),
        ("GET all timetable.txt", "bad-request"),
    ] {
        let mut client = ask(story, "the client", request, &LISTEN)?;
        let line = client.read_line(story);
        let is_so = line.starts_with(format!("ERR {code} ").as_bytes());
        let what = format!("the answer begins with ERR {code}");
        story.expect(&what, is_so, &in_a_line(&line), &CODES)?;
    }
    Ok(())
}

fn streams(story: &mut Story) -> CheckResult {
    let content = story.text("第一周").into_bytes();
    start(story, "timetable.txt", &content)?;
    reports_its_address(story)?;
    gets(story, "the client", "timetable.txt", &content, &STATUS)?;
    prints_nothing_else(story, &[])
}

fn serve_offset(story: &mut Story) -> CheckResult {
    let content = story.random_bytes(100_000);
    start(story, "half.bin", &content)?;
    let mut client = ask(story, "the client", "GET 40000 half.bin", &LISTEN)?;
    expect_status(story, &mut client, content.len(), &OFFSET)?;
    expect_content(story, &mut client, &content, 40_000)
}

fn serve_list(story: &mut Story) -> CheckResult {
    let content = story.text("星期一 UDP").into_bytes();
    start(story, "课程 表.txt", &content)?;
    let mut client = ask(story, "the client", "LIST", &LISTEN)?;
    let expected = format!("OK 1\n{} 课程 表.txt\n", content.len());
    client.expect_bytes(story, expected.as_bytes(), &LIST)?;
    client.expect_close(story, &CLOSED)
}

// For the client's checks, too.

/// `SUM crc32 <hex>`
pub fn sum_line(content: &[u8]) -> String {
    format!("SUM crc32 {:08x}\n", crc32fast::hash(content))
}

/// Writes a file of the grader's own.
pub fn write_file(path: &Path, content: &[u8]) -> CheckResult {
    fs::write(path, content).map_err(|error| Trouble::of_grader("wrote a file", &error))
}

/// What is in a folder.
pub fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).map(|entries| entries.flatten().collect::<Vec<_>>());
    entries
        .unwrap_or_default()
        .iter()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}
