//! Does step 6 keep its promises? Both roles, both framings, in turns and freely; commands, addresses, exit codes.

use std::io::Write;
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use testkit::peer::{call, expect_bytes, expect_rest, expect_silence, listener, nobody, send_all};
use testkit::program::Result;
use testkit::skip::ipv6;
use testkit::{Launch, Program, step};

use crate::{ROLES, start, talking};

fn refused(args: &[&str], code: i32) -> String {
    step::refused("tcp-duplex", args, code)
}

/// What it printed, without the peer's name before each message.
fn messages(program: &Program) -> Vec<String> {
    let name_ends = |line: &str| line.split_once("] ").unwrap().1.to_owned();
    program.stdout_text().lines().map(name_ends).collect()
}

#[test]
fn both_may_talk_at_any_time() -> Result<()> {
    for role in ROLES {
        let (mut program, mut peer) = talking(role, &[]);
        let name = peer.local_addr().unwrap();
        program.type_line("one")?;
        program.type_line("two")?;
        expect_bytes(&peer, b"one\ntwo\n");
        peer.write_all("三\n四\n".as_bytes()).unwrap();
        program.expect_stdout(&format!("[{name}] 三"))?;
        program.expect_stdout(&format!("[{name}] 四"))?;
        program.type_line("five")?;
        expect_bytes(&peer, b"five\n");
        assert_eq!(program.stdout_text(), format!("[{name}] 三\n[{name}] 四\n"));
    }
    Ok(())
}

#[test]
fn end_typed_is_sent_and_ends_it() -> Result<()> {
    for role in ROLES {
        for (framing, sent) in [("line", "end\n"), ("raw", "end")] {
            let (mut program, peer) = talking(role, &["--framing", framing]);
            program.type_line("end")?;
            expect_rest(&peer, sent.as_bytes());
            drop(peer);
            program.expect_exit(0)?;
        }
    }
    Ok(())
}

#[test]
fn end_typed_ends_it_though_the_peer_never_closes() -> Result<()> {
    for role in ROLES {
        let (mut program, peer) = talking(role, &[]);
        program.type_line("end")?;
        expect_rest(&peer, b"end\n");
        program.set_deadline(Duration::from_secs(5));
        program.expect_exit(0)?;
    }
    Ok(())
}

#[test]
fn end_received_ends_it_at_once() -> Result<()> {
    for role in ROLES {
        for framing in ["line", "raw"] {
            for end in ["end\n", "end\r\n"] {
                let (mut program, mut peer) = talking(role, &["--framing", framing]);
                peer.write_all(end.as_bytes()).unwrap();
                let started = Instant::now();
                program.expect_exit(0)?;
                assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
                assert_eq!(messages(&program), ["end"]);
                expect_rest(&peer, b"");
            }
        }
    }
    Ok(())
}

#[test]
fn a_bare_end_is_enough() -> Result<()> {
    for role in ROLES {
        let (mut raw, mut peer) = talking(role, &["--framing", "raw"]);
        peer.write_all(b"end").unwrap();
        raw.expect_exit(0)?;
        // By line, it is a message when the stream ends after it.
        let (mut line, peer) = talking(role, &[]);
        send_all(&peer, b"end");
        line.expect_exit(0)?;
        assert_eq!(messages(&line), ["end"]);
    }
    Ok(())
}

#[test]
fn end_must_be_the_whole_message() -> Result<()> {
    let (mut program, mut peer) = talking("serve", &[]);
    let no_end = ["ending\n", "the end\n", "END\n", " end\n", "end \n", "\n"];
    peer.write_all(no_end.concat().as_bytes()).unwrap();
    program.expect_stdout("[*] ")?;
    program.type_line("the end")?;
    expect_bytes(&peer, b"the end\n");
    peer.write_all(b"end\n").unwrap();
    program.expect_exit(0)?;
    assert_eq!(messages(&program), ["ending", "the end", "END", " end", "end ", "", "end"]);
    Ok(())
}

