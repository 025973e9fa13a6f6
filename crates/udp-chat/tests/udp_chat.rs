//! udp-chat's contract over pipes, with bare sockets and a second udp-chat as the peers. What a person sees in a
//! terminal is tested with the crate `common`.
#![allow(clippy::unwrap_used, clippy::panic)] // a test helper may fail like the test itself

#[cfg(unix)]
use std::time::Duration;

use testkit::peer::UdpPeer;
use testkit::program::Result;
use testkit::skip::skipped;
use testkit::{Launch, Program, step};

fn start(args: &[&str]) -> Result<Program> {
    Program::step("udp-chat", args)
}

/// A chat that calls the peer from an address that the peer knows.
fn call(options: &[&str]) -> (Program, UdpPeer) {
    let peer = UdpPeer::new();
    let args = [&[&*peer.address, "--bind", "127.0.0.1:0"], options].concat();
    let mut chat = start(&args).unwrap();
    peer.connect(&chat.listening().unwrap());
    (chat, peer)
}

fn expect_error(args: &[&str], exit_code: i32, words: &[&str]) {
    step::expect_error("udp-chat", args, exit_code, words);
}

#[test]
fn both_directions_are_free() -> Result<()> {
    let (mut chat, peer) = call(&[]);
    chat.expect_stderr(&format!("chatting with {}; 88 ends on both sides", peer.address))?;
    for text in ["one", "你好", ""] {
        peer.send(text);
        chat.expect_stdout(&format!("[{}] {text}", peer.address))?;
    }
    for text in ["two", "三", " 88", ""] {
        chat.type_line(text)?;
        peer.expect(text);
    }
    chat.type_line("88")?;
    peer.expect("88");
    chat.expect_exit(0)?;
    let (stdout, stderr) = (chat.stdout_text(), chat.stderr_text());
    assert_eq!(stdout, format!("[{0}] one\n[{0}] 你好\n[{0}] \n", peer.address), "results only");
    assert_eq!(stderr.lines().count(), 4, "and no prompt: {stderr}");
    Ok(())
}

#[test]
fn received_88_ends_it_too() -> Result<()> {
    for last in ["88", "88\r\n", "88\n"] {
        let (mut chat, peer) = call(&[]);
        for not_the_end in [" 88", "88 ", "888", "8", "８８"] {
            peer.send(not_the_end);
            chat.expect_stdout(&format!("[*] {not_the_end}"))?;
        }
        peer.send(last);
        chat.expect_exit(0)?;
        assert!(chat.stdout_text().ends_with(&format!("[{}] 88\n", peer.address)));
        assert!(chat.stderr_text().ends_with("the peer said 88: the chat is over\n"));
        peer.expect_nothing_more();
    }
    Ok(())
}

#[test]
fn the_first_datagram_names_the_peer() -> Result<()> {
    let mut chat = start(&["--bind", "127.0.0.1:0"])?;
    let address = chat.listening()?;
    chat.expect_stderr("waiting for the first datagram, which names the peer …")?;
    chat.type_line("typed before anyone was there")?;
    let peer = UdpPeer::new();
    peer.connect(&address);
    peer.send("hello");
    chat.expect_stdout(&format!("[{}] hello", peer.address))?;
    chat.expect_stderr(&format!("chatting with {}; *", peer.address))?;
    peer.expect("typed before anyone was there");
    chat.type_line("88")?;
    peer.expect("88");
    chat.expect_exit(0)
}

#[test]
fn the_first_datagram_may_be_the_last() -> Result<()> {
    let mut chat = start(&["--bind", "127.0.0.1:0"])?;
    let peer = UdpPeer::new();
    peer.connect(&chat.listening()?);
    peer.send("88\r\n");
    chat.expect_exit(0)?;
    assert_eq!(chat.stdout_text(), format!("[{}] 88\n", peer.address));
    Ok(())
}

#[test]
fn a_stranger_is_heard_but_ends_nothing() -> Result<()> {
    let (mut chat, peer) = call(&[]);
    let stranger = UdpPeer::new();
    stranger.connect(&peer.socket.peer_addr().unwrap().to_string());
    stranger.send("88");
    chat.expect_stdout(&format!("[{}] 88", stranger.address))?;
    chat.type_line("for the peer only")?;
    peer.expect("for the peer only");
    stranger.expect_nothing_more();
    stranger.send("still heard");
    chat.expect_stdout(&format!("[{}] still heard", stranger.address))?;
    peer.send("88");
    chat.expect_stdout(&format!("[{}] 88", peer.address))?;
    chat.expect_exit(0)
}

