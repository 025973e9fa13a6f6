//! A terminal: its keys, what is on its screen, its mode.

use std::io::{self, Read, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill, killpg};
use nix::sys::termios::LocalFlags;
use nix::unistd::Pid;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, SlavePty, native_pty_system};

/// How long anything may take; usually it takes much less.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// How long what needs no further key may take, on a busy computer.
pub const AT_ONCE: Duration = Duration::from_secs(5);

/// How many columns each terminal has.
pub const COLUMNS: u16 = 80;

/// A program in a terminal.
pub struct Terminal {
    shown: Arc<(Mutex<Shown>, Condvar)>,
    keyboard: Box<dyn Write + Send>,
    master: Box<dyn MasterPty + Send>,
    /// Held open, so that the terminal outlives what runs in it.
    _slave: Box<dyn SlavePty + Send>,
    shell: Box<dyn Child + Send + Sync>,
    mode_before: String,
}

/// What the terminal got from the program.
pub struct Shown {
    /// What is on its screen.
    pub parser: vt100::Parser,
    /// All that was written.
    pub bytes: Vec<u8>,
}

impl Terminal {
    /// Runs a command in a terminal of this height.
    pub fn open(rows: u16, command: CommandBuilder) -> Terminal {
        let size = PtySize { rows, cols: COLUMNS, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mode_before = mode(&*pair.master);
        let shell = pair.slave.spawn_command(command).unwrap();
        let cells = |number: u16| number.try_into().unwrap();
        let parser = vt100::Parser::new(cells(rows), cells(COLUMNS), 0);
        let shown = Arc::new((Mutex::new(Shown { parser, bytes: Vec::new() }), Condvar::new()));
        show_in_background(pair.master.try_clone_reader().unwrap(), &shown);
        let keyboard = pair.master.take_writer().unwrap();
        Terminal { shown, keyboard, master: pair.master, _slave: pair.slave, shell, mode_before }
    }

    /// Types text, or keys as they are named above.
    pub fn type_keys(&mut self, keys: &str) {
        self.type_bytes(keys.as_bytes());
    }

    /// Types bytes that may be no text.
    pub fn type_bytes(&mut self, bytes: &[u8]) {
        self.try_type(bytes).unwrap();
    }

    /// Types bytes; an error when the terminal is closed.
    pub fn try_type(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.keyboard.write_all(bytes)?;
        self.keyboard.flush()
    }

    /// Forgets what was written long ago, so that a search in it stays short.
    pub fn forget_all_but(&self, last: usize) {
        let bytes = &mut self.lock().bytes;
        let old = bytes.len().saturating_sub(last);
        bytes.drain(..old);
    }

    /// What was shown so far.
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

    /// The same as [`Terminal::wait_until`], for as long as this.
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

    /// Waits until the last row with text is this one and the cursor is after it.
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

    /// Sends a signal to the step, not to its shell.
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
        self.expect_same_mode();
        let flags = local_flags(&*self.master);
        assert!(flags.contains(LocalFlags::ICANON | LocalFlags::ECHO), "{flags:?}");
        let shown = self.lock();
        assert!(!shown.parser.screen().bracketed_paste(), "bracketed paste is still on");
        assert!(!shown.parser.screen().hide_cursor(), "the cursor is still hidden");
    }

    /// The terminal's mode is the one that it began with.
    pub fn expect_same_mode(&self) {
        assert_eq!(mode(&*self.master), self.mode_before, "the terminal's mode");
    }

    /// The rows with text, from the top.
    pub fn rows(&self) -> Vec<String> {
        rows(self.lock().parser.screen())
    }

    /// All that was written, with its escape sequences.
    pub fn raw_text(&self) -> String {
        String::from_utf8_lossy(&self.lock().bytes).into_owned()
    }
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

fn show_in_background(mut reader: Box<dyn Read + Send>, shown: &Arc<(Mutex<Shown>, Condvar)>) {
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
/// What a system keeps of a terminal's mode. A C library's structure has room for more, which need not be filled in.
fn mode(terminal: &dyn MasterPty) -> String {
    let mode = terminal.get_termios().unwrap();
    let flags = (mode.input_flags, mode.output_flags, mode.control_flags, mode.local_flags);
    format!("{flags:?}, keys {:?}", &mode.control_chars[..17])
}

fn local_flags(terminal: &dyn MasterPty) -> LocalFlags {
    LocalFlags::from_bits_truncate(terminal.get_termios().unwrap().local_flags.bits())
}