#[test]
fn lines_stuck_together_are_told_apart() -> Result<()> {
    for role in ROLES {
        let (mut program, mut peer) = talking(role, &["--encoding", "gbk"]);
        peer.write_all(b"\xc4\xe3\n\xba\xc3\r\n\nend\nnever shown\n").unwrap();
        program.expect_exit(0)?;
        assert_eq!(messages(&program), ["你", "好", "", "end"]);
    }
    Ok(())
}

#[test]
fn lines_torn_apart_are_put_together() -> Result<()> {
    for role in ROLES {
        let (mut program, mut peer) = talking(role, &["--encoding", "gbk", "--explain"]);
        program.expect_stderr("3. recv*")?;
        for byte in b"\xc4\xe3\xba\xc3\r\nhello\nend\n" {
            peer.write_all(&[*byte]).unwrap();
            program.expect_stderr("   received 1 byte: *")?;
        }
        program.expect_exit(0)?;
        assert_eq!(messages(&program), ["你好", "hello", "end"]);
    }
    Ok(())
}

#[test]
fn raw_messages_are_what_one_recv_returned() -> Result<()> {
    for role in ROLES {
        let (mut program, mut peer) = talking(role, &["--framing", "raw", "--encoding", "gbk"]);
        peer.write_all(b"helloend").unwrap(); // two sends that came together: not the word `end`
        program.expect_stdout("[*] helloend")?;
        peer.write_all(b"\xc4\xe3\xba").unwrap();
        program.expect_stdout("[*] 你")?;
        peer.write_all(b"\xc3").unwrap(); // the other half of a character
        program.expect_stdout("[*] 好")?;
        program.type_line("吃")?; // no line end: the tutorials' programs expect the bare bytes
        expect_bytes(&peer, b"\xb3\xd4");
        expect_silence(&peer);
        peer.write_all(b"end").unwrap();
        program.expect_exit(0)?;
    }
    Ok(())
}

#[test]
fn in_turns_the_client_speaks_first() -> Result<()> {
    for framing in ["line", "raw"] {
        let stop = if framing == "line" { "\n" } else { "" };
        let options = ["--turns", "--framing", framing];

        let (mut client, mut peer) = talking("connect", &options);
        client.expect_stderr("your turn")?;
        client.type_line("question 1")?;
        client.type_line("typed too early")?;
        expect_bytes(&peer, format!("question 1{stop}").as_bytes());
        expect_silence(&peer);
        peer.write_all(format!("answer 1{stop}").as_bytes()).unwrap();
        client.expect_stdout("[*] answer 1")?;
        expect_bytes(&peer, format!("typed too early{stop}").as_bytes());

        let (mut server, mut peer) = talking("serve", &options);
        server.type_line("typed too early")?;
        expect_silence(&peer);
        peer.write_all(format!("question{stop}").as_bytes()).unwrap();
        server.expect_stdout("[*] question")?;
        server.expect_stderr("your turn")?;
        expect_bytes(&peer, format!("typed too early{stop}").as_bytes());
    }
    Ok(())
}

#[test]
fn an_empty_line_is_a_message_by_line_and_none_raw() -> Result<()> {
    for framing in ["line", "raw"] {
        let (mut client, peer) = talking("connect", &["--turns", "--framing", framing]);
        client.type_line("")?;
        if framing == "line" {
            expect_bytes(&peer, b"\n");
            continue;
        }
        client.expect_stderr("an empty message has no bytes; nothing was sent")?;
        client.type_line("hello")?; // it is still our turn
        expect_bytes(&peer, b"hello");
    }
    Ok(())
}

#[test]
fn in_turns_end_ends_both_whoever_says_it() -> Result<()> {
    for role in ROLES {
        let (mut program, mut peer) = talking(role, &["--turns"]);
        peer.write_all(b"end\n").unwrap(); // out of turn, when the program calls
        program.expect_exit(0)?;

        let (mut program, mut peer) = talking(role, &["--turns"]);
        if role == "serve" {
            peer.write_all(b"your turn\n").unwrap();
        }
        program.type_line("end")?;
        expect_rest(&peer, b"end\n");
        drop(peer);
        program.expect_exit(0)?;
    }
    Ok(())
}

