//! The program under test: it is started, typed into, watched and ended here. This file knows nothing of checks.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use tempfile::TempDir;

use testkit::output::Stream;
use testkit::program::{Exit, Launch, Program};
use testkit::submission::with_settings;

use super::cause::Evidence;
use super::log::Ends;
use super::patience::{Deadline, FLOOD, LATER};
use super::ports::{self, Entry, Protocol};
use super::task::Task;
use super::tree;
use super::trouble::state_lines;
use crate::confine;

/// How long a program that may be ending is waited for, before its state is reported: whether its exit code and its last words
/// are seen must not depend on chance.
const LAST_MOMENT: Duration = Duration::from_millis(500);

/// The same for one that has closed its stdout or its stderr.
const LAST_SECONDS: Duration = Duration::from_secs(4);

/// What a confined program has of the environment, because it is set here.
const VARIABLES: [&str; 4] = [tree::NAME, "PYTHONIOENCODING", "PYTHONUNBUFFERED", "ASAN_OPTIONS"];

/// The program under test, before, while and after it runs.
pub struct Subject<'a> {
    task: &'a Task,
    /// All its processes carry this mark.
    mark: String,
    program: Option<Program>,
    folder: Option<TempDir>,
    /// The program does one thing and ends, so that its end is no news.
    is_one_shot: bool,
    /// Nobody helps it to flush what it prints.
    is_piped: bool,
}

