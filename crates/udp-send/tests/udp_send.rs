//! udp-send's contract, with a bare socket as the receiver.
#![allow(clippy::unwrap_used, clippy::panic)] // a test helper may fail like the test itself

use std::time::{Duration, Instant};

use testkit::peer::UdpPeer;
use testkit::program::Result;
use testkit::skip::skipped;
use testkit::{Launch, Program, step};

fn start(args: &[&str]) -> Result<Program> {
    Program::step("udp-send", args)
}

/// Runs udp-send with this input to its end; returns stdout and stderr.
fn run(args: &[&str], input: &[u8], exit_code: i32) -> (String, String) {
    let mut sender = start(args).unwrap();
    sender.send_bytes(input).unwrap();
    sender.end_input();
    sender.expect_exit(exit_code).unwrap();
    (sender.stdout_text(), sender.stderr_text())
}

fn expect_error(args: &[&str], exit_code: i32, words: &[&str]) {
    step::expect_error("udp-send", args, exit_code, words);
}

#[test]
fn words_become_one_datagram() {
    let receiver = UdpPeer::new();
    let (stdout, _) = run(&[&receiver.address, "你好,", "peer", "  two  "], b"not read", 0);
    receiver.expect("你好, peer   two  ");
    receiver.expect_nothing_more();
    assert_eq!(stdout, "");
}

#[test]
fn every_line_is_a_datagram_until_88() {
    let receiver = UdpPeer::new();
    run(&[&receiver.address], "one\n二\r\n\n 88\n88 \n88\r\nnot sent\n".as_bytes(), 0);
    for payload in ["one", "二", "", " 88", "88 ", "88"] {
        receiver.expect(payload);
    }
    receiver.expect_nothing_more();
}

#[test]
fn the_end_of_the_input_ends_it_too() {
    let receiver = UdpPeer::new();
    run(&[&receiver.address], b"one\nlast line without an end", 0);
    receiver.expect("one");
    receiver.expect("last line without an end");
    receiver.expect_nothing_more();
    run(&[&receiver.address], b"", 0);
    receiver.expect_nothing_more();
}

#[test]
fn lines_are_sent_as_they_are_typed() -> Result<()> {
    let receiver = UdpPeer::new();
    let mut sender = start(&[&receiver.address])?;
    sender.type_line("one")?;
    let first = receiver.expect("one");
    sender.type_line("two")?;
    assert_eq!(receiver.expect("two"), first, "one socket for all lines");
    sender.expect_stderr(&format!("each line is one datagram to {}; 88 ends", receiver.address))?;
    sender.type_line("88")?;
    receiver.expect("88");
    sender.expect_exit(0)?;
    assert_eq!(sender.stdout_text(), "");
    Ok(())
}

#[test]
fn all_forms_of_an_address() {
    let receiver = UdpPeer::new();
    let port = receiver.address.rsplit(':').next().unwrap();
    for address in [port.to_owned(), format!(":{port}"), format!("localhost:{port}")] {
        run(&[&address, &address], b"", 0);
        receiver.expect(address);
    }
    match UdpPeer::at("[::1]:0") {
        Ok(receiver) => {
            run(&[&receiver.address, "six"], b"", 0);
            receiver.expect("six");
        }
        Err(error) => skipped("udp-send to [::1]", &error.to_string()),
    }
}

#[test]
fn the_help_names_the_defaults() {
    let (stdout, stderr) = run(&["--help"], b"", 0);
    for part in [
        "[ADDRESS] [MESSAGE]...",
        "[default: 127.0.0.1:8888]",
        "--wait <SECONDS>",
        "--bind <ADDRESS>",
        "--broadcast",
        "--explain",
        "[env: SOCKET_ENCODING=] [default: utf-8]",
    ] {
        assert!(stdout.contains(part), "no {part:?} in:\n{stdout}");
    }
    assert_eq!(stderr, "");
    assert!(run(&["--version"], b"", 0).0.starts_with("udp-send 0."));
}

