//! One client: its request, the answer, the close, and a line about it.

use std::fs::File;
use std::io::{self, ErrorKind, Seek, SeekFrom, Write};
use std::time::{Duration, Instant, SystemTime};

use common::{Encoding, console, error, net, outcome, step};
use crc32fast::Hasher;
use indicatif::HumanBytes;
use socket2::Socket;

use crate::folder::Refusal;
use crate::protocol::{self, Code, Dialect, LONGEST_LINE, Request};
use crate::serve::Server;
use crate::{transfer, tune, unseen};

/// A file up to this size is sent in one write, together with the lines before and behind it.
const SMALL: usize = 16 << 10;

/// A tutorial's client doesn't say where its name ends: it ends when nothing more comes for this long.
const QUIET: Duration = Duration::from_millis(200);

/// How much may wait in the socket, unsent, where this is known to help.
const UNSENT: u32 = 128 << 10;

/// How long a client that found no place may take to ask, before it is told so.
const BUSY_PATIENCE: Duration = Duration::from_secs(1);

/// One connection, from the request to the close.
pub struct Visit<'a> {
    server: &'a Server,
    client: Socket,
    peer: String,
    has_place: bool,
    started: Instant,
}

/// The first thing that a client sent.
pub enum First {
    /// A line of our protocol.
    Line(Vec<u8>),
    /// The same, with more bytes behind it, which mean nothing.
    LineAndMore(Vec<u8>),
    /// A name from a tutorial's client.
    Classic(Vec<u8>),
    /// More than a line may hold.
    TooLong,
    /// The client closed its sending half in the middle of the line: the name may be cut.
    Unfinished,
}

impl<'a> Visit<'a> {
    /// A client that was just accepted.
    pub fn new(server: &'a Server, client: Socket, peer: String, has_place: bool) -> Self {
        Self { server, client, peer, has_place, started: Instant::now() }
    }

    /// Receives until the request is whole; `None`: none came. The time is limited in all, so that a
    /// client can't keep its place with a byte now and then.
    pub fn receive_request(&self) -> Option<First> {
        step!("3", "recv", "wait for the request of {} …", self.peer);
        let patience = if self.has_place { self.server.idle_timeout } else { BUSY_PATIENCE };
        let mut received = Vec::new();
        let mut buffer = [0; LONGEST_LINE];
        loop {
            let classic = protocol::dialect(&received) == Dialect::Classic;
            let left = patience.saturating_sub(self.started.elapsed());
            let wait = if classic { left.min(QUIET) } else { left };
            let _ = self.client.set_read_timeout(Some(wait.max(Duration::from_millis(1))));
            match transfer::read(&self.client, &mut buffer) {
                Ok(0) if received.is_empty() => return self.no_request("it closed the connection"),
                Ok(0) if !classic => return Some(First::Unfinished),
                Err(error) if !(classic && net::timed_out(&error)) => {
                    return self.no_request(&self.why(&error));
                }
                Ok(0) | Err(_) => return Some(First::Classic(received)),
                Ok(count) => received.extend_from_slice(&buffer[..count]),
            }
            if let Some(first) = whole(&received) {
                outcome!("received \"{}\"", for_screen(&received));
                return Some(first);
            }
        }
    }

    fn no_request(&self, why: &str) -> Option<First> {
        self.report(&format!("no request: {why}"));
        None
    }

    /// Answers the request, closes, and prints a line about it.
    pub fn answer(self, request: First) {
        // With unread bytes, closing would reset the connection, and the answer could be lost.
        let more_came = !matches!(request, First::Line(_));
        let line = match request {
            First::Classic(name) if self.has_place => self.send_classic(&name),
            // The tutorials' protocol has no word for it.
            First::Classic(_) => "refused: busy".into(),
            _ if !self.has_place => {
                self.refuse("", Code::Busy, "all places are taken; try again later")
            }
            First::TooLong => self.refuse("", Code::BadRequest, "a line has at most 4096 bytes"),
            First::Unfinished => self.refuse("", Code::BadRequest, "the line has no end"),
            First::Line(line) | First::LineAndMore(line) => self.answer_line(&line),
        };
        step!("6", "close", "the connection to {}", self.peer);
        let _ = self.client.shutdown(std::net::Shutdown::Write);
        self.report(&line);
        if more_came {
            net::close_gracefully(self.client);
        }
    }

    fn answer_line(&self, line: &[u8]) -> String {
        match protocol::parse_request(line) {
            Ok(Request::Get { offset, sum, name }) => self.send_file(&name, offset, sum),
            Ok(Request::List) => self.send_list(),
            Err(text) => self.refuse(&for_screen(line), Code::BadRequest, text),
        }
    }

