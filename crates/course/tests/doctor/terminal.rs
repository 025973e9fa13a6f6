//! The doctor in a real terminal: one that says where its cursor is, one that never does, one that counts wrongly.

use std::io::{Read, Write};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, SlavePty, native_pty_system};

use crate::COURSE;

/// How long anything may take; much more than it does.
const DEADLINE: Duration = Duration::from_secs(20);

const QUESTION: &[u8] = b"\x1b[6n";
const COLUMNS: u16 = 80;
const ROWS: u16 = 50;

/// What the terminal answers when it is asked for its cursor.
type Answer = fn(&vt100::Screen) -> Option<Vec<u8>>;

/// The doctor below a shell, in a terminal.
struct Terminal {
    master: Box<dyn MasterPty + Send>,
    /// Held open, so that the terminal outlives what runs in it.
    _slave: Box<dyn SlavePty + Send>,
    shell: Box<dyn Child + Send + Sync>,
    pieces: Receiver<Vec<u8>>,
    keyboard: Box<dyn Write + Send>,
    mode: String,
}

impl Terminal {
    fn start(term: &str) -> Terminal {
        let size = PtySize { rows: ROWS, cols: COLUMNS, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mode = format!("{:?}", pair.master.get_termios());
        let mut command = CommandBuilder::new("/bin/sh");
        command.args(["-c", r#"trap : INT; "$0" doctor; echo "exit $?"; read -r _"#, COURSE]);
        command.env("TERM", term);
        command.env("LC_ALL", "C.UTF-8");
        command.env_remove("COLUMNS");
        let shell = pair.slave.spawn_command(command).unwrap();
        let keyboard = pair.master.take_writer().unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (sender, pieces) = mpsc::channel();
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(length @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer[..length].to_vec()).is_err() {
                    break;
                }
            }
        });
        Terminal { master: pair.master, _slave: pair.slave, shell, pieces, keyboard, mode }
    }

    /// Answers until the shell says how the doctor ended. What is on the screen then; the terminal's mode is as before.
    fn run(mut self, answer: Answer) -> String {
        let size = |cells: u16| cells.try_into().unwrap();
        let mut parser = vt100::Parser::new(size(ROWS), size(COLUMNS), 0);
        let (began, mut bytes, mut asked) = (Instant::now(), Vec::new(), 0);
        while !parser.screen().contents().contains("exit ") {
            let left = DEADLINE.saturating_sub(began.elapsed());
            let Ok(piece) = self.pieces.recv_timeout(left) else {
                panic!("it doesn't end:\n{}", parser.screen().contents());
            };
            parser.process(&piece);
            bytes.extend(piece);
            if bytes.windows(QUESTION.len()).filter(|part| *part == QUESTION).count() > asked {
                asked += 1;
                let answer = answer(parser.screen()).unwrap_or_default();
                self.keyboard.write_all(&answer).unwrap();
            }
        }
        assert_eq!(format!("{:?}", self.master.get_termios()), self.mode, "the terminal's mode");
        parser.screen().contents()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // The shell leads the group that the doctor is in.
        if let Some(id) = self.shell.process_id() {
            let _ = killpg(Pid::from_raw(id as i32), Signal::SIGKILL);
        }
        let _ = self.shell.wait();
    }
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
    let shown = Terminal::start("xterm-256color").run(position);
    expect(&shown, "✓ terminal      a Chinese character takes two columns");
    assert!(shown.starts_with("Socket Steps "), "nothing is left of the question:\n{shown}");
}

#[test]
fn keys_that_are_pressed_meanwhile_do_no_harm() {
    let answer: Answer = |screen| Some([b"x\x1b[A".to_vec(), position(screen)?].concat());
    let shown = Terminal::start("xterm").run(answer);
    expect(&shown, "✓ terminal ");
}

#[test]
fn a_terminal_that_never_answers_is_not_waited_for() {
    let shown = Terminal::start("xterm").run(|_| None);
    expect(&shown, "! terminal      it doesn't say where its cursor is");
}

#[test]
fn a_terminal_that_shows_bytes_is_recognised() {
    let shown = Terminal::start("xterm").run(|_| Some(b"\x1b[1;7R".to_vec()));
    expect(&shown, "! terminal      two Chinese characters take 6 columns instead of 4");
}

#[test]
fn a_dumb_terminal_gets_no_question() {
    let shown = Terminal::start("dumb").run(|_| panic!("it was asked"));
    expect(&shown, "! terminal      not asked: TERM=dumb");
}

#[test]
fn ctrl_c_ends_it_while_it_waits_for_the_answer() {
    let shown = Terminal::start("xterm").run(|_| Some(b"\x03".to_vec()));
    expect(&shown, "exit 130");
    assert!(!shown.contains("Ready"), "{shown}");
}
