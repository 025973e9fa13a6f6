//! The likely cause of a failure: a table of what students' programs do, and how it looks from outside.
//!
//! Each expectation of a check has a [`Hint`]: what is usually wrong when just this fails. The table below knows
//! what overrules it: a crash with a known message, output that was never flushed, bytes printed as `b'…'`.

use std::net::SocketAddr;

use testkit::program::Exit;

use super::hint::{BUFFERED, Explanation, Hint};
use super::patience::FLOOD;
use super::ports::Protocol;

/// All that is known about the program at the moment of the failure.
#[derive(Default)]
pub struct Evidence<'a> {
    /// The step that is checked.
    pub step: &'a str,
    /// How the program has ended, if it has.
    pub ended: Option<Exit>,
    /// What it printed on stdout.
    pub stdout: String,
    /// What it printed on stderr.
    pub stderr: String,
    /// The text that was looked for on stdout, if it was a text.
    pub wanted: Option<&'a str>,
    /// It has closed its stdout, though it runs.
    pub has_closed_stdout: bool,
    /// The text came when the program was ended: it had been in a buffer.
    pub was_buffered: bool,
    /// The program must end by itself here, so that its end is no news.
    pub should_end: bool,
}

/// What explains the failure: the hint of what was expected, unless the program itself has shown something better.
pub fn likely(evidence: &Evidence, hint: &Hint) -> Explanation {
    if let Some((cause, cure)) = known_message(evidence) {
        return Explanation::of((READ_STDERR, cause, cure), "");
    }
    let (asks, cause, cure) = hint.texts;
    if let Some(exit @ Exit::Signal(_)) = evidence.ended {
        let (cause, cure) = known_signal(&exit.to_string()).unwrap_or((cause, cure));
        return Explanation::of((CRASHED, cause, cure), &format!("the program crashed: {exit}; "));
    }
    if evidence.stdout.len().max(evidence.stderr.len()) > FLOOD {
        let before = "the program prints without end, a loop that does not wait: ";
        return Explanation::of((WHERE_IT_WAITS, cause, cure), before);
    }
    if evidence.has_closed_stdout && evidence.wanted.is_some() {
        return Explanation::of(CLOSED_STDOUT, "");
    }
    if evidence.was_buffered {
        return Explanation::of(BUFFERED, "");
    }
    if let Some((cause, cure)) = printed_otherwise(evidence) {
        return Explanation::of((TEXT_OR_BYTES, cause, cure), "");
    }
    let before = match evidence.ended {
        Some(exit) if !evidence.should_end => format!("the program ended too early ({exit}): "),
        _ => String::new(),
    };
    Explanation::of((asks, cause, cure), &before)
}

const READ_STDERR: &str = "What does the last line on its stderr say?";
const CRASHED: &str = "Which line of your program was running when it crashed?";
const WHERE_IT_WAITS: &str = "In which call does each round of your loop wait?";
const TEXT_OR_BYTES: &str = "What does your program print: a text, or bytes?";
const CLOSED_STDOUT: (&str, &str, &str) = (
    "Where does print write to, and what has your program done to that?",
    "the program has closed its standard output, and that is where the results are looked for",
    "leave it open until the program ends",
);

/// Why the program waits at another address than at the one that it was given.
pub fn waits_elsewhere(given: (Protocol, SocketAddr), at: (Protocol, SocketAddr)) -> Explanation {
    let (asks, cause, cure) = if at.0 != given.0 {
        let cure = match given.0 {
            Protocol::Tcp => "this step needs SOCK_STREAM (TCP)",
            Protocol::Udp => "this step needs SOCK_DGRAM (UDP)",
        };
        ("Which type does your socket have?", format!("the socket is {}", at.0.name()), cure)
    } else if at.1.port() == given.1.port().swap_bytes() {
        let (at, given) = (at.1.port(), given.1.port());
        (
            "In which order do the two bytes of a port go over the network?",
            format!("{at} is {given} with its two bytes swapped"),
            "the network has the high byte first, htons(port)",
        )
    } else {
        let at = at.1;
        (
            "Which address does your program give to bind, and where does it come from?",
            format!("the program listens on {at} and not on the ADDRESS that it was given"),
            "take it from the arguments",
        )
    };
    Explanation { asks, cause, cure }
}

