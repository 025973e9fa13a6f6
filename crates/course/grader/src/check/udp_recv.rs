//! The checks of step 2: the grader is the senders.

use super::hint::{BUFFERED, Hint, hints};
use super::peer::Talker;
use super::ports::Protocol;
use super::promises::{self, NO_ADDRESS, prints_nothing_else, refuses, reports_its_address};
use super::story::{ADDRESS, Story};
use super::table::{Check, Step, core, extra};
use super::trouble::CheckResult;

/// The step and its checks.
pub const STEP: Step = Step {
    name: "udp-recv",
    started_as: "PROGRAM ADDRESS",
    lesson: "docs/lessons/02-udp-recv.md",
    checks: &[CHECKS],
    hints: &[HINTS, promises::HINTS],
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
    core("line-end-88", line_end_88, &["ends-at-88"], "88 with a line end after it ends it too"),
    core("only-88-ends", only_88_ends, &["prints"], "880, 8 and \"ok 88\" do not end it"),
    extra("peer-shown", peer_shown, &["prints"], "each datagram is a line [PEER] TEXT, the 88 that ends it too"),
    extra("no-text-shown", no_text_shown, &["no-text"], "bytes that are no text show as �"),
    extra("streams", streams, &["peer-shown"], "results on standard output and nothing else; `listening on ADDRESS` on standard error"),
    extra("exit-codes", exit_codes, &["prints"], "exit code 2 when its port is taken, and for an address that is none; the reason on standard error"),
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
        EMPTY => ("What does your program see of a datagram of 0 bytes, and what does that mean in UDP?",
            "UDP has no connection that could end: a datagram of 0 bytes is an empty message, and not the end as with TCP",
            "stay in the loop when 0 bytes come"),
        OLD_BYTES => ("How many bytes have come, and how many does your program print?",
            "after the text come the last bytes of an earlier, longer one, which the buffer still holds",
            "{print-n}"),
        SHOWN => ("What does {recvfrom} bring besides the bytes, and how many bytes have come?",
            "a datagram is one line, [PEER] TEXT: the sender's address, a space, exactly the bytes that came, a line end",
            "print the address that came with the datagram, and as many bytes as it had"),
        ONCE => ("After how many datagrams does your program end?",
            "with --once the program receives one datagram",
            "leave the loop after the first one, and end with exit code 0"),
        SMALL_BUFFER => ("How many bytes does your program ask {recvfrom} for?",
            "--buffer BYTES is the size of the buffer, and what does not fit into it is lost",
            "ask for as many bytes as the option says"),
        AS_GBK => ("As which encoding does your program decode what comes?",
            "with --encoding gbk the text of a datagram is GBK",
            "decode it as the option says, and as UTF-8 without one"),
    }
    "In stages" {
        NO_TEXT => ("What does decoding do with bytes that are no text?",
            "a datagram may hold any bytes, not only text",
            "decode them so that it can't fail ({decode-any}), and go on"),
        LOSSY => ("What does your program print in the place of a byte that is no text?",
            "bytes that are not UTF-8 show as � (U+FFFD), so that the reader sees that there was something",
            "decode so that each of them is replaced ({decode-any})"),
        LINE_END => ("Which bytes does a datagram hold that was typed and sent with its line end?",
            "some senders leave the line end in the datagram, and their 88 is then 3 bytes",
            "cut the line end off before the text is compared"),
        ENDS => ("What exactly do you compare with 88: bytes or a text, with or without a line end?",
            "the datagram 88 is the agreed end",
            "print it, leave the loop, close the socket, end; {compare}"),
        ONLY_88 => ("Does your comparison look at the whole text, or at a part of it?",
            "only a datagram that is exactly 88 ends the program",
            "compare the whole text ({equals}), not its beginning and not a part of it"),
    }
    "3b. sendto: the answer" {
        REPLY => ("Where does the answer have to go, and where does your program know that address from?",
            "the answer goes to the address that came with the datagram, and is the text of --reply as UTF-8, with nothing after it",
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
    let (long, short) = (story.text("这一句比下一句长得多"), story.text("你好"));
    for text in [&long, &short] {
        sender.send(story, text.as_bytes());
        story.expect_printed(text, &RECVFROM)?;
    }
    story.expect_no_old_bytes(&short, &long, &OLD_BYTES)
}

fn peer_shown(story: &mut Story) -> CheckResult {
    let sender = start(story, &[])?;
    for text in [story.text("你好"), "88".to_owned()] {
        sender.send(story, text.as_bytes());
        story.expect_line(&format!("[{}] {text}", sender.own), &SHOWN)?;
    }
    Ok(())
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
    let ended = story.expect_end(&ENDS);
    story.unless_it_goes_on(ended, &ENDS, |story| is_received(story, &sender, &RECVFROM))
}

fn line_end_88(story: &mut Story) -> CheckResult {
    let sender = start(story, &[])?;
    is_received(story, &sender, &RECVFROM)?;
    sender.send(story, b"88\n");
    story.expect_end(&LINE_END)
}

fn only_88_ends(story: &mut Story) -> CheckResult {
    let sender = start(story, &[])?;
    for text in ["880", "8", "ok 88"] {
        sender.send(story, text.as_bytes());
    }
    is_received(story, &sender, &ONLY_88)
}

fn no_text_shown(story: &mut Story) -> CheckResult {
    let sender = start(story, &[])?;
    let secret = story.text("");
    sender.send(story, &[b"\xff", secret.as_bytes()].concat());
    story.expect_printed(&format!("\u{fffd}{secret}"), &LOSSY)
}

fn streams(story: &mut Story) -> CheckResult {
    let sender = start(story, &[])?;
    reports_its_address(story)?;
    let texts = [story.text("你好"), "88".to_owned()];
    for text in &texts {
        sender.send(story, text.as_bytes());
    }
    story.expect_end(&ENDS)?;
    prints_nothing_else(story, &texts.map(|text| format!("[{}] {text}", sender.own)))
}

fn exit_codes(story: &mut Story) -> CheckResult {
    let other = Talker::open("another program")?;
    story.did(format!("another program took {}", other.own));
    refuses(story, &[&other.own.to_string()])?;
    refuses(story, &[NO_ADDRESS])
}

fn once(story: &mut Story) -> CheckResult {
    let sender = start(story, &["--once"])?;
    is_received(story, &sender, &RECVFROM)?;
    story.expect_end(&ONCE)
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
    story.expect_printed("abcd", &SMALL_BUFFER)?;
    story.expect_not_printed("abcde", &SMALL_BUFFER)
}

fn gbk(story: &mut Story) -> CheckResult {
    let sender = start(story, &["--encoding", "gbk"])?;
    let secret = story.text("");
    sender.send(story, &[b"\xc4\xe3\xba\xc3", secret.as_bytes()].concat());
    story.expect_printed(&format!("你好{secret}"), &AS_GBK)
}
