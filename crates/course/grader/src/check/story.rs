//! What a check is written with: start the program, type, expect. A story has a log, in which all of it is written down, and the
//! program under test; the grader's own ends of the network are in `peer`, and take part with [`Story::says`] and
//! [`Story::saw`].

use std::net::SocketAddr;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use super::cause;
use super::chance::Chance;
use super::hint::Hint;
use super::language;
use super::log::{Ends, Entry, Log};
use super::patience::Deadline;
use super::ports::{self, Port, Protocol};
use super::subject::Subject;
use super::task::Task;
use super::trouble::{CheckResult, Mismatch, Trouble};
use crate::bytes;
use crate::words::Language;

/// Stands for the program's own address in its arguments.
pub const ADDRESS: &str = "{address}";

/// What the user should know about a program that opens its port for everyone.
pub const FOR_EVERYONE: &str = "the program listens on all addresses (0.0.0.0), and not only on the one that it was given: the whole network can reach it";

/// How long a program may take until it waits, or makes its first call. Java under load needs its time.
const START: Duration = Duration::from_secs(5);

/// How long anything else may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long a program may take to wait for its input again.
const MOMENT: Duration = Duration::from_millis(300);

/// How often to poll a condition that sends no notification.
const POLL: Duration = Duration::from_millis(10);

/// One check while it runs.
pub struct Story<'a> {
    pub(super) step: &'static str,
    task: &'a Task,
    pub(super) chance: Chance,
    pub(super) log: Log,
    /// The program under test.
    pub subject: Subject<'a>,
    /// The port that the program was told to wait at.
    port: Option<Port>,
    /// What this computer lacks for this check.
    pub(super) lacks: Option<String>,
}

// The log.
impl Story<'_> {
    /// A story in which nothing has happened yet.
    pub fn new<'a>(step: &'static str, task: &'a Task, check: &str) -> Story<'a> {
        let chance = Chance::new(task.seed, check);
        let subject = Subject::new(task);
        Story { step, task, chance, log: Log::default(), subject, port: None, lacks: None }
    }

    /// Adds a line to the story: something was done, and it went well.
    pub fn did(&mut self, action: impl Into<String>) {
        self.log.add(Entry::Action(action.into()));
    }

    /// The grader says something to the program: only what is printed from now on can be about it.
    pub fn says(&mut self, on: Option<Ends>) {
        self.log.add(Entry::Said { printed: self.subject.printed(), on });
    }

    /// Adds a line to the story: the program did what was expected.
    pub fn saw(&mut self, action: impl Into<String>) {
        self.saw_stdout(0, action);
    }

    /// The same, and up to here its stdout holds what was expected.
    pub(super) fn saw_stdout(&mut self, up_to: usize, action: impl Into<String>) {
        self.log.add(Entry::Saw { up_to });
        self.did(action);
    }

    /// The check can't be run on this computer. It ends here, and says nothing about the program.
    pub fn lacks(&mut self, what: &str) -> CheckResult {
        self.lacks = Some(what.to_owned());
        Ok(())
    }

    /// A text that no program can know or guess beforehand, with these words.
    pub fn text(&mut self, words: &str) -> String {
        self.chance.text(words)
    }

    /// The seed of something else that depends on chance.
    pub fn random_seed(&mut self) -> u64 {
        self.chance.seed()
    }

    /// Random bytes.
    pub fn random_bytes(&mut self, length: usize) -> Vec<u8> {
        self.chance.bytes(length)
    }

    /// The language of the program, if it is known.
    pub fn language(&self) -> Option<Language> {
        self.task.language.or_else(|| language::of_last_words(&self.subject.stderr()))
    }

    /// Ends the program, and what it started. Returns the actions, and what the user should know although nothing failed.
    pub fn finish(mut self) -> (Vec<String>, Vec<String>) {
        self.log.notes.extend(self.subject.finish());
        self.log.into_texts()
    }
}

// Waiting.
impl Story<'_> {
    /// How long to wait, longer where the user asked for it.
    fn patience(&self) -> Duration {
        let patience = if self.log.has_contact() { PATIENCE } else { START };
        patience.mul_f64(self.task.patience)
    }

    /// The same in words.
    pub fn seconds(&self) -> String {
        format!("{} s", self.patience().as_secs_f32())
    }

    /// Begins a wait for the program.
    pub fn deadline(&self) -> Deadline {
        self.subject.deadline(self.patience())
    }

    /// Asks until there is an answer, the program has ended, or for too long.
    pub fn wait_for<T>(&self, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
        let answer = self.deadline().poll(POLL, || {
            let has_ended = self.subject.has_ended(); // if so, the answer to this question is the last one
            let answer = ask();
            (answer.is_some() || has_ended).then_some(answer)
        });
        answer.flatten()
    }
}

