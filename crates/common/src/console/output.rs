//! The screen: what is printed, by whichever thread, and the prompt below it.

use std::collections::HashSet;
use std::io::{self, BufWriter, IsTerminal, Stdout, Write};
use std::mem;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Sender};
use std::sync::{LazyLock, Mutex, MutexGuard, TryLockError};
use std::thread;
use std::time::Duration;

use super::line::Key;
use super::prompt::{Prompt, Typed};
use super::terminal;
use crate::error::Error;
use crate::exit;
use crate::lock::lock;
use crate::record::{self, Facts, Kind};
use crate::text::clean_text;
use crate::thread::start_thread;

/// All that is written to the terminal is written under one lock, so nothing comes between a prompt and its line.
static SCREEN: LazyLock<Mutex<Screen>> = LazyLock::new(|| {
    exit::at_end(close);
    // A busy receiver makes one system call for many lines.
    let output = BufWriter::with_capacity(64 << 10, io::stdout());
    Mutex::new(Screen { output, in_line: false, prompt: None })
});

struct Screen {
    output: BufWriter<Stdout>,
    /// True after a result that did not end its line.
    in_line: bool,
    prompt: Option<Prompt>,
}

impl Screen {
    /// Writes all of it at once.
    fn show(&mut self, text: &str) -> io::Result<()> {
        self.output.write_all(text.as_bytes())?;
        self.output.flush()
    }

    /// Wipes the prompt away and gives the terminal back as it was found.
    fn close_prompt(&mut self) {
        if let Some(mut prompt) = self.prompt.take()
            && terminal::in_foreground()
        {
            self.hand_over(&mut prompt);
        }
    }

    fn hand_over(&mut self, prompt: &mut Prompt) {
        let mut out = String::new();
        self.in_line = prompt.close(&mut out);
        let _ = self.show(&out);
        terminal::end_keys();
    }

    /// Draws a prompt that the terminal doesn't show yet, in a row of its own.
    fn open_prompt(&mut self, prompt: Prompt) {
        let mut out = String::from(if mem::take(&mut self.in_line) { "\n" } else { "" });
        prompt.open(&mut out);
        let _ = self.show(&out);
        self.prompt = Some(prompt);
    }
}

/// Prints one line of results to stdout, at once.
pub fn result(line: &str) {
    result_part(&format!("{line}\n"));
    flush();
}

/// Prints one line of results within a millisecond, together with those that come meanwhile: a busy receiver makes one
/// system call for many lines.
pub fn result_soon(line: &str) {
    static WAITING: AtomicBool = AtomicBool::new(false);
    static WRITER: LazyLock<Option<Sender<()>>> = LazyLock::new(|| {
        let (wake, woken) = mpsc::channel();
        let write = move || {
            while woken.recv().is_ok() {
                thread::sleep(Duration::from_millis(1));
                WAITING.store(false, Ordering::SeqCst);
                flush();
            }
        };
        start_thread("writer", write).ok().map(|_| wake)
    });
    result_part(&format!("{line}\n"));
    match &*WRITER {
        Some(_) if WAITING.swap(true, Ordering::SeqCst) => {} // it will find this line, too
        Some(writer) => drop(writer.send(())),
        None => flush(), // the system has no thread for it
    }
}

/// Prints a part of the results; it may wait in the buffer until [`flush`].
pub fn result_part(text: &str) {
    if text.is_empty() {
        return; // half a character came: there is nothing to show yet
    }
    let mut screen = lock(&SCREEN);
    let written = if let Some(prompt) = &mut screen.prompt {
        let mut out = String::new();
        prompt.print_above(text, &mut out);
        screen.show(&out)
    } else {
        screen.in_line = !text.ends_with('\n');
        screen.output.write_all(text.as_bytes())
    };
    drop(screen);
    check_output(written);
}

/// Ends the line of the last result, if that one didn't. Above a prompt each line ends when something else is printed.
pub fn end_line() {
    let in_line = lock(&SCREEN).in_line;
    if in_line {
        result_part("\n");
    }
    flush();
}

/// Writes out what [`result_part`] collected.
pub fn flush() {
    let written = lock(&SCREEN).output.flush();
    check_output(written);
}

/// Ends the program when its results can't be written: quietly if the reader has gone, as in `| head -1`.
fn check_output(written: io::Result<()>) {
    match written {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => exit::leave(0),
        Err(error) => {
            print_error(&Error::local(
                format!("stdout: {error}"),
                "what was received can't be written; free some space",
            ));
            exit::leave(2);
        }
    }
}

/// Prints a line of status to stderr: what has happened. A closed stderr ends nothing.
pub fn status(line: &str) {
    status_about(&Facts::default(), line);
}

/// The same for what a recv means that has returned 0 bytes: the peer has closed.
pub fn status_of_end(line: &str) {
    status_about(&Facts::of_return("recv").bytes(0), line);
}

