//! The checks of step 2: the grader is the senders.

use super::hint::{BUFFERED, Hint, hints};
use super::peer::Talker;
use super::ports::Protocol;
use super::story::{ADDRESS, Story};
use super::table::{Check, Step, core, extra};
use super::trouble::CheckResult;

/// The step and its checks.
pub const STEP: Step = Step {
    name: "udp-recv",
    started_as: "PROGRAM ADDRESS",
    lesson: "docs/lessons/02-udp-recv.md",
    checks: &[CHECKS],
    hints: &[HINTS],
};

#[rustfmt::skip] // a table is read line by line
const CHECKS: &[Check] = &[
    core("prints", prints, &[], "prints the text of a datagram, and of the next one"),
    core("flushes", flushes, &["prints"], "what it prints is seen at once, also when its stdout is a pipe"),
    core("several-senders", several_senders, &["prints"], "three senders at the same time: all texts, in the order in which they came"),
    core("thousand-bytes", thousand_bytes, &["prints"], "a datagram of 1000 bytes is printed whole"),
    core("no-text", no_text, &["prints"], "bytes that are no text do not end it"),
    core("empty", empty, &["prints"], "an empty datagram does not end it"),
    core("ends-at-88", ends_at_88, &["prints"], "the datagram 88 ends it"),
    core("only-88-ends", only_88_ends, &["prints"], "880, 8 and \"ok 88\" do not end it"),
    extra("sender-shown", sender_shown, &["prints"], "prints [PEER] TEXT, with the sender's address"),
    extra("once", once, &["prints"], "--once receives one datagram and ends"),
    extra("reply", reply, &["prints"], "--reply TEXT answers each sender"),
    extra("buffer", buffer, &["prints"], "--buffer BYTES: what does not fit is not printed"),
    extra("gbk", gbk, &["prints"], "--encoding gbk prints GBK as text"),
];

hints! {
    "2. bind: a port of its own" {
        BIND => ("Which call gives a receiver its port?",
            "no socket of the program has the ADDRESS from its arguments",
            "give that address to {udp-bind}, and then wait for datagrams ({recvfrom})"),
    }
    "3. recvfrom: who says what" {
        RECVFROM => ("How many datagrams does {recvfrom} bring at a time, and what does your program do after it?",
            "{recvfrom} brings one datagram at a time",
            "{recvfrom-again}, and print each text on standard output at once"),
        FLUSH => BUFFERED,
        ANYONE => ("From whom can a datagram come to a bound port?",
            "anyone may send to a bound port",
            "take datagrams from all senders, one after the other; a socket that is connected hears only one"),
        BUFFER => ("How many bytes of a datagram can your program take at once, and what happens to the rest of a longer one?",
            "what does not fit into the buffer of the call that receives is lost",
            "make it larger, the lesson's has 1024 bytes"),
        NO_TEXT => ("What does decoding do with bytes that are no text?",
            "a datagram may hold any bytes, not only text",
            "decode them so that it can't fail ({decode-any}), and go on"),
        EMPTY => ("What does your program see of a datagram of 0 bytes, and what does that mean in UDP?",
            "UDP has no connection that could end: a datagram of 0 bytes is an empty message, and not the end as with TCP",
            "stay in the loop when 0 bytes come"),
        SENDER => ("What does {recvfrom} bring besides the bytes?",
            "{recvfrom} brings the sender's address besides the bytes",
            "print it too"),
    }
    "4. close" {
        ENDS => ("What exactly do you compare with 88: bytes or a text, with or without a line end?",
            "the datagram 88 is the agreed end",
            "print it, leave the loop, close the socket, end; {compare}"),
        ONLY_88 => ("Does your comparison look at the whole text, or at a part of it?",
            "only a datagram that is exactly 88 ends the program",
            "compare the whole text ({equals}), not its beginning and not a part of it"),
    }
    "3b. sendto: the answer" {
        REPLY => ("Where does the answer have to go, and where does your program know that address from?",
            "the answer goes to the address that came with the datagram",
            "call {sendto} with it, on the same socket"),
    }
}

