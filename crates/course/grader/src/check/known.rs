//! What programs say when they die, in the words of their language or of the system, and what it usually means.

use testkit::program::Exit;

use super::hint::Texts;

/// A message on stderr that students meet: for which steps, what it contains, the question, the cause and the cure.
type Known = (&'static str, &'static str, Texts);

const SYNTAX: Texts = (
    "Which line does Python name, and what stands in it or just before it?",
    "Python can't read the program",
    "the line above says where",
);
const TO_DO: Texts = (
    "Which TODO is open at the line that stderr names?",
    "this part is still to be written",
    "go on with the next TODO",
);
const NO_ARGUMENT: Texts = (
    "How many arguments does the program get here, and how many does it look for?",
    "the program looks for an argument that is not there",
    "the first action above shows how it is started",
);
const HOST_AND_PORT: Texts = (
    "Which part of ADDRESS did the program use where it failed, and as what: a text or a number?",
    "ADDRESS is one argument, HOST:PORT",
    "{parse-address}",
);
const SIZE: Texts = (
    "What exactly is in the text that the program takes for a number?",
    "the program looks for a number where there is none: after `OK `, up to the first \\n, stands the size, and what comes after it \
     belongs to the file; in ADDRESS the port stands after the last colon",
    "read up to \\n and no further, before you look at the line",
);
const PARTS: Texts = (
    "What exactly is in the text that the program splits, and at which characters?",
    "the text has another number of parts than the program expects: a name may hold spaces, and what comes after the first \\n is \
     no part of the line",
    "read up to \\n and no further, and split a request at its first two spaces only",
);
const TCP_IN_UDP: Texts = (
    "Which type does your socket have, and is there anybody to call with UDP?",
    "the program calls a port where nobody listens; with UDP there is nobody to call, so the socket may be one for TCP, or its \
     ADDRESS another one",
    "this step needs {udp-socket}",
);
const NOT_FOUND: Texts = (
    "Which file did open not find, and what must happen then?",
    "open found no such file or folder: for `serve` that is an answer (ERR not-found) and not the end of the program, and `get` \
     saves under the last part of the name",
    "catch the error of open, or open what stands after the last /",
);
const HALF: Texts = (
    "How many bytes has 你 in UTF-8, and where may they be cut on their way?",
    "a character may come in two parts, and decoding fails at the half",
    "{keep-half}",
);
const HALF_MESSAGE: Texts = (
    "Which bytes does your program decode: what came at once, or a whole message?",
    "a message may come in two parts, cut within a character, and decoding fails at the half",
    "keep what has no \\n yet, and decode a message when it is whole",
);
const RESET: Texts = (
    "Whose error is it when one client resets its connection?",
    "a reset by one client is this connection's error, and here it ended everything",
    "{handle-reset}, close this socket, serve on",
);
const PEER_GONE: Texts = (
    "Who had closed the connection when your program sent?",
    "the peer had closed already when the program sent",
    "that must not end the program",
);
const REFUSED: Texts = (
    "Which address and port did your program call, and who was to listen there?",
    "the program calls a port where nobody listens",
    "does it use the ADDRESS that it was given?",
);
const END_OF_INPUT: Texts = (
    "What does reading a line do when the input has ended?",
    "the input has ended (Ctrl-D, or the end of a pipe), and the program asks for one more line",
    "{end-of-input}",
);
const ANY_BYTES: Texts = (
    "What does decoding do with bytes that are no text?",
    "a datagram may hold any bytes, not only text",
    "decode them so that it can't fail ({decode-any})",
);
const AS_GBK: Texts = (
    "In which encoding was the text sent, and as which one does your program decode it?",
    "the text is UTF-8, which the course speaks without --encoding, and here it is decoded as GBK",
    "decode it as UTF-8",
);
const FILE_BYTES: Texts = (
    "Was it text that the program decoded here, or the bytes of a file?",
    "a file is bytes and not text",
    "read and write it as it is, and decode only the first line",
);
const NO_STR: Texts = (
    "What does a socket send: a text, or bytes?",
    "only bytes travel, and a str is no bytes",
    "{encode}",
);
const JOINED: Texts = (
    "Which of the two is bytes here, and which one is a text?",
    "bytes and a str can't be joined",
    "decode the bytes, or encode the str",
);
const PORT_AS_TEXT: Texts = (
    "What is the port in your program: a number, or still a text?",
    "a number is needed there, and it is a text: the port, perhaps",
    "{parse-address}",
);
const TIME_WAIT: Texts = (
    "In which state is the port after a server that closed first has ended?",
    "the port is still held by the old run's connections (TIME_WAIT)",
    "{reuse}",
);
const TAKEN: Texts = (
    "Which port does your program bind, and why does it bind one at all?",
    "the program binds a port that is taken",
    "a program that calls needs no bind: the system chooses its port",
);

