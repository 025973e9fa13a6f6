//! What programs say when they die, in the words of their language or of the system, and what it usually means.

use testkit::program::Exit;

/// A message on stderr that students meet: for which steps, what it contains, the cause and the cure.
type Known = (&'static str, &'static str, Texts);

/// A cause, and what to do about it.
pub type Texts = (&'static str, &'static str);

const SYNTAX: Texts = ("Python can't read the program", "the line above says where");
const TO_DO: Texts = ("this part is still to be written", "go on with the next TODO");
const NO_ARGUMENT: Texts = (
    "the program looks for an argument that is not there",
    "the first action above shows how it is started",
);
const HOST_AND_PORT: Texts = ("ADDRESS is one argument, HOST:PORT", "{parse-address}");
const SIZE: Texts = (
    "the program looks for a number where there is none: after `OK `, up to the first \\n, stands the size, and what comes after it \
     belongs to the file; in ADDRESS the port stands after the last colon",
    "read up to \\n and no further, before you look at the line",
);
const TCP_IN_UDP: Texts = (
    "the program calls a port where nobody listens; with UDP there is nobody to call, so the socket may be one for TCP, or its \
     ADDRESS another one",
    "this step needs {udp-socket}",
);
const NOT_FOUND: Texts = (
    "open found no such file or folder: for `serve` that is an answer (ERR not-found) and not the end of the program, and `get` \
     saves under the last part of the name",
    "catch the error of open, or open what stands after the last /",
);
const HALF: Texts =
    ("a character may come in two parts, and decoding fails at the half", "{keep-half}");
