//! The terminal on Linux, macOS and other Unix systems: its mode, and its keyboard.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::sync::Mutex;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::termios::{
    InputFlags, LocalFlags, SetArg, SpecialCharacterIndices as Index, Termios, tcgetattr, tcsetattr,
};
use nix::unistd::{getpgrp, tcgetpgrp};

use super::bytes::Parser;
use super::line::Key;
use crate::lock::lock;

/// The mode in which the terminal was found.
static FOUND: Mutex<Option<Termios>> = Mutex::new(None);

/// From now on each key comes at once and is not shown: tcsetattr(3). False when stdin is not a terminal, or one that can't do it.
pub(super) fn begin_keys() -> bool {
    let Ok(mut mode) = tcgetattr(io::stdin()) else { return false };
    lock(&FOUND).get_or_insert(mode.clone());
    // ISIG stays: Ctrl-C and Ctrl-Z are signals, which come whatever the keyboard's thread does. NOFLSH: they throw away
    // nothing that was typed. Output stays as it is: a program prints `\n`, as always.
    mode.local_flags &= !(LocalFlags::ICANON | LocalFlags::ECHO | LocalFlags::IEXTEN);
    mode.local_flags |= LocalFlags::NOFLSH;
    mode.input_flags &=
        !(InputFlags::ICRNL | InputFlags::INLCR | InputFlags::IXON | InputFlags::ISTRIP);
    mode.control_chars[Index::VMIN as usize] = 1;
    mode.control_chars[Index::VTIME as usize] = 0;
    tcsetattr(io::stdin(), SetArg::TCSANOW, &mode).is_ok()
}

/// Gives the terminal back in the mode in which it was found.
pub(super) fn end_keys() {
    if let Some(found) = lock(&FOUND).as_ref() {
        let _ = tcsetattr(io::stdin(), SetArg::TCSANOW, found);
    }
}

/// False in the background: the terminal belongs to another program then, and changing its mode would stop this one
/// (SIGTTOU).
pub(super) fn in_foreground() -> bool {
    tcgetpgrp(io::stdin()).is_ok_and(|group| group == getpgrp())
}

/// A key of several bytes comes whole, even over a slow network. The key Esc comes alone: after these milliseconds no more
/// belongs to it.
const KEY_IS_WHOLE: u8 = 50;

/// The keys of the terminal on stdin.
pub(super) struct Keyboard {
    /// Not `io::Stdin`: that has a buffer of its own, which can't be asked whether it is empty.
    terminal: File,
    bytes: Vec<u8>,
    parser: Parser,
}

impl Keyboard {
    pub(super) fn open() -> io::Result<Self> {
        let terminal = File::from(io::stdin().as_fd().try_clone_to_owned()?);
        Ok(Self { terminal, bytes: Vec::new(), parser: Parser::default() })
    }

    /// Waits for the next key; `None` when the terminal is gone.
    pub(super) fn next_key(&mut self) -> io::Result<Option<Key>> {
        loop {
            let mut parsed = self.parser.parse(&self.bytes, false);
            if parsed.is_none() && !self.bytes.is_empty() && !self.more_comes() {
                parsed = self.parser.parse(&self.bytes, true);
            }
            if let Some((key, length)) = parsed {
                self.bytes.drain(..length);
                return Ok(Some(key));
            }
            if !self.read()? {
                return Ok(None);
            }
        }
    }

    fn more_comes(&self) -> bool {
        let mut terminal = [PollFd::new(self.terminal.as_fd(), PollFlags::POLLIN)];
        // A signal, or a system that can't poll a terminal: the read will say what is there.
        poll(&mut terminal, PollTimeout::from(KEY_IS_WHOLE)).map_or(true, |ready| ready > 0)
    }

    fn read(&mut self) -> io::Result<bool> {
        let mut buffer = [0; 4096];
        match self.terminal.read(&mut buffer) {
            Ok(length) => {
                self.bytes.extend_from_slice(&buffer[..length]);
                Ok(length > 0)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(true),
            Err(error) => Err(error),
        }
    }
}
