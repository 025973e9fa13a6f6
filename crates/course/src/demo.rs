//! `cargo course demo`: plays the scenarios and shows the two terminals of each one side by side.

use std::io::{self, Write};
use std::path::Path;
use std::time::Instant;

use ladder::play::{Played, Staging, play};
use ladder::scenario::Scenario;
use ladder::stepper::{Stepper, Wish};
use ladder::terminals::Terminals;
use testkit::outcome::{self, Outcome};
use testkit::program::Failure;
use testkit::running;
use testkit::screen::{Screen, Style};

/// Plays the steps with the programs in a folder, and writes what happens.
pub fn run(
    out: &mut dyn Write,
    screen: &Screen,
    steps: &[&Scenario],
    programs: &Path,
    mut stepper: Option<Stepper>,
) -> outcome::Result {
    let start = Instant::now();
    let mut checks = 0;
    let mut bad = Vec::new();
    screen.paragraph(
        out,
        "",
        "$ a command  > typed  - status (stderr)  . the end  ✓ as the lesson says",
    )?;
    for scenario in steps {
        head(out, screen, scenario)?;
        let played = play(scenario, programs, &Staging::default());
        if running::all_ended() {
            writeln!(out, "\ninterrupted")?;
            return Ok(Outcome::Interrupted);
        }
        checks += played.timeline.checks();
        if let Some(ended) = body(out, screen, &played, stepper.as_mut())? {
            return Ok(ended);
        }
        if played.failure.is_some() {
            bad.push(scenario.step);
        }
    }
    let seconds = start.elapsed().as_secs_f32();
    writeln!(out)?;
    if bad.is_empty() {
        screen.line(out, Style::Good, &good_end(steps.len(), checks, seconds))?;
        return Ok(Outcome::Good);
    }
    let text = format!(
        "✗ {} of {} not as the lesson says: {} ({seconds:.1} s)",
        bad.len(),
        steps.len(),
        bad.join(", ")
    );
    screen.line(out, Style::Bad, &text)?;
    Ok(Outcome::Bad)
}

/// The picture of a scenario that was played, as the course's pages show it: without colours, and with the words for
/// the end of a demo of this one step.
pub fn picture(width: usize, scenario: &Scenario, played: &Played) -> io::Result<String> {
    let screen = Screen { width, colour: false };
    let mut picture = Vec::new();
    head(&mut picture, &screen, scenario)?;
    body(&mut picture, &screen, played, None)?;
    if played.failure.is_none() {
        let end = good_end(1, played.timeline.checks(), played.took.as_secs_f32());
        writeln!(picture, "\n{end}")?;
    }
    Ok(String::from_utf8_lossy(&picture).trim().to_owned())
}

fn good_end(count: usize, checks: usize, seconds: f32) -> String {
    let steps = if count == 1 { "step" } else { "steps" };
    format!("✓ {count} {steps}, {checks} checks in {seconds:.1} s: all as the lessons say")
}

fn head(out: &mut dyn Write, screen: &Screen, scenario: &Scenario) -> io::Result<()> {
    writeln!(out)?;
    screen.line(out, Style::Bold, &format!("{}: {}", scenario.step, scenario.title))?;
    screen.paragraph(out, "", scenario.teaches)?;
    Terminals { screen }.headings(out)?;
    out.flush() // the rest comes when the scenario is over
}

/// Returns how the person ended it, if not all of it was shown.
fn body(
    out: &mut dyn Write,
    screen: &Screen,
    played: &Played,
    mut stepper: Option<&mut Stepper>,
) -> io::Result<Option<Outcome>> {
    let terminals = Terminals { screen };
    let count = played.timeline.events.len();
    for (index, event) in played.timeline.events.iter().enumerate() {
        if let Some(stepper) = &mut stepper
            && stepper.ask(out, screen, index + 1, count)? == Wish::End
        {
            let is_interrupted = running::all_ended();
            return Ok(Some(if is_interrupted { Outcome::Interrupted } else { Outcome::Good }));
        }
        terminals.event(out, &played.timeline, event)?;
    }
    if let Some(failure) = &played.failure {
        difference(out, screen, failure)?;
    }
    out.flush()?;
    Ok(None)
}

/// Shows what was expected beside what came instead.
fn difference(out: &mut dyn Write, screen: &Screen, failure: &Failure) -> io::Result<()> {
    screen.line(out, Style::Bad, "✗ not as the lesson says")?;
    let parts = [
        ("  program:  ", &failure.program),
        ("  expected: ", &failure.expected),
        ("  instead:  ", &failure.instead),
        ("  stderr:   ", &failure.stderr),
        ("  state:    ", &failure.state),
    ];
    for (label, text) in parts {
        // Of a long text only the end is shown: what went wrong is there.
        let lines: Vec<&str> = text.lines().collect();
        let lines = &lines[lines.len().saturating_sub(10)..];
        screen.paragraph(out, label, lines.first().unwrap_or(&"(nothing)"))?;
        for line in lines.iter().skip(1) {
            screen.paragraph(out, &" ".repeat(label.len()), line)?;
        }
    }
    Ok(())
}
