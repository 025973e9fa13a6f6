//! The checks of step 2: the grader is the senders.

use super::cause::{BUFFERED, Hint};
use super::peer::Talker;
use super::ports::Protocol;
use super::story::{ADDRESS, Story, Told};
use super::{Check, Step};

/// The step and its checks.
pub const STEP: Step = Step {
    name: "udp-recv",
    started_as: "PROGRAM ADDRESS",
    lesson: "docs/lessons/02-udp-recv.md",
    checks: &[CHECKS],
    hints: &[HINTS],
};

const CHECKS: &[Check] = &[
    Check::core("prints", prints, "prints the text of a datagram, and of the next one"),
    Check::core(
        "flushes",
        flushes,
        "what it prints is seen at once, also when its stdout is a pipe",
    )
    .after(&["prints"]),
    Check::core(
        "several-senders",
        several_senders,
        "three senders at the same time: all texts, in the order in which they came",
    )
    .after(&["prints"]),
    Check::core("thousand-bytes", thousand_bytes, "a datagram of 1000 bytes is printed whole")
        .after(&["prints"]),
    Check::core("no-text", no_text, "bytes that are no text do not end it").after(&["prints"]),
    Check::core("empty", empty, "an empty datagram does not end it").after(&["prints"]),
    Check::core("ends-at-88", ends_at_88, "the datagram 88 ends it").after(&["prints"]),
    Check::core("only-88-ends", only_88_ends, "880, 8 and \"ok 88\" do not end it")
        .after(&["prints"]),
    Check::extra("sender-shown", sender_shown, "prints [PEER] TEXT, with the sender's address")
        .after(&["prints"]),
    Check::extra("once", once, "--once receives one datagram and ends").after(&["prints"]),
    Check::extra("reply", reply, "--reply TEXT answers each sender").after(&["prints"]),
    Check::extra("buffer", buffer, "--buffer BYTES: what does not fit is not printed")
        .after(&["prints"]),
    Check::extra("gbk", gbk, "--encoding gbk prints GBK as text").after(&["prints"]),
];

const HINTS: &[&Hint] = &[
    &BIND, &RECVFROM, &FLUSH, &ANYONE, &BUFFER, &NO_TEXT, &EMPTY, &ENDS, &ONLY_88, &SENDER, &REPLY,
];

const BIND: Hint = Hint::new(
    "2. bind: a port of one's own",
    "a receiver calls bind with the ADDRESS from its arguments, and then waits in recvfrom",
);
const RECVFROM: Hint = Hint::new(
    "3. recvfrom: who says what",
    "one recvfrom is one datagram: call it in a loop, and print each text on standard output at once",
);
const FLUSH: Hint = Hint::new("3. recvfrom: who says what", BUFFERED);
const ANYONE: Hint = Hint::new(
    "3. recvfrom: who says what",
    "anyone may send to a bound port: a receiver takes datagrams from all senders (no connect), one after the other",
);
const BUFFER: Hint = Hint::new(
    "3. recvfrom: who says what",
    "what does not fit into the buffer of recvfrom is lost: the lesson's buffer has 1024 bytes",
);
const NO_TEXT: Hint = Hint::new(
    "3. recvfrom: who says what",
    "a datagram may hold any bytes: decode them so that it can't fail (errors=\"replace\", from_utf8_lossy), and go on",
);
const EMPTY: Hint = Hint::new(
    "3. recvfrom: who says what",
    "UDP has no connection that could end: a datagram of 0 bytes is an empty message, and not the end as with TCP",
);
const ENDS: Hint = Hint::new(
    "4. close",
    "the datagram 88 is the agreed end: print it, leave the loop, close the socket, end. (In Python bytes never equal a str: \
     decode() first, then compare)",
);
const ONLY_88: Hint = Hint::new(
    "4. close",
    "only a datagram that is exactly 88 ends the program: compare the whole text (==), not its beginning and not a part of it",
);
const SENDER: Hint = Hint::new(
    "3. recvfrom: who says what",
    "recvfrom returns the sender's address beside the bytes: print it too",
);
const REPLY: Hint = Hint::new(
    "3b. sendto: the answer",
    "the answer goes to the address that recvfrom returned, with sendto on the same socket",
);

fn start(story: &mut Story, option: &[&str]) -> Told<Talker> {
    let mut args = vec![ADDRESS];
    args.extend_from_slice(option);
    story.start_waiting(Protocol::Udp, &args, &BIND)?;
    story.talker("the sender")
}

