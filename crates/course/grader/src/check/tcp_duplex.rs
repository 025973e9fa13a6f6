//! The checks of step 6: the grader is the other side of the conversation. A message is a line, and `\n` ends it.

use super::hint::{AS_GBK, BUFFERED, Hint, hints};
use super::peer::{Connection, Listener};
use super::ports::Protocol;
use super::promises::{self, NO_ADDRESS, fails, prints_nothing_else, refuses, reports_its_address};
use super::story::{ADDRESS, Story};
use super::table::{Check, Step, core, extra};
use super::trouble::CheckResult;

/// The step and its checks.
pub const STEP: Step = Step {
    name: "tcp-duplex",
    started_as: "PROGRAM serve ADDRESS, or PROGRAM connect ADDRESS",
    lesson: "docs/lessons/06-tcp-duplex.md",
    checks: &[CHECKS],
    hints: &[HINTS, promises::HINTS],
};

#[rustfmt::skip] // a table is read line by line
const CHECKS: &[Check] = &[
    core("serve-talks", serve_talks, &[], "serve: a line that comes is printed, a line typed is sent"),
    core("connect-talks", connect_talks, &[], "connect: the same"),
    core("line-ends", line_ends, &["serve-talks"], "a line typed is sent with its line end \\n"),
    core("flushes", flushes, &["serve-talks"], "what it prints is seen at once, also when its stdout is a pipe"),
    core("freely", freely, &["serve-talks"], "each side may say several things in a row while the other is silent"),
    core("peer-end", peer_end, &["serve-talks"], "end, received, ends the program, although nothing is typed"),
    core("stuck-together", stuck_together, &["freely", "peer-end"], "three messages in one segment are three messages, also when the last one is end"),
    core("torn-apart", torn_apart, &["serve-talks"], "a message in two segments, cut within a character, is one message"),
    core("last-message", last_message, &["freely"], "the end of the stream ends the last message, too"),
    core("own-end", own_end, &["connect-talks"], "end, typed, is sent, and ends the program"),
    core("hidden-end", hidden_end, &["stuck-together", "torn-apart", "peer-end"], "end is noticed also when it comes after another message, and torn apart"),
    core("only-end-ends", only_end_ends, &["serve-talks"], "endless and \"the end\" do not end it"),
    core("end-of-input", end_of_input, &["freely"], "at the end of the input ends its sending, and still prints what the peer says"),
    core("peer-leaves", peer_leaves, &["freely"], "a peer that closes without end ends the program too, with any exit code"),
    extra("peer-shown", peer_shown, &["serve-talks"], "each message that comes is a line [PEER] TEXT, the end too"),
    extra("streams", streams, &["peer-shown"], "results on standard output and nothing else; `listening on ADDRESS` on standard error"),
    extra("exit-codes", exit_codes, &["connect-talks"], "exit code 1 when nobody listens, 2 for an address that is none; the reason on standard error"),
    extra("turns", turns, &["serve-talks"], "--turns: what is typed is sent only after the peer has spoken"),
    extra("gbk", gbk, &["serve-talks"], "--encoding gbk speaks and understands GBK"),
];

hints! {
    "1. accept, or connect" {
        ACCEPT => ("Which calls does `serve` need to get its connection, and which one does `connect` need?",
            "the program made no connection at its ADDRESS",
            "`serve ADDRESS` listens there and accepts one peer; `connect ADDRESS` calls it. Then both do the same"),
    }
    "2. send: a message and its end" {
        SEND => ("When does your program send a line: when it is typed, or later?",
            "each line from standard input is a message",
            "send it when it is typed, as UTF-8"),
        LINE_END => ("How can the peer tell where a message ends?",
            "the message was sent without its line end, and a stream has no boundaries",
            "send \\n after each message, so that the peer sees where it ends"),
    }
    "3. recv: cut the stream into messages" {
        GBK => AS_GBK,
        RECV => ("{who-receives}, and when does it print a message?",
            "a message is there as soon as its \\n has come, and nobody printed it",
            "receive all the time ({recv}), and print each message on standard output at once"),
        FLUSH => BUFFERED,
        SHOWN => ("From whom does this message come, and where does it end?",
            "a message is one line, [PEER] TEXT: the peer's address, a space, the message without its \\n, a line end",
            "print the peer's address, and exactly the bytes up to the \\n"),
        LAST => ("What is left in your buffer when the peer has closed?",
            "the end of the stream ends the last message, too, and that one has no \\n",
            "when the peer has closed look at what has no \\n yet: if there is something it is a message"),
        STUCK => ("How many messages can {recv} bring at once?",
            "several messages came at once, and the program took them for one",
            "cut what came at each \\n, and look at each message"),
        TORN => ("How much of a message does {recv} bring at least?",
            "a part of a message came, and the program took it for all",
            "keep what has no \\n yet, and add the next bytes to it, before it is decoded"),
        HIDDEN_END => ("What exactly do you compare with `end`: a message, or whatever came?",
            "the program compares with `end` whatever came ({recv}), and not each message",
            "cut what came at each \\n, keep what has no \\n yet, and compare every whole message"),
    }
    "Taking turns, talking freely" {
        FREELY => ("What does your program wait for while the peer says a second thing?",
            "the program waits for the keyboard and for the peer in turns",
            "{two-waiting}"),
        TURNS => ("Who speaks first with --turns, and what happens to a line that is typed too early?",
            "with --turns the client speaks first, and each side waits for its turn",
            "keep what is typed too early until the peer has spoken"),
    }
    "4. shutdown: the end" {
        END => ("After `end` was typed: what does your program wait for, and which calls close the connection?",
            "the line `end` is sent like any other, so that the peer knows, and then the program ends",
            "end without waiting for the peer; {close-for-good}"),
        PEER_END => ("After the peer's `end`: {who-is-left}?",
            "when the message `end` comes the whole program must end, also while it still waits for input",
            "{end-process}"),
        ONLY_END => ("Does your comparison look at the whole message, or at a part of it?",
            "only a message that is exactly `end` is the end",
            "compare the whole line ({equals}), without its line end"),
        INPUT_ENDS => ("When there is nothing more to type: which direction of the connection is over, and which one goes on?",
            "the end of the input ends one direction only, the sending",
            "shut down the sending half ({shutdown-write}), and go on receiving until the peer closes"),
        LEAVES => ("{asks-end} when the peer has closed?",
            "{recv-0}: the peer has closed, and nothing will come any more",
            "end the whole program, also while it waits for input"),
    }
}

