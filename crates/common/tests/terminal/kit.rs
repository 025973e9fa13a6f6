//! Programs in a terminal, and a peer for them: what the tests of this folder stand on.
#![allow(clippy::unwrap_used, clippy::panic)] // a test helper may fail like the test itself

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::num::NonZeroU16;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill, killpg};
use nix::sys::termios::LocalFlags;
use nix::unistd::Pid;
use portable_pty::{CommandBuilder, MasterPty, PtySize, SlavePty, native_pty_system};
use testkit::step_program;

/// How long anything may take; much more than it does.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// Usually a moment; a busy computer may need longer. What waits for one more key never ends.
pub const AT_ONCE: Duration = Duration::from_secs(5);

pub const CTRL_A: &str = "\x01";
pub const CTRL_C: &str = "\x03";
pub const CTRL_D: &str = "\x04";
pub const BACKSPACE: &str = "\x7f";
pub const ENTER: &str = "\r";
pub const UP: &str = "\x1b[A";
pub const LEFT: &str = "\x1b[D";

/// A program in a terminal.
pub struct Terminal {
    pub shown: Arc<(Mutex<Shown>, Condvar)>,
    pub keyboard: Box<dyn Write + Send>,
    pub master: Box<dyn MasterPty + Send>,
    /// Held open, so that the terminal outlives what runs in it.
    pub _slave: Box<dyn SlavePty + Send>,
    pub shell: Box<dyn portable_pty::Child + Send + Sync>,
    pub mode_before: String,
}

/// What the terminal got from the program.
pub struct Shown {
    pub parser: vt100::Parser,
    pub bytes: Vec<u8>,
}

/// How a terminal is to be: its height, its type, what the shell puts after the program's arguments, and an interactive
/// shell that is to start the program, as a person does.
pub struct Setting<'a> {
    pub rows: u16,
    pub term: &'a str,
    pub after: &'a str,
    pub panics: &'a str,
    pub shell: Option<&'a str>,
}

pub const USUAL: Setting =
    Setting { rows: 24, term: "xterm-256color", after: "", panics: "", shell: None };
pub const COLUMNS: u16 = 80;

impl Terminal {
    pub fn start(step: &str, args: &[&str]) -> Terminal {
        Self::start_in(&USUAL, step, args)
    }

    pub fn start_in(setting: &Setting, step: &str, args: &[&str]) -> Terminal {
        let size = PtySize { rows: setting.rows, cols: COLUMNS, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mode_before = mode(&*pair.master);

        let command = command(setting, step, args);
        let shell = pair.slave.spawn_command(command).unwrap();

        let parser = vt100::Parser::new(size_of(setting.rows), size_of(COLUMNS), 0);
        let shown = Arc::new((Mutex::new(Shown { parser, bytes: Vec::new() }), Condvar::new()));
        show_in_background(pair.master.try_clone_reader().unwrap(), &shown);
        let keyboard = pair.master.take_writer().unwrap();
        let mut terminal = Terminal {
            shown,
            keyboard,
            master: pair.master,
            _slave: pair.slave,
            shell,
            mode_before,
        };
        if setting.shell.is_some() {
            terminal.wait_for_line("shell: ");
            terminal.type_keys(&format!("\"$PROGRAM\" {}\r", args.join(" ")));
        }
        terminal
    }

    pub fn type_keys(&mut self, keys: &str) {
        self.type_bytes(keys.as_bytes());
    }

    pub fn type_bytes(&mut self, bytes: &[u8]) {
        self.keyboard.write_all(bytes).unwrap();
        self.keyboard.flush().unwrap();
    }

    pub fn lock(&self) -> MutexGuard<'_, Shown> {
        self.shown.0.lock().unwrap()
    }

    /// Waits until the screen is as wanted, and returns what `wanted` found on it.
    pub fn wait_until<T>(
        &self,
        what: &str,
        mut wanted: impl FnMut(&vt100::Screen) -> Option<T>,
    ) -> T {
        self.wait_within(DEADLINE, what, &mut wanted)
    }

    pub fn wait_within<T>(
        &self,
        patience: Duration,
        what: &str,
        wanted: &mut dyn FnMut(&vt100::Screen) -> Option<T>,
    ) -> T {
        let deadline = Instant::now() + patience;
        let mut shown = self.lock();
        loop {
            if let Some(found) = wanted(shown.parser.screen()) {
                return found;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let screen = rows(shown.parser.screen()).join("\n");
                drop(shown); // `drop` of the terminal needs it
                panic!("within {patience:?} not on the screen: {what}\n{screen}");
            }
            shown = self.shown.1.wait_timeout(shown, left).unwrap().0;
        }
    }

