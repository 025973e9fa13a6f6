//! Runs one real program as a child and watches it, with a deadline on every wait and a limit on every output.
//!
//! The demo, the grader and the tests of all steps are made of this:
//!
//! ```no_run
//! use testkit::Program;
//!
//! let mut server = Program::step("tcp-server", &["127.0.0.1:0", "--echo"])?;
//! let address = server.listening()?;
//! let mut client = Program::step("tcp-client", &[&address])?;
//! client.type_line("你好")?;
//! client.expect_stdout("你好")?;
//! client.end_input();
//! client.expect_exit(0)?;
//! server.expect_stderr("[*] closed the connection*")?;
//! # testkit::program::Result::Ok(())
//! ```
//!
//! Two threads read stdout and stderr from the beginning, one writes what is typed, one waits for the end; none of
//! them ever waits for the others, so no pipe can fill up and stop the program. Dropping a `Program` ends it, together
//! with all that it started.

use std::ffi::OsStr;
use std::fmt;
use std::io::{self, ErrorKind, Read, Write};
use std::path::Path;
use std::process::{ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::find::step_program;
use crate::output::{Line, Output, Stream};
use crate::running::{self, Started};

/// How long a wait lasts unless another deadline is set.
pub const DEADLINE: Duration = Duration::from_secs(10);

/// How long the end of the output may come after the end of the program itself.
const LAST_OUTPUT: Duration = Duration::from_secs(1);

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// It ended by itself, with this exit code.
    Code(i32),
    /// It was ended by this signal (Unix).
    Signal(i32),
}

impl Exit {
    /// The exit code, if it ended by itself.
    pub fn code(self) -> Option<i32> {
        match self {
            Exit::Code(code) => Some(code),
            Exit::Signal(_) => None,
        }
    }

    /// Did it end with exit code 0?
    pub fn success(self) -> bool {
        self == Exit::Code(0)
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Exit::Code(code) => write!(out, "exit code {code}"),
            Exit::Signal(number) => write!(out, "signal {number} ({})", signal_name(*number)),
        }
    }
}

/// Something that happened in a program. The observer gets these in the order in which they happened.
#[derive(Clone, Debug)]
pub struct Event {
    /// The number that was given to [`Launch::observer`]: which program it was.
    pub program: usize,
    /// When it happened.
    pub at: Instant,
    /// What happened.
    pub what: What,
}

/// What happened in a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
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

/// Why a wait was in vain. Its `Debug` is its `Display`, so that `unwrap` in a test tells the whole story.
#[derive(Clone)]
pub struct Failure {
    /// The program and its arguments.
    pub program: String,
    /// What was expected, and for how long.
    pub expected: String,
    /// What came instead: the lines since the last one that was expected.
    pub instead: String,
    /// All that the program printed so far.
    pub stdout: String,
    /// All status and errors that it printed so far.
    pub stderr: String,
    /// Whether it is still running, or how it ended.
    pub state: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{}: not as expected", self.program)?;
        writeln!(out, "expected: {}", self.expected)?;
        writeln!(out, "instead:  {}", or_nothing(&self.instead))?;
        writeln!(out, "program:  {}", self.state)?;
        writeln!(out, "stdout so far:\n{}", shortened(&self.stdout))?;
        write!(out, "stderr so far:\n{}", shortened(&self.stderr))
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{self}")
    }
}

impl std::error::Error for Failure {}

/// What the waits return. The failure is boxed because it is large and rare.
pub type Result<T> = std::result::Result<T, Box<Failure>>;

/// A program that is about to be started: what it gets, and who observes it.
pub struct Launch {
    command: Command,
    input: Stdio,
    deadline: Duration,
    observer: Option<(usize, Sender<Event>)>,
}

impl Launch {
    /// A program by its path, or by its name on the search path.
    pub fn new(program: impl AsRef<OsStr>) -> Launch {
        Launch {
            command: Command::new(program),
            input: Stdio::piped(),
            deadline: DEADLINE,
            observer: None,
        }
    }

    /// A program of the course by its name.
    pub fn step(name: &str) -> Launch {
        Launch::new(step_program(name))
    }

    /// Adds arguments.
    pub fn args<A: AsRef<OsStr>>(mut self, args: &[A]) -> Launch {
        self.command.args(args);
        self
    }

    /// Sets an environment variable.
    pub fn env(mut self, name: &str, value: &str) -> Launch {
        self.command.env(name, value);
        self
    }

    /// Takes an environment variable away.
    pub fn without_env(mut self, name: &str) -> Launch {
        self.command.env_remove(name);
        self
    }

    /// Sets the folder that the program runs in.
    pub fn current_dir(mut self, folder: impl AsRef<Path>) -> Launch {
        self.command.current_dir(folder);
        self
    }