// The program.
impl Story<'_> {
    /// Starts the program: `PROGRAM ARG...` and these arguments.
    pub fn start(&mut self, args: &[&str]) -> CheckResult {
        self.start_as(args, false)
    }

    /// Starts a program that does one thing and ends.
    pub fn start_one_shot(&mut self, args: &[&str]) -> CheckResult {
        self.start_as(args, true)
    }

    fn start_as(&mut self, args: &[&str], is_one_shot: bool) -> CheckResult {
        let command = self.task.command(args);
        let started = self.subject.start(args, is_one_shot);
        started.map_err(|why| Trouble::of_start(&command, &why))?;
        self.log.add(Entry::Started);
        self.did(format!("started  {command}"));
        Ok(())
    }

    /// Starts the program with a free port in the place of [`ADDRESS`], and waits until the port is open.
    pub fn start_waiting(&mut self, protocol: Protocol, args: &[&str], hint: &Hint) -> CheckResult {
        if self.port.is_none() {
            self.choose_port()?;
        }
        let address = self.address().to_string();
        let args: Vec<&str> =
            args.iter().map(|arg| if *arg == ADDRESS { address.as_str() } else { arg }).collect();
        self.start(&args)?;
        self.wait_for_port(protocol, hint)
    }

    /// Chooses a free port for the program.
    pub fn choose_port(&mut self) -> CheckResult<SocketAddr> {
        let port = Port::choose().map_err(|error| Trouble::of_grader("chose a port", &error))?;
        let address = port.address();
        self.port = Some(port);
        Ok(address)
    }

    /// The address at which the program was told to wait.
    pub fn address(&self) -> SocketAddr {
        self.port.as_ref().map_or_else(|| ([127, 0, 0, 1], 0).into(), Port::address)
    }

    fn wait_for_port(&mut self, protocol: Protocol, hint: &Hint) -> CheckResult {
        let given = self.address();
        let found = self.wait_for(|| match ports::is_open(protocol, given.port()) {
            (false, _) => None,
            (true, own) => Some(own),
        });
        let Some(own) = found else { return Err(self.port_never_opened(protocol, hint)) };
        self.log.add(Entry::Saw { up_to: 0 });
        // A program that opens its port for everyone does what was asked for all the same.
        if own.is_some_and(|own| own.ip().is_unspecified()) {
            self.log.notes.push(FOR_EVERYONE.to_owned());
        }
        Ok(())
    }

    fn port_never_opened(&mut self, protocol: Protocol, hint: &Hint) -> Box<Trouble> {
        let given = self.address();
        let ended = self.subject.has_ended();
        let mut elsewhere = self.subject.sockets().unwrap_or_default();
        elsewhere.retain(|socket| socket.waits && !ended);
        let came = match elsewhere.first() {
            _ if ended => "the program ended before it was open".to_owned(),
            Some(at) => {
                format!("the program waits at {} ({}) instead", at.local, at.protocol.name())
            }
            None => format!("after {} nobody waits there", self.seconds()),
        };
        let expected = format!("{given} is open ({})", protocol.name());
        let action = format!("waited until the program opens {given} ({})", protocol.name());
        let mut trouble = self.trouble(action, Mismatch::words(expected, came), hint);
        if let Some(at) = elsewhere.first() {
            let is_restarted = self.log.has_contact_in_any_run();
            trouble.why =
                cause::waits_elsewhere((protocol, given), (at.protocol, at.local), is_restarted);
        }
        trouble
    }

    /// Gives the program time to wait for the keyboard again: a prompt that it prints on the way there would flush what another
    /// thread has printed, if that came earlier.
    pub fn let_it_wait(&mut self) {
        thread::sleep(MOMENT);
        self.did("waited a moment");
    }

    /// Types a line into the program.
    pub fn type_line(&mut self, line: &str) {
        self.says(None);
        self.log.add(Entry::Typed(line.len() + 1));
        self.did(format!("typed  {line}"));
        self.subject.write(&format!("{line}\n"));
    }

    /// Pipes a text into the program.
    pub fn pipe(&mut self, text: &str) {
        self.did(format!("piped {} of lines into it", bytes::count(text.len())));
        self.subject.write(text);
    }

    /// Ends the program's input (Ctrl-D).
    pub fn end_input(&mut self) {
        self.did("ended its input (Ctrl-D)");
        self.subject.end_input();
    }

    /// Ends the program at once, as `kill -9` does.
    pub fn kill(&mut self) {
        self.subject.kill();
        self.did("killed the program");
    }

    /// A folder of this check's own. The program runs in it from now on, if it is not running yet.
    pub fn own_folder(&mut self) -> CheckResult<PathBuf> {
        self.subject.folder().map_err(|error| Trouble::of_grader("made a folder", &error))
    }
}