const RESET: Texts = (
    "a reset by one client is this connection's error, and here it ended everything",
    "{handle-reset}, close this socket, serve on",
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
    ("udp", "UnicodeDecodeError", ("a datagram may hold any bytes, not only text", "decode them so that it can't fail ({decode-any})")),
    ("file", "UnicodeDecodeError", ("a file is bytes and not text", "read and write it as it is, and decode only the first line")),
    ("tcp", "UnicodeDecodeError", HALF),
    ("udp", "MalformedInputException", ("a datagram may hold any bytes, not only text", "decode them so that it can't fail ({decode-any})")),
    ("file", "MalformedInputException", ("a file is bytes and not text",
        "read and write it as it is, and decode only the first line")),
    ("tcp", "MalformedInputException", HALF),
    ("", "stream did not contain valid UTF-8", ("what comes from the network may be no text",
        "receive bytes, and decode them so that it can't fail ({decode-any})")),
    ("udp", "Utf8Error", ("a datagram may hold any bytes, and decoding fails at those that are no text",
        "decode them so that it can't fail ({decode-any})")),
    ("", "Utf8Error", HALF),
    ("", "'gbk' codec can't encode", ("the text is encoded as GBK, which lacks this character",
        "encode it as UTF-8, which the course speaks without --encoding")),
    ("", "UnicodeEncodeError", ("the program's stdout can't hold this character", "let it print UTF-8 (PYTHONIOENCODING=utf-8)")),
    ("", "a bytes-like object is required, not 'str'", ("only bytes travel, and a str is no bytes", "{encode}")),
    ("", "string argument without an encoding", ("only bytes travel, and a str is no bytes", "{encode}")),
    ("", "can't concat str to bytes", ("bytes and a str can't be joined", "decode the bytes, or encode the str")),
    ("", "can only concatenate str (not \"bytes\")", ("bytes and a str can't be joined", "decode the bytes, or encode the str")),
    // Arguments and input.
    ("", "object cannot be interpreted as an integer", ("a number is needed there, and it is a text: the port, perhaps", "{parse-address}")),
    ("", "an integer is required", ("a number is needed there, and it is a text: the port, perhaps", "{parse-address}")),
    ("", "address must be tuple", ("a socket takes an address as a pair, the host and the port", "{parse-address}")),
    ("", "ERR_SOCKET_BAD_PORT", HOST_AND_PORT),
    ("", "missing port in address", HOST_AND_PORT),
    ("", "invalid socket address", HOST_AND_PORT),
    ("", "AddrParseError", HOST_AND_PORT),
    ("", "invalid port value", HOST_AND_PORT),
    ("file", "NumberFormatException", SIZE),
    ("file", "ParseIntError", SIZE),
    ("file", "invalid literal for int()", SIZE),
    ("file", "not enough values to unpack", SIZE),
    ("file", "too many values to unpack", SIZE),
    ("", "list index out of range", NO_ARGUMENT),
    ("", "ArrayIndexOutOfBoundsException", ("the program looks for an argument that is not there, or after the end of its buffer",
        "the first action above shows how it is started; compare each index with the length first")),
    ("", "index out of bounds", ("the program looks for an argument that is not there, or for bytes that have not come",
        "the first action above shows how it is started; compare each index with the length first")),
    ("", "invalid literal for int()", HOST_AND_PORT),
    ("", "NumberFormatException", HOST_AND_PORT),
    ("", "gaierror", HOST_AND_PORT),
    ("", "UnknownHostException", HOST_AND_PORT),
    ("", "Name or service not known", HOST_AND_PORT),
    ("", "EOFError", END_OF_INPUT),
    ("", "NoSuchElementException: No line found", END_OF_INPUT),
    ("", "NullPointerException", ("something is null that is used, as a line is at the end of the input, or when the peer has closed",
        "compare with null first")),
    // Files.
    ("file", "FileNotFound", NOT_FOUND),
    ("file", "NoSuchFileException", NOT_FOUND),
    ("file", "No such file or directory", NOT_FOUND),
    ("file", "ENOENT", NOT_FOUND),
    // Connections.
    ("tcp-server", "ConnectionResetError", RESET),
    ("tcp-server", "SocketException: Connection reset", RESET),
    ("tcp-server", "Connection reset by peer", RESET),
    ("file", "Connection reset", RESET),
    ("", "ECONNRESET", RESET),
    ("", "EPIPE", PEER_GONE),
    ("", "BrokenPipeError", PEER_GONE),
    ("", "Broken pipe", PEER_GONE),
    ("udp", "Connection refused", TCP_IN_UDP),
    ("udp", "ConnectionRefusedError", TCP_IN_UDP),
    ("udp", "ECONNREFUSED", TCP_IN_UDP),
    ("", "ECONNREFUSED", REFUSED),
    ("", "ConnectionRefusedError", REFUSED),
    ("", "Connection refused", REFUSED),
    ("tcp-server", "Address already in use", ("the port is still held by the old run's connections (TIME_WAIT)", "{reuse}")),
    ("tcp-server", "EADDRINUSE", ("the port is still held by the old run's connections (TIME_WAIT)", "{reuse}")),
    ("", "EADDRINUSE", ("the program binds a port that is taken", "a program that calls needs no bind: the system chooses its port")),
    ("", "Address already in use", ("the program binds a port that is taken", "a program that calls needs no bind: the system chooses its port")),
    ("udp", "Message too long", ("a datagram holds at most 65507 bytes", "send each line as a datagram of its own, not everything at once")),
    // What C lets through, and other languages mostly don't.
    ("", "Address family not supported", ("the address has no family", "{no-family}")),
    ("", "Cannot assign requested address", ("bind takes an address of this computer only",
        "{parse-address}")),
    ("", "Permission denied", ("ports below 1024 are not for everyone",
        "{small-port}")),
    ("", "Bad file descriptor", ("the program uses a socket that it has closed already, or one that was never opened (-1)",
        "look at what each call returned before its result is used")),
    ("", "Transport endpoint is not connected", ("only a connected socket can send and receive",
        "of a server the one that {accept} has given it, not the one that listens")),
    ("", "Destination address required", ("a socket that is not connected needs an address with each datagram", "send it with {sendto}")),
    ("", "Invalid argument", ("a call got something that it can't use",
        "{invalid}")),
    ("", "AddressSanitizer", ("the program uses memory that is not its own", "the first lines of AddressSanitizer's report say where")),
];

/// What a signal means that ends a program, in C mostly.
#[rustfmt::skip] // a table is read line by line
const SIGNALS: &[(&str, Texts)] = &[
    ("SIGSEGV", ("it used memory that is not its own: {segv}", SANITIZER)),
    ("SIGABRT", ("it noticed that its memory is damaged (a buffer that is too short for what came and the 0 after it, a second \
        free), or an assertion failed", SANITIZER)),
    ("SIGPIPE", ("it sent to a connection that the peer had closed, and this signal ends a program that does not ask for the error instead",
        "{sigpipe}")),
    ("SIGFPE", ("it divided by zero", "compare with 0 first")),
    ("SIGBUS", ("it used memory that is not its own, or a file that has become shorter", SANITIZER)),
];

