//! The doctor in a real terminal: one that says where its cursor is, one that never does, one that counts wrongly.

use std::time::{Duration, Instant};

use terminal::{CommandBuilder, DEADLINE, Terminal, vt100};

use crate::COURSE;

const QUESTION: &[u8] = b"\x1b[6n";

/// What the terminal answers when it is asked for its cursor.
type Answer = fn(&vt100::Screen) -> Option<Vec<u8>>;

/// Runs the doctor below a shell, and answers until the shell reports how it ended. What is on the screen then; the terminal's
/// mode is as before.
fn examined(term: &str, answer: Answer) -> String {
    let mut command = CommandBuilder::new("/bin/sh");
    command.args(["-c", r#"trap : INT; "$0" doctor; echo "exit $?"; read -r _"#, COURSE]);
    command.env("TERM", term);
    command.env("LC_ALL", "C.UTF-8");
    command.env_remove("COLUMNS");
    let mut terminal = Terminal::open(50, command);
    let (began, mut answered) = (Instant::now(), 0);
    loop {
        let shown = terminal.lock();
        let screen = shown.parser.screen();
        if screen.contents().contains("exit ") {
            break;
        }
        assert!(began.elapsed() < DEADLINE, "it doesn't end:\n{}", screen.contents());
        let asked = shown.bytes.windows(QUESTION.len()).filter(|part| *part == QUESTION).count();
        let answer = (asked > answered).then(|| answer(screen).unwrap_or_default());
        drop(shown);
        if let Some(answer) = answer {
            answered += 1;
            terminal.type_bytes(&answer);
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    terminal.expect_same_mode();
    terminal.rows().join("\n")
}

/// The terminal that vt100 is: it knows that 你好 takes four columns.
fn position(screen: &vt100::Screen) -> Option<Vec<u8>> {
    let (row, column) = screen.cursor_position();
    Some(format!("\x1b[{};{}R", row + 1, column + 1).into_bytes())
}

fn expect(shown: &str, part: &str) {
    assert!(shown.contains(part), "{part}:\n{shown}");
}

#[test]
fn a_terminal_is_asked_how_wide_chinese_is() {
    let shown = examined("xterm-256color", position);
    expect(&shown, "✓ terminal      a Chinese character takes two columns");
    assert!(shown.starts_with("Socket Steps "), "nothing is left of the question:\n{shown}");
}

#[test]
fn keys_that_are_pressed_meanwhile_do_no_harm() {
    let answer: Answer = |screen| Some([b"x\x1b[A".to_vec(), position(screen)?].concat());
    let shown = examined("xterm", answer);
    expect(&shown, "✓ terminal ");
}

#[test]
fn a_terminal_that_never_answers_is_not_waited_for() {
    let shown = examined("xterm", |_| None);
    expect(&shown, "! terminal      it doesn't say where its cursor is");
}

#[test]
fn a_terminal_that_shows_bytes_is_recognised() {
    let shown = examined("xterm", |_| Some(b"\x1b[1;7R".to_vec()));
    expect(&shown, "! terminal      two Chinese characters take 6 columns instead of 4");
}

#[test]
fn a_dumb_terminal_gets_no_question() {
    let shown = examined("dumb", |_| panic!("it was asked"));
    expect(&shown, "! terminal      not asked: TERM=dumb");
}

#[test]
fn ctrl_c_ends_it_while_it_waits_for_the_answer() {
    let shown = examined("xterm", |_| Some(b"\x03".to_vec()));
    expect(&shown, "exit 130");
    assert!(!shown.contains("Ready"), "{shown}");
}
