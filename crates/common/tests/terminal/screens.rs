//! What stands on the screen while one types and messages come, and after the end.

use std::io::{Read, Write};
use std::net::TcpListener;

use nix::sys::signal::Signal;
use testkit::Program;
use testkit::step::quoted;

use terminal::*;

use crate::chat::*;

#[test]
fn what_arrives_appears_above_the_half_typed_line() {
    for step in STEPS {
        let mut chat = Chat::start(step);
        chat.half_type("你好 half a 世");
        chat.say("中文消息 from the peer");
        chat.terminal.wait_for_row(&format!("{}中文消息 from the peer", chat.mark));
        chat.terminal.wait_for_line("> 你好 half a 世");
        let rows = chat.terminal.rows();
        assert_eq!(
            rows[rows.len() - 2..],
            [format!("{}中文消息 from the peer", chat.mark), "> 你好 half a 世".into()],
            "{step}: the message stands above the line and nothing else has moved"
        );
        // The line is whole: it goes on where it was.
        chat.terminal.type_keys("界");
        chat.terminal.type_keys(ENTER);
        chat.expect_heard("你好 half a 世界");
    }
}

#[test]
fn long_lines_of_wide_characters_keep_their_place() {
    for step in STEPS {
        let mut chat = Chat::start(step);
        // Both are wider than the terminal, and no wide character fits into its last column.
        let (typed, came) = ("学".repeat(60), format!("a{}b", "文".repeat(70)));
        chat.terminal.type_keys(&typed);
        let lone =
            |screen: &vt100::Screen, text: &str| rows(screen).concat().matches(text).count() == 1;
        chat.terminal.wait_until("the typed line", |screen| lone(screen, &typed).then_some(()));
        chat.say(&came);
        let expected = format!("{}{came}> {typed}", chat.mark);
        chat.terminal.wait_until(&expected, |screen| {
            (lone(screen, &expected) && rows(screen).concat().ends_with(&expected)).then_some(())
        });
        chat.terminal.type_keys(ENTER);
        chat.expect_heard(&typed);
    }
}

#[test]
fn lines_can_be_edited_and_called_back() {
    for step in STEPS {
        let mut chat = Chat::start(step);
        for line in ["first", "第二"] {
            chat.terminal.type_keys(line);
            chat.terminal.type_keys(ENTER);
            chat.expect_heard(line);
            chat.terminal.wait_for_line("> ");
        }
        chat.terminal.type_keys(UP);
        chat.terminal.wait_for_line("> 第二");
        chat.terminal.type_keys(UP);
        chat.terminal.wait_for_line("> first");
        chat.terminal.type_keys(&format!("{CTRL_A}一二{LEFT}{BACKSPACE}"));
        chat.terminal.wait_until("> 二first", |screen| {
            (rows(screen).last()? == "> 二first" && screen.cursor_position().1 == 2).then_some(())
        });
        chat.terminal.type_keys(ENTER);
        chat.expect_heard("二first");
    }
}

#[test]
fn the_peers_escape_sequences_are_shown_and_not_obeyed() {
    const ATTACK: &str = "\x1b[2J\x1b]0;owned\x07\x1b[1;1Hhi\x1b[31m\u{9b}5A\rback\x08\x1b[?25l";
    for step in STEPS {
        let mut chat = Chat::start(step);
        chat.half_type("half");
        chat.say("a line before it");
        chat.say(ATTACK);
        let mark = chat.mark.clone();
        // The terminal of this test leaves out U+FFFD, which is shown for U+009B.
        let shown = format!("{mark}␛[2J␛]0;owned␇␛[1;1Hhi␛[31m5A␍back␈␛[?25l");
        chat.terminal.wait_for_row(&shown);
        chat.terminal.wait_for_line("> half");
        chat.terminal.wait_for_row(&format!("{mark}a line before it"));
        let raw = chat.terminal.raw_text();
        for sequence in
            ["\x1b[2J", "\x1b]0;", "\x07", "\x1b[1;1H", "\x1b[31m", "\x1b[?25l", "\u{9b}"]
        {
            assert!(!raw.contains(sequence), "{step}: {sequence:?} reached the terminal");
        }
    }
}

