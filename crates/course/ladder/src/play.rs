//! Plays a scenario with the real programs, and writes down what happened on each side, in order of time.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use tempfile::TempDir;

use crate::scenario::{Action, Scenario, Side};
use testkit::output::Stream;
use testkit::program::{Change, Exit, Failure, Launch, Observation, Program, Result};

/// People read what a program says before they type. Without this pause its hints would come between what they type.
const READING: Duration = Duration::from_millis(30);

/// What a row of the transcript is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The command that started a program.
    Command,
    /// A line that was typed.
    Typed,
    /// A key that was pressed: Ctrl-C, Ctrl-D.
    Key,
    /// A line on stdout.
    Result,
    /// A line on stderr.
    Status,
    /// The end of a program.
    Ended,
    /// Something that was looked at when the programs were done.
    Looked,
}

/// One thing that happened in one of the two terminals.
#[derive(Clone, Debug)]
pub struct Row {
    /// In which terminal.
    pub side: Side,
    /// Which program, where several of them run in one terminal.
    pub label: Option<&'static str>,
    /// What kind of thing.
    pub kind: Kind,
    /// Its text.
    pub text: String,
    /// The lesson says that it happens, and it did.
    pub checked: bool,
    /// How long after the start.
    pub at: Duration,
    /// Which of [`Transcript::programs`].
    pub program: usize,
    line_at: usize,
    /// The how many-th check of the scenario this was.
    check: usize,
}

/// All that happened in a scenario.
pub struct Transcript {
    /// What happened, in order of time.
    pub rows: Vec<Row>,
    /// What was not as the scenario says. Nothing was played after it.
    pub failure: Option<Box<Failure>>,
    /// How long it took.
    pub took: Duration,
    /// When it began, on the clock that the narration and the packets are stamped with.
    pub began: SystemTime,
    /// The programs that took part, in the order in which they were started.
    pub programs: Vec<Played>,
}

/// A program that took part.
#[derive(Clone, Debug)]
pub struct Played {
    /// Its name in the scenario.
    pub name: &'static str,
    /// In which terminal it ran.
    pub side: Side,
    /// The number that the system gave to the process.
    pub id: u32,
}

/// What `course watch` has otherwise than the demo.
#[derive(Clone, Debug, Default)]
pub struct Setting {
    /// The programs write their narration, with its times, to this file.
    pub trace: Option<PathBuf>,
    /// The address to listen on instead of a free port. Only where nobody else can have it.
    pub address: Option<String>,
}

impl Transcript {
    /// How many things happened as the scenario says.
    pub fn checks(&self) -> usize {
        self.rows.iter().filter(|row| row.checked).count()
    }
}

/// Plays a scenario with the programs in a folder.
pub fn play(scenario: &Scenario, programs: &Path) -> Transcript {
    play_in(scenario, programs, &Setting::default())
}

/// The same in another setting.
pub fn play_in(scenario: &Scenario, programs: &Path, setting: &Setting) -> Transcript {
    let (start, began) = (Instant::now(), SystemTime::now());
    let mut transcript = Transcript {
        rows: Vec::new(),
        failure: None,
        took: Duration::ZERO,
        began,
        programs: Vec::new(),
    };
    match Stage::new(scenario, programs, setting, start) {
        Ok(mut stage) => {
            let played = scenario.script.iter().try_for_each(|action| stage.act(*action));
            stage.write_down();
            transcript.failure = played.err();
            transcript.rows = stage.rows.split_off(0);
            transcript.programs = stage.actors.iter().map(Actor::played).collect();
        }
        Err(error) => transcript.failure = Some(no_folder(&error)),
    }
    sort_what_is_simultaneous(&mut transcript.rows);
    transcript.took = start.elapsed();
    transcript
}

/// Lines that came through different pipes at the same moment may have been read in either order. Puts each such pair
/// into the order in which a person would tell it.
fn sort_what_is_simultaneous(rows: &mut [Row]) {
    for end in (1..rows.len()).rev() {
        for next in 1..=end {
            if wrongly_before(&rows[next - 1], &rows[next]) {
                rows.swap(next - 1, next);
            }
        }
    }
}

fn wrongly_before(one: &Row, two: &Row) -> bool {
    const MOMENT: Duration = Duration::from_millis(5);
    if two.at.saturating_sub(one.at) > MOMENT {
        return false; // our clock could tell, so the order is what happened
    }
    if one.checked && two.checked {
        return one.check > two.check; // the scenario's order: a question stands before its answer
    }
    // A program that receives something shows it first, and then says what that means ("your turn").
    one.program == two.program && one.kind == Kind::Status && two.kind == Kind::Result
}

