//! Does step 5 keep its promises? Commands, addresses, exit codes, what goes to which stream, and whatever a server
//! may send or do.
#![allow(clippy::unwrap_used)] // a test helper may fail like the test itself

use std::io::Write;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use testkit::peer::{PATIENCE, accept, expect_bytes, expect_rest, listener, nobody, reset};
use testkit::program::Result;
use testkit::skip::ipv6;
use testkit::step::waiting;
use testkit::{Launch, Program, step};

fn client(args: &[&str]) -> Program {
    Launch::step("tcp-client").args(args).start().unwrap()
}

/// `tcp-client ADDRESS </dev/null`: it only receives.
fn receiver(args: &[&str]) -> Program {
    Launch::step("tcp-client").args(args).no_input().start().unwrap()
}

/// A client and the server's end of its connection.
fn connected(args: &[&str]) -> (Program, TcpStream) {
    let (listener, address) = listener();
    let program = client(&[&[address.as_str()], args].concat());
    (program, accept(&listener))
}

fn refused(args: &[&str], code: i32) -> String {
    step::refused("tcp-client", args, code)
}

#[test]
fn a_message_is_sent_then_the_answer_is_printed_until_the_server_closes() -> Result<()> {
    let (mut client, mut server) = connected(&["hello", "big", "world"]);
    // The sending half is closed right after the message: the server sees its end.
    expect_rest(&server, b"hello big world");
    server.write_all(b"first line\nand ").unwrap();
    client.expect_stdout("first line")?;
    assert_eq!(client.ended(), None);
    server.write_all("second 你好".as_bytes()).unwrap();
    drop(server);
    client.expect_exit(0)?;
    assert_eq!(client.stdout_text(), "first line\nand second 你好\n");
    let said = client.stderr_text();
    assert!(said.contains("connected to 127.0.0.1:"), "{said}");
    assert!(said.contains("the server closed the connection (recv returned 0 bytes)"), "{said}");
    Ok(())
}

#[test]
fn typed_lines_are_sent_one_by_one() -> Result<()> {
    let (mut client, mut server) = connected(&["--encoding", "gbk"]);
    client.type_line("你好")?;
    expect_bytes(&server, &[0xc4, 0xe3, 0xba, 0xc3, b'\n']);
    server.write_all(b"answer\n").unwrap();
    client.expect_stdout("answer")?; // while more may be typed
    client.type_line("")?;
    client.type_line("bye")?;
    client.end_input();
    expect_rest(&server, b"\nbye\n");
    assert_eq!(client.ended(), None, "the server has not closed yet");
    drop(server);
    client.expect_exit(0)
}

#[test]
fn no_input_is_only_receiving() -> Result<()> {
    let (listener, address) = listener();
    let mut client = receiver(&[&address]);
    let mut server = accept(&listener);
    expect_rest(&server, b"");
    server.write_all(b"news\n").unwrap();
    client.expect_stdout("news")?;
    drop(server);
    client.expect_exit(0)?;
    assert_eq!(client.stdout_text(), "news\n");
    Ok(())
}

#[test]
fn it_ends_at_once_when_the_server_closes_though_more_could_be_typed() -> Result<()> {
    let (mut client, server) = connected(&[]);
    client.expect_stderr("connected to *")?;
    let started = Instant::now();
    drop(server);
    client.expect_exit(0)?;
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    Ok(())
}

#[test]
fn help_shows_the_contract() -> Result<()> {
    let mut help = client(&["--help"]);
    help.expect_exit(0)?;
    let text = help.stdout_text();
    let promises =
        ["[ADDRESS]", "[MESSAGE]...", "[default: 127.0.0.1:8899]", "--encoding", "--explain"];
    for promise in promises {
        assert!(text.contains(promise), "{promise}: {text}");
    }
    let mut version = client(&["--version"]);
    version.expect_exit(0)?;
    assert!(version.stdout_text().starts_with("tcp-client "), "{}", version.stdout_text());
    Ok(())
}

#[test]
fn without_an_address_it_is_port_8899_of_loopback() -> Result<()> {
    // Somebody may listen there on this computer: the address is named either way.
    receiver(&[]).expect_stderr("*127.0.0.1:8899*")?;
    Ok(())
}

