//! Step 7: file-download. A protocol with sizes, many clients at once, and nothing half-saved.
//!
//! ```text
//! cargo file-download serve                          # in one terminal: offers the current folder
//! cargo file-download list                           # in another one: what is there
//! cargo file-download get 127.0.0.1:8080 README.md   # fetches a file into the current folder
//! ```
//!
//! TCP carries bytes without boundaries (step 6). So that a client knows whether a file is whole, the
//! server says its size first and its checksum last; `protocol.rs` has the lines. You can be the client
//! with `ncat 127.0.0.1 8080`: type `LIST`, or `GET 0 README.md`.
//!
//! ```text
//! serve: 1 listen · 2 accept · 3 recv (the request) · 4 open · 5 send · 6 close
//! get:   1 connect · 2 send (the request) · 3 recv (the status) · 4 recv (the bytes) · 5 rename · 6 close
//! ```
//!
//! This file is the lesson. `session.rs` and `connection.rs` are the two ends of a connection, with their time limits;
//! `folder.rs` and `part.rs` the two ends' files; `engine/` is why it is fast.

use std::fs::{File, Metadata};
use std::io::{self, IsTerminal};
use std::ops::Range;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use common::console::{self, Lines};
use common::{Encoding, Error, Result, address, net, outcome, step};
use crc32fast::Hasher;
use indicatif::HumanBytes;

mod classic;
mod cli;
mod connection;
mod engine;
mod folder;
mod part;
mod progress;
mod protocol;
mod session;

use cli::{Cli, Command, Get, List, Serve};
use connection::ServerConnection;
use engine::copy::{BLOCK, add_to_sum, at_most};
use engine::pool::{self, Server};
use folder::{Folder, Refusal};
use part::Part;
use progress::Progress;
use protocol::{Answer, Asked, Code, Dialect, LONGEST_LINE, Request};
use session::{ClientSession, SMALL};

/// How many clients may wait to be accepted. A whole class calls at the same moment, and a client that
/// finds the queue full tries again only after a second.
const BACKLOG: i32 = 4096;

/// A tutorial's client doesn't say where its name ends: it ends when nothing more comes for this long.
const QUIET: Duration = Duration::from_millis(200);

fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Serve(options) => common::run(&options.course, || serve(&options)),
        Command::Get(options) => common::run(&options.course, || get(&options)),
        Command::List(options) => common::run(&options.course, || list(&options)),
    }
}

/// `file-download serve`
fn serve(options: &Serve) -> Result<()> {
    let folder = Folder::open(&options.folder)?;
    net::allow_many_files();
    step!("1", "listen", "{}: socket, bind and listen, as in step 4", options.address);
    let listener = net::listen(&options.address, BACKLOG)?;
    console::tell(&format!("  serving the files in {}", options.folder.display()));
    let server = Server::new(listener, folder, options, accept_clients);
    step!("2", "accept", "a few threads wait for clients …");
    server.run()
}

/// What each of the server's threads does: accept(2), answer, and again.
fn accept_clients(server: &Arc<Server>) {
    while !server.is_stopping() {
        match server.listener.accept() {
            Ok((socket, peer)) => {
                outcome!("accepted {} on a new socket", address::show(&peer));
                let mut session = ClientSession::new(server, socket, &peer);
                common::guard_client(|| answer(&mut session));
                // Another thread accepts by now: this one was busy with its client for too long.
                if session.has_successor {
                    return;
                }
            }
            Err(_) if server.is_stopping() => return,
            Err(error) => pool::wait_after(&error),
        }
    }
}

