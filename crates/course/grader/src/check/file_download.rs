//! The checks of step 7's client: the grader is the server, a good one and some bad ones. The server's checks are in
//! `file_serve`.

use std::fs;
use std::path::Path;

use super::file_serve::{self, names_in, sum_line, write_file};
use super::hint::{Hint, hints};
use super::peer::{Connection, Listener};
use super::promises::{self, NO_ADDRESS, fails, has_failed, refuses};
use super::story::Story;
use super::table::{Check, Step, core, extra};
use super::trouble::{CheckResult, Mismatch};
use crate::bytes::{count, in_a_line};

/// The step and its checks.
pub const STEP: Step = Step {
    name: "file-download",
    started_as: "PROGRAM serve ADDRESS DIR, or PROGRAM get ADDRESS NAME (in a folder of its own)",
    lesson: "docs/lessons/07-file-download.md",
    checks: &[file_serve::CHECKS, CHECKS],
    hints: &[file_serve::HINTS, HINTS, promises::HINTS],
};

#[rustfmt::skip] // a table is read line by line
const CHECKS: &[Check] = &[
    core("get-text", get_text, &[], "get: a short file is saved under its name"),
    core("get-file", get_file, &["get-text"], "get: a file of 5 MB that comes in pieces is saved byte for byte under its name"),
    core("get-empty", get_empty, &["get-text"], "get: an empty file is saved as an empty file"),
    core("get-name", get_name, &["get-text"], "get: a name with spaces and Chinese characters"),
    core("get-folder", get_folder, &["get-text"], "get: FOLDER/NAME is saved as NAME, in the current folder"),
    core("get-missing", get_missing, &["get-text"], "get: ERR is an exit code that is not 0, and leaves no file"),
    core("get-cut", get_cut, &["get-text"], "get: a transfer that is cut is an exit code that is not 0, and no file under that name"),
    extra("exit-codes", exit_codes, &["get-missing"], "get: exit code 1 when nobody listens and when the server refuses, 2 for an address that is none"),
    extra("get-resume", get_resume, &["get-text"], "get --resume goes on with NAME.part where it ends"),
    extra("get-wrong-sum", get_wrong_sum, &["get-text"], "get: a wrong checksum is noticed"),
    extra("get-existing", get_existing, &["get-text"], "get: a file that is there already is not overwritten"),
];

hints! {
    "Why a protocol?" {
        REQUEST => ("Who speaks first in this protocol, and where does the request end?",
            "the client speaks first, and the server waits for a whole line",
            "send GET, a space, 0, a space, the name, \\n, and wait for nothing before that"),
        NAME => ("What happens to a space and to 你 in the name on its way to the server and into the folder?",
            "the name goes out as UTF-8 and as it is, spaces too, and is the name of the saved file",
            "split nothing off it, and encode nothing else in it"),
    }
    "The client: 4. recv, until all of it is there" {
        ALL => ("How many bytes does the first line promise, and how many does {recv} bring at once?",
            "{recv} brings what is there, and not the whole file",
            "go on until as many bytes have come as the first line said, and no further: what comes after them is no part of the \
                file"),
        EMPTY => ("How do you tell a file of 0 bytes from a file that is missing?",
            "OK 0 is a whole file of 0 bytes",
            "look at the first line, which says whether there is a file, and not at the number of bytes after it"),
        MISSING => ("What does your program know already when it opens the file to write?",
            "ERR means that there is nothing to save",
            "look at the first line before a file is opened; say so, and end with an exit code that is not 0"),
        CUT => ("How many bytes were promised, how many have come, and which name does the file have meanwhile?",
            "{recv-0} before all bytes had come",
            "count them, compare with the size, and give the file its name only when it is whole (write NAME.part and rename it)"),
    }
    "5. rename: the file gets its name" {
        SAVED => ("In which folder, under which name and in which mode is your file opened, and when is it closed?",
            "the file is saved in the current folder, under its own name, byte for byte",
            "{write-file}, and close it before the program ends"),
        LAST_PART => ("Which folder does a name such as week1/timetable.txt mean on the server, and which one on your computer?",
            "the folders in a name are the server's; here the file is saved in the current folder, under the last part of its name",
            "save it under what stands after the last /"),
        RESUME => ("How many bytes of the file are there already, and how does the server find out?",
            "with --resume the number after GET is the size of NAME.part",
            "send that number, and add what comes to the file"),
        SUM => ("What does the last line say, and with what do you compare it?",
            "the bytes that came are not those that the server has: the checksums differ",
            "compare the line SUM crc32 with the checksum of what was saved, before the file gets its name"),
    }
    "4. open: the server's side" {
        EXISTING => ("What happens to a file that already has this name?",
            "a file that was there before belongs to the user",
            "overwrite it only with --force"),
    }
}