/// Sends a text, which the program must print.
fn is_received(story: &mut Story, from: &Talker, hint: &Hint) -> Told {
    let text = story.text("你好");
    let to = story.program_address();
    story.send_datagram(from, to, text.as_bytes())?;
    story.expect_printed(&text, hint).map(drop)
}

fn prints(story: &mut Story) -> Told {
    let sender = start(story, &[])?;
    is_received(story, &sender, &RECVFROM)?;
    is_received(story, &sender, &RECVFROM)
}

fn flushes(story: &mut Story) -> Told {
    story.do_not_help_flushing();
    let sender = start(story, &[])?;
    is_received(story, &sender, &FLUSH)
}

fn several_senders(story: &mut Story) -> Told {
    let first = start(story, &[])?;
    let senders = [first, story.talker("a second sender")?, story.talker("a third sender")?];
    for sender in &senders {
        is_received(story, sender, &ANYONE)?;
    }
    let to = story.program_address();
    let mut texts = Vec::new();
    for _ in 0..2 {
        for sender in &senders {
            let text = story.text("第几句");
            story.send_datagram(sender, to, text.as_bytes())?;
            texts.push(text);
        }
    }
    let mut place = 0;
    for text in &texts {
        place = story.expect_printed_behind(place, text, &ANYONE)?;
    }
    Ok(())
}

fn thousand_bytes(story: &mut Story) -> Told {
    let sender = start(story, &[])?;
    let end = story.text("and this is the end");
    let text = "长".repeat((1000 - end.len()) / 3) + &end;
    let to = story.program_address();
    story.send_datagram(&sender, to, text.as_bytes())?;
    story.expect_printed(&text, &BUFFER).map(drop)
}

fn no_text(story: &mut Story) -> Told {
    let sender = start(story, &[])?;
    let to = story.program_address();
    story.send_datagram(&sender, to, b"\xff\xfe\x80")?;
    is_received(story, &sender, &NO_TEXT)
}

fn empty(story: &mut Story) -> Told {
    let sender = start(story, &[])?;
    let to = story.program_address();
    story.send_datagram(&sender, to, b"")?;
    is_received(story, &sender, &EMPTY)
}

fn ends_at_88(story: &mut Story) -> Told {
    let sender = start(story, &[])?;
    is_received(story, &sender, &RECVFROM)?;
    let to = story.program_address();
    story.send_datagram(&sender, to, b"88")?;
    story.expect_end(&ENDS)
}

fn only_88_ends(story: &mut Story) -> Told {
    let sender = start(story, &[])?;
    let to = story.program_address();
    for text in ["880", "8", "ok 88"] {
        story.send_datagram(&sender, to, text.as_bytes())?;
    }
    is_received(story, &sender, &ONLY_88)
}

fn sender_shown(story: &mut Story) -> Told {
    let sender = start(story, &[])?;
    let text = story.text("你好");
    let to = story.program_address();
    story.send_datagram(&sender, to, text.as_bytes())?;
    let line = format!("[{}] {text}", sender.own);
    story.expect_printed(&line, &SENDER).map(drop)
}

fn once(story: &mut Story) -> Told {
    let sender = start(story, &["--once"])?;
    is_received(story, &sender, &RECVFROM)?;
    story.expect_end(&ENDS)
}

fn reply(story: &mut Story) -> Told {
    let sender = start(story, &["--reply", "收到"])?;
    is_received(story, &sender, &RECVFROM)?;
    let from = story.expect_datagram(&sender, "收到".as_bytes(), &REPLY)?;
    let to = story.program_address();
    story.expect_equal("the answer's sender", &to.to_string(), &from.to_string(), &REPLY)
}

fn buffer(story: &mut Story) -> Told {
    let sender = start(story, &["--buffer", "4"])?;
    let to = story.program_address();
    story.send_datagram(&sender, to, b"abcdefgh")?;
    story.expect_printed("abcd", &BUFFER)?;
    story.expect_not_printed("abcde", &BUFFER)
}

fn gbk(story: &mut Story) -> Told {
    let sender = start(story, &["--encoding", "gbk"])?;
    let (to, secret) = (story.program_address(), story.text(""));
    story.send_datagram(&sender, to, &[b"\xc4\xe3\xba\xc3", secret.as_bytes()].concat())?;
    story.expect_printed(&format!("你好{secret}"), &RECVFROM).map(drop)
}