#[test]
fn all_forms_of_an_address_are_understood() -> Result<()> {
    let (listener, address) = listener();
    let port = address.rsplit(':').next().unwrap();
    for form in [address.clone(), format!(":{port}"), port.to_owned(), format!("localhost:{port}")]
    {
        let mut client = receiver(&[&form, "x"]);
        let server = accept(&listener);
        expect_rest(&server, b"x");
        drop(server);
        client.expect_exit(0)?;
        let said = client.stderr_text();
        assert!(said.contains(&format!("connected to 127.0.0.1:{port}")), "{form}: {said}");
    }
    Ok(())
}

#[test]
fn ipv6_works_too() -> Result<()> {
    if !ipv6("tcp-client to [::1]") {
        return Ok(());
    }
    let listener = TcpListener::bind("[::1]:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let mut client = receiver(&[&address, "six"]);
    let server = accept(&listener);
    expect_rest(&server, b"six");
    drop(server);
    client.expect_exit(0)?;
    assert!(client.stderr_text().contains(&format!("connected to {address}")));
    Ok(())
}

#[test]
fn wrong_usage_is_refused_with_a_reason() {
    let rows: &[(&[&str], &str)] = &[
        (&["hello"], "has no port"),
        (&["127.0.0.1:99999", "x"], "0 to 65535"),
        (&["127.0.0.1:", "x"], "must be a number"),
        (&["::1:8899"], "needs brackets"),
        (&["unix:"], "needs a path"),
        (&["--echo"], "--echo"),
        (&["1", "x", "--encoding", "utf-16le"], "byte orders"),
        (&["1", "x", "--encoding", "klingon"], "no such encoding"),
        (&["0.0.0.0:8899", "x"], "0.0.0.0 is for listening"),
        (&["[::]:8899", "x"], "is for listening"),
        (&["127.0.0.1:0", "x"], "port 0"),
    ];
    for (args, reason) in rows {
        let said = refused(args, 2);
        assert!(said.contains(reason), "{args:?}: {said}");
    }
    let said = refused(&["0.0.0.0:8899"], 2);
    assert!(said.contains("connect to 127.0.0.1:8899 or to the server's address"), "{said}");
}

#[test]
fn a_server_that_is_not_there_is_explained() {
    let (_nobody, address) = nobody();
    let port = address.rsplit(':').next().unwrap();
    for args in [&[address.as_str()][..], &[&address, "hello"]] {
        let said = refused(args, 1);
        assert!(said.contains(&format!("error: connect {address}: ")), "{said}");
        assert!(said.contains(&format!("nothing listens on port {port}")), "{said}");
        assert!(said.contains("start the server first, check that both ports match"), "{said}");
        assert!(said.contains("localhost means this computer"), "{said}");
    }
    let said = refused(&["servr.invalid:8899", "x"], 1);
    assert!(said.contains("can't find host 'servr.invalid'"), "{said}");
    assert!(said.contains("check the spelling, or use a number such as 127.0.0.1"), "{said}");
}

#[test]
fn a_character_that_does_not_fit_stops_the_message_before_anyone_is_called() {
    let (listener, address) = listener();
    let said = refused(&[&address, "好😀", "--encoding", "gbk"], 2);
    assert!(said.contains("gbk can't hold '😀' (U+1F600); nothing was sent"), "{said}");
    assert!(said.contains("use utf-8 on both sides"), "{said}");
    listener.set_nonblocking(true).unwrap();
    listener.accept().expect_err("nobody was called");
}

#[test]
fn a_typed_line_that_does_not_fit_is_reported_and_the_next_one_is_sent() -> Result<()> {
    let (mut client, server) = connected(&["--encoding", "gbk"]);
    client.type_line("好😀")?;
    client.expect_stderr("error: gbk can't hold '😀' (U+1F600); nothing was sent")?;
    client.type_line("好")?;
    client.end_input();
    expect_rest(&server, &[0xba, 0xc3, b'\n']);
    drop(server);
    client.expect_exit(2) // so that a script notices
}

#[test]
fn a_pipe_holds_what_input_encoding_says() -> Result<()> {
    let rows: &[(&str, &str, &[u8], &[u8])] = &[
        (
            "utf-8",
            "gbk",
            "Привет é你".as_bytes(),
            b"\xa7\xb1\xa7\xe2\xa7\xda\xa7\xd3\xa7\xd6\xa7\xe4 \xa8\xa6\xc4\xe3",
        ),
        ("gbk", "gbk", b"\xd0\xa1\xba\xc3", b"\xd0\xa1\xba\xc3"),
        ("gbk", "utf-8", b"\xd0\xa1", "小".as_bytes()),
        ("iso-2022-jp", "shift_jis", b"\x1b$B$3$s\x1b(B", b"\x82\xb1\x82\xf1"),
    ];
    for (input, wire, piped, sent) in rows {
        let (mut client, server) = connected(&["--input-encoding", input, "--encoding", wire]);
        client.send_bytes(piped)?;
        client.send_bytes(b"\r\nlast")?; // the last line has no end
        client.end_input();
        expect_rest(&server, &[*sent, b"\nlast\n"].concat());
        drop(server);
        client.expect_exit(0)?;
    }
    Ok(())
}

#[test]
fn input_that_cannot_be_sent_ends_the_sending_and_not_the_receiving() -> Result<()> {
    let rows: [(&[u8], &str); 3] = [
        (b"\xc4\xe3\nnever sent\n", "that is not valid utf-8; it is not sent"),
        (b"\xff\xfeh\0\n\0", "that is not valid utf-8; it is not sent"),
        (&vec![b'a'; (16 << 20) + 1], "of more than 16 MiB"),
    ];
    for (input, why) in rows {
        let (mut client, mut server) = connected(&[]);
        client.send_bytes(b"fine\n")?;
        client.send_bytes(input)?;
        client.expect_stderr(&format!("error: stdin: a line {why}"))?;
        expect_rest(&server, b"fine\n"); // and the end, although the input is still open
        server.write_all(b"still printed\n").unwrap();
        client.expect_stdout("still printed")?;
        drop(server);
        client.expect_exit(2)?; // so that a script notices
    }
    Ok(())
}

#[test]
fn a_character_split_over_two_segments_comes_out_whole() -> Result<()> {
    for (encoding, bytes) in [("gbk", &[0xc4, 0xe3][..]), ("utf-8", "你".as_bytes())] {
        let (mut client, mut server) = connected(&["--encoding", encoding, "--explain"]);
        client.expect_stderr("5. recv*")?;
        let (last, first) = bytes.split_last().unwrap();
        for byte in first {
            server.write_all(&[*byte]).unwrap();
            client.expect_stderr("5. recv*").unwrap(); // it has read this byte and waits for the next
        }
        server.write_all(&[*last, b'\n']).unwrap();
        client.expect_stdout("你")?;
        drop(server);
        client.expect_exit(0)?;
        assert_eq!(client.stdout_text(), "你\n");
    }
    Ok(())
}

#[test]
fn half_a_character_at_the_end_is_reported() -> Result<()> {
    let (mut client, mut server) = connected(&["--encoding", "gbk"]);
    server.write_all(&[0xba, 0xc3, 0xc4]).unwrap();
    drop(server);
    client.expect_stderr("  hint: ended in the middle of a gbk character")?;
    client.expect_exit(0)?;
    assert_eq!(client.stdout_text(), "好\u{fffd}\n");
    Ok(())
}

#[test]
fn a_wrong_encoding_is_hinted_at() -> Result<()> {
    let rows: &[(&str, &[u8], &str)] = &[
        ("utf-8", &[0xc4, 0xe3, 0xba, 0xc3], "not valid UTF-8: try --encoding gbk"),
        ("gbk", "你好".as_bytes(), "looks like UTF-8 read as GBK: try --encoding utf-8"),
        ("utf-8", "\u{fffd}".as_bytes(), "*had already lost these characters*"),
    ];
    for (encoding, bytes, hint) in rows {
        let (mut client, mut server) = connected(&["--encoding", encoding]);
        server.write_all(bytes).unwrap();
        drop(server);
        client.expect_stderr(&format!("  hint: {hint}"))?;
        client.expect_exit(0)?;
    }
    Ok(())
}

#[test]
fn the_encoding_may_come_from_the_environment() -> Result<()> {
    let (listener, address) = listener();
    let start = |encoding: &str| {
        let launch = Launch::step("tcp-client").env("SOCKET_ENCODING", encoding).no_input();
        launch.args(&[&address, "你"]).start()
    };
    let _client = start("gbk")?;
    expect_rest(accept(&listener), &[0xc4, 0xe3]);
    let mut wrong = start("klingon")?;
    wrong.expect_exit(2)
}

#[test]
fn control_characters_reach_no_screen() -> Result<()> {
    let (mut client, mut server) = connected(&[]);
    server.write_all(b"\x1b[2J\x1b]0;title\x07one\ttwo\r\nthree\x00\x7f\rfour").unwrap();
    drop(server);
    client.expect_exit(0)?;
    assert_eq!(client.stdout_text(), "␛[2J␛]0;title␇one\ttwo\nthree␀␡␍four\n");
    Ok(())
}

#[test]
fn a_server_that_sends_nothing_is_no_trouble() -> Result<()> {
    let (mut client, server) = connected(&["hello?"]);
    expect_rest(&server, b"hello?");
    drop(server);
    client.expect_exit(0)?;
    assert_eq!(client.stdout_text(), "");
    Ok(())
}

#[test]
fn a_reset_is_explained_and_what_came_before_is_kept() -> Result<()> {
    let (mut client, mut server) = connected(&[]);
    server.write_all(b"the last words\n").unwrap();
    client.expect_stdout("the last words")?;
    reset(server);
    client.expect_stderr("error: recv 127.0.0.1:*")?;
    client.expect_stderr("  the peer ended abruptly (reset); its last message may be lost")?;
    client.expect_exit(1)
}

#[test]
fn a_killed_server_ends_it() -> Result<()> {
    let (mut server, address) = waiting("tcp-server", &["127.0.0.1:0", "--greet", "hello"]);
    let mut client = client(&[&address]);
    client.expect_stdout("hello")?;
    server.kill();
    let code = client.wait()?.code().unwrap();
    assert!(code <= 1, "closed or reset: it depends on the system; {code}");
    Ok(())
}

#[test]
fn a_server_that_half_closes_can_still_be_spoken_to() -> Result<()> {
    // Its end of the stream ends the receiving, and with it this program: documented in its help.
    let (mut client, server) = connected(&["hello"]);
    server.shutdown(Shutdown::Write).unwrap();
    client.expect_exit(0)?;
    expect_rest(&server, b"hello");
    Ok(())
}

#[test]
fn ten_megabytes_without_a_line_end_are_printed_as_they_come() -> Result<()> {
    const SIZE: usize = 10 << 20;
    let (mut client, mut server) = connected(&["please"]);
    expect_rest(&server, b"please"); // closing with unread bytes would be a reset
    let sending = thread::spawn(move || server.write_all(&vec![b'a'; SIZE]).unwrap());
    client.set_deadline(PATIENCE);
    client.expect_exit(0)?;
    sending.join().unwrap();
    let printed = client.stdout_bytes().len() as u64 + client.thrown_away().0;
    assert_eq!(printed, SIZE as u64 + 1); // and a line end
    Ok(())
}

#[test]
fn ten_megabytes_are_sent_while_ten_come_back() -> Result<()> {
    // Whoever sends everything before receiving anything waits for ever here.
    const SIZE: usize = 10 << 20;
    let (_server, address) = waiting("tcp-server", &["127.0.0.1:0", "--echo"]);
    let mut client = client(&[&address]);
    let line = [[b'x'; 1023].as_slice(), b"\n"].concat();
    client.send_bytes(&line.repeat(SIZE / line.len()))?;
    client.end_input();
    client.set_deadline(PATIENCE);
    client.expect_exit(0)?;
    assert_eq!(client.stdout_bytes().len() as u64 + client.thrown_away().0, SIZE as u64);
    Ok(())
}

#[test]
fn a_line_end_that_two_recvs_share_is_one() -> Result<()> {
    let (mut client, mut server) = connected(&[]);
    for part in ["one\r", "\ntwo\r", "\n", "three\r", "four", "\r"] {
        server.write_all(part.as_bytes()).unwrap();
        thread::sleep(Duration::from_millis(20)); // so that each recv returns one part
    }
    drop(server);
    client.end_input();
    client.expect_exit(0)?;
    // A `\r` alone is no line end: it is shown, also at the end of the stream.
    assert_eq!(String::from_utf8_lossy(&client.stdout_bytes()), "one\ntwo\nthree␍four␍\n");
    Ok(())
}