/// One client: its request, the answer, the close, and a line about it.
fn answer(session: &mut ClientSession) {
    let asked = match receive_request(session) {
        Ok(asked) => asked,
        Err(error) => {
            console::tell(&format!("[{}] no request: {}", session.peer, session.why(&error)));
            return;
        }
    };
    let _counted_as_running = Arc::clone(&session.server.running);
    let line = match asked {
        // The tutorials' protocol has no word for it.
        Asked::Classic(_) if !session.has_place() => "refused: busy".into(),
        _ if !session.has_place() => {
            refuse(session, "", Code::Busy, "all places are taken; try again later")
        }
        Asked::For(Request::Get { offset, sum, name }) => send_file(session, &name, offset, sum),
        Asked::For(Request::List) => send_list(session),
        Asked::Classic(name) => send_classic(session, &name),
        Asked::Nothing { line, text } => refuse(session, &line, Code::BadRequest, text),
    };
    step!("6", "close", "the connection to {}", session.peer);
    session.close();
    console::tell(&format!("[{}] {line}", session.peer));
}

/// Receives until the request is whole. It may come in pieces, as each message over TCP (step 6).
fn receive_request(session: &mut ClientSession) -> io::Result<Asked> {
    step!("3", "recv", "wait for the request of {} …", session.peer);
    let mut received = Vec::new();
    let mut buffer = [0; LONGEST_LINE];
    loop {
        let is_classic = protocol::dialect(&received) == Dialect::Classic;
        let longest = if is_classic { QUIET } else { Duration::MAX };
        let count = match session.receive(&mut buffer, longest) {
            Err(error) if is_classic && net::timed_out(&error) => 0,
            result => result?,
        };
        received.extend_from_slice(&buffer[..count]);
        if received.is_empty() {
            return Err(io::Error::other("it closed the connection"));
        }
        if let Some(asked) = protocol::asked(&received, count == 0) {
            outcome!("received \"{}\"", protocol::for_screen(&received));
            session.has_unread =
                received.iter().position(|&byte| byte == b'\n') != Some(received.len() - 1);
            return Ok(asked);
        }
    }
}

fn refuse(session: &mut ClientSession, about: &str, code: Code, text: &str) -> String {
    step!("5", "send", "ERR {code} {text}");
    let line = format!("ERR {code} {text}\n");
    let _ = session.write(line.as_bytes()).and_then(|()| session.send());
    let about = if about.is_empty() { String::new() } else { format!("{about}: ") };
    format!("{about}refused: {code}")
}

fn send_list(session: &mut ClientSession) -> String {
    step!("4", "open", "each folder, for its names and sizes");
    let list = session.server.folder.list();
    let count = list.files.len();
    step!("5", "send", "OK {count} and as many names");
    let text = format!("OK {count}\n{}", list.lines());
    let outcome = match session.write(text.as_bytes()).and_then(|()| session.send()) {
        Ok(()) => "done".into(),
        Err(error) => format!("cut: {}", session.why(&error)),
    };
    let names = if count == 1 { "name" } else { "names" };
    format!("list: {count} {names}{}: {outcome}", list.about_left_out())
}

fn send_file(session: &mut ClientSession, name: &str, offset: u64, with_sum: bool) -> String {
    step!("4", "open", "{name}");
    let (file, before) = match session.server.folder.open_file(name) {
        Ok(found) => found,
        Err(Refusal { code, text }) => return refuse(session, name, code, text),
    };
    let size = before.len();
    if offset > size {
        let text = format!("it has {size} bytes, so there is nothing from {offset} on");
        return refuse(session, name, Code::Changed, &text);
    }
    step!("5", "send", "OK {size}, {} bytes, the checksum", size - offset);
    let result = send_answer(session, &file, &before, offset, with_sum);
    session.about_file(name, size - offset, result)
}

/// The status, the bytes from `offset` on, and the checksum of the whole file.
fn send_answer(
    session: &mut ClientSession,
    file: &File,
    before: &Metadata,
    offset: u64,
    with_sum: bool,
) -> io::Result<()> {
    session.write(format!("OK {}\n", before.len()).as_bytes())?;
    let mut sum = with_sum.then(Hasher::new);
    if let Some(sum) = &mut sum
        && offset > 0
    {
        session.send()?; // what the client has already may take a while
        add_to_sum(sum, file, 0, offset)?;
    }
    send_bytes(session, file, offset..before.len(), sum.as_mut())?;
    if folder::has_changed(file, before)? {
        session.write(
            format!("ERR {} the file changed while it was sent\n", Code::Changed).as_bytes(),
        )?;
        session.send()?;
        return Err(io::Error::other("the file changed while it was sent"));
    }
    session.write(format!("{}\n", protocol::sum_line(sum.map(Hasher::finalize))).as_bytes())?;
    session.send()
}

