//! The side that answers: the grader sends.

use std::time::{Duration, Instant};

use super::super::hint::{BUFFERED, Hint, hints};
use super::super::peer::Talker;
use super::super::ports::Protocol;
use super::super::promises::{prints_nothing_else, reports_its_address};
use super::super::story::{ADDRESS, Story};
use super::super::table::{Check, core, extra};
use super::super::trouble::{CheckResult, Mismatch};
use super::network::{MESSAGES, bad_network};

/// The checks.
#[rustfmt::skip] // a table is read line by line
pub const CHECKS: &[Check] = &[
    core("serve-one", serve_one, &[], "serve: prints the text of `1 TEXT`, and answers `ack 1`"),
    core("flushes", flushes, &["serve-one"], "serve: what it prints is seen at once, also when its stdout is a pipe"),
    core("serve-three", serve_three, &["serve-one"], "serve: the same for 2 and 3"),
    core("serve-twice", serve_twice, &["serve-one"], "serve: a datagram that comes twice is printed once, and answered twice"),
    core("serve-two", serve_two, &["serve-twice"], "serve: two senders have numbers of their own"),
    core("serve-nonsense", serve_nonsense, &["serve-one"], "serve: a datagram that is no `N TEXT` does not end it"),
    core("serve-relay", serve_relay, &["serve-three", "serve-twice"], "serve: 20 messages over a network that loses and duplicates, each printed once"),
    extra("streams", streams, &["serve-three"], "serve: the texts on standard output and nothing else; `listening on ADDRESS` on standard error"),
];

hints! {
    "Numbers, answers, and a time limit" {
        LISTEN => ("What lets others find your UDP socket?",
            "nobody receives at the ADDRESS from the arguments",
            "give it to your UDP socket ({udp-bind}), and go on running"),
        FLUSH => BUFFERED,
        SERVES_ONE => ("Which part of the datagram is the number, and where does the answer go?",
            "a datagram is the number, a space, and the text; the answer goes to the address that it came from ({recvfrom})",
            "print the text at once, and send ack, a space, and the number"),
        TWICE => ("Why may the same datagram come twice, and what does the sender do if you don't answer it?",
            "an answer was lost, or the network has duplicated the datagram",
            "remember which numbers you have had, print each only once, and answer each copy"),
        TWO => ("Who else sends a datagram with the number 1?",
            "each sender counts for itself",
            "remember the numbers for each address that a datagram came from ({recvfrom})"),
    }
    "What it must do" {
        NONSENSE => ("What does your program do with a datagram that doesn't begin with a number?",
            "anyone can send anything to this port",
            "throw it away, and go on"),
    }
}

fn start_serve(story: &mut Story) -> CheckResult<Talker> {
    story.start_waiting(Protocol::Udp, &["serve", ADDRESS], &LISTEN)?;
    Talker::open("the sender")
}

/// The sender sends this, and it must be printed and answered.
fn is_served(story: &mut Story, sender: &Talker, number: u32, hint: &Hint) -> CheckResult {
    let text = story.text("你好");
    sender.send(story, format!("{number} {text}").as_bytes());
    story.expect_printed(&text, hint)?;
    sender.expect_text(story, &format!("ack {number}"), hint).map(drop)
}

fn serve_one(story: &mut Story) -> CheckResult {
    let sender = start_serve(story)?;
    is_served(story, &sender, 1, &SERVES_ONE)
}

fn flushes(story: &mut Story) -> CheckResult {
    story.subject.do_not_help_flushing();
    let sender = start_serve(story)?;
    is_served(story, &sender, 1, &FLUSH)
}

fn serve_three(story: &mut Story) -> CheckResult {
    let sender = start_serve(story)?;
    (1..=3).try_for_each(|number| is_served(story, &sender, number, &SERVES_ONE))
}

fn serve_twice(story: &mut Story) -> CheckResult {
    let sender = start_serve(story)?;
    let text = story.text("再说一遍");
    for _ in 0..2 {
        sender.send(story, format!("1 {text}").as_bytes());
        sender.expect_text(story, "ack 1", &TWICE)?;
    }
    is_served(story, &sender, 2, &SERVES_ONE)?;
    expect_once(story, &text, &TWICE)
}

/// A text must be on stdout, and only once.
fn expect_once(story: &mut Story, text: &str, hint: &Hint) -> CheckResult {
    let times =
        |story: &Story| String::from_utf8_lossy(&story.subject.stdout()).matches(text).count();
    // The answer may have overtaken it.
    story.wait_for(|| (times(story) > 0).then_some(()));
    let came = times(story);
    let what = format!("\"{text}\" was printed once");
    story.expect(&what, came == 1, &format!("{came} times"), hint)
}

fn serve_two(story: &mut Story) -> CheckResult {
    let sender = start_serve(story)?;
    is_served(story, &sender, 1, &SERVES_ONE)?;
    let other = Talker::open("another sender")?;
    is_served(story, &other, 1, &TWO)
}

fn serve_nonsense(story: &mut Story) -> CheckResult {
    let sender = start_serve(story)?;
    is_served(story, &sender, 1, &SERVES_ONE)?;
    for nonsense in [&b"hello"[..], b"", b"x y", b"\xff\xfe 1"] {
        sender.send(story, nonsense);
    }
    is_served(story, &sender, 2, &NONSENSE)?;
    story.expect_running(&NONSENSE)
}

fn serve_relay(story: &mut Story) -> CheckResult {
    let sender = start_serve(story)?;
    let relay = bad_network(story, story.address())?;
    let texts: Vec<String> = (0..MESSAGES).map(|_| story.text("第几句")).collect();
    for (number, text) in (1..).zip(&texts) {
        let answer = format!("ack {number}");
        let is_answer = |came: &[u8]| came.trim_ascii_end() == answer.as_bytes();
        let mut next = Instant::now();
        let answered = story.wait_for(|| {
            if Instant::now() >= next {
                sender.send_quietly(relay.address, format!("{number} {text}").as_bytes());
                next = Instant::now() + Duration::from_millis(200);
            }
            sender.next().filter(|(came, _)| is_answer(came))
        });
        if answered.is_none() {
            let action = format!(
                "the sender sent number {number} again and again, for up to {}",
                story.seconds()
            );
            return Err(story.trouble(action, Mismatch::words(answer, "no such answer"), &TWICE));
        }
    }
    story.saw(format!("the sender sent {MESSAGES} messages, each until its answer came"));
    texts.iter().try_for_each(|text| expect_once(story, text, &TWICE))
}

fn streams(story: &mut Story) -> CheckResult {
    let sender = start_serve(story)?;
    reports_its_address(story)?;
    let texts = ["第一句", "第二句"].map(|words| story.text(words));
    for (number, text) in (1..).zip(&texts) {
        sender.send(story, format!("{number} {text}").as_bytes());
        sender.expect_text(story, &format!("ack {number}"), &SERVES_ONE)?;
        story.expect_printed(text, &SERVES_ONE)?;
    }
    prints_nothing_else(story, &texts)
}