    /// Waits until one row of the screen is exactly this text.
    pub fn wait_for_row(&self, text: &str) {
        self.wait_until(text, |screen| rows(screen).contains(&text.to_owned()).then_some(()));
    }

    /// Waits until the last row with text is this one and the cursor stands after it.
    pub fn wait_for_line(&self, line: &str) {
        let column = 2 + width(&line[2..]);
        self.wait_until(&format!("{line}| (with the cursor)"), |screen| {
            let rows = rows(screen);
            let row = screen.cursor_position().0 as usize;
            let at_end = rows.get(row).is_some_and(|text| text == line.trim_end());
            (at_end && row + 1 == rows.len() && screen.cursor_position().1 == column).then_some(())
        });
    }

    /// The rest of the first row that begins with `start`.
    pub fn text_after(&self, start: &str) -> String {
        self.wait_until(start, |screen| {
            rows(screen).iter().find_map(|row| row.strip_prefix(start).map(str::to_owned))
        })
    }

    pub fn send_signal(&self, signal: Signal) {
        let pid = self.text_after("pid ").parse().unwrap();
        kill(Pid::from_raw(pid), signal).unwrap();
    }

    /// The program ends at once, with this exit code, and leaves the terminal as it was.
    pub fn expect_end(&mut self, exit_code: u8) {
        let row = format!("exit {exit_code}");
        // The terminal may have shown a key that came when the program had ended.
        let mut ended = |screen: &vt100::Screen| {
            rows(screen).iter().any(|text| text.ends_with(&row)).then_some(())
        };
        self.wait_within(AT_ONCE, &row, &mut ended);
        assert_eq!(mode(&*self.master), self.mode_before, "the terminal's mode");
        let flags = local_flags(&*self.master);
        assert!(flags.contains(LocalFlags::ICANON | LocalFlags::ECHO), "{flags:?}");
        let shown = self.lock();
        assert!(!shown.parser.screen().bracketed_paste(), "bracketed paste is still on");
        assert!(!shown.parser.screen().hide_cursor(), "the cursor is still hidden");
    }

    pub fn rows(&self) -> Vec<String> {
        rows(self.lock().parser.screen())
    }

    pub fn raw_text(&self) -> String {
        String::from_utf8_lossy(&self.lock().bytes).into_owned()
    }
}

/// What runs in the terminal: a shell that runs the step, or an interactive one that is asked to.
fn command(setting: &Setting, step: &str, args: &[&str]) -> CommandBuilder {
    // The outer shell outlives Ctrl-C and Ctrl-\; the inner one says its number and becomes the program.
    let script = format!(
        r#"trap : INT QUIT; sh -c 'echo "pid $$"; exec "$0" "$@" {}' "$@"; echo "exit $?"; read -r _"#,
        setting.after
    );
    let mut command = CommandBuilder::new(setting.shell.unwrap_or("/bin/sh"));
    if let Some(shell) = setting.shell {
        // Without files that set another prompt.
        match shell {
            "bash" => command.args(["--norc", "--noprofile", "-i"]),
            "zsh" => command.args(["-f", "-i"]),
            _ => command.arg("-i"),
        }
        command.env("ENV", "");
        command.env("PS1", "shell: ");
        command.env("PROGRAM", step_program(step));
    } else {
        command.args(["-c", &script, "sh"]);
        command.arg(step_program(step));
        command.args(args);
    }
    command.env("TERM", setting.term);
    command.env("SOCKET_STEPS_PANIC", setting.panics);
    command.env_remove("SOCKET_ENCODING");
    command.env_remove("RUST_BACKTRACE"); // its lines would fill the screen
    command
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // The shell leads the group that the program is in.
        if let Some(id) = self.shell.process_id() {
            let _ = killpg(Pid::from_raw(id as i32), Signal::SIGKILL);
        }
        let _ = self.shell.wait();
    }
}

pub fn show_in_background(mut reader: Box<dyn Read + Send>, shown: &Arc<(Mutex<Shown>, Condvar)>) {
    let shown = Arc::clone(shown);
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = reader.read(&mut buffer) {
            let mut state = shown.0.lock().unwrap();
            state.parser.process(&buffer[..length]);
            state.bytes.extend_from_slice(&buffer[..length]);
            drop(state);
            shown.1.notify_all();
        }
    });
}

pub fn size_of(cells: u16) -> NonZeroU16 {
    NonZeroU16::new(cells).unwrap()
}

/// The rows with text, from the top; without the spaces at their ends.
pub fn rows(screen: &vt100::Screen) -> Vec<String> {
    let mut rows: Vec<String> =
        screen.rows(0, COLUMNS).map(|row| row.trim_end().to_owned()).collect();
    while rows.last().is_some_and(String::is_empty) {
        rows.pop();
    }
    rows
}

