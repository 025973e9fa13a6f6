//! The calls on sockets of the internet, as events: what a lesson is about, and nothing else that a program does.
//!
//! **What is shown, and what is not:**
//!
//! - Calls on TCP and UDP sockets only, by the lessons' names: a `read` of a socket is a recv. Options are left out except for
//!   SO_REUSEADDR.
//! - A call that finds nothing to do (EAGAIN), or is interrupted and made again, *begins a wait*: it is shown once, as called
//!   at its first try, and as returned at the one that brought something. What a runtime waits with meanwhile (epoll, poll) is
//!   left out; a poll or select that a program begins with, on such sockets, is shown.
//! - A socket appears with its first use: listen, connect of TCP, a bind to a port of its own choice, sending, receiving. One
//!   that is closed before was a test of the runtime or the resolver, which try out what the system can do.
//! - A close is the one of a socket's last descriptor in a process.
//!
//! **When a call returned** is not in strace's lines. It is the moment when the line was read, or when the same thread did
//! the next thing, if that was earlier: so a recv is never shown above the packet that it returned.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::net::SocketAddr;

use super::line::{self, Call, Returned, What};
use super::tables::{Left, Tables};
use super::words::{self, Ends};
use crate::timeline::{Event, Happening, Recorded};

/// How long a return waits for the thread's next line, in nanoseconds.
const NEXT_LINE: u64 = 20_000_000;

/// An event of a process.
#[derive(Debug)]
pub struct Made {
    /// The system's number of the process.
    pub process: u32,
    /// Its name.
    pub name: String,
    /// The event; its program is not known here.
    pub event: Event,
}

/// Reads the lines of one strace.
#[derive(Default)]
pub struct Sockets {
    tables: Tables,
    /// All processes count as one program, by the first one.
    is_one: bool,
    first: Option<u32>,
    sockets: Vec<Socket>,
    /// The names of processes.
    names: HashMap<u32, String>,
    /// The calls that have begun, each with its time and the beginning of its line.
    begun: HashMap<u32, (u64, String)>,
    /// Returns that are not certain yet: the thread's next line may show that they were earlier.
    returned: HashMap<u32, Vec<Made>>,
    /// The threads whose last event was a poll.
    polls: HashSet<u32>,
    made: Vec<Made>,
}

struct Socket {
    ends: Ends,
    /// A call of its may end because nothing came in time.
    has_timeout: bool,
    /// What has happened before its first use.
    kept: Option<Vec<Made>>,
    /// The calls that wait for something.
    waits: Vec<&'static str>,
}

struct Caller<'a> {
    thread: u32,
    at: u64,
    call: &'a Call<'a>,
}

impl Sockets {
    /// All processes count as one program, or each as its own.
    pub fn new(is_one: bool) -> Sockets {
        Sockets { is_one, ..Sockets::default() }
    }

    /// Reads a line; `read_at` is when that was.
    pub fn read(&mut self, text: &str, read_at: u64) {
        let Some(line) = line::line(text) else { return };
        let (thread, at) = (line.thread, line.at);
        let process = self.tables.process(thread);
        self.first.get_or_insert(process);
        for mut made in self.returned.remove(&thread).unwrap_or_default() {
            made.event.at = made.event.at.min(at.saturating_sub(1));
            self.made.push(made);
        }
        match line.what {
            What::Call(text) => {
                self.begins(thread, at, text);
                self.returns(thread, at, read_at, text);
            }
            What::Begun(text) => {
                self.begins(thread, at, text);
                self.begun.insert(thread, (at, text.to_owned()));
            }
            What::Resumed(rest) => {
                if let Some((begun, text)) = self.begun.remove(&thread) {
                    self.returns(thread, begun, at, &(text + rest));
                }
            }
            What::Exited => self.tables.ends(thread).into_iter().for_each(|open| self.used(open)),
            What::Other => {}
        }
    }

    /// The events that are certain at this moment.
    pub fn made(&mut self, now: u64) -> Vec<Made> {
        for returned in self.returned.values_mut() {
            let certain = |made: &mut Made| made.event.at.saturating_add(NEXT_LINE) < now;
            self.made.extend(returned.extract_if(.., certain));
        }
        std::mem::take(&mut self.made)
    }