/// The program waits, and the peer calls it.
fn serve(story: &mut Story, option: &[&str]) -> CheckResult<Connection> {
    story.start_waiting(Protocol::Tcp, &[&["serve", ADDRESS], option].concat(), &ACCEPT)?;
    Connection::open(story, "the peer", &ACCEPT)
}

/// The peer waits, and the program calls it.
fn connect(story: &mut Story, option: &[&str]) -> CheckResult<Connection> {
    let listener = Listener::open()?;
    let address = listener.own.to_string();
    story.start(&[&["connect", address.as_str()], option].concat())?;
    let mut peer = listener.accept(story, &ACCEPT)?;
    peer.name = "the peer".to_owned();
    Ok(peer)
}

/// A line is typed, and must come as a message.
fn says(story: &mut Story, peer: &mut Connection, hint: &Hint) -> CheckResult {
    let text = story.text("你吃了吗");
    story.type_line(&text);
    peer.expect_text(story, &text, hint)
}

/// The peer sends a message, and the program must print it.
fn hears(story: &mut Story, peer: &mut Connection, hint: &Hint) -> CheckResult {
    let text = story.text("吃了");
    hears_this(story, peer, &text, hint)
}

fn hears_this(story: &mut Story, peer: &mut Connection, text: &str, hint: &Hint) -> CheckResult {
    peer.send(story, format!("{text}\n").as_bytes());
    story.expect_printed(text, hint)
}

fn serve_talks(story: &mut Story) -> CheckResult {
    let mut peer = serve(story, &[])?;
    hears(story, &mut peer, &RECV)?;
    says(story, &mut peer, &SEND)
}

fn connect_talks(story: &mut Story) -> CheckResult {
    let mut peer = connect(story, &[])?;
    says(story, &mut peer, &SEND)?;
    hears(story, &mut peer, &RECV)
}

fn line_ends(story: &mut Story) -> CheckResult {
    let mut peer = serve(story, &[])?;
    hears(story, &mut peer, &RECV)?;
    let text = story.text("你吃了吗");
    story.type_line(&text);
    peer.expect_text_line(story, &text, &LINE_END)
}

/// The line that shows a message of this peer.
fn shown(peer: &Connection, message: &str) -> String {
    format!("[{}] {message}", peer.own())
}

fn peer_shown(story: &mut Story) -> CheckResult {
    let mut peer = serve(story, &[])?;
    for text in [story.text("吃了"), "end".to_owned()] {
        peer.send(story, format!("{text}\n").as_bytes());
        story.expect_line(&shown(&peer, &text), &SHOWN)?;
    }
    Ok(())
}

fn flushes(story: &mut Story) -> CheckResult {
    story.subject.do_not_help_flushing();
    let mut peer = serve(story, &[])?;
    story.let_it_wait();
    hears(story, &mut peer, &FLUSH)
}

fn freely(story: &mut Story) -> CheckResult {
    let mut peer = serve(story, &[])?;
    for _ in 0..3 {
        hears(story, &mut peer, &FREELY)?;
    }
    for _ in 0..3 {
        says(story, &mut peer, &FREELY)?;
    }
    hears(story, &mut peer, &FREELY)
}