/// Linux ends a call that has a time limit with EINTR when the program goes on after Ctrl-Z: signal(7).
#[cfg(unix)]
#[test]
fn being_stopped_for_a_while_does_not_end_the_waiting() -> Result<()> {
    use nix::sys::signal::Signal;

    let receiver = UdpPeer::new();
    let mut sender = start(&[&receiver.address, "--wait", "60", "--explain", "?"])?;
    let from = receiver.expect("?");
    sender.expect_stderr("2b. recvfrom *")?;
    for signal in [Signal::SIGSTOP, Signal::SIGCONT] {
        std::thread::sleep(std::time::Duration::from_millis(50)); // it is in the call by now, and then in its stop
        sender.signal(signal);
    }
    receiver.socket.send_to(b"answer", from).unwrap();
    sender.expect_stdout("[*] answer")?;
    sender.expect_exit(0)
}

#[test]
fn an_answer_is_waited_for() -> Result<()> {
    let receiver = UdpPeer::new();
    let mut sender = start(&[&receiver.address, "--wait", "5", "在吗"])?;
    let from = receiver.expect("在吗");
    receiver.socket.send_to("在\x1b[2J\n".as_bytes(), from).unwrap();
    sender.expect_exit(0)?;
    assert_eq!(sender.stdout_text(), format!("[{}] 在␛[2J\n", receiver.address));
    assert_eq!(sender.stderr_text(), "");
    Ok(())
}

#[test]
fn an_answer_to_each_line_is_waited_for() -> Result<()> {
    let receiver = UdpPeer::new();
    let mut sender = start(&[&receiver.address, "--wait", "5"])?;
    sender.send_bytes(b"one\ntwo\n88\n")?;
    for line in ["one", "two", "88"] {
        let from = receiver.expect(line);
        receiver.socket.send_to(format!("re: {line}").as_bytes(), from).unwrap();
        sender.expect_stdout(&format!("[{}] re: {line}", receiver.address))?;
    }
    sender.expect_exit(0)
}

#[test]
fn a_large_answer_is_printed_whole() -> Result<()> {
    let receiver = UdpPeer::new();
    let mut sender = start(&[&receiver.address, "--wait", "5", "?"])?;
    let from = receiver.expect("?");
    let answer = "long ".repeat(1600); // macOS sends at most 9216 bytes
    receiver.socket.send_to(answer.as_bytes(), from).unwrap();
    sender.expect_exit(0)?;
    assert_eq!(sender.stdout_text(), format!("[{}] {answer}\n", receiver.address));
    Ok(())
}

#[test]
fn a_missing_answer_is_an_error_and_the_next_line_is_still_sent() {
    let receiver = UdpPeer::new();
    let started = Instant::now();
    let (stdout, stderr) = run(&[&receiver.address, "--wait", "0.2"], b"one\ntwo\n", 1);
    assert!(started.elapsed() >= Duration::from_millis(400), "it waits for each");
    receiver.expect("one");
    receiver.expect("two");
    assert_eq!(stdout, "");
    let expected = format!("error: no answer from {} in 0.2 s", receiver.address);
    assert_eq!(stderr.matches(&expected).count(), 2, "{stderr}");
    assert!(stderr.contains("is the receiver running, on this port, and does it answer"));
}

#[test]
fn the_own_address_can_be_chosen() {
    // A port that was free a moment ago; its number must be known before.
    let own = UdpPeer::new().address;
    let receiver = UdpPeer::new();
    run(&[&receiver.address, "--bind", &own, "hi"], b"", 0);
    assert_eq!(receiver.expect("hi").to_string(), own);

    let taken = UdpPeer::new();
    let port = taken.address.rsplit(':').next().unwrap();
    expect_error(
        &[&receiver.address, "--bind", &taken.address, "hi"],
        2,
        &[
            &format!("error: bind {}: ", taken.address),
            &format!("port {port} is taken, probably by another copy of this program"),
        ],
    );
    expect_error(
        &[&receiver.address, "--bind", "192.0.2.1:0", "hi"],
        2,
        &["error: bind 192.0.2.1:0: ", "this computer doesn't own 192.0.2.1", "bind 0.0.0.0:0"],
    );
    expect_error(
        &[&receiver.address, "--bind", "[::1]:0", "hi"],
        2,
        &["error: bind [::1]:0: ", "one is IPv4 and one is IPv6", "give both as IPv4 addresses"],
    );
    receiver.expect_nothing_more();
}