/// A message on stderr that students meet: for which steps, what it contains, the cause and the cure.
type Known = (&'static str, &'static str, Texts);

/// A cause, and what to do about it.
type Texts = (&'static str, &'static str);

const SYNTAX: Texts = ("Python can't read the program", "the line above says where");
const TO_DO: Texts = ("this part is still to be written", "go on with the next TODO");
const NO_ARGUMENT: Texts = (
    "the program looks for an argument that is not there",
    "the first action above shows how it is started",
);
const HOST_AND_PORT: Texts = (
    "ADDRESS is one argument, HOST:PORT",
    "split it at the last colon and give the two parts to the socket, the port as a number",
);
const NOT_FOUND: Texts = (
    "a file that is not there is an answer (ERR not-found) and not the end of the program",
    "catch the error of open",
);
const HALF: Texts = (
    "recv may cut a character in two, and decoding fails at the half",
    "keep the rest for the next recv, with one decoder for each connection",
);
const RESET: Texts = (
    "a reset by one client is this connection's error, and here it ended everything",
    "handle the error of this client's recv (catch it, or look at what recv returned), close this socket, serve on",
);
const PEER_GONE: Texts =
    ("the peer had closed already when the program sent", "that must not end the program");
const REFUSED: Texts =
    ("the program calls a port where nobody listens", "does it use the ADDRESS that it was given?");
const END_OF_INPUT: Texts = (
    "the input has ended (Ctrl-D, or the end of a pipe), and the program asks for one more line",
    "that is the normal end, and no error",
);

