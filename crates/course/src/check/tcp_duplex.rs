//! The checks of step 6: the grader is the other side of the conversation. A message is a line, and `\n` ends it.

use super::cause::{BUFFERED, Hint};
use super::peer::Connection;
use super::ports::Protocol;
use super::story::{ADDRESS, Story, Told};
use super::{Check, Step};

/// The step and its checks.
pub const STEP: Step = Step {
    name: "tcp-duplex",
    started_as: "PROGRAM serve ADDRESS, or PROGRAM connect ADDRESS",
    lesson: "docs/lessons/06-tcp-duplex.md",
    checks: &[CHECKS],
    hints: &[HINTS],
};

const CHECKS: &[Check] = &[
    Check::core(
        "serve-talks",
        serve_talks,
        "serve: a line that comes is printed, a line typed is sent with its line end \\n",
    ),
    Check::core("connect-talks", connect_talks, "connect: the same"),
    Check::core(
        "flushes",
        flushes,
        "what it prints is seen at once, also when its stdout is a pipe",
    ),
    Check::core(
        "freely",
        freely,
        "each side may say several things in a row while the other is silent",
    ),
    Check::core(
        "stuck-together",
        stuck_together,
        "three messages in one segment are three messages; the third is end",
    ),
    Check::core(
        "torn-apart",
        torn_apart,
        "a message in two segments, cut within a character, is one message; so is end",
    ),
    Check::core("own-end", own_end, "end, typed, is sent, and ends the program"),
    Check::core("peer-end", peer_end, "end, received, ends the program, although nothing is typed"),
    Check::core("only-end-ends", only_end_ends, "endless and \"the end\" do not end it"),
    Check::core(
        "peer-leaves",
        peer_leaves,
        "a peer that closes without end ends the program too, with any exit code",
    ),
    Check::extra("turns", turns, "--turns: what is typed is sent only after the peer has spoken"),
    Check::extra("gbk", gbk, "--encoding gbk speaks and understands GBK"),
];

const HINTS: &[&Hint] = &[
    &ACCEPT, &SEND, &RECV, &FLUSH, &FREELY, &STUCK, &STUCK_END, &TORN, &TORN_END, &END, &PEER_END,
    &ONLY_END, &LEAVES, &TURNS,
];

const ACCEPT: Hint = Hint::new(
    "1. accept, or connect",
    "`serve ADDRESS` listens there and accepts one peer; `connect ADDRESS` calls it. Then both do the same",
);
const SEND: Hint = Hint::new(
    "2. send: a message and its end",
    "each line from standard input is a message: send it when it is typed, with \\n behind it, so that the peer sees where it ends",
);
const RECV: Hint = Hint::new(
    "3. recv: cut the stream into messages",
    "the program must wait in recv, and print each message on standard output as soon as its \\n has come",
);
const FLUSH: Hint = Hint::new("3. recv: cut the stream into messages", BUFFERED);
const FREELY: Hint = Hint::new(
    "Taking turns, talking freely",
    "the program waits for the keyboard and for the peer in turns: one thread must wait in recv, and another for input",
);
const STUCK: Hint = Hint::new(
    "3. recv: cut the stream into messages",
    "one recv returned several messages, and the program took them for one: cut what came at each \\n (split), and look at each \
     message",
);
const TORN: Hint = Hint::new(
    "3. recv: cut the stream into messages",
    "one recv returned a part of a message, and the program took it for all: keep what has no \\n yet, and add the next bytes to it, \
     before it is decoded",
);
const STUCK_END: Hint = Hint::new(
    "3. recv: cut the stream into messages",
    "the third message, end, came in the same recv as the two before it: cut what came at each \\n, look at each message, and when \
     one of them is end, end the whole program",
);
const TORN_END: Hint = Hint::new(
    "3. recv: cut the stream into messages",
    "the message end came as `en` and `d`: keep what has no \\n yet, look at a message when it is complete, and when it is end, end \
     the whole program",
);
const END: Hint = Hint::new(
    "4. shutdown: the end",
    "the line end is sent like any other, so that the peer knows; then the program closes and ends",
);
const PEER_END: Hint = Hint::new(
    "4. shutdown: the end",
    "when the message end comes the whole program must end, also while its other thread waits for input: end the process \
     (os._exit, std::process::exit), or let that thread be a daemon",
);
const ONLY_END: Hint = Hint::new(
    "4. shutdown: the end",
    "only a message that is exactly end is the end: compare the whole line (==), without its line end",
);
const LEAVES: Hint = Hint::new(
    "4. shutdown: the end",
    "recv returned 0 bytes: the peer has closed, and nothing will come any more; end the whole program, also while it waits for input",
);
const TURNS: Hint = Hint::new(
    "Taking turns, talking freely",
    "with --turns the client speaks first; what is typed too early is kept until the peer has spoken",
);

/// The program waits, and the peer calls it.
fn serve(story: &mut Story, option: &[&str]) -> Told<Connection> {
    let mut args = vec!["serve", ADDRESS];
    args.extend_from_slice(option);
    story.start_waiting(Protocol::Tcp, &args, &ACCEPT)?;
    story.connect("the peer", &ACCEPT)
}

