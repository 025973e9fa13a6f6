//! The checks of step 7's client: the grader is the server, a good one and some bad ones. The server's checks are in
//! `file_serve`.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use crate::relay::{Faults, Relay};

use super::bytes::{count, in_a_line};
use super::cause::Hint;
use super::file_serve::{self, names_in};
use super::peer::{Connection, Listener};
use super::story::{Seen, Story, Told};
use super::table::{Check, Step, core, extra, hints};

/// The step and its checks.
pub const STEP: Step = Step {
    name: "file-download",
    started_as: "PROGRAM serve ADDRESS DIR, or PROGRAM get ADDRESS NAME (in a folder of its own)",
    lesson: "docs/lessons/07-file-download.md",
    checks: &[file_serve::CHECKS, CHECKS],
    hints: &[file_serve::HINTS, HINTS],
};

#[rustfmt::skip] // a table is read line by line
const CHECKS: &[Check] = &[
    core("get-text", get_text, &[], "get: a short file is saved under its name"),
    core("get-file", get_file, &["get-text"], "get: a file of 5 MB that comes in pieces is saved byte for byte under its name"),
    core("get-empty", get_empty, &["get-text"], "get: an empty file is saved as an empty file"),
    core("get-name", get_name, &["get-text"], "get: a name with spaces and Chinese characters"),
    core("get-missing", get_missing, &["get-text"], "get: ERR is an exit code that is not 0, and leaves no file"),
    core("get-cut", get_cut, &["get-text"], "get: a transfer that is cut is an exit code that is not 0, and no file under that name"),
    extra("get-resume", get_resume, &["get-text"], "get --resume goes on with NAME.part where it ends"),
    extra("get-wrong-sum", get_wrong_sum, &["get-text"], "get: a wrong checksum is noticed"),
    extra("get-existing", get_existing, &["get-text"], "get: a file that is there already is not overwritten"),
];

hints! {
    "Why a protocol?" {
        REQUEST "the request is a line: GET, a space, 0, a space, the name, \\n. And the client must not wait before it has sent that",
        NAME "the name goes out as UTF-8 and as it is, spaces too, and is the name of the saved file",
    }
    "The client: 4. recv, until all of it is there" {
        ALL "one recv is not the whole file: go on until as many bytes have come as the first line said, and no further: what is behind \
            them is no part of the file",
        EMPTY "OK 0 is a whole file of 0 bytes: the first line says whether there is a file, not the number of bytes behind it",
        MISSING "look at the first line before a file is opened: ERR means that there is nothing to save; say so, and end with an exit \
            code that is not 0",
        CUT "recv returned 0 bytes before all bytes had come: count them, compare with the size, and give the file its name only when it \
            is whole (write NAME.part and rename it)",
    }
    "5. rename: the file gets its name" {
        SAVED "the file is saved in the current folder, under its own name, as binary (\"wb\"), and closed before the program ends",
        RESUME "with --resume the number behind GET is the size of NAME.part, and what comes is added to it",
        SUM "compare the line SUM crc32 with the checksum of what was saved, before the file gets its name",
    }
    "4. open: the server's side" {
        EXISTING "a file that was there before belongs to the user: overwrite it only with --force",
    }
}

/// `SUM crc32 <hex>`
pub fn sum_line(content: &[u8]) -> String {
    format!("SUM crc32 {:08x}\n", crc32fast::hash(content))
}

/// Writes a file of the grader's own.
pub fn write_file(story: &Story, path: &Path, content: &[u8]) -> Told {
    fs::write(path, content).map_err(|error| story.no_grader("wrote a file", &error))
}

/// Starts the client in its own folder; it shall call this address.
fn start(story: &mut Story, server: SocketAddr, name: &str, options: &[&str]) -> Told {
    story.own_folder()?;
    let address = server.to_string();
    let mut args = vec!["get", address.as_str(), name];
    args.extend_from_slice(options);
    story.start(&args)
}

/// The client's call and its request, which must be this line; it may say that it wants no checksum.
fn expect_request(
    story: &mut Story,
    listener: &Listener,
    offset: usize,
    name: &str,
    hint: &Hint,
) -> Told<Connection> {
    let mut server = story.accept(listener, &REQUEST)?;
    let line = story.read_line(&mut server);
    let expected = format!("GET {offset} {name}\n");
    let without_sum = format!("GET {offset},nosum {name}\n");
    if line == expected.as_bytes() || line == without_sum.as_bytes() {
        story.did(format!("the server received the line \"{}\"", expected.trim_end()));
        return Ok(server);
    }
    Err(story.trouble(
        "the server received the request",
        Seen::bytes(expected.as_bytes(), &line),
        hint,
    ))
}

/// The whole conversation of a good server.
fn serve(story: &mut Story, listener: &Listener, name: &str, content: &[u8], hint: &Hint) -> Told {
    let mut server = expect_request(story, listener, 0, name, hint)?;
    let status = format!("OK {}\n", content.len());
    story.send(&mut server, status.as_bytes());
    if !content.is_empty() {
        story.send(&mut server, content);
    }
    story.send(&mut server, sum_line(content).as_bytes());
    story.close_politely(server);
    Ok(())
}

/// The client ends, and the file is there.
fn expect_saved(story: &mut Story, name: &str, content: &[u8], hint: &Hint) -> Told {
    story.expect_end(hint)?;
    let folder = story.own_folder()?;
    let action = format!("looked at the file \"{name}\" in its folder");
    match fs::read(folder.join(name)) {
        Ok(saved) if saved == content => {
            story.did(format!("found the file \"{name}\": all {}", count(saved.len())));
            Ok(())
        }
        Ok(saved) => Err(story.trouble(action, Seen::bytes(content, &saved), hint)),
        Err(_) => Err(story.trouble(action, Seen::words("it is there", found(&folder)), &SAVED)),
    }
}

