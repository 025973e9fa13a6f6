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
//! `session.rs` and `connection.rs` are the two ends of a connection; `folder.rs` and `part.rs` their files;
//! `server.rs` has the threads.

use std::io;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use common::{Address, Result, address, console, error, net, outcome, step};

mod classic;
mod cli;
mod connection;
mod engine;
mod folder;
mod part;
mod progress;
mod protocol;
mod server;
mod session;

use cli::{Cli, Command, Get, List, Serve};
use connection::Connection;
use engine::copy::{BLOCK, Sum, at_most};
use folder::{Folder, OpenFile};
use part::Part;
use protocol::{Answer, Asked, BAD_REQUEST, BUSY, CHANGED, LONGEST_LINE, Request};
use server::Server;
use session::ClientSession;

/// How many clients may wait in the queue: a whole class calls at once, and a lost SYN costs a second.
const BACKLOG: i32 = 4096;

fn main() -> ExitCode {
    match common::parse::<Cli>().command {
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
    console::hint(&format!("serving the files in {}", options.folder.display()));
    step!("2", "accept", "a few threads wait for clients …");
    server::run(listener, folder, options, accept_clients)
}

/// What each of the server's threads does: accept(2), answer, and again.
fn accept_clients(server: &Arc<Server>) {
    while !server.is_stopping() {
        match server.listener.accept() {
            Ok((socket, peer)) => {
                step::accepted(address::show(&peer));
                let mut session = ClientSession::new(server, socket, &peer);
                net::guard_client(|| answer(&mut session));
                // Another thread accepts by now: this one was busy with its client for too long.
                if session.has_successor {
                    return;
                }
            }
            Err(_) if server.is_stopping() => return,
            Err(error) => server::wait_after(&error),
        }
    }
}

/// One client: its request, the answer, the close, and a line about it.
fn answer(session: &mut ClientSession) {
    let outcome = match receive_request(session) {
        Ok(asked) => send_answer(session, asked),
        Err(error) => session.why(&error),
    };
    step!("6", "close", peer = session.peer, "the connection to {}", session.peer);
    session.close();
    console::status(&format!("[{}] {}: {outcome}", session.peer, session.about));
}

/// Receives until the request is whole. It may come in pieces, as each message over TCP (step 6).
fn receive_request(session: &mut ClientSession) -> io::Result<Asked> {
    step!("3", "recv", peer = session.peer, "wait for the request of {} …", session.peer);
    let mut received = Vec::new();
    let mut buffer = [0; LONGEST_LINE];
    loop {
        let is_classic = protocol::is_classic(&received);
        let count = match session.receive(&mut buffer, is_classic) {
            // The name of a tutorial's client has no end: it ends when nothing more comes.
            Err(error) if is_classic && error::timed_out(&error) => 0,
            result => result?,
        };
        received.extend_from_slice(&buffer[..count]);
        if received.is_empty() {
            return Err(io::Error::other("it closed the connection"));
        }
        if let Some(asked) = protocol::asked(&received, count == 0) {
            outcome!("received \"{}\"", protocol::for_screen(&received));
            session.about = protocol::about(&asked, &received);
            let line = protocol::first_line(&received);
            session.may_have_more = asked.is_err() || line.len() < received.len();
            return Ok(asked);
        }
    }
}

/// Sends what was asked for, or why not. Returns the words for the line about it.
fn send_answer(session: &mut ClientSession, asked: Asked) -> String {
    session.running = Some(Arc::clone(&session.server.running));
    match asked {
        // The tutorials' protocol has no word for it.
        Ok(Request::Classic(_)) if session.place.is_none() => "refused: busy".into(),
        _ if session.place.is_none() => {
            refuse(session, BUSY, "all places are taken; try again later")
        }
        Ok(Request::Get { offset, sum, name }) => send_file(session, &name, offset, sum),
        Ok(Request::List) => send_list(session),
        Ok(Request::Classic(name)) => send_classic(session, &name),
        Err(text) => refuse(session, BAD_REQUEST, text),
    }
}

fn refuse(session: &mut ClientSession, code: &str, text: &str) -> String {
    step!("5", "send", "ERR {code} {text}");
    let _ = session.send(&format!("ERR {code} {text}\n"));
    format!("refused: {code}")
}

fn send_list(session: &mut ClientSession) -> String {
    step!("4", "open", "each folder, for its names and sizes");
    let _ = session.takes_long();
    let list = session.server.folder.list();
    step!("5", "send", "OK {} and as many names", list.files.len());
    let mut text = format!("OK {}\n", list.files.len());
    for (size, name) in &list.files {
        text += &format!("{size} {name}\n");
    }
    match session.send(&text) {
        Ok(()) => format!("{}: done", list.about()),
        Err(error) => format!("{}: cut: {}", list.about(), session.why(&error)),
    }
}

fn send_file(session: &mut ClientSession, name: &str, offset: u64, with_sum: bool) -> String {
    step!("4", "open", "{name}");
    let file = match session.server.folder.open_file(name) {
        Ok(file) if offset <= file.size => file,
        Ok(OpenFile { size, .. }) => {
            let text = format!("it has {size} bytes, so there is nothing from {offset} on");
            return refuse(session, CHANGED, &text);
        }
        Err((code, text)) => return refuse(session, code, text),
    };
    step!("5", "send", "OK {}, {} bytes, the checksum", file.size, file.size - offset);
    session.sum = Sum::new(with_sum);
    let result = send_whole(session, &file, offset);
    session.about_file(file.size - offset, result)
}

/// The status, the bytes from `offset` on, and the checksum of the whole file.
fn send_whole(session: &mut ClientSession, file: &OpenFile, offset: u64) -> io::Result<()> {
    session.write(&format!("OK {}\n", file.size))?;
    if offset > 0 {
        session.takes_long()?; // reads what the client has already
        session.sum.add_beginning(&file.file, offset)?;
    }
    send_bytes(session, file, file.size - offset)?;
    if file.has_changed()? {
        let text = "the file changed while it was sent";
        refuse(session, CHANGED, text);
        return Err(io::Error::other(text));
    }
    session.send(&format!("{}\n", Answer::sum(session.sum.value())))
}

/// The `left` bytes at the end of the file, block by block.
fn send_bytes(session: &mut ClientSession, file: &OpenFile, mut left: u64) -> io::Result<()> {
    while left > 0 {
        left -= session.send_block(&file.file, left)?;
    }
    Ok(())
}

/// The bare bytes for a tutorial's client, which knows neither size nor error: the close is the end of the file.
fn send_classic(session: &mut ClientSession, name: &[u8]) -> String {
    step!("4", "open", "{}, for a tutorial's client", protocol::for_screen(name));
    let (name, file) = match classic::open_file(&session.server.folder, name) {
        Ok(found) => found,
        Err((code, _)) => return format!("refused: {code}"),
    };
    session.about = format!("classic, {name}"); // as text: it may have come in GBK
    step!("5", "send", "{} bytes, and nothing else", file.size);
    let result = send_bytes(session, &file, file.size).and_then(|()| session.send(""));
    session.about_file(file.size, result)
}

/// `file-download get`: the whole file under its name, or an error that says what there is instead.
fn get(options: &Get) -> Result<()> {
    let name = options.name_or_ask()?;
    let mut part = Part::open(&name, options)?;
    download(options, &name, &mut part).map_err(|error| part.kept(error))
}

/// One attempt; or two, when the file on the server is no longer the one that was begun. Then the file gets its name.
fn download(options: &Get, name: &str, part: &mut Part) -> Result<()> {
    let offset = if options.resume { part.length() } else { 0 };
    let mut server = fetch(options, name, offset, part)?;
    if server.is_none() {
        console::status("the file on the server has changed; starting over");
        server = fetch(options, name, 0, part)?;
    }
    step!("5", "rename", "{} to {}", part.name(), part.target.display());
    part.complete(options)?;
    step!("6", "close", "the connection to {}", options.address);
    drop(server);
    Ok(())
}

/// Asks for the file from `offset` on, and receives it. Returns the connection, still open; `None`: what we have is not
/// the beginning of the server's file.
fn fetch(options: &Get, name: &str, offset: u64, part: &mut Part) -> Result<Option<Connection>> {
    if options.classic {
        let mut server = classic::ask(options, name, part)?;
        return match receive_bytes(&mut server, part, u64::MAX)? {
            0 => Err(classic::no_bytes(name)),
            _ => Ok(Some(server)),
        };
    }
    part.begin_sum(!options.no_verify, offset)?;
    // For the checksum the server first reads what we have already. Even a slow disk reads 20 MB in a second.
    let patience = options.idle_timeout + Duration::from_secs(offset / 20_000_000);
    let request = Request::Get { offset, sum: !options.no_verify, name: name.to_owned() };
    let mut server = ask(&options.address, patience, &request)?;
    let size = match server.receive_answer()? {
        Answer::Ok(size) if size >= offset => size,
        Answer::Ok(_) => return Ok(None),
        Answer::Err { code, .. } if code == CHANGED && offset > 0 => return Ok(None),
        answer => return Err(server.refusal(name, &answer)),
    };
    step!("4", "recv", "{} bytes into {} …", size - offset, part.name());
    part.begin_at(offset, Some(size))?;
    if receive_bytes(&mut server, part, size - offset)? < size - offset {
        return Err(server.closed());
    }
    let own = Answer::sum(part.sum.value());
    match server.receive_answer()? {
        answer if answer == own => Ok(Some(server)),
        Answer::Ok(_) => Err(server.refusal(name, &Answer::Ok(size))),
        _ if offset > 0 => Ok(None),
        answer => {
            part.cut_at(0)?; // what came is of no use
            Err(connection::mismatch(&answer, &own))
        }
    }
}

/// Connects and sends the request. What follows in the stream is the answer.
fn ask(address: &Address, patience: Duration, request: &Request) -> Result<Connection> {
    step!("1", "connect", "{address}: socket and connect, as in step 5");
    let mut server = Connection::open(address, patience)?;
    step!("2", "send", "{request}");
    server.send(format!("{request}\n").as_bytes())?;
    step!("3", "recv", "wait for the status …");
    Ok(server)
}

/// Receives this many bytes, block by block, and returns how many came: fewer, when the stream ends before that.
fn receive_bytes(server: &mut Connection, part: &mut Part, wanted: u64) -> Result<u64> {
    let mut buffer = vec![0; BLOCK];
    let mut received = 0;
    while received < wanted {
        let count = server.receive(at_most(&mut buffer, wanted - received))?;
        if count == 0 {
            break;
        }
        part.write(&buffer[..count])?;
        received += count as u64;
    }
    Ok(received)
}

/// `file-download list`
fn list(options: &List) -> Result<()> {
    let mut server = ask(&options.address, options.idle_timeout, &Request::List)?;
    let count = match server.receive_answer()? {
        Answer::Ok(count) => count,
        answer => return Err(server.refusal("the list", &answer)),
    };
    step!("4", "recv", "{} …", protocol::names(count));
    let mut total = 0_u64;
    for received in 0..count {
        let entry = server.receive_entry();
        let (size, name) = entry.map_err(|error| progress::list_was_cut(error, received, count))?;
        total = total.saturating_add(size);
        progress::show_entry(options.plain, size, &name);
    }
    progress::show_total(count, total);
    step!("6", "close", "the connection to {}", options.address);
    Ok(())
}