#[test]
fn two_chats_with_fixed_ports_in_gbk() -> Result<()> {
    // Two ports that were free a moment ago: each side must know the other's.
    let (one, other) = (UdpPeer::new().address, UdpPeer::new().address);
    let mut left = start(&[&one, "--bind", &other, "--encoding", "gbk"])?;
    let mut right = start(&[&other, "--bind", &one, "--encoding", "cp936"])?;
    left.listening()?;
    right.listening()?;
    left.type_line("你吃了吗")?;
    right.expect_stdout(&format!("[{other}] 你吃了吗"))?;
    right.type_line("吃了")?;
    left.expect_stdout(&format!("[{one}] 吃了"))?;
    right.type_line("88")?;
    right.expect_exit(0)?;
    left.expect_exit(0)?;
    assert!(left.stderr_text().ends_with("the peer said 88: the chat is over\n"));
    Ok(())
}

#[test]
fn a_chat_calls_one_that_waits() -> Result<()> {
    let mut waiting = start(&["--bind", "127.0.0.1:0"])?;
    let address = waiting.listening()?;
    let mut calling = start(&[&address])?;
    assert!(!calling.stderr_text().contains("listening on"), "the system chose its port");
    calling.type_line("在吗")?;
    waiting.expect_stdout("[127.0.0.1:*] 在吗")?;
    waiting.type_line("在")?;
    calling.expect_stdout(&format!("[{address}] 在"))?;
    waiting.type_line("88")?;
    waiting.expect_exit(0)?;
    calling.expect_exit(0)
}

#[test]
fn the_end_of_a_pipe_is_not_the_end_of_the_chat() -> Result<()> {
    let (mut chat, peer) = call(&[]);
    chat.send_bytes("last line without an end 行".as_bytes())?;
    chat.end_input();
    peer.expect("last line without an end 行");
    chat.expect_stderr("end of input: still receiving, until 88 comes")?;
    peer.send("still there?");
    chat.expect_stdout("[*] still there?")?;
    peer.send("88");
    chat.expect_exit(0)?;
    peer.expect_nothing_more();
    Ok(())
}

#[test]
fn without_input_it_only_receives() -> Result<()> {
    let peer = UdpPeer::new();
    let args = [&*peer.address, "--bind", "127.0.0.1:0"];
    let mut chat = Launch::step("udp-chat").args(&args).no_input().start()?;
    peer.connect(&chat.listening()?);
    chat.expect_stderr("end of input: *")?;
    peer.send("one");
    chat.expect_stdout("[*] one")?;
    peer.send("88");
    chat.expect_exit(0)
}

#[test]
fn encodings_on_the_wire_and_in_the_pipe() -> Result<()> {
    let (mut chat, peer) = call(&["--encoding", "gbk"]);
    chat.type_line("你好")?; // UTF-8 in the pipe
    peer.expect(b"\xc4\xe3\xba\xc3");
    peer.send(b"\xba\xc3");
    chat.expect_stdout("[*] 好")?;
    peer.send("你好");
    chat.expect_stdout("[*] 浣犲ソ")?;
    chat.expect_stderr("  hint: *looks like UTF-8 read as GBK: try --encoding utf-8")?;

    let args = [&*peer.address, "--bind", "127.0.0.1:0"];
    let mut chat = Launch::step("udp-chat").args(&args).env("SOCKET_ENCODING", "gbk").start()?;
    let peer_socket = peer.socket.try_clone().unwrap();
    peer_socket.connect(chat.listening()?).unwrap();
    chat.type_line("你")?;
    peer.expect(b"\xc4\xe3");

    let peer = UdpPeer::new();
    let gbk_pipe =
        Launch::step("udp-chat").args(&[&peer.address]).env("SOCKET_INPUT_ENCODING", "gbk");
    let mut chat = gbk_pipe.start()?;
    chat.send_bytes(b"\xc4\xe3\r\n")?;
    peer.expect("你");
    Ok(())
}

