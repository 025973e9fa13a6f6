//! Step 6 and whatever a peer may do to it: leave, reset, be killed, send no text, too much of it, or escape codes.

use std::io::Write;
use std::thread;
use std::time::{Duration, Instant};

use testkit::peer::{PATIENCE, reset, send_all};
use testkit::program::Result;

use crate::{ROLES, start, talking};

/// All ways to talk.
fn modes() -> impl Iterator<Item = (&'static str, [&'static str; 3])> {
    ROLES.into_iter().flat_map(|role| {
        let rows = [["--framing", "line", "--turns"], ["--framing", "raw", "--turns"]];
        let free =
            [["--framing", "line", "--encoding=utf-8"], ["--framing", "raw", "--encoding=utf-8"]];
        rows.into_iter().chain(free).map(move |args| (role, args))
    })
}

#[test]
fn a_peer_that_leaves_ends_the_program_at_once() -> Result<()> {
    for (role, args) in modes() {
        let (mut program, peer) = talking(role, &args);
        let started = Instant::now();
        drop(peer);
        program.expect_exit(0)?;
        assert!(started.elapsed() < Duration::from_secs(5), "{role} {args:?}");
        let said = program.stderr_text();
        assert!(said.contains("the peer closed the connection (recv returned 0 bytes)"), "{said}");
        assert_eq!(program.stdout_text(), "");
    }
    Ok(())
}

#[test]
fn a_reset_is_explained() -> Result<()> {
    for (role, args) in modes() {
        let (mut program, mut peer) = talking(role, &args);
        peer.write_all(b"last words\n").unwrap();
        program.expect_stdout("[*] last words")?;
        reset(peer);
        program.expect_stderr("error: recv 127.0.0.1:*")?;
        program.expect_stderr("  the peer ended abruptly (reset); its last message may be lost")?;
        program.expect_exit(1)?;
    }
    Ok(())
}

#[test]
fn a_killed_peer_ends_it() -> Result<()> {
    for killed in ROLES {
        let mut server = start(&["serve", "127.0.0.1:0"]);
        let mut client = start(&["connect", &server.listening()?]);
        client.type_line("hello")?;
        server.expect_stdout("[*] hello")?;
        let other = if killed == "serve" {
            server.kill();
            &mut client
        } else {
            client.kill();
            &mut server
        };
        let started = Instant::now();
        let code = other.wait()?.code().unwrap();
        assert!(code <= 1, "closed or reset: it depends on the system; {code}");
        assert!(started.elapsed() < Duration::from_secs(5), "{killed}");
    }
    Ok(())
}

#[test]
fn sending_to_a_peer_that_has_gone_is_reported_or_over() -> Result<()> {
    // Everything is typed before the peer leaves: the program may find out while it sends or while it receives.
    let (mut program, peer) = talking("connect", &[]);
    for _ in 0..1000 {
        program.type_line("is anybody there?")?;
    }
    drop(peer); // with unread bytes: a reset
    let code = program.wait()?.code().unwrap();
    assert!(code <= 1, "{code}");
    assert!(!program.stderr_text().contains("panic"), "{}", program.stderr_text());
    Ok(())
}

#[test]
fn control_characters_reach_no_screen() -> Result<()> {
    for framing in ["line", "raw"] {
        let (mut program, mut peer) = talking("serve", &["--framing", framing]);
        peer.write_all(b"\x1b[2J\x1b]0;t\x07a\tb\rc\x00\x7f\n").unwrap();
        program.expect_stdout("[*] ␛[2J␛]0;t␇a\tb␍c␀␡")?;
    }
    let (mut raw, mut peer) = talking("serve", &["--framing", "raw"]);
    peer.write_all(b"one\n[127.0.0.1:1] not said by anybody\n").unwrap();
    raw.expect_stdout("[*] one␊[127.0.0.1:1] not said by anybody")?;
    Ok(())
}

#[test]
fn bytes_that_are_no_text_are_shown_and_hinted_at() -> Result<()> {
    let rows: &[(&str, &[u8], &str, &str)] = &[
        ("utf-8", b"\xc4\xe3\xba\xc3\n", "\u{fffd}*", "*not valid UTF-8: try --encoding gbk"),
        (
            "gbk",
            "你好\n".as_bytes(),
            "浣犲ソ",
            "*looks like UTF-8 read as GBK: try --encoding utf-8",
        ),
    ];
    for role in ROLES {
        for (encoding, bytes, text, hint) in rows {
            let (mut program, mut peer) = talking(role, &["--encoding", encoding]);
            peer.write_all(bytes).unwrap();
            program.expect_stdout(&format!("[*] {text}"))?;
            program.expect_stderr(&format!("  hint: {hint}"))?;
            assert_eq!(program.ended(), None);
        }
    }
    Ok(())
}

#[test]
fn half_a_character_at_the_end_is_reported() -> Result<()> {
    for framing in ["line", "raw"] {
        let (mut program, peer) = talking("serve", &["--framing", framing, "--encoding", "gbk"]);
        send_all(&peer, b"\xba\xc3\xc4");
        program.expect_stderr("  hint: *ended in the middle of a gbk character")?;
        program.expect_exit(0)?;
        let text: String =
            program.stdout_text().lines().map(|line| line.split_once("] ").unwrap().1).collect();
        assert_eq!(text, "好\u{fffd}");
    }
    Ok(())
}

#[test]
fn ten_megabytes_without_a_line_end_come_in_parts() -> Result<()> {
    const SIZE: usize = 10 << 20;
    for framing in ["line", "raw"] {
        let (mut program, mut peer) = talking("serve", &["--framing", framing]);
        let sending = thread::spawn(move || {
            peer.write_all(&vec![b'a'; SIZE]).unwrap();
            peer.write_all(b"\nend\n").unwrap();
        });
        program.set_deadline(PATIENCE);
        if framing == "line" {
            program.expect_exit(0)?;
        } else {
            program.wait()?; // `\nend\n` may have come together with the rest, or alone
        }
        sending.join().unwrap();
        let printed = program.stdout_bytes().len() as u64 + program.thrown_away().0;
        assert!(printed > SIZE as u64, "{printed}");
        let longest = program.stdout_text().lines().map(str::len).max().unwrap();
        assert!(longest < 3 << 20, "{longest}");
    }
    Ok(())
}

#[test]
fn a_peer_that_never_reads_stops_nothing_but_the_sending() -> Result<()> {
    let (mut program, mut peer) = talking("serve", &[]);
    let line = [[b'x'; 1023].as_slice(), b"\n"].concat();
    program.send_bytes(&line.repeat(20 << 10))?; // 20 MB: more than the sockets' buffers hold
    peer.write_all(b"I don't listen\n").unwrap();
    program.expect_stdout("[*] I don't listen")?;
    peer.write_all(b"end\n").unwrap();
    program.expect_exit(0)
}