    /// Gives the program no input at all (`</dev/null`).
    pub fn no_input(mut self) -> Launch {
        self.input = Stdio::null();
        self
    }

    /// Sets how long each wait may last.
    pub fn deadline(mut self, deadline: Duration) -> Launch {
        self.deadline = deadline;
        self
    }

    /// Sends every event of this program to an observer, marked with a number that tells which program it was.
    /// Several programs may share one channel: it then holds their events in the order in which they happened.
    pub fn observer(mut self, program: usize, events: Sender<Event>) -> Launch {
        self.observer = Some((program, events));
        self
    }

    /// Starts the program.
    pub fn start(mut self) -> Result<Program> {
        let name = shown(&self.command);
        let streams = |command: &mut Command| {
            command.stdin(self.input).stdout(Stdio::piped()).stderr(Stdio::piped());
        };
        let mut started = running::spawn(&mut self.command, streams)
            .map_err(|error| not_started(&self.command, &error))?;
        let child = &mut started.child;
        let shared = Arc::new(Shared {
            state: Mutex::new(State { observer: self.observer, ..State::default() }),
            changed: Condvar::new(),
        });
        let input = child.stdin.take().map(write_in_background);
        read_in_background(child.stdout.take(), Stream::Stdout, &shared);
        read_in_background(child.stderr.take(), Stream::Stderr, &shared);
        let program = Program {
            name,
            id: started.id,
            input,
            shared: Arc::clone(&shared),
            deadline: self.deadline,
        };
        thread::spawn(move || wait_for_end(started, &shared));
        Ok(program)
    }
}

/// A running program, or one that has ended.
pub struct Program {
    name: String,
    id: u32,
    input: Option<Sender<Vec<u8>>>,
    shared: Arc<Shared>,
    deadline: Duration,
}

impl Program {
    /// Starts a program by its path or name, with its input connected to [`Program::type_line`].
    pub fn start<A: AsRef<OsStr>>(program: impl AsRef<OsStr>, args: &[A]) -> Result<Program> {
        Launch::new(program).args(args).start()
    }

    /// Starts a program of the course by its name.
    pub fn step<A: AsRef<OsStr>>(name: &str, args: &[A]) -> Result<Program> {
        Launch::step(name).args(args).start()
    }

    /// The number that the system gave to the process.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// Sets how long each wait may last from now on.
    pub fn set_deadline(&mut self, deadline: Duration) {
        self.deadline = deadline;
    }

    /// Waits for the next line on stdout that matches, and returns it. Lines before it that don't match are passed
    /// over. `*` in the pattern stands for any text. Text without a line end (a prompt, raw bytes) counts as a line when
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
        let address = line[BEFORE.len()..].split_whitespace().next().unwrap_or_default();
        Ok(address.to_owned())
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
            let in_vain = output.closed || now >= deadline;
            if let Some(line) = found {
                state.tell_expected(stream, line.clone());
                return Ok(line.text);
            }
            if in_vain {
                drop(state);
                return Err(self.failure(&format!("on {}: {pattern}", stream.name()), Some(stream)));
            }
            state = self.shared.wait(state, wake);
        }
    }

    /// Waits until a stream holds these bytes anywhere behind its first `from` bytes, and returns the place behind them.
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
        self.shared.lock().tell(What::Typed(text.to_owned()));
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
            self.shared.lock().tell(What::InputEnded);
        }
        self.input = None; // dropping the sender ends the thread that writes, and that closes the pipe
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

    /// Sends the signal that Ctrl-C sends, to the program and all that it started. Windows has no such call; there the
    /// program is ended.
    pub fn interrupt(&mut self) {
        self.shared.lock().tell(What::Interrupted);
        #[cfg(unix)]
        self.signal(nix::sys::signal::Signal::SIGINT);
        #[cfg(not(unix))]
        self.kill();
    }

    /// Sends a signal to the program and all that it started.
    #[cfg(unix)]
    pub fn signal(&self, signal: nix::sys::signal::Signal) {
        if self.ended().is_none() {
            running::signal(self.id, signal);
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

    /// The story of a wait that was in vain. `stream` is the one that was watched.
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

/// What the threads around one program share.
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    stdout: Output,
    stderr: Output,
    exit: Option<Exit>,
    left_running: usize,
    observer: Option<(usize, Sender<Event>)>,
}

impl State {
    fn output(&mut self, stream: Stream) -> &mut Output {
        match stream {
            Stream::Stdout => &mut self.stdout,
            Stream::Stderr => &mut self.stderr,
        }
    }

    fn any_closed(&self) -> bool {
        self.stdout.closed || self.stderr.closed
    }

    fn both_closed(&self) -> bool {
        self.stdout.closed && self.stderr.closed
    }

    /// Tells the observer. The caller holds the lock, so the order of the events is the order of what happened.
    fn tell(&self, what: What) {
        if let Some((program, events)) = &self.observer {
            // An observer that has gone away is not the program's problem.
            let _ = events.send(Event { program: *program, at: Instant::now(), what });
        }
    }

    fn tell_lines(&mut self, stream: Stream) {
        if self.observer.is_none() {
            return;
        }
        while let Some(line) = self.output(stream).untold_line() {
            self.tell(What::Printed(stream, line));
        }
    }

    fn tell_rest(&mut self, stream: Stream) {
        if self.observer.is_none() {
            return;
        }
        if let Some(line) = self.output(stream).untold_rest() {
            self.tell(What::Printed(stream, line));
        }
    }

    fn tell_expected(&mut self, stream: Stream, line: Line) {
        if self.output(stream).rest_was_taken() {
            self.tell_rest(stream);
        }
        self.tell(What::Expected(stream, line));
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Poison means that another thread panicked; what it kept is still worth showing.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until something changes, but not beyond `until`.
    fn wait<'a>(&self, state: MutexGuard<'a, State>, until: Instant) -> MutexGuard<'a, State> {
        let left = until.saturating_duration_since(Instant::now());
        self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0
    }

    fn wait_for_exit(&self, until: Instant) -> Option<Exit> {
        let mut state = self.lock();
        while state.exit.is_none() && Instant::now() < until {
            state = self.wait(state, until);
        }
        state.exit
    }
}

