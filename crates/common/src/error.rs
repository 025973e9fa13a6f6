//! Errors that teach: what happened in the system's words, the likely cause, and what to do.
//!
//! Exit codes: 0 done · 1 network or peer error · 2 wrong usage or local error · 130 Ctrl-C.
//!
//! Nothing here prints: `console::print_error` does. The advice for a failed call is chosen by the call, the kind of the
//! error, and what the call was made on; all three are types, so that a typo doesn't compile.

use std::fmt::{self, Display};
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use crate::here::here;
use crate::interfaces::{is_in_time_wait, own_addresses};
use crate::text::{clean, clean_text};

/// How long `net::connect` waits for an answer. The system alone would wait two minutes.
pub const CONNECT_PATIENCE: Duration = Duration::from_secs(10);

/// The result of everything that can go wrong in a step.
pub type Result<T> = std::result::Result<T, Error>;

/// An error as a student reads it: the first line says what happened, the next ones why and what to do.
#[derive(Debug)]
pub struct Error {
    /// The program's exit code: 1 for the network or the peer, 2 for wrong usage or this computer.
    pub exit_code: u8,
    message: String,
    /// The call that failed, and the name of its error: `ECONNREFUSED`.
    pub(crate) failed: Option<(Call, String)>,
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

    /// Adds one more line: what is still there, or what else to do.
    pub fn and(mut self, more: impl Display) -> Self {
        self.message += &format!("\n  {}", clean(&more.to_string()));
        self
    }

    /// A failed system call, explained by what usually causes it.
    pub fn of_call(call: Call, target: impl Into<Target>, error: &io::Error) -> Self {
        let target = target.into();
        let what = format!("{call} {target}: {error}");
        let explained = match advice(call, &target, error) {
            (exit_code, Some(advice)) => Self::new(exit_code, what, advice),
            (exit_code, None) => Self { exit_code, message: clean(&what), failed: None },
        };
        Self { failed: Some((call, name_of(error))), ..explained }
    }

    /// Both parts may have names of files, hosts and peers in them, so both are cleaned here, once for all errors.
    fn new(exit_code: u8, what: impl Display, advice: impl Display) -> Self {
        let (what, advice) = (what.to_string(), advice.to_string());
        let message = format!("{}\n  {}", clean(&what), clean_text(&here(&advice)));
        Self { exit_code, message, failed: None }
    }
}

/// The name of an error as manual pages have it.
#[cfg(unix)]
fn name_of(error: &io::Error) -> String {
    let code = error.raw_os_error().map(nix::errno::Errno::from_raw);
    code.map_or_else(|| format!("{:?}", error.kind()), |code| format!("{code:?}"))
}

#[cfg(not(unix))]
fn name_of(error: &io::Error) -> String {
    format!("{:?}", error.kind())
}

/// Turns an [`io::Error`] of a system call into an [`Error`] that teaches.
pub trait Explain<T> {
    /// Names the call and what it was made on: `socket.bind(…).explain(Call::Bind, address)?`.
    fn explain(self, call: Call, target: impl Into<Target>) -> Result<T>;
}

impl<T> Explain<T> for io::Result<T> {
    fn explain(self, call: Call, target: impl Into<Target>) -> Result<T> {
        self.map_err(|error| Error::of_call(call, target, &error))
    }
}

/// What the system was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named after its call")]
pub enum Call {
    Accept,
    Bind,
    Connect,
    Duplicate,
    Fsync,
    FsyncFolder,
    Getpeername,
    Getsockname,
    Join,
    Listen,
    OpenFolder,
    Read,
    Recv,
    Recvfrom,
    RemoveOld,
    Rename,
    Send,
    Sendto,
    Setsockopt,
    Shutdown,
    Socket,
    StartThread,
    Write,
}

impl Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FsyncFolder => f.write_str("fsync the folder of"),
            Self::OpenFolder => f.write_str("open the folder"),
            Self::RemoveOld => f.write_str("remove the old"),
            Self::StartThread => f.write_str("start a thread for"),
            call => f.write_str(&format!("{call:?}").to_lowercase()),
        }
    }
}

/// What a call was made on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// An address and its port.
    Inet(SocketAddr),
    /// An address of the form `unix:PATH`.
    Unix(String),
    /// Anything else, by its name: an option, a file, a peer.
    Named(String),
}

impl Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inet(address) => address.fmt(f),
            Self::Unix(name) | Self::Named(name) => f.write_str(name),
        }
    }
}

impl From<SocketAddr> for Target {
    fn from(address: SocketAddr) -> Self {
        Self::Inet(address)
    }
}

