//! The checks of step 5: the grader is the server.

use super::hint::{AS_GBK, BUFFERED, Hint, hints};
use super::peer::{Connection, Listener};
use super::promises::{self, NO_ADDRESS, fails, prints_nothing_else, refuses};
use super::story::Story;
use super::table::{Check, Step, core, extra};
use super::trouble::{CheckResult, Mismatch};
use crate::bytes::count;

/// The step and its checks.
pub const STEP: Step = Step {
    name: "tcp-client",
    started_as: "PROGRAM ADDRESS [MESSAGE]...",
    lesson: "docs/lessons/05-tcp-client.md",
    checks: &[CHECKS],
    hints: &[HINTS, promises::HINTS],
};

#[rustfmt::skip] // a table is read line by line
const CHECKS: &[Check] = &[
    core("message", message, &[], "sends MESSAGE, its words joined by a space; a line end after it is allowed"),
    core("lines", lines, &[], "without MESSAGE each line typed is sent at once"),
    core("line-ends", line_ends, &["lines"], "each line is sent with its line end, \\n or \\r\\n"),
    core("half-close", half_close, &["message"], "after MESSAGE closes its sending half, and still prints the answer that comes then"),
    core("end-of-input", end_of_input, &["lines", "half-close"], "at the end of the input closes its sending half, prints what still comes, and ends"),
    core("all-bytes", all_bytes, &["lines"], "sends all of 100 000 bytes of piped lines, although the server reads late"),
    core("in-pieces", in_pieces, &["message"], "prints an answer that comes in pieces, until the server closes"),
    core("split-character", split_character, &["in-pieces"], "a character that comes in two segments is printed whole"),
    core("only-receives", only_receives, &["message"], "with no MESSAGE and an empty input prints what the server says"),
    core("both-directions", both_directions, &["lines"], "prints what the server says also while the next line is not typed yet"),
    core("refused", refused, &["message"], "when nobody listens it ends, with another exit code than 0"),
    extra("streams", streams, &["in-pieces"], "what comes on standard output and nothing else"),
    extra("exit-codes", exit_codes, &["refused"], "exit code 1 when nobody listens, 2 for an address that is none; the reason on standard error"),
    extra("flushes", flushes, &["in-pieces"], "what comes is printed at once, also when stdout is a pipe and the server does not close yet"),
    extra("gbk", gbk, &["message"], "--encoding gbk speaks and understands GBK"),
];

hints! {
    "2. connect: the three-way handshake" {
        CONNECT => ("Which call makes the connection, and which address does it get?",
            "the program made no connection to the ADDRESS from its arguments",
            "call {connect} with that address; a client needs no port of its own choice"),
        REFUSED => ("How does {connect} report that nobody listens, and what does your program do then?",
            "{connect} fails when nobody listens",
            "say so on standard error, and end with an exit code that is not 0 ({exit-1})"),
    }
    "3. send: what TCP does with your bytes" {
        GBK => AS_GBK,
        SEND => ("How many arguments does the program get when the message has several words?",
            "all words after ADDRESS are the message",
            "join them with a space, and send them as UTF-8"),
        LINES => ("When there is no MESSAGE: what does your program read, and when does it send it?",
            "without MESSAGE the program reads line after line from standard input, up to its end",
            "send each line when it is typed"),
        LINE_END => ("How can the server tell where one line ends and the next one begins?",
            "the line end was not sent: a stream has no boundaries, and without \\n nobody can tell where one line ends and the \
                next one begins",
            "send it after each line: most calls that read a line take it away"),
        ALL => ("How many of the bytes has {send} taken, and how does your program know?",
            "{send-part}, and input may be longer than a buffer",
            "read all lines, and send all bytes ({send-all})"),
    }
    "4. shutdown: a connection has two directions" {
        SHUTDOWN => ("How does the server find out that the client has sent everything?",
            "the server waits for the end of what the client sends, and the client for the answer: both wait for each other",
            "when all is sent, close the sending half ({shutdown-write})"),
        NOT_CLOSE => ("Which directions of a connection still work after {close}, and which after {shutdown-write}?",
            "{close} ends both directions, and the answer finds nobody",
            "close the sending half only ({shutdown-write}), and go on receiving"),
    }
    "5. recv: until the server closes" {
        UNTIL_CLOSED => ("How does your program find out that the answer is complete?",
            "{recv} brings what is there, and not the whole answer",
            "{until-0}, and print each part"),
        FLUSH => BUFFERED,
    }
    "In stages" {
        BOTH => ("What does your program wait for until the next line is typed, and who receives meanwhile?",
            "the program receives only when it has sent everything, and until then it waits for the keyboard",
            "{two-waiting}"),
    }
    "04b-a-stream-comes-in-pieces.md: A character cut in two" {
        HALF => ("How many bytes has 你 in UTF-8, and where may they be cut on their way?",
            "a character came in two parts, and each half was decoded alone",
            "{keep-half}"),
    }
    "6. close: four segments, or three" {
        END => ("{asks-end} when the server has closed?",
            "{recv-0}: the server has closed",
            "close the socket and end"),
    }
}