#[test]
fn two_of_ours_talk_in_turns() -> Result<()> {
    for framing in ["line", "raw"] {
        let options = ["--turns", "--framing", framing, "--encoding", "gb18030"];
        let mut server = start(&[&["serve", "127.0.0.1:0"], &options[..]].concat());
        let address = server.listening()?;
        let mut client = start(&[&["connect", &address], &options[..]].concat());
        for (question, answer) in [("你吃了吗?", "吃了"), ("😀", "再见")] {
            client.type_line(question)?;
            server.expect_stdout(&format!("[{}] {question}", "*"))?;
            server.type_line(answer)?;
            client.expect_stdout(&format!("[{address}] {answer}"))?;
        }
        client.type_line("end")?;
        server.expect_exit(0)?;
        client.expect_exit(0)?;
    }
    Ok(())
}

#[test]
fn a_listener_takes_one_peer_only() -> Result<()> {
    let mut program = start(&["serve", "127.0.0.1:0"]);
    let address = program.listening()?;
    let mut peer = call(&address);
    peer.write_all(b"hello\n").unwrap();
    program.expect_stdout("[*] hello")?; // the listening socket was closed before the talk began
    TcpStream::connect(&address).expect_err("this chat is for two");
    Ok(())
}

#[test]
fn help_and_defaults_are_the_contract() -> Result<()> {
    for args in [&["--help"][..], &["serve", "--help"], &["connect", "--help"]] {
        let mut help = start(args);
        help.expect_exit(0)?;
        let text = help.stdout_text();
        let own = if args.len() == 1 { "connect" } else { "[default: 127.0.0.1:8888]" };
        for promise in [own, "--turns", "--framing", "[default: line]", "--encoding", "--explain"] {
            assert!(text.contains(promise), "{args:?} {promise}: {text}");
        }
    }
    for role in ROLES {
        // The port may be in use on this computer: the address is named either way.
        let mut program = Launch::step("tcp-duplex").args(&[role]).no_input().start()?;
        program.expect_stderr("*127.0.0.1:8888*")?;
    }
    let mut version = start(&["--version"]);
    version.expect_exit(0)?;
    assert!(version.stdout_text().starts_with("tcp-duplex "), "{}", version.stdout_text());
    Ok(())
}

#[test]
fn all_forms_of_an_address_are_understood() -> Result<()> {
    for form in ["0", ":0", "localhost:0", "127.0.0.1:0"] {
        let mut server = start(&["serve", form]);
        let address = server.listening()?;
        let port = address.strip_prefix("127.0.0.1:").unwrap();
        let form = form.strip_suffix('0').unwrap();
        let mut client = start(&["connect", &format!("{form}{port}")]);
        client.type_line("end")?;
        server.expect_exit(0)?;
        client.expect_exit(0)?;
    }
    if ipv6("tcp-duplex on [::1] and [::]") {
        for own in ["[::1]:0", "[::]:0"] {
            let mut server = start(&["serve", own]);
            let port = server.listening()?.rsplit_once(':').unwrap().1.to_owned();
            let host = if own == "[::]:0" { "127.0.0.1" } else { "[::1]" };
            let mut client = start(&["connect", &format!("{host}:{port}")]);
            client.type_line("six")?;
            server.expect_stdout(&format!("[{host}:*] six"))?;
            server.type_line("end")?;
            client.expect_stdout(&format!("[{host}:{port}] end"))?;
            client.expect_exit(0)?;
            server.expect_exit(0)?;
        }
    }
    Ok(())
}

#[test]
fn wrong_usage_is_refused_with_a_reason() {
    let rows: &[(&[&str], &str)] = &[
        (&[], "serve"),
        (&["talk"], "unrecognized subcommand"),
        (&["serve", "hello"], "has no port"),
        (&["serve", "127.0.0.1:65536"], "0 to 65535"),
        (&["connect", "::1:1"], "needs brackets"),
        (&["connect", "0.0.0.0:8888"], "0.0.0.0 is for listening"),
        (&["connect", "127.0.0.1:0"], "port 0"),
        (&["serve", "0", "--framing", "xml"], "[possible values: line, raw]"),
        (&["serve", "0", "--encoding", "utf-16"], "byte orders"),
        (&["serve", "0", "more"], "more"),
    ];
    for (args, reason) in rows {
        let said = refused(args, 2);
        assert!(said.contains(reason), "{args:?}: {said}");
    }
}