/// The peer waits, and the program calls it.
fn connect(story: &mut Story, option: &[&str]) -> Told<Connection> {
    let listener = story.listen()?;
    let address = listener.own.to_string();
    let mut args = vec!["connect", address.as_str()];
    args.extend_from_slice(option);
    story.start(&args)?;
    let mut peer = story.accept(&listener, &ACCEPT)?;
    peer.name = "the peer".to_owned();
    Ok(peer)
}

/// A line is typed, and must come as a message.
fn says(story: &mut Story, peer: &mut Connection, hint: &Hint) -> Told {
    let text = story.text("你吃了吗");
    story.type_line(&text);
    story.expect_bytes(peer, format!("{text}\n").as_bytes(), hint)
}

/// The peer sends a message, and the program must print it.
fn hears(story: &mut Story, peer: &mut Connection, hint: &Hint) -> Told {
    let text = story.text("吃了");
    story.send(peer, format!("{text}\n").as_bytes(), hint)?;
    story.expect_printed(&text, hint).map(drop)
}

fn serve_talks(story: &mut Story) -> Told {
    let mut peer = serve(story, &[])?;
    hears(story, &mut peer, &RECV)?;
    says(story, &mut peer, &SEND)
}

fn connect_talks(story: &mut Story) -> Told {
    let mut peer = connect(story, &[])?;
    says(story, &mut peer, &SEND)?;
    hears(story, &mut peer, &RECV)
}

fn flushes(story: &mut Story) -> Told {
    story.do_not_help_flushing();
    let mut peer = serve(story, &[])?;
    hears(story, &mut peer, &FLUSH)
}

fn freely(story: &mut Story) -> Told {
    let mut peer = serve(story, &[])?;
    for _ in 0..3 {
        hears(story, &mut peer, &FREELY)?;
    }
    for _ in 0..3 {
        says(story, &mut peer, &FREELY)?;
    }
    hears(story, &mut peer, &FREELY)
}

fn stuck_together(story: &mut Story) -> Told {
    let mut peer = serve(story, &[])?;
    let (one, two) = (story.text("第一句"), story.text("第二句"));
    story.send(&mut peer, format!("{one}\n{two}\nend\n").as_bytes(), &STUCK)?;
    story.expect_printed(&one, &STUCK)?;
    story.expect_printed(&two, &STUCK)?;
    story.expect_end(&STUCK_END)
}

fn torn_apart(story: &mut Story) -> Told {
    let mut peer = serve(story, &[])?;
    let message = story.text("你说得对") + "\n";
    // The cut goes through the second character.
    let (start, rest) = message.as_bytes().split_at(4);
    story.send(&mut peer, start, &TORN)?;
    story.wait_until_received(&peer, &TORN)?;
    story.send(&mut peer, rest, &TORN)?;
    story.expect_printed(message.trim_end(), &TORN)?;
    story.send(&mut peer, b"en", &TORN)?;
    story.wait_until_received(&peer, &TORN)?;
    story.send(&mut peer, b"d\n", &TORN_END)?;
    story.expect_end(&TORN_END)
}

fn own_end(story: &mut Story) -> Told {
    let mut peer = serve(story, &[])?;
    says(story, &mut peer, &SEND)?;
    story.type_line("end");
    story.expect_bytes(&mut peer, b"end\n", &END)?;
    story.expect_close(&mut peer, &END)?;
    story.close(peer);
    story.expect_end(&END)
}

fn peer_end(story: &mut Story) -> Told {
    let mut peer = connect(story, &[])?;
    hears(story, &mut peer, &RECV)?;
    story.send(&mut peer, b"end\n", &PEER_END)?;
    story.expect_end(&PEER_END)
}

fn only_end_ends(story: &mut Story) -> Told {
    let mut peer = serve(story, &[])?;
    for message in ["endless\n", "the end\n"] {
        story.send(&mut peer, message.as_bytes(), &ONLY_END)?;
        story.wait_until_received(&peer, &ONLY_END)?;
    }
    hears(story, &mut peer, &ONLY_END)
}

fn peer_leaves(story: &mut Story) -> Told {
    let mut peer = serve(story, &[])?;
    hears(story, &mut peer, &RECV)?;
    story.close(peer);
    story.expect_any_end(&LEAVES)
}

fn turns(story: &mut Story) -> Told {
    let mut peer = serve(story, &["--turns"])?;
    let early = story.text("太早了");
    story.type_line(&early);
    story.expect_silence(&mut peer, &TURNS)?;
    hears(story, &mut peer, &TURNS)?;
    story.expect_bytes(&mut peer, format!("{early}\n").as_bytes(), &TURNS)
}

fn gbk(story: &mut Story) -> Told {
    let mut peer = serve(story, &["--encoding", "gbk"])?;
    story.send(&mut peer, b"\xc4\xe3\xb3\xd4\xc1\xcb\xc2\xf0\n", &RECV)?;
    story.expect_printed("你吃了吗", &RECV)?;
    story.type_line("你好");
    story.expect_bytes(&mut peer, b"\xc4\xe3\xba\xc3\n", &SEND)
}
