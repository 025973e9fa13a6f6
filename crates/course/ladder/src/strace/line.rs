//! The lines that strace writes with `-f --absolute-timestamps=format:unix,precision:ns`: the only place that knows what they look
//! like.
//!
//! ```text
//! 7673 1795296041.164037381 accept(3,  <unfinished ...>
//! 7673 1795296041.214297470 <... accept resumed>{sa_family=AF_INET, sin_port=htons(52406), sin_addr=inet_addr("127.0.0.1")}, [16]) = 5
//! 7730 1795296041.366068719 recvfrom(4, "", 1024, 0, NULL, NULL) = 0
//! 7730 1795296041.366343535 +++ exited with 0 +++
//! ```

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// A line.
#[derive(Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// The thread, by the system's number.
    pub thread: u32,
    /// Nanoseconds since 1970: when a call began, or when it returned if this line resumes it.
    pub at: u64,
    /// What happened.
    pub what: What<'a>,
}

/// What a line is about.
#[derive(Debug, PartialEq, Eq)]
pub enum What<'a> {
    /// A call that has returned when the line ends.
    Call(&'a str),
    /// A call that goes on while other threads do something.
    Begun(&'a str),
    /// The rest of the line that has begun earlier.
    Resumed(&'a str),
    /// The thread has ended.
    Exited,
    /// A signal, and whatever else strace reports.
    Other,
}

/// Reads a line; `None` if it is none of strace's.
pub fn line(text: &str) -> Option<Line<'_>> {
    const UNFINISHED: &str = " <unfinished ...>";
    let (thread, rest) = text.split_once(' ')?;
    let (at, rest) = rest.trim_start().split_once(' ')?;
    let what = if let Some(resumed) = rest.strip_prefix("<... ") {
        What::Resumed(resumed.split_once(" resumed>")?.1)
    } else if let Some(begun) = rest.strip_suffix(UNFINISHED) {
        What::Begun(begun)
    } else if rest.starts_with("+++ exited") || rest.starts_with("+++ killed") {
        What::Exited
    } else if rest.starts_with(|first: char| first.is_ascii_lowercase()) {
        What::Call(rest)
    } else {
        What::Other
    };
    Some(Line { thread: thread.parse().ok()?, at: nanoseconds(at)?, what })
}

/// `1795296041.164037381`, with any number of digits after the point.
fn nanoseconds(time: &str) -> Option<u64> {
    let (seconds, fraction) = time.split_once('.')?;
    let digits = format!("{fraction:0<9}");
    seconds
        .parse::<u64>()
        .ok()?
        .checked_mul(1_000_000_000)?
        .checked_add(digits.get(..9)?.parse().ok()?)
}

/// A call: its name, its arguments as they are written, and what it returned.
#[derive(Debug, PartialEq, Eq)]
pub struct Call<'a> {
    /// The system's name of it.
    pub name: &'a str,
    /// The arguments; of a call that has not returned yet, those that are known.
    pub args: Vec<&'a str>,
    /// What it returned.
    pub result: Returned<'a>,
}

/// What a call returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Returned<'a> {
    /// A number.
    Value(i64),
    /// It failed: the name of the error.
    Error(&'a str),
    /// Nothing yet, or nothing that the program has seen: a signal came, and the call is made again.
    Nothing,
}

impl Returned<'_> {
    /// The number, if it did not fail.
    pub fn value(self) -> Option<i64> {
        if let Returned::Value(value) = self { Some(value) } else { None }
    }
}

impl<'a> Call<'a> {
    /// Reads a call from its name on.
    pub fn parse(text: &'a str) -> Option<Call<'a>> {
        let (name, rest) = text.split_once('(')?;
        let (args, after) = arguments(rest);
        Some(Call { name, args, result: returned(after) })
    }

    /// An argument; empty where there is none.
    pub fn arg(&self, index: usize) -> &'a str {
        self.args.get(index).copied().unwrap_or_default()
    }

    /// An argument that is a number, such as a descriptor.
    pub fn number(&self, index: usize) -> Option<i64> {
        self.arg(index).parse().ok()
    }
}

/// The arguments, and what comes after their closing bracket. A comma or a bracket within a text or a structure divides
/// nothing.
fn arguments(text: &str) -> (Vec<&str>, &str) {
    let (mut args, mut start, mut depth, mut quoted) = (Vec::new(), 0, 0_usize, false);
    let mut end = text.len();
    let mut bytes = text.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\\' if quoted => drop(bytes.next()),
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'(' | b'[' | b'{' => depth += 1,
            b')' if depth == 0 => {
                end = at;
                break;
            }
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                args.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    let last = text[start..end].trim();
    if !last.is_empty() {
        args.push(last);
    }
    (args, text.get(end + 1..).unwrap_or_default())
}