/// The first that fits counts. An empty step means all; `udp` means each step whose name begins so. The messages of the
/// system come in Python, in Java, in Rust and from C's perror alike; what a language says of its own stands before them.
#[rustfmt::skip] // a table is read line by line
const KNOWN: &[Known] = &[
    // The program can't even begin.
    ("", "SyntaxError", SYNTAX),
    ("", "IndentationError", SYNTAX),
    ("", "can't open file", ("Python did not find the program's file", "look at the path after `--`")),
    ("", "ModuleNotFoundError", ("the program imports a module that is not installed here", "the lessons need nothing but the standard library")),
    ("", "Could not find or load main class", ("Java did not find the class", "look at its name and at the folder after -cp")),
    ("", "UnsupportedClassVersionError", ("the class was compiled for a newer Java than the one that runs it", "compile it here, with this javac")),
    ("", "NotImplementedError", TO_DO),
    ("", "not yet implemented", TO_DO),
    ("", "UnsupportedOperationException", TO_DO),
    // Text.
    ("udp", "UnicodeDecodeError", ("a datagram may hold any bytes, not only text", "decode(…, errors=\"replace\") never fails")),
    ("file", "UnicodeDecodeError", ("a file is bytes and not text", "read and write it as it is (\"rb\", \"wb\"), and decode only the first line")),
    ("tcp", "UnicodeDecodeError", ("recv may cut a character in two, and decode() fails at the half",
        "keep the rest for the next recv, with one decoder for each connection (codecs.getincrementaldecoder)")),
    ("udp", "MalformedInputException", ("a datagram may hold any bytes, not only text", "new String(bytes, UTF_8) never fails")),
    ("file", "MalformedInputException", ("a file is bytes and not text",
        "read and write it with streams, not with a Reader, and decode only the first line")),
    ("tcp", "MalformedInputException", HALF),
    ("", "stream did not contain valid UTF-8", ("what comes from the network may be no text",
        "receive bytes, and decode them with String::from_utf8_lossy")),
    ("udp", "Utf8Error", ("from_utf8 fails at bytes that are no text, and unwrap ends the thread",
        "a datagram may hold any bytes, String::from_utf8_lossy never fails")),
    ("", "Utf8Error", ("from_utf8 fails at bytes that are no text, and unwrap ends the program",
        "keep a half character for the next recv, or use String::from_utf8_lossy")),
    ("", "'gbk' codec can't encode", ("the text is encoded as GBK, which lacks this character",
        "use encode(\"utf-8\"), which the course speaks without --encoding")),
    ("", "UnicodeEncodeError", ("the program's stdout can't hold this character", "let it print UTF-8 (PYTHONIOENCODING=utf-8)")),
    // Arguments and input.
    ("", "list index out of range", NO_ARGUMENT),
    ("", "ArrayIndexOutOfBoundsException", ("the program looks for an argument that is not there, or after the end of its buffer",
        "the first action above shows how it is started; compare each index with the length first")),
    ("", "index out of bounds", ("the program looks for an argument that is not there, or for bytes that have not come",
        "the first action above shows how it is started; compare each index with the length first")),
    ("", "invalid literal for int()", ("ADDRESS is one argument, HOST:PORT", "split it at the last colon, then int() takes the part after it")),
    ("", "NumberFormatException", HOST_AND_PORT),
    ("", "gaierror", HOST_AND_PORT),
    ("", "UnknownHostException", HOST_AND_PORT),
    ("", "Name or service not known", HOST_AND_PORT),
    ("", "EOFError", ("input() raises EOFError at the end of the input (Ctrl-D, or the end of a pipe)", "that is the normal end, and no error")),
    ("", "NoSuchElementException: No line found", END_OF_INPUT),
    ("", "NullPointerException", ("something is null that is used: readLine() returns null at the end of the input and when the peer has closed",
        "compare with null first")),
    // Files.
    ("file", "FileNotFound", NOT_FOUND),
    ("file", "NoSuchFileException", NOT_FOUND),
    ("file", "No such file or directory", NOT_FOUND),
    // Connections.
    ("tcp-server", "ConnectionResetError", ("a reset by one client is this connection's error, and here it ended everything",
        "catch it around this client's recv, close this socket, serve on")),
    ("tcp-server", "SocketException: Connection reset", ("a reset by one client is this connection's error, and here it ended everything",
        "catch the IOException around this client's read, close this socket, serve on")),
    ("tcp-server", "Connection reset by peer", RESET),
    ("", "BrokenPipeError", PEER_GONE),
    ("", "Broken pipe", PEER_GONE),
    ("", "ConnectionRefusedError", REFUSED),
    ("", "Connection refused", REFUSED),
    ("tcp-server", "Address already in use", ("the port is still held by the old run's connections (TIME_WAIT)", "set SO_REUSEADDR before bind")),
    ("", "Address already in use", ("the program binds a port that is taken", "a program that calls needs no bind: the system chooses its port")),
    ("udp", "Message too long", ("a datagram holds at most 65507 bytes", "send each line as a datagram of its own, not everything at once")),
    // What C lets through, and other languages mostly don't.
    ("", "Address family not supported", ("the address has no family", "sin_family = AF_INET, and the rest of the struct 0")),
    ("", "Cannot assign requested address", ("bind takes an address of this computer only",
        "was ADDRESS split at its colon and converted (inet_pton, htons)?")),
    ("", "Permission denied", ("ports below 1024 are not for everyone",
        "was the port read from the right part of ADDRESS? atoi(\"127.0.0.1:8899\") is 127")),
    ("", "Bad file descriptor", ("the program uses a socket that it has closed already, or one that was never opened (-1)",
        "look at what each call returned before its result is used")),
    ("", "Transport endpoint is not connected", ("send and recv need a connected socket",
        "of a server the one that accept returned, not the one that listens")),
    ("", "Destination address required", ("a socket that is not connected needs an address with each datagram", "sendto")),
    ("", "Invalid argument", ("a call got something that it can't use",
        "accept needs a listen before it, and each address its length, sizeof the struct")),
    ("", "AddressSanitizer", ("the program uses memory that is not its own", "the first lines of AddressSanitizer's report say where")),
];