/// The bytes of a file, block by block. A small file waits in memory for the lines around it.
fn send_bytes(
    session: &mut ClientSession,
    file: &File,
    range: Range<u64>,
    mut sum: Option<&mut Hasher>,
) -> io::Result<()> {
    let Range { start: mut at, end } = range;
    let is_small = end - at <= SMALL;
    if !is_small {
        session.takes_long();
    }
    while at < end {
        let count = if is_small {
            session.write_block(file, at, end - at)?
        } else {
            session.send_block(file, at, end - at)?
        };
        if let Some(sum) = &mut sum {
            add_to_sum(sum, file, at, count)?;
        }
        at += count;
    }
    Ok(())
}

/// The bare bytes for a tutorial's client, which knows neither size nor error: the close is the end of the file.
fn send_classic(session: &mut ClientSession, name: &[u8]) -> String {
    let about = format!("classic, {}", protocol::for_screen(name));
    step!("4", "open", "{}, for a tutorial's client", protocol::for_screen(name));
    match classic::open_file(&session.server.folder, name) {
        Ok((file, metadata)) => {
            let size = metadata.len();
            step!("5", "send", "{size} bytes, and nothing else");
            let result = send_bytes(session, &file, 0..size, None).and_then(|()| session.send());
            session.about_file(&about, size, result)
        }
        Err(refusal) => format!("{about}: refused: {}", refusal.code),
    }
}

/// `file-download get`: the whole file under its name, or an error that says what there is instead.
fn get(options: &Get) -> Result<()> {
    let name = match &options.name {
        Some(name) => name.clone(),
        None => ask_for_name(options)?,
    };
    if !protocol::fits_into_line(&name) {
        let what = format!("the request for '{}' does not fit into a line", console::clean(&name));
        let advice = "a line has at most 4096 bytes, and a name in it can't hold a line end";
        return Err(Error::local(what, advice));
    }
    let target = part::target(&name, options.output.as_deref(), options.force)?;
    let mut part = Part::open(&target)?;
    let progress = Progress::start(&part);
    let result = download(options, &name, &target, &mut part, &progress);
    progress.finish();
    if let Err(error) = result {
        return Err(part.kept(error, progress.total()));
    }
    progress.tell_saved(&target, part.length(), options);
    step!("6", "close", "the connection to {}", options.address);
    Ok(())
}

/// Without NAME: one line from the keyboard or a pipe.
fn ask_for_name(options: &Get) -> Result<String> {
    console::tell(&format!("which file? (file-download list {} shows them)", options.address));
    let stdin = io::BufReader::new(io::stdin());
    let line = Lines::Pipe(Encoding::UTF_8, stdin).next_line();
    line.filter(|name| !name.is_empty()).ok_or_else(|| {
        Error::local("no file name was given", "type it, or write it after the address")
    })
}

/// One attempt; or two, when the file on the server is no longer the one that was begun. Then the file gets its name.
fn download(
    options: &Get,
    name: &str,
    target: &Path,
    part: &mut Part,
    progress: &Progress,
) -> Result<()> {
    let offset = if options.resume { part.length() } else { 0 };
    if options.classic {
        classic::fetch(options, name, part, progress)?;
    } else if !fetch(options, name, offset, part, progress)? {
        console::tell("the file on the server has changed; starting over");
        fetch(options, name, 0, part, progress)?;
    }
    step!("5", "rename", "{} to {}", part.name(), target.display());
    part.complete(target, options.force, options.sync)
}

