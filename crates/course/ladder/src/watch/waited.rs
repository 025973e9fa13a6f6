//! Waits for a command, but only for a moment after Ctrl-C.

use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use testkit::Exit;
use testkit::running::{self, Started};

/// How long a command may take to end after Ctrl-C.
const LAST_SECONDS: Duration = Duration::from_secs(2);

/// A command that runs.
pub struct Waited {
    /// Waits for its exit code.
    waiter: Option<JoinHandle<u8>>,
    interrupted: Option<Instant>,
}

impl Waited {
    /// A command that was just started.
    pub fn new(mut started: Started) -> Waited {
        let waiter = thread::spawn(move || {
            let code = match started.wait().0.map(Exit::from) {
                Ok(Exit::Code(code)) => code,
                Ok(Exit::Signal(number)) => 128 + number, // as shells do
                Err(_) => 1,
            };
            u8::try_from(code).unwrap_or(1)
        });
        Waited { waiter: Some(waiter), interrupted: None }
    }

    /// Its exit code once it has ended, or 1 when it takes too long after Ctrl-C: the caller then ends it.
    pub fn ended(&mut self) -> Option<u8> {
        let is_late = running::all_ended()
            && self.interrupted.get_or_insert_with(Instant::now).elapsed() > LAST_SECONDS;
        let ended = self.waiter.take_if(|waiter| waiter.is_finished());
        ended.map(|waiter| waiter.join().unwrap_or(1)).or(is_late.then_some(1))
    }
}
