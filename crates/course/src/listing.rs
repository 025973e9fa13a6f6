//! `cargo course`: the list of the steps, with what to type for each, and the tool's commands.

use std::io::{self, Write};

use grader::check::{EXERCISES, best};
use grader::edition::Edition;
use ladder::lessons::LESSONS;
use ladder::scenario::SCENARIOS;
use testkit::screen::{Screen, Style};

use crate::starter::about;

/// Writes the list.
pub fn list(out: &mut dyn Write, screen: &Screen) -> io::Result<()> {
    screen.paragraph(
        out,
        "",
        "Each step is two programs that talk: open two terminals, and type the first line first.",
    )?;
    for (number, scenario) in (1..).zip(SCENARIOS) {
        let title = format!("{number}. {}: {}", scenario.step, scenario.title);
        writeln!(out)?;
        screen.line(out, Style::Bold, &title)?;
        if let Some((passed, of)) = best::of(scenario.step) {
            let style = if passed == of { Style::Good } else { Style::Plain };
            let best = format!("   your best so far: {passed} of {of} core checks");
            screen.line(out, style, &best)?;
        }
        screen.paragraph(out, "   ", scenario.teaches)?;
        screen.paragraph(out, "   $ ", scenario.waiting)?;
        screen.paragraph(out, "   $ ", scenario.calling)?;
        screen.paragraph(out, "   ", &Edition::asked_for().page(scenario.lesson))?;
    }
    writeln!(out)?;
    screen.line(out, Style::Bold, "Lessons about what happens between the two programs")?;
    for lesson in LESSONS {
        let command = format!("   cargo course watch {:<11}", lesson.step);
        screen.paragraph(out, &command, lesson.teaches)?;
    }
    exercises(out, screen)?;
    writeln!(out)?;
    screen.line(out, Style::Bold, "The tool's commands")?;
    for (command, does) in COMMANDS {
        screen.paragraph(out, &format!("   cargo course {command:<17}"), does)?;
    }
    Ok(())
}

/// What students build besides the steps.
fn exercises(out: &mut dyn Write, screen: &Screen) -> io::Result<()> {
    writeln!(out)?;
    screen.line(
        out,
        Style::Bold,
        "Exercises: no program of ours does them, and `check` grades yours",
    )?;
    for exercise in EXERCISES {
        let command = format!("   cargo course new {:<11} DIR ", exercise.name);
        screen.paragraph(out, &command, about(exercise.name).teaches)?;
    }
    Ok(())
}

/// The tool's commands, and what each does.
const COMMANDS: &[(&str, &str)] = &[
    ("doctor", "checks if this computer is ready, and prints what to do where it isn't"),
    ("demo [STEP]...", "plays the steps for real, and checks them"),
    (
        "new STEP DIR",
        "makes a program of your own to begin with, in one of six languages: `--language python`",
    ),
    ("check STEP", "grades our program, or yours after `-- PROGRAM`, and explains what went wrong"),
    (
        "mark STEP FOLDER",
        "marks the programs of a whole class, each confined to a folder of its own, in one table",
    ),
    (
        "stages [STEP]",
        "shows small programs on the way to a step, and which checks each of them passes",
    ),
    ("relay", "a bad network between two programs, for TCP and UDP"),
    (
        "watch STEP",
        "shows the calls and the packets of a step; `watch -- COMMAND` those of any command",
    ),
    ("calls", "makes single socket calls, as you type them"),
    ("--help", "all commands and options"),
];
