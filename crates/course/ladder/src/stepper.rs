//! Shows one event after the other, each when a person wants it: `watch --step`, `demo --slow`.
//!
//! In a terminal a key is enough: Enter or space for the next one, q for the end; its mode is given back when the stepper
//! is dropped. From a pipe each line stands for a key.

use std::io::{self, IsTerminal, Write};

use testkit::screen::{Screen, Style};

/// What the person asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// The next event.
    Next,
    /// No more of them.
    End,
}

/// Waits for a person before each event.
pub struct Stepper {
    keyboard: keyboard::Keyboard,
    /// Keys come at once, and a question is shown.
    has_keys: bool,
}

impl Stepper {
    /// Takes the terminal, if stdin and stdout are one.
    pub fn begin() -> Stepper {
        let keyboard = keyboard::Keyboard::open();
        let has_keys = io::stdout().is_terminal() && keyboard.begin_keys();
        Stepper { keyboard, has_keys }
    }

    /// Asks what comes next, and waits. `number` of `count` events is the next one.
    pub fn ask(
        &mut self,
        out: &mut dyn Write,
        screen: &Screen,
        number: usize,
        count: usize,
    ) -> io::Result<Wish> {
        if self.has_keys {
            let question = format!("What comes next?  Enter shows {number} of {count}, q ends");
            write!(out, "{}", screen.paint(Style::Dim, &question))?;
        }
        out.flush()?;
        let wish = if self.has_keys { self.key() } else { self.line() };
        if self.has_keys {
            write!(out, "\r\x1b[K")?; // the question is gone
            out.flush()?;
        }
        Ok(wish)
    }

    fn key(&mut self) -> Wish {
        const CTRL_D: u8 = 4;
        loop {
            match self.keyboard.byte() {
                Some(b' ' | b'\r' | b'\n') => return Wish::Next,
                None | Some(b'q' | b'Q' | CTRL_D) => return Wish::End,
                Some(_) => {}
            }
        }
    }

    fn line(&mut self) -> Wish {
        let mut line = Vec::new();
        loop {
            match self.keyboard.byte() {
                None if line.is_empty() => return Wish::End,
                None | Some(b'\n') => break,
                Some(byte) => line.push(byte),
            }
        }
        if line.trim_ascii().eq_ignore_ascii_case(b"q") { Wish::End } else { Wish::Next }
    }
}

#[cfg(unix)]
mod keyboard {
    use std::fs::File;
    use std::io::{self, Read};
    use std::os::fd::AsFd;

    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
    use nix::sys::termios::{InputFlags, LocalFlags, SetArg, Termios, tcgetattr, tcsetattr};

    use testkit::running;

    /// How often to look if Ctrl-C has come, in milliseconds.
    const LOOK: u16 = 50;

    /// Stdin, byte by byte.
    pub struct Keyboard {
        /// Not `io::Stdin`, which has a buffer: poll would not see what is in it.
        input: Option<File>,
        found: Option<Termios>,
    }

    impl Keyboard {
        pub fn open() -> Keyboard {
            let input = io::stdin().as_fd().try_clone_to_owned().ok().map(File::from);
            Keyboard { input, found: tcgetattr(io::stdin()).ok() }
        }

        /// Each key comes at once and is not shown; Ctrl-C stays a signal. False where stdin is no terminal.
        pub fn begin_keys(&self) -> bool {
            let Some(mut mode) = self.found.clone() else { return false };
            mode.local_flags &= !(LocalFlags::ICANON | LocalFlags::ECHO);
            mode.input_flags |= InputFlags::ICRNL;
            tcsetattr(io::stdin(), SetArg::TCSANOW, &mode).is_ok()
        }

        /// The next byte; `None` at the end, and after Ctrl-C.
        pub fn byte(&mut self) -> Option<u8> {
            let input = self.input.as_mut()?;
            loop {
                if running::all_ended() {
                    return None;
                }
                let mut ready = [PollFd::new(input.as_fd(), PollFlags::POLLIN)];
                match poll(&mut ready, PollTimeout::from(LOOK)) {
                    Ok(0) | Err(nix::errno::Errno::EINTR) => {}
                    Ok(_) => break,
                    Err(_) => return None,
                }
            }
            let mut byte = [0];
            (input.read(&mut byte).ok()? == 1).then_some(byte[0])
        }
    }

    impl Drop for Keyboard {
        fn drop(&mut self) {
            if let Some(found) = &self.found {
                // A terminal that is gone needs no mode.
                let _ = tcsetattr(io::stdin(), SetArg::TCSANOW, found);
            }
        }
    }
}

#[cfg(not(unix))]
mod keyboard {
    use std::io::{self, Read};

    use testkit::running;

    /// Stdin, by lines.
    pub struct Keyboard;

    impl Keyboard {
        pub fn open() -> Keyboard {
            Keyboard
        }

        /// Lines are enough here: Enter and q.
        pub fn begin_keys(&self) -> bool {
            false
        }

        pub fn byte(&mut self) -> Option<u8> {
            let mut byte = [0];
            let read = io::stdin().read(&mut byte).ok()?;
            (read == 1 && !running::all_ended()).then_some(byte[0])
        }
    }
}