/// What a signal means that ends a program, in C mostly.
#[rustfmt::skip] // a table is read line by line
const SIGNALS: &[(&str, Texts)] = &[
    ("SIGSEGV", ("it used memory that is not its own: a pointer that is NULL (what did fgets, fopen, strchr return? is there an argv[2]?), \
        or an index after the end of a buffer", SANITIZER)),
    ("SIGABRT", ("it noticed that its memory is damaged (a buffer that is too short for what recv brought and the 0 after it, a second \
        free), or an assertion failed", SANITIZER)),
    ("SIGPIPE", ("it sent to a connection that the peer had closed, and this signal ends a program that does not ask for the error instead",
        "signal(SIGPIPE, SIG_IGN), or MSG_NOSIGNAL with each send")),
    ("SIGFPE", ("it divided by zero", "compare with 0 first")),
    ("SIGBUS", ("it used memory that is not its own, or a file that has become shorter", SANITIZER)),
];

const SANITIZER: &str = "compile it with gcc -g -fsanitize=address, and it says in which line";

fn known_signal(exit: &str) -> Option<Texts> {
    SIGNALS.iter().find(|(name, _)| exit.contains(name)).map(|(_, texts)| *texts)
}

/// The cause of a message on stderr. While a program runs, only what ended one of its threads counts.
fn known_message(evidence: &Evidence) -> Option<Texts> {
    const OF_A_THREAD: [&str; 3] = ["Traceback", "panicked at", "Exception in thread"];
    let stderr = &evidence.stderr;
    if evidence.ended.is_none() && !OF_A_THREAD.iter().any(|word| stderr.contains(word)) {
        return None;
    }
    if evidence.ended.is_some_and(Exit::success) {
        return None; // what it said was no reason to it
    }
    let fits = |(step, part, _): &&Known| evidence.step.starts_with(step) && stderr.contains(part);
    KNOWN.iter().find(fits).map(|(_, _, texts)| *texts)
}

