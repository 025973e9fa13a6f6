//! Errors that teach: what happened in the system's words, the likely cause, and what to do.
//!
//! Exit codes: 0 done · 1 network or peer error · 2 wrong usage or local error · 130 Ctrl-C.

use std::fmt::{self, Display};
use std::io::{self, ErrorKind};
use std::sync::atomic::{AtomicU8, Ordering};

use crate::console;

/// The highest exit code of the errors that were told while the program went on.
static TOLD: AtomicU8 = AtomicU8::new(0);

/// The result of everything that can go wrong in a step.
pub type Result<T> = std::result::Result<T, Error>;

/// An error as a student reads it: the first line says what happened, the next ones why and what to do.
#[derive(Debug)]
pub struct Error {
    /// The program's exit code: 1 for the network or the peer, 2 for wrong usage or this computer.
    pub exit_code: u8,
    message: String,
}

impl Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl Error {
    /// The network or the peer is the cause: exit code 1.
    pub fn network(what: impl Display, advice: impl Display) -> Self {
        Self::new(1, what, advice)
    }

    /// The command line or this computer is the cause: exit code 2.
    pub fn local(what: impl Display, advice: impl Display) -> Self {
        Self::new(2, what, advice)
    }

    /// Adds one more line: what there is all the same, or what else to do.
    pub fn and(mut self, more: impl Display) -> Self {
        self.message += &format!("\n  {}", console::clean(&more.to_string()));
        self
    }

    /// Tells the error where the program goes on; its exit code is kept for the end.
    pub fn tell(&self) {
        count(self.exit_code);
        console::tell(&format!("error: {self}"));
    }

    /// A failed system call, explained by what usually causes it.
    pub fn of_call(call: &str, target: impl Display, error: &io::Error) -> Self {
        let target = target.to_string();
        let what = format!("{call} {target}: {error}");
        match advice(call, &target, error) {
            (exit_code, Some(advice)) => Self::new(exit_code, what, advice),
            (exit_code, None) => Self { exit_code, message: console::clean(&what) },
        }
    }

    /// Names of files, hosts and peers stand in it, so both parts are cleaned here, once for all errors.
    fn new(exit_code: u8, what: impl Display, advice: impl Display) -> Self {
        let (what, advice) = (what.to_string(), advice.to_string());
        let message = format!("{}\n  {}", console::clean(&what), console::clean_text(&advice));
        Self { exit_code, message }
    }
}

/// Turns an [`io::Error`] of a system call into an [`Error`] that teaches.
pub trait Explain<T> {
    /// Names the call and what it was called on: `socket.bind(…).explain("bind", address)?`.
    fn explain(self, call: &str, target: impl Display) -> Result<T>;
}

impl<T> Explain<T> for io::Result<T> {
    fn explain(self, call: &str, target: impl Display) -> Result<T> {
        self.map_err(|error| Error::of_call(call, target, &error))
    }
}

/// Keeps an exit code for the end; the highest one counts.
pub(crate) fn count(exit_code: u8) {
    TOLD.fetch_max(exit_code, Ordering::SeqCst);
}

/// The exit code that the errors told so far ask for; 0 when there were none.
pub fn exit_code_so_far() -> u8 {
    TOLD.load(Ordering::SeqCst)
}

/// EMSGSIZE: a datagram that is too big to send, or (on Windows) for the receiver's buffer.
pub fn is_message_size(error: &io::Error) -> bool {
    let code = if cfg!(windows) {
        10040
    } else if cfg!(target_os = "linux") {
        90
    } else {
        40
    };
    error.raw_os_error() == Some(code)
}

/// The network reports that an earlier datagram of ours found nobody (always on Windows). It concerns that datagram only:
/// the socket goes on receiving.
pub fn is_lost_datagram(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::ConnectionRefused)
}

/// True for the two ways in which a TCP peer vanishes: killed, or closed with unread bytes.
pub fn is_reset(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe
    )
}

const RESET: &str = "the peer ended abruptly (reset); its last message may be lost";
const CLOSED_BEFORE: &str = "the peer had already closed; this message was not delivered";

/// The exit code, and the cause and what to do where the system's words don't say them.
fn advice(call: &str, target: &str, error: &io::Error) -> (u8, Option<String>) {
    let say = |exit_code, text: &str| (exit_code, Some(text.to_owned()));
    match (call, error.kind()) {
        ("bind", kind) => (2, bind_advice(target, kind)),
        ("connect", kind) => (1, connect_advice(target, kind)),
        ("sendto", ErrorKind::PermissionDenied) => {
            say(2, "sending to a broadcast address needs --broadcast")
        }
        ("send" | "sendto", _) if is_message_size(error) => {
            say(2, "too big for one datagram (at most 65507 bytes); send it in parts")
        }
        ("sendto" | "recvfrom", ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset) => {
            say(1, "nobody listens there; an earlier datagram was lost")
        }
        ("send", _) if is_reset(error) => say(1, CLOSED_BEFORE),
        ("recv", _) if is_reset(error) => say(1, RESET),
        (_, ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable) => say(
            1,
            "there is no way to that network: is this computer connected, and the address right?",
        ),
        ("send" | "recv" | "sendto" | "recvfrom" | "accept", _) => (1, None),
        ("start a thread for", _) => {
            say(2, "the system has no more threads or memory for this program")
        }
        _ => (2, None),
    }
}

