//! The results of the checks: for people as text, for other programs as JSON or JUnit's XML.

use std::io::{self, Write};

use clap::ValueEnum;
use common::text::clean;
use serde_json::{Value, json};

use testkit::screen::{Screen, Style};

use super::grade::{Grade, Verdict, grade};
use super::table::Step;
use super::task::Task;
use super::trouble::Trouble;

/// How the results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Text,
    /// One JSON object
    Json,
    /// JUnit's XML, which CI systems read
    Junit,
}

/// How much of the explanation of a failure is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hints {
    /// Nothing: the story must be enough.
    None,
    /// A question that leads to the cause.
    Question,
    /// The question, and the likely cause.
    Cause,
    /// The question, the likely cause, what to do, and where to read.
    Cure,
    /// The likely cause and what to do in one sentence, and where to read.
    Full,
}

/// What is shown of the results, and how.
#[derive(Clone, Copy)]
pub struct View {
    /// How they are written.
    pub format: Format,
    /// The extra checks count, too.
    pub extra: bool,
    /// The checks that passed have their story, too.
    pub stories: bool,
    /// How much is explained.
    pub hints: Hints,
}

/// Writes the results of one step after the other.
pub struct Report<'a> {
    out: &'a mut dyn Write,
    screen: Screen,
    view: View,
    seed: u64,
    /// The steps that are done, for the formats that need all of them.
    steps: Vec<Value>,
    suites: String,
}

impl<'a> Report<'a> {
    /// A report without a step yet.
    pub fn new(out: &'a mut dyn Write, screen: Screen, view: View, seed: u64) -> Report<'a> {
        Report { out, screen, view, seed, steps: Vec::new(), suites: String::new() }
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
            self.screen.paragraph(self.out, "      note: ", note)?;
        }
        if let (Some(trouble), true) = (&verdict.trouble, counts || self.view.stories) {
            for (label, text) in explained(step, trouble, self.view.hints) {
                self.screen.paragraph(self.out, &format!("      {label:8}"), &text)?;
            }
            writeln!(self.out, "      again:  {}\n", clean(&again(step, task, check.name)))?;
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
        parts.push(format!("{:.1} s, seed {}", grade.took.as_secs_f32(), self.seed));
        let line = format!("points: {}", parts.join("; "));
        let style = if grade.passed(self.view.extra) { Style::Good } else { Style::Bad };
        self.screen.line(self.out, style, &line)
    }
}

/// The sign of a verdict in front of its check.
pub fn mark(verdict: &Verdict, counts: bool) -> (&'static str, Style) {
    match (verdict.passed(), verdict.not_run) {
        (true, _) => ("✓", Style::Good),
        _ if !counts => ("-", Style::Dim),
        (false, None) => ("✗", Style::Bad),
        (false, Some(_)) => ("○", Style::Dim),
    }
}

/// The numbered actions; of a failure also what was expected, what came, and what the program said. Of a check that was
/// not run: why.
pub fn story_lines(verdict: &Verdict) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(first) = verdict.not_run {
        lines.push(comes_first(first));
    }
    for (number, action) in (1..).zip(&verdict.actions) {
        lines.push(format!("{number:2}. {action}"));
    }
    if let Some(trouble) = &verdict.trouble {
        lines.push(format!(
            "{:2}. {}  <- not as expected",
            verdict.actions.len() + 1,
            trouble.action
        ));
        for line in trouble.mismatch.lines().iter().chain(&trouble.program) {
            lines.push(format!("      {line}"));
        }
    }
    lines
}

fn comes_first(check: &str) -> String {
    format!("not run: `{check}` comes first")
}

