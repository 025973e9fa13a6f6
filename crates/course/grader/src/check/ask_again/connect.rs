//! The side that asks: the grader answers, or doesn't.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::super::hint::{Hint, hints};
use super::super::peer::Talker;
use super::super::promises::{NO_ADDRESS, has_failed, refuses};
use super::super::story::Story;
use super::super::table::{Check, core, extra};
use super::super::trouble::{CheckResult, Mismatch};
use super::network::{MESSAGES, bad_network};
use crate::bytes::in_a_line;

/// The checks.
#[rustfmt::skip] // a table is read line by line
pub const CHECKS: &[Check] = &[
    core("sends", sends, &[], "connect: each line is a datagram `N TEXT`, with numbers from 1 on"),
    core("waits", waits, &["sends"], "connect: the second line is not sent before `ack 1` has come"),
    core("asks-again", asks_again, &["sends"], "connect: without an answer the same datagram comes again, within a second"),
    core("not-too-often", not_too_often, &["asks-again"], "connect: it waits at least 0.1 s before it asks again"),
    core("old-ack", old_ack, &["asks-again"], "connect: a late `ack 1` is no answer to 2"),
    core("gives-up", gives_up, &["asks-again"], "connect: with no answer at all it ends, with an exit code that is not 0"),
    core("ends", ends, &["sends"], "connect: after the last line and its ack it ends, exit code 0"),
    core("connect-relay", connect_relay, &["asks-again", "old-ack"], "connect: 20 lines over a network that loses and duplicates, all in order"),
    extra("exit-codes", exit_codes, &["gives-up"], "exit code 1 without an answer, 2 when the port is taken or the address is none; the reason on standard error"),
];

hints! {
    "Numbers, answers, and a time limit" {
        SENDS => ("What does the first datagram hold, byte for byte?",
            "each line is a datagram: the number, a space, and the text without its line end, in UTF-8",
            "count from 1 on, and send each line when it is typed"),
        WAITS => ("What does your program wait for between two lines?",
            "the next line was sent although the one before may be lost",
            "send a line only when the one before was acknowledged"),
        AGAIN => ("How does your program notice that no answer comes?",
            "without a time limit a program waits for ever, and the lost datagram is never sent again",
            "{time-limit}; when the time is over, send the same datagram again"),
        OFTEN => ("What happens to a busy network when everybody asks again at once?",
            "an answer needs time for its way",
            "wait 0.2 s for it"),
        OLD => ("To which question does an answer belong that comes late?",
            "an answer to an earlier question was taken for the answer to this one",
            "compare its number, and wait on when it is another one"),
        GIVES_UP => ("How often does your program ask when nobody is there?",
            "a program that asks for ever never reports that nobody is there",
            "count the tries; after twenty say so, and end with exit code 1"),
        ENDS => ("What is left to do when the input has ended and the last answer has come?",
            "all was sent and acknowledged",
            "end, with exit code 0"),
    }
}

/// A program that sends, and the grader as its receiver.
fn start_connect(story: &mut Story) -> CheckResult<Talker> {
    let peer = Talker::open("the receiver")?;
    story.start(&["connect", &peer.own.to_string()])?;
    Ok(peer)
}

/// A line is typed, and must come with this number. Returns the program's address, and the whole datagram.
fn is_sent(
    story: &mut Story,
    peer: &Talker,
    number: u32,
    hint: &Hint,
) -> CheckResult<(SocketAddr, String)> {
    let text = story.text("你吃了吗");
    story.type_line(&text);
    let datagram = format!("{number} {text}");
    let program = match number {
        1 => peer.expect(story, datagram.as_bytes(), hint)?,
        _ => expect_next(story, peer, &datagram, hint)?,
    };
    Ok((program, datagram))
}

fn acknowledge(story: &mut Story, peer: &Talker, program: SocketAddr, number: u32) {
    peer.send_to(story, program, format!("ack {number}").as_bytes());
}

fn sends(story: &mut Story) -> CheckResult {
    let peer = start_connect(story)?;
    for number in 1..=3 {
        let (program, _) = is_sent(story, &peer, number, &SENDS)?;
        acknowledge(story, &peer, program, number);
    }
    Ok(())
}

fn waits(story: &mut Story) -> CheckResult {
    let peer = start_connect(story)?;
    let (program, first) = is_sent(story, &peer, 1, &SENDS)?;
    let second = story.text("第二句");
    story.type_line(&second);
    // The first one may come again meanwhile, as often as it likes.
    story.let_it_wait();
    while let Some((came, _)) = peer.next() {
        let what = "nothing but copies of number 1 comes before its answer";
        story.expect(what, came == first.as_bytes(), &in_a_line(&came), &WAITS)?;
    }
    acknowledge(story, &peer, program, 1);
    expect_next(story, &peer, &format!("2 {second}"), &WAITS).map(drop)
}

/// Copies of earlier datagrams may still come, for instance when their answer was late; then this one must. Returns where it
/// came from.
fn expect_next(
    story: &mut Story,
    peer: &Talker,
    new: &str,
    hint: &Hint,
) -> CheckResult<SocketAddr> {
    let number = |datagram: &[u8]| -> Option<u32> {
        String::from_utf8_lossy(datagram).split(' ').next()?.parse().ok()
    };
    let is_copy = |came: &[u8]| number(came).is_some_and(|it| Some(it) < number(new.as_bytes()));
    let came = story.wait_for(|| peer.next().filter(|(came, _)| !is_copy(came)));
    match came {
        Some((came, from)) if came == new.as_bytes() => {
            story.saw(format!("{} received a datagram of {}", peer.name, in_a_line(&came)));
            Ok(from)
        }
        Some((came, _)) => {
            let action = format!("{} received a datagram", peer.name);
            Err(story.trouble(action, Mismatch::bytes(new.as_bytes(), &came), hint))
        }
        None => {
            let action = format!(
                "{} waited for the next datagram, for up to {}",
                peer.name,
                story.seconds()
            );
            let expected = format!("a datagram of {}", in_a_line(new.as_bytes()));
            Err(story.trouble(
                action,
                Mismatch::words(expected, "no other datagram than before"),
                hint,
            ))
        }
    }
}

