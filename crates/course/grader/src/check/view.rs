//! What is shown of a verdict: its story, and as much of the explanation as was asked for.

use clap::ValueEnum;

use crate::edition::Edition;

use super::grade::{Ending, Verdict};
use super::table::Step;

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

/// The numbered actions; of a failure also what was expected, what came, and what the program said. Of a check that was
/// not run: why.
pub fn story_lines(verdict: &Verdict) -> Vec<String> {
    let mut lines = Vec::new();
    match &verdict.ending {
        Ending::NotRun(first) => lines.push(comes_first(first)),
        Ending::Impossible(why) => lines.push(impossible(why)),
        Ending::Passed | Ending::Failed(_) | Ending::Unsure(_) => {}
    }
    for (number, action) in (1..).zip(&verdict.actions) {
        lines.push(format!("{number:2}. {action}"));
    }
    if let Some(trouble) = verdict.trouble() {
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

/// Why a check was not run.
pub fn comes_first(check: &str) -> String {
    format!("not run: `{check}` comes first")
}

/// Why a check can't be run here.
pub fn impossible(why: &str) -> String {
    format!("not run: {why}")
}

/// The lines that explain a failure, each with its label, to a reader of this edition. Nobody knows the cause of what went
/// wrong only once.
pub fn explained(
    step: &Step,
    verdict: &Verdict,
    hints: Hints,
    edition: Edition,
) -> Vec<(&'static str, String)> {
    let Ending::Failed(trouble) = &verdict.ending else { return Vec::new() };
    let why = &trouble.why;
    let (page, heading) = place(step, trouble.section);
    let heading = edition.heading(&page, heading);
    let read = ("read:", format!("{}, \"{heading}\"", edition.page(&page)));
    let asks = ("think:", why.asks.clone());
    let likely = ("likely:", why.cause.clone());
    match hints {
        Hints::None => Vec::new(),
        Hints::Question => vec![asks],
        Hints::Cause => vec![asks, likely],
        Hints::Cure if why.cure.is_empty() => vec![asks, likely, read],
        Hints::Cure => vec![asks, likely, ("do:", why.cure.clone()), read],
        Hints::Full => vec![("likely:", why.full()), read],
    }
}

/// The page and the heading that a section names: one of the step's lesson, or `PAGE.md: HEADING`.
pub fn place(step: &Step, section: &'static str) -> (String, &'static str) {
    match section.split_once(".md: ") {
        None => (step.lesson.to_owned(), section),
        Some((page, heading)) => (format!("docs/lessons/{page}.md"), heading),
    }
}

/// The whole story of a failure with all that explains it, as one text, for the museum and the lessons.
pub fn story(step: &Step, verdict: &Verdict) -> String {
    story_with(step, verdict, Hints::Full)
}

/// The story of a verdict with this much of what explains it.
pub fn story_with(step: &Step, verdict: &Verdict, hints: Hints) -> String {
    let mut lines = story_lines(verdict);
    lines.extend(verdict.notes.iter().map(|note| format!("note: {note}")));
    let explained = explained(step, verdict, hints, Edition::English);
    lines.extend(explained.iter().map(|(label, text)| format!("{label:8}{text}")));
    lines.join("\n") + "\n"
}
