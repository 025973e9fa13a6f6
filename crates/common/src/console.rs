//! The screen and the keyboard. Results go to stdout; everything else goes to stderr; and what
//! arrives during a chat appears above the half-typed line.
//!
//! With a terminal on both sides, rustyline edits the line. Otherwise (pipes, files, `TERM=dumb`) a
//! step is a plain filter: lines come from stdin, results go to stdout, and no prompt is printed.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::{self, BufRead, BufWriter, IsTerminal, Read, Stdout, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::DefaultHistory;
use rustyline::validate::Validator;
use rustyline::{Editor, ExternalPrinter, Helper};

use crate::error::{Error, Explain, Result};
use crate::{Encoding, Input, step, stop};

/// A line longer than this is refused: no one types it, and it would fill the memory.
pub const LONGEST_LINE: usize = 16 << 20;

/// Collects results, so that a busy receiver makes one system call for many lines.
static OUTPUT: LazyLock<Mutex<BufWriter<Stdout>>> =
    LazyLock::new(|| Mutex::new(BufWriter::with_capacity(64 << 10, io::stdout())));

/// Prints above the line that is being typed, while there is one.
static PRINTER: Mutex<Option<Box<dyn ExternalPrinter + Send>>> = Mutex::new(None);

/// True while the keyboard thread waits for a line and the terminal is in its raw mode.
static READING: AtomicBool = AtomicBool::new(false);

/// True after a result that did not end its line.
static IN_LINE: AtomicBool = AtomicBool::new(false);

/// Set when the program ends: who waits for the keyboard thread to draw nothing more.
static ENDING: Mutex<Option<Sender<()>>> = Mutex::new(None);

/// The hints that were told already.
static HINTS: LazyLock<Mutex<HashSet<String>>> = LazyLock::new(Mutex::default);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Prints one line of results to stdout, at once.
pub fn result(line: &str) {
    result_part(&format!("{line}\n"));
    flush();
}

/// Prints a part of the results; it may wait in the buffer until [`flush`].
pub fn result_part(text: &str) {
    let mut output = lock(&OUTPUT);
    // Asked under the lock: nothing may be written below a prompt that is just being opened.
    if READING.load(Ordering::SeqCst) {
        drop(output);
        print_above(text);
        return;
    }
    if !text.is_empty() {
        IN_LINE.store(!text.ends_with('\n'), Ordering::SeqCst);
    }
    let written = output.write_all(text.as_bytes());
    drop(output);
    check_output(written);
}

/// Ends the line of the last result, if that one didn't. Above a prompt every result has its line end already.
pub fn end_line() {
    if IN_LINE.load(Ordering::SeqCst) {
        result_part("\n");
    }
    flush();
}

/// Writes out what [`result_part`] collected.
pub fn flush() {
    let written = lock(&OUTPUT).flush();
    check_output(written);
}

/// From now on a prompt is shown. rustyline clears the line that it begins on, so a result without a
/// line end, such as a server's greeting, gets one first.
fn begin_prompt() {
    let mut output = lock(&OUTPUT);
    if IN_LINE.swap(false, Ordering::SeqCst) {
        let _ = output.write_all(b"\n");
    }
    let _ = output.flush();
    READING.store(true, Ordering::SeqCst);
}

/// Ends the program when nobody reads its results any more: quietly if it was `| head -1`.
fn check_output(written: io::Result<()>) {
    match written {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => stop::leave(0),
        Err(error) => {
            tell(&format!(
                "error: stdout: {error}\n  what was received can't be written; free some space"
            ));
            stop::leave(2);
        }
    }
}

/// Prints a status line, a hint or an error to stderr. A stderr that nobody reads ends nothing.
pub fn tell(line: &str) {
    step::trace("status", line);
    show(line);
}