/// Starts the program with the server's address and these words after it.
fn start(story: &mut Story, words: &[&str]) -> CheckResult<Listener> {
    let listener = Listener::open()?;
    let address = listener.own.to_string();
    story.start_one_shot(&[&[address.as_str()], words].concat())?;
    Ok(listener)
}

/// The server's last words.
fn says_goodbye(story: &mut Story, mut server: Connection, hint: &Hint) -> CheckResult {
    let text = story.text("再见");
    server.send(story, text.as_bytes());
    server.close(story);
    story.expect_printed(&text, hint)?;
    story.expect_end(&END)
}

fn message(story: &mut Story) -> CheckResult {
    let text = story.text("你好 from the client");
    let words: Vec<&str> = text.split(' ').collect();
    let listener = start(story, &words)?;
    let mut server = listener.accept(story, &CONNECT)?;
    server.expect_text(story, &text, &SEND)
}

fn lines(story: &mut Story) -> CheckResult {
    let listener = start(story, &[])?;
    let mut server = listener.accept(story, &CONNECT)?;
    for words in ["第一行", "the second line", "第三行"] {
        let text = story.text(words);
        story.type_line(&text);
        server.expect_text(story, &text, &LINES)?;
    }
    Ok(())
}

fn line_ends(story: &mut Story) -> CheckResult {
    let listener = start(story, &[])?;
    let mut server = listener.accept(story, &CONNECT)?;
    let (one, two) = (story.text("第一行"), story.text("第二行"));
    story.type_line(&one);
    story.type_line(&two);
    server.expect_text_line(story, &one, &LINE_END)
}

fn half_close(story: &mut Story) -> CheckResult {
    let text = story.text("问题");
    let listener = start(story, &[&text])?;
    let mut server = listener.accept(story, &CONNECT)?;
    server.expect_text(story, &text, &SEND)?;
    server.expect_close(story, &SHUTDOWN)?;
    says_goodbye(story, server, &NOT_CLOSE)
}

fn end_of_input(story: &mut Story) -> CheckResult {
    let text = story.text("只有一行");
    let listener = start(story, &[])?;
    let mut server = listener.accept(story, &CONNECT)?;
    story.type_line(&text);
    server.expect_text(story, &text, &LINES)?;
    story.end_input();
    server.expect_close(story, &SHUTDOWN)?;
    says_goodbye(story, server, &NOT_CLOSE)
}

fn all_bytes(story: &mut Story) -> CheckResult {
    let mut input = String::new();
    while input.len() < 100_000 {
        input += &(story.text("每一行都要送到") + "\n");
    }
    let listener = start(story, &[])?;
    let mut server = listener.accept(story, &CONNECT)?;
    story.pipe(&input);
    story.end_input();
    // Only when the program has ended its input, or waits for room, does the server read the first byte.
    server.wait_for_first_byte(story);
    let came = server.read_up_to(story, 2 * input.len()).bytes;
    let without_ends = |data: &[u8]| {
        data.iter().copied().filter(|byte| !b"\r\n".contains(byte)).collect::<Vec<u8>>()
    };
    let (expected, came) = (without_ends(input.as_bytes()), without_ends(&came));
    if expected == came {
        story.did(format!("the server received {}", count(came.len())));
        return Ok(());
    }
    let action = format!("the server received {} (line ends left out)", count(came.len()));
    Err(story.trouble(action, Mismatch::bytes(&expected, &came), &ALL))
}

