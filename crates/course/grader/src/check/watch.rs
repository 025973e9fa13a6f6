//! `cargo course check STEP --watch`: checks again after each change of a source, until nothing is left to mend.

use std::io::{self, IsTerminal, Write};
use std::process::{Command, Stdio};

use testkit::outcome::{self, Outcome, Stop};
use testkit::running;
use testkit::screen::{Screen, Style};
use testkit::shell;

use crate::edition::Edition;

use super::best;
use super::grade::grade;
use super::report::{Report, mark};
use super::sources::Sources;
use super::steps::STEPS;
use super::table::Step;
use super::task::Task;

/// What is done in each round.
pub struct Watch<'a> {
    /// The step.
    pub step: &'static Step,
    /// The command that builds the program, if it must be built.
    pub build: Option<&'a str>,
    /// Do the extra checks count?
    pub extra: bool,
    /// Is this all of the step's checks, and not `--only` some?
    pub is_whole: bool,
}

impl Watch<'_> {
    /// Round after round. `task` looks for the program again each time, because a build may have made it.
    pub fn run(
        &self,
        mut sources: Sources,
        report: &mut Report,
        task: &dyn Fn() -> outcome::Result<Task>,
    ) -> outcome::Result {
        let screen = &Screen::of_stdout();
        loop {
            sources.remember();
            if io::stdout().is_terminal() {
                report.out().write_all(b"\x1b[2J\x1b[H")?; // clears the screen
                report.out().flush()?; // before the compiler writes on it
            }
            let passed = match self.is_built()?.then(task) {
                Some(Ok(task)) => self.round(report, screen, task),
                Some(Err(problem)) => Err(problem),
                None => Ok(false), // the compiler has said why
            };
            match passed {
                _ if running::all_ended() => return Ok(Outcome::Interrupted),
                Ok(true) => return Ok(Outcome::Good),
                Ok(false) => {}
                Err(Stop::Unread) => return Err(Stop::Unread),
                Err(problem) => writeln!(report.out(), "{problem}")?, // the next change may mend it
            }
            let folder = sources.folder.display();
            let waits = format!("waiting for a change in {folder}; Ctrl-C ends");
            screen.line(report.out(), Style::Dim, &waits)?;
            report.out().flush()?;
            if !sources.wait() {
                return Ok(Outcome::Interrupted);
            }
        }
    }

    /// What the compiler says goes to the screen as it is.
    fn is_built(&self) -> outcome::Result<bool> {
        let Some(build) = self.build else { return Ok(true) };
        let mut shell = shell::command(build.as_ref());
        let streams = |command: &mut Command| {
            command.stdin(Stdio::null());
        };
        let mut builds = running::spawn(&mut shell, streams)
            .map_err(|error| format!("can't run the command of --build: {error}"))?;
        Ok(builds.wait().0.is_ok_and(|status| status.success()))
    }

    /// A mark for each check, and the story of the first failure. True: everything passed, and the next step is named.
    fn round(&self, report: &mut Report, screen: &Screen, mut task: Task) -> outcome::Result<bool> {
        if task.only.is_empty() {
            let checks = self.step.all_checks().filter(|check| self.extra || !check.extra);
            task.only = checks.map(|check| check.name.to_owned()).collect();
        }
        let head = format!("{}: {}", self.step.name, task.shown);
        screen.line(report.out(), Style::Bold, &head)?;
        let grade = grade(self.step, &task, &mut |verdict| {
            let (mark, style) = mark(verdict, true);
            write!(report.out(), " {}", screen.paint(style, mark))?;
            report.out().flush()
        })?;
        writeln!(report.out())?;
        if running::all_ended() {
            return Ok(false);
        }
        if let Some(why) = grade.not_started() {
            return Err(why.into());
        }
        if self.is_whole {
            best::keep(&grade);
        }
        let passed = grade.verdicts.iter().filter(|verdict| verdict.passed()).count();
        let points = format!("{passed} of {} checks pass", grade.verdicts.len());
        if let Some(first) = grade.verdicts.iter().find(|verdict| verdict.failed()) {
            report.verdict(self.step, &task, first)?;
            screen.line(report.out(), Style::Bad, &points)?;
            return Ok(false);
        }
        screen.line(report.out(), Style::Good, &points)?;
        self.next(report.out(), screen)?;
        Ok(true)
    }

    fn next(&self, out: &mut dyn Write, screen: &Screen) -> outcome::Result<()> {
        if !self.extra {
            screen.paragraph(
                out,
                "more:  ",
                "--extra checks the options of the step's own program too",
            )?;
        }
        let next = STEPS.iter().skip_while(|other| other.name != self.step.name).nth(1);
        let text = match next {
            Some(next) => {
                let lesson = Edition::asked_for().page(next.lesson);
                format!("{}, {lesson}; cargo course new {} DIR", next.name, next.name)
            }
            None => {
                let lesson = Edition::asked_for().page("docs/lessons/09-what-comes-next.md");
                format!("{lesson}; that was the last step")
            }
        };
        screen.paragraph(out, "next:  ", &text)?;
        Ok(())
    }
}