    /// Nothing more comes: a socket that is still open is shown, even if nothing was done with it.
    pub fn ends(&mut self) {
        (0..self.sockets.len()).for_each(|socket| self.used(socket));
    }

    fn begins(&mut self, thread: u32, at: u64, text: &str) {
        let Some(call) = Call::parse(text) else { return };
        let made = Caller { thread, at, call: &call };
        match call.name {
            "clone" | "clone3" | "fork" | "vfork" => self.tables.clone_begins(thread, text),
            "poll" | "ppoll" | "select" | "pselect6" => self.polls(&made),
            "close" => self.closes(&made, call.number(0)),
            "close_range" => {
                let last = call.number(1).unwrap_or(i64::MAX); // ~0U is the last of all
                for number in self.tables.between(thread, call.number(0).unwrap_or(0), last) {
                    self.closes(&made, Some(number));
                }
            }
            _ => self.called(&made),
        }
    }

    /// A call on a socket begins.
    fn called(&mut self, made: &Caller<'_>) {
        let call = made.call;
        let Some(index) = call.number(0).and_then(|fd| self.tables.socket(made.thread, fd)) else {
            return;
        };
        let socket = &mut self.sockets[index];
        let Some(name) = words::lesson_name(call, socket.ends.is_stream) else { return };
        match name {
            "bind" => socket.ends.own = line::address(call.arg(1)),
            "connect" => socket.ends.peer = line::address(call.arg(1)),
            "listen" => socket.ends.listens = true,
            _ => {}
        }
        let ends = socket.ends;
        let is_first_use = match name {
            "setsockopt" | "shutdown" => false,
            "bind" => ends.own.is_some_and(|own| own.port() != 0),
            "connect" => ends.is_stream,
            _ => true,
        };
        if is_first_use {
            self.used(index);
        }
        if self.sockets[index].waits.contains(&name) {
            return; // it is made again
        }
        let (facts, text) = words::about(call, name, ends);
        self.push(made, index, Event::new(made.at, Happening::Called(facts), text));
    }

    /// A descriptor is closed. Its number may be used again before close has returned.
    fn closes(&mut self, made: &Caller<'_>, descriptor: Option<i64>) {
        let closed = descriptor.and_then(|number| self.tables.close(made.thread, number));
        let Some((index, Left { here: 0, elsewhere })) = closed else { return };
        let socket = &mut self.sockets[index];
        if socket.kept.is_some() && elsewhere == 0 {
            socket.kept = Some(Vec::new()); // nothing was done with it
            return;
        }
        let mut text = words::begun(made.call, "close", socket.ends, None);
        if elsewhere > 0 {
            text += ", which another process has too: nothing is sent";
        }
        let facts =
            Recorded { call: "close".into(), peer: socket.ends.peer, ..Recorded::default() };
        self.push(made, index, Event::new(made.at, Happening::Called(facts), text));
    }

    /// A program waits for several sockets, not a runtime for one that a call waits for already.
    fn polls(&mut self, made: &Caller<'_>) {
        let name = if made.call.name.contains("poll") { "poll" } else { "select" };
        let number = |number| self.tables.socket(made.thread, number);
        let sockets: BTreeSet<usize> =
            words::descriptors(made.call).into_iter().filter_map(number).collect();
        let waits = sockets.iter().any(|socket| !self.sockets[*socket].waits.is_empty());
        let again = self.polls.contains(&made.thread);
        let (Some(first), false) = (sockets.first(), waits || again) else { return };
        let text = match sockets.len() {
            1 => "wait until the socket has something …".to_owned(),
            count => format!("wait until one of {count} sockets has something …"),
        };
        let facts = Recorded { call: name.to_owned(), ..Recorded::default() };
        self.push(made, *first, Event::new(made.at, Happening::Called(facts), text));
        self.polls.insert(made.thread);
    }

