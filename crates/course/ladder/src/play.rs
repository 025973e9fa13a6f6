//! Plays a scenario with the real programs, and writes down what happened in its two terminals.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

use common::here::here;
use tempfile::TempDir;
use testkit::output::Stream;
use testkit::program::{self, Exit, Failure, Launch, Result};
use testkit::submission::{line_by_line, with_settings};
use testkit::{find, running, temporary};

use crate::clock::{nanoseconds, now};
use crate::guest::{self, Guest};
use crate::scenario::{Action, GUEST, Scenario, Side};
use crate::timeline::{self, Event, Happening, Participant, Recorded, Timeline};

/// People read what a program says before they type. Without this pause its hints would come between the typed lines.
const READING: Duration = Duration::from_millis(30);

/// A scenario that was played.
pub struct Played {
    /// What happened.
    pub timeline: Timeline,
    /// What was not as the scenario says; it ended the play.
    pub failure: Option<Box<Failure>>,
    /// How long it took.
    pub took: Duration,
}

/// What `course watch` does differently from the demo.
#[derive(Clone, Debug, Default)]
pub struct Staging {
    /// The programs write down their calls, with the times, in this file.
    pub trace: Option<PathBuf>,
    /// The address to listen on instead of a free port. Only in a network where it is free.
    pub address: Option<String>,
    /// A student's program that plays in place of ours.
    pub guest: Guest,
}

/// Plays a scenario with the programs in a folder. The staging of the demo is the default one.
pub fn play(scenario: &Scenario, programs: &Path, staging: &Staging) -> Played {
    let start = Instant::now();
    let (timeline, failure) = match Theatre::new(scenario, programs, staging) {
        Ok(mut theatre) => {
            // Ctrl-C has ended the programs.
            let mut script = scenario.script.iter().take_while(|_| !running::all_ended());
            let played = script.try_for_each(|action| theatre.act(*action));
            theatre.write_down();
            (std::mem::take(&mut theatre.timeline), played.err())
        }
        Err(error) => (Timeline::default(), Some(no_folder(&error))),
    };
    let mut played = Played { timeline, failure, took: start.elapsed() };
    timeline::sort(&mut played.timeline.events);
    played
}

/// Do two programs run in this terminal at the same time?
fn is_crowded(scenario: &Scenario, side: Side) -> bool {
    let mut running: Vec<&str> = Vec::new();
    scenario.script.iter().any(|action| {
        match *action {
            Action::Waits(name, _) if side == Side::Right => running.push(name),
            Action::Calls(name, _) if side == Side::Left => running.push(name),
            Action::Ends(name, _) => running.retain(|running| *running != name),
            _ => {}
        }
        running.len() > 1
    })
}

/// The programs that are running, and what has happened so far.
struct Theatre<'a> {
    scenario: &'a Scenario,
    folder_of_programs: &'a Path,
    staging: &'a Staging,
    /// The programs, in the order of those of the timeline. They end before the folder is removed: fields are dropped in
    /// this order.
    programs: Vec<program::Program>,
    /// Which of them are the guest.
    guests: Vec<usize>,
    /// Each terminal has a folder of its own in it.
    folder: TempDir,
    /// The address that the last waiting program has printed.
    address: String,
    events: Receiver<program::Observation>,
    observer: Sender<program::Observation>,
    timeline: Timeline,
    /// Of each printed line: its program, its stream, its position in the stream, and its event.
    lines: Vec<(usize, Stream, usize, usize)>,
    checks: usize,
    start: Instant,
    began: u64,
}

