//! udp-recv's contract, with bare sockets as the senders.
#![allow(clippy::unwrap_used, clippy::panic)] // a test helper may fail like the test itself

use std::io::Read;
use std::net::{TcpListener, TcpStream, UdpSocket};
#[cfg(unix)]
use std::time::Duration;

use testkit::peer::UdpPeer;
use testkit::program::Result;
use testkit::skip::skipped;
use testkit::{Launch, Program, step};

/// A running udp-recv and one sender that talks to it.
struct Talk {
    receiver: Program,
    address: String,
    sender: UdpPeer,
}

impl Talk {
    fn new(options: &[&str]) -> Talk {
        let mut receiver = start(&[&["127.0.0.1:0"], options].concat()).unwrap();
        let address = receiver.listening().unwrap();
        Talk { receiver, address, sender: UdpPeer::new() }
    }

    fn send(&self, datagram: impl AsRef<[u8]>) {
        self.sender.send_to(datagram, &self.address);
    }

    /// Sends a datagram and expects exactly this line.
    fn shows(&mut self, datagram: impl AsRef<[u8]>, text: &str) {
        self.send(datagram);
        let line = self.receiver.expect_stdout("*").unwrap();
        assert_eq!(line, format!("[{}] {text}", self.sender.address));
    }

    fn expect_answer(&self, payload: impl AsRef<[u8]>) {
        self.sender.expect(payload);
    }
}

fn start(args: &[&str]) -> Result<Program> {
    Program::step("udp-recv", args)
}

fn expect_error(args: &[&str], exit_code: i32, words: &[&str]) {
    step::expect_error("udp-recv", args, exit_code, words);
}

#[test]
fn each_datagram_is_a_line_until_88() -> Result<()> {
    let mut talk = Talk::new(&[]);
    talk.shows("hello", "hello");
    talk.shows("你好", "你好");
    talk.shows("", "");
    talk.shows("with a line end\n", "with a line end");
    talk.shows("two\nlines\r\n", "two␊lines");
    talk.shows(" 88", " 88");
    talk.shows("88 ", "88 ");
    talk.shows("888", "888");
    talk.shows("88", "88");
    talk.receiver.expect_exit(0)?;
    assert_eq!(talk.receiver.stdout_text().lines().count(), 9);
    let listening = format!("listening on {}\n", talk.address);
    let stderr = talk.receiver.stderr_text();
    assert!(stderr.starts_with(&listening), "{stderr}");
    assert!(stderr.contains("only this computer can reach it; 0.0.0.0:"), "{stderr}");
    assert!(stderr.ends_with("press Ctrl-C to stop\n"), "nothing else: {stderr}");
    Ok(())
}

#[test]
fn the_line_end_of_88_does_not_matter() -> Result<()> {
    for last in ["88\r\n", "88\n", "\u{feff}88"] {
        let mut talk = Talk::new(&[]);
        talk.shows(last, "88");
        talk.receiver.expect_exit(0)?;
    }
    Ok(())
}

#[test]
fn senders_are_told_apart() -> Result<()> {
    let mut talk = Talk::new(&[]);
    let others: Vec<UdpPeer> = (0..5).map(|_| UdpPeer::new()).collect();
    let mut expected = String::new();
    for round in 0..20 {
        for other in &others {
            let text = format!("round {round} 轮");
            other.send_to(&text, &talk.address);
            expected += &format!("[{}] {text}\n", other.address);
        }
    }
    talk.send("88");
    expected += &format!("[{}] 88\n", talk.sender.address);
    talk.receiver.expect_exit(0)?;
    assert_eq!(talk.receiver.stdout_text(), expected);
    Ok(())
}

#[test]
fn once_is_one_datagram() -> Result<()> {
    let mut talk = Talk::new(&["--once"]);
    talk.shows("only", "only");
    talk.receiver.expect_exit(0)
}