    fn returns(&mut self, thread: u32, begun: u64, at: u64, text: &str) {
        let Some(call) = Call::parse(text) else { return };
        let value = call.result.value();
        let made = Caller { thread, at, call: &call };
        match call.name {
            "clone" | "clone3" | "fork" | "vfork" => {
                self.tables.clone_ends(thread, value.and_then(|child| child.try_into().ok()));
            }
            "execve" if value.is_some() => {
                self.tables.executes(thread);
                let process = self.tables.process(thread);
                self.names.insert(process, words::program(call.arg(0), call.arg(1)));
            }
            "socket" => self.opened(&Caller { at: begun, ..made }, at),
            "dup" | "dup2" | "dup3" | "fcntl" | "fcntl64" => self.duplicated(&made, value),
            "close" | "close_range" => {}
            _ => self.returned(&made),
        }
    }

    fn opened(&mut self, made: &Caller<'_>, at: u64) {
        let call = made.call;
        let is_stream = call.arg(1).contains("SOCK_STREAM");
        let is_known = is_stream || call.arg(1).contains("SOCK_DGRAM");
        if !matches!(call.arg(0), "AF_INET" | "AF_INET6") || !is_known {
            return;
        }
        let index = self.add(Ends { is_stream, ..Ends::default() }, Some(Vec::new()));
        let facts = Recorded { call: "socket".to_owned(), ..Recorded::default() };
        let text = words::begun(call, "socket", Ends::default(), None);
        self.push(made, index, Event::new(made.at, Happening::Called(facts), text));
        match call.result {
            Returned::Value(descriptor) => {
                let ends = call.arg(1).contains("SOCK_CLOEXEC");
                self.tables.open(made.thread, descriptor, index, ends);
            }
            // A runtime tries out whether there is IPv6.
            Returned::Error("EAFNOSUPPORT") | Returned::Nothing => {
                self.sockets[index].kept = Some(Vec::new());
            }
            Returned::Error(errno) => {
                self.used(index);
                self.failed(&Caller { at, ..*made }, index, "socket", errno);
            }
        }
    }

    fn add(&mut self, ends: Ends, kept: Option<Vec<Made>>) -> usize {
        self.sockets.push(Socket { ends, has_timeout: false, kept, waits: Vec::new() });
        self.sockets.len() - 1
    }

    fn duplicated(&mut self, made: &Caller<'_>, new: Option<i64>) {
        let call = made.call;
        if call.name.starts_with("fcntl") && !call.arg(1).starts_with("F_DUPFD") {
            return;
        }
        let Some(new) = new else { return };
        let socket = call.number(0).and_then(|old| self.tables.socket(made.thread, old));
        if call.name != "dup" && call.number(0) != Some(new) {
            self.closes(made, Some(new)); // what had that number before
        }
        if let Some(socket) = socket {
            let ends = call.args.iter().any(|arg| arg.contains("CLOEXEC"));
            self.tables.open(made.thread, new, socket, ends);
        }
    }

    /// A call on a socket has returned.
    fn returned(&mut self, made: &Caller<'_>) {
        let call = made.call;
        let Some(index) = call.number(0).and_then(|fd| self.tables.socket(made.thread, fd)) else {
            return;
        };
        self.learn(call, index);
        let socket = &mut self.sockets[index];
        let name = match call.name {
            // A connect that did not wait ends here.
            "getsockopt" if call.arg(2) == "SO_ERROR" && socket.waits.contains(&"connect") => {
                "connect"
            }
            _ => match words::lesson_name(call, socket.ends.is_stream) {
                Some(name) => name,
                None => return,
            },
        };
        match call.result {
            Returned::Nothing => socket.waits.push(name),
            Returned::Error("EAGAIN") if !socket.has_timeout => socket.waits.push(name),
            Returned::Error("EINPROGRESS") => socket.waits.push(name),
            Returned::Error(errno) => {
                socket.waits.retain(|waits| *waits != name);
                self.failed(made, index, name, errno);
            }
            Returned::Value(value) => {
                socket.waits.retain(|waits| *waits != name);
                self.succeeded(made, index, name, value);
            }
        }
    }

