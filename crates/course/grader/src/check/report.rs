//! The results of the checks, one step after the other: for people as soon as each is known, for other programs at the end.

use std::io::{self, Write};
use std::mem;

use common::here::here;
use common::text::clean;
use serde_json::{Value, json};

use testkit::screen::{Screen, Style};

use crate::edition::Edition;

use super::formats::{as_json, as_junit};
use super::grade::{Ending, Grade, Verdict, grade};
use super::story::FOR_EVERYONE;
use super::table::{Check, Step};
use super::task::Task;
use super::view::{Format, Hints, View, explained, story_lines};

/// Writes the results of one step after the other.
pub struct Report<'a> {
    out: &'a mut dyn Write,
    screen: Screen,
    view: View,
    seed: u64,
    /// The steps that are done, for the formats that need all of them.
    steps: Vec<Value>,
    suites: String,
    /// That the port is open for everyone was said: it is the same in each check.
    has_warned: bool,
}

impl<'a> Report<'a> {
    /// A report without a step yet.
    pub fn new(out: &'a mut dyn Write, screen: Screen, view: View, seed: u64) -> Report<'a> {
        Report {
            out,
            screen,
            view,
            seed,
            steps: Vec::new(),
            suites: String::new(),
            has_warned: false,
        }
    }

    /// Runs the checks of a step and writes, or keeps, what they say.
    pub fn step(&mut self, step: &'static Step, task: &Task) -> io::Result<Grade> {
        match self.view.format {
            Format::Text => {
                self.screen.line(
                    self.out,
                    Style::Bold,
                    &format!("{}: {}", step.name, task.shown),
                )?;
                let grade = grade(step, task, &mut |verdict| self.verdict(step, task, verdict))?;
                if grade.not_started().is_none() && !testkit::running::all_ended() {
                    self.points(&grade)?;
                }
                Ok(grade)
            }
            Format::Json => {
                let grade = grade(step, task, &mut |_| Ok(()))?;
                self.steps.push(as_json(&grade, task, self.view));
                Ok(grade)
            }
            Format::Junit => {
                let grade = grade(step, task, &mut |_| Ok(()))?;
                self.suites += &as_junit(&grade, task, self.view);
                Ok(grade)
            }
        }
    }

    /// Writes what was kept.
    pub fn finish(self) -> io::Result<()> {
        match self.view.format {
            Format::Text => Ok(()),
            Format::Json => {
                let all = json!({ "seed": self.seed.to_string(), "steps": self.steps });
                writeln!(self.out, "{all:#}")
            }
            Format::Junit => {
                let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
                writeln!(self.out, "{head}\n<testsuites>\n{}</testsuites>", self.suites)
            }
        }?;
        self.out.flush()
    }

    /// Where it writes.
    pub fn out(&mut self) -> &mut dyn Write {
        self.out
    }

    /// The line of a check, and its story if it is to be shown.
    pub fn verdict(&mut self, step: &Step, task: &Task, verdict: &Verdict) -> io::Result<()> {
        let check = verdict.check;
        let counts = self.view.extra || !check.extra;
        let (mark, style) = mark(verdict, counts);
        let kind = if check.extra { " (extra)" } else { "" };
        let mut head = Vec::new();
        let label = format!("  {mark} {:16} ", check.name);
        self.screen.paragraph(&mut head, &label, &format!("{}{kind}", check.looks_at))?;
        let head = String::from_utf8_lossy(&head);
        // Painted only now: a colour takes no room on the screen, but would be counted.
        write!(self.out, "{}", head.replacen(mark, &self.screen.paint(style, mark), 1))?;
        if self.view.stories || !verdict.passed() && counts {
            for line in story_lines(verdict) {
                writeln!(self.out, "      {}", clean(&line))?;
            }
        }
        for note in &verdict.notes {
            if note == FOR_EVERYONE && mem::replace(&mut self.has_warned, true) {
                continue;
            }
            self.screen.paragraph(self.out, "      note: ", note)?;
        }
        if verdict.trouble().is_some() && (counts || self.view.stories) {
            for (label, text) in explained(step, verdict, self.view.hints, Edition::asked_for()) {
                self.screen.paragraph(self.out, &format!("      {label:8}"), &text)?;
            }
            writeln!(self.out, "      again:  {}\n", clean(&here(&again(step, task, check))))?;
        }
        self.out.flush()
    }

    fn points(&mut self, grade: &Grade) -> io::Result<()> {
        let (core, of_core) = grade.count(false);
        let (extra, of_extra) = grade.count(true);
        let counted = if self.view.extra { "counted" } else { "not counted" };
        let mut parts = Vec::new();
        if of_core > 0 {
            parts.push(format!("{core} of {of_core} core"));
        }
        if extra < of_extra && !self.view.extra {
            writeln!(self.out, "  (--extra counts the extra checks, and shows their stories)")?;
        }
        if !grade.passed(self.view.extra)
            && let Some(more) = more_hints(self.view.hints)
        {
            writeln!(self.out, "  ({more})")?;
        }
        if of_extra > 0 {
            parts.push(format!("{extra} of {of_extra} extra, {counted}"));
        }
        if grade.unsure() > 0 {
            parts.push(format!("{} unsure, not counted", grade.unsure()));
        }
        parts.push(format!("{:.1} s, seed {}", grade.took.as_secs_f32(), self.seed));
        let line = format!("points: {}", parts.join("; "));
        let style = if grade.passed(self.view.extra) { Style::Good } else { Style::Bad };
        self.screen.line(self.out, style, &line)
    }
}

/// The sign of a verdict in front of its check.
pub fn mark(verdict: &Verdict, counts: bool) -> (&'static str, Style) {
    match verdict.ending {
        Ending::Passed => ("✓", Style::Good),
        Ending::Unsure(_) => ("?", Style::Dim),
        Ending::Impossible(_) => ("-", Style::Dim),
        _ if !counts => ("-", Style::Dim),
        Ending::Failed(_) => ("✗", Style::Bad),
        Ending::NotRun(_) => ("○", Style::Dim),
    }
}

/// What to type to be shown more.
fn more_hints(hints: Hints) -> Option<&'static str> {
    match hints {
        Hints::Question => Some("--hint shows the likely cause as well"),
        Hints::Cause => Some("--hint --hint shows what to do, and where to read"),
        Hints::None | Hints::Cure | Hints::Full => None,
    }
}

