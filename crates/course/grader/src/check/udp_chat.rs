//! The checks of step 3: the grader is the other side of the chat. The program is started as the one that calls and
//! so speaks first; with `--bind` it is the one that waits.

use std::net::SocketAddr;

use super::hint::{AS_GBK, BUFFERED, Hint, hints};
use super::peer::Talker;
use super::ports::Protocol;
use super::promises::{self, NO_ADDRESS, prints_nothing_else, refuses};
use super::story::{ADDRESS, Story};
use super::table::{Check, Step, core, extra};
use super::trouble::CheckResult;

/// The step and its checks.
pub const STEP: Step = Step {
    name: "udp-chat",
    started_as: "PROGRAM PEER (and PROGRAM --bind ADDRESS for the extra ones)",
    lesson: "docs/lessons/03-udp-chat.md",
    checks: &[CHECKS],
    hints: &[HINTS, promises::HINTS],
};

#[rustfmt::skip] // a table is read line by line
const CHECKS: &[Check] = &[
    core("says", says, &[], "each line typed is a datagram to PEER, sent at once"),
    core("line-ends", line_ends, &["says"], "the datagram of a line does not hold its line end"),
    core("hears", hears, &["says"], "prints what the peer answers"),
    core("flushes", flushes, &["hears"], "what it prints is seen at once, also when its stdout is a pipe"),
    core("both-ways", both_ways, &["hears"], "each side may say several things in a row while the other is silent"),
    core("one-socket", one_socket, &["hears"], "all datagrams come from the same port, and what is sent there is heard"),
    core("own-88", own_88, &["hears"], "88, typed, is sent and ends the program"),
    core("peer-88", peer_88, &["hears"], "the peer's 88 ends the program, although nothing is typed"),
    core("only-88-ends", only_88_ends, &["hears"], "880 and \"ok 88\" end nothing, typed or received"),
    core("no-text", no_text, &["hears"], "bytes that are no text do not end it"),
    extra("peer-shown", peer_shown, &["hears"], "each datagram that comes is a line [PEER] TEXT, the 88 that ends it too"),
    extra("end-of-input", end_of_input, &["hears"], "at the end of the input it goes on receiving"),
    extra("streams", streams, &["peer-shown"], "results on standard output and nothing else"),
    extra("exit-codes", exit_codes, &["says"], "exit code 2 when its port is taken, and for an address that is none; the reason on standard error"),
    extra("bind", bind, &["says"], "with PEER and --bind ADDRESS it sends from that address"),
    extra("first-datagram", first_datagram, &["hears"], "with --bind ADDRESS and no PEER the first datagram names the peer"),
    extra("stranger", stranger, &["peer-88"], "another sender's 88 does not end the chat"),
    extra("gbk", gbk, &["hears"], "--encoding gbk speaks and understands GBK"),
];

hints! {
    "4. sendto: the main thread" {
        GBK => AS_GBK,
        SENDS => ("When does your program send a line: when it is typed, or later?",
            "each line from standard input is one datagram to PEER, which is an argument",
            "call {sendto} when the line is typed, with the text as UTF-8"),
        LINE_END => ("What is the last character of a line that was just read?",
            "a line that was read has its line end at the end, and the key Enter is no part of the message",
            "{cut-line-end} before the line is sent"),
        SENDER => ("What does your program wait for between two lines that are typed?",
            "the program sends one line and then waits for an answer",
            "sending must not wait for the peer"),
        OWN_88 => ("After 88 was typed: {who-is-left}?",
            "the line 88 is sent like any other, so that the peer knows, and then the whole program ends, also while it \
                still waits for a datagram",
            "{end-process}"),
    }
    "3. recvfrom: the receiving thread" {
        RECEIVES => ("{who-receives}, and on which socket?",
            "the answer comes to the socket that has sent, and nobody prints it",
            "{own-receiver}, and print the text on standard output at once"),
        FLUSH => BUFFERED,
        OLD_BYTES => ("How many bytes have come, and how many does your program print?",
            "after the text come the last bytes of an earlier, longer one, which the buffer still holds",
            "{print-n}"),
        SHOWN => ("What does {recvfrom} bring besides the bytes, and how many bytes have come?",
            "a datagram is one line, [PEER] TEXT: the sender's address, a space, exactly the bytes that came, a line end",
            "print the address that came with the datagram, and as many bytes as it had"),
        INPUT_ENDS => ("What does your program do when there is nothing more to read from standard input?",
            "the end of the input ends the sending and not the chat",
            "go on receiving until the peer's 88"),
        THREADS => ("What does your program wait for while the peer says a second thing?",
            "the program waits for the keyboard and for the peer in turns",
            "{two-waiting}"),
        PEER_88 => ("After the peer's 88: {who-is-left}?",
            "when 88 comes the whole program must end, also while it still waits for input",
            "{end-process}"),
        ONLY_88 => ("Does your comparison look at the whole text, or at a part of it?",
            "only a message that is exactly 88 ends the chat",
            "compare the whole text ({equals}), not a part of it"),
        NO_TEXT => ("What does decoding do with bytes that are no text?",
            "a datagram may hold any bytes, not only text",
            "decode them so that it can't fail ({decode-any}), and go on"),
        STRANGER => ("Who can send a datagram to this port?",
            "anyone can send to this port",
            "compare the address that comes with a datagram with the peer's before 88 counts"),
    }
    "1. socket: one is enough" {
        ONE => ("How many sockets does your program open, and which port has each of them?",
            "the program opens another socket for each message: its port changes, and answers go to a port that nobody reads",
            "open one socket before the loop, and use it for everything"),
    }
    "2. bind: both have an address" {
        FROM => ("Who has chosen the port that this datagram comes from?",
            "the system has chosen the port, because the program did not",
            "with --bind take that address ({udp-bind}) before the first datagram goes out"),
        BIND => ("How does a program without PEER find out whom to answer?",
            "without PEER the program binds ADDRESS and waits, and the first datagram names the peer",
            "keep the address that comes with the first datagram"),
    }
}

