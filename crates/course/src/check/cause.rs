//! The likely cause of a failure: a table of what students' programs do, and how it looks from outside.
//!
//! Each expectation of a check brings a [`Hint`]: what is usually wrong when just this fails. The table below knows
//! what overrules it: a crash with a known message, output that was never flushed, bytes printed as `b'…'`.

use crate::program::Exit;

/// What is usually wrong when an expectation fails, and where the lesson explains it.
#[derive(Debug)]
pub struct Hint {
    /// The cause, in a sentence.
    pub says: &'static str,
    /// The heading in the step's lesson.
    pub section: &'static str,
}

impl Hint {
    /// A hint.
    pub const fn new(section: &'static str, says: &'static str) -> Hint {
        Hint { says, section }
    }
}

/// All that is known about the program at the moment of the failure.
pub struct Evidence<'a> {
    /// The step that is checked.
    pub step: &'a str,
    /// How the program has ended, if it has.
    pub ended: Option<Exit>,
    /// What it printed on stdout.
    pub stdout: &'a str,
    /// What it printed on stderr.
    pub stderr: &'a str,
    /// The text that was looked for on stdout, if it was a text.
    pub wanted: Option<&'a str>,
    /// It has closed its stdout, though it runs.
    pub has_closed_stdout: bool,
    /// It has printed more than anyone can read.
    pub floods: bool,
    /// The text came when the program was ended: it had been in a buffer.
    pub was_buffered: bool,
    /// The program must end by itself here, so that its end is no news.
    pub should_end: bool,
}

/// The cause, in a sentence or two.
pub fn likely(evidence: &Evidence, hint: &Hint) -> String {
    if let Some(known) = known_message(evidence) {
        return known.to_owned();
    }
    if let Some(exit @ Exit::Signal(_)) = evidence.ended {
        return format!("the program crashed: {exit}. {}", capital(hint.says));
    }
    if evidence.floods {
        return format!(
            "the program prints without end: a loop that does not wait. {}",
            capital(hint.says)
        );
    }
    if evidence.has_closed_stdout && evidence.wanted.is_some() {
        return "the program has closed its standard output, and that is where the results are looked for".to_owned();
    }
    if evidence.was_buffered {
        return BUFFERED.to_owned();
    }
    if let Some(says) = printed_otherwise(evidence) {
        return says.to_owned();
    }
    match evidence.ended {
        Some(exit) if !evidence.should_end => {
            format!("the program ended too early ({exit}). {}", capital(hint.says))
        }
        _ => hint.says.to_owned(),
    }
}

/// What the check of it says, too.
pub const BUFFERED: &str = "the text stays in the program's output buffer: into a pipe, print does not flush at each line as in \
     a terminal, so whoever reads the pipe sees nothing until the program ends. Flush after each result: print(…, flush=True), \
     fflush(stdout)";