/// The first that fits counts. An empty step means all; `udp|tcp` means each step whose name begins so. The messages of the
/// system come in Python, in Java, in Rust and from C's perror alike; what a language says of its own stands before them.
#[rustfmt::skip] // a table is read line by line
const KNOWN: &[Known] = &[
    // The program can't even begin.
    ("", "SyntaxError", SYNTAX),
    ("", "IndentationError", SYNTAX),
    ("", "can't open file", ("Which file does Python look for, and in which folder?",
        "Python did not find the program's file",
        "look at the path after `--`")),
    ("", "ModuleNotFoundError", ("Which module is missing, and does this step need it?",
        "the program imports a module that is not installed here",
        "the lessons need nothing but the standard library")),
    ("", "Could not find or load main class", ("Which class does java look for, and in which folder is it?",
        "Java did not find the class",
        "look at its name and at the folder after -cp")),
    ("", "UnsupportedClassVersionError", ("Which Java compiled the class, and which one runs it?",
        "the class was compiled for a newer Java than the one that runs it",
        "compile it here, with this javac")),
    ("", "NotImplementedError", TO_DO),
    ("", "not yet implemented", TO_DO),
    ("", "UnsupportedOperationException", TO_DO),
    // Text.
    ("", "'gbk' codec can't decode", AS_GBK),
    ("udp", "UnicodeDecodeError", ANY_BYTES),
    ("file", "UnicodeDecodeError", FILE_BYTES),
    ("tcp-duplex", "UnicodeDecodeError", HALF_MESSAGE),
    ("tcp", "UnicodeDecodeError", HALF),
    ("udp", "MalformedInputException", ANY_BYTES),
    ("file", "MalformedInputException", FILE_BYTES),
    ("tcp-duplex", "MalformedInputException", HALF_MESSAGE),
    ("tcp", "MalformedInputException", HALF),
    ("", "stream did not contain valid UTF-8", ("What does your program do with bytes that are no text?",
        "what comes from the network may be no text",
        "receive bytes, and decode them so that it can't fail ({decode-any})")),
    ("udp", "Utf8Error", ANY_BYTES),
    ("tcp-duplex", "Utf8Error", HALF_MESSAGE),
    ("", "Utf8Error", HALF),
    ("", "'gbk' codec can't encode", ("In which encoding does your program send, and which one was asked for?",
        "the text is encoded as GBK, which lacks this character",
        "encode it as UTF-8, which the course speaks without --encoding")),
    ("", "UnicodeEncodeError", ("In which encoding does your program print?",
        "the program's stdout can't hold this character",
        "let it print UTF-8 (PYTHONIOENCODING=utf-8)")),
    ("", "a bytes-like object is required, not 'str'", NO_STR),
    ("", "string argument without an encoding", NO_STR),
    ("", "can't concat str to bytes", JOINED),
    ("", "can only concatenate str (not \"bytes\")", JOINED),
    // Arguments and input.
    ("", "object cannot be interpreted as an integer", PORT_AS_TEXT),
    ("", "an integer is required", PORT_AS_TEXT),
    ("", "address must be tuple", ("In which form does a socket take an address?",
        "a socket takes an address as a pair, the host and the port",
        "{parse-address}")),
    ("", "ERR_SOCKET_BAD_PORT", HOST_AND_PORT),
    ("", "missing port in address", HOST_AND_PORT),
    ("", "invalid socket address", HOST_AND_PORT),
    ("", "AddrParseError", HOST_AND_PORT),
    ("", "invalid port value", HOST_AND_PORT),
    ("file", "NumberFormatException", SIZE),
    ("file", "ParseIntError", SIZE),
    ("file", "invalid literal for int()", SIZE),
    ("file", "not enough values to unpack", PARTS),
    ("file", "too many values to unpack", PARTS),
    ("file", "list index out of range", PARTS),
    ("udp|tcp", "list index out of range", NO_ARGUMENT), // elsewhere it is rather a part of what came
    ("", "ArrayIndexOutOfBoundsException", ("Which index does stderr name, and how long is the array?",
        "the program looks for an argument that is not there, or after the end of its buffer",
        "the first action above shows how it is started; compare each index with the length first")),
    ("", "index out of bounds", ("Which index does stderr name, and how many arguments or bytes are there?",
        "the program looks for an argument that is not there, or for bytes that have not come",
        "the first action above shows how it is started; compare each index with the length first")),
    ("udp|tcp", "invalid literal for int()", HOST_AND_PORT),
    ("udp|tcp", "NumberFormatException", HOST_AND_PORT),
    ("", "gaierror", HOST_AND_PORT),
    ("", "UnknownHostException", HOST_AND_PORT),
    ("", "Name or service not known", HOST_AND_PORT),
    ("", "EOFError", END_OF_INPUT),
    ("", "NoSuchElementException: No line found", END_OF_INPUT),
    ("", "NullPointerException", ("Which call in that line can return null, and when?",
        "something is null that is used, as a line is at the end of the input, or when the peer has closed",
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
    ("tcp-server", "Address already in use", TIME_WAIT),
    ("tcp-server", "EADDRINUSE", TIME_WAIT),
    ("", "EADDRINUSE", TAKEN),
    ("", "Address already in use", TAKEN),
    ("udp", "Message too long", ("How many bytes does this datagram have, and how many can one hold?",
        "a datagram holds at most 65507 bytes",
        "send each line as a datagram of its own, not everything at once")),
    // What C lets through, and other languages mostly don't.
    ("", "Address family not supported", ("What is in each field of the address that the call got?",
        "the address has no family",
        "{no-family}")),
    ("", "Cannot assign requested address", ("Whose address does your program bind?",
        "bind takes an address of this computer only",
        "{parse-address}")),
    ("", "Permission denied", ("Which port did your program ask for, and which one was it given?",
        "ports below 1024 are not for everyone",
        "{small-port}")),
    ("", "Bad file descriptor", ("What did the call return that should have opened this socket, and who has closed it since?",
        "the program uses a socket that it has closed already, or one that was never opened (-1)",
        "look at what each call returned before its result is used")),
    ("", "Transport endpoint is not connected", ("On which of its two sockets did the server send or receive?",
        "only a connected socket can send and receive",
        "of a server the one that {accept} has given it, not the one that listens")),
    ("", "Destination address required", ("How does the socket know where this datagram must go?",
        "a socket that is not connected needs an address with each datagram",
        "send it with {sendto}")),
    ("", "Invalid argument", ("Which call failed, and what did each of its arguments hold?",
        "a call got something that it can't use",
        "{invalid}")),
    ("", "AddressSanitizer", ("Which line does the first entry of AddressSanitizer's report name?",
        "the program uses memory that is not its own",
        "the first lines of AddressSanitizer's report say where")),
];

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
    let fits = |(of, part, _): &&Known| {
        of.split('|').any(|of| step.starts_with(of)) && stderr.contains(&part.to_lowercase())
    };
    KNOWN.iter().find(fits).map(|(_, _, texts)| *texts)
}

#[cfg(test)]
pub mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::words::{Language, fill};

    /// All questions, causes and cures.
    pub fn all_texts() -> Vec<&'static str> {
        KNOWN.iter().flat_map(|(_, _, texts)| <[&str; 3]>::from(*texts)).collect()
    }

    /// A question that fits every message leads to none of the causes.
    #[test]
    fn each_cause_has_a_question_of_its_own() {
        let mut causes = BTreeMap::new();
        for (_, message, (asks, cause, _)) in KNOWN {
            assert!(asks.ends_with('?'), "{message}: {asks}");
            assert_eq!(causes.entry(asks).or_insert(cause), &cause, "{message}");
        }
    }

    /// What is said about a message, or nothing.
    fn said(step: &str, ended: Option<Exit>, stderr: &str, language: Language) -> String {
        let (_, cause, cure) = message(step, ended, stderr).unwrap_or_default();
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
    fn a_number_that_came_is_no_address() {
        let what = "Traceback …\nValueError: invalid literal for int() with base 10: ''\n";
        let cause = |step| said(step, None, what, Language::Python);
        assert!(cause("tcp-client").contains("HOST:PORT"));
        assert!(cause("file-download").contains("a number where there is none"));
        assert_eq!([cause("http-server"), cause("ask-again")], [NOTHING, NOTHING]);
    }

    #[test]
    fn c_is_understood() {
        for (step, stderr, says) in [
            ("tcp-server", "bind: Address already in use\n", "SO_REUSEADDR"),
            ("tcp-server", "bind: Permission denied\n", "atoi"),
            ("tcp-server", "bind: Cannot assign requested address\n", "inet_pton"),
            (
                "tcp-server",
                "recv: Connection reset by peer\n",
                "this client's recv and send returned",
            ),
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
