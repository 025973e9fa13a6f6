//! The narration of `--explain`: a comment that runs. It is printed *before* the call, so that a
//! program that blocks shows what it is waiting for.
//!
//! ```text
//! 4. accept   wait for a client …
//!    accepted 127.0.0.1:53412 on a new socket
//! ```
//!
//! Besides its sentence a line may have facts: the peer, and the bytes that are sent or received. `course watch` makes
//! its pictures of these (see [`crate::record`]), never of the sentence.

use std::fmt::{self, Arguments, Display};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::console;
use crate::encoding::Encoding;
use crate::record::{self, Facts, Kind};
use crate::text::{byte_count, clean, hex};

static EXPLAIN: AtomicBool = AtomicBool::new(false);

/// Prints a numbered step of the lesson before its system call: its number, the call, and a sentence or the bytes
/// to send.
///
/// ```text
/// step!("4", "accept", "wait for a client …");
/// step!("5", "recv", peer = peer, "wait for up to {} bytes from {peer} …", buffer.len());
/// step!("6", "send", peer = peer, step::bytes(&message, encoding));
/// ```
#[macro_export]
macro_rules! step {
    ($number:literal, $call:literal, peer = $peer:expr, $text:literal $($args:tt)*) => {
        if $crate::step::explaining() {
            let facts = $crate::record::Facts::of_step($number, $call).peer(&$peer);
            $crate::step::print_step(&facts, format_args!($text $($args)*));
        }
    };
    ($number:literal, $call:literal, peer = $peer:expr, $bytes:expr) => {
        $crate::step::print_bytes($number, $call, Some(&$peer), &$bytes)
    };
    ($number:literal, $call:literal, $text:literal $($args:tt)*) => {
        if $crate::step::explaining() {
            let facts = $crate::record::Facts::of_step($number, $call);
            $crate::step::print_step(&facts, format_args!($text $($args)*));
        }
    };
    ($number:literal, $call:literal, $bytes:expr) => {
        $crate::step::print_bytes($number, $call, None, &$bytes)
    };
}

/// Prints what came out of a step, indented below it: `outcome!("sent from port {port}")`.
#[macro_export]
macro_rules! outcome {
    ($($text:tt)+) => {
        if $crate::step::explaining() {
            let facts = $crate::record::Facts::default();
            $crate::step::print_outcome(&facts, format_args!($($text)+));
        }
    };
}

/// Prints that accept has returned a connection.
pub fn accepted(peer: impl Display) {
    let facts = Facts::of_return("accept").peer(&peer);
    print_outcome(&facts, format_args!("accepted {peer} on a new socket"));
}

/// Prints what recv has returned.
pub fn received(bytes: &[u8], encoding: Encoding) {
    if explaining() {
        let facts = Facts::of_return("recv").bytes(bytes.len());
        print_outcome(&facts, format_args!("received {}", self::bytes(bytes, encoding)));
    }
}

/// Prints what recvfrom has returned.
pub fn received_from(peer: impl Display, bytes: &[u8], encoding: Encoding) {
    if explaining() {
        let facts = Facts::of_return("recvfrom").peer(&peer).bytes(bytes.len());
        print_outcome(&facts, format_args!("{peer} sent {}", self::bytes(bytes, encoding)));
    }
}

/// Switches the narration on or off.
pub fn explain(on: bool) {
    EXPLAIN.store(on, Ordering::Relaxed);
}

/// True when someone follows the narration: work that only the narration needs is done only then.
pub fn explaining() -> bool {
    EXPLAIN.load(Ordering::Relaxed) || record::is_read()
}

/// What [`step!`] does.
pub fn print_step(facts: &Facts<'_>, text: Arguments<'_>) {
    if EXPLAIN.load(Ordering::Relaxed) {
        let (number, call) = (facts.number.unwrap_or_default(), facts.call.unwrap_or_default());
        console::show(&format!("{number}. {call:<8} {text}"));
    }
    if record::is_read() {
        record::write(Kind::Call, facts, &text.to_string()); // last, so that it is close to the call
    }
}

/// What [`step!`] does with the bytes that a call is about to send.
pub fn print_bytes(number: &str, call: &str, peer: Option<&dyn Display>, bytes: &Bytes<'_>) {
    if !explaining() {
        return;
    }
    let facts = Facts::of_step(number, call).bytes(bytes.bytes.len());
    match peer {
        None => print_step(&facts, format_args!("{bytes}")),
        Some(peer) => {
            let to = if call == "sendto" { "" } else { "to " }; // sendto has the word in its name
            print_step(&facts.peer(peer), format_args!("{to}{peer}: {bytes}"));
        }
    }
}

/// What [`outcome!`] does.
pub fn print_outcome(facts: &Facts<'_>, text: Arguments<'_>) {
    if record::is_read() {
        record::write(Kind::Return, facts, &text.to_string()); // first, so that it is close to the call
    }
    if EXPLAIN.load(Ordering::Relaxed) {
        console::show(&format!("   {text}"));
    }
}

/// The bytes of a message and the text that they are: `4 bytes: c4 e3 ba c3  "你好" (gbk)`.
pub fn bytes(bytes: &[u8], encoding: Encoding) -> Bytes<'_> {
    Bytes { bytes, encoding }
}

/// What [`bytes`] returns, to be printed.
pub struct Bytes<'a> {
    bytes: &'a [u8],
    encoding: Encoding,
}

/// How many bytes of a message the narration shows.
const SHOWN: usize = 24;

impl Display for Bytes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, encoding) = (self.bytes.len(), self.encoding);
        let shown = &self.bytes[..count.min(SHOWN)];
        let (digits, text) = (hex(shown), clean(&encoding.decode(shown).text));
        let more = if count > SHOWN { " …" } else { "" };
        let count = byte_count(count);
        write!(f, "{count}: {digits}{more}  \"{text}\"{more} ({encoding})")
    }
}