/// The client fails, and no file has this name.
fn expect_not_saved(story: &mut Story, name: &str, hint: &Hint) -> Told {
    story.expect_failure(hint)?;
    let folder = story.own_folder()?;
    let what = format!("there is no file \"{name}\"");
    story.expect(&what, !folder.join(name).exists(), &found(&folder), hint)
}

fn found(folder: &Path) -> String {
    let described = |name: &String| {
        let size = folder.join(name).metadata().map_or(0, |metadata| metadata.len());
        format!("\"{name}\" of {size} bytes")
    };
    let names: Vec<String> = names_in(folder).iter().map(described).collect();
    if names.is_empty() {
        "the folder is empty".to_owned()
    } else {
        format!("the folder holds {}", names.join(", "))
    }
}

fn get_text(story: &mut Story) -> Told {
    let content = story.text("星期一 UDP").into_bytes();
    let listener = story.listen()?;
    start(story, listener.own, "timetable.txt", &[])?;
    serve(story, &listener, "timetable.txt", &content, &REQUEST)?;
    expect_saved(story, "timetable.txt", &content, &SAVED)
}

fn get_file(story: &mut Story) -> Told {
    let content = story.random_bytes(5_000_000);
    let listener = story.listen()?;
    // Loopback would deliver large pieces; a real network does not.
    let faults = Faults { split: Some(40_000), ..Faults::default() };
    let seed = story.random.u64(..);
    let relay = Relay::tcp(([127, 0, 0, 1], 0).into(), listener.own, faults, seed, None);
    let relay = relay.map_err(|error| story.no_grader("started a relay", &error))?;
    story
        .did("put a relay before the server that cuts what comes into pieces of up to 40000 bytes");
    start(story, relay.address, "big.bin", &[])?;
    serve(story, &listener, "big.bin", &content, &REQUEST)?;
    expect_saved(story, "big.bin", &content, &ALL)
}

fn get_empty(story: &mut Story) -> Told {
    let listener = story.listen()?;
    start(story, listener.own, "empty.txt", &[])?;
    serve(story, &listener, "empty.txt", b"", &REQUEST)?;
    expect_saved(story, "empty.txt", b"", &EMPTY)
}

fn get_name(story: &mut Story) -> Told {
    let name = story.text("课程 表") + ".txt";
    let content = story.text("星期一 UDP").into_bytes();
    let listener = story.listen()?;
    start(story, listener.own, &name, &[])?;
    serve(story, &listener, &name, &content, &NAME)?;
    expect_saved(story, &name, &content, &NAME)
}

fn get_missing(story: &mut Story) -> Told {
    let listener = story.listen()?;
    start(story, listener.own, "not-here.txt", &[])?;
    let mut server = expect_request(story, &listener, 0, "not-here.txt", &REQUEST)?;
    story.send(&mut server, b"ERR not-found there is no such file\n");
    story.close_politely(server);
    story.expect_failure(&MISSING)?;
    let folder = story.own_folder()?;
    story.expect("its folder is empty", names_in(&folder).is_empty(), &found(&folder), &MISSING)
}

fn get_cut(story: &mut Story) -> Told {
    let content = story.random_bytes(300_000);
    let listener = story.listen()?;
    start(story, listener.own, "cut.bin", &[])?;
    let mut server = expect_request(story, &listener, 0, "cut.bin", &REQUEST)?;
    story.send(&mut server, b"OK 300000\n");
    story.send(&mut server, &content[..200_000]);
    story.close_politely(server);
    expect_not_saved(story, "cut.bin", &CUT)
}

fn get_resume(story: &mut Story) -> Told {
    let content = story.random_bytes(100_000);
    let folder = story.own_folder()?;
    write_file(story, &folder.join("long.bin.part"), &content[..40_000])?;
    story.did("put the first 40000 of 100000 bytes into its folder, as long.bin.part");
    let listener = story.listen()?;
    start(story, listener.own, "long.bin", &["--resume"])?;
    let mut server = expect_request(story, &listener, 40_000, "long.bin", &RESUME)?;
    story.send(&mut server, b"OK 100000\n");
    story.send(&mut server, &content[40_000..]);
    story.send(&mut server, sum_line(&content).as_bytes());
    story.close_politely(server);
    expect_saved(story, "long.bin", &content, &RESUME)
}

fn get_wrong_sum(story: &mut Story) -> Told {
    let content = story.random_bytes(1000);
    let listener = story.listen()?;
    start(story, listener.own, "damaged.bin", &[])?;
    let mut server = expect_request(story, &listener, 0, "damaged.bin", &REQUEST)?;
    story.send(&mut server, b"OK 1000\n");
    story.send(&mut server, &content);
    story.send(&mut server, sum_line(&content[1..]).as_bytes());
    story.close_politely(server);
    expect_not_saved(story, "damaged.bin", &SUM)
}

fn get_existing(story: &mut Story) -> Told {
    let mine = story.text("我的文件").into_bytes();
    let folder = story.own_folder()?;
    write_file(story, &folder.join("mine.txt"), &mine)?;
    story.did(format!("put a file mine.txt into its folder: {}", in_a_line(&mine)));
    let listener = story.listen()?;
    start(story, listener.own, "mine.txt", &[])?;
    story.answer_if_asked(&listener, b"OK 3\nnewSUM none -\n");
    story.expect_failure(&EXISTING)?;
    let kept = fs::read(folder.join("mine.txt")).unwrap_or_default();
    story.expect("the file is as it was", kept == mine, &in_a_line(&kept), &EXISTING)
}
