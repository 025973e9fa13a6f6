//! The narration of `--explain`: a comment that runs. It is printed *before* the call, so that a
//! program that blocks shows what it is waiting for.
//!
//! ```text
//! 4. accept   wait for a client …
//!    accepted 127.0.0.1:53412 on a new socket
//! ```
//!
//! `course watch` puts these lines between the packets that they cause. It would read them later than they were
//! written, so it names a file in [`TRACE`]: the narration goes there too, each line with the time at which it was
//! told, on the clock that the kernel stamps packets with.

use std::fmt::Arguments;
use std::fs::File;
use std::io::Write;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::{Encoding, console};

/// The environment variable that names the file for the narration with its times. Each line of it is
/// `NANOSECONDS PROCESS PROGRAM THREAD KIND TEXT`, separated by tabs. KIND is `step` (told before its call; its TEXT is
/// `NUMBER CALL TEXT`, with tabs too), `outcome` or `status` (told after the call has returned).
pub const TRACE: &str = "SOCKET_STEPS_TRACE";

static EXPLAIN: AtomicBool = AtomicBool::new(false);

static TRACE_FILE: LazyLock<Option<File>> = LazyLock::new(|| {
    let path = std::env::var_os(TRACE)?;
    // Opening a FIFO would wait for its reader, and writing to it too. Without the file only the picture is lost.
    if std::fs::metadata(&path).is_ok_and(|found| !found.is_file()) {
        return None;
    }
    File::options().append(true).create(true).open(path).ok()
});

/// This program's name, for the trace: looked up once, not for each line.
static PROGRAM: LazyLock<String> = LazyLock::new(|| {
    let path = std::env::current_exe().unwrap_or_default();
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
});

/// Says a numbered step of the lesson before its system call: `step!("4", "accept", "wait …")`.
#[macro_export]
macro_rules! step {
    ($number:literal, $call:literal, $($text:tt)+) => {
        $crate::step::tell_step($number, $call, format_args!($($text)+))
    };
}

/// Says what came out of a step, indented below it: `outcome!("received {n} bytes")`.
#[macro_export]
macro_rules! outcome {
    ($($text:tt)+) => { $crate::step::tell_outcome(format_args!($($text)+)) };
}

/// Switches the narration on or off.
pub fn explain(on: bool) {
    EXPLAIN.store(on, Ordering::Relaxed);
}

/// True when someone follows the narration: work that only the narration needs is done only then.
pub fn explaining() -> bool {
    EXPLAIN.load(Ordering::Relaxed) || TRACE_FILE.is_some()
}

#[doc(hidden)]
pub fn tell_step(number: &str, call: &str, text: Arguments<'_>) {
    if EXPLAIN.load(Ordering::Relaxed) {
        console::show(&format!("{number}. {call:<8} {text}"));
    }
    if TRACE_FILE.is_some() {
        trace("step", &format!("{number}\t{call}\t{text}")); // last, so that it is close to the call
    }
}

#[doc(hidden)]
pub fn tell_outcome(text: Arguments<'_>) {
    if TRACE_FILE.is_some() {
        trace("outcome", &text.to_string()); // first, so that it is close to the call
    }
    if EXPLAIN.load(Ordering::Relaxed) {
        console::show(&format!("   {text}"));
    }
}

/// Writes an event with its time to the trace, if there is one.
pub(crate) fn trace(kind: &str, text: &str) {
    let Some(mut file) = TRACE_FILE.as_ref() else { return };
    let time = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    let (process, thread) = (std::process::id(), std::thread::current().id());
    let text = text.replace('\n', "\u{2028}"); // a line separator that ends no line of the file
    // One write for one line: those of several threads and programs must not mix.
    let line = format!("{time}\t{process}\t{}\t{thread:?}\t{kind}\t{text}\n", *PROGRAM);
    let _ = file.write_all(line.as_bytes()); // a full disk costs the picture, not the program
}

/// The bytes of a message and the text that they are: `4 bytes: c4 e3 ba c3  "你好" (gbk)`.
pub fn bytes_and_text(bytes: &[u8], encoding: Encoding) -> String {
    let text = console::clean(&encoding.decode(&bytes[..bytes.len().min(SHOWN)]).text);
    let more = if bytes.len() > SHOWN { " …" } else { "" };
    format!("{} bytes: {}  \"{text}\"{more} ({encoding})", bytes.len(), hex(bytes))
}

/// How many bytes of a message the narration shows.
const SHOWN: usize = 24;

fn hex(bytes: &[u8]) -> String {
    let shown: Vec<String> = bytes.iter().take(SHOWN).map(|byte| format!("{byte:02x}")).collect();
    let more = if bytes.len() > SHOWN { " …" } else { "" };
    shown.join(" ") + more
}