fn asks_again(story: &mut Story) -> CheckResult {
    let peer = start_connect(story)?;
    let (program, datagram) = is_sent(story, &peer, 1, &SENDS)?;
    story.did("the receiver does not answer");
    peer.expect(story, datagram.as_bytes(), &AGAIN)?;
    peer.expect(story, datagram.as_bytes(), &AGAIN)?;
    acknowledge(story, &peer, program, 1);
    let text = story.text("收到了");
    story.type_line(&text);
    expect_next(story, &peer, &format!("2 {text}"), &AGAIN).map(drop)
}

fn not_too_often(story: &mut Story) -> CheckResult {
    const TRIES: usize = 4;
    let peer = start_connect(story)?;
    let (program, _) = is_sent(story, &peer, 1, &SENDS)?;
    acknowledge(story, &peer, program, 1);
    // Measured from the typing on, to which a program that runs already reacts at once. On a busy computer the grader may see
    // several tries at the same time, long after the first one came.
    let start = Instant::now();
    let (_, datagram) = is_sent(story, &peer, 2, &SENDS)?;
    for _ in 1..TRIES {
        peer.expect(story, datagram.as_bytes(), &AGAIN)?;
    }
    let took = start.elapsed();
    let what = format!("{TRIES} tries take at least 0.3 s");
    story.expect(
        &what,
        took >= Duration::from_millis(250),
        &format!("{} ms", took.as_millis()),
        &OFTEN,
    )
}

fn old_ack(story: &mut Story) -> CheckResult {
    let peer = start_connect(story)?;
    let (program, _) = is_sent(story, &peer, 1, &SENDS)?;
    acknowledge(story, &peer, program, 1);
    let (_, second) = is_sent(story, &peer, 2, &SENDS)?;
    acknowledge(story, &peer, program, 1);
    let third = story.text("第三句");
    story.type_line(&third);
    peer.expect(story, second.as_bytes(), &OLD)?;
    acknowledge(story, &peer, program, 2);
    expect_next(story, &peer, &format!("3 {third}"), &OLD).map(drop)
}

fn gives_up(story: &mut Story) -> CheckResult {
    let peer = start_connect(story)?;
    is_sent(story, &peer, 1, &SENDS)?;
    story.did("the receiver never answers");
    // Twenty tries, says the task. Who tries twice as often gives up, too.
    const TRIES: usize = 40;
    if (1..TRIES).all(|_| story.wait_for(|| peer.next()).is_some()) {
        story.did(format!("the receiver has had {TRIES} copies of it"));
    }
    story.expect_failure(&GIVES_UP)
}

fn ends(story: &mut Story) -> CheckResult {
    let peer = start_connect(story)?;
    let (program, _) = is_sent(story, &peer, 1, &SENDS)?;
    story.end_input();
    acknowledge(story, &peer, program, 1);
    story.expect_end(&ENDS)
}

fn connect_relay(story: &mut Story) -> CheckResult {
    let peer = Talker::open("the receiver")?;
    let relay = bad_network(story, peer.own)?;
    story.start(&["connect", &relay.address.to_string()])?;
    let texts: Vec<String> = (0..MESSAGES).map(|_| story.text("第几句")).collect();
    story.pipe(&(texts.join("\n") + "\n"));
    story.end_input();
    let mut had = HashSet::new();
    for (number, text) in (1..).zip(&texts) {
        let wanted = format!("{number} {text}");
        let came = story.wait_for(|| {
            let (came, from) = peer.next()?;
            let its =
                String::from_utf8_lossy(&came).split(' ').next().unwrap_or_default().to_owned();
            peer.send_quietly(from, format!("ack {its}").as_bytes());
            had.insert(came.clone()).then_some(came)
        });
        if came.as_deref() != Some(wanted.as_bytes()) {
            let action =
                format!("the receiver waited for number {number}, for up to {}", story.seconds());
            let came = came.map_or("nothing new".to_owned(), |came| in_a_line(&came));
            let expected = in_a_line(wanted.as_bytes());
            return Err(story.trouble(action, Mismatch::words(expected, came), &AGAIN));
        }
    }
    story.saw(format!("the receiver has had all {MESSAGES} messages, in order"));
    answers_the_last(story, &peer)
}

/// The last answer may be lost, so the program is answered until it has ended.
fn answers_the_last(story: &mut Story, peer: &Talker) -> CheckResult {
    let last = format!("ack {MESSAGES}");
    story.wait_for(|| {
        if let Some((_, from)) = peer.next() {
            peer.send_quietly(from, last.as_bytes());
        }
        story.subject.has_ended().then_some(())
    });
    story.expect_end(&ENDS)
}

fn exit_codes(story: &mut Story) -> CheckResult {
    let peer = start_connect(story)?;
    is_sent(story, &peer, 1, &SENDS)?;
    story.did("the receiver never answers");
    has_failed(story)?;
    story.did(format!("the receiver has {}", peer.own));
    refuses(story, &["serve", &peer.own.to_string()])?;
    refuses(story, &["connect", NO_ADDRESS])
}