fn stuck_together(story: &mut Story) -> CheckResult {
    let mut peer = serve(story, &[])?;
    // A program that prints them as one shows the same lines; only the `end` among them shows the difference.
    let messages = ["第一句", "第二句"].map(|words| story.text(words));
    peer.send(story, format!("{}\nend\n", messages.join("\n")).as_bytes());
    for message in &messages {
        story.expect_printed(message, &STUCK)?;
    }
    story.expect_end(&HIDDEN_END)
}

fn last_message(story: &mut Story) -> CheckResult {
    let mut peer = serve(story, &[])?;
    hears(story, &mut peer, &RECV)?;
    let text = story.text("没有换行");
    peer.send(story, text.as_bytes());
    peer.close(story);
    story.expect_printed(&text, &LAST)
}

fn torn_apart(story: &mut Story) -> CheckResult {
    let mut peer = serve(story, &[])?;
    let message = story.text("你说得对") + "\n";
    // The cut goes through the second character.
    let (start, rest) = message.as_bytes().split_at(4);
    peer.send_in_pieces(story, &[start, rest]);
    story.expect_printed(message.trim_end(), &TORN)
}

// Those about the end talk in turns, so that `freely` alone judges a program that can do no more than that.

fn own_end(story: &mut Story) -> CheckResult {
    let mut peer = connect(story, &[])?;
    story.let_it_wait(); // its thread waits in recv when `end` is typed: only then does it matter how the program ends
    story.type_line("end");
    peer.expect_text(story, "end", &END)?;
    let closed = peer.expect_close(story, &END);
    story.unless_it_goes_on(closed, &END, |story| says(story, &mut peer, &SEND))?;
    peer.close(story);
    story.expect_end(&END)
}

fn peer_end(story: &mut Story) -> CheckResult {
    let mut peer = serve(story, &[])?;
    peer.send(story, b"end\n");
    let ended = story.expect_end(&PEER_END);
    story.unless_it_goes_on(ended, &PEER_END, |story| {
        story.type_line("?"); // one that takes turns listens again
        hears(story, &mut peer, &RECV)
    })
}

fn hidden_end(story: &mut Story) -> CheckResult {
    let mut peer = serve(story, &[])?;
    let message = story.text("再说一句");
    peer.send_in_pieces(story, &[format!("{message}\nen").as_bytes(), b"d\n"]);
    story.expect_printed(&message, &STUCK)?;
    story.expect_end(&HIDDEN_END)
}

fn only_end_ends(story: &mut Story) -> CheckResult {
    let mut peer = serve(story, &[])?;
    story.while_it_runs(
        "the peer sent endless and \"the end\", and both went on talking",
        |story| {
            for message in ["endless", "the end"] {
                hears_this(story, &mut peer, message, &ONLY_END)?;
                says(story, &mut peer, &ONLY_END)?;
            }
            hears(story, &mut peer, &ONLY_END)
        },
    )
}

fn end_of_input(story: &mut Story) -> CheckResult {
    let mut peer = serve(story, &[])?;
    hears(story, &mut peer, &RECV)?;
    story.end_input();
    peer.expect_close(story, &INPUT_ENDS)?;
    hears(story, &mut peer, &INPUT_ENDS)
}

fn peer_leaves(story: &mut Story) -> CheckResult {
    let mut peer = serve(story, &[])?;
    hears(story, &mut peer, &RECV)?;
    peer.close(story);
    story.expect_any_end(&LEAVES)
}

fn streams(story: &mut Story) -> CheckResult {
    let mut peer = serve(story, &[])?;
    reports_its_address(story)?;
    let texts = [story.text("吃了"), "end".to_owned()];
    for text in &texts {
        peer.send(story, format!("{text}\n").as_bytes());
    }
    story.expect_end(&PEER_END)?;
    prints_nothing_else(story, &texts.map(|text| shown(&peer, &text)))
}

fn exit_codes(story: &mut Story) -> CheckResult {
    let nobody = story.choose_port()?;
    story.did(format!("chose {nobody}, where nobody listens"));
    fails(story, &["connect", &nobody.to_string()])?;
    refuses(story, &["connect", NO_ADDRESS])
}

fn turns(story: &mut Story) -> CheckResult {
    let mut peer = serve(story, &["--turns"])?;
    let early = story.text("太早了");
    story.type_line(&early);
    peer.expect_silence(story, &TURNS)?;
    hears(story, &mut peer, &TURNS)?;
    peer.expect_text(story, &early, &TURNS)
}

fn gbk(story: &mut Story) -> CheckResult {
    let mut peer = serve(story, &["--encoding", "gbk"])?;
    let secret = story.text("");
    let message = [b"\xc4\xe3\xb3\xd4\xc1\xcb\xc2\xf0", secret.as_bytes(), b"\n"].concat();
    peer.send(story, &message);
    story.expect_printed(&format!("你吃了吗{secret}"), &GBK)?;
    story.type_line("你好");
    peer.expect_bytes(story, b"\xc4\xe3\xba\xc3", &GBK)
}