/// A message on stderr that students meet: for which steps, what it contains, what is said.
type Known = (&'static str, &'static str, &'static str);

/// The first that fits counts. An empty step means all; `udp` means each step whose name begins so.
const KNOWN: &[Known] = &[
    ("", "SyntaxError", "Python can't read the program: the line above says where"),
    ("", "IndentationError", "Python can't read the program: the line above says where"),
    ("", "can't open file", "Python did not find the program's file: look at the path behind `--`"),
    ("", "ModuleNotFoundError", "the program imports a module that is not installed here"),
    ("", "NotImplementedError", "this part is still to be written"),
    ("", "not yet implemented", "this part is still to be written"),
    (
        "udp",
        "UnicodeDecodeError",
        "a datagram may hold any bytes, also such as are no text; decode(…, errors=\"replace\") never fails",
    ),
    (
        "file",
        "UnicodeDecodeError",
        "a file is bytes and not text: read and write it as it is (\"rb\", \"wb\"), and decode only the first line",
    ),
    (
        "tcp",
        "UnicodeDecodeError",
        "recv may cut a character in two, and decode() fails at the half: keep the rest for the next recv, with one decoder \
         for each connection (codecs.getincrementaldecoder)",
    ),
    (
        "",
        "stream did not contain valid UTF-8",
        "what comes from the network may be no text: receive bytes, and decode them with String::from_utf8_lossy",
    ),
    (
        "",
        "Utf8Error",
        "from_utf8 fails at bytes that are no text, and unwrap ends the program: keep a half character for the next recv, \
         or use String::from_utf8_lossy",
    ),
    (
        "",
        "'gbk' codec can't encode",
        "the text is encoded as GBK, which lacks this character; without --encoding the course speaks UTF-8: encode(\"utf-8\")",
    ),
    (
        "",
        "UnicodeEncodeError",
        "the program's stdout can't hold this character: let it print UTF-8 (PYTHONIOENCODING=utf-8)",
    ),
    (
        "tcp-server",
        "ConnectionResetError",
        "a reset by one client is this connection's error, and here it ended everything: catch it around this client's recv, \
         close this socket, serve on",
    ),
    (
        "tcp-server",
        "Connection reset by peer",
        "a reset by one client is this connection's error, and here it ended everything: handle the error of this client's \
         recv, close this socket, serve on",
    ),
    (
        "",
        "BrokenPipeError",
        "the peer had closed already when the program sent; that must not end the program",
    ),
    (
        "tcp-server",
        "Address already in use",
        "the port is still held by the old run's connections (TIME_WAIT): set SO_REUSEADDR before bind",
    ),
    (
        "",
        "Address already in use",
        "the program binds a port that is taken. A program that calls needs no bind: the system chooses its port",
    ),
    (
        "",
        "list index out of range",
        "the program looks for an argument that is not there: the first action above shows how it is started",
    ),
    (
        "",
        "index out of bounds",
        "the program looks for an argument that is not there, or for bytes that have not come",
    ),
    (
        "",
        "invalid literal for int()",
        "ADDRESS is one argument, HOST:PORT: split it at the last colon, then int() takes the part behind it",
    ),
    (
        "",
        "gaierror",
        "ADDRESS is one argument, HOST:PORT: split it at the last colon and give the parts to the socket",
    ),
    (
        "",
        "EOFError",
        "input() raises EOFError at the end of the input (Ctrl-D, or the end of a pipe): that is the normal end, and no error",
    ),
    (
        "file",
        "FileNotFoundError",
        "a file that is not there is an answer (ERR not-found) and not the end of the program: catch the error of open",
    ),
    (
        "",
        "ConnectionRefusedError",
        "the program calls a port where nobody listens: does it use the ADDRESS that it was given?",
    ),
    (
        "",
        "Connection refused",
        "the program calls a port where nobody listens: does it use the ADDRESS that it was given?",
    ),
    (
        "udp",
        "Message too long",
        "a datagram holds at most 65507 bytes: send each line as a datagram of its own, not everything at once",
    ),
    ("", "KeyboardInterrupt", "the program was interrupted"),
];

/// The cause behind a message on stderr. While a program runs, only what ended one of its threads counts.
fn known_message(evidence: &Evidence) -> Option<&'static str> {
    const OF_A_THREAD: [&str; 3] = ["Traceback", "panicked at", "Exception in thread"];
    let stderr = evidence.stderr;
    if evidence.ended.is_none() && !OF_A_THREAD.iter().any(|word| stderr.contains(word)) {
        return None;
    }
    if evidence.ended.is_some_and(Exit::success) {
        return None; // what it said was no reason to it
    }
    let fits = |(step, part, _): &&Known| evidence.step.starts_with(step) && stderr.contains(part);
    KNOWN.iter().find(fits).map(|(_, _, says)| *says)
}

/// The text is on stdout, but not as text.
fn printed_otherwise(evidence: &Evidence) -> Option<&'static str> {
    let wanted = evidence.wanted?;
    let stdout = evidence.stdout;
    if wanted.is_ascii() || stdout.contains(wanted) {
        return None;
    }
    let escaped: String = wanted.bytes().take(3).map(|byte| format!("\\x{byte:02x}")).collect();
    if stdout.contains(&escaped) {
        return Some(
            "the bytes were printed as Python shows them, b'\\x…', and not as text: decode() them first",
        );
    }
    let as_latin: String = wanted.bytes().take(3).map(char::from).collect();
    if stdout.contains(&as_latin) {
        return Some(
            "each byte was printed as a character of its own: a Chinese character is three bytes in UTF-8, decode them together",
        );
    }
    None
}

fn capital(sentence: &str) -> String {
    let mut characters = sentence.chars();
    characters
        .next()
        .map_or(String::new(), |first| first.to_uppercase().chain(characters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HINT: Hint = Hint::new("4. accept", "it serves one client only");

    fn evidence<'a>(ended: Option<Exit>, stderr: &'a str) -> Evidence<'a> {
        Evidence {
            step: "tcp-server",
            ended,
            stdout: "",
            stderr,
            wanted: None,
            has_closed_stdout: false,
            floods: false,
            was_buffered: false,
            should_end: false,
        }
    }

    #[test]
    fn a_crash_is_told_by_its_message() {
        let crashed = evidence(Some(Exit::Code(1)), "Traceback …\nUnicodeDecodeError: 'utf-8' …");
        assert!(likely(&crashed, &HINT).contains("cut a character in two"));
        let running = evidence(None, "status: Connection reset by peer");
        assert_eq!(likely(&running, &HINT), "it serves one client only");
        let ended = evidence(Some(Exit::Code(0)), "");
        assert!(likely(&ended, &HINT).starts_with("the program ended too early (exit code 0). It"));
    }

    #[test]
    fn bytes_that_were_not_decoded_are_noticed() {
        let mut printed = evidence(None, "");
        printed.stdout = "b'\\xe4\\xbd\\xa0'";
        printed.wanted = Some("你好");
        assert!(likely(&printed, &HINT).contains("decode() them first"));
    }
}