#[test]
fn addresses_that_do_not_work_are_explained() {
    let (_taken, address) = listener();
    let port = address.rsplit(':').next().unwrap();
    let said = refused(&["serve", &address], 2);
    assert!(said.contains(&format!("error: bind {address}: ")), "{said}");
    assert!(said.contains(&format!("port {port} is taken")), "{said}");
    let (_nobody, address) = nobody();
    let port = address.rsplit(':').next().unwrap();
    let said = refused(&["connect", &address], 1);
    assert!(said.contains(&format!("error: connect {address}: ")), "{said}");
    assert!(said.contains(&format!("nothing listens on port {port}")), "{said}");
    let said = refused(&["connect", "servr.invalid:1"], 1);
    assert!(said.contains("can't find host 'servr.invalid'"), "{said}");
}

#[test]
fn a_line_that_does_not_fit_is_reported_and_the_turn_stays() -> Result<()> {
    for turns in [&[][..], &["--turns"]] {
        let (mut client, peer) = talking("connect", &[&["--encoding", "gbk"], turns].concat());
        client.type_line("好😀")?;
        client.expect_stderr("error: gbk can't hold '😀' (U+1F600); nothing was sent")?;
        client.type_line("好")?;
        expect_bytes(&peer, b"\xba\xc3\n");
        drop(peer);
        client.expect_exit(2)?;
    }
    Ok(())
}

#[test]
fn input_has_an_encoding_of_its_own() -> Result<()> {
    for role in ROLES {
        let (mut program, peer) = talking(role, &["--input-encoding", "gbk"]);
        program.send_bytes(b"\xc4\xe3\xba\xc3\r\n")?;
        expect_bytes(&peer, "你好\n".as_bytes());
    }
    Ok(())
}

#[test]
fn input_that_is_no_text_ends_the_sending_only() -> Result<()> {
    for (role, turns) in [("serve", &[][..]), ("connect", &[]), ("connect", &["--turns"])] {
        let (mut program, mut peer) = talking(role, turns);
        program.send_bytes(b"\xff\n")?;
        program.expect_stderr("error: stdin: a line that is not valid utf-8; it is not sent")?;
        expect_rest(&peer, b"");
        peer.write_all(b"still talking\n").unwrap();
        program.expect_stdout("[*] still talking")?;
        drop(peer);
        program.expect_exit(2)?;
    }
    Ok(())
}

#[test]
fn the_end_of_a_pipe_ends_the_sending_only() -> Result<()> {
    for role in ROLES {
        let (mut program, mut peer) = talking(role, &[]);
        program.type_line("all I have")?;
        program.end_input();
        expect_rest(&peer, b"all I have\n");
        peer.write_all(b"still talking\n").unwrap();
        program.expect_stdout("[*] still talking")?;
        assert_eq!(program.ended(), None);
        drop(peer);
        program.expect_exit(0)?;
    }
    Ok(())
}

#[test]
fn the_encoding_may_come_from_the_environment() -> Result<()> {
    let launch = Launch::step("tcp-duplex").env("SOCKET_ENCODING", "gbk");
    let mut program = launch.args(&["serve", "127.0.0.1:0"]).start()?;
    let peer = call(&program.listening()?);
    program.type_line("你")?;
    expect_bytes(&peer, b"\xc4\xe3\n");
    Ok(())
}

#[test]
fn a_peer_that_half_closes_ends_the_chat() -> Result<()> {
    for role in ROLES {
        let (mut program, peer) = talking(role, &[]);
        peer.shutdown(Shutdown::Write).unwrap();
        program.expect_stderr("the peer closed the connection (recv returned 0 bytes)")?;
        program.expect_exit(0)?;
    }
    Ok(())
}