/// The command that repeats this check.
fn again(step: &Step, task: &Task, check: &Check) -> String {
    let extra = if check.extra { " --extra" } else { "" };
    let (step, name, seed, selected) = (step.name, check.name, task.seed, &task.selected);
    format!("cargo course check {step} --only {name}{extra} --seed {seed}{selected}")
}

/// `--list`: the checks of these steps, and what each of them looks at.
pub fn list(out: &mut dyn Write, screen: &Screen, steps: &[&Step]) -> io::Result<()> {
    for step in steps {
        screen.line(out, Style::Bold, &format!("{}: started as {}", step.name, step.started_as))?;
        for check in step.all_checks() {
            let kind = if check.extra { "extra" } else { "core " };
            let after = match check.after {
                [] => String::new(),
                first => format!(" (after {})", first.join(", ")),
            };
            let text = format!("{}{after}", check.looks_at);
            screen.paragraph(out, &format!("  {kind} {:16} ", check.name), &text)?;
        }
        writeln!(out)?;
    }
    screen.paragraph(
        out,
        "",
        "A check is not run when one of those fails that it comes after. A text is looked for anywhere on the program's stdout, \
         in UTF-8; only the extra checks `peer-shown` and `streams` ask for a form. Stdout is a pipe: flush what you print. A \
         program that must end by itself must end with exit code 0, unless a check says otherwise.",
    )
}