#[test]
fn a_character_that_does_not_fit_is_reported_and_the_chat_goes_on() -> Result<()> {
    let (mut chat, peer) = call(&["--encoding", "gbk"]);
    chat.type_line("好😀")?;
    chat.expect_stderr("error: gbk can't hold '😀' (U+1F600); nothing was sent")?;
    chat.type_line("好")?;
    peer.expect(b"\xba\xc3");
    peer.send("88");
    chat.expect_exit(2)?; // not all that was typed was sent
    peer.expect_nothing_more();
    Ok(())
}

#[test]
fn what_is_no_text_is_shown_and_the_chat_goes_on() -> Result<()> {
    let (mut chat, peer) = call(&[]);
    peer.send(b"\xc4\xe3\xff\x00");
    chat.expect_stdout("[*] ���␀")?;
    chat.expect_stderr("  hint: *not valid UTF-8: try --encoding gbk")?;
    peer.send("\x1b[2J\x1b]0;t\x07\n");
    chat.expect_stdout("[*] ␛[2J␛]0;t␇")?;
    peer.send("still here");
    chat.expect_stdout("[*] still here")?;
    Ok(())
}

#[test]
fn a_peer_that_is_not_there_is_no_error() -> Result<()> {
    let gone = UdpPeer::new().address; // its port is closed again
    let mut chat = start(&[&gone])?;
    chat.send_bytes(b"one\ntwo\n88\n")?;
    chat.expect_exit(0)?;
    assert_eq!(chat.stdout_text(), "");
    Ok(())
}

#[test]
fn a_line_that_is_too_long_is_reported() -> Result<()> {
    let (mut chat, peer) = call(&[]);
    chat.send_bytes(&vec![b'x'; 10_000_000])?;
    chat.send_bytes(b"\nsmall\n")?;
    chat.expect_stderr("  too big for one datagram (at most 65507 bytes); send it in parts")?;
    peer.expect("small");
    chat.send_bytes(&vec![b'x'; 17 << 20])?;
    chat.expect_stderr("error: stdin: a line of more than 16 MiB")?;
    chat.expect_stderr("end of input: still receiving, until 88 comes")?;
    peer.send("88");
    chat.expect_exit(2)?; // not all of the input was sent
    peer.expect_nothing_more();
    Ok(())
}

#[test]
fn a_large_datagram_is_printed_whole() -> Result<()> {
    let (mut chat, peer) = call(&[]);
    let text = "long ".repeat(1600);
    peer.send(&text);
    chat.expect_stdout(&format!("[*] {text}"))?;
    Ok(())
}

#[test]
fn ipv6_and_names() -> Result<()> {
    let peer = UdpPeer::new();
    let port = peer.address.rsplit(':').next().unwrap();
    let mut chat = start(&[&format!("localhost:{port}"), "--bind", "localhost:0"])?;
    peer.connect(&chat.listening()?);
    chat.type_line("by name")?;
    peer.expect("by name");

    let Ok(peer) = UdpPeer::at("[::1]:0") else {
        skipped("udp-chat over IPv6", "this computer has no IPv6");
        return Ok(());
    };
    for own in ["[::1]:0", "[::]:0"] {
        let mut chat = start(&[&peer.address, "--bind", own])?;
        chat.listening()?;
        chat.type_line("six")?;
        peer.expect("six");
    }
    let mut chat = start(&[&peer.address])?;
    chat.type_line("from any port")?;
    peer.expect("from any port");
    Ok(())
}

#[test]
fn wrong_usage_ends_with_2_and_a_reason() {
    let rows: [(&[&str], &str); 10] = [
        (&["[::1]:8752", "--bind", "127.0.0.1:0"], "one is IPv4 and one is IPv6"),
        (&["hello"], "has no port: write HOST:PORT"),
        (&["1", "--bind", "127.0.0.1:x"], "must be a number"),
        (&["unix:/tmp/x"], "unix: is for the TCP steps"),
        (&["0.0.0.0:8752"], "connect to 127.0.0.1:8752 or to the server's address"),
        (&["127.0.0.1:0"], "port 0 can't be called"),
        (&["--bind", "192.0.2.1:0"], "this computer doesn't own 192.0.2.1"),
        (&["1", "--encoding", "utf-16le"], "two byte orders"),
        (&["1", "--encoding", "klingon"], "no such encoding; try utf-8, gbk"),
        (&["1", "2"], "unexpected argument '2'"),
    ];
    for (args, reason) in rows {
        expect_error(args, 2, &["error: ", reason]);
    }
    expect_error(&["bad..address:1"], 1, &["error: can't find host 'bad..address': "]);
}