#[test]
fn each_sender_is_answered() -> Result<()> {
    let mut talk = Talk::new(&["--reply", "收到"]);
    talk.shows("one", "one");
    talk.expect_answer("收到");
    let other = UdpPeer::new();
    other.send_to("two", &talk.address);
    other.expect("收到");
    talk.receiver.expect_stdout("[*] two")?;
    talk.shows("88", "88");
    talk.expect_answer("收到");
    talk.receiver.expect_exit(0)
}

#[test]
fn a_sender_that_has_gone_stops_nothing() -> Result<()> {
    let mut talk = Talk::new(&["--reply", "answer"]);
    for _ in 0..3 {
        let gone = UdpPeer::new();
        gone.send_to("bye", &talk.address);
        drop(gone.socket);
        talk.receiver.expect_stdout(&format!("[{}] bye", gone.address))?;
    }
    talk.shows("still there?", "still there?");
    talk.expect_answer("answer");
    Ok(())
}

#[test]
fn once_with_a_reply_in_gbk() -> Result<()> {
    let mut talk = Talk::new(&["--once", "--reply", "你好", "--encoding", "gbk"]);
    talk.shows(b"\xc4\xe3\xba\xc3", "你好");
    talk.expect_answer(b"\xc4\xe3\xba\xc3");
    talk.receiver.expect_exit(0)
}

#[test]
fn a_reply_that_does_not_fit_the_encoding_is_refused_at_once() {
    expect_error(
        &["127.0.0.1:0", "--reply", "好😀", "--encoding", "gbk"],
        2,
        &["error: gbk can't hold '😀' (U+1F600); nothing was sent\n  use utf-8 on both sides"],
    );
}

#[test]
fn a_datagram_that_the_buffer_cuts_is_reported() -> Result<()> {
    let mut talk = Talk::new(&["--buffer", "8"]);
    talk.shows("12345678", "12345678");
    talk.shows("123456789", "12345678");
    let warning = talk.receiver.expect_stderr("[*] more than 8 bytes*")?;
    let expected = "more than 8 bytes in this datagram, buffer 8: the rest is gone; --buffer 65507";
    assert_eq!(warning, format!("[{}] {expected}", talk.sender.address));
    // A character that the buffer cuts is not a wrong encoding.
    talk.shows("你好吗", "你好�");
    talk.receiver.expect_stderr("[*] more than 8 bytes*")?;
    assert!(!talk.receiver.stderr_text().contains("hint"), "{}", talk.receiver.stderr_text());
    Ok(())
}

#[test]
fn the_usual_buffer_holds_1024_bytes() -> Result<()> {
    let mut talk = Talk::new(&[]);
    let text = "x".repeat(1025);
    talk.shows(&text[..1024], &text[..1024]);
    assert!(!talk.receiver.stderr_text().contains("more than"));
    talk.shows(&text, &text[..1024]);
    talk.receiver.expect_stderr("[*] more than 1024 bytes*")?;
    Ok(())
}

/// Elsewhere the system's limit is lower.
#[cfg(target_os = "linux")]
#[test]
fn the_largest_datagram_fits() {
    for buffer in ["65507", "65536"] {
        let mut talk = Talk::new(&["--buffer", buffer]);
        let text = "x".repeat(65507);
        talk.shows(&text, &text);
        talk.shows("next", "next");
        assert!(!talk.receiver.stderr_text().contains("more than"));
    }
}

#[test]
fn what_a_peer_sends_can_not_move_the_cursor() {
    let mut talk = Talk::new(&[]);
    talk.shows("\x1b[2J\x1b]0;t\x07\r\x08\0\u{9b}", "␛[2J␛]0;t␇␍␈␀\u{fffd}");
}

