//! Each key at each moment of each program, while messages come.

use std::collections::HashMap;
use std::io::Write;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use terminal::*;

use crate::chat::*;

/// A key: its name, its bytes, the bytes that complete it later, and what it does to the typed line.
type Key = (&'static str, &'static [u8], &'static [u8], Does);

#[derive(Clone, Copy)]
enum Does {
    /// It moves the cursor, or nothing.
    Nothing,
    Erase,
    EraseWord,
    BringBack,
    CallBack,
    ClearScreen,
    Add(&'static str),
}

const KEYS: &[Key] = &[
    ("Esc", b"\x1b", b"", Does::Nothing),
    ("Esc Esc", b"\x1b\x1b", b"", Does::Nothing),
    ("Ctrl-R", b"\x12", b"", Does::Nothing),
    ("Ctrl-S", b"\x13", b"", Does::Nothing),
    ("Ctrl-V", b"\x16", b"", Does::Nothing),
    ("Ctrl-Q", b"\x11", b"", Does::Nothing),
    ("Ctrl-X", b"\x18", b"", Does::Nothing),
    ("Ctrl-]", b"\x1d", b"", Does::Nothing),
    ("Ctrl-O", b"\x0f", b"", Does::Nothing),
    ("Ctrl-_", b"\x1f", b"", Does::Nothing),
    ("Ctrl-Space", b"\0", b"", Does::Nothing),
    ("Alt-1", b"\x1b1", b"", Does::Nothing),
    ("Alt--", b"\x1b-", b"", Does::Nothing),
    ("Alt-x", b"\x1bx", b"", Does::Nothing),
    ("Alt-f", b"\x1bf", b"", Does::Nothing),
    ("Alt-b", b"\x1bb", b"", Does::Nothing),
    ("Alt-.", b"\x1b.", b"", Does::Nothing),
    ("Alt-[", b"\x1b[", b"", Does::Nothing),
    ("Alt-O", b"\x1bO", b"", Does::Nothing),
    ("Alt-Ctrl-]", b"\x1b\x1d", b"", Does::Nothing),
    ("Alt-Backspace", b"\x1b\x7f", b"", Does::EraseWord),
    ("Left", b"\x1b[D", b"", Does::Nothing),
    ("Right", b"\x1bOC", b"", Does::Nothing),
    ("Up", b"\x1b[A", b"", Does::CallBack),
    ("Down", b"\x1b[B", b"", Does::Nothing),
    ("Home", b"\x1b[H", b"", Does::Nothing),
    ("End", b"\x1b[4~", b"", Does::Nothing),
    ("Delete", b"\x1b[3~", b"", Does::Nothing),
    ("Insert", b"\x1b[2~", b"", Does::Nothing),
    ("PageUp", b"\x1b[5~", b"", Does::Nothing),
    ("F1", b"\x1bOP", b"", Does::Nothing),
    ("F1 of the Linux console", b"\x1b[[A", b"", Does::Nothing),
    ("F5", b"\x1b[15~", b"", Does::Nothing),
    ("Shift-Tab", b"\x1b[Z", b"", Does::Nothing),
    ("Tab", b"\t", b"", Does::Nothing),
    ("a mouse click", b"\x1b[<0;10;10M", b"", Does::Nothing),
    ("a sequence that stops", b"\x1b[1;", b"", Does::Nothing),
    ("Ctrl-A", b"\x01", b"", Does::Nothing),
    ("Ctrl-E", b"\x05", b"", Does::Nothing),
    ("Ctrl-K", b"\x0b", b"", Does::Nothing),
    ("Ctrl-U", b"\x15", b"", Does::Erase),
    ("Ctrl-Y", b"\x19", b"", Does::BringBack),
    ("Ctrl-W", b"\x17", b"", Does::EraseWord),
    ("Ctrl-T", b"\x14", b"", Does::Nothing),
    ("Ctrl-L", b"\x0c", b"", Does::ClearScreen),
    ("Ctrl-P", b"\x10", b"", Does::CallBack),
    ("Ctrl-N", b"\x0e", b"", Does::Nothing),
    ("Ctrl-G", b"\x07", b"", Does::Nothing),
    ("a paste", b"\x1b[200~one\rtwo\x1b[201~", b"", Does::Add("one\ntwo")),
    (
        "a paste that is still coming",
        b"\x1b[200~on",
        "e\r二\x1b[201~".as_bytes(),
        Does::Add("one\n二"),
    ),
    ("a part of a character", b"\xe4\xbd", b"\xa0", Does::Add("你")),
    ("bytes that are no text", b"\xff\xfe", b"", Does::Nothing),
];

const PROGRAMS: [&str; 5] =
    ["udp-chat", "tcp-duplex", "tcp-client", "tcp-duplex --turns", "udp-send --wait"];

/// As long as a message may take to the screen, for all to see that nothing is in its way.
const SEEN_AT_ONCE: Duration = Duration::from_millis(200);

/// What a person has typed, and what the keys can bring back.
#[derive(Default)]
struct Typist {
    line: String,
    sent: String,
    erased: String,
}

impl Typist {
    fn press(&mut self, does: Does) {
        match does {
            Does::Nothing | Does::ClearScreen => {}
            Does::Erase if self.line.is_empty() => {}
            Does::Erase => self.erased = std::mem::take(&mut self.line),
            Does::EraseWord => {
                let start = self.line.rfind(' ').map_or(0, |space| space + 1);
                let word = self.line.split_off(start);
                if !word.is_empty() {
                    self.erased = word;
                }
            }
            Does::BringBack => self.line += &self.erased,
            Does::CallBack => self.line = self.sent.clone(),
            Does::Add(text) => self.line += text,
        }
    }
}

#[test]
fn no_key_hides_a_message_or_breaks_the_line() {
    let fastest = Mutex::new(HashMap::new());
    thread::scope(|scope| {
        for program in PROGRAMS {
            let fastest = &fastest;
            scope.spawn(move || press_all_keys(program, fastest));
        }
    });
    // On a busy computer any message may be late. A key that makes them late does it to each.
    for (key, time) in fastest.into_inner().unwrap() {
        assert!(time < SEEN_AT_ONCE, "after {key} no message was seen within {time:?}");
    }
}

fn press_all_keys(program: &str, fastest: &Mutex<HashMap<&'static str, Duration>>) {
    let mut chat = Chat::start(program);
    let mut typist = Typist { sent: "ask".into(), ..Typist::default() };
    if !program.starts_with("udp-send") {
        chat.terminal.type_keys("ask\r");
        chat.expect_heard("ask");
        chat.say("your turn");
    }
    let mut number = 0;
    for moment in ["", "half typed", "半行 中文"] {
        for &(key, bytes, rest, does) in KEYS {
            let what = format!("{key} in {program} after '{moment}'");
            typist.line = moment.into();
            typist.press(does);
            chat.terminal.type_keys(moment);
            chat.terminal.type_bytes(bytes);
            if matches!(does, Does::ClearScreen) {
                see_only_one_row(&chat, &what); // so that it doesn't clear the message
            }
            number += 1;
            let time = see_message(&mut chat, &format!("消息 {number}"), &what);
            let mut fastest = fastest.lock().unwrap();
            fastest.entry(key).and_modify(|best| *best = time.min(*best)).or_insert(time);
            drop(fastest);
            chat.terminal.type_bytes(rest);
            see_line(&chat, &typist.line, &what);
            send_line(&mut chat, program, &mut typist);
        }
    }
    end(chat, program);
}

/// The peer says something, and it is on the screen although no other key comes.
fn see_message(chat: &mut Chat, message: &str, what: &str) -> Duration {
    let start = Instant::now();
    chat.say(message);
    let row = format!("{}{message}", chat.mark);
    let mut seen = |screen: &vt100::Screen| rows(screen).contains(&row).then_some(());
    chat.terminal.wait_within(AT_ONCE, &format!("{row} after {what}"), &mut seen);
    start.elapsed()
}

/// The line alone; or with a status above it that came after the screen was cleared.
fn see_only_one_row(chat: &Chat, what: &str) {
    let mut seen = |screen: &vt100::Screen| {
        let rows = rows(screen);
        (rows.len() == 1 || rows.len() == 2 && rows[0] == "your turn").then_some(())
    };
    chat.terminal.wait_within(AT_ONCE, &format!("one row after {what}"), &mut seen);
}

fn see_line(chat: &Chat, line: &str, what: &str) {
    let row = format!("> {}", line.replace('\n', "␊"));
    let mut seen = |screen: &vt100::Screen| (rows(screen).last()? == row.trim_end()).then_some(());
    chat.terminal.wait_within(AT_ONCE, &format!("{row} after {what}"), &mut seen);
}

/// Enter sends what was typed: nothing is missing, and nothing was added.
fn send_line(chat: &mut Chat, program: &str, typist: &mut Typist) {
    typist.line.push('!');
    chat.terminal.type_keys("\x1b[F!\r");
    for (number, line) in typist.line.split('\n').enumerate() {
        if number > 0 && (program.contains("--turns") || program.contains("--wait")) {
            chat.say("your turn again");
        }
        chat.expect_heard(line);
    }
    typist.sent = std::mem::take(&mut typist.line);
}

/// The peer ends it, or the person where the peer can't.
fn end(mut chat: Chat, program: &str) {
    let mut terminal = match program {
        "udp-send --wait" => {
            chat.say("an answer, so that it waits no longer");
            chat.terminal.type_keys("88\r");
            chat.say("the last answer");
            chat.terminal
        }
        "udp-chat" => {
            chat.half_type("half");
            chat.say("88");
            chat.terminal
        }
        _ => {
            chat.half_type("half");
            chat.hang_up(false)
        }
    };
    terminal.expect_end(0);
}

#[test]
fn after_any_key_the_peers_last_word_ends_the_program() {
    let parts: Vec<&[Key]> = KEYS.chunks(KEYS.len().div_ceil(4)).collect();
    thread::scope(|scope| {
        for part in parts {
            scope.spawn(|| {
                for (number, (_, bytes, ..)) in part.iter().enumerate() {
                    let (program, word) = [("udp-chat", "88"), ("tcp-duplex", "end")][number % 2];
                    let mut chat = Chat::start(program);
                    chat.half_type("half 行");
                    chat.terminal.type_bytes(bytes);
                    chat.say(word);
                    // A Ctrl-S that the program has not read stops the terminal after its end; Ctrl-Q starts it again.
                    chat.terminal.type_bytes(b"\x11");
                    chat.terminal.expect_end(0);
                }
            });
        }
    });
}

#[test]
fn enter_sends_an_empty_line_and_ends_nothing() {
    for program in ["tcp-client", "tcp-duplex", "udp-chat"] {
        let mut chat = Chat::start(program);
        for line in ["", "", "and more"] {
            chat.terminal.type_keys(line);
            chat.terminal.type_keys(ENTER);
            chat.expect_heard(line);
        }
    }
}

#[test]
fn half_a_character_prints_no_empty_line() {
    let mut chat = Chat::start("tcp-client");
    let Peer::Tcp(stream) = &mut chat.peer else { unreachable!() };
    stream.write_all("前\n".as_bytes()).unwrap();
    for byte in "你\n".bytes() {
        stream.write_all(&[byte]).unwrap();
        thread::sleep(Duration::from_millis(20)); // so that each recv returns one byte
    }
    chat.terminal.wait_for_row("你");
    let rows = chat.terminal.rows();
    assert_eq!(rows[rows.len() - 3..], ["前", "你", ">"]);
}

#[test]
fn a_line_that_is_longer_than_the_screen_stays_whole() {
    let mut chat = Chat::start("tcp-duplex");
    let text = "长".repeat(3000);
    chat.terminal.type_keys(&format!("\x1b[200~{text}\x1b[201~"));
    for number in 1..=5 {
        chat.say(&format!("message {number}"));
    }
    chat.terminal.type_keys("\x1b[D尾\x1b[F!\r");
    chat.half_type("next"); // the long line has left the screen
    let Peer::Tcp(stream) = &chat.peer else { unreachable!() };
    let mut sent = vec![0; 3 * 3001 + 2];
    std::io::Read::read_exact(&mut &*stream, &mut sent).unwrap();
    let sent = String::from_utf8(sent).unwrap();
    assert_eq!(sent, format!("{}尾长!\n", "长".repeat(2999)));
}