/// Elsewhere 127.255.255.255 is no broadcast address.
#[cfg(target_os = "linux")]
#[test]
fn broadcast_must_be_asked_for() {
    let receiver = UdpPeer::at("0.0.0.0:0").unwrap();
    let port = receiver.address.rsplit(':').next().unwrap();
    let everyone = format!("127.255.255.255:{port}");
    expect_error(
        &[&everyone, "hi"],
        2,
        &[
            &format!("error: sendto {everyone}: Permission denied"),
            "sending to a broadcast address needs --broadcast",
        ],
    );
    receiver.expect_nothing_more();
    run(&[&everyone, "--broadcast", "hi"], b"", 0);
    receiver.expect("hi");
}

#[test]
fn encodings() {
    let receiver = UdpPeer::new();
    let rows: [(&str, &str, &[u8]); 6] = [
        ("gbk", "你吃了吗", b"\xc4\xe3\xb3\xd4\xc1\xcb\xc2\xf0"),
        ("cp936", "你", b"\xc4\xe3"),
        ("GB2312", "你", b"\xc4\xe3"),
        ("big5", "你", b"\xa7\x41"),
        ("gb18030", "😀", b"\x94\x39\xfc\x36"),
        ("utf-8", "你", b"\xe4\xbd\xa0"),
    ];
    for (label, text, payload) in rows {
        run(&[&receiver.address, "--encoding", label, text], b"", 0);
        receiver.expect(payload);
    }
}

#[test]
fn the_encoding_may_come_from_the_environment() -> Result<()> {
    let receiver = UdpPeer::new();
    let with_gbk =
        |args: &[&str]| Launch::step("udp-send").args(args).env("SOCKET_ENCODING", "gbk").start();
    with_gbk(&[&receiver.address, "你"])?.expect_exit(0)?;
    receiver.expect(b"\xc4\xe3");
    with_gbk(&[&receiver.address, "你", "--encoding", "utf-8"])?.expect_exit(0)?;
    receiver.expect("你");
    let mut wrong =
        Launch::step("udp-send").args(&["1", "x"]).env("SOCKET_ENCODING", "klingon").start()?;
    wrong.expect_exit(2)?;
    assert!(wrong.stderr_text().contains("no such encoding"), "{}", wrong.stderr_text());
    Ok(())
}

#[test]
fn an_answer_is_decoded() -> Result<()> {
    let receiver = UdpPeer::new();
    let mut sender = start(&[&receiver.address, "--wait", "5", "--encoding", "gbk", "?"])?;
    let from = receiver.expect("?");
    receiver.socket.send_to(b"\xc4\xe3\xba\xc3", from).unwrap();
    sender.expect_stdout(&format!("[{}] 你好", receiver.address))?;
    sender.expect_exit(0)?;

    let mut sender = start(&[&receiver.address, "--wait", "5", "?"])?;
    let from = receiver.expect("?");
    receiver.socket.send_to(b"\xc4\xe3\xba\xc3", from).unwrap();
    sender.expect_stdout("[*] *�*")?;
    sender.expect_stderr("  hint: *: not valid UTF-8: try --encoding gbk")?;
    sender.expect_exit(0)
}

