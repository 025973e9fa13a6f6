//! A running program: what is typed into it, what is expected of it, its end.

use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use super::exit::Exit;
use super::failure::{Failure, Result};
use super::shared::{Change, LAST_OUTPUT, Shared};
use crate::output::Stream;
use crate::running;

/// How long a wait lasts unless another deadline is set.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// A running program, or one that has ended.
pub struct Program {
    pub(super) name: String,
    pub(super) id: u32,
    pub(super) input: Option<Sender<Vec<u8>>>,
    pub(super) shared: Arc<Shared>,
    pub(super) deadline: Duration,
}

impl Program {
    /// The number that the system gave to the process.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// Sets how long each wait may last from now on.
    pub fn set_deadline(&mut self, deadline: Duration) {
        self.deadline = deadline;
    }

    /// Waits for the next line on stdout that matches, and returns it. Lines before it that don't match are
    /// skipped. `*` in the pattern stands for any text. Text without a line end (a prompt, raw bytes) counts as a line when
    /// nothing follows it for a moment.
    pub fn expect_stdout(&mut self, pattern: &str) -> Result<String> {
        self.expect(Stream::Stdout, pattern)
    }

    /// The same as [`Program::expect_stdout`], on stderr.
    pub fn expect_stderr(&mut self, pattern: &str) -> Result<String> {
        self.expect(Stream::Stderr, pattern)
    }

    /// Waits for `listening on ADDRESS` on stderr, and returns the address.
    pub fn listening(&mut self) -> Result<String> {
        const BEFORE: &str = "listening on ";
        let line = self.expect_text(Stream::Stderr, &format!("{BEFORE}*"), true)?;
        Ok(line[BEFORE.len()..].to_owned())
    }

    /// Waits for a line on one of the streams; see [`Program::expect_stdout`].
    pub fn expect(&mut self, stream: Stream, pattern: &str) -> Result<String> {
        self.expect_text(stream, pattern, false)
    }

    fn expect_text(
        &mut self,
        stream: Stream,
        pattern: &str,
        with_line_end: bool,
    ) -> Result<String> {
        let deadline = Instant::now() + self.deadline;
        let mut from = 0;
        let mut state = self.shared.lock();
        loop {
            let now = Instant::now();
            let output = state.output(stream);
            let mut wake = deadline;
            let mut found = output.find_line(&mut from, pattern);
            if found.is_none() && !with_line_end && output.rest_matches(from, pattern) {
                wake = deadline.min(output.quiet_at());
                if output.closed || now >= wake {
                    found = Some(output.take_rest(from));
                }
            }
            let is_over = output.closed || now >= deadline;
            if let Some(line) = found {
                state.report_expected(stream, line.clone());
                return Ok(line.text);
            }
            if is_over {
                drop(state);
                return Err(self.failure(&format!("on {}: {pattern}", stream.name()), Some(stream)));
            }
            state = self.shared.wait(state, wake);
        }
    }

    /// Waits until a stream holds these bytes anywhere after its first `from` bytes, and returns the position after them.
    /// `None`: they did not come in time, or can't come any more.
    pub fn wait_for_bytes(
        &self,
        stream: Stream,
        wanted: &[u8],
        from: usize,
        patience: Duration,
    ) -> Option<usize> {
        let deadline = Instant::now() + patience;
        let mut looked_at = from;
        let mut state = self.shared.lock();
        loop {
            let output = state.output(stream);
            let unseen = output.bytes().get(looked_at..).unwrap_or_default();
            if let Some(at) = unseen.windows(wanted.len()).position(|bytes| bytes == wanted) {
                return Some(looked_at + at + wanted.len());
            }
            // The end may hold the beginning of what is wanted.
            looked_at += unseen.len().saturating_sub(wanted.len() - 1);
            if output.closed || Instant::now() >= deadline {
                return None;
            }
            state = self.shared.wait(state, deadline);
        }
    }

    /// Can nothing more come on this stream?
    pub fn has_closed(&self, stream: Stream) -> bool {
        self.shared.lock().output(stream).closed
    }

    /// Types a line: the text and a line end.
    pub fn type_line(&mut self, text: &str) -> Result<()> {
        self.shared.lock().report(Change::Typed(text.to_owned()));
        self.send_bytes(format!("{text}\n").as_bytes())
    }

    /// Writes bytes to the program's input as they are. This never blocks: a program that doesn't read its input does
    /// not stop the caller.
    pub fn send_bytes(&mut self, bytes: &[u8]) -> Result<()> {
        let sent = self.input.as_ref().is_some_and(|input| input.send(bytes.to_vec()).is_ok());
        if sent {
            return Ok(());
        }
        Err(self.failure("to read its input", None))
    }

    /// Ends the input (Ctrl-D), after all that has been typed.
    pub fn end_input(&mut self) {
        if self.input.is_some() {
            self.shared.lock().report(Change::InputEnded);
        }
        self.input = None; // dropping the sender ends the thread that writes, and that closes the pipe
    }