/// The same, for a line that the narration has traced already.
pub(crate) fn show(line: &str) {
    let text = format!("{line}\n");
    let typing = READING.load(Ordering::SeqCst) && io::stderr().is_terminal();
    if !(typing && print_above(&text)) {
        let _ = io::stderr().write_all(text.as_bytes());
    }
}

/// Tells a hint, but each hint only once: a thousand bad datagrams have one cause.
pub fn tell_hint(about: &str, hint: Option<String>) {
    if let Some(hint) = hint {
        let line = format!("  hint: {about}{}{hint}", if about.is_empty() { "" } else { ": " });
        let mut told = lock(&HINTS);
        if told.len() < 1000 && told.insert(line.clone()) {
            flush(); // what the hint is about comes first
            tell(&line);
        }
    }
}

fn print_above(text: &str) -> bool {
    if !READING.load(Ordering::SeqCst) {
        return false;
    }
    match lock(&PRINTER).as_mut() {
        Some(printer) => printer.print(with_line_end(text)).is_ok(),
        None => false,
    }
}

/// rustyline redraws its prompt behind the text, so the text must end its line.
fn with_line_end(text: &str) -> String {
    if text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") }
}

/// Makes a peer's text safe for a screen: its control characters could move the cursor, change the
/// title, or hide text, so they are shown as pictures (`␛`) instead of being obeyed. Line ends and
/// tabs stay.
pub fn clean_text(text: &str) -> String {
    with_pictures(&text.replace("\r\n", "\n"), "\n\t")
}

/// The same for text that must stay on one line: an end of line in it becomes `␊`.
pub fn clean(text: &str) -> String {
    with_pictures(text, "\t")
}

fn with_pictures(text: &str, kept: &str) -> String {
    // A busy receiver cleans a quarter of a million texts in a second, and spent half of its time on it. To look at all
    // bytes, without an `if` between them, costs next to nothing.
    let is_plain = text.bytes().fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~'));
    if is_plain {
        return text.to_owned();
    }
    text.chars().map(|c| if kept.contains(c) { c } else { picture(c) }).collect()
}

fn picture(character: char) -> char {
    match character {
        // Unicode has a picture for each of the ASCII control characters, in the same order.
        '\0'..='\x1f' => char::from_u32(0x2400 + character as u32).unwrap_or('\u{fffd}'),
        '\x7f' => '␡',
        '\u{80}'..='\u{9f}' => '\u{fffd}',
        // Line and paragraph separators; marks that turn the direction of writing around.
        '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{061c}' => '\u{fffd}',
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        _ => character,
    }
}

/// What a peer sent as one message, for one line of the screen: its own line end is not shown.
pub fn clean_message(text: &str) -> String {
    clean(trim_line_end(text))
}

/// Without the line end: `end\r\n` from a Windows tool is the word `end`.
pub fn trim_line_end(text: &str) -> &str {
    let text = text.strip_suffix('\n').unwrap_or(text);
    text.strip_suffix('\r').unwrap_or(text)
}

/// The lines that a person types or a pipe holds, without their line ends.
pub enum Lines {
    /// A terminal: a thread of its own reads the keyboard, so that a peer's end can end the program.
    Keyboard(Receiver<Option<String>>),
    /// Anything else, in its encoding: read when asked for, so that the reader sets the pace of a big file.
    Pipe(Encoding, io::BufReader<io::Stdin>),
}

impl Lines {
    /// Begins to read. In a terminal `prompt` is shown; typing `last_word` ends the reading.
    pub fn open(prompt: &str, input: &Input, last_word: &str) -> Result<Self> {
        if io::stdin().is_terminal()
            && io::stdout().is_terminal()
            && let Ok(mut editor) = LineEditor::new()
            && let Ok(printer) = editor.create_external_printer()
        {
            editor.set_helper(Some(Holder));
            mode::save();
            *lock(&PRINTER) = Some(Box::new(printer));
            let (sender, lines) = mpsc::channel();
            let (prompt, last_word) = (prompt.to_owned(), last_word.to_owned());
            begin_prompt();
            std::thread::Builder::new()
                .name("keyboard".into())
                .spawn(move || keyboard(editor, &prompt, &last_word, &sender))
                .explain("start a thread for", "the keyboard")?;
            return Ok(Self::Keyboard(lines));
        }
        Ok(Self::Pipe(input.encoding, io::BufReader::new(io::stdin())))
    }