impl Theatre<'_> {
    fn new<'a>(
        scenario: &'a Scenario,
        folder_of_programs: &'a Path,
        staging: &'a Staging,
    ) -> std::io::Result<Theatre<'a>> {
        let folder = tempfile::Builder::new().prefix("course-").tempdir()?;
        for side in [Side::Left, Side::Right] {
            fs::create_dir(folder.path().join(side.name()))?;
        }
        let (observer, events) = mpsc::channel();
        Ok(Theatre {
            scenario,
            folder_of_programs,
            staging,
            programs: Vec::new(),
            guests: Vec::new(),
            folder,
            address: String::new(),
            events,
            observer,
            timeline: Timeline::default(),
            lines: Vec::new(),
            checks: 0,
            start: Instant::now(),
            began: now(),
        })
    }

    fn act(&mut self, action: Action) -> Result<()> {
        use Action::{Calls, EndsInput, Interrupts, Types};
        if let Calls(..) | Types(..) | EndsInput(_) | Interrupts(_) = action {
            thread::sleep(READING);
        }
        if running::all_ended() {
            return Ok(()); // Ctrl-C came meanwhile
        }
        match action {
            Action::Waits(name, command) => self.start_waiting(name, command)?,
            Calls(name, command) => self.start(name, Side::Left, command)?,
            Types(name, line) => self.program(name)?.type_line(line)?,
            EndsInput(name) => self.program(name)?.end_input(),
            Interrupts(name) => self.program(name)?.interrupt(),
            Action::Prints(name, line) => drop(self.program(name)?.expect_stdout(line)?),
            Action::Reports(name, line) => drop(self.program(name)?.expect_stderr(line)?),
            Action::Ends(name, code) => {
                let index = self.index_of(name);
                match index.is_some_and(|index| self.guests.contains(&index)) {
                    true => drop(self.program(name)?.wait()?),
                    false => self.program(name)?.expect_exit(code)?,
                }
                self.write_down();
                let ended = self.timeline.events.iter().rposition(|event| {
                    event.program == index && matches!(event.what, Happening::Ended)
                });
                self.check(ended);
            }
            Action::HasFile(side, file, text) => {
                let path = self.folder_of(side).join(file);
                fs::write(path, text).map_err(|error| no_folder(&error))?;
            }
            Action::SameFile(file) => self.compare(file)?,
            Action::Pauses(milliseconds) => thread::sleep(Duration::from_millis(milliseconds)),
        }
        Ok(())
    }

    fn start_waiting(&mut self, name: &'static str, command: &str) -> Result<()> {
        if command.starts_with(GUEST) {
            return self.start_waiting_guest(name, command);
        }
        self.start(name, Side::Right, command)?;
        let event = self.timeline.events.len() - 1;
        self.address = self.program(name)?.listening()?;
        // The picture shows the port that the system chose: it is the one that the callers' commands name.
        let text = &mut self.timeline.events[event].text;
        *text = text.replace("127.0.0.1:0", &self.address);
        Ok(())
    }

    /// A guest knows its address from us, and need not report it in our words.
    fn start_waiting_guest(&mut self, name: &'static str, command: &str) -> Result<()> {
        let address = match &self.staging.address {
            Some(address) => address.clone(),
            None => guest::free_address().map_err(|error| no_folder(&error))?,
        };
        self.start(name, Side::Right, &command.replace("127.0.0.1:0", &address))?;
        let until = Instant::now() + program::DEADLINE;
        while !guest::is_waited_at(&address) {
            let guest = self.program(name)?;
            if Instant::now() > until || guest.ended().is_some() || !cfg!(target_os = "linux") {
                guest.listening()?;
                break;
            }
            thread::sleep(READING / 3);
        }
        self.address = address;
        Ok(())
    }

    fn start(&mut self, name: &'static str, side: Side, command: &str) -> Result<()> {
        self.write_down();
        let mut command = command.replace("{address}", &self.address);
        if let Some(address) = &self.staging.address {
            command = command.replace("127.0.0.1:0", address);
        }
        let index = self.timeline.programs.len();
        self.timeline.programs.push(Participant {
            name: name.to_owned(),
            process: 0, // not known yet
            side: Some(side),
            waits: side == Side::Right,
            is_labelled: is_crowded(self.scenario, side),
        });
        let (mut launch, shown) = match command.split_once(' ') {
            Some((GUEST, args)) => self.launch_guest(index, args),
            _ => (self.launch(&command), here(&format!("cargo {command}"))),
        };
        self.push(Instant::now(), index, Happening::Started, shown);
        if let Some(trace) = &self.staging.trace {
            launch = launch.env(common::record::TRACE, trace);
        }
        let launch = launch.current_dir(self.folder_of(side));
        let program = launch.observer(index, self.observer.clone()).start()?;
        self.timeline.programs[index].process = program.id();
        self.programs.push(program);
        Ok(())
    }

    fn launch(&self, command: &str) -> Launch {
        let mut words = command.split_whitespace();
        let path = self.path_of(words.next().unwrap_or_default());
        let args: Vec<&str> = words.collect();
        // A setting of the person who plays the demo must not change what the programs print.
        Launch::new(path).args(&args).without_env("SOCKET_ENCODING")
    }

    /// The guest, and its command as a person would type it.
    fn launch_guest(&mut self, index: usize, args: &str) -> (Launch, String) {
        let guest = &self.staging.guest;
        let watched_by = guest.watched_by.get(self.guests.len()).cloned().unwrap_or_default();
        let args_words = args.split_whitespace().map(OsString::from);
        let command = guest.command.iter().cloned().chain(args_words);
        let mut words = watched_by.into_iter().chain(line_by_line()).chain(command);
        let path = words.next().unwrap_or_default();
        let words: Vec<OsString> = words.collect();
        self.guests.push(index);
        let shown = format!("{} {args}", guest.shown);
        let launch = Launch::new(path).args(&words).shown_as(&shown);
        (with_settings(launch).env("PYTHONUNBUFFERED", "1"), shown)
    }

    /// The tool itself takes part in the lessons that are about single calls; it need not lie beside the programs.
    fn path_of(&self, step: &str) -> PathBuf {
        match std::env::current_exe() {
            Ok(tool) if step == "course" => tool,
            _ => find::program_in(self.folder_of_programs, step),
        }
    }

    fn folder_of(&self, side: Side) -> PathBuf {
        self.folder.path().join(side.name())
    }

    fn index_of(&self, name: &str) -> Option<usize> {
        self.timeline.programs.iter().position(|program| program.name == name)
    }

    fn program(&mut self, name: &str) -> Result<&mut program::Program> {
        let index = self.index_of(name);
        let program = index.and_then(|index| self.programs.get_mut(index));
        program.ok_or_else(|| mistake(name, "to be started first", "it never was"))
    }

    /// Adds an event of a program.
    fn push(&mut self, at: Instant, program: usize, what: Happening, text: impl Into<String>) {
        let at = self.began + nanoseconds(at.duration_since(self.start));
        let side = self.timeline.programs[program].side;
        let event = Event::new(at, what, text);
        self.timeline.events.push(Event { program: Some(program), side, ..event });
    }

    /// Writes down what has happened since the last time.
    fn write_down(&mut self) {
        use program::Change;
        while let Ok(program::Observation { program, at, what }) = self.events.try_recv() {
            match what {
                Change::Typed(line) => self.push(at, program, Happening::Typed, line),
                Change::InputEnded => {
                    self.push(at, program, Happening::Key, "Ctrl-D: the input ends");
                }
                Change::Interrupted => self.push(at, program, Happening::Key, "Ctrl-C"),
                Change::Printed(stream, line) => {
                    let said = || Happening::Said(Recorded::default());
                    let is_result = stream == Stream::Stdout;
                    let what = if is_result { Happening::Printed } else { said() };
                    self.lines.push((program, stream, line.at, self.timeline.events.len()));
                    self.push(at, program, what, line.text);
                }
                Change::Expected(stream, line) => {
                    let line = (program, stream, line.at);
                    let known = self.lines.iter().find(|known| (known.0, known.1, known.2) == line);
                    self.check(known.map(|known| known.3));
                }
                Change::Ended(Exit::Code(0)) => self.push(at, program, Happening::Ended, "ends"),
                Change::Ended(exit) => {
                    self.push(at, program, Happening::Ended, format!("ends with {exit}"));
                }
            }
        }
    }

    /// This event is as the scenario says.
    fn check(&mut self, event: Option<usize>) {
        self.checks += 1;
        if let Some(event) = event {
            self.timeline.events[event].check = Some(self.checks);
        }
    }

    /// Compares a file in the two folders, byte for byte.
    fn compare(&mut self, file: &'static str) -> Result<()> {
        self.write_down();
        let read = |side| fs::read(self.folder_of(side).join(file));
        match (read(Side::Left), read(Side::Right)) {
            (Ok(left), Ok(right)) if left == right => {
                let text = format!("{file}: {} bytes, the same on both sides", left.len());
                let at = self.began + nanoseconds(self.start.elapsed());
                let event = Event::new(at, Happening::Looked, text);
                self.timeline.events.push(Event { side: Some(Side::Left), ..event });
                self.check(Some(self.timeline.events.len() - 1));
                Ok(())
            }
            (Ok(left), Ok(right)) => {
                let instead =
                    format!("{} bytes that differ from the {} served", left.len(), right.len());
                Err(mistake(file, "the same bytes on both sides", &instead))
            }
            (Err(error), _) | (_, Err(error)) => {
                Err(mistake(file, "the file on both sides", &error.to_string()))
            }
        }
    }
}

fn no_folder(error: &std::io::Error) -> Box<Failure> {
    let instead = format!("{error}; {} can name another folder", temporary::VARIABLE);
    mistake("the demo", "a temporary folder to play in", &instead)
}

/// A failure of the demo itself.
fn mistake(what: &str, expected: &str, instead: &str) -> Box<Failure> {
    Box::new(Failure {
        program: what.to_owned(),
        expected: expected.to_owned(),
        instead: instead.to_owned(),
        ..Failure::default()
    })
}