/// The client has connected and said what it was told to say.
fn asked(story: &mut Story) -> CheckResult<Connection> {
    let text = story.text("请讲");
    let listener = start(story, &[&text])?;
    let mut server = listener.accept(story, &CONNECT)?;
    server.expect_text(story, &text, &SEND)?;
    Ok(server)
}

fn in_pieces(story: &mut Story) -> CheckResult {
    let mut server = asked(story)?;
    let pieces = ["分三次", "回答", "一个问题"].map(|words| story.text(words));
    server.send_in_pieces(story, &pieces.each_ref().map(String::as_bytes));
    server.close(story);
    for piece in &pieces {
        story.expect_printed(piece, &UNTIL_CLOSED)?;
    }
    story.expect_end(&END)
}

fn split_character(story: &mut Story) -> CheckResult {
    let mut server = asked(story)?;
    let text = story.text("你是谁");
    let (half, rest) = text.as_bytes().split_at(2);
    server.send_in_pieces(story, &[half, rest]);
    server.close(story);
    story.expect_printed(&text, &HALF)?;
    story.expect_not_printed("\u{fffd}", &HALF)
}

fn only_receives(story: &mut Story) -> CheckResult {
    let listener = start(story, &[])?;
    story.end_input();
    let server = listener.accept(story, &CONNECT)?;
    says_goodbye(story, server, &UNTIL_CLOSED)
}

fn both_directions(story: &mut Story) -> CheckResult {
    let listener = start(story, &[])?;
    let mut server = listener.accept(story, &CONNECT)?;
    for words in ["第一问", "第二问"] {
        let question = story.text(words);
        story.type_line(&question);
        server.expect_text(story, &question, &LINES)?;
        let answer = story.text("回答");
        server.send(story, format!("{answer}\n").as_bytes());
        story.expect_printed(&answer, &BOTH)?;
    }
    Ok(())
}

fn refused(story: &mut Story) -> CheckResult {
    let nobody = story.choose_port()?;
    story.did(format!("chose {nobody}, where nobody listens"));
    story.start_one_shot(&[&nobody.to_string(), "hello"])?;
    story.expect_failure(&REFUSED)
}

fn streams(story: &mut Story) -> CheckResult {
    let mut server = asked(story)?;
    // A shorter text after a longer one shows whether old bytes are printed after it.
    let texts = ["这一句比下一句长得多", "你好"].map(|words| story.text(words));
    let lines = texts.each_ref().map(|text| format!("{text}\n"));
    server.send_in_pieces(story, &lines.each_ref().map(String::as_bytes));
    server.close(story);
    story.expect_end(&END)?;
    prints_nothing_else(story, &texts)
}

fn exit_codes(story: &mut Story) -> CheckResult {
    let nobody = story.choose_port()?;
    story.did(format!("chose {nobody}, where nobody listens"));
    fails(story, &[&nobody.to_string(), "hello"])?;
    refuses(story, &[NO_ADDRESS, "hello"])
}

fn flushes(story: &mut Story) -> CheckResult {
    story.subject.do_not_help_flushing();
    let mut server = asked(story)?;
    let text = story.text("一会儿见");
    server.send(story, format!("{text}\n").as_bytes());
    story.expect_printed(&text, &FLUSH)
}

fn gbk(story: &mut Story) -> CheckResult {
    let listener = start(story, &["你好", "--encoding", "gbk"])?;
    let mut server = listener.accept(story, &CONNECT)?;
    server.expect_bytes(story, b"\xc4\xe3\xba\xc3", &GBK)?;
    let secret = story.text("");
    let answer = [b"\xc4\xe3\xb3\xd4\xc1\xcb\xc2\xf0", secret.as_bytes()].concat();
    server.send(story, &answer);
    server.close(story);
    story.expect_printed(&format!("你吃了吗{secret}"), &GBK)
}
