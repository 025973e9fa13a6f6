//! The likely cause of a failure: what students' programs do, and how it looks from outside.
//!
//! Each expectation of a check has a [`Hint`]: what is usually wrong when just this fails. A crash with a known message
//! overrules it, and so do output that was never flushed, and bytes printed as `b'…'`.

use std::net::SocketAddr;

use common::Encoding;
use testkit::program::Exit;

use super::clue;
use super::hint::{BUFFERED, Explanation, Hint, Texts};
use super::known;
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
    /// The bytes that were expected, and those that came.
    pub bytes: Option<(&'a [u8], &'a [u8])>,
    /// What it should have sent was typed into it.
    pub was_typed: bool,
    /// Lines were typed, and it has not read a byte of them.
    pub has_read_nothing: bool,
    /// It has closed its stdout, though it runs.
    pub has_closed_stdout: bool,
    /// The text came when the program was ended: it had been in a buffer.
    pub was_buffered: bool,
    /// The program must end by itself here, so that its end is no news.
    pub should_end: bool,
    /// The check has made it fail, so that its message is no news either.
    pub should_fail: bool,
}

/// What explains the failure: the hint of what was expected, unless the program itself has shown something better.
pub fn likely(evidence: &Evidence, hint: &Hint) -> Explanation {
    let message = known::message(evidence.step, evidence.ended, &evidence.stderr);
    if let Some(texts) = message.filter(|_| !evidence.should_fail) {
        return Explanation::of(texts, "");
    }
    let (asks, cause, cure) = hint.texts;
    if let Some(exit @ Exit::Signal(_)) = evidence.ended {
        let (cause, cure) = signal(&exit.to_string()).unwrap_or((cause, cure));
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
    let came = evidence
        .bytes
        .and_then(|(expected, came)| clue::of_bytes(expected, came, evidence.was_typed));
    if let Some(texts) = came {
        return Explanation::of(texts, "");
    }
    if evidence.has_read_nothing {
        return Explanation::of(UNREAD, "");
    }
    let before = match evidence.ended {
        Some(exit) if !evidence.should_end => format!("the program ended too early ({exit}): "),
        _ => String::new(),
    };
    Explanation::of((asks, cause, cure), &before)
}

const CRASHED: &str = "Which line of your program was running when it crashed?";
const WHERE_IT_WAITS: &str = "In which call does each round of your loop wait?";
const TEXT_OR_BYTES: &str = "What does your program print: a text, or bytes?";
const UNREAD: Texts = (
    "In which line of your program does it wait at this moment, and for what?",
    "nothing of what was typed has been read: the program waits for something else, such as the peer",
    "{two-waiting}",
);
/// Why a text that is on stdout is not enough.
pub const TOO_EARLY: Texts = (
    "Where did the program have this text from, before it was sent?",
    "the text stood on stdout before it was said to the program, so it can't come from what was received",
    "only what is printed afterwards counts",
);
/// Nothing came where the program was told to send it.
pub const NOTHING_CAME: Texts = (
    "Which address does your program send to, and where has it that address from?",
    "nothing came to the ADDRESS that the program was given",
    "{send-datagram}",
);
/// The same, and the program is still running.
pub const WAITS_ALTHOUGH: Texts = (
    "What does your program wait for, when everything it needs stands in its arguments?",
    "the message stands in the program's arguments, and yet it waits for something, such as input, or an answer",
    "take the message from the arguments, and read lines only when there is none",
);
/// A connection was made, and nothing was sent.
pub const NOTHING_SENT: Texts = (
    "When does a text leave your program, and which call makes it leave?",
    "the connection was made, and not a byte has come over it",
    "{send-now}",
);
/// Something came that has no line end.
pub const NO_LINE_END: Texts = (
    "What does your program wait for after the bytes have come?",
    "the program prints nothing before a line end comes, and this client sends none",
    "{read-what-came}",
);
/// The word that ends the program was taken for any other text.
pub const NOT_FOUND: Texts = (
    "What exactly does your program compare: bytes or a text, with or without a line end?",
    "the program goes on as after any other text: it does not compare this one with the word that ends it, or finds them different",
    "compare each text with it, as a whole and without a line end; {compare}",
);
/// Something else came.
pub const OTHER_BYTES: Texts = (
    "Which bytes were expected, and from where on do those differ that your program sent?",
    "something came, but it is not what was to be sent",
    "compare the two lines above from the mark on",
);
const CLOSED_STDOUT: Texts = (
    "Where does {print} write to, and what has your program done to that?",
    "the program has closed its standard output, and that is where the results are looked for",
    "leave it open until the program ends",
);

/// Why the program waits at another address than at the one that it was given.
pub fn waits_elsewhere(
    given: (Protocol, SocketAddr),
    at: (Protocol, SocketAddr),
    is_restarted: bool,
) -> Explanation {
    let (asks, cause, cure) = if at.0 != given.0 {
        let cure = match given.0 {
            Protocol::Tcp => "this step needs one for TCP ({tcp-socket})",
            Protocol::Udp => "this step needs one for UDP ({udp-socket})",
        };
        ("Which type does your socket have?", format!("the socket is {}", at.0.name()), cure)
    } else if at.1.port() == given.1.port().swap_bytes() {
        let (at, given) = (at.1.port(), given.1.port());
        (
            "In which order do the two bytes of a port go over the network?",
            format!("port {at} is port {given} with its two bytes swapped"),
            "{high-byte}",
        )
    } else if is_restarted && at.1.ip().is_unspecified() {
        (
            "Which call opens the port, and what did it report when the program was started again?",
            format!(
                "the program could not have its port again, did not notice it, and listens on {} instead",
                at.1
            ),
            "{reuse}",
        )
    } else {
        let at = at.1;
        (
            "At which address does your program listen, and where has it that address from?",
            format!("the program listens on {at} and not on the ADDRESS that it was given"),
            "take it from the arguments, and {look-at-bind}",
        )
    };
    Explanation { asks: asks.into(), cause, cure: cure.into() }
}

/// A cause, and what to do about it.
type Cause = (&'static str, &'static str);

/// What a signal means that ends a program, in C mostly.
#[rustfmt::skip] // a table is read line by line
const SIGNALS: &[(&str, Cause)] = &[
    ("SIGSEGV", ("it used memory that is not its own: {segv}", SANITIZER)),
    ("SIGABRT", ("it noticed that its memory is damaged (a buffer that is too short for what came and the 0 after it, a second \
        free), or an assertion failed", SANITIZER)),
    ("SIGPIPE", ("it sent to a connection that the peer had closed, and this signal ends a program that does not ask for the error instead",
        "{sigpipe}")),
    ("SIGFPE", ("it divided by zero", "compare with 0 first")),
    ("SIGBUS", ("it used memory that is not its own, or a file that has become shorter", SANITIZER)),
];

const SANITIZER: &str = "{sanitizer}";

fn signal(exit: &str) -> Option<Cause> {
    SIGNALS.iter().find(|(name, _)| exit.contains(name)).map(|(_, texts)| *texts)
}

/// The text is on stdout, but not as text.
fn printed_otherwise(evidence: &Evidence) -> Option<Cause> {
    let wanted = evidence.wanted?;
    let stdout = &evidence.stdout;
    if stdout.contains(wanted) {
        return None;
    }
    let first = wanted.find(|character: char| !character.is_ascii())?;
    let three = || wanted.bytes().skip(first).take(3); // a Chinese character
    let escaped: String = three().map(|byte| format!("\\x{byte:02x}")).collect();
    if stdout.contains(&escaped) {
        let cause = "the bytes were printed with their escapes, b'\\x…', and not as text";
        return Some((cause, "decode them first"));
    }
    let as_gbk = "gbk"
        .parse()
        .map(|gbk: Encoding| gbk.decode(&wanted.as_bytes()[..6.min(wanted.len())]).text);
    if as_gbk.is_ok_and(|text| !text.contains('\u{fffd}') && stdout.contains(&text)) {
        let cause =
            "the text is UTF-8, which the course speaks without --encoding, and was decoded as GBK";
        return Some((cause, "decode it as UTF-8"));
    }
    let as_latin: String = three().map(char::from).collect();
    if stdout.contains(&as_latin) {
        let cause = "each byte was printed as a character of its own";
        return Some((cause, "a Chinese character is three bytes in UTF-8, decode them together"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::all;
    use crate::words::{self, Language, fill, foreign, foreign_system};

    const HINT: Hint = Hint::new("4. accept", ("Why?", "it serves one client only", "use threads"));
    const SAYS: &str = "it serves one client only: use threads";

    /// The text as it is shown for a program in this language.
    fn said(explanation: &Explanation, language: Language) -> String {
        explanation.in_words_of(Some(language)).full()
    }

    fn evidence(ended: Option<Exit>, stderr: &str) -> Evidence<'static> {
        Evidence { step: "tcp-server", ended, stderr: stderr.to_owned(), ..Evidence::default() }
    }

    #[test]
    fn a_crash_is_explained_by_its_message() {
        let crashed = evidence(Some(Exit::Code(1)), "Traceback …\nUnicodeDecodeError: 'utf-8' …");
        assert!(said(&likely(&crashed, &HINT), Language::Python).contains("getincrementaldecoder"));
        let running = evidence(None, "status: Connection reset by peer");
        assert_eq!(likely(&running, &HINT).full(), SAYS);
        let ended = evidence(Some(Exit::Code(0)), "");
        let cause = likely(&ended, &HINT).cause;
        assert!(cause.starts_with("the program ended too early (exit code 0): it"), "{cause}");
    }

    #[cfg(unix)]
    #[test]
    fn signals_are_understood() {
        for (number, says) in
            [(11, "pointer that is NULL"), (6, "is damaged"), (13, "MSG_NOSIGNAL")]
        {
            let cause =
                said(&likely(&evidence(Some(Exit::Signal(number)), ""), &HINT), Language::C);
            assert!(cause.starts_with("the program crashed: signal"), "{cause}");
            assert!(cause.contains(says), "{cause}");
        }
        let killed = said(&likely(&evidence(Some(Exit::Signal(9)), ""), &HINT), Language::C);
        assert!(killed.ends_with("; it serves one client only; use threads"), "{killed}");
    }

    #[test]
    fn bytes_that_were_not_decoded_are_noticed() {
        let mut printed = evidence(None, "");
        printed.stdout = "b'\\xe4\\xbd\\xa0'".to_owned();
        printed.wanted = Some("你好");
        assert!(likely(&printed, &HINT).full().contains("decode them first"));
    }

    /// Everything that a failure may be explained with.
    fn all_texts() -> Vec<String> {
        let hints = all().flat_map(|step| step.hints).copied().flatten();
        let mut texts: Vec<&str> = hints.flat_map(|hint| <[&str; 3]>::from(hint.texts)).collect();
        texts.extend([CRASHED, WHERE_IT_WAITS, TEXT_OR_BYTES]);
        let more = [
            CLOSED_STDOUT,
            UNREAD,
            TOO_EARLY,
            OTHER_BYTES,
            NOTHING_CAME,
            WAITS_ALTHOUGH,
            NOT_FOUND,
            NOTHING_SENT,
            NO_LINE_END,
        ];
        texts.extend(more.into_iter().chain(clue::ALL).flat_map(<[&str; 3]>::from));
        texts.extend(known::tests::all_texts());
        texts.extend(SIGNALS.iter().flat_map(|(_, texts)| <[&str; 2]>::from(*texts)));
        let given = (Protocol::Tcp, SocketAddr::from(([127, 0, 0, 1], 1)));
        let mut all: Vec<String> = texts.into_iter().map(str::to_owned).collect();
        for (protocol, ip, port) in [
            (Protocol::Udp, [127, 0, 0, 1], 1),
            (Protocol::Tcp, [127, 0, 0, 1], 256),
            (Protocol::Tcp, [0; 4], 2),
        ] {
            let at = (protocol, SocketAddr::from((ip, port)));
            for (given, at, is_restarted) in
                [(given, at, false), (at, given, false), (given, at, true)]
            {
                let why = waits_elsewhere(given, at, is_restarted);
                all.extend([why.asks, why.cause, why.cure]);
            }
        }
        all
    }

    #[test]
    fn no_text_names_a_call_that_the_students_language_lacks() {
        for text in all_texts() {
            for language in Language::ALL {
                let said = fill(&text, Some(language));
                assert!(!said.contains(['{', '}']), "{said}");
                let foreign = foreign(&said, language).or(foreign_system(&said, language));
                assert_eq!(foreign, None, "{}: {said}", language.name());
            }
        }
    }

    #[test]
    fn every_word_is_used() {
        let mut texts = all_texts().join(" ");
        for step in all() {
            let calls =
                format!("{}/../starter/{}/calls.txt", env!("CARGO_MANIFEST_DIR"), step.name);
            texts += &std::fs::read_to_string(calls).unwrap();
        }
        for name in words::names() {
            assert!(texts.contains(&format!("{{{name}}}")), "{name}");
        }
    }
}