    fn refuse(&self, about: &str, code: Code, text: &str) -> String {
        step!("5", "send", "ERR {code} {text}");
        let _ = self.write(format!("ERR {code} {text}\n").as_bytes());
        let about = if about.is_empty() { String::new() } else { format!("{about}: ") };
        format!("{about}refused: {code}")
    }

    fn send_list(&self) -> String {
        step!("4", "open", "each folder, for its names and sizes");
        let list = self.server.folder.list();
        let mut text = format!("OK {}\n", list.files.len());
        for (size, name) in &list.files {
            text += &format!("{size} {name}\n");
        }
        step!("5", "send", "OK {} and as many names", list.files.len());
        let outcome = match self.write(text.as_bytes()) {
            Ok(()) => "done".into(),
            Err(error) => format!("cut: {}", self.why(&error)),
        };
        let left_out = match list.left_out {
            0 => String::new(),
            count => format!(" ({count} left out: too many, or names that can't be asked for)"),
        };
        format!("list: {} names{left_out}: {outcome}", list.files.len())
    }

    fn send_file(&self, name: &str, offset: u64, with_sum: bool) -> String {
        let for_screen = console::clean(name);
        step!("4", "open", "{for_screen}");
        let (file, size) = match self.server.folder.open_file(name) {
            Ok(found) => found,
            Err(Refusal { code, text }) => return self.refuse(&for_screen, code, text),
        };
        if offset > size {
            let text = format!("it has {size} bytes, so there is nothing from {offset} on");
            return self.refuse(&for_screen, Code::Changed, &text);
        }
        step!("5", "send", "OK {size}, {} bytes, the checksum", size - offset);
        let mut at = offset;
        let sent = match usize::try_from(size) {
            Ok(small) if small <= SMALL => self.send_small(&file, &mut at, small, with_sum),
            _ => self.send_big(&file, &mut at, size, with_sum),
        };
        self.about_file(&for_screen, at - offset, size - offset, sent)
    }

    /// The bare bytes for a tutorial's client, which closes the matter: it knows neither size nor error.
    /// Its name may be UTF-8 or GBK: the one that is there is meant.
    fn send_classic(&self, name: &[u8]) -> String {
        let mut names: Vec<String> = String::from_utf8(name.to_vec()).into_iter().collect();
        names.extend("gbk".parse().map(|gbk: Encoding| gbk.decode(name).text));
        let mut refused = Code::BadRequest;
        for name in names {
            let name = console::trim_line_end(&name);
            step!("4", "open", "{}, for a tutorial's client", console::clean(name));
            match self.server.folder.open_file(name) {
                Ok((file, size)) => {
                    step!("5", "send", "{size} bytes, and nothing else");
                    let mut at = 0;
                    let sent = self.send_bytes(&file, &mut at, size, None);
                    let name = format!("classic, {}", console::clean(name));
                    return self.about_file(&name, at, size, sent);
                }
                Err(refusal) => refused = refusal.code,
            }
        }
        format!("classic, {}: refused: {refused}", for_screen(name))
    }

    /// Everything in one write. What was read is the file, even if it has changed a moment ago.
    fn send_small(&self, file: &File, at: &mut u64, size: usize, with_sum: bool) -> io::Result<()> {
        let mut buffer = [0; SMALL];
        let length = transfer::fill(file, &mut buffer[..size])?;
        let content = &buffer[..length];
        let Some(rest) = usize::try_from(*at).ok().and_then(|offset| content.get(offset..)) else {
            return self.tell_changed();
        };
        let mut message = format!("OK {}\n", content.len()).into_bytes();
        message.extend_from_slice(rest);
        let sum = with_sum.then(|| crc32fast::hash(content));
        message.extend_from_slice(protocol::sum_line(sum).as_bytes());
        self.write(&message)?;
        *at = content.len() as u64;
        Ok(())
    }

    /// The status line, the bytes from `at` on, and the checksum of the whole file. The bytes that the
    /// client has already are looked at last, while it looks at its own.
    fn send_big(&self, file: &File, at: &mut u64, size: u64, with_sum: bool) -> io::Result<()> {
        let before = state(file)?;
        let offset = *at;
        self.write(format!("OK {size}\n").as_bytes())?;
        let mut sum_of_rest = Hasher::new();
        self.send_bytes(file, at, size, with_sum.then_some(&mut sum_of_rest))?;
        let mut sum = Hasher::new();
        if with_sum {
            transfer::add_to_sum(&mut sum, file, offset)?;
            sum.combine(&sum_of_rest);
        }
        // A file that grew, or was written to, is not the one whose size was told.
        if state(file)? != before {
            return self.tell_changed();
        }
        let sum = with_sum.then(|| sum.finalize());
        self.write(protocol::sum_line(sum).as_bytes())
    }