/// The text is on stdout, but not as text.
fn printed_otherwise(evidence: &Evidence) -> Option<Texts> {
    let wanted = evidence.wanted?;
    let stdout = &evidence.stdout;
    if wanted.is_ascii() || stdout.contains(wanted) {
        return None;
    }
    let escaped: String = wanted.bytes().take(3).map(|byte| format!("\\x{byte:02x}")).collect();
    if stdout.contains(&escaped) {
        let cause = "the bytes were printed as Python shows them, b'\\x…', and not as text";
        return Some((cause, "decode() them first"));
    }
    let as_latin: String = wanted.bytes().take(3).map(char::from).collect();
    if stdout.contains(&as_latin) {
        let cause = "each byte was printed as a character of its own";
        return Some((cause, "a Chinese character is three bytes in UTF-8, decode them together"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const HINT: Hint = Hint::new("4. accept", ("Why?", "it serves one client only", "use threads"));
    const SAYS: &str = "it serves one client only: use threads";

    fn evidence(ended: Option<Exit>, stderr: &str) -> Evidence<'static> {
        Evidence { step: "tcp-server", ended, stderr: stderr.to_owned(), ..Evidence::default() }
    }

    #[test]
    fn a_crash_is_explained_by_its_message() {
        let crashed = evidence(Some(Exit::Code(1)), "Traceback …\nUnicodeDecodeError: 'utf-8' …");
        assert!(likely(&crashed, &HINT).full().contains("cut a character in two"));
        let running = evidence(None, "status: Connection reset by peer");
        assert_eq!(likely(&running, &HINT).full(), SAYS);
        let ended = evidence(Some(Exit::Code(0)), "");
        let cause = likely(&ended, &HINT).cause;
        assert!(cause.starts_with("the program ended too early (exit code 0): it"), "{cause}");
    }

    fn cause_of(step: &str, ended: Option<Exit>, stderr: &str) -> String {
        likely(&Evidence { step, ..evidence(ended, stderr) }, &HINT).full()
    }

    #[test]
    fn java_is_understood() {
        let trace = |what: &str| {
            format!(
                "Exception in thread \"main\" {what}\n\tat java.base/java.net.Socket.connect(Socket.java:633)\n\
                 \tat Client.main(Client.java:12)\n"
            )
        };
        for (step, what, says) in [
            ("tcp-client", "java.net.ConnectException: Connection refused", "where nobody listens"),
            ("tcp-server", "java.net.BindException: Address already in use", "SO_REUSEADDR"),
            ("tcp-server", "java.net.SocketException: Connection reset", "catch the IOException"),
            ("tcp-client", "java.net.SocketException: Broken pipe", "the peer had closed already"),
            (
                "udp-send",
                "java.lang.ArrayIndexOutOfBoundsException: Index 1 out of bounds for length 1",
                "an argument that is not there",
            ),
            (
                "tcp-client",
                "java.lang.NumberFormatException: For input string: \"127.0.0.1:8899\"",
                "split it at the last colon",
            ),
            ("udp-send", "java.util.NoSuchElementException: No line found", "the input has ended"),
            (
                "tcp-server",
                "java.nio.charset.MalformedInputException: Input length = 1",
                "the half",
            ),
            (
                "file-download",
                "java.io.FileNotFoundException: a.txt (No such file or directory)",
                "ERR not-found",
            ),
        ] {
            let cause = cause_of(step, Some(Exit::Code(1)), &trace(what));
            assert!(cause.contains(says), "{what}: {cause}");
            let of_a_thread = cause_of(step, None, &trace(what).replace("main\"", "Thread-0\""));
            assert_eq!(of_a_thread, cause);
        }
        let no_class = "Error: Could not find or load main class Server";
        assert!(cause_of("tcp-server", Some(Exit::Code(1)), no_class).contains("-cp"));
    }

    #[test]
    fn c_is_understood() {
        for (step, stderr, says) in [
            ("tcp-server", "bind: Address already in use\n", "SO_REUSEADDR"),
            ("tcp-server", "bind: Permission denied\n", "atoi"),
            ("tcp-server", "bind: Cannot assign requested address\n", "inet_pton"),
            ("tcp-server", "recv: Connection reset by peer\n", "what recv returned"),
            ("tcp-server", "accept: Invalid argument\n", "needs a listen before it"),
            ("tcp-server", "recv: Transport endpoint is not connected\n", "that accept returned"),
            ("tcp-client", "connect: Connection refused\n", "where nobody listens"),
            ("tcp-client", "socket: Bad file descriptor\n", "closed already"),
            ("udp-send", "sendto: Message too long\n", "65507"),
            ("udp-send", "send: Destination address required\n", "sendto"),
            ("file-download", "fopen: No such file or directory\n", "ERR not-found"),
        ] {
            let cause = cause_of(step, Some(Exit::Code(1)), stderr);
            assert!(cause.contains(says), "{stderr}: {cause}");
            // A program that has only reported an error, and goes on, has dealt with it.
            assert_eq!(cause_of(step, None, stderr), SAYS);
        }
    }

    #[cfg(unix)]
    #[test]
    fn signals_are_understood() {
        for (number, says) in
            [(11, "pointer that is NULL"), (6, "is damaged"), (13, "MSG_NOSIGNAL")]
        {
            let cause = cause_of("tcp-server", Some(Exit::Signal(number)), "");
            assert!(cause.starts_with("the program crashed: signal"), "{cause}");
            assert!(cause.contains(says), "{cause}");
        }
        let killed = cause_of("tcp-server", Some(Exit::Signal(9)), "");
        assert!(killed.ends_with("; it serves one client only; use threads"), "{killed}");
    }

    #[test]
    fn bytes_that_were_not_decoded_are_noticed() {
        let mut printed = evidence(None, "");
        printed.stdout = "b'\\xe4\\xbd\\xa0'".to_owned();
        printed.wanted = Some("你好");
        assert!(likely(&printed, &HINT).full().contains("decode() them first"));
    }
}