#[test]
fn an_escape_sequence_in_two_parts_is_not_obeyed_either() {
    let mut chat = Chat::start("tcp-client");
    chat.half_type("half");
    let Peer::Tcp(stream) = &mut chat.peer else { unreachable!() };
    stream.write_all(b"one\x1b").unwrap();
    chat.terminal.wait_for_row("one␛");
    chat.say("[2Jtwo");
    chat.terminal.wait_for_row("one␛[2Jtwo");
    chat.terminal.wait_for_line("> half");
}

const BURST: usize = 200;

fn message(number: usize) -> String {
    format!("消息 number {number}")
}

/// All messages stand on the screen, each once, in their order and whole, however the stream was cut.
fn burst_is_shown(screen: &vt100::Screen, mark: &str) -> bool {
    let expected: String = (1..=BURST).map(|n| format!("{mark}{}\n", message(n))).collect();
    (rows(screen).join("\n") + "\n").contains(&expected)
}

const TALL: Setting = Setting { rows: 250, ..USUAL };

#[test]
fn a_burst_of_messages_comes_whole() {
    for step in STEPS {
        let mut chat = Chat::start_in(&TALL, step);
        chat.half_type("half a 行");
        for number in 1..=BURST {
            chat.say(&message(number));
        }
        let mark = chat.mark.clone();
        chat.terminal.wait_until("the burst", |screen| burst_is_shown(screen, &mark).then_some(()));
        chat.terminal.wait_for_line("> half a 行");
    }
}

#[test]
fn typing_goes_on_during_a_burst() {
    for step in STEPS {
        let mut chat = Chat::start_in(&TALL, step);
        let text = "typed while 消息 come in";
        let mut keys = text.chars();
        for number in 1..=BURST {
            chat.say(&message(number));
            if number % 8 == 0
                && let Some(key) = keys.next()
            {
                chat.terminal.type_keys(&key.to_string());
            }
        }
        assert_eq!(keys.next(), None);
        let mark = chat.mark.clone();
        chat.terminal.wait_until("the burst", |screen| burst_is_shown(screen, &mark).then_some(()));
        chat.terminal.wait_for_line(&format!("> {text}"));
        chat.terminal.type_keys(ENTER);
        chat.expect_heard(text);
    }
}

/// The last words of a peer that leaves must not be lost in a queue.
#[test]
fn the_last_messages_of_a_peer_that_leaves_are_shown() {
    for step in STEPS {
        let mut chat = Chat::start_in(&TALL, step);
        chat.half_type("half a 行");
        for number in 1..=BURST {
            chat.say(&message(number));
        }
        if step == "udp-chat" {
            chat.say("88");
        }
        let mark = chat.mark.clone();
        let mut terminal = chat.hang_up(false);
        terminal.expect_end(0);
        assert!(
            burst_is_shown(terminal.lock().parser.screen(), &mark),
            "{step}:\n{}",
            terminal.rows().join("\n")
        );
    }
}

/// One message at a time is the hardest case: it comes while nothing is on its way to the screen.
#[test]
fn the_last_message_is_shown_each_time() {
    for step in STEPS {
        for _ in 0..5 {
            let mut chat = Chat::start(step);
            chat.half_type("half");
            chat.say("最后");
            if step == "udp-chat" {
                chat.say("88");
            }
            let row = format!("{}最后", chat.mark);
            let mut terminal = chat.hang_up(false);
            terminal.expect_end(0);
            let rows = terminal.rows();
            assert!(rows.contains(&row), "{step}:\n{}", rows.join("\n"));
        }
    }
}