    /// How many bytes of what was typed the program has not read yet, where the system says so.
    pub fn unread_input(&self) -> usize {
        #[cfg(target_os = "linux")]
        {
            use rustix::fs::{Mode, OFlags};
            // Opened once more: a pipe's other end that this process kept would never let it end.
            let path = format!("/proc/{}/fd/0", self.id);
            let opened = rustix::fs::open(path, OFlags::RDONLY | OFlags::NONBLOCK, Mode::empty());
            let unread = opened.and_then(rustix::io::ioctl_fionread).unwrap_or(0);
            usize::try_from(unread).unwrap_or(0)
        }
        #[cfg(not(target_os = "linux"))]
        0
    }

    /// Waits for the program's end, and for all that it printed.
    pub fn wait(&mut self) -> Result<Exit> {
        let deadline = Instant::now() + self.deadline;
        match self.shared.wait_for_exit(deadline) {
            Some(exit) => Ok(exit),
            None => Err(self.failure("to end", None)),
        }
    }

    /// Waits for the program's end; it must be with this exit code.
    pub fn expect_exit(&mut self, code: i32) -> Result<()> {
        let deadline = Instant::now() + self.deadline;
        match self.shared.wait_for_exit(deadline) {
            Some(Exit::Code(ended)) if ended == code => Ok(()),
            _ => Err(self.failure(&format!("to end with exit code {code}"), None)),
        }
    }

    /// How the program has ended, or `None` while it runs.
    pub fn ended(&self) -> Option<Exit> {
        self.shared.lock().exit
    }

    /// How many processes outside of its group it had left running when it ended, as far as that is known; they are
    /// ended too.
    pub fn left_running(&self) -> usize {
        self.shared.lock().left_running
    }

    /// Which of its limits it exceeded, in words; it was ended then.
    pub fn exceeded(&self) -> Option<String> {
        self.shared.limited.as_ref()?.exceeded().map(str::to_owned)
    }

    /// Sends the signal that Ctrl-C sends, to the program and all that it started. Windows has no such call; there the
    /// program is ended.
    pub fn interrupt(&mut self) {
        self.shared.lock().report(Change::Interrupted);
        #[cfg(unix)]
        self.signal(nix::sys::signal::Signal::SIGINT);
        #[cfg(not(unix))]
        self.kill();
    }

    /// Waits for the end after [`Program::interrupt`]: with exit code 130, where that was a signal.
    pub fn expect_interrupted(&mut self) -> Result<()> {
        if cfg!(unix) { self.expect_exit(130) } else { self.wait().map(drop) }
    }

    /// Sends a signal to the program and all that it started.
    #[cfg(unix)]
    pub fn signal(&self, signal: nix::sys::signal::Signal) {
        if self.ended().is_none() {
            crate::group::Group::of(self.id).signal(signal);
        }
    }

    /// Ends the program and all that it started, at once.
    pub fn kill(&mut self) {
        if self.ended().is_none() {
            running::kill(self.id);
        }
    }

    /// All that came on stdout so far, as text.
    pub fn stdout_text(&self) -> String {
        self.shared.lock().stdout.text()
    }

    /// All that came on stdout so far, up to [`crate::output::KEPT`] bytes.
    pub fn stdout_bytes(&self) -> Vec<u8> {
        self.shared.lock().stdout.bytes().to_vec()
    }

    /// How many bytes came on this stream so far, without those that were not kept.
    pub fn printed(&self, stream: Stream) -> usize {
        self.shared.lock().output(stream).bytes().len()
    }

    /// All that came on stderr so far, as text.
    pub fn stderr_text(&self) -> String {
        self.shared.lock().stderr.text()
    }

    /// How many bytes of stdout and stderr were not kept because there were too many.
    pub fn thrown_away(&self) -> (u64, u64) {
        let state = self.shared.lock();
        (state.stdout.thrown_away(), state.stderr.thrown_away())
    }

    /// The story of an expectation that was not met. `stream` is the one that was watched.
    fn failure(&self, expected: &str, stream: Option<Stream>) -> Box<Failure> {
        // A program that ends closes its output a moment before its exit code is known.
        let ending = self.shared.lock().any_closed();
        let exit = if ending {
            self.shared.wait_for_exit(Instant::now() + LAST_OUTPUT / 2)
        } else {
            self.ended()
        };
        let mut state = self.shared.lock();
        Box::new(Failure {
            program: self.name.clone(),
            expected: format!("{expected} (within {:?})", self.deadline),
            instead: stream
                .map(|stream| state.output(stream).text_since_match())
                .unwrap_or_default(),
            stdout: state.stdout.text(),
            stderr: state.stderr.text(),
            state: exit.map_or("still running".to_owned(), |exit| format!("ended: {exit}")),
        })
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
        // Waiting here means that no process is left when a test is over; killed programs end at once.
        self.shared.wait_for_exit(Instant::now() + 2 * LAST_OUTPUT);
    }
}