#[test]
fn bytes_that_are_no_text_are_hinted_at() -> Result<()> {
    let mut talk = Talk::new(&[]);
    let expect_hint = |talk: &mut Talk, about: &str| {
        let expected = format!("  hint: {}: {about}", talk.sender.address);
        assert_eq!(talk.receiver.expect_stderr("  hint: *").unwrap(), expected);
    };
    talk.shows(b"\xc4\xe3\xba\xc3", "���");
    expect_hint(&mut talk, "not valid UTF-8: try --encoding gbk");
    talk.shows("a\u{fffd}b", "a\u{fffd}b");
    expect_hint(
        &mut talk,
        "the sender had already lost these characters (it sent U+FFFD in their place)",
    );
    talk.shows(b"\xff\xfe\x00\x80", "��␀�");
    talk.shows("好", "好");
    talk.shows("88", "88");
    talk.receiver.expect_exit(0)?;
    let stderr = talk.receiver.stderr_text();
    assert_eq!(stderr.matches("not valid UTF-8").count(), 1, "printed once: {stderr}");
    Ok(())
}

#[test]
fn text_in_the_wrong_encoding_is_hinted_at() -> Result<()> {
    let rows: [(&[u8], &str, &str); 4] = [
        ("你好".as_bytes(), "浣犲ソ", "looks like UTF-8 read as GBK: try --encoding utf-8"),
        ("\u{fffd}\u{fffd}".as_bytes(), "锟斤拷", "the sender had already lost these characters"),
        (
            "\u{feff}hi".as_bytes(),
            "锘縣i",
            "a UTF-8 byte order mark read as GBK: try --encoding utf-8",
        ),
        (b"\xff\xff", "��", "not valid GBK: try --encoding utf-8"),
    ];
    for (datagram, text, hint) in rows {
        let mut talk = Talk::new(&["--encoding", "gbk"]);
        talk.shows(b"\xc4\xe3\xba\xc3", "你好");
        talk.shows(datagram, text);
        talk.receiver.expect_stderr(&format!("  hint: {}: *{hint}*", talk.sender.address))?;
    }
    Ok(())
}

#[test]
fn encodings() -> Result<()> {
    let rows: [(&str, &[u8], &str); 4] = [
        ("cp936", b"\xc4\xe3", "你"),
        ("gb18030", b"\x94\x39\xfc\x36", "😀"),
        ("big5", b"\xa7\x41", "你"),
        ("latin1", b"\xe9", "é"),
    ];
    for (label, datagram, text) in rows {
        Talk::new(&["--encoding", label]).shows(datagram, text);
    }
    let mut receiver =
        Launch::step("udp-recv").args(&["127.0.0.1:0"]).env("SOCKET_ENCODING", "gbk").start()?;
    let address = receiver.listening()?;
    UdpPeer::new().send_to(b"\xc4\xe3", &address);
    receiver.expect_stdout("[*] 你")?;
    Ok(())
}

#[test]
fn all_forms_of_an_address() -> Result<()> {
    for address in ["0", ":0", "localhost:0"] {
        let mut receiver = start(&[address, "--once"])?;
        let address = receiver.listening()?;
        assert!(address.starts_with("127.0.0.1:"), "{address}");
        UdpPeer::new().send_to(b"hi", &address);
        receiver.expect_exit(0)?;
    }
    Ok(())
}

#[test]
fn ipv6_and_both() -> Result<()> {
    let Ok(six) = UdpPeer::at("[::1]:0") else {
        skipped("udp-recv on [::1] and [::]", "this computer has no IPv6");
        return Ok(());
    };
    let mut receiver = start(&["[::1]:0"])?;
    six.send_to("six", &receiver.listening()?);
    receiver.expect_stdout(&format!("[{}] six", six.address))?;

    let mut both = start(&["[::]:0", "--reply", "re"])?;
    let address = both.listening()?;
    let port = address.strip_prefix("[::]:").unwrap();
    six.send_to("six", &format!("[::1]:{port}"));
    both.expect_stdout(&format!("[{}] six", six.address))?;
    let four = UdpPeer::new();
    four.send_to("four", &format!("127.0.0.1:{port}"));
    both.expect_stdout(&format!("[{}] four", four.address))?; // not [::ffff:127.0.0.1]
    four.expect("re");
    Ok(())
}