macro_rules! named {
    ($($name:ty),*) => {
        $(impl From<$name> for Target {
            fn from(name: $name) -> Self {
                Self::Named(name.to_string())
            }
        })*
    };
}

named!(IpAddr, &str, &String, String, std::path::Display<'_>);

/// Is it the error that has these numbers on Windows, Linux, and others? For those without an [`ErrorKind`].
fn is_number(error: &io::Error, [windows, linux, other]: [i32; 3]) -> bool {
    let number = match std::env::consts::OS {
        "windows" => windows,
        "linux" => linux,
        _ => other,
    };
    error.raw_os_error() == Some(number)
}

/// EMSGSIZE: a datagram that is too big to send.
const MESSAGE_SIZE: [i32; 3] = [10040, 90, 40];

/// EAFNOSUPPORT: the system doesn't have this family of addresses.
const UNKNOWN_FAMILY: [i32; 3] = [10047, 97, 47];

/// The network reports that an earlier datagram of ours found no receiver (always on Windows). It concerns that datagram only:
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

/// True when a call gave up because of its timeout: Unix says EAGAIN, Windows WSAETIMEDOUT.
pub fn timed_out(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

const RESET: &str = "the peer ended abruptly (reset); its last message may be lost";
const CLOSED_BEFORE: &str = "the peer had already closed; this message was not delivered";
const NO_WAY: &str =
    "there is no way to that network: is this computer connected, and the address right?";

/// The exit code, and the cause and what to do where the system's words don't say them.
fn advice(call: Call, target: &Target, error: &io::Error) -> (u8, Option<String>) {
    let say = |exit_code, text: &str| (exit_code, Some(text.to_owned()));
    match (call, error.kind()) {
        (Call::Bind, kind) => (2, bind_advice(target, kind)),
        (Call::Connect, kind) => (1, connect_advice(target, kind)),
        (Call::Sendto, ErrorKind::PermissionDenied) => {
            say(2, "sending to a broadcast address needs --broadcast")
        }
        (Call::Send | Call::Sendto, _) if is_number(error, MESSAGE_SIZE) => {
            say(2, "too big for one datagram (at most 65507 bytes); send it in parts")
        }
        (Call::Sendto | Call::Recvfrom, _) if is_lost_datagram(error) => {
            say(1, "nobody listens there; an earlier datagram was lost")
        }
        (Call::Send, _) if is_reset(error) => say(1, CLOSED_BEFORE),
        (Call::Recv, _) if is_reset(error) => say(1, RESET),
        (_, ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable) => say(1, NO_WAY),
        (Call::Send | Call::Recv | Call::Sendto | Call::Recvfrom | Call::Accept, _) => (1, None),
        (Call::Socket, _) if is_number(error, UNKNOWN_FAMILY) => {
            say(2, "this system has no such addresses; give one of IPv4, such as 127.0.0.1:8888")
        }
        (Call::StartThread, _) => {
            say(2, "the system has no more threads or memory for this program")
        }
        _ => (2, None),
    }
}

fn bind_advice(target: &Target, kind: ErrorKind) -> Option<String> {
    Some(match (target, kind) {
        (Target::Unix(name), ErrorKind::AddrInUse) => {
            format!("{name} is in use by another program; stop it, or give another path")
        }
        (Target::Unix(_), ErrorKind::PermissionDenied) => {
            "this folder may not be written to; give a path in a folder of your own".into()
        }
        (Target::Unix(_), ErrorKind::NotFound) => {
            "there is no such folder; make it first, or give another path".into()
        }
        (Target::Inet(own), ErrorKind::AddrInUse) if is_in_time_wait(own.port()) => format!(
            "the last connections of a server that has ended hold port {} (TIME_WAIT);\n  \
             wait a minute, or give another port",
            own.port()
        ),
        (Target::Inet(own), ErrorKind::AddrInUse) => format!(
            "port {} is taken, probably by another copy of this program;\n  \
             stop it, or give another port",
            own.port()
        ),
        (Target::Inet(own), ErrorKind::AddrNotAvailable) => {
            let all: Vec<String> = own_addresses().iter().map(IpAddr::to_string).collect();
            format!(
                "this computer doesn't own {};\n  bind 0.0.0.0:{} (all its addresses) or one of: {}",
                own.ip(),
                own.port(),
                all.join(", ")
            )
        }
        (Target::Inet(own), ErrorKind::PermissionDenied) => format!(
            "ports below 1024 need administrator rights; try 8080 instead of {}",
            own.port()
        ),
        _ => return None,
    })
}

fn connect_advice(target: &Target, kind: ErrorKind) -> Option<String> {
    Some(match (target, kind) {
        (Target::Unix(_), _) => {
            "start the server first, and check that both sides name the same path".into()
        }
        (Target::Inet(peer), ErrorKind::ConnectionRefused) => {
            let (ip, port) = (peer.ip(), peer.port());
            let mut text = format!(
                "{ip} answered, but nothing listens on port {port};\n  \
                 start the server first, check that both ports match"
            );
            if ip.is_loopback() {
                text += "\n  if the server is on another computer: localhost means this computer; \
                         use the server's address on the LAN";
            }
            text
        }
        (Target::Inet(peer), ErrorKind::TimedOut) => {
            let (port, waited) = (peer.port(), CONNECT_PATIENCE.as_secs());
            if peer.ip().is_loopback() {
                return Some(format!(
                    "no answer in {waited} s: the server's queue is full (backlog);\n  \
                     it must accept its clients faster, or be started again"
                ));
            }
            format!(
                "no answer in {waited} s: are both computers on the same network?\n  \
                 is the server's firewall open for port {port}?"
            )
        }
        (_, ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable) => NO_WAY.into(),
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

    #[test]
    fn symptoms_come_with_cause_and_what_to_do() {
        use Call::*;
        use ErrorKind::*;
        let rows = [
            (Bind, "127.0.0.1:8080", AddrInUse, 2, "port 8080 is taken"),
            (Bind, "[::1]:8080", AddrInUse, 2, "port 8080 is taken"),
            (Bind, "127.0.0.1:80", PermissionDenied, 2, "ports below 1024"),
            (Bind, "8.8.8.8:80", AddrNotAvailable, 2, "doesn't own 8.8.8.8;"),
            (Bind, "unix:/tmp/x", AddrInUse, 2, "unix:/tmp/x is in use"),
            (Bind, "unix:/tmp/x", PermissionDenied, 2, "this folder may not be written to"),
            (Bind, "unix:/no/x", NotFound, 2, "no such folder"),
            (Connect, "127.0.0.1:8899", ConnectionRefused, 1, "nothing listens on port 8899"),
            (Connect, "[::1]:8899", ConnectionRefused, 1, "localhost means this computer"),
            (Connect, "10.0.0.9:1", TimedOut, 1, "firewall open for port 1?"),
            (Connect, "127.0.0.1:1", TimedOut, 1, "the server's queue is full"),
            (Connect, "unix:/tmp/x", NotFound, 1, "same path"),
            (Sendto, "255.255.255.255:1", PermissionDenied, 2, "--broadcast"),
            (Send, "1.2.3.4:1", BrokenPipe, 1, "not delivered"),
            (Recv, "1.2.3.4:1", ConnectionReset, 1, "its last message may be lost"),
            (StartThread, "client 7", WouldBlock, 2, "no more threads"),
        ];
        for (call, name, kind, exit_code, expected) in rows {
            let target = match name.parse::<SocketAddr>() {
                Ok(address) => address.into(),
                Err(_) if name.starts_with("unix:") => Target::Unix(name.into()),
                Err(_) => name.into(),
            };
            let error = Error::of_call(call, target, &kind.into());
            assert!(error.to_string().contains(expected), "{call} {kind}: {error}");
            assert!(error.to_string().starts_with(&format!("{call} {name}: ")), "{error}");
            assert_eq!(error.exit_code, exit_code, "{call} {kind}");
        }
    }

    #[cfg(target_os = "linux")] // the numbers of others differ
    #[test]
    fn an_error_without_a_kind_is_known_by_its_number() {
        let says = |call, number| {
            Error::of_call(call, "[::1]:1", &io::Error::from_raw_os_error(number)).to_string()
        };
        assert!(says(Call::Sendto, 90).contains("too big for one datagram"));
        assert!(says(Call::Socket, 97).contains("no such addresses; give one of IPv4"));
    }

    #[test]
    fn what_an_error_quotes_cannot_reach_the_terminal_raw() {
        let refused = ErrorKind::ConnectionRefused.into();
        for error in [
            Error::of_call(Call::Connect, "\x1b[31mred:1", &refused),
            Error::network("\x1b[31mred", "start it with: run \x1b[31mred"),
            Error::local("a name\nerror: \x1b[31mred", "another one"),
        ] {
            let text = error.to_string();
            assert!(!text.contains('\x1b') && text.contains("␛[31mred"), "{text:?}");
            assert!(!text.contains("\nerror"), "no line that looks like another error: {text:?}");
        }
    }
}