#[test]
fn the_narration_stands_above_the_half_typed_line_too() {
    for step in STEPS {
        let mut chat = Chat::start_in(&Setting { after: "--explain", ..USUAL }, step);
        chat.half_type("half 行");
        chat.say("好");
        let call = if step == "udp-chat" { "sent 3 bytes: e5 a5 bd" } else { "received 4 bytes" };
        chat.terminal.wait_until(call, |screen| {
            rows(screen).iter().any(|row| row.contains(call)).then_some(())
        });
        chat.terminal.wait_for_row(&format!("{}好", chat.mark));
        chat.terminal.wait_for_line("> half 行");
        chat.terminal.type_keys(ENTER);
        chat.expect_heard("half 行");
        let printed = if step == "udp-chat" { "4. sendto" } else { "send     9 bytes" };
        chat.terminal.wait_until(printed, |screen| {
            rows(screen).iter().any(|row| row.contains(printed)).then_some(())
        });
        chat.terminal.wait_for_line("> ");
    }
}

#[test]
fn a_peer_that_closes_ends_the_program() {
    for step in ["tcp-duplex", "tcp-client"] {
        let mut chat = Chat::start(step);
        chat.half_type("half 行");
        let mut terminal = chat.hang_up(false);
        terminal.expect_end(0);
        terminal.wait_until("why", |screen| {
            let why = "closed the connection (recv returned 0 bytes)";
            rows(screen).iter().any(|row| row.ends_with(why)).then_some(())
        });
    }
}

#[test]
fn a_peer_that_resets_ends_the_program() {
    for step in ["tcp-duplex", "tcp-client"] {
        let mut chat = Chat::start(step);
        chat.half_type("half");
        let mut terminal = chat.hang_up(true);
        terminal.expect_end(1);
        terminal.wait_for_row("  the peer ended abruptly (reset); its last message may be lost");
    }
}

#[test]
fn a_peer_that_is_killed_ends_the_program() {
    let rows = [
        ("tcp-duplex", vec!["serve", "127.0.0.1:0"], vec!["connect"]),
        ("tcp-server", vec!["127.0.0.1:0"], vec![]),
    ];
    for (peer, peer_args, mut args) in rows {
        let mut peer_program = Program::step(peer, &peer_args).unwrap();
        let address = peer_program.listening().unwrap();
        args.push(&address);
        let step = if peer == "tcp-server" { "tcp-client" } else { peer };
        let mut terminal = Terminal::start(step, &args);
        terminal.wait_for_line("> ");
        terminal.type_keys("half");
        terminal.wait_for_line("> half");
        peer_program.kill();
        terminal.expect_end(0);
    }
}

#[test]
fn the_last_word_of_the_peer_ends_the_program() {
    for (step, word) in [("udp-chat", "88"), ("tcp-duplex", "end"), ("udp-chat", "88\r\n")] {
        let mut chat = Chat::start(step);
        chat.half_type("half 行");
        chat.say(word);
        chat.terminal.expect_end(0);
        chat.terminal.wait_for_row(&format!("{}{}", chat.mark, word.trim_end()));
    }
}

#[test]
fn the_last_word_typed_ends_the_program() {
    let mut chat = Chat::start("udp-chat");
    chat.terminal.type_keys("88\r");
    chat.expect_heard("88");
    chat.terminal.expect_end(0);

    let mut chat = Chat::start("tcp-duplex");
    chat.terminal.type_keys("end\r");
    chat.expect_heard("end");
    chat.hang_up(false).expect_end(0);
}

#[test]
fn lines_typed_ahead_and_pasted_lines_are_all_sent() {
    for step in STEPS {
        for keys in ["one\rtwo\rthree\r", "\x1b[200~one\rtwo\rthree\r\x1b[201~\r"] {
            let mut chat = Chat::start(step);
            chat.terminal.type_keys(keys);
            for line in ["one", "two", "three"] {
                chat.expect_heard(line);
            }
        }
    }
}

#[test]
fn ctrl_c_ends_the_program() {
    for step in STEPS {
        for typed in ["", "half 行"] {
            let mut chat = Chat::start(step);
            chat.half_type(typed);
            chat.terminal.type_keys(CTRL_C);
            chat.terminal.expect_end(130);
        }
    }
}