#[test]
fn a_pipe_holds_what_input_encoding_says() {
    let receiver = UdpPeer::new();
    run(&[&receiver.address, "--encoding", "gbk"], "你好\n".as_bytes(), 0);
    receiver.expect(b"\xc4\xe3\xba\xc3");
    let gbk = [&receiver.address, "--encoding", "gbk", "--input-encoding", "gbk"];
    run(&gbk, b"\xc4\xe3\xba\xc3\n\xd0\xa1\r\n88\n", 0);
    receiver.expect(b"\xc4\xe3\xba\xc3");
    receiver.expect(b"\xd0\xa1");
    receiver.expect("88");
    let (_, stderr) = run(&[&receiver.address], b"\xc4\xe3\xba\xc3\n", 2);
    assert!(stderr.contains("error: stdin: a line that is not valid utf-8"), "{stderr}");
    assert!(stderr.contains("--input-encoding gbk"), "{stderr}");
    let (_, stderr) = run(&[&receiver.address], b"\xff\xfe8\x008\x00\n\x00", 2);
    assert!(
        stderr.contains("this looks like UTF-16, as Windows PowerShell's > writes it"),
        "{stderr}"
    );
    receiver.expect_nothing_more();
}

#[test]
fn a_character_that_does_not_fit_is_named_and_nothing_is_sent() {
    let receiver = UdpPeer::new();
    let expected =
        "error: gbk can't hold '😀' (U+1F600); nothing was sent\n  use utf-8 on both sides\n";
    let (stdout, stderr) = run(&[&receiver.address, "--encoding", "gbk", "好😀"], b"", 2);
    assert_eq!((stdout.as_str(), stderr.as_str()), ("", expected));
    receiver.expect_nothing_more();

    let lines = "一\n好😀\n二\n88\n";
    let (_, stderr) = run(&[&receiver.address, "--encoding", "gbk"], lines.as_bytes(), 2);
    assert!(stderr.ends_with(expected), "{stderr}");
    receiver.expect(b"\xd2\xbb");
    receiver.expect(b"\xb6\xfe");
    receiver.expect("88");
    receiver.expect_nothing_more();
}

#[test]
fn utf16_is_refused_with_a_reason() {
    for label in ["utf-16", "UTF-16LE", "utf-16be"] {
        expect_error(&["1", "--encoding", label, "x"], 2, &["two byte orders", "use utf-8"]);
    }
    expect_error(&["1", "--encoding", "klingon", "x"], 2, &["no such encoding; try utf-8, gbk"]);
}

#[test]
fn wrong_usage_ends_with_2_and_a_reason() {
    let rows: [(&[&str], &str); 12] = [
        (&["hello"], "has no port: write HOST:PORT"),
        (&["127.0.0.1:"], "must be a number"),
        (&["127.0.0.1:65536"], "ports go from 0 to 65535"),
        (&["::1:8888"], "an IPv6 address needs brackets"),
        (&["[::1:8888"], "the ']' is missing"),
        (&["unix:/tmp/x"], "unix: is for the TCP steps"),
        (&["0.0.0.0:8888", "x"], "connect to 127.0.0.1:8888 or to the server's address"),
        (&["127.0.0.1:0", "x"], "port 0 can't be called"),
        (&["1", "--wait", "0"], "seconds from 0.001 to 86400"),
        (&["1", "--wait", "soon"], "seconds from 0.001 to 86400"),
        (&["1", "--bind", "nonsense"], "has no port"),
        (&["1", "--wiat", "1"], "--wait"),
    ];
    for (args, reason) in rows {
        expect_error(args, 2, &["error: ", reason]);
    }
}

/// The name can't exist, so no name server is asked.
#[test]
fn an_unknown_host() {
    expect_error(
        &["bad..name:8888", "x"],
        1,
        &["error: can't find host 'bad..name': ", "check the spelling, or use a number"],
    );
}