impl<'a> Subject<'a> {
    /// A program that does not run yet.
    pub fn new(task: &'a Task) -> Subject<'a> {
        let mark = tree::new_mark();
        Subject { task, mark, program: None, folder: None, is_one_shot: false, is_piped: false }
    }

    /// A folder of its own. It runs in it from now on, if it is not running yet.
    pub fn folder(&mut self) -> io::Result<PathBuf> {
        if let Some(folder) = &self.folder {
            return Ok(folder.path().to_owned());
        }
        let home = self.task.confined.as_ref().map(|(home, _)| home.clone());
        let folder = tempfile::Builder::new()
            .prefix("course-check-")
            .tempdir_in(home.unwrap_or_else(env::temp_dir))?;
        let path = folder.path().to_owned();
        self.folder = Some(folder);
        Ok(path)
    }

    /// From now on its output is a pipe to it, and nothing is done about its buffer.
    pub fn do_not_help_flushing(&mut self) {
        self.is_piped = true;
    }

    /// Starts it with these arguments. The error is the reason why that is not possible.
    pub fn start(&mut self, args: &[&str], is_one_shot: bool) -> Result<(), String> {
        self.is_one_shot = is_one_shot;
        self.program = Some(self.launch(args).start().map_err(|failure| failure.state)?);
        Ok(())
    }

    fn launch(&self, args: &[&str]) -> Launch {
        // In a terminal each line is flushed. Into a pipe it is not, and one check is about that; the others help.
        let helper: &[OsString] = if self.is_piped { &[] } else { &self.task.line_by_line };
        let confined = self.task.confined.as_ref();
        let before = confined.map(|(home, _)| confine::words(home, &VARIABLES)).unwrap_or_default();
        let program = helper.iter().chain(&self.task.program).cloned();
        let mut words = before.into_iter().chain(program).chain(args.iter().map(OsString::from));
        let program = words.next().unwrap_or_default();
        let words: Vec<OsString> = words.collect();
        let mut launch = Launch::new(program).args(&words).env(tree::NAME, &self.mark);
        launch = with_settings(launch);
        launch = match self.is_piped {
            true => launch.without_env("PYTHONUNBUFFERED"),
            false => launch.env("PYTHONUNBUFFERED", "1"),
        };
        if let Some((home, limits)) = confined {
            launch = launch.current_dir(home).limits(*limits);
        }
        match &self.folder {
            Some(folder) => launch.current_dir(folder.path()),
            None => launch,
        }
    }

    /// Writes to its stdin. A program that has stopped reading shows it by what it does not do.
    pub fn write(&mut self, text: &str) {
        if let Some(program) = &mut self.program {
            let _ = program.send_bytes(text.as_bytes());
        }
    }

    /// Ends its input.
    pub fn end_input(&mut self) {
        if let Some(program) = &mut self.program {
            program.end_input();
        }
    }

    /// Ends it at once, as `kill -9` does.
    pub fn kill(&mut self) {
        if let Some(program) = &mut self.program {
            program.kill();
            program.set_deadline(2 * LAST_MOMENT);
            let _ = program.wait();
        }
    }

    /// Begins a wait for it.
    pub fn deadline(&self, patience: Duration) -> Deadline {
        Deadline::new(patience, self.program.as_ref().map(Program::id), &self.mark)
    }

    /// Has it ended, or not even begun?
    pub fn has_ended(&self) -> bool {
        self.program.as_ref().is_none_or(|program| program.ended().is_some())
    }

    /// How many bytes it has printed on stdout.
    pub fn printed(&self) -> usize {
        self.program.as_ref().map_or(0, |program| program.printed(Stream::Stdout))
    }

    /// All that it has printed on stdout.
    pub fn stdout(&self) -> Vec<u8> {
        self.program.as_ref().map(Program::stdout_bytes).unwrap_or_default()
    }

    /// What it has printed on stderr.
    pub fn stderr(&self) -> String {
        self.program.as_ref().map(Program::stderr_text).unwrap_or_default()
    }

    /// How many bytes of what was typed into it have not been read, where the system says so.
    pub fn unread_input(&self) -> usize {
        self.program.as_ref().map_or(0, Program::unread_input)
    }

    /// Waits until this text stands on its stdout, after the first bytes; returns where it ends.
    pub fn wait_for_stdout(&self, text: &str, from: usize, deadline: &Deadline) -> Option<usize> {
        let program = self.program.as_ref()?;
        let found = deadline.poll(Duration::ZERO, || {
            deadline.saw_output(self.printed());
            let is_last = program.has_closed(Stream::Stdout);
            let moment = if is_last { Duration::ZERO } else { LATER };
            let found = program.wait_for_bytes(Stream::Stdout, text.as_bytes(), from, moment);
            (found.is_some() || is_last).then_some(found)
        });
        found.flatten()
    }

    /// Waits for its end.
    pub fn wait_for_end(&self, deadline: &Deadline) -> Option<Exit> {
        let program = self.program.as_ref()?;
        deadline.poll(Duration::from_millis(1), || {
            deadline.saw_output(self.printed());
            program.ended()
        })
    }

    /// All its sockets; `None` where the system doesn't list them.
    pub fn sockets(&self) -> Option<Vec<Entry>> {
        ports::sockets_of(&tree::processes(&self.mark))
    }

    /// How many threads it has, in all its processes; `None` where the system doesn't say.
    pub fn threads(&self) -> Option<usize> {
        let processes = tree::processes(&self.mark);
        let threads = |process: &PathBuf| fs::read_dir(process.join("task")).ok();
        let count = processes.iter().filter_map(threads).map(Iterator::count).sum();
        (count > 0).then_some(count)
    }

    /// Whether the running program has taken what was sent to it, where the system says so.
    pub fn network_line(&self, connection: Option<Ends>) -> Option<String> {
        if self.has_ended() {
            return None;
        }
        let is_closed = |(own, peer): (SocketAddr, SocketAddr)| ports::is_closed_by_peer(own, peer);
        if connection.is_some_and(is_closed) {
            return Some("network   the program has closed this connection".to_owned());
        }
        let sockets = self.sockets()?;
        let is_listener = |waits: bool, protocol| waits && protocol == Protocol::Tcp;
        let (listeners, others): (Vec<_>, Vec<_>) =
            sockets.iter().partition(|socket| is_listener(socket.waits, socket.protocol));
        let connections: u64 = listeners.iter().map(|socket| socket.unread).sum();
        let bytes: u64 = others.iter().map(|socket| socket.unread).sum();
        Some(match (connections, bytes) {
            (0, 0) => "network   it has received all that was sent".to_owned(),
            (0, _) => {
                "network   what was sent waits in the system: the program has not received it"
                    .to_owned()
            }
            (connections, _) => {
                format!("network   connections that wait for the program's accept: {connections}")
            }
        })
    }

    /// Waits for the end of a program that may be ending, and returns its state and its last words, as lines of the story.
    pub fn state_lines(&self) -> Vec<String> {
        let Some(program) = &self.program else { return Vec::new() };
        // Who has closed a stream is as good as ended; only how long the system takes for the rest of it is unknown.
        let has_closed = program.has_closed(Stream::Stdout) || program.has_closed(Stream::Stderr);
        let patience = if has_closed { LAST_SECONDS } else { LAST_MOMENT };
        state_lines(program, self.wait_for_end(&self.deadline(patience)))
    }

    /// All that is known about it, which is what a cause is found from. Comes last: a program that doesn't print `wanted` is
    /// interrupted to see whether it keeps the text in a buffer.
    pub fn evidence<'b>(&mut self, step: &'b str, wanted: Option<&'b str>) -> Evidence<'b> {
        let should_end = self.is_one_shot;
        let mut evidence = Evidence { step, wanted, should_end, ..Evidence::default() };
        if let Some(program) = &self.program {
            evidence.ended = program.ended();
            evidence.stdout = program.stdout_text();
            evidence.stderr = program.stderr_text();
            evidence.has_closed_stdout =
                evidence.ended.is_none() && program.has_closed(Stream::Stdout);
        }
        evidence.was_buffered = wanted.is_some_and(|text| self.flushes_at_end(text));
        evidence
    }

    /// Interrupts it, which most programs take as a reason to flush: does the text come now?
    fn flushes_at_end(&mut self, text: &str) -> bool {
        let moment = self.deadline(LAST_MOMENT);
        let Some(program) = &mut self.program else { return false };
        if program.ended().is_some() || program.stdout_text().contains(text) {
            return false;
        }
        program.interrupt();
        self.wait_for_stdout(text, 0, &moment).is_some()
    }

    /// Ends it, and what it started. Returns what the user should know although nothing failed.
    pub fn finish(mut self) -> Vec<String> {
        let mut notes = Vec::new();
        let (mut left_running, mut group) = (0, 0);
        self.kill();
        if let Some(program) = &self.program {
            (left_running, group) = (program.left_running(), program.id());
            let (stdout, stderr) = program.thrown_away();
            let printed = (self.printed() as u64).saturating_add(stdout);
            if printed.max(stderr) > FLOOD as u64 {
                notes.push(format!("the program printed {printed} bytes; a loop without a wait?"));
            }
        }
        if let Some(why) = self.program.as_ref().and_then(Program::exceeded) {
            notes.push(format!("the program was ended: {why}"));
        }
        if left_running + tree::end(&self.mark, group) > 0 {
            let left =
                "the program left processes running outside of its process group; they were ended";
            notes.push(left.to_owned());
        }
        notes
    }
}