#[test]
fn listening_on_the_lan_says_so() -> Result<()> {
    let mut receiver = start(&["0.0.0.0:0"])?;
    let address = receiver.listening()?;
    let port = address.strip_prefix("0.0.0.0:").unwrap().to_owned();
    let reach = receiver.expect_stderr("  *")?;
    assert!(
        reach.starts_with("  from other computers: ") && reach.contains(&format!(":{port}"))
            || reach.contains("no address on a LAN"),
        "{reach}"
    );
    Ok(())
}

#[test]
fn a_port_that_is_taken() {
    let taken = Talk::new(&[]);
    let port = taken.address.rsplit(':').next().unwrap();
    expect_error(
        &[&taken.address],
        2,
        &[
            &format!("error: bind {}: ", taken.address),
            &format!("port {port} is taken, probably by another copy of this program"),
            "stop it, or give another port",
        ],
    );
}

/// TCP and UDP have ports of their own: the old connections of a server with the same number hold nothing here.
#[test]
fn a_port_that_is_taken_beside_old_connections_of_tcp() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = server.local_addr().unwrap().to_string();
    let mut client = TcpStream::connect(&address).unwrap();
    drop(server.accept().unwrap()); // it closes first
    assert_eq!(client.read(&mut [0]).unwrap(), 0);
    drop((client, server));
    let _taken = UdpSocket::bind(&address).unwrap();
    expect_error(&[&address], 2, &["is taken, probably by another copy of this program"]);
}

#[test]
fn wrong_usage_ends_with_2_and_a_reason() {
    let rows: [(&[&str], &str); 12] = [
        (&["hello"], "has no port: write HOST:PORT"),
        (&["127.0.0.1:http"], "must be a number"),
        (&["127.0.0.1:99999"], "ports go from 0 to 65535"),
        (&["unix:/tmp/x"], "unix: is for the TCP steps"),
        (&["0", "--buffer", "0"], "0 is not in 1..=65536"),
        (&["0", "--buffer", "65537"], "65537 is not in 1..=65536"),
        (&["0", "--join", "127.0.0.1"], "no multicast group"),
        (&["[::1]:0", "--join", "239.1.2.3"], "are of different families"),
        (&["0", "--encoding", "utf-16"], "two byte orders"),
        (&["0", "--encoding", "klingon"], "no such encoding; try utf-8, gbk"),
        (&["0", "--onec"], "--once"),
        (&["192.0.2.1:0"], "this computer doesn't own 192.0.2.1"),
    ];
    for (args, reason) in rows {
        expect_error(args, 2, &["error: ", reason]);
    }
    expect_error(&["bad..name:1"], 1, &["error: can't find host 'bad..name': "]);
}

#[test]
fn the_help_names_the_defaults() -> Result<()> {
    let mut help = start(&["--help"])?;
    help.expect_exit(0)?;
    for part in
        ["[default: 127.0.0.1:8888]", "[default: 1024]", "[default: utf-8]", "--join <GROUP>"]
    {
        assert!(help.stdout_text().contains(part), "no {part:?} in:\n{}", help.stdout_text());
    }
    let mut version = start(&["--version"])?;
    version.expect_exit(0)?;
    assert!(version.stdout_text().starts_with("udp-recv 0."));
    Ok(())
}

/// Elsewhere a group is not reachable through the loopback interface.
#[cfg(target_os = "linux")]
#[test]
fn a_multicast_group_on_loopback() -> Result<()> {
    let mut receivers = Vec::new();
    let mut first = start(&["127.0.0.1:0", "--join", "239.77.88.99"])?;
    let port = first.listening()?.rsplit(':').next().unwrap().to_owned();
    // Several programs of one computer may listen to a group.
    let own = format!("127.0.0.1:{port}");
    let mut second = start(&[&own, "--join", "239.77.88.99"])?;
    second.listening()?;
    receivers.extend([first, second]);
    let group = format!("239.77.88.99:{port}");
    let mut send =
        Program::step("udp-send", &[&group, "--bind", "127.0.0.1:0", "88"].map(String::from))?;
    send.expect_exit(0)?;
    for receiver in &mut receivers {
        receiver.expect_stdout("[127.0.0.1:*] 88")?;
        receiver.expect_exit(0)?;
    }
    Ok(())
}

