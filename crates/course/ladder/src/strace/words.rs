//! What strace saw, in the lessons' words.

use std::net::SocketAddr;

use common::text::{clean, hex};

use super::line::{self, Call};
use crate::timeline::Recorded;

/// How many bytes of a message are shown, as in the narration.
const SHOWN: usize = 24;

/// The lessons' name of a call on a socket: programs and libraries call the same thing by several names. `None`: no step of
/// a lesson.
pub fn lesson_name(call: &Call<'_>, is_stream: bool) -> Option<&'static str> {
    Some(match call.name {
        "bind" => "bind",
        "listen" => "listen",
        "accept" | "accept4" => "accept",
        "connect" => "connect",
        "shutdown" => "shutdown",
        "close" => "close",
        // The only option that is a step of a lesson.
        "setsockopt" if call.arg(2) == "SO_REUSEADDR" => "setsockopt",
        "send" | "sendto" | "sendmsg" | "sendmmsg" | "write" | "writev" | "sendfile"
        | "sendfile64" => {
            if is_stream {
                "send"
            } else {
                "sendto"
            }
        }
        "recv" | "recvfrom" | "recvmsg" | "recvmmsg" | "read" | "readv" => {
            if is_stream {
                "recv"
            } else {
                "recvfrom"
            }
        }
        _ => return None,
    })
}

/// What is known about a socket.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ends {
    /// TCP, and not UDP.
    pub is_stream: bool,
    /// It waits for clients.
    pub listens: bool,
    /// The address that it was bound to.
    pub own: Option<SocketAddr>,
    /// The other end.
    pub peer: Option<SocketAddr>,
}

/// What a call that has just begun is about. `bytes`: how many may be received.
pub fn begun(call: &Call<'_>, name: &str, ends: Ends, bytes: Option<usize>) -> String {
    let address = |address: Option<SocketAddr>| match address {
        Some(address) => address.to_string(),
        None => call.arg(1).to_owned(),
    };
    let of_peer = |word| ends.peer.map(|peer| format!(" {word} {peer}")).unwrap_or_default();
    match name {
        "socket" => {
            let kind = call.arg(1).split('|').next().unwrap_or_default(); // without what a runtime adds
            format!("{}, {kind}", call.arg(0))
        }
        "setsockopt" => "SO_REUSEADDR: bind although TIME_WAIT holds the port".to_owned(),
        "bind" => address(ends.own),
        "connect" if ends.is_stream => format!("{}: SYN, SYN+ACK, ACK …", address(ends.peer)),
        "connect" => format!("{}: where datagrams will go; nothing is sent", address(ends.peer)),
        "listen" => format!("up to {} clients may wait in the queue", call.arg(1)),
        "accept" => "wait for a client …".to_owned(),
        "recv" => format!("wait for {}{} …", counted(bytes), of_peer("from")),
        "recvfrom" => match bytes {
            Some(bytes) => format!("wait for a datagram of up to {bytes} bytes …"),
            None => "wait for a datagram …".to_owned(),
        },
        "shutdown" => half(call.arg(1)).to_owned(),
        "close" if ends.listens => "the listening socket".to_owned(),
        "close" => format!("the socket{}", of_peer("of")),
        _ => String::new(),
    }
}

/// The facts and the words about a call that begins.
pub fn about(call: &Call<'_>, name: &str, ends: Ends) -> (Recorded, String) {
    let length = length(call);
    let mut facts = Recorded { call: name.to_owned(), peer: ends.peer, ..Recorded::default() };
    if name == "listen" || (name == "bind" && !ends.is_stream) {
        facts.own = ends.own;
    }
    if !matches!(name, "send" | "sendto") {
        return (facts, begun(call, name, ends, length));
    }
    facts.bytes = length;
    facts.peer = peer(call).or(ends.peer);
    let message = message(length.unwrap_or_default(), &line::bytes(call.arg(1)));
    let text = match facts.peer {
        Some(peer) if name == "send" => format!("to {peer}: {message}"),
        Some(peer) => format!("{peer}: {message}"),
        None => message,
    };
    (facts, text)
}

fn counted(bytes: Option<usize>) -> String {
    bytes.map_or("bytes".to_owned(), |bytes| format!("up to {bytes} bytes"))
}

