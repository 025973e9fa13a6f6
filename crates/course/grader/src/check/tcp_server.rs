//! The checks of step 4: the grader is the clients, polite ones and rude ones.

use super::cause::NO_LINE_END;
use super::hint::{AS_GBK, BUFFERED, Hint, hints};
use super::peer::{Connection, Listener};
use super::ports::Protocol;
use super::promises::{self, NO_ADDRESS, prints_nothing_else, refuses, reports_its_address};
use super::story::{ADDRESS, Story};
use super::table::{Check, Step, core, extra};
use super::trouble::CheckResult;

/// The step and its checks.
pub const STEP: Step = Step {
    name: "tcp-server",
    started_as: "PROGRAM ADDRESS",
    lesson: "docs/lessons/04-tcp-server.md",
    checks: &[CHECKS],
    hints: &[HINTS, promises::HINTS],
};

#[rustfmt::skip] // a table is read line by line
pub(super) const CHECKS: &[Check] = &[
    core("one-client", one_client, &[], "prints what a client sends, as soon as it comes"),
    core("keeps-reading", keeps_reading, &["one-client"], "prints all that one client sends, one after the other"),
    core("flushes", flushes, &["one-client"], "what it prints is seen at once, also when its stdout is a pipe"),
    core("second-client", second_client, &["one-client"], "a second client is served while the first one is connected and silent"),
    core("client-closes", client_closes, &["one-client"], "when a client closes, the server closes its side too, and serves the next one"),
    core("silent-client", silent_client, &["client-closes"], "a client that connects and leaves without a word does not end the server"),
    core("reset", reset, &["client-closes"], "a client that resets its connection does not end the server"),
    core("split-character", split_character, &["keeps-reading"], "a character that comes in two segments is printed whole"),
    core("hundred-clients", hundred_clients, &["second-client"], "100 clients are connected at the same time, and each is served"),
    core("restart", restart, &["one-client"], "can be started again at once on the same port"),
    extra("peer-shown", peer_shown, &["keeps-reading"], "what each recv returned is a line [PEER] N bytes: TEXT"),
    extra("streams", streams, &["peer-shown"], "results on standard output and nothing else; `listening on ADDRESS` on standard error"),
    extra("exit-codes", exit_codes, &["one-client"], "exit code 2 when its port is taken, and for an address that is none; the reason on standard error"),
    extra("echo", echo, &["one-client"], "--echo sends back what came"),
    extra("reply", reply, &["one-client"], "--reply TEXT sends TEXT after each recv"),
    extra("greet", greet, &["one-client"], "--greet TEXT sends TEXT to each client when it connects"),
    extra("once", once, &["one-client"], "--once serves one client and ends"),
    extra("gbk", gbk, &["one-client"], "--encoding gbk prints GBK as text"),
];

hints! {
    "1. socket, 1b. setsockopt, 2. bind" {
        LISTEN => ("What opens a port for TCP, and which address does it get?",
            "nobody listens at the ADDRESS from the arguments",
            "{tcp-listen}; then go on running"),
        REUSE => ("In which state is the port after a server that closed first has ended?",
            "the port is still held by the old run's connections (TIME_WAIT)",
            "{reuse}"),
    }
    "5. recv: bytes, not messages" {
        GBK => AS_GBK,
        RECV => ("On which socket does your program receive, and what does it do with the bytes?",
            "a server has two kinds of sockets, and the client's bytes come to the one that {accept} has given it",
            "receive on that one ({recv}), and print what came on standard output at once"),
        LINE_END => NO_LINE_END,
        RECV_AGAIN => ("How often does your program receive something from one client?",
            "{recv} brings what is there, and not all that a client says",
            "{until-0}"),
        FLUSH => BUFFERED,
        OLD_BYTES => ("How many bytes have come, and how many does your program print?",
            "after the text come the last bytes of an earlier, longer one, which the buffer still holds",
            "{print-n}"),
        SHOWN => ("How many bytes have come, from which client, and what does your program print of them?",
            "what came at once is one line, [PEER] N bytes: TEXT, with the client's address, the number of bytes and exactly \
                these bytes",
            "print the address of the client, the number of bytes (not of characters), and these bytes as text"),
        CLOSED => ("{asks-end} when the client has closed, and who closes this client's socket then?",
            "{recv-0}, which means that the client has closed",
            "stop receiving and close this client's socket; a copy of it that is kept somewhere keeps the connection open"),
        EMPTY => ("What does your program do when one client has closed?",
            "{recv-0}, and that is the end of this one client and not of the server",
            "wait for the next client ({accept})"),
        RESET => ("What happens in your program when a client resets its connection?",
            "{recv-fails}",
            "{handle-reset}, close this socket, and serve on"),
        HALF => ("How many bytes has 你 in UTF-8, and where may they be cut on their way?",
            "a character came in two parts, and each half was decoded alone",
            "{keep-half}"),
    }
    "4. accept: a new socket for each client" {
        THREADS => ("What does your program wait for while client 1 is connected and silent?",
            "the server waits for the first client's bytes, and meanwhile for no other client ({accept}): the system has \
                connected the second one, but nobody serves it",
            "{thread-each}"),
        MANY => ("How many clients can your program serve at the same time, and what limits it?",
            "the server serves fewer clients at once than are connected",
            "{thread-each}, and there must be no fixed number of them"),
    }
    "04b-a-stream-comes-in-pieces.md: Which socket is ready?" {
        READY => ("Which call waits for all sockets at the same time?",
            "the only thread waits for one client, and nobody else is served meanwhile",
            "{which-ready}"),
    }
    "6. send: all of it" {
        SEND => ("On which socket must the answer go out?",
            "with this option the server sends on the accepted socket; a server that doesn't know the option is silent",
            "send all bytes there ({send-all})"),
    }
    "7. and 8. close" {
        ONCE => ("What does your program wait for after its only client has closed?",
            "with --once the server ends when its only client has closed",
            "close both sockets and end, instead of waiting for the next client"),
    }
}