    /// Waits for the next line; `None` is the end of the input (Ctrl-D, the end of a pipe).
    ///
    /// A piped line that is no text ends the input too: the error is reported here and counts for the exit code, and
    /// the program says goodbye to its peer as after any other end.
    pub fn next_line(&mut self) -> Option<String> {
        match self {
            Self::Keyboard(lines) => lines.recv().ok().flatten(),
            Self::Pipe(encoding, input) => next_piped(*encoding, input).unwrap_or_else(|error| {
                error.tell();
                None
            }),
        }
    }

    /// True when a person types, who ended the program with Ctrl-D and doesn't want to wait.
    pub fn is_keyboard(&self) -> bool {
        matches!(self, Self::Keyboard(_))
    }
}

fn next_piped(encoding: Encoding, input: &mut io::BufReader<io::Stdin>) -> Result<Option<String>> {
    let mut line = Vec::new();
    let limit = LONGEST_LINE as u64 + 1;
    input.take(limit).read_until(b'\n', &mut line).explain("read", "stdin")?;
    if line.is_empty() {
        return Ok(None);
    }
    if line.len() > LONGEST_LINE {
        let cause = format!("stdin: a line of more than {} MiB", LONGEST_LINE >> 20);
        return Err(Error::local(
            cause,
            "the steps send text, line by line; use file-download for files",
        ));
    }
    match encoding.decode_strictly(&line) {
        Some(text) => Ok(Some(trim_line_end(&text).to_owned())),
        None => Err(no_text(encoding, &line)),
    }
}

fn no_text(encoding: Encoding, line: &[u8]) -> Error {
    let advice = if line.starts_with(b"\xff\xfe") || line.starts_with(b"\xfe\xff") {
        "this is UTF-16, as Windows PowerShell's > writes it; save it as UTF-8"
    } else {
        "say which encoding the input has, for example --input-encoding gbk,\n  \
         or once for all SOCKET_INPUT_ENCODING=gbk in the environment"
    };
    Error::local(format!("stdin: a line that is not valid {encoding}; it is not sent"), advice)
}

/// The keyboard thread. It never waits for the rest of the program: while it reads, rustyline prints
/// what other threads want to show.
fn keyboard(mut editor: LineEditor, prompt: &str, last_word: &str, lines: &Sender<Option<String>>) {
    loop {
        let typed = editor.readline(prompt);
        match typed {
            Ok(typed) => {
                let _ = editor.add_history_entry(&typed);
                // What was pasted may be several lines.
                for line in trim_line_end(&typed).split('\n') {
                    let last = line == last_word;
                    READING.store(!last, Ordering::SeqCst);
                    if lines.send(Some(line.to_owned())).is_err() || last {
                        return;
                    }
                }
            }
            Err(ReadlineError::Interrupted) => {
                READING.store(false, Ordering::SeqCst);
                stop::leave(stop::INTERRUPTED);
            }
            Err(error) => {
                READING.store(false, Ordering::SeqCst);
                if !matches!(error, ReadlineError::Eof) {
                    tell(&format!("error: reading the keyboard: {error}"));
                }
                let _ = lines.send(None);
                return;
            }
        }
    }
}

type LineEditor = Editor<Holder, DefaultHistory>;

/// rustyline asks its helper for a coloured prompt each time it draws the line. This one gives it back
/// as it is, and holds the keyboard thread there for ever when the program ends: what rustyline draws
/// must not come behind the last output, where the shell's own prompt will be.
struct Holder;

