//! The story of a check: what was done to a program, one numbered action after the other, until all was well or one
//! was not as expected. The checks of the steps are written with the methods of [`Story`]; those about the network
//! are in `peer`.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fastrand::Rng;
use tempfile::TempDir;

use testkit::output::Stream;
use testkit::program::{Exit, Launch, Program};

use super::bytes;
use super::cause::{self, Evidence, Hint};
use super::patience::{Deadline, FLOOD};
use super::ports::{self, Port, Protocol};
use super::trouble::{on_stdout, state_lines};
use super::{Task, tree};

pub use super::trouble::{Seen, Trouble};

/// Stands for the program's own address in its arguments.
pub const ADDRESS: &str = "{address}";

/// How long a program may take until it waits, or makes its first call. Java under load needs its time.
pub const START: Duration = Duration::from_secs(5);

/// How long anything else may take.
pub const PATIENCE: Duration = Duration::from_secs(3);

/// How long a program that seems to be ending is waited for, before its state is told.
const LAST_MOMENT: Duration = Duration::from_secs(1);

/// How often a condition is looked at that nobody tells of.
pub const LOOK: Duration = Duration::from_millis(10);

/// Why a text that is on stdout is not enough.
const TOO_EARLY: &str = "the text stood on stdout before it was said to the program, so it can't come from what was received: \
     only what is printed afterwards counts";

/// What an action of a check returns.
pub type Told<T = ()> = Result<T, Box<Trouble>>;

/// One check while it runs.
pub struct Story<'a> {
    /// The step that is checked.
    pub step: &'static str,
    /// Chance, which a seed repeats.
    pub random: Rng,
    /// The port that the program was told to wait at.
    pub port: Option<Port>,
    pub(super) actions: Vec<String>,
    pub(super) notes: Vec<String>,
    pub(super) program: Option<Program>,
    /// Has the program sent or opened anything yet?
    pub(super) in_contact: bool,
    /// It has closed a connection, or refused one, or has done what it does: perhaps it is ending.
    pub(super) may_be_ending: bool,
    /// The port from which it has sent datagrams.
    pub(super) sends_from: Option<u16>,
    /// The two ends of the connection on which something was sent to it last: the grader's and its own.
    pub(super) sent_between: Option<(SocketAddr, SocketAddr)>,
    task: &'a Task,
    mark: String,
    folder: Option<TempDir>,
    shown: String,
    /// The program does one thing and ends, so that its end is no news.
    pub(super) is_one_shot: bool,
    /// What nobody can know beforehand, in the texts so far.
    secrets: Vec<String>,
    /// Up to here its stdout holds texts that were expected and came.
    seen: usize,
    /// How long its stdout was when the grader began to say what the next expectations are about. What stands before that
    /// was not caused by it, and doesn't count.
    turn_begins: usize,
    /// Something was expected since the grader said something, so what it says next begins another turn.
    pub(super) turn_is_over: bool,
    /// The program's output is a pipe to it, and nothing is done about its buffer.
    as_pipe: bool,
}

