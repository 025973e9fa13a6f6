//! Any bytes as the keys of a program in a terminal: it goes on, or it ends in order.

use std::net::UdpSocket;
use std::path::PathBuf;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use terminal::{CommandBuilder, DEADLINE, Terminal};

/// What a person can end a chat with: `88` or Ctrl-D, Ctrl-C, Ctrl-\.
const ENDS: [u8; 3] = [0, 130, 131];

const CTRL_Z: u8 = 0x1a;

/// The shell outlives the program, because the system resets a terminal whose first program ends. It prints the terminal's
/// mode before and after, between characters that no program of ours prints. In this mode keys that come after the end
/// throw no output away and hold none up.
const SCRIPT: &str = r#"trap : INT QUIT; stty noflsh -ixon; printf '\002%s\003' "$(stty -g)"
    "$0" "$@"; code=$?; trap '' INT QUIT; printf '\002%d %s\004' $code "$(stty -g)"; read -r _"#;

/// A chat that goes on from input to input, as long as it can.
struct Chat {
    terminal: Terminal,
    mode_before: String,
    peer: UdpSocket,
    inputs: u64,
}

impl Chat {
    fn start() -> Chat {
        let peer = UdpSocket::bind("127.0.0.1:0").expect("a socket");
        peer.set_read_timeout(Some(Duration::from_millis(10))).expect("a timeout");
        let address = peer.local_addr().expect("an address").to_string();
        let mut command = CommandBuilder::new("/bin/sh");
        command.args(["-c", SCRIPT]);
        command.arg(udp_chat());
        command.args([&address, "--bind", "127.0.0.1:0"]);
        command.env("TERM", "xterm");
        let terminal = Terminal::open(24, command);
        let mut chat = Chat { terminal, mode_before: String::new(), peer, inputs: 0 };
        assert!(chat.until(|chat| chat.has_shown("\x1b[?2004h")), "no prompt");
        let shown = chat.terminal.raw_text();
        let (_, mode) = shown.split_once('\x02').expect("a mode");
        chat.mode_before = mode.split('\x03').next().expect("a mode").to_owned();
        let (_, rest) = shown.split_once("listening on ").expect("an address");
        chat.peer.connect(rest.lines().next().expect("a line")).expect("an address");
        chat
    }

    /// Waits until it holds; false when the program has ended before.
    fn until(&mut self, holds: impl Fn(&Chat) -> bool) -> bool {
        let deadline = Instant::now() + DEADLINE;
        while !holds(self) {
            if self.has_shown("\x04") {
                return false;
            }
            assert!(Instant::now() < deadline, "the program hangs");
            thread::sleep(Duration::from_millis(1));
        }
        true
    }

    fn has_shown(&self, text: &str) -> bool {
        self.last_place(text).is_some()
    }

    /// Where it was shown last.
    fn last_place(&self, text: &str) -> Option<usize> {
        let shown = &self.terminal.lock().bytes;
        shown.windows(text.len()).rposition(|part| part == text.as_bytes())
    }

    /// Types the bytes, hears what the peer says, and sends a line. False when the bytes ended the program.
    fn goes_on_after(&mut self, bytes: &[u8]) -> bool {
        self.inputs += 1;
        // Not all of it: a signal of the last input, such as Ctrl-C, may have ended the program by now.
        self.terminal.forget_all_but(10_000);
        let (said, typed) = (format!("said {}", self.inputs), format!("typed {}", self.inputs));
        if self.terminal.try_type(bytes).is_err() || self.peer.send(said.as_bytes()).is_err() {
            return self.until(|_| false);
        }
        if !self.until(|chat| chat.has_shown(&said)) {
            return false;
        }
        // The end of a paste, Ctrl-E and Ctrl-U: whatever was typed, an empty line is left.
        let keys = format!("\x1b[201~\x05\x15{typed}\r");
        // Around Ctrl-Z the system itself takes keys for a moment, such as Ctrl-E and Ctrl-U: older text may be left.
        let may_hold_more = bytes.contains(&CTRL_Z);
        self.terminal.try_type(keys.as_bytes()).is_ok()
            && self.until(|chat| {
                let mut buffer = [0; 65536];
                let Ok(length) = chat.peer.recv(&mut buffer) else { return false };
                let line = &buffer[..length];
                line == typed.as_bytes()
                    || may_hold_more && String::from_utf8_lossy(line).contains(&typed)
            })
    }

    fn ended_in_order(self) {
        let ends = ENDS.map(|code| format!("\x02{code} {}\x04", self.mode_before));
        let shown = self.terminal.raw_text();
        assert!(ends.iter().any(|end| shown.contains(end)), "another end than {ends:?}: {shown}");
        let still_on = self.last_place("\x1b[?2004l") < self.last_place("\x1b[?2004h");
        assert!(!still_on, "bracketed paste is still on");
    }
}

fn udp_chat() -> PathBuf {
    let exe = std::env::current_exe().expect("a path");
    let beside = exe.ancestors().skip(1).map(|folder| folder.join("udp-chat"));
    let manifest = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let built = manifest.ancestors().map(|folder| folder.join("target/debug/udp-chat"));
    let found = beside.chain(built).find(|path| path.is_file());
    found.expect("there is no udp-chat: cargo build -p udp-chat")
}

static CHAT: Mutex<Option<Chat>> = Mutex::new(None);

/// Whatever is typed, what the peer says is seen, the next line is sent, and the terminal is given back at the end.
pub fn keyboard(bytes: &[u8]) {
    // Each line is a datagram, and the system drops those that don't fit into the peer's buffer.
    if bytes.iter().filter(|byte| b"\r\n".contains(byte)).count() > 100 {
        return;
    }
    let mut chat = CHAT.lock().expect("no panic").take().unwrap_or_else(Chat::start);
    // More than a terminal holds would have to be typed while the program reads.
    if chat.goes_on_after(&bytes[..bytes.len().min(2000)]) {
        *CHAT.lock().expect("no panic") = Some(chat);
    } else {
        chat.ended_in_order();
    }
}

/// Ends the last chat, as Ctrl-C does.
#[allow(dead_code)] // the fuzzer never ends it
pub fn end() {
    if let Some(mut chat) = CHAT.lock().expect("no panic").take() {
        let _ = chat.terminal.try_type(b"\x03");
        assert!(!chat.until(|_| false));
        chat.ended_in_order();
    }
}