    /// Addresses and options that a call reveals.
    fn learn(&mut self, call: &Call<'_>, index: usize) {
        let socket = &mut self.sockets[index];
        let address = line::address(call.arg(1));
        match (call.name, call.arg(2)) {
            (
                "setsockopt",
                "SO_RCVTIMEO" | "SO_SNDTIMEO" | "SO_RCVTIMEO_OLD" | "SO_SNDTIMEO_OLD",
            ) => {
                socket.has_timeout = true;
            }
            ("getsockname", _) => socket.ends.own = address.or(socket.ends.own),
            ("getpeername", _) => socket.ends.peer = address.or(socket.ends.peer),
            _ => {}
        }
    }

    fn failed(&mut self, made: &Caller<'_>, index: usize, name: &str, errno: &str) {
        let (call, error) = (name.to_owned(), Some(errno.to_owned()));
        let facts = Recorded { call, error, ..Recorded::default() };
        let event = Event::new(made.at, Happening::Returned(facts), words::error(name, errno));
        self.push(made, index, event);
    }

    fn succeeded(&mut self, made: &Caller<'_>, index: usize, name: &'static str, value: i64) {
        let call = made.call;
        let ends = self.sockets[index].ends;
        let bytes = usize::try_from(value).unwrap_or_default();
        let mut facts = Recorded { call: name.to_owned(), peer: ends.peer, ..Recorded::default() };
        let text = match name {
            "accept" => {
                facts.peer = line::address(call.arg(1));
                self.accepted(made, value, facts.peer);
                match facts.peer {
                    Some(peer) => format!("accept → {peer}, on a new socket"),
                    None => "accept → a new socket".to_owned(),
                }
            }
            "connect" if ends.is_stream => match words::error_in(call.arg(3)) {
                Some(errno) if call.name == "getsockopt" => words::error(name, errno),
                _ => "connect → connected".to_owned(),
            },
            "recv" if bytes == 0 => {
                facts.bytes = Some(0);
                "recv → 0: the peer has closed".to_owned()
            }
            "recv" | "recvfrom" => {
                facts.bytes = Some(bytes);
                facts.peer = words::peer(call).or(ends.peer);
                let from = match facts.peer {
                    Some(peer) if name == "recvfrom" => format!("{peer} sent "),
                    _ => String::new(),
                };
                format!("{name} → {from}{}", words::message(bytes, &line::bytes(call.arg(1))))
            }
            "send" | "sendto" if words::length(call).is_some_and(|length| bytes < length) => {
                let length = words::length(call).unwrap_or_default();
                facts.bytes = Some(bytes);
                format!("{name} → {bytes} of {length} bytes: the buffer is full")
            }
            _ => return,
        };
        self.push(made, index, Event::new(made.at, Happening::Returned(facts), text));
    }

    fn accepted(&mut self, made: &Caller<'_>, descriptor: i64, peer: Option<SocketAddr>) {
        let new = self.add(Ends { is_stream: true, peer, ..Ends::default() }, None);
        let ends = made.call.arg(3).contains("SOCK_CLOEXEC");
        self.tables.open(made.thread, descriptor, new, ends);
    }

    /// Adds an event of a socket.
    fn push(&mut self, made: &Caller<'_>, index: usize, mut event: Event) {
        let own = self.tables.process(made.thread);
        let process = self.first.filter(|_| self.is_one).unwrap_or(own);
        let name = self.names.get(&process).cloned().unwrap_or_else(|| process.to_string());
        // A wait belongs to its socket: a runtime may let another thread go on with it.
        event.thread = format!("socket {index}");
        let is_return = matches!(event.what, Happening::Returned(_));
        let event = Made { process, name, event };
        self.polls.remove(&made.thread);
        match &mut self.sockets[index].kept {
            Some(kept) => kept.push(event),
            None if is_return => self.returned.entry(made.thread).or_default().push(event),
            None => self.made.push(event),
        }
    }

    /// A socket is used: what has happened to it before is shown, too.
    fn used(&mut self, index: usize) {
        self.made.extend(self.sockets[index].kept.take().unwrap_or_default());
    }
}