impl Story<'_> {
    /// A story in which nothing has happened yet.
    pub fn new<'a>(step: &'static str, task: &'a Task, name: &str) -> Story<'a> {
        // Each check has its own chance, so that `--only` repeats what it met in the whole run.
        let own =
            name.bytes().fold(task.seed, |seed, byte| seed.wrapping_mul(31) + u64::from(byte));
        Story {
            step,
            random: Rng::with_seed(own),
            port: None,
            actions: Vec::new(),
            notes: Vec::new(),
            program: None,
            in_contact: false,
            may_be_ending: false,
            sends_from: None,
            sent_between: None,
            task,
            mark: tree::new_mark(),
            folder: None,
            shown: String::new(),
            is_one_shot: false,
            secrets: Vec::new(),
            seen: 0,
            turn_begins: 0,
            turn_is_over: true,
            as_pipe: false,
        }
    }

    /// How long to wait, longer where the user asked for it.
    pub fn patience(&self) -> Duration {
        let patience = if self.in_contact { PATIENCE } else { START };
        patience.mul_f64(self.task.patience)
    }

    /// Begins a wait for the program.
    pub fn deadline(&self) -> Deadline {
        self.deadline_of(self.patience())
    }

    pub(super) fn deadline_of(&self, patience: Duration) -> Deadline {
        Deadline::new(patience, self.program.as_ref().map(Program::id), &self.mark)
    }

    /// Adds a line to the story: something was done, and it went well.
    pub fn did(&mut self, action: impl Into<String>) {
        self.actions.push(action.into());
    }

    /// A text that no program can know or guess beforehand: the words and 64 random bits. An 88 would be another word of
    /// the protocol.
    pub fn text(&mut self, words: &str) -> String {
        let secret = loop {
            let secret = format!("{:016x}", self.random.u64(..));
            if !secret.contains("88") {
                break secret;
            }
        };
        self.secrets.push(secret.clone());
        format!("{words} {secret}")
    }

    /// The grader says something to the program: only what is printed from now on can be about it.
    pub(super) fn says(&mut self) {
        if self.turn_is_over {
            self.turn_begins = self.stdout_length();
            self.turn_is_over = false;
        }
    }

    /// Bytes as chance will have them.
    pub fn random_bytes(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        self.random.fill(&mut bytes);
        bytes
    }

    /// A folder of this check's own. The program runs in it from now on, if it is not running yet.
    pub fn own_folder(&mut self) -> Told<PathBuf> {
        if self.folder.is_none() {
            let folder = tempfile::Builder::new().prefix("course-check-").tempdir();
            let folder = folder.map_err(|error| self.no_grader("made a folder", &error))?;
            self.folder = Some(folder);
        }
        Ok(self.folder.as_ref().map(|folder| folder.path().to_owned()).unwrap_or_default())
    }

    /// Starts the program: `PROGRAM ARG... ` and these arguments.
    pub fn start(&mut self, args: &[&str]) -> Told {
        self.shown = shown(&self.task.shown, args);
        self.is_one_shot =
            ["udp-send", "tcp-client"].contains(&self.step) || args.first() == Some(&"get");
        self.in_contact = false;
        self.may_be_ending = false;
        self.sends_from = None;
        self.sent_between = None;
        self.seen = 0;
        self.turn_begins = 0;
        self.turn_is_over = true;
        match self.launch(args).start() {
            Ok(program) => {
                self.program = Some(program);
                self.did(format!("started  {}", self.shown));
                Ok(())
            }
            Err(failure) => Err(self.could_not_start(&failure.state)),
        }
    }

    fn launch(&self, args: &[&str]) -> Launch {
        // In a terminal each line is flushed. Into a pipe it is not, and one check is about that; the others help.
        let helper: &[OsString] = if self.as_pipe { &[] } else { &self.task.line_by_line };
        let mut words =
            helper.iter().chain(&self.task.program).cloned().chain(args.iter().map(OsString::from));
        let program = words.next().unwrap_or_default();
        let words: Vec<OsString> = words.collect();
        let mut launch = Launch::new(program).args(&words).env(tree::NAME, &self.mark);
        // A setting of the person who checks must not change what the program does, or says.
        launch = launch.without_env("SOCKET_ENCODING").env("PYTHONIOENCODING", "utf-8");
        launch = launch.without_env("RUST_BACKTRACE");
        launch = match self.as_pipe {
            true => launch.without_env("PYTHONUNBUFFERED"),
            false => launch.env("PYTHONUNBUFFERED", "1"),
        };
        match &self.folder {
            Some(folder) => launch.current_dir(folder.path()),
            None => launch,
        }
    }

    /// From now on nobody helps the program to flush what it prints.
    pub fn do_not_help_flushing(&mut self) {
        self.as_pipe = true;
    }

    /// Starts the program with a free port in the place of [`ADDRESS`], and waits until the port is open.
    pub fn start_waiting(&mut self, protocol: Protocol, args: &[&str], hint: &Hint) -> Told {
        if self.port.is_none() {
            self.choose_port()?;
        }
        let address = self.address();
        let args: Vec<&str> =
            args.iter().map(|arg| if *arg == ADDRESS { address.as_str() } else { arg }).collect();
        self.start(&args)?;
        self.wait_for_port(protocol, hint)
    }

    /// Chooses a free port that the program shall have.
    pub fn choose_port(&mut self) -> Told<std::net::SocketAddr> {
        let port = Port::choose().map_err(|error| self.no_grader("chose a port", &error))?;
        let address = port.address();
        self.port = Some(port);
        Ok(address)
    }

    /// The address at which the program was told to wait.
    pub fn address(&self) -> String {
        self.port.as_ref().map(|port| port.address().to_string()).unwrap_or_default()
    }

    fn wait_for_port(&mut self, protocol: Protocol, hint: &Hint) -> Told {
        let number = self.port.as_ref().map_or(0, |port| port.number);
        let deadline = self.deadline();
        loop {
            let was_over = self.has_ended() || deadline.is_over();
            let look = Instant::now();
            let (open, own) = ports::is_open(protocol, number);
            if open {
                self.in_contact = true;
                self.note_where(number, own);
                return Ok(());
            }
            if was_over {
                return Err(self.port_never_opened(protocol, hint));
            }
            // With thousands of sockets in the list a look takes a while; the program needs the processor, too.
            std::thread::sleep(LOOK.max(look.elapsed()));
        }
    }

    /// A program that opens its port for everyone is told so; it does what was asked for all the same.
    fn note_where(&mut self, port: u16, own: Option<std::net::SocketAddr>) {
        if own.is_some_and(|own| own.ip().is_unspecified()) {
            self.notes.push(format!(
                "the program was started with 127.0.0.1:{port} and listens on {}: the whole network can reach it",
                own.map(|own| own.to_string()).unwrap_or_default()
            ));
        }
    }

    fn port_never_opened(&mut self, protocol: Protocol, hint: &Hint) -> Box<Trouble> {
        let address = self.address();
        let seconds = self.patience().as_secs_f32();
        let mut elsewhere = ports::waiting_at(&tree::processes(&self.mark));
        elsewhere.retain(|(other, at)| *other != protocol || at.to_string() != address);
        let ended = self.has_ended();
        let came = match elsewhere.first() {
            _ if ended => "the program ended before it was open".to_owned(),
            Some((other, at)) => format!("the program waits at {at} ({}) instead", other.name()),
            None => format!("after {seconds} s nobody waits there"),
        };
        let expected = format!("{address} is open ({})", protocol.name());
        let action = format!("waited until the program opens {address} ({})", protocol.name());
        let mut trouble = self.trouble(action, Seen::words(expected, came), hint);
        if let (Some((other, at)), false) = (elsewhere.first(), ended) {
            trouble.cause = waits_elsewhere(protocol, self.program_address(), *other, *at);
        }
        trouble
    }

    /// Types a line into the program.
    pub fn type_line(&mut self, line: &str) {
        self.says();
        self.did(format!("typed  {line}"));
        if let Some(program) = &mut self.program {
            // A program that has stopped reading shows it by what it does not do.
            let _ = program.send_bytes(format!("{line}\n").as_bytes());
        }
    }

    /// Pipes a text into the program.
    pub fn pipe(&mut self, text: &str) {
        self.did(format!("piped {} of lines into it", bytes::count(text.len())));
        if let Some(program) = &mut self.program {
            let _ = program.send_bytes(text.as_bytes());
        }
    }

    /// Ends the program's input (Ctrl-D).
    pub fn end_input(&mut self) {
        self.did("ended its input (Ctrl-D)");
        if let Some(program) = &mut self.program {
            program.end_input();
        }
    }

    /// The program must print the text on its stdout, after it was said. Returns the place behind it.
    pub fn expect_printed(&mut self, text: &str, hint: &Hint) -> Told<usize> {
        self.expect_printed_behind(0, text, hint)
    }

    /// The text must be on the program's stdout, behind this place.
    pub fn expect_printed_behind(&mut self, from: usize, text: &str, hint: &Hint) -> Told<usize> {
        self.turn_is_over = true;
        let from = from.max(self.turn_begins);
        match self.wait_for_stdout(text, from, &self.deadline()) {
            Some(end) => {
                self.in_contact = true;
                self.seen = self.seen.max(end);
                self.did(format!("saw {} on its stdout", quoted_text(text)));
                Ok(end)
            }
            None => Err(self.not_printed(text, from, hint)),
        }
    }

    fn wait_for_stdout(&self, text: &str, from: usize, deadline: &Deadline) -> Option<usize> {
        let program = self.program.as_ref()?;
        loop {
            deadline.saw_output(self.stdout_length());
            let was_over = deadline.is_over() || program.has_closed(Stream::Stdout);
            let slice = if was_over { Duration::ZERO } else { deadline.slice() };
            let found = program.wait_for_bytes(Stream::Stdout, text.as_bytes(), from, slice);
            if found.is_some() || was_over {
                return found;
            }
        }
    }

    fn not_printed(&mut self, text: &str, from: usize, hint: &Hint) -> Box<Trouble> {
        let printed = self.stdout();
        let unseen = printed.get(self.seen.max(from)..).unwrap_or_default();
        let seen = match bytes::nearest(text.as_bytes(), unseen) {
            Some(near) if !self.is_another_text(near, text) => Seen::bytes(text.as_bytes(), near),
            _ => Seen::words(format!("{} on stdout", quoted_text(text)), on_stdout(&printed)),
        };
        let seconds = self.patience().as_secs_f32();
        let action =
            format!("looked for {} on its stdout, for up to {seconds} s", quoted_text(text));
        let was_there = bytes::contains(&printed[..self.turn_begins], text.as_bytes());
        let mut trouble = self.trouble_about(action, seen, hint, Some(text), false);
        if was_there {
            trouble.cause = TOO_EARLY.to_owned();
        }
        trouble
    }

    /// Does this output hold another text of this story, which is as it should be? Then it is no bad copy of `text`.
    fn is_another_text(&self, near: &[u8], text: &str) -> bool {
        let near = String::from_utf8_lossy(near);
        let mut others = self.secrets.iter();
        near == text || others.any(|secret| near.contains(secret) && !text.contains(secret))
    }

    /// All these texts must be on the program's stdout, in any order.
    pub fn expect_all_printed(&mut self, texts: &[String], hint: &Hint) -> Told {
        self.turn_is_over = true;
        let deadline = self.deadline();
        for text in texts {
            if self.wait_for_stdout(text, self.turn_begins, &deadline).is_none() {
                break;
            }
        }
        let printed = String::from_utf8_lossy(&self.stdout()[self.turn_begins..]).into_owned();
        let came = texts.iter().filter(|text| printed.contains(text.as_str())).count();
        if came == texts.len() {
            self.did(format!("saw all {came} texts on its stdout"));
            return Ok(());
        }
        let seconds = self.patience().as_secs_f32();
        let action = format!("looked for these texts on its stdout, for up to {seconds} s");
        let seen = Seen::words(format!("all {} texts", texts.len()), format!("{came} of them"));
        Err(self.trouble_about(action, seen, hint, texts.last().map(String::as_str), false))
    }

    /// Whether the program has taken what was sent to it, where the system tells.
    fn network_line(&self) -> Option<String> {
        let port = self.port.as_ref().map(|port| port.number).or(self.sends_from)?;
        if self.sent_between.is_some_and(|(own, peer)| ports::is_closed_by_peer(own, peer)) {
            return Some("network   the program has closed this connection".to_owned());
        }
        Some(match ports::left_waiting(port)? {
            (0, 0) => "network   it has received all that was sent".to_owned(),
            (0, _) => "network   what was sent waits in the system: the program has not called recv for it".to_owned(),
            (connections, _) => {
                format!("network   connections that wait for the program's accept: {connections}")
            }
        })
    }

    /// Does something in which only a running program can take part. How far it comes with one that is just ending is
    /// chance, so of that one only its end is told.
    pub fn while_it_runs<T>(
        &mut self,
        action: &str,
        act: impl FnOnce(&mut Self) -> Told<T>,
    ) -> Told<T> {
        let before = self.actions.len();
        act(self).map_err(|mut trouble| {
            if trouble.has_ended {
                self.actions.truncate(before);
                trouble.action = action.to_owned();
                let printed = on_stdout(&self.stdout());
                let came = format!("the program has ended; on its stdout is:\n{printed}");
                trouble.seen = Seen::words("the program takes part", came);
            }
            trouble
        })
    }

    /// Two things must be the same.
    pub fn expect_equal(&mut self, what: &str, expected: &str, came: &str, hint: &Hint) -> Told {
        if expected == came {
            self.did(format!("{what} is {came}"));
            return Ok(());
        }
        Err(self.trouble(format!("looked at {what}"), Seen::words(expected, came), hint))
    }

    /// Something must be so.
    pub fn expect(&mut self, what: &str, is_so: bool, came: &str, hint: &Hint) -> Told {
        if is_so {
            self.did(format!("saw that {what}"));
            return Ok(());
        }
        Err(self.trouble(format!("looked whether {what}"), Seen::words(what, came), hint))
    }

    /// The text must not be on stdout.
    pub fn expect_not_printed(&mut self, text: &str, hint: &Hint) -> Told {
        let printed = String::from_utf8_lossy(&self.stdout()).into_owned();
        if !printed.contains(text) {
            return Ok(());
        }
        let seen = Seen::words(format!("no \"{text}\""), on_stdout(printed.as_bytes()));
        Err(self.trouble(format!("looked whether \"{text}\" is on its stdout"), seen, hint))
    }

    /// The program must end by itself, with exit code 0.
    pub fn expect_end(&mut self, hint: &Hint) -> Told {
        match self.wait_for_end() {
            Some(Exit::Code(0)) => {
                self.did("the program ended, exit code 0");
                Ok(())
            }
            exit => Err(self.wrong_end("it ends by itself, with exit code 0", exit, hint)),
        }
    }

    /// The program must end by itself and say by its exit code that it did not succeed.
    pub fn expect_failure(&mut self, hint: &Hint) -> Told {
        match self.wait_for_end() {
            Some(Exit::Code(code)) if code != 0 => {
                self.did(format!("the program ended, exit code {code}"));
                Ok(())
            }
            exit => {
                Err(self.wrong_end("it ends by itself, with another exit code than 0", exit, hint))
            }
        }
    }

    /// The program must end by itself, with whatever exit code.
    pub fn expect_any_end(&mut self, hint: &Hint) -> Told {
        match self.wait_for_end() {
            Some(Exit::Code(code)) => {
                self.did(format!("the program ended, exit code {code}"));
                Ok(())
            }
            exit => Err(self.wrong_end("it ends by itself", exit, hint)),
        }
    }

    fn wrong_end(&mut self, expected: &str, exit: Option<Exit>, hint: &Hint) -> Box<Trouble> {
        let seconds = self.patience().as_secs_f32();
        let came = match exit {
            None => format!("after {seconds} s it is still running"),
            Some(exit) => format!("it ended: {exit}"),
        };
        let action = format!("waited for the program's end, for up to {seconds} s");
        self.trouble_about(action, Seen::words(expected, came), hint, None, true)
    }

    fn wait_for_end(&mut self) -> Option<Exit> {
        let deadline = self.deadline();
        self.wait_for_end_until(&deadline)
    }

    fn wait_for_end_until(&mut self, deadline: &Deadline) -> Option<Exit> {
        let program = self.program.as_mut()?;
        loop {
            deadline.saw_output(program.printed(Stream::Stdout));
            let was_over = deadline.is_over();
            program.set_deadline(deadline.slice());
            let exit = program.wait().ok();
            if exit.is_some() || was_over {
                return exit;
            }
        }
    }

    /// The program must be running.
    pub fn expect_running(&mut self, after: &str, hint: &Hint) -> Told {
        if !self.has_ended() {
            return Ok(());
        }
        let action = format!("looked whether the program is still running {after}");
        Err(self.trouble(action, Seen::words("it runs", "it has ended"), hint))
    }

    /// Ends the program at once, as `kill -9` does.
    pub fn kill(&mut self) {
        if let Some(program) = &mut self.program {
            program.kill();
            let _ = program.wait();
        }
        self.did("killed the program");
    }

    /// Has the program ended?
    pub fn has_ended(&self) -> bool {
        self.program.as_ref().is_none_or(|program| program.ended().is_some())
    }

    fn stdout_length(&self) -> usize {
        self.program.as_ref().map(|program| program.printed(Stream::Stdout)).unwrap_or_default()
    }

    /// All that the program printed on stdout.
    pub fn stdout(&self) -> Vec<u8> {
        self.program.as_ref().map(Program::stdout_bytes).unwrap_or_default()
    }

    /// The action failed: gathers all that is known about the program.
    pub fn trouble(&mut self, action: impl Into<String>, seen: Seen, hint: &Hint) -> Box<Trouble> {
        self.trouble_about(action.into(), seen, hint, None, false)
    }

    fn trouble_about(
        &mut self,
        action: String,
        seen: Seen,
        hint: &Hint,
        wanted: Option<&str>,
        should_end: bool,
    ) -> Box<Trouble> {
        let mut trouble = Trouble {
            action,
            seen,
            program: Vec::new(),
            cause: hint.says.to_owned(),
            section: hint.section,
            has_ended: false,
            not_started: false,
        };
        self.let_it_end();
        let Some(program) = &self.program else { return Box::new(trouble) };
        let ended = program.ended();
        trouble.has_ended = ended.is_some();
        trouble.program = state_lines(program, ended);
        let stdout = program.stdout_text();
        let stderr = program.stderr_text();
        let has_closed_stdout = ended.is_none() && program.has_closed(Stream::Stdout);
        if ended.is_none() && wanted.is_some() {
            trouble.program.splice(1..1, self.network_line());
        }
        // Only now, because it ends the program.
        let was_buffered = ended.is_none() && wanted.is_some_and(|text| self.flushes_at_end(text));
        let evidence = Evidence {
            step: self.step,
            ended,
            stdout: &stdout,
            stderr: &stderr,
            wanted,
            has_closed_stdout,
            floods: stdout.len().max(stderr.len()) > FLOOD,
            was_buffered,
            should_end: should_end || self.is_one_shot,
        };
        trouble.cause = cause::likely(&evidence, hint);
        Box::new(trouble)
    }

    /// Waits for the end of a program that seems to be ending now: whether its exit code and its last words are seen must
    /// not be chance.
    fn let_it_end(&mut self) {
        let has_closed = |program: &Program| {
            program.has_closed(Stream::Stdout) || program.has_closed(Stream::Stderr)
        };
        let is_ending = self.may_be_ending || self.program.as_ref().is_some_and(has_closed);
        if is_ending {
            let deadline = self.deadline_of(LAST_MOMENT);
            self.wait_for_end_until(&deadline);
        }
    }

    /// Interrupts the program, which most programs take as a reason to flush, and looks whether the text comes now.
    fn flushes_at_end(&mut self, text: &str) -> bool {
        const MOMENT: Duration = Duration::from_millis(700);
        let Some(program) = &mut self.program else { return false };
        if program.stdout_text().contains(text) {
            return false;
        }
        program.interrupt();
        self.wait_for_stdout(text, 0, &self.deadline_of(MOMENT)).is_some()
    }

    /// The program could not be started: nothing of it can be checked.
    fn could_not_start(&self, why: &str) -> Box<Trouble> {
        Box::new(Trouble {
            action: format!("started  {}", self.shown),
            seen: Seen::words("it runs", why),
            program: Vec::new(),
            cause: "this program can't be started here".to_owned(),
            section: "Run it",
            has_ended: false,
            not_started: true,
        })
    }

    /// The grader itself could not do something; that is no fault of the program.
    pub fn no_grader(&self, what: &str, error: &std::io::Error) -> Box<Trouble> {
        Box::new(Trouble {
            action: format!("the grader {what}"),
            seen: Seen::words("this works", error.to_string()),
            program: Vec::new(),
            cause: "this is no fault of the program: the computer refused it to the grader"
                .to_owned(),
            section: "How it works",
            has_ended: false,
            not_started: true,
        })
    }

    /// Ends the program, and what it started. Notes what the user should know although nothing failed.
    pub fn finish(&mut self) {
        let mut left_running = 0;
        if let Some(mut program) = self.program.take() {
            program.kill();
            program.set_deadline(LAST_MOMENT);
            let _ = program.wait();
            left_running = program.left_running();
            let (stdout, stderr) = program.thrown_away();
            let printed = (program.stdout_bytes().len() as u64).saturating_add(stdout);
            if printed.max(stderr) > FLOOD as u64 {
                self.notes
                    .push(format!("the program printed {printed} bytes; a loop without a wait?"));
            }
        }
        if left_running + tree::end(&self.mark) > 0 {
            self.notes.push(
                "the program left processes running outside of its process group; they were ended"
                    .to_owned(),
            );
        }
    }
}