/// Columns of a text that holds only ASCII and Chinese.
pub fn width(text: &str) -> u16 {
    text.chars().map(|character| if character.is_ascii() { 1 } else { 2 }).sum()
}

/// All of the terminal's mode, for comparing: tcgetattr(3).
pub fn mode(terminal: &dyn MasterPty) -> String {
    format!("{:?}", terminal.get_termios().unwrap())
}

pub fn local_flags(terminal: &dyn MasterPty) -> LocalFlags {
    LocalFlags::from_bits_truncate(terminal.get_termios().unwrap().local_flags.bits())
}

/// A step in a terminal that talks to this test. The step's name may have options after it.
pub struct Chat {
    pub terminal: Terminal,
    pub peer: Peer,
    /// What stands before each message of the peer.
    pub mark: String,
}

pub enum Peer {
    Udp(UdpSocket),
    Tcp(TcpStream),
}

pub const STEPS: [&str; 3] = ["udp-chat", "tcp-duplex", "tcp-client"];

impl Chat {
    /// Starts the step, connects it with this test, and waits for its prompt.
    pub fn start(step: &str) -> Chat {
        Self::start_in(&USUAL, step)
    }

    pub fn start_in(setting: &Setting, step: &str) -> Chat {
        let chat = Self::connect(setting, step);
        chat.terminal.wait_for_line("> ");
        chat
    }

    pub fn connect(setting: &Setting, step: &str) -> Chat {
        let (step, options) = step.split_once(' ').unwrap_or((step, ""));
        if step == "udp-send" {
            return Self::connect_sender(setting);
        }
        if step == "udp-chat" {
            let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
            socket.set_read_timeout(Some(DEADLINE)).unwrap();
            let peer = socket.local_addr().unwrap().to_string();
            let terminal = Terminal::start_in(setting, step, &[&peer, "--bind", "127.0.0.1:0"]);
            socket.connect(terminal.text_after("listening on ")).unwrap();
            return Chat { terminal, peer: Peer::Udp(socket), mark: format!("[{peer}] ") };
        }
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let mut args = vec![&*address];
        if step == "tcp-duplex" {
            args.insert(0, "connect");
        }
        args.extend(options.split_whitespace());
        let terminal = Terminal::start_in(setting, step, &args);
        terminal.text_after("connected to "); // otherwise `accept` would never return
        let (connection, _) = listener.accept().unwrap();
        connection.set_read_timeout(Some(DEADLINE)).unwrap();
        let mark = if step == "tcp-duplex" { format!("[{address}] ") } else { String::new() };
        Chat { terminal, peer: Peer::Tcp(connection), mark }
    }

    /// udp-send prints what comes only after it has sent something, so it has asked already.
    fn connect_sender(setting: &Setting) -> Chat {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(DEADLINE)).unwrap();
        let peer = socket.local_addr().unwrap().to_string();
        let mut terminal = Terminal::start_in(setting, "udp-send", &[&peer, "--wait", "60"]);
        terminal.wait_for_line("> ");
        terminal.type_keys("ask\r");
        let (_, sender) = socket.recv_from(&mut [0; 10]).unwrap();
        socket.connect(sender).unwrap();
        Chat { terminal, peer: Peer::Udp(socket), mark: format!("[{peer}] ") }
    }

    /// The peer sends one message.
    pub fn say(&mut self, message: &str) {
        match &mut self.peer {
            Peer::Udp(socket) => assert!(socket.send(message.as_bytes()).is_ok()),
            Peer::Tcp(stream) => stream.write_all(format!("{message}\n").as_bytes()).unwrap(),
        }
    }

    /// The peer receives exactly this message.
    pub fn expect_heard(&mut self, message: &str) {
        let mut buffer = vec![0; 1000];
        match &mut self.peer {
            Peer::Udp(socket) => {
                let length = socket.recv(&mut buffer).unwrap();
                assert_eq!(String::from_utf8_lossy(&buffer[..length]), message);
            }
            Peer::Tcp(stream) => {
                let expected = format!("{message}\n");
                stream.read_exact(&mut buffer[..expected.len()]).unwrap();
                assert_eq!(String::from_utf8_lossy(&buffer[..expected.len()]), expected);
            }
        }
    }

    /// The peer's connection ends: politely, or with a reset.
    pub fn hang_up(self, reset: bool) -> Terminal {
        if let Peer::Tcp(stream) = self.peer {
            if reset {
                // Closing with a linger time of 0 sends RST instead of FIN.
                socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
            }
            drop(stream);
        }
        self.terminal
    }

    pub fn half_type(&mut self, text: &str) {
        self.terminal.type_keys(text);
        self.terminal.wait_for_line(&format!("> {text}"));
    }
}