/// Do two programs run in this terminal at the same time?
fn crowded(scenario: &Scenario, side: Side) -> bool {
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

/// A program that takes part, under the name that the scenario gives it.
struct Actor {
    name: &'static str,
    side: Side,
    program: Program,
}

impl Actor {
    fn played(&self) -> Played {
        Played { name: self.name, side: self.side, id: self.program.id() }
    }
}

/// The programs that are running, and what has happened so far.
struct Stage {
    programs: PathBuf,
    setting: Setting,
    actors: Vec<Actor>,
    /// Each terminal has a folder of its own in it. It is removed when the scenario is over, after the programs above
    /// have ended: fields are dropped in this order.
    folder: TempDir,
    /// The terminals in which each row must tell which program it belongs to.
    labelled: Vec<Side>,
    address: String,
    events: Receiver<Observation>,
    observer: Sender<Observation>,
    rows: Vec<Row>,
    checks: usize,
    start: Instant,
}

impl Stage {
    fn new(
        scenario: &Scenario,
        programs: &Path,
        setting: &Setting,
        start: Instant,
    ) -> std::io::Result<Stage> {
        let folder = tempfile::Builder::new().prefix("course-").tempdir()?;
        for side in [Side::Left, Side::Right] {
            fs::create_dir(folder_of(&folder, side))?;
        }
        let sides = [Side::Left, Side::Right].into_iter();
        let (observer, events) = mpsc::channel();
        Ok(Stage {
            programs: programs.to_owned(),
            setting: setting.clone(),
            folder,
            actors: Vec::new(),
            labelled: sides.filter(|side| crowded(scenario, *side)).collect(),
            address: String::new(),
            events,
            observer,
            rows: Vec::new(),
            checks: 0,
            start,
        })
    }

    fn act(&mut self, action: Action) -> Result<()> {
        if let Action::Calls(..)
        | Action::Types(..)
        | Action::EndsInput(_)
        | Action::Interrupts(_) = action
        {
            thread::sleep(READING);
        }
        match action {
            Action::Waits(name, command) => self.start_waiting(name, command)?,
            Action::Calls(name, command) => self.start(name, Side::Left, command)?,
            Action::Types(name, line) => self.actor(name)?.type_line(line)?,
            Action::EndsInput(name) => self.actor(name)?.end_input(),
            Action::Interrupts(name) => self.actor(name)?.interrupt(),
            Action::Prints(name, line) => drop(self.actor(name)?.expect_stdout(line)?),
            Action::Tells(name, line) => drop(self.actor(name)?.expect_stderr(line)?),
            Action::Ends(name, code) => {
                self.actor(name)?.expect_exit(code)?;
                self.check_end(name);
            }
            Action::HasFile(side, file, text) => {
                let path = folder_of(&self.folder, side).join(file);
                fs::write(path, text).map_err(|error| no_folder(&error))?;
            }
            Action::SameFile(file) => self.compare(file)?,
            Action::Pauses(milliseconds) => thread::sleep(Duration::from_millis(milliseconds)),
        }
        Ok(())
    }

    fn start_waiting(&mut self, name: &'static str, command: &str) -> Result<()> {
        self.start(name, Side::Right, command)?;
        let command_row = self.rows.len() - 1;
        self.address = self.actor(name)?.listening()?;
        // The picture shows the port that the system chose: it is the one that the callers' commands name.
        let row = &mut self.rows[command_row];
        row.text = row.text.replace("127.0.0.1:0", &self.address);
        Ok(())
    }

    fn start(&mut self, name: &'static str, side: Side, command: &str) -> Result<()> {
        self.write_down();
        let mut command = command.replace("{address}", &self.address);
        if let Some(address) = &self.setting.address {
            command = command.replace("127.0.0.1:0", address);
        }
        let mut words = command.split_whitespace();
        let step = words.next().unwrap_or_default();
        let args: Vec<&str> = words.collect();
        let number = self.actors.len();
        let row = self.row(side, name, Kind::Command, format!("cargo {command}"));
        self.rows.push(Row { program: number, ..row });
        let path = self.path_of(step);
        // A setting of the person who plays the demo must not change what the programs print.
        let mut launch = Launch::new(path).args(&args).without_env("SOCKET_ENCODING");
        if let Some(trace) = &self.setting.trace {
            launch = launch.env(common::record::TRACE, trace);
        }
        let launch = launch.current_dir(folder_of(&self.folder, side));
        let program = launch.observer(number, self.observer.clone()).start()?;
        self.actors.push(Actor { name, side, program });
        Ok(())
    }

    /// The tool itself takes part in the lessons that are about single calls; it need not lie beside the programs.
    fn path_of(&self, step: &str) -> PathBuf {
        match std::env::current_exe() {
            Ok(tool) if step == "course" => tool,
            _ => self.programs.join(format!("{step}{}", std::env::consts::EXE_SUFFIX)),
        }
    }

    fn actor(&mut self, name: &str) -> Result<&mut Program> {
        let actor = self.actors.iter_mut().find(|actor| actor.name == name);
        actor
            .map(|actor| &mut actor.program)
            .ok_or_else(|| mistake(name, "to be started first", "it never was"))
    }

    fn row(&self, side: Side, name: &'static str, kind: Kind, text: String) -> Row {
        let label = self.labelled.contains(&side).then_some(name);
        Row {
            side,
            label,
            kind,
            text,
            checked: false,
            at: self.start.elapsed(),
            program: 0,
            line_at: 0,
            check: 0,
        }
    }

    /// Writes down what has happened since the last time.
    fn write_down(&mut self) {
        while let Ok(event) = self.events.try_recv() {
            let Some(actor) = self.actors.get(event.program) else { continue };
            let (side, name) = (actor.side, actor.name);
            let (kind, text, line_at) = match event.what {
                Change::Typed(line) => (Kind::Typed, line, 0),
                Change::InputEnded => (Kind::Key, "Ctrl-D: the input ends".to_owned(), 0),
                Change::Interrupted => (Kind::Key, "Ctrl-C".to_owned(), 0),
                Change::Printed(Stream::Stdout, line) => (Kind::Result, line.text, line.at),
                Change::Printed(Stream::Stderr, line) => (Kind::Status, line.text, line.at),
                Change::Expected(stream, line) => {
                    self.check_line(event.program, stream, line.at);
                    continue;
                }
                Change::Ended(Exit::Code(0)) => (Kind::Ended, "ends".to_owned(), 0),
                Change::Ended(exit) => (Kind::Ended, format!("ends with {exit}"), 0),
            };
            let at = event.at.duration_since(self.start);
            let row = self.row(side, name, kind, text);
            self.rows.push(Row { at, program: event.program, line_at, ..row });
        }
    }

    fn check_line(&mut self, program: usize, stream: Stream, line_at: usize) {
        let kind = if stream == Stream::Stdout { Kind::Result } else { Kind::Status };
        self.check(|row| row.program == program && row.kind == kind && row.line_at == line_at);
    }

    fn check_end(&mut self, name: &str) {
        self.write_down();
        let number = self.actors.iter().position(|actor| actor.name == name);
        self.check(|row| Some(row.program) == number && row.kind == Kind::Ended);
    }

    fn check(&mut self, is_it: impl Fn(&Row) -> bool) {
        self.checks += 1;
        if let Some(row) = self.rows.iter_mut().find(|row| is_it(row)) {
            row.checked = true;
            row.check = self.checks;
        }
    }

    /// Compares a file in the two folders, byte for byte.
    fn compare(&mut self, file: &'static str) -> Result<()> {
        self.write_down();
        let read = |side| fs::read(folder_of(&self.folder, side).join(file));
        match (read(Side::Left), read(Side::Right)) {
            (Ok(left), Ok(right)) if left == right => {
                let text = format!("{file}: {} bytes, the same on both sides", left.len());
                let row = self.row(Side::Left, "", Kind::Looked, text);
                self.rows.push(Row { checked: true, label: None, check: self.checks, ..row });
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

fn folder_of(folder: &TempDir, side: Side) -> PathBuf {
    folder.path().join(match side {
        Side::Left => "left",
        Side::Right => "right",
    })
}

fn no_folder(error: &std::io::Error) -> Box<Failure> {
    mistake("the demo", "a temporary folder to play in", &error.to_string())
}

/// A failure that is not one program's alone.
fn mistake(what: &str, expected: &str, instead: &str) -> Box<Failure> {
    Box::new(Failure {
        program: what.to_owned(),
        expected: expected.to_owned(),
        instead: instead.to_owned(),
        stdout: String::new(),
        stderr: String::new(),
        state: String::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(program: usize, kind: Kind, at: u64, check: usize) -> Row {
        let at = Duration::from_millis(at);
        let text = format!("{at:?} {check}");
        Row {
            side: Side::Left,
            label: None,
            kind,
            text,
            checked: check > 0,
            at,
            program,
            line_at: 0,
            check,
        }
    }

    fn sorted(mut rows: Vec<Row>) -> Vec<usize> {
        sort_what_is_simultaneous(&mut rows);
        rows.iter().map(|row| row.check).collect()
    }

    #[test]
    fn what_is_simultaneous_stands_in_the_scenarios_order() {
        let result = |program, at, check| row(program, Kind::Result, at, check);
        assert_eq!(sorted(vec![result(0, 10, 2), result(1, 11, 1)]), [1, 2]);
        assert_eq!(sorted(vec![result(0, 10, 3), result(1, 11, 2), result(2, 12, 1)]), [1, 2, 3]);
        assert_eq!(
            sorted(vec![result(0, 10, 2), result(1, 20, 1)]),
            [2, 1],
            "this is what happened"
        );
        assert_eq!(sorted(vec![row(0, Kind::Status, 10, 0), result(0, 10, 1)]), [1, 0]);
        assert_eq!(sorted(vec![row(1, Kind::Status, 10, 0), result(0, 10, 1)]), [0, 1]);
    }
}