/// Why the program waits at another address than at the one that it was given.
fn waits_elsewhere(
    protocol: Protocol,
    given: SocketAddr,
    other: Protocol,
    at: SocketAddr,
) -> String {
    if other != protocol {
        let kind = match protocol {
            Protocol::Tcp => "SOCK_STREAM (TCP)",
            Protocol::Udp => "SOCK_DGRAM (UDP)",
        };
        return format!("the socket is {}: this step needs {kind}", other.name());
    }
    if at.port() == given.port().swap_bytes() {
        return format!(
            "{} is {} with its two bytes swapped: the network has the high byte first, htons(port)",
            at.port(),
            given.port()
        );
    }
    format!("the program listens on {at} and not on the ADDRESS that it was given as an argument")
}

/// The command as a person would type it.
fn shown(program: &str, args: &[&str]) -> String {
    let mut words = program.to_owned();
    for arg in args {
        let short: String = arg.chars().take(60).collect();
        let more = if short.len() < arg.len() { "…" } else { "" };
        words += " ";
        words += &quoted(&format!("{short}{more}"));
    }
    words
}

/// A word as a shell takes it.
pub fn quoted(word: &str) -> String {
    let plain = |character: char| character.is_alphanumeric() || "-_./:=,@%+…".contains(character);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// A text of the story in quotes; of a long one the beginning and the end.
fn quoted_text(text: &str) -> String {
    const SHOWN: usize = 20;
    let letters: Vec<char> = text.chars().collect();
    if letters.len() <= 3 * SHOWN {
        return format!("\"{text}\"");
    }
    let start: String = letters[..SHOWN].iter().collect();
    let end: String = letters[letters.len() - SHOWN..].iter().collect();
    format!("\"{start}…{end}\"")
}

/// Arguments that name files are made absolute, so that a program can run in another folder.
pub fn absolute(word: &OsString, folder: &Path) -> OsString {
    let path = folder.join(word);
    let is_name = !word.to_string_lossy().starts_with('-');
    if is_name && path.exists() { path.into_os_string() } else { word.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_holds_64_random_bits_and_a_seed_repeats_them() {
        let texts = |seed, check| {
            let mut task = Task::new(Vec::new(), "nothing");
            task.seed = seed;
            let mut story = Story::new("udp-recv", &task, check);
            (0..1000).map(|_| story.text("你好")).collect::<Vec<_>>()
        };
        let first = texts(1, "prints");
        assert_eq!(first, texts(1, "prints"));
        assert_ne!(first, texts(2, "prints"));
        assert_ne!(first, texts(1, "empty"), "each check has its own");
        let secrets = first.iter().map(|text| text.strip_prefix("你好 ").unwrap());
        let numbers = secrets.map(|secret| u64::from_str_radix(secret, 16).unwrap());
        let (any, all) = numbers.fold((0, u64::MAX), |(any, all), one| (any | one, all & one));
        assert_eq!((any, all), (u64::MAX, 0), "each bit is drawn");
        assert!(first.iter().all(|text| !text.contains("88")));
    }
}