/// Elsewhere the system's limit is lower.
#[cfg(target_os = "linux")]
#[test]
fn a_datagram_holds_at_most_65507_bytes() {
    let receiver = UdpPeer::new();
    run(&[&receiver.address, &"x".repeat(65507)], b"", 0);
    assert_eq!(receiver.receive().0.len(), 65507);
    expect_error(
        &[&receiver.address, &"x".repeat(65508)],
        2,
        &["error: sendto 127.0.0.1:", "too big for one datagram (at most 65507 bytes)"],
    );
    receiver.expect_nothing_more();
}

#[test]
fn a_line_without_an_end() {
    let receiver = UdpPeer::new();
    let mut long = vec![b'x'; 10_000_000];
    let (_, stderr) = run(&[&receiver.address], &long, 2);
    assert!(stderr.contains("too big for one datagram"), "{}", &stderr[..stderr.len().min(500)]);

    // One that is too big is reported; the next ones are sent.
    long.extend_from_slice(b"\nsmall\n");
    run(&[&receiver.address], &long, 2);
    receiver.expect("small");

    let (_, stderr) = run(&[&receiver.address], &vec![b'x'; 17 << 20], 2);
    assert!(stderr.contains("error: stdin: a line of more than 16 MiB"), "{stderr}");
    receiver.expect_nothing_more();
}

#[cfg(unix)]
#[test]
fn no_input_at_all() -> Result<()> {
    let receiver = UdpPeer::new();
    let mut sender = Launch::step("udp-send").args(&[&receiver.address]).no_input().start()?;
    sender.expect_exit(0)?;
    for input in ["<&-", "</dev/null"] {
        let program = testkit::step_program("udp-send");
        let script = format!(r#"exec "$0" "$@" {input}"#);
        let mut closed =
            Program::start("sh", &["-c", &script, &program.to_string_lossy(), &receiver.address])?;
        closed.expect_exit(0)?;
    }
    receiver.expect_nothing_more();
    Ok(())
}

/// Answers are results, so a stdout that takes none ends the program.
#[cfg(target_os = "linux")]
#[test]
fn stdout_full_or_closed() -> Result<()> {
    let receiver = UdpPeer::new();
    let rows = [(">/dev/full", 2), ("| true; exit \"${PIPESTATUS[0]}\"", 0)];
    for (output, exit_code) in rows {
        let program = testkit::step_program("udp-send");
        let script = format!(r#""$0" "$@" {output}"#);
        let words = ["-c", &script, &program.to_string_lossy(), &receiver.address];
        let mut sender = Program::start("bash", &[&words[..], &["--wait", "5", "?"]].concat())?;
        let from = receiver.expect("?");
        receiver.socket.send_to(b"answer", from).unwrap();
        sender.expect_exit(exit_code)?;
        let stderr = sender.stderr_text();
        match exit_code {
            2 => assert!(stderr.starts_with("error: stdout: No space left"), "{stderr}"),
            _ => assert_eq!(stderr, ""),
        }
    }
    Ok(())
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it_with_130() -> Result<()> {
    let receiver = UdpPeer::new();
    for args in [vec![&*receiver.address], vec![&receiver.address, "--wait", "60", "?"]] {
        let mut sender = start(&args)?;
        match args.len() {
            1 => drop(sender.expect_stderr("each line is one datagram*")?),
            _ => drop(receiver.expect("?")),
        }
        sender.interrupt();
        sender.expect_exit(130)?;
        assert_eq!(sender.stdout_text(), "");
    }
    Ok(())
}

#[test]
fn the_narration_goes_to_stderr() {
    let receiver = UdpPeer::new();
    let args = [&*receiver.address, "--encoding", "gbk", "--explain", "你好"];
    let (stdout, stderr) = run(&args, b"", 0);
    receiver.expect(b"\xc4\xe3\xba\xc3");
    assert_eq!(stdout, "");
    let payload = r#"4 bytes: c4 e3 ba c3  "你好" (gbk)"#;
    assert!(stderr.contains(&format!("2. sendto   {}: {payload}\n", receiver.address)), "{stderr}");
    assert!(stderr.contains("chosen by the system; --bind fixes it"), "{stderr}");
}