fn start(story: &mut Story) -> CheckResult<Talker> {
    let peer = Talker::open("the peer")?;
    story.start(&[&peer.own.to_string()])?;
    Ok(peer)
}

/// A line is typed, and the peer must receive it. Returns where it came from.
fn says_something(story: &mut Story, peer: &Talker, hint: &Hint) -> CheckResult<SocketAddr> {
    let text = story.text("你吃了吗");
    story.type_line(&text);
    peer.expect_text(story, &text, hint)
}

/// The peer sends a text, and the program must print it.
fn hears_something(
    story: &mut Story,
    peer: &Talker,
    program: SocketAddr,
    hint: &Hint,
) -> CheckResult {
    let text = story.text("吃了");
    peer.send_to(story, program, text.as_bytes());
    story.expect_printed(&text, hint)
}

fn says(story: &mut Story) -> CheckResult {
    let peer = start(story)?;
    says_something(story, &peer, &SENDS).map(drop)
}

fn line_ends(story: &mut Story) -> CheckResult {
    let peer = start(story)?;
    let text = story.text("你吃了吗");
    story.type_line(&text);
    peer.expect(story, text.as_bytes(), &LINE_END).map(drop)
}

fn hears(story: &mut Story) -> CheckResult {
    let peer = start(story)?;
    let (long, short) = (story.text("这一句比下一句长得多"), story.text("吃了"));
    for text in [&long, &short] {
        let program = says_something(story, &peer, &SENDS)?;
        peer.send_to(story, program, text.as_bytes());
        story.expect_printed(text, &RECEIVES)?;
    }
    story.expect_no_old_bytes(&short, &long, &OLD_BYTES)
}

fn peer_shown(story: &mut Story) -> CheckResult {
    let peer = start(story)?;
    for text in [story.text("吃了"), "88".to_owned()] {
        let program = says_something(story, &peer, &SENDS)?;
        peer.send_to(story, program, text.as_bytes());
        story.expect_line(&format!("[{}] {text}", peer.own), &SHOWN)?;
    }
    Ok(())
}

fn flushes(story: &mut Story) -> CheckResult {
    story.subject.do_not_help_flushing();
    let peer = start(story)?;
    let program = says_something(story, &peer, &SENDS)?;
    story.let_it_wait();
    hears_something(story, &peer, program, &FLUSH)
}

fn both_ways(story: &mut Story) -> CheckResult {
    let peer = start(story)?;
    let program = says_something(story, &peer, &SENDS)?;
    says_something(story, &peer, &SENDER)?;
    says_something(story, &peer, &SENDER)?;
    for _ in 0..3 {
        hears_something(story, &peer, program, &THREADS)?;
    }
    says_something(story, &peer, &SENDER).map(drop)
}

fn one_socket(story: &mut Story) -> CheckResult {
    let peer = start(story)?;
    let first = says_something(story, &peer, &SENDS)?;
    hears_something(story, &peer, first, &RECEIVES)?;
    let second = says_something(story, &peer, &SENDS)?;
    story.expect_address("the second datagram's sender", first, second, &ONE)
}