impl Highlighter for Holder {
    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, _: bool) -> Cow<'b, str> {
        let ending = lock(&ENDING).take();
        if let Some(held) = ending {
            let _ = held.send(());
            loop {
                std::thread::park();
            }
        }
        Cow::Borrowed(prompt)
    }
}

impl Completer for Holder {
    type Candidate = String;
}

impl Hinter for Holder {
    type Hint = String;
}

impl Validator for Holder {}

impl Helper for Holder {}

/// Shows what is still to be shown and gives the terminal back as it was found.
pub fn close() {
    // A signal may come while the peer's end is closing already: the second one waits for the first.
    static CLOSING: Mutex<()> = Mutex::new(());
    let _alone = lock(&CLOSING);
    if READING.swap(false, Ordering::SeqCst) {
        let line_is_gone = show_pending();
        mode::restore();
        if !line_is_gone {
            let _ = io::stdout().write_all(b"\n"); // the prompt is there, and stderr may be a file
        }
    }
    if let Ok(mut output) = OUTPUT.try_lock() {
        let _ = output.flush();
    }
}

/// Waits until rustyline has shown what was given to its printer, whose queue holds one message: when
/// a second empty message has found room behind a first one, everything before both is on the screen.
/// True when the half-typed line has been wiped away and will not be drawn again.
fn show_pending() -> bool {
    const NOTHING: &str = "\x1b[A\n"; // up one line and down again
    let (held, at_rest) = mpsc::channel();
    std::thread::spawn(move || {
        if let Some(printer) = lock(&PRINTER).as_mut() {
            let _ = printer.print(NOTHING.into());
            let _ = printer.print(NOTHING.into());
            *lock(&ENDING) = Some(held);
            let _ = printer.print(NOTHING.into()); // the line is to be drawn once more, at least
        }
    });
    at_rest.recv_timeout(Duration::from_secs(1)).is_ok()
}

/// The terminal's mode. rustyline restores it when a line is complete, but the program may end before:
/// there is no way to cancel `readline`.
#[cfg(unix)]
mod mode {
    use std::io::{self, Write};
    use std::sync::Mutex;

    use nix::sys::termios::{SetArg, Termios, tcgetattr, tcsetattr};

    static FOUND: Mutex<Option<Termios>> = Mutex::new(None);

    /// tcgetattr(3)
    pub(super) fn save() {
        *super::lock(&FOUND) = tcgetattr(io::stdin()).ok();
    }

    /// tcsetattr(3), and the end of "bracketed paste", which rustyline switches on.
    pub(super) fn restore() {
        if let Some(found) = super::lock(&FOUND).as_ref() {
            let _ = tcsetattr(io::stdin(), SetArg::TCSANOW, found);
            let mut screen = io::stdout(); // stderr may be a file
            let _ = screen.write_all(b"\x1b[?2004l").and_then(|()| screen.flush());
        }
    }
}

/// On Windows the console's host resets the mode for the next program that reads a line.
#[cfg(not(unix))]
mod mode {
    pub(super) fn save() {}
    pub(super) fn restore() {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_of_a_peer_are_shown_and_not_obeyed() {
        assert_eq!(clean("\x1b[2Jhi\x07\u{9b}\u{202e}\0\x7f"), "␛[2Jhi␇\u{fffd}\u{fffd}␀␡");
        assert_eq!(clean("一\t行\n二"), "一\t行␊二");
        assert_eq!(clean_text("a\r\nb\rc"), "a\nb␍c");
        assert_eq!(clean_message("end\r\n"), "end");
        assert_eq!(clean_message("a\n\n"), "a␊");
    }

    #[test]
    fn every_text_is_clean_when_cleaned() {
        for code in 0..=0x10ffff {
            if let Some(character) = char::from_u32(code) {
                let cleaned = clean(&character.to_string());
                assert!(cleaned == "\t" || !cleaned.chars().any(char::is_control), "{code:x}");
            }
        }
    }
}