/// The lines that explain a failure, each with its label.
fn explained(step: &Step, trouble: &Trouble, hints: Hints) -> Vec<(&'static str, String)> {
    let why = &trouble.why;
    let read = ("read:", format!("{}, \"{}\"", step.lesson, trouble.section));
    let asks = ("think:", why.asks.to_owned());
    let likely = ("likely:", why.cause.clone());
    match hints {
        Hints::None => Vec::new(),
        Hints::Question => vec![asks],
        Hints::Cause => vec![asks, likely],
        Hints::Cure if why.cure.is_empty() => vec![asks, likely, read],
        Hints::Cure => vec![asks, likely, ("do:", why.cure.to_owned()), read],
        Hints::Full => vec![("likely:", why.full()), read],
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
fn again(step: &Step, task: &Task, name: &str) -> String {
    let (step, seed, selected) = (step.name, task.seed, &task.selected);
    format!("cargo course check {step} --only {name} --seed {seed}{selected}")
}

/// The whole story of a failure with all that explains it as one text, for the museum and the lessons.
pub fn story(step: &Step, verdict: &Verdict) -> String {
    story_with(step, verdict, Hints::Full)
}

fn story_with(step: &Step, verdict: &Verdict, hints: Hints) -> String {
    let mut lines = story_lines(verdict);
    lines.extend(verdict.notes.iter().map(|note| format!("note: {note}")));
    if let Some(trouble) = &verdict.trouble {
        let explained = explained(step, trouble, hints);
        lines.extend(explained.iter().map(|(label, text)| format!("{label:8}{text}")));
    }
    lines.join("\n") + "\n"
}

fn as_json(grade: &Grade, task: &Task, view: View) -> Value {
    let (core, of_core) = grade.count(false);
    let (extra, of_extra) = grade.count(true);
    let (points, of) =
        if view.extra { (core + extra, of_core + of_extra) } else { (core, of_core) };
    let checks: Vec<Value> =
        grade.verdicts.iter().map(|verdict| check_as_json(grade.step, verdict, view)).collect();
    json!({
        "step": grade.step.name,
        "program": task.shown,
        "passed": grade.passed(view.extra),
        "points": { "earned": points, "possible": of },
        "core": { "passed": core, "checks": of_core },
        "extra": { "passed": extra, "checks": of_extra },
        "seconds": grade.took.as_secs_f64(),
        "checks": checks,
    })
}

fn check_as_json(step: &Step, verdict: &Verdict, view: View) -> Value {
    let shown = view.hints != Hints::None;
    let failure = verdict.trouble.as_ref().map(|trouble| {
        json!({
            "action": trouble.action,
            "seen": trouble.mismatch.lines(),
            "program": trouble.program,
            "question": shown.then_some(trouble.why.asks),
            "cause": shown.then_some(&trouble.why.cause),
            "cure": shown.then_some(trouble.why.cure),
            "lesson": step.lesson,
            "section": shown.then_some(trouble.section),
            "story": story_with(step, verdict, view.hints),
        })
    });
    json!({
        "name": verdict.check.name,
        "looks_at": verdict.check.looks_at,
        "kind": if verdict.check.extra { "extra" } else { "core" },
        "passed": verdict.passed(),
        "not_run": verdict.not_run.map(comes_first),
        "seconds": verdict.took.as_secs_f64(),
        "actions": verdict.actions,
        "notes": verdict.notes,
        "failure": failure,
    })
}

/// One `<testsuite>`. A check that was not run is a skipped test, and an extra one that failed and does not count.
fn as_junit(grade: &Grade, task: &Task, view: View) -> String {
    let counts = |verdict: &&Verdict| view.extra || !verdict.check.extra;
    let has_failed = |verdict: &&Verdict| verdict.trouble.is_some();
    let failures = grade.verdicts.iter().filter(counts).filter(has_failed).count();
    let skipped = grade.verdicts.iter().filter(|verdict| !verdict.passed()).count() - failures;
    let mut suite = format!(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failures}\" skipped=\"{skipped}\" time=\"{:.3}\">\n",
        xml(&format!("{}: {}", grade.step.name, task.shown)),
        grade.verdicts.len(),
        grade.took.as_secs_f64(),
    );
    for verdict in &grade.verdicts {
        suite += &format!(
            "    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3}\"",
            xml(grade.step.name),
            xml(verdict.check.name),
            verdict.took.as_secs_f64()
        );
        let word = if has_failed(&verdict) && counts(&verdict) { "failure" } else { "skipped" };
        let why = verdict.not_run.map(comes_first);
        let why = why.or_else(|| Some(message(verdict.trouble.as_ref()?, view.hints)));
        suite += &match why {
            None => "/>\n".to_owned(),
            Some(why) => format!(
                ">\n      <{word} message=\"{}\">{}</{word}>\n    </testcase>\n",
                xml(&why),
                xml(&story_with(grade.step, verdict, view.hints))
            ),
        };
    }
    suite + "  </testsuite>\n"
}

/// A failure in one line.
fn message(trouble: &Trouble, hints: Hints) -> String {
    match hints {
        Hints::None => format!("not as expected: {}", trouble.action),
        _ => trouble.why.full(),
    }
}

/// Text as it may stand in XML, where a few characters mean something and most control characters are forbidden.
pub fn xml(text: &str) -> String {
    let mut safe = String::new();
    for character in text.chars() {
        match character {
            '&' => safe += "&amp;",
            '<' => safe += "&lt;",
            '>' => safe += "&gt;",
            '"' => safe += "&quot;",
            '\n' | '\t' => safe.push(character),
            _ if character.is_control() || "\u{fffe}\u{ffff}".contains(character) => {
                safe.push('\u{fffd}')
            }
            _ => safe.push(character),
        }
    }
    safe
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
         in UTF-8; no format is asked for. Stdout is a pipe: flush what you print. A program that must end by itself must end \
         with exit code 0, unless a check says otherwise.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xml_holds_what_a_program_may_print() {
        assert_eq!(xml("a<b> & \"c\"\u{1b}[0m\n"), "a&lt;b&gt; &amp; &quot;c&quot;\u{fffd}[0m\n");
    }
}