fn bind_advice(target: &str, kind: ErrorKind) -> Option<String> {
    let port = target.rsplit(':').next().unwrap_or(target);
    Some(match kind {
        ErrorKind::AddrInUse if target.starts_with("unix:") => {
            format!("{target} is in use by another program; stop it, or give another path")
        }
        ErrorKind::AddrInUse => format!(
            "port {port} is taken, probably by another copy of this program;\n  \
             stop it, or give another port"
        ),
        ErrorKind::AddrNotAvailable => {
            let host = target.strip_suffix(port).unwrap_or(target).trim_end_matches(':');
            let own = crate::net::own_addresses().join(", ");
            format!(
                "this computer doesn't own {host};\n  bind 0.0.0.0:{port} (all its addresses) or one of: {own}"
            )
        }
        ErrorKind::PermissionDenied if target.starts_with("unix:") => {
            "this folder may not be written to; give a path in a folder of your own".into()
        }
        ErrorKind::PermissionDenied => {
            format!("ports below 1024 need administrator rights; try 8080 instead of {port}")
        }
        ErrorKind::NotFound => {
            "there is no such folder; make it first, or give another path".into()
        }
        _ => return None,
    })
}

fn connect_advice(target: &str, kind: ErrorKind) -> Option<String> {
    let (host, port) = target.rsplit_once(':').unwrap_or((target, ""));
    Some(match kind {
        _ if target.starts_with("unix:") => {
            "start the server first, and check that both sides name the same path".into()
        }
        ErrorKind::ConnectionRefused => {
            let mut text = format!(
                "{host} answered, but nothing listens on port {port};\n  \
                 start the server first, check that both ports match"
            );
            if host == "127.0.0.1" || host == "[::1]" {
                text += "\n  if the server is on another computer: localhost means this computer; \
                         use the server's address on the LAN";
            }
            text
        }
        ErrorKind::TimedOut => format!(
            "no answer in {} s: are both computers on the same network?\n  \
             is the server's firewall open for port {port}?",
            crate::net::CONNECT_PATIENCE.as_secs()
        ),
        ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable => {
            "there is no way to that network: is this computer connected, and the address right?"
                .into()
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_more_keeps_the_lines_before() {
        let error = Error::network("cut", "try again").and("got 1 of \x1b2");
        assert_eq!(error.to_string(), "cut\n  try again\n  got 1 of ␛2");
    }

    fn told(call: &str, target: &str, kind: ErrorKind) -> Error {
        Error::of_call(call, target, &kind.into())
    }

    #[test]
    fn symptoms_come_with_cause_and_what_to_do() {
        let rows = [
            ("bind", "127.0.0.1:8080", ErrorKind::AddrInUse, 2, "port 8080 is taken"),
            ("bind", "127.0.0.1:80", ErrorKind::PermissionDenied, 2, "ports below 1024"),
            ("bind", "8.8.8.8:80", ErrorKind::AddrNotAvailable, 2, "doesn't own 8.8.8.8;"),
            (
                "connect",
                "127.0.0.1:8899",
                ErrorKind::ConnectionRefused,
                1,
                "nothing listens on port 8899",
            ),
            (
                "connect",
                "[::1]:8899",
                ErrorKind::ConnectionRefused,
                1,
                "localhost means this computer",
            ),
            ("connect", "10.0.0.9:1", ErrorKind::TimedOut, 1, "firewall"),
            ("connect", "unix:/tmp/x", ErrorKind::NotFound, 1, "same path"),
            ("sendto", "255.255.255.255:1", ErrorKind::PermissionDenied, 2, "--broadcast"),
            ("send", "1.2.3.4:1", ErrorKind::BrokenPipe, 1, "not delivered"),
            ("recv", "1.2.3.4:1", ErrorKind::ConnectionReset, 1, "its last message may be lost"),
        ];
        for (call, target, kind, exit_code, expected) in rows {
            let error = told(call, target, kind);
            assert!(error.to_string().contains(expected), "{call} {kind}: {error}");
            assert!(error.to_string().starts_with(&format!("{call} {target}: ")));
            assert_eq!(error.exit_code, exit_code, "{call} {kind}");
        }
    }
    #[test]
    fn what_an_error_quotes_cannot_reach_the_terminal_raw() {
        let refused = ErrorKind::ConnectionRefused.into();
        for error in [
            Error::of_call("connect", "\x1b[31mred:1", &refused),
            Error::network("\x1b[31mred", "start it with: run \x1b[31mred"),
            Error::local("a name\nerror: \x1b[31mred", "another one"),
        ] {
            let text = error.to_string();
            assert!(!text.contains('\x1b') && text.contains("␛[31mred"), "{text:?}");
            assert!(!text.contains("\nerror"), "no line that looks like another error: {text:?}");
        }
    }
}
