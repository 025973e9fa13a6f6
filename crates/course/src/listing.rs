//! `cargo course`: the list of the steps, with what to type for each, and the tool's commands.

use std::io::{self, Write};

use clap::Command;
use grader::check::{EXERCISES, best};
use grader::edition::Edition;
use ladder::lessons::LESSONS;
use ladder::scenario::SCENARIOS;
use testkit::screen::{Screen, Style};

use crate::starter::about;

/// Writes the list. `tool` is its command line.
pub fn list(out: &mut dyn Write, screen: &Screen, tool: &Command) -> io::Result<()> {
    screen.paragraph(
        out,
        "",
        "Each step is two programs that talk: open two terminals, and type the first line first.",
    )?;
    for (number, scenario) in (1..).zip(SCENARIOS) {
        let title = format!("{number}. {}: {}", scenario.step, scenario.title);
        writeln!(out)?;
        screen.line(out, Style::Bold, &title)?;
        best_so_far(out, screen, scenario.step)?;
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
    commands(out, screen, tool)
}

fn best_so_far(out: &mut dyn Write, screen: &Screen, step: &str) -> io::Result<()> {
    let Some((passed, of)) = best::of(step) else { return Ok(()) };
    let style = if passed == of { Style::Good } else { Style::Plain };
    screen.line(out, style, &format!("   your best so far: {passed} of {of} core checks"))
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
        let about = about(exercise.name);
        screen.paragraph(out, &command, about.teaches)?;
        screen.paragraph(out, "   ", &Edition::asked_for().page(about.lesson))?;
        best_so_far(out, screen, exercise.name)?;
    }
    Ok(())
}

/// The tool's commands, with the sentences of `cargo course --help`.
fn commands(out: &mut dyn Write, screen: &Screen, tool: &Command) -> io::Result<()> {
    writeln!(out)?;
    screen.line(out, Style::Bold, "The tool's commands")?;
    for command in tool.get_subcommands() {
        let mut words = command.get_name().to_owned();
        for argument in command.get_positionals() {
            words += if argument.is_last_set() { " -- " } else { " " };
            words += &argument.to_string();
        }
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        screen.paragraph(out, "   ", &format!("cargo course {words}"))?;
        screen.paragraph(out, "      ", &about)?;
    }
    screen.paragraph(out, "   ", "cargo course COMMAND --help: all its options")
}