/// The same, with the facts in it for a program that watches this one.
pub(crate) fn status_about(facts: &Facts<'_>, line: &str) {
    record::write(Kind::Status, facts, line);
    show(line);
}

/// Prints advice to stderr, indented below the status that it is about.
pub fn hint(line: &str) {
    record::write(Kind::Hint, &Facts::default(), line);
    show(&format!("  {line}"));
}

/// Prints an error where the program goes on; its exit code is kept for the end.
pub fn print_error(error: &Error) {
    exit::count(error.exit_code);
    let call = error.failed.as_ref().map(|(call, _)| call.to_string());
    let name = error.failed.as_ref().map(|(_, name)| name.clone());
    let facts = Facts { call: call.as_deref(), error: name, ..Facts::default() };
    status_about(&facts, &format!("error: {error}"));
}

/// Prints a line to stderr.
///
/// Parts of it may come from anywhere, so it is cleaned here, once for all lines.
pub(crate) fn show(line: &str) {
    let text = format!("{}\n", clean_text(line));
    let mut screen = lock(&SCREEN);
    if let Some(prompt) = &mut screen.prompt
        && io::stderr().is_terminal()
    {
        let mut out = String::new();
        prompt.print_line_above(&text, &mut out);
        let _ = screen.show(&out);
    } else {
        drop(screen);
        let _ = io::stderr().write_all(text.as_bytes());
    }
}

/// The hints that were printed already.
static HINTS: LazyLock<Mutex<HashSet<String>>> = LazyLock::new(Mutex::default);

/// Prints a hint about a peer, but each one only once: a thousand bad datagrams have one cause.
pub fn hint_once(about: &str, advice: Option<String>) {
    if let Some(advice) = advice {
        let line = format!("hint: {about}{}{advice}", if about.is_empty() { "" } else { ": " });
        let mut printed = lock(&HINTS);
        if printed.len() < 1000 && printed.insert(line.clone()) {
            flush(); // what the hint is about comes first
            hint(&line);
        }
    }
}

/// From now on a prompt is shown. False when the terminal can't do it.
pub(super) fn open_prompt(prompt: &str) -> bool {
    let mut screen = lock(&SCREEN);
    if !terminal::begin_keys() {
        return false;
    }
    screen.open_prompt(Prompt::new(prompt));
    true
}

/// Does what a key means, if there is a prompt.
pub(super) fn press(key: &Key) -> Option<Typed> {
    let mut screen = lock(&SCREEN);
    let mut out = String::new();
    let typed = screen.prompt.as_mut()?.press(key, &mut out);
    let _ = screen.show(&out);
    typed
}

/// The end of typing; what comes now is printed as without a prompt.
pub(super) fn close_prompt() {
    lock(&SCREEN).close_prompt();
}

/// True while a line can be typed.
pub(crate) fn has_prompt() -> bool {
    lock_soon().is_some_and(|screen| screen.prompt.is_some())
}

/// Draws the prompt again, after the size of the screen has changed or the program was stopped.
#[cfg(unix)]
pub(crate) fn redraw() {
    if let Some(mut screen) = lock_soon()
        && let Some(prompt) = &screen.prompt
        && terminal::in_foreground()
        && terminal::begin_keys()
    {
        let mut out = String::new();
        prompt.redraw(&mut out);
        let _ = screen.show(&out);
    }
}

/// Gives the terminal to the shell while `stop` stops the program, and takes it again.
#[cfg(unix)]
pub(crate) fn hand_over_while(stop: impl FnOnce()) {
    // No thread prints in between: the lock is held until the program goes on.
    let Some(mut screen) = lock_soon() else { return stop() };
    let Some(mut prompt) = screen.prompt.take() else { return stop() };
    screen.hand_over(&mut prompt);
    stop();
    if terminal::in_foreground() && terminal::begin_keys() {
        screen.open_prompt(prompt);
    } else {
        screen.prompt = Some(prompt); // SIGCONT draws it when the shell says `fg`
    }
}

/// Shows what is still to be shown and gives the terminal back as it was found.
pub fn close() {
    match lock_soon() {
        Some(mut screen) => {
            screen.close_prompt();
            let _ = screen.output.flush();
        }
        None => terminal::end_keys(), // another thread waits for an output that takes nothing
    }
}

/// The screen, unless a thread holds it for long: a program must be able to end while its output is stuck. Asked often, because
/// a thread that prints without a pause holds it most of the time.
fn lock_soon() -> Option<MutexGuard<'static, Screen>> {
    for _ in 0..1000 {
        match SCREEN.try_lock() {
            Ok(screen) => return Some(screen),
            Err(TryLockError::Poisoned(screen)) => return Some(screen.into_inner()),
            Err(TryLockError::WouldBlock) => thread::sleep(Duration::from_millis(1)),
        }
    }
    None
}