/// ` = 5`, ` = -1 EAGAIN (Resource temporarily unavailable)`, ` = ? ERESTARTSYS (…)`, ` = 0x8000 (flags …)`.
fn returned(text: &str) -> Returned<'_> {
    let Some(result) = text.trim_start().strip_prefix('=') else { return Returned::Nothing };
    let mut words = result.split_whitespace();
    let value = words.next().unwrap_or_default();
    match (value.parse(), words.next()) {
        (Ok(-1), Some(error)) => Returned::Error(error),
        (Ok(value), _) => Returned::Value(value),
        (Err(_), _) => match value.strip_prefix("0x").map(|hex| i64::from_str_radix(hex, 16)) {
            Some(Ok(value)) => Returned::Value(value),
            _ => Returned::Nothing,
        },
    }
}

/// The bytes of all texts in an argument: `"hi\n"`, or the parts of `[{iov_base="hi\n", iov_len=3}]`. Of a long text strace
/// writes the beginning only.
pub fn bytes(arg: &str) -> Vec<u8> {
    // In a message the address comes first; its texts are not what is sent.
    let arg = arg.split_once("msg_iov=").map_or(arg, |(_, parts)| parts);
    let mut bytes = Vec::new();
    let mut rest = arg;
    while let Some((_, text)) = rest.split_once('"') {
        rest = unescape(text, &mut bytes);
    }
    bytes
}

/// Adds the bytes up to the closing quotation mark, and returns what comes after it.
fn unescape<'a>(text: &'a str, bytes: &mut Vec<u8>) -> &'a str {
    let mut rest = text.as_bytes();
    loop {
        rest = match rest {
            [] => return "",
            [b'"', ..] => return &text[text.len() - rest.len() + 1..],
            [b'\\', b'x', after @ ..] => number(after, 16, 2, bytes),
            [b'\\', b'0'..=b'7', ..] => number(&rest[1..], 8, 3, bytes),
            [b'\\', letter, after @ ..] => {
                bytes.push(match letter {
                    b'n' => b'\n',
                    b't' => b'\t',
                    b'r' => b'\r',
                    b'v' => 0x0b,
                    b'f' => 0x0c,
                    other => *other,
                });
                after
            }
            [byte, after @ ..] => {
                bytes.push(*byte);
                after
            }
        };
    }
}

/// A byte as up to `most` digits.
fn number<'a>(text: &'a [u8], base: u32, most: usize, bytes: &mut Vec<u8>) -> &'a [u8] {
    let digit = |byte: &u8| char::from(*byte).to_digit(base);
    let count = text.iter().take(most).take_while(|byte| digit(byte).is_some()).count();
    let value = text[..count].iter().filter_map(digit).fold(0, |value, digit| value * base + digit);
    bytes.push(value.to_le_bytes()[0]);
    &text[count..]
}

/// The sum of all `iov_len=…` in an argument.
pub fn total_length(arg: &str) -> Option<usize> {
    let lengths = arg.split("iov_len=").skip(1).filter_map(|rest| {
        rest.split(|end: char| !end.is_ascii_digit()).next()?.parse::<usize>().ok()
    });
    lengths.reduce(|sum, length| sum + length)
}