fn half(how: &str) -> &'static str {
    match how {
        "SHUT_RD" => "the receiving half",
        "SHUT_RDWR" => "both halves",
        _ => "the sending half: the peer's recv will return 0 bytes",
    }
}

/// The bytes of a message: `7 bytes: e4 bd a0 e5 a5 bd 0a  "你好␊"`. `known` may be the beginning only.
pub fn message(count: usize, known: &[u8]) -> String {
    let shown = &known[..known.len().min(SHOWN).min(count)];
    let plural = if count == 1 { "byte" } else { "bytes" };
    if shown.is_empty() {
        return format!("{count} {plural}");
    }
    let more = if shown.len() < count { " …" } else { "" };
    let text = clean(&String::from_utf8_lossy(shown));
    format!("{count} {plural}: {}{more}  \"{text}\"{more}", hex(shown))
}

/// What an error means.
pub fn error(call: &str, errno: &str) -> String {
    let meaning = match errno {
        "ECONNREFUSED" => "nobody listens there",
        "EADDRINUSE" => "another socket has this address",
        "EADDRNOTAVAIL" => "this computer does not have this address",
        "EACCES" => "this is not permitted",
        "EAGAIN" => "nothing came in time",
        "EBADF" => "this descriptor is closed",
        "ECONNABORTED" => "the client has gone before",
        "ECONNRESET" => "the peer has reset the connection",
        "EHOSTUNREACH" | "ENETUNREACH" => "no way leads there",
        "EINTR" => "a signal has interrupted it",
        "EISCONN" => "it is connected already",
        "EMFILE" => "the program has too many descriptors open",
        "EMSGSIZE" => "it does not fit into a datagram",
        "ENOTCONN" => "this socket has no connection",
        "EPIPE" => "the peer has closed, or the sending half is shut down",
        "ETIMEDOUT" => "no answer came in time",
        _ => "it failed",
    };
    format!("{call} → {errno}: {meaning}")
}

/// The error that an option brought: `[ECONNREFUSED]`, or `[0]` for none.
pub fn error_in(option: &str) -> Option<&str> {
    let error = option.trim_matches(['[', ']']);
    error.starts_with('E').then_some(error)
}

/// The other end of a datagram, where the call names it.
pub fn peer(call: &Call<'_>) -> Option<SocketAddr> {
    match call.name {
        "sendto" | "recvfrom" => line::address(call.arg(4)),
        "sendmsg" | "recvmsg" => line::address(call.arg(1)),
        _ => None,
    }
}

/// How many bytes a call wants to send, or may receive.
pub fn length(call: &Call<'_>) -> Option<usize> {
    match call.name {
        "sendmsg" | "recvmsg" | "sendmmsg" | "recvmmsg" | "writev" | "readv" => {
            line::total_length(call.arg(1))
        }
        "sendfile" | "sendfile64" => call.arg(3).parse().ok(),
        _ => call.arg(2).parse().ok(),
    }
}

/// The descriptors that poll or select names.
pub fn descriptors(call: &Call<'_>) -> Vec<i64> {
    let digits = |text: &str| {
        let end = text.find(|end: char| !end.is_ascii_digit()).unwrap_or(text.len());
        text[..end].parse().ok()
    };
    if call.name.ends_with("poll") {
        return call.arg(0).split("fd=").skip(1).filter_map(digits).collect();
    }
    let sets = call.args.iter().skip(1).take(3);
    sets.flat_map(|set| set.split(['[', ' ', ']']).filter_map(digits)).collect()
}

/// A program's name: that of its script, where it is run by an interpreter.
pub fn program(path: &str, args: &str) -> String {
    let base = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        text.rsplit('/').next().unwrap_or_default().to_owned()
    };
    let words = args.trim_matches(['[', ']']).split(", ");
    let words: Vec<String> = words.map(|word| base(&line::bytes(word))).collect();
    let is_script = |word: &&String| {
        [".py", ".js", ".mjs", ".rb", ".pl", ".sh", ".php", ".jar"]
            .iter()
            .any(|ending| word.ends_with(ending))
    };
    let script = words.get(1).filter(is_script).cloned();
    script.unwrap_or_else(|| base(&line::bytes(path)))
}