fn start(story: &mut Story, option: &[&str]) -> CheckResult<Talker> {
    story.start_waiting(Protocol::Udp, &[&[ADDRESS], option].concat(), &BIND)?;
    Talker::open("the sender")
}

/// Sends a text, which the program must print.
fn is_received(story: &mut Story, from: &Talker, hint: &Hint) -> CheckResult {
    let text = story.text("你好");
    from.send(story, text.as_bytes());
    story.expect_printed(&text, hint)
}

fn prints(story: &mut Story) -> CheckResult {
    let sender = start(story, &[])?;
    is_received(story, &sender, &RECVFROM)?;
    is_received(story, &sender, &RECVFROM)
}

fn flushes(story: &mut Story) -> CheckResult {
    story.subject.do_not_help_flushing();
    let sender = start(story, &[])?;
    is_received(story, &sender, &FLUSH)
}

fn several_senders(story: &mut Story) -> CheckResult {
    let first = start(story, &[])?;
    let senders = [first, Talker::open("a second sender")?, Talker::open("a third sender")?];
    for sender in &senders {
        is_received(story, sender, &ANYONE)?;
    }
    let mut texts = Vec::new();
    for _ in 0..2 {
        for sender in &senders {
            let text = story.text("第几句");
            sender.send(story, text.as_bytes());
            texts.push(text);
        }
    }
    story.expect_printed_in_order(&texts, &ANYONE)
}

fn thousand_bytes(story: &mut Story) -> CheckResult {
    let sender = start(story, &[])?;
    let end = story.text("and this is the end");
    let text = "长".repeat((1000 - end.len()) / 3) + &end;
    sender.send(story, text.as_bytes());
    story.expect_printed(&text, &BUFFER)
}

fn no_text(story: &mut Story) -> CheckResult {
    let sender = start(story, &[])?;
    sender.send(story, b"\xff\xfe\x80");
    is_received(story, &sender, &NO_TEXT)
}

fn empty(story: &mut Story) -> CheckResult {
    let sender = start(story, &[])?;
    sender.send(story, b"");
    is_received(story, &sender, &EMPTY)
}

fn ends_at_88(story: &mut Story) -> CheckResult {
    let sender = start(story, &[])?;
    is_received(story, &sender, &RECVFROM)?;
    sender.send(story, b"88");
    story.expect_end(&ENDS)
}

fn only_88_ends(story: &mut Story) -> CheckResult {
    let sender = start(story, &[])?;
    for text in ["880", "8", "ok 88"] {
        sender.send(story, text.as_bytes());
    }
    is_received(story, &sender, &ONLY_88)
}

fn sender_shown(story: &mut Story) -> CheckResult {
    let sender = start(story, &[])?;
    let text = story.text("你好");
    sender.send(story, text.as_bytes());
    let line = format!("[{}] {text}", sender.own);
    story.expect_printed(&line, &SENDER)
}

fn once(story: &mut Story) -> CheckResult {
    let sender = start(story, &["--once"])?;
    is_received(story, &sender, &RECVFROM)?;
    story.expect_end(&ENDS)
}

fn reply(story: &mut Story) -> CheckResult {
    let sender = start(story, &["--reply", "收到"])?;
    is_received(story, &sender, &RECVFROM)?;
    let from = sender.expect(story, "收到".as_bytes(), &REPLY)?;
    story.expect_address("the answer's sender", story.address(), from, &REPLY)
}

fn buffer(story: &mut Story) -> CheckResult {
    let sender = start(story, &["--buffer", "4"])?;
    sender.send(story, b"abcdefgh");
    story.expect_printed("abcd", &BUFFER)?;
    story.expect_not_printed("abcde", &BUFFER)
}

fn gbk(story: &mut Story) -> CheckResult {
    let sender = start(story, &["--encoding", "gbk"])?;
    let secret = story.text("");
    sender.send(story, &[b"\xc4\xe3\xba\xc3", secret.as_bytes()].concat());
    story.expect_printed(&format!("你好{secret}"), &RECVFROM)
}