const SANITIZER: &str = "{sanitizer}";

/// What a signal means that has ended the program.
pub fn signal(exit: &str) -> Option<Texts> {
    SIGNALS.iter().find(|(name, _)| exit.contains(name)).map(|(_, texts)| *texts)
}

/// The cause of a message on stderr. While a program runs, only what ended one of its threads counts.
pub fn message(step: &str, ended: Option<Exit>, stderr: &str) -> Option<Texts> {
    const OF_A_THREAD: [&str; 3] = ["Traceback", "panicked at", "Exception in thread"];
    if ended.is_none() && !OF_A_THREAD.iter().any(|word| stderr.contains(word)) {
        return None;
    }
    if ended.is_some_and(Exit::success) {
        return None; // what it said was no reason to it
    }
    // Go writes its messages without capitals.
    let stderr = stderr.to_lowercase();
    let fits =
        |(of, part, _): &&Known| step.starts_with(of) && stderr.contains(&part.to_lowercase());
    KNOWN.iter().find(fits).map(|(_, _, texts)| *texts)
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::words::{Language, fill};

    /// All causes and cures.
    pub fn all_texts() -> Vec<&'static str> {
        let known = KNOWN.iter().map(|(_, _, texts)| texts);
        let texts = known.chain(SIGNALS.iter().map(|(_, texts)| texts));
        texts.flat_map(|(cause, cure)| [*cause, cure]).collect()
    }

    /// What is said about a message, or nothing.
    fn said(step: &str, ended: Option<Exit>, stderr: &str, language: Language) -> String {
        let (cause, cure) = message(step, ended, stderr).unwrap_or_default();
        fill(&format!("{cause}: {cure}"), Some(language))
    }

    const NOTHING: &str = ": ";

    fn in_java(step: &str, ended: Option<Exit>, stderr: &str) -> String {
        said(step, ended, stderr, Language::Java)
    }

    fn in_c(step: &str, ended: Option<Exit>, stderr: &str) -> String {
        said(step, ended, stderr, Language::C)
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
            ("tcp-server", "java.net.BindException: Address already in use", "setReuseAddress"),
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
                "a character may come in two parts",
            ),
            (
                "file-download",
                "java.io.FileNotFoundException: a.txt (No such file or directory)",
                "ERR not-found",
            ),
        ] {
            let cause = in_java(step, Some(Exit::Code(1)), &trace(what));
            assert!(cause.contains(says), "{what}: {cause}");
            let of_a_thread = in_java(step, None, &trace(what).replace("main\"", "Thread-0\""));
            assert_eq!(of_a_thread, cause);
        }
        let no_class = "Error: Could not find or load main class Server";
        assert!(in_java("tcp-server", Some(Exit::Code(1)), no_class).contains("-cp"));
    }

    #[test]
    fn c_is_understood() {
        for (step, stderr, says) in [
            ("tcp-server", "bind: Address already in use\n", "SO_REUSEADDR"),
            ("tcp-server", "bind: Permission denied\n", "atoi"),
            ("tcp-server", "bind: Cannot assign requested address\n", "inet_pton"),
            ("tcp-server", "recv: Connection reset by peer\n", "this client's recv returned"),
            ("tcp-server", "accept: Invalid argument\n", "needs a listen before it"),
            (
                "tcp-server",
                "recv: Transport endpoint is not connected\n",
                "that accept has given it",
            ),
            ("tcp-client", "connect: Connection refused\n", "where nobody listens"),
            ("tcp-client", "socket: Bad file descriptor\n", "closed already"),
            ("udp-send", "sendto: Message too long\n", "65507"),
            ("udp-send", "send: Destination address required\n", "sendto"),
            ("file-download", "fopen: No such file or directory\n", "ERR not-found"),
        ] {
            let cause = in_c(step, Some(Exit::Code(1)), stderr);
            assert!(cause.contains(says), "{stderr}: {cause}");
            // A program that has only reported an error, and goes on, has dealt with it.
            assert_eq!(in_c(step, None, stderr), NOTHING);
        }
    }
}