/// Writes what is typed, so that nobody else waits for a program that doesn't read.
fn write_in_background(mut stdin: ChildStdin) -> Sender<Vec<u8>> {
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

fn read_in_background(
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
                        state.tell_lines(stream);
                        drop(state);
                        shared.changed.notify_all();
                    }
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Err(_) => break, // as good as the end
                }
            }
        }
        let mut state = shared.lock();
        state.output(stream).closed = true;
        state.tell_rest(stream);
        drop(state);
        shared.changed.notify_all();
    });
}

fn wait_for_end(mut started: Started, shared: &Shared) {
    // What the program has left running would hold the pipes open; a program is over when its first process is.
    let (status, left_running) = started.wait();
    let until = Instant::now() + LAST_OUTPUT;
    let mut state = shared.lock();
    while !state.both_closed() && Instant::now() < until {
        state = shared.wait(state, until);
    }
    let exit = status.map_or(Exit::Code(-1), exit_of);
    state.tell(What::Ended(exit));
    state.exit = Some(exit);
    state.left_running = left_running;
    drop(state);
    shared.changed.notify_all();
}

/// The command as a person would type it; the folder of the program is left out.
fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_stem().unwrap_or_default();
    let words = [program].into_iter().chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

fn not_started(command: &Command, error: &io::Error) -> Box<Failure> {
    let path = command.get_program().display();
    let state = match error.kind() {
        ErrorKind::NotFound => {
            format!("{path} is not there; build it with `cargo build --workspace --bins`")
        }
        _ => format!("{path} could not be started: {error}"),
    };
    let nothing = String::new;
    Box::new(Failure {
        program: shown(command),
        expected: "to start".to_owned(),
        instead: nothing(),
        stdout: nothing(),
        stderr: nothing(),
        state,
    })
}

#[cfg(unix)]
fn exit_of(status: ExitStatus) -> Exit {
    use std::os::unix::process::ExitStatusExt;
    status.signal().map_or(Exit::Code(status.code().unwrap_or(-1)), Exit::Signal)
}

#[cfg(not(unix))]
fn exit_of(status: ExitStatus) -> Exit {
    Exit::Code(status.code().unwrap_or(-1))
}

#[cfg(unix)]
fn signal_name(number: i32) -> &'static str {
    nix::sys::signal::Signal::try_from(number).map_or("unknown", |signal| signal.as_str())
}

#[cfg(not(unix))]
fn signal_name(_number: i32) -> &'static str {
    "unknown" // no program ends by a signal here
}

fn or_nothing(text: &str) -> &str {
    if text.is_empty() { "(nothing)" } else { text.trim_end() }
}

/// A story is for reading: of a very long output it tells the end.
fn shortened(text: &str) -> String {
    const LINES: usize = 40;
    const LENGTH: usize = 400;
    let lines: Vec<&str> = text.lines().collect();
    let left_out = lines.len().saturating_sub(LINES);
    let mut story = String::new();
    if left_out > 0 {
        story += &format!("  ({left_out} earlier lines)\n");
    }
    for line in &lines[left_out..] {
        story.extend("  ".chars().chain(line.chars().take(LENGTH)).chain("\n".chars()));
    }
    or_nothing(&story).to_owned()
}