fn own_88(story: &mut Story) -> CheckResult {
    let peer = start(story)?;
    // Its thread waits in recvfrom when 88 is typed: it has just printed what came before.
    let program = says_something(story, &peer, &SENDS)?;
    hears_something(story, &peer, program, &RECEIVES)?;
    story.let_it_wait();
    story.type_line("88");
    peer.expect_text(story, "88", &OWN_88)?;
    let ended = story.expect_end(&OWN_88);
    story.unless_it_goes_on(ended, &OWN_88, |story| says_something(story, &peer, &SENDS).map(drop))
}

fn peer_88(story: &mut Story) -> CheckResult {
    let peer = start(story)?;
    let program = says_something(story, &peer, &SENDS)?;
    peer.send_to(story, program, b"88");
    let ended = story.expect_end(&PEER_88);
    story.unless_it_goes_on(ended, &PEER_88, |story| {
        story.type_line("?"); // one that takes turns listens again
        hears_something(story, &peer, program, &RECEIVES)
    })
}

// Those below talk in turns, so that `both-ways` alone judges a program that can do no more than that.

fn only_88_ends(story: &mut Story) -> CheckResult {
    let peer = start(story)?;
    story.while_it_runs("both sides said 880 and \"ok 88\", and went on talking", |story| {
        for text in ["880", "ok 88"] {
            story.type_line(text);
            let program = peer.expect_text(story, text, &ONLY_88)?;
            peer.send_to(story, program, text.as_bytes());
            story.expect_printed(text, &ONLY_88)?;
        }
        let program = says_something(story, &peer, &ONLY_88)?;
        hears_something(story, &peer, program, &ONLY_88)
    })
}

fn no_text(story: &mut Story) -> CheckResult {
    let peer = start(story)?;
    let program = says_something(story, &peer, &SENDS)?;
    peer.send_to(story, program, b"\xff\xfe\x80");
    story.while_it_runs("both sides went on talking", |story| {
        says_something(story, &peer, &NO_TEXT)?;
        hears_something(story, &peer, program, &NO_TEXT)
    })
}

fn end_of_input(story: &mut Story) -> CheckResult {
    let peer = start(story)?;
    let program = says_something(story, &peer, &SENDS)?;
    story.end_input();
    story.let_it_wait();
    hears_something(story, &peer, program, &INPUT_ENDS)
}

fn streams(story: &mut Story) -> CheckResult {
    let peer = start(story)?;
    let program = says_something(story, &peer, &SENDS)?;
    let texts = [story.text("吃了"), "88".to_owned()];
    for text in &texts {
        peer.send_to(story, program, text.as_bytes());
    }
    story.expect_end(&PEER_88)?;
    prints_nothing_else(story, &texts.map(|text| format!("[{}] {text}", peer.own)))
}

fn exit_codes(story: &mut Story) -> CheckResult {
    let other = Talker::open("another program")?;
    story.did(format!("another program took {}", other.own));
    refuses(story, &["--bind", &other.own.to_string()])?;
    refuses(story, &[NO_ADDRESS])
}

fn bind(story: &mut Story) -> CheckResult {
    let peer = Talker::open("the peer")?;
    let own = story.choose_port()?;
    story.start(&[&peer.own.to_string(), "--bind", &own.to_string()])?;
    let from = says_something(story, &peer, &SENDS)?;
    story.expect_address("the datagram's sender", own, from, &FROM)
}

fn first_datagram(story: &mut Story) -> CheckResult {
    story.start_waiting(Protocol::Udp, &["--bind", ADDRESS], &BIND)?;
    let peer = Talker::open("the peer")?;
    let program = story.address();
    hears_something(story, &peer, program, &BIND)?;
    let from = says_something(story, &peer, &BIND)?;
    story.expect_address("the answer's sender", program, from, &BIND)
}

fn stranger(story: &mut Story) -> CheckResult {
    let peer = start(story)?;
    let program = says_something(story, &peer, &SENDS)?;
    let other = Talker::open("a stranger")?;
    other.send_to(story, program, b"88");
    hears_something(story, &peer, program, &STRANGER)?;
    says_something(story, &peer, &STRANGER).map(drop)
}

fn gbk(story: &mut Story) -> CheckResult {
    let peer = Talker::open("the peer")?;
    story.start(&[&peer.own.to_string(), "--encoding", "gbk"])?;
    story.type_line("你好");
    let program = peer.expect(story, b"\xc4\xe3\xba\xc3", &GBK)?;
    let secret = story.text("");
    let answer = [b"\xc4\xe3\xb3\xd4\xc1\xcb\xc2\xf0", secret.as_bytes()].concat();
    peer.send_to(story, program, &answer);
    story.expect_printed(&format!("你吃了吗{secret}"), &GBK)
}