#[test]
fn a_port_that_is_taken() {
    let taken = UdpPeer::new();
    let port = taken.address.rsplit(':').next().unwrap();
    expect_error(
        &["--bind", &taken.address],
        2,
        &[
            &format!("error: bind {}: ", taken.address),
            &format!("port {port} is taken, probably by"),
        ],
    );
}

/// Another program may have the usual port just now; the error names it as well.
#[test]
fn without_any_address_it_waits_on_the_usual_port() -> Result<()> {
    let mut chat = start(&[])?;
    chat.expect_stderr("*127.0.0.1:8888*")?;
    Ok(())
}

#[test]
fn the_help_and_the_version() -> Result<()> {
    let mut help = start(&["--help"])?;
    help.expect_exit(0)?;
    assert!(help.stdout_text().contains("udp-chat [OPTIONS] [PEER]"), "{}", help.stdout_text());
    let mut version = start(&["--version"])?;
    version.expect_exit(0)?;
    assert!(version.stdout_text().starts_with("udp-chat 0."));
    Ok(())
}

#[cfg(unix)]
#[test]
fn stdout_that_nobody_reads_and_stdin_that_is_closed() -> Result<()> {
    let peer = UdpPeer::new();
    let chat = format!("\"$PROGRAM\" {} --bind 127.0.0.1:0", peer.address);
    let mut closed = step::shell("udp-chat", &format!("exec {chat} <&-"));
    let address = closed.listening()?;
    peer.connect(&address);
    peer.send("88");
    closed.expect_exit(0)?;

    let mut chat =
        step::shell("udp-chat", &format!("{{ {chat}; echo \"exit $?\" >&2; }} | head -n 1"));
    let address = chat.listening()?;
    peer.connect(&address);
    let mut ended = None;
    for _ in 0..50 {
        let _ = peer.socket.send(b"more"); // refused, when the chat has ended meanwhile
        chat.set_deadline(Duration::from_millis(100));
        ended = chat.expect_stderr("exit *").ok();
        if ended.is_some() {
            break;
        }
    }
    assert_eq!(ended.unwrap(), "exit 0");
    assert!(!chat.stderr_text().contains("error"), "{}", chat.stderr_text());
    Ok(())
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_reported() -> Result<()> {
    if !testkit::skip::full_disk() {
        return Ok(());
    }
    let peer = UdpPeer::new();
    let command = format!("exec \"$PROGRAM\" {} --bind 127.0.0.1:0 >/dev/full", peer.address);
    let mut chat = step::shell("udp-chat", &command);
    peer.connect(&chat.listening()?);
    peer.send("one");
    chat.expect_stderr("error: stdout: No space left on device*")?;
    chat.expect_exit(2)
}

#[cfg(unix)]
#[test]
fn signals_end_it_at_once() -> Result<()> {
    use nix::sys::signal::Signal;
    for (signal, exit_code) in [(Signal::SIGINT, 130), (Signal::SIGTERM, 143)] {
        let (mut chat, peer) = call(&[]);
        peer.send("before");
        chat.expect_stdout("[*] before")?;
        chat.signal(signal);
        chat.expect_exit(exit_code)?;

        let mut waiting = start(&["--bind", "127.0.0.1:0"])?;
        waiting.expect_stderr("waiting for the first datagram*")?;
        waiting.signal(signal);
        waiting.expect_exit(exit_code)?;
    }
    Ok(())
}

#[test]
#[cfg_attr(not(debug_assertions), ignore = "only a debug build has a panic to plant")]
fn a_panic_in_the_receiving_thread_ends_the_chat() -> Result<()> {
    let launch = Launch::step("udp-chat").args(&[&UdpPeer::new().address]);
    let mut chat = launch.env("SOCKET_STEPS_PANIC", "receiver").start()?;
    chat.expect_stderr("error: this is a bug of the program, not yours: planted by *")?;
    chat.expect_exit(2) // it would be deaf otherwise, and wait for the keyboard
}