/// An address of the internet in an argument. An IPv4 address in IPv6's form becomes what the packets have; a scope is left
/// out, because they have none.
pub fn address(arg: &str) -> Option<SocketAddr> {
    let after = |start: &str, end: char| -> Option<&str> {
        Some(arg.split_once(start)?.1.split_once(end)?.0)
    };
    let port = after("_port=htons(", ')')?.parse().ok()?;
    let host: IpAddr = match after("inet_addr(\"", '"') {
        Some(host) => host.parse::<Ipv4Addr>().ok()?.into(),
        None => after("inet_pton(AF_INET6, \"", '"')?.parse::<Ipv6Addr>().ok()?.into(),
    };
    Some(SocketAddr::new(host.to_canonical(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read() {
        let begun = line("7673  1795296041.164037381 accept(3,  <unfinished ...>").unwrap();
        assert_eq!((begun.thread, begun.at), (7673, 1_795_296_041_164_037_381));
        assert_eq!(begun.what, What::Begun("accept(3, "));
        let resumed = line("7 1795296041.2142 <... accept resumed>{sa_family=AF_INET}, [16]) = 5");
        let resumed = resumed.unwrap();
        assert_eq!(resumed.at, 1_795_296_041_214_200_000, "older versions have microseconds");
        assert_eq!(resumed.what, What::Resumed("{sa_family=AF_INET}, [16]) = 5"));
        let what = |text| line(text).map(|line| line.what);
        assert_eq!(what("7 1.5 +++ exited with 0 +++"), Some(What::Exited));
        assert_eq!(what("7 1.5 +++ killed by SIGTERM +++"), Some(What::Exited));
        assert_eq!(what("7 1.5 --- SIGINT {si_signo=SIGINT} ---"), Some(What::Other));
        assert_eq!(what("strace: Process 7 attached"), None);
        assert_eq!(
            what("7 1.5 <... accept resumed> <unfinished ...>) = ?"),
            Some(What::Resumed(" <unfinished ...>) = ?"))
        );
        for nonsense in ["", " ", "7", "7 1.5", "x 1.5 a(", "7 now close(3) = 0", "\u{fffd} "] {
            assert_eq!(line(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn calls_are_read() {
        let parse = |text| Call::parse(text).unwrap();
        let sent = parse(r#"sendto(3, "a, b) = \"1\"\n", 11, MSG_NOSIGNAL, NULL, 0) = 11"#);
        assert_eq!((sent.name, sent.number(0), sent.number(2)), ("sendto", Some(3), Some(11)));
        assert_eq!(
            (bytes(sent.arg(1)), sent.result),
            (b"a, b) = \"1\"\n".to_vec(), Returned::Value(11))
        );
        let again = parse(
            "accept4(3, 0xc0, [112], SOCK_CLOEXEC) = -1 EAGAIN (Resource temporarily unavailable)",
        );
        assert_eq!(again.result, Returned::Error("EAGAIN"));
        let restarted =
            parse("accept4(3, 0x7f, [16], SOCK_CLOEXEC) = ? ERESTARTSYS (To be restarted)");
        assert_eq!(restarted.result, Returned::Nothing);
        assert_eq!(
            parse("fcntl(0, F_GETFL)     = 0x8000 (flags O_RDONLY)").result,
            Returned::Value(0x8000)
        );
        assert_eq!(parse("recvfrom(4, ").args, ["4"]);
        assert_eq!(parse("close(8").args, ["8"]);
        assert_eq!(parse("accept(3,  <unfinished ...>) = ?").result, Returned::Nothing);
        assert_eq!(
            parse("poll([{fd=3, events=POLLIN}], 1, -1) = 1 ([{fd=3, revents=POLLIN}])").args.len(),
            3
        );
        assert_eq!(parse("vfork()   = 9").args, Vec::<&str>::new());
        assert_eq!(Call::parse("nonsense"), None);
    }

    #[test]
    fn texts_are_read() {
        let text = "你好\n".as_bytes();
        assert_eq!(bytes(r#""\344\275\240\345\245\275\n""#), text);
        assert_eq!(bytes(r#""\xe4\xbd\xa0\xe5\xa5\xbd\x0a""#), text);
        assert_eq!(bytes(r#""\0\1a\0012"..."#), b"\0\x01a\x012");
        assert_eq!(bytes("\"never ends\\"), b"never ends\\");
        assert_eq!(bytes("0x7ffc"), b"");
        let parts = r#"{msg_name={sa_family=AF_INET, sin_port=htons(9), sin_addr=inet_addr("127.0.0.1")}, msg_namelen=16, msg_iov=[{iov_base="hi", iov_len=2}, {iov_base="\n", iov_len=1}], msg_iovlen=2}"#;
        assert_eq!((bytes(parts), total_length(parts)), (b"hi\n".to_vec(), Some(3)));
        assert_eq!(total_length("5"), None);
    }

    #[test]
    fn addresses_are_read() {
        let four = r#"{sa_family=AF_INET, sin_port=htons(8899), sin_addr=inet_addr("127.0.0.1")}"#;
        assert_eq!(address(four), Some(([127, 0, 0, 1], 8899).into()));
        let six = |host: &str, scope: &str| {
            address(&format!(
                "{{sa_family=AF_INET6, sin6_port=htons(8899), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, \"{host}\", &sin6_addr), sin6_scope_id={scope}}}"
            ))
        };
        assert_eq!(six("::ffff:127.0.0.1", "0"), address(four));
        assert_eq!(six("fe80::1", "if_nametoindex(\"eth0\")"), "[fe80::1]:8899".parse().ok());
        assert_eq!(address("{sa_family=AF_UNIX, sun_path=\"/var/run/nscd/socket\"}"), None);
        assert_eq!(address("NULL"), None);
    }
}