/// Nothing is read from stdin, so its end changes nothing.
#[cfg(unix)]
#[test]
fn stdin_does_not_matter() -> Result<()> {
    for input in ["<&-", "</dev/null"] {
        let mut receiver =
            step::shell("udp-recv", &format!(r#"exec "$PROGRAM" 127.0.0.1:0 {input}"#));
        let address = receiver.listening()?;
        let sender = UdpPeer::new();
        sender.send_to("88", &address);
        receiver.expect_stdout(&format!("[{}] 88", sender.address))?;
        receiver.expect_exit(0)?;
    }
    Ok(())
}

#[cfg(unix)]
#[test]
fn a_reader_that_leaves_ends_it_quietly() -> Result<()> {
    let command = r#"{ "$PROGRAM" 127.0.0.1:0; echo "exit $?" >&2; } | head -n 1"#;
    let mut receiver = step::shell("udp-recv", command);
    let address = receiver.listening()?;
    let sender = UdpPeer::new();
    sender.send_to("one", &address);
    receiver.expect_stdout(&format!("[{}] one", sender.address))?;
    // `head` may take a moment to leave; what comes after that can't be written.
    let mut ended = None;
    for _ in 0..50 {
        let _ = sender.socket.send_to(b"more", &address);
        receiver.set_deadline(Duration::from_millis(100));
        ended = receiver.expect_stderr("exit *").ok();
        if ended.is_some() {
            break;
        }
    }
    assert_eq!(ended.unwrap(), "exit 0");
    let stderr = receiver.stderr_text();
    assert!(stderr.ends_with("press Ctrl-C to stop\nexit 0\n"), "quietly: {stderr}");
    Ok(())
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_reported() -> Result<()> {
    if !testkit::skip::full_disk() {
        return Ok(());
    }
    let mut receiver = step::shell("udp-recv", r#"exec "$PROGRAM" 127.0.0.1:0 >/dev/full"#);
    let address = receiver.listening()?;
    UdpPeer::new().send_to(b"one", &address);
    receiver.expect_exit(2)?;
    let stderr = receiver.stderr_text();
    assert!(stderr.contains("error: stdout: No space left on device"), "{stderr}");
    Ok(())
}

#[cfg(unix)]
#[test]
fn signals_end_it_at_once() -> Result<()> {
    use nix::sys::signal::Signal;
    for (signal, exit_code) in [(Signal::SIGINT, 130), (Signal::SIGTERM, 143)] {
        let mut talk = Talk::new(&[]);
        talk.shows("before", "before");
        talk.receiver.signal(signal);
        talk.receiver.expect_exit(exit_code)?;
    }
    Ok(())
}

#[test]
fn the_narration_goes_to_stderr() -> Result<()> {
    let mut talk = Talk::new(&["--explain", "--encoding", "gbk"]);
    // Printed before the call, so that a program that blocks shows what it waits for.
    talk.receiver.expect_stderr("3. recvfrom wait for a datagram of up to 1024 bytes …")?;
    talk.shows(b"\xc4\xe3\xba\xc3", "你好");
    let outcome = format!(r#"   {} sent 4 bytes: c4 e3 ba c3  "你好" (gbk)"#, talk.sender.address);
    talk.receiver.expect_stderr(&outcome)?;
    talk.receiver.expect_stderr("3. recvfrom *")?;
    talk.shows("88", "88");
    talk.receiver.expect_stderr("4. close *")?;
    talk.receiver.expect_exit(0)
}