/// Starts the client in its own folder. It must call, and its request must be this line; it may say that it wants no checksum.
fn is_asked(
    story: &mut Story,
    name: &str,
    offset: usize,
    options: &[&str],
    hint: &Hint,
) -> CheckResult<Connection> {
    let listener = Listener::open()?;
    start(story, &listener, name, options)?;
    let mut server = listener.accept(story, &REQUEST)?;
    let requests = [format!("GET {offset} {name}\n"), format!("GET {offset},nosum {name}\n")];
    server.expect_line(story, "the request", &requests, hint)?;
    Ok(server)
}

fn start(story: &mut Story, server: &Listener, name: &str, options: &[&str]) -> CheckResult {
    story.own_folder()?;
    let address = server.own.to_string();
    story.start_one_shot(&[&["get", &address, name], options].concat())
}

/// The client asks a good server for the file, and saves it.
fn gets(
    story: &mut Story,
    name: &str,
    content: &[u8],
    request: &Hint,
    saved: &Hint,
) -> CheckResult {
    let mut server = is_asked(story, name, 0, &[], request)?;
    send_file(story, &mut server, content);
    server.close_politely(story);
    expect_saved(story, name, content, saved)
}

/// The answer of a good server, all of it in one segment: a client that takes one recv for the first line must not pass by luck.
fn send_file(story: &mut Story, server: &mut Connection, content: &[u8]) {
    let status = format!("OK {}\n", content.len());
    server.send(story, &[status.as_bytes(), content, sum_line(content).as_bytes()].concat());
}

/// The client ends, and the file is there.
fn expect_saved(story: &mut Story, name: &str, content: &[u8], hint: &Hint) -> CheckResult {
    story.expect_end(hint)?;
    let folder = story.own_folder()?;
    let action = format!("looked at the file \"{name}\" in its folder");
    match fs::read(folder.join(name)) {
        Ok(saved) if saved == content => {
            story.did(format!("found the file \"{name}\": all {}", count(saved.len())));
            Ok(())
        }
        Ok(saved) if saved.len() > content.len() && saved.starts_with(content) => {
            Err(story.trouble(action, Mismatch::bytes(content, &saved), &ALL))
        }
        Ok(saved) => Err(story.trouble(action, Mismatch::bytes(content, &saved), hint)),
        Err(_) => {
            Err(story.trouble(action, Mismatch::words("it is there", found(&folder)), &SAVED))
        }
    }
}

