//! What the threads around a running program share: its output, its end, and its observer.

use std::io::{ErrorKind, Read, Write};
use std::process::ChildStdin;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::exit::Exit;
use crate::limits::Limited;
use crate::output::{Line, Output, Stream};
use crate::running::Started;

/// How long the end of the output may come after the end of the program itself.
pub const LAST_OUTPUT: Duration = Duration::from_secs(1);

/// Something that happened in a program. The observer gets these in their order in time.
#[derive(Clone, Debug)]
pub struct Observation {
    /// The number that was given to [`Launch::observer`]: which program it was.
    pub program: usize,
    /// When it happened.
    pub at: Instant,
    /// What happened.
    pub what: Change,
}

/// What happened in a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A line was typed into it.
    Typed(String),
    /// Its input was ended (Ctrl-D).
    InputEnded,
    /// It was interrupted (Ctrl-C).
    Interrupted,
    /// It printed a line.
    Printed(Stream, Line),
    /// It has printed what was expected: the line that begins there.
    Expected(Stream, Line),
    /// It has ended, after all that it printed.
    Ended(Exit),
}

/// What the threads around one program share.
pub struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    pub limited: Option<Arc<Limited>>,
}

#[derive(Default)]
pub struct State {
    pub stdout: Output,
    pub stderr: Output,
    pub exit: Option<Exit>,
    pub left_running: usize,
    observer: Option<(usize, Sender<Observation>)>,
}

impl State {
    pub fn output(&mut self, stream: Stream) -> &mut Output {
        match stream {
            Stream::Stdout => &mut self.stdout,
            Stream::Stderr => &mut self.stderr,
        }
    }

    pub fn any_closed(&self) -> bool {
        self.stdout.closed || self.stderr.closed
    }

    fn both_closed(&self) -> bool {
        self.stdout.closed && self.stderr.closed
    }

    /// Reports to the observer. The caller holds the lock, so the observations come in the order of what happened.
    pub fn report(&self, what: Change) {
        if let Some((program, observations)) = &self.observer {
            // An observer that has gone away is not the program's problem.
            let _ = observations.send(Observation { program: *program, at: Instant::now(), what });
        }
    }

    fn report_lines(&mut self, stream: Stream) {
        while self.observer.is_some()
            && let Some(line) = self.output(stream).unreported_line()
        {
            self.report(Change::Printed(stream, line));
        }
    }

    fn report_rest(&mut self, stream: Stream) {
        if self.observer.is_some()
            && let Some(line) = self.output(stream).unreported_rest()
        {
            self.report(Change::Printed(stream, line));
        }
    }

    pub fn report_expected(&mut self, stream: Stream, line: Line) {
        if self.output(stream).rest_was_taken() {
            self.report_rest(stream);
        }
        self.report(Change::Expected(stream, line));
    }
}

impl Shared {
    pub fn new(
        observer: Option<(usize, Sender<Observation>)>,
        limited: Option<Arc<Limited>>,
    ) -> Arc<Shared> {
        let state = Mutex::new(State { observer, ..State::default() });
        Arc::new(Shared { state, changed: Condvar::new(), limited })
    }

    pub fn lock(&self) -> MutexGuard<'_, State> {
        // Poison means that another thread panicked; what it kept is still worth showing.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until something changes, but not beyond `until`.
    pub fn wait<'a>(&self, state: MutexGuard<'a, State>, until: Instant) -> MutexGuard<'a, State> {
        let left = until.saturating_duration_since(Instant::now());
        self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0
    }

    pub fn wait_for_exit(&self, until: Instant) -> Option<Exit> {
        let mut state = self.lock();
        while state.exit.is_none() && Instant::now() < until {
            state = self.wait(state, until);
        }
        state.exit
    }
}

/// Writes what is typed, in a thread that alone waits for a program that doesn't read.
pub fn write_in_background(mut stdin: ChildStdin) -> Sender<Vec<u8>> {
    let (sender, typed): (_, Receiver<Vec<u8>>) = mpsc::channel();
    thread::spawn(move || {
        // The input ends when the sender is dropped, and when the program no longer reads.
        while let Ok(bytes) = typed.recv() {
            if stdin.write_all(&bytes).is_err() {
                break;
            }
        }
    });
    sender
}

pub fn read_in_background(
    pipe: Option<impl Read + Send + 'static>,
    stream: Stream,
    shared: &Arc<Shared>,
) {
    let shared = Arc::clone(shared);
    thread::spawn(move || {
        let mut buffer = vec![0; 64 * 1024];
        if let Some(mut pipe) = pipe {
            loop {
                match pipe.read(&mut buffer) {
                    Ok(0) => break,
                    Ok(length) => {
                        let mut state = shared.lock();
                        state.output(stream).add(&buffer[..length]);
                        state.report_lines(stream);
                        drop(state);
                        shared.changed.notify_all();
                    }
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Err(_) => break, // the same as the end
                }
            }
        }
        let mut state = shared.lock();
        state.output(stream).closed = true;
        state.report_rest(stream);
        drop(state);
        shared.changed.notify_all();
    });
}

pub fn wait_for_end(mut started: Started, shared: &Shared) {
    // What the program has left running would hold the pipes open; a program is over when its first process is.
    let (status, left_running) = started.wait();
    let until = Instant::now() + LAST_OUTPUT;
    let mut state = shared.lock();
    while !state.both_closed() && Instant::now() < until {
        state = shared.wait(state, until);
    }
    let exit = status.map_or(Exit::Code(-1), Exit::from);
    state.report(Change::Ended(exit));
    state.exit = Some(exit);
    state.left_running = left_running;
    drop(state);
    shared.changed.notify_all();
}