/// Asks for the file from `offset` on, and receives it. False: what we have is not the beginning of the server's file.
fn fetch(
    options: &Get,
    name: &str,
    offset: u64,
    part: &mut Part,
    progress: &Progress,
) -> Result<bool> {
    let mut sum = if options.no_verify { None } else { Some(part.sum_of_first(offset)?) };
    step!("1", "connect", "{}: socket and connect, as in step 5", options.address);
    let mut server = ServerConnection::open(
        &options.address,
        options.idle_timeout + part::time_to_read(offset),
    )?;
    let request = Request::Get { offset, sum: !options.no_verify, name: name.to_owned() };
    step!("2", "send", "{request}");
    server.send(format!("{request}\n").as_bytes())?;
    step!("3", "recv", "wait for the status …");
    let size = match server.receive_answer()? {
        Answer::Ok(size) if size >= offset => size,
        Answer::Ok(_) => return Ok(false),
        Answer::Err { code, .. } if code == "changed" && offset > 0 => return Ok(false),
        answer => return Err(server.refusal(name, &answer)),
    };
    part.begin_at(offset)?;
    step!("4", "recv", "{} bytes into {} …", size - offset, part.name());
    progress.begin(offset, size);
    part.reserve(size)?;
    receive_bytes(&mut server, size - offset, part, sum.as_mut(), progress)?;
    let ours = protocol::sum_line(sum.map(Hasher::finalize));
    match server.receive_answer()? {
        answer if Some(&answer) == protocol::parse_answer(ours.as_bytes()).as_ref() => Ok(true),
        Answer::Ok(_) => Err(server.refusal(name, &Answer::Ok(0))),
        _ if offset > 0 => Ok(false),
        answer => {
            // What came is of no use: nothing of it is kept.
            part.cut_at(0)?;
            Err(connection::mismatch(&answer, &ours))
        }
    }
}

/// Receives this many bytes, block by block.
fn receive_bytes(
    server: &mut ServerConnection,
    mut left: u64,
    part: &mut Part,
    mut sum: Option<&mut Hasher>,
    progress: &Progress,
) -> Result<()> {
    let mut buffer = vec![0; BLOCK];
    while left > 0 {
        let count = server.receive(at_most(&mut buffer, left))?;
        if count == 0 {
            return Err(server.closed());
        }
        let block = &buffer[..count];
        if let Some(sum) = &mut sum {
            sum.update(block);
        }
        part.write(block)?;
        progress.add(count);
        left -= count as u64;
    }
    Ok(())
}

/// `file-download list`
fn list(options: &List) -> Result<()> {
    step!("1", "connect", "{}: socket and connect, as in step 5", options.address);
    let mut server = ServerConnection::open(&options.address, options.idle_timeout)?;
    step!("2", "send", "{}", Request::List);
    server.send(format!("{}\n", Request::List).as_bytes())?;
    step!("3", "recv", "wait for the status …");
    let count = match server.receive_answer()? {
        Answer::Ok(count) => count,
        answer => return Err(server.refusal("the list", &answer)),
    };
    step!("4", "recv", "{count} names …");
    let mut total = 0_u64;
    for received in 0..count {
        let (size, name) = match server.receive_entry() {
            Ok(entry) => entry,
            Err(error) => {
                console::flush();
                return Err(Error::network(error, format!("got {received} of {count} names")));
            }
        };
        total = total.saturating_add(size);
        show(options.plain, size, &name);
    }
    console::flush();
    let files = if count == 1 { "file" } else { "files" };
    console::tell(&format!("{count} {files}, {}", HumanBytes(total)));
    step!("6", "close", "the connection to {}", options.address);
    Ok(())
}

/// A person reads "1.50 GiB"; a script reads the bytes. What a server sends must not move the cursor.
fn show(plain: bool, size: u64, name: &str) {
    let line = if !plain {
        let size = HumanBytes(size).to_string();
        format!("{size:>12}  {}\n", console::clean(name))
    } else if io::stdout().is_terminal() {
        format!("{size} {}\n", console::clean(name))
    } else {
        format!("{size} {name}\n")
    };
    console::result_part(&line);
}