/// The client fails, and no file has this name.
fn expect_not_saved(story: &mut Story, name: &str, hint: &Hint) -> CheckResult {
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

fn get_text(story: &mut Story) -> CheckResult {
    let content = story.text("星期一 UDP").into_bytes();
    gets(story, "timetable.txt", &content, &REQUEST, &SAVED)
}

fn get_file(story: &mut Story) -> CheckResult {
    const PIECE: usize = 100_000;
    let content = story.random_bytes(5_000_000);
    let mut server = is_asked(story, "big.bin", 0, &[], &REQUEST)?;
    server.send_in_pieces(story, &[b"OK 50", b"00000\n"]);
    // Loopback would deliver large pieces; a real network does not.
    let pieces: Vec<&[u8]> = content.chunks(PIECE).collect();
    server.send_pieces_quietly(story, &pieces);
    story.did(format!(
        "the server sent the file in pieces of {PIECE} bytes, each when the one before was received"
    ));
    server.send(story, sum_line(&content).as_bytes());
    server.close_politely(story);
    expect_saved(story, "big.bin", &content, &ALL)
}

fn get_empty(story: &mut Story) -> CheckResult {
    gets(story, "empty.txt", b"", &REQUEST, &EMPTY)
}

fn get_name(story: &mut Story) -> CheckResult {
    let name = story.text("课程 表") + ".txt";
    let content = story.text("星期一 UDP").into_bytes();
    gets(story, &name, &content, &NAME, &NAME)
}

fn get_folder(story: &mut Story) -> CheckResult {
    let content = story.text("第一周").into_bytes();
    let mut server = is_asked(story, "week1/timetable.txt", 0, &[], &REQUEST)?;
    send_file(story, &mut server, &content);
    server.close_politely(story);
    expect_saved(story, "timetable.txt", &content, &LAST_PART)
}

fn get_missing(story: &mut Story) -> CheckResult {
    let mut server = is_asked(story, "not-here.txt", 0, &[], &REQUEST)?;
    server.send(story, b"ERR not-found there is no such file\n");
    server.close_politely(story);
    story.expect_failure(&MISSING)?;
    let folder = story.own_folder()?;
    story.expect("its folder is empty", names_in(&folder).is_empty(), &found(&folder), &MISSING)
}

fn get_cut(story: &mut Story) -> CheckResult {
    let content = story.random_bytes(300_000);
    let mut server = is_asked(story, "cut.bin", 0, &[], &REQUEST)?;
    server.send(story, b"OK 300000\n");
    server.send(story, &content[..200_000]);
    server.close_politely(story);
    expect_not_saved(story, "cut.bin", &CUT)
}

fn exit_codes(story: &mut Story) -> CheckResult {
    let nobody = story.choose_port()?;
    story.own_folder()?;
    story.did(format!("chose {nobody}, where nobody listens"));
    fails(story, &["get", &nobody.to_string(), "here.txt"])?;
    let mut server = is_asked(story, "not-here.txt", 0, &[], &REQUEST)?;
    server.send(story, b"ERR not-found there is no such file\n");
    server.close_politely(story);
    has_failed(story)?;
    refuses(story, &["get", NO_ADDRESS, "here.txt"])
}

fn get_resume(story: &mut Story) -> CheckResult {
    let content = story.random_bytes(100_000);
    let folder = story.own_folder()?;
    write_file(&folder.join("long.bin.part"), &content[..40_000])?;
    story.did("put the first 40000 of 100000 bytes into its folder, as long.bin.part");
    let mut server = is_asked(story, "long.bin", 40_000, &["--resume"], &RESUME)?;
    server.send(story, b"OK 100000\n");
    server.send(story, &content[40_000..]);
    server.send(story, sum_line(&content).as_bytes());
    server.close_politely(story);
    expect_saved(story, "long.bin", &content, &RESUME)
}

fn get_wrong_sum(story: &mut Story) -> CheckResult {
    let content = story.random_bytes(1000);
    let mut server = is_asked(story, "damaged.bin", 0, &[], &REQUEST)?;
    server.send(story, b"OK 1000\n");
    server.send(story, &content);
    server.send(story, sum_line(&content[1..]).as_bytes());
    server.close_politely(story);
    expect_not_saved(story, "damaged.bin", &SUM)
}

fn get_existing(story: &mut Story) -> CheckResult {
    let mine = story.text("我的文件").into_bytes();
    let folder = story.own_folder()?;
    write_file(&folder.join("mine.txt"), &mine)?;
    story.did(format!("put a file mine.txt into its folder: {}", in_a_line(&mine)));
    let listener = Listener::open()?;
    start(story, &listener, "mine.txt", &[])?;
    listener.answer_if_asked(story, b"OK 3\nnewSUM none -\n");
    story.expect_failure(&EXISTING)?;
    let kept = fs::read(folder.join("mine.txt")).unwrap_or_default();
    story.expect("the file is as it was", kept == mine, &in_a_line(&kept), &EXISTING)
}