    fn tell_changed(&self) -> io::Result<()> {
        self.write(
            format!("ERR {} the file changed while it was sent\n", Code::Changed).as_bytes(),
        )?;
        Err(io::Error::other("the file changed while it was sent"))
    }

    /// The bytes from `at` to `end`, block by block; `at` moves on, for the line about this transfer.
    fn send_bytes(
        &self,
        mut file: &File,
        at: &mut u64,
        end: u64,
        mut sum: Option<&mut Hasher>,
    ) -> io::Result<()> {
        tune::leave_after(&self.client, self.server.idle_timeout);
        if let Some(bbr) = &self.server.bbr {
            tune::give_bbr(bbr, &self.client);
        }
        if sum.is_none() && self.send_unseen(file, at, end)? {
            return Ok(());
        }
        file.seek(SeekFrom::Start(*at))?;
        self.server.buffers.lend(|buffer| {
            while *at < end {
                let count = transfer::read(file, transfer::at_most(buffer, end - *at))?;
                if count == 0 {
                    return Err(ErrorKind::UnexpectedEof.into());
                }
                if let Some(sum) = &mut sum {
                    sum.update(&buffer[..count]);
                }
                self.write(&buffer[..count])?;
                *at += count as u64;
            }
            Ok(())
        })
    }

    /// The same without looking at them; `false`: this goes, or goes on, through memory only. A sendfile that
    /// had to stop halfway doesn't tell why, and the next one only finds the connection gone; but the time tells.
    fn send_unseen(&self, file: &File, at: &mut u64, end: u64) -> io::Result<bool> {
        tune::keep_unsent(&self.client, UNSENT);
        let almost = self.server.idle_timeout * 9 / 10;
        let mut last_call = Instant::now();
        while *at < end {
            let this_call = Instant::now();
            match unseen::send(&self.client, file, *at, end - *at) {
                Ok(0) => return Ok(false),
                Ok(count) => *at += count as u64,
                Err(error) if error.kind() == ErrorKind::Unsupported => return Ok(false),
                Err(_) if last_call.elapsed() > almost => return Err(ErrorKind::TimedOut.into()),
                Err(error) => return Err(error),
            }
            last_call = this_call;
        }
        Ok(true)
    }

    fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let mut client = &self.client;
        client.write_all(bytes)
    }

    /// The line about one file: name, bytes, time, rate, outcome.
    fn about_file(&self, name: &str, sent: u64, wanted: u64, result: io::Result<()>) -> String {
        let seconds = self.started.elapsed().as_secs_f64();
        let rate = HumanBytes((sent as f64 / seconds.max(0.001)) as u64);
        let (of, outcome) = match result {
            Ok(()) => (String::new(), "done".into()),
            Err(error) => (format!(" of {wanted}"), format!("cut: {}", self.why(&error))),
        };
        format!("{name}: {sent}{of} bytes in {seconds:.3} s, {rate}/s: {outcome}")
    }

    fn report(&self, line: &str) {
        console::tell(&format!("[{}] {line}", self.peer));
    }

    fn why(&self, error: &io::Error) -> String {
        match error.kind() {
            _ if net::timed_out(error) => {
                format!("nothing moved for {} s", self.server.idle_timeout.as_secs())
            }
            ErrorKind::UnexpectedEof => "the file became shorter while it was sent".into(),
            _ if error::is_reset(error) => "the client ended abruptly".into(),
            _ => error.to_string(),
        }
    }
}

/// What has come so far, if it is a whole request.
fn whole(received: &[u8]) -> Option<First> {
    let classic = protocol::dialect(received) == Dialect::Classic;
    match received.iter().position(|&byte| byte == b'\n') {
        Some(end) if classic => Some(First::Classic(received[..end].to_vec())),
        Some(end) if end >= LONGEST_LINE => Some(First::TooLong),
        Some(end) if end + 1 < received.len() => Some(First::LineAndMore(received[..end].to_vec())),
        Some(end) => Some(First::Line(received[..end].to_vec())),
        None if received.len() < LONGEST_LINE => None,
        None if classic => Some(First::Classic(received.to_vec())),
        None => Some(First::TooLong),
    }
}

/// What may be shown of a request: it can hold anything.
fn for_screen(request: &[u8]) -> String {
    let text = String::from_utf8_lossy(request);
    let text = console::clean_message(&text);
    let shown: String = text.chars().take(100).collect();
    if shown.len() < text.len() { format!("{shown} …") } else { shown }
}

/// The size and the time of the last change.
fn state(file: &File) -> io::Result<(u64, Option<SystemTime>)> {
    let metadata = file.metadata()?;
    Ok((metadata.len(), metadata.modified().ok()))
}