fn start(story: &mut Story, option: &[&str]) -> CheckResult {
    story.start_waiting(Protocol::Tcp, &[&[ADDRESS], option].concat(), &LISTEN)
}

/// What lets a server serve several clients at the same time.
fn at_the_same_time(story: &Story, threads: &'static Hint) -> &'static Hint {
    if story.step == STEP.name { threads } else { &READY }
}

/// The server is started, and serves a first client.
pub(super) fn starts(story: &mut Story) -> CheckResult<Connection> {
    start(story, &[])?;
    is_served(story, "client 1", &RECV)
}

/// A client connects, says something, and the server prints it.
fn is_served(story: &mut Story, name: &str, hint: &Hint) -> CheckResult<Connection> {
    let text = story.text("你好");
    let action = format!("{name} connected, sent \"{text}\", and looked for it on stdout");
    story.while_it_runs(&action, |story| {
        let mut client = Connection::open(story, name, hint)?;
        client.send(story, text.as_bytes());
        story.expect_printed(&text, hint)?;
        Ok(client)
    })
}

fn one_client(story: &mut Story) -> CheckResult {
    start(story, &[])?;
    let text = story.text("你好");
    story.while_it_runs("the client connected, and sent a text", |story| {
        let mut client = Connection::open(story, "the client", &RECV)?;
        client.send(story, text.as_bytes());
        let line_end = |story: &mut Story| client.send(story, b"\n");
        story.expect_printed_before(line_end, &text, &RECV, &LINE_END)
    })
}

fn flushes(story: &mut Story) -> CheckResult {
    story.subject.do_not_help_flushing();
    start(story, &[])?;
    is_served(story, "the client", &FLUSH).map(drop)
}

fn keeps_reading(story: &mut Story) -> CheckResult {
    start(story, &[])?;
    let mut client = is_served(story, "the client", &RECV)?;
    let texts = ["第二句", "and a third one", "第四句"].map(|words| story.text(words));
    for text in &texts {
        client.send(story, text.as_bytes());
        story.expect_printed(text, &RECV_AGAIN)?;
    }
    story.expect_no_old_bytes(&texts[2], &texts[1], &OLD_BYTES)
}

/// What a line says about the bytes that one recv returned.
fn shown(client: &Connection, text: &str) -> String {
    format!("[{}] {} bytes: {text}", client.own(), text.len())
}

fn peer_shown(story: &mut Story) -> CheckResult {
    start(story, &[])?;
    let mut client = is_served(story, "the client", &RECV)?;
    for words in ["第二句", "第三句"] {
        let text = story.text(words);
        client.send(story, text.as_bytes());
        story.expect_line(&shown(&client, &text), &SHOWN)?;
    }
    Ok(())
}

fn second_client(story: &mut Story) -> CheckResult {
    start(story, &[])?;
    let _silent = Connection::open(story, "client 1", &LISTEN)?;
    let hint = at_the_same_time(story, &THREADS);
    is_served(story, "client 2", hint).map(drop)
}

fn client_closes(story: &mut Story) -> CheckResult {
    let mut client = starts(story)?;
    client.end_sending(story);
    client.expect_close(story, &CLOSED)?;
    is_served(story, "client 2", &EMPTY).map(drop)
}

fn silent_client(story: &mut Story) -> CheckResult {
    start(story, &[])?;
    let mut silent = Connection::open(story, "client 1", &LISTEN)?;
    silent.end_sending(story);
    silent.expect_close(story, &CLOSED)?;
    is_served(story, "client 2", &EMPTY).map(drop)
}

fn reset(story: &mut Story) -> CheckResult {
    let rude = starts(story)?;
    rude.reset(story);
    is_served(story, "client 2", &RESET)?;
    story.expect_running(&RESET)
}

fn split_character(story: &mut Story) -> CheckResult {
    start(story, &[])?;
    let mut client = is_served(story, "the client", &RECV)?;
    // `你` is e4 bd a0: the first two bytes alone are no character.
    let text = story.text("你是谁");
    let (half, rest) = text.as_bytes().split_at(2);
    client.send_in_pieces(story, &[half, rest]);
    story.expect_printed(&text, &HALF)?;
    story.expect_not_printed("\u{fffd}", &HALF)?;
    story.expect_running(&HALF)
}

fn hundred_clients(story: &mut Story) -> CheckResult {
    start(story, &[])?;
    are_served(story, 100).map(drop)
}

/// Many clients connect, all of them say something, and the server prints it.
pub(super) fn are_served(story: &mut Story, many: usize) -> CheckResult<Vec<Connection>> {
    let hint = at_the_same_time(story, &MANY);
    let mut clients = Vec::new();
    for number in 1..=many {
        let client = Connection::open_quietly(story, &format!("client {number}"), hint)?;
        client.wait_for_accept(story, hint)?;
        clients.push(client);
    }
    story.did(format!("{many} clients connected"));
    let texts: Vec<String> = clients.iter().map(|_| story.text("同学")).collect();
    // The last one speaks first: nobody may have to wait for those before him.
    for (client, text) in clients.iter_mut().zip(&texts).rev() {
        client.send_quietly(story, text.as_bytes());
    }
    story.did("each client sent a text of its own");
    story.expect_all_printed(&texts, hint)?;
    Ok(clients)
}

fn restart(story: &mut Story) -> CheckResult {
    start(story, &[])?;
    let client = is_served(story, "the client", &RECV)?;
    // The server's side ends first: it is the one whose port stays in TIME_WAIT.
    story.kill();
    client.close(story);
    story.start_waiting(Protocol::Tcp, &[ADDRESS], &REUSE)?;
    is_served(story, "a new client", &REUSE).map(drop)
}

fn streams(story: &mut Story) -> CheckResult {
    start(story, &[])?;
    reports_its_address(story)?;
    let mut client = Connection::open(story, "the client", &LISTEN)?;
    let texts = ["第一句", "第二句"].map(|words| story.text(words));
    for text in &texts {
        client.send(story, text.as_bytes());
        story.expect_line(&shown(&client, text), &SHOWN)?;
    }
    let lines = texts.map(|text| shown(&client, &text));
    client.end_sending(story);
    client.expect_close(story, &CLOSED)?;
    prints_nothing_else(story, &lines)
}

fn exit_codes(story: &mut Story) -> CheckResult {
    let other = Listener::open()?;
    story.did(format!("another program listens at {}", other.own));
    refuses(story, &[&other.own.to_string()])?;
    refuses(story, &[NO_ADDRESS])
}

fn echo(story: &mut Story) -> CheckResult {
    start(story, &["--echo"])?;
    let mut client = Connection::open(story, "the client", &LISTEN)?;
    let data = story.text("回声").into_bytes();
    client.send(story, &data);
    client.expect_bytes(story, &data, &SEND)
}

fn reply(story: &mut Story) -> CheckResult {
    start(story, &["--reply", "收到"])?;
    let mut client = is_served(story, "the client", &RECV)?;
    client.expect_bytes(story, "收到".as_bytes(), &SEND)
}

fn greet(story: &mut Story) -> CheckResult {
    start(story, &["--greet", "欢迎"])?;
    let mut client = Connection::open(story, "the client", &LISTEN)?;
    client.expect_bytes(story, "欢迎".as_bytes(), &SEND)
}

fn once(story: &mut Story) -> CheckResult {
    start(story, &["--once"])?;
    let client = is_served(story, "the client", &RECV)?;
    client.close(story);
    story.expect_end(&ONCE)
}

fn gbk(story: &mut Story) -> CheckResult {
    start(story, &["--encoding", "gbk"])?;
    let mut client = Connection::open(story, "the client", &LISTEN)?;
    let secret = story.text("");
    client.send(story, &[b"\xc4\xe3\xba\xc3", secret.as_bytes()].concat());
    story.expect_printed(&format!("你好{secret}"), &GBK)
}