#[test]
fn ctrl_c_ends_a_program_that_waits_for_a_peer() {
    let programs: [(&str, &[&str]); 4] = [
        ("udp-recv", &["127.0.0.1:0"]),
        ("udp-chat", &["--bind", "127.0.0.1:0"]),
        ("tcp-server", &["127.0.0.1:0"]),
        ("tcp-duplex", &["serve", "127.0.0.1:0"]),
    ];
    for (step, args) in programs {
        let mut terminal = Terminal::start(step, args);
        terminal.wait_for_row("  press Ctrl-C to stop");
        terminal.type_keys(CTRL_C);
        // The terminal itself shows the key, as it does in any shell.
        let end = |screen: &vt100::Screen| {
            rows(screen).last().filter(|row| row.trim_start_matches("^C") == "exit 130").map(|_| ())
        };
        terminal.wait_within(AT_ONCE, "exit 130", &mut { end });
    }
}

#[test]
fn ctrl_d_ends_what_a_person_types() {
    let mut chat = Chat::start("udp-chat");
    chat.terminal.type_keys(CTRL_D);
    chat.expect_heard("88");
    chat.terminal.expect_end(0);

    for step in ["tcp-duplex", "tcp-client"] {
        let mut chat = Chat::start(step);
        chat.terminal.type_keys(CTRL_D);
        let Peer::Tcp(stream) = &mut chat.peer else { unreachable!() };
        assert_eq!(stream.read(&mut [0; 10]).unwrap(), 0, "{step}: the end of the stream");
        // What the peer still has to say is shown.
        chat.say("last words");
        chat.terminal.wait_for_row(&format!("{}last words", chat.mark));
        chat.hang_up(false).expect_end(0);
    }
}

#[test]
fn sigterm_ends_the_program_and_restores_the_terminal() {
    for step in STEPS {
        let mut chat = Chat::start(step);
        chat.half_type("half 行");
        chat.terminal.send_signal(Signal::SIGTERM);
        chat.terminal.expect_end(143);
    }
}

#[test]
fn the_terminal_is_restored_when_stderr_goes_elsewhere() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let redirect = format!("2>{}", quoted(&file));
    let setting = Setting { after: &redirect, ..USUAL };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let mut terminal = Terminal::start_in(&setting, "tcp-duplex", &["connect", &address]);
    terminal.wait_for_line("> ");
    let (mut connection, _) = listener.accept().unwrap();
    connection.write_all("最后\n".as_bytes()).unwrap();
    drop(connection);
    terminal.expect_end(0);
    terminal.wait_for_row(&format!("[{address}] 最后"));
    let printed = std::fs::read_to_string(file.path()).unwrap();
    assert!(printed.contains("connected to") && !printed.contains('\x1b'), "{printed:?}");
}

#[test]
fn results_that_go_to_a_file_hold_no_escape_sequences() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let redirect = format!(">{}", quoted(&file));
    let mut chat = Chat::connect(&Setting { after: &redirect, ..USUAL }, "udp-chat");
    chat.terminal.text_after("chatting with ");
    chat.say("消息");
    chat.terminal.type_keys("typed\n");
    chat.expect_heard("typed");
    chat.say("88");
    chat.terminal.expect_end(0);
    let results = std::fs::read_to_string(file.path()).unwrap();
    assert_eq!(results, format!("{0}消息\n{0}88\n", chat.mark));
}

#[test]
fn a_terminal_that_can_do_nothing_gets_plain_lines() {
    for step in STEPS {
        let mut chat = Chat::connect(&Setting { term: "dumb", ..USUAL }, step);
        chat.say("中文消息");
        chat.terminal.wait_for_row(&format!("{}中文消息", chat.mark));
        chat.terminal.type_keys("你好\n");
        chat.expect_heard("你好");
        assert!(!chat.terminal.raw_text().contains('\x1b'), "{step}: an escape sequence");
        assert!(!chat.terminal.rows().contains(&">".to_owned()), "{step}: a prompt");
        chat.terminal.type_keys(CTRL_C);
        chat.terminal.wait_within(AT_ONCE, "exit 130", &mut |screen| {
            rows(screen).iter().any(|row| row.ends_with("exit 130")).then_some(())
        });
    }
}
