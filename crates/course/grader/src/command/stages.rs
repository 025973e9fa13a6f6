//! The command line of `cargo course stages`.

use std::io::{self, Write};
use std::thread;

use clap::Args;
use clap::builder::PossibleValuesParser;
use common::here::cargo;

use testkit::outcome::{self, Outcome};
use testkit::running;
use testkit::screen::{Screen, Style};

use crate::check::{self, Grade, Step};
use crate::stages::{self, of, table};

/// Lists the stages of each step; of one step, graded now
#[derive(Args)]
pub struct Options {
    /// The step whose stages are graded
    #[arg(value_name = "STEP", value_parser = PossibleValuesParser::new(check::STEPS.iter().map(|step| step.name)))]
    step: Option<String>,
}

/// `cargo course stages`
pub fn run(options: &Options) -> outcome::Result {
    let screen = Screen::of_stdout();
    let out = &mut io::stdout().lock();
    match options.step.as_deref().and_then(check::find) {
        Some(step) => return graded(out, &screen, step),
        None => list(out, &screen)?,
    }
    Ok(Outcome::Good)
}

fn list(out: &mut dyn Write, screen: &Screen) -> io::Result<()> {
    for step in check::STEPS {
        stages_of(out, screen, step)?;
        writeln!(out)?;
    }
    screen.paragraph(out, "", "cargo course stages STEP grades the stages of a step")?;
    let how = match cargo() {
        Some(_) => "cargo run -q -p STEP --example STAGE runs one",
        None => "read them in the folder stages; `rustc --edition 2024 STAGE.rs` compiles one",
    };
    screen.paragraph(out, "", how)
}

/// The names of a step's stages, and what each does.
fn stages_of(out: &mut dyn Write, screen: &Screen, step: &Step) -> io::Result<()> {
    screen.line(out, Style::Bold, step.name)?;
    for (number, stage) in (1..).zip(of(step.name)) {
        screen.paragraph(out, &format!("{number} {:18} ", stage.name), stage.title())?;
    }
    Ok(())
}

/// Grades all stages of a step at the same time, and shows the table.
fn graded(out: &mut dyn Write, screen: &Screen, step: &'static Step) -> outcome::Result {
    stages::build(step.name, &of(step.name))?;
    let seed = check::new_seed();
    let grades: Vec<Grade> = thread::scope(|scope| {
        let all = of(step.name).into_iter();
        let graders: Vec<_> =
            all.map(|stage| scope.spawn(move || stage.grade(step, seed, 1.0))).collect();
        let grades = graders.into_iter().map(|grader| grader.join());
        grades
            .map(|grade| grade.unwrap_or_else(|_| Err(io::Error::other("a check panicked"))))
            .collect::<io::Result<_>>()
    })?;
    if running::all_ended() {
        return Ok(Outcome::Interrupted);
    }
    if let Some(why) = grades.iter().find_map(Grade::not_started) {
        return Err(why.into());
    }
    show(out, screen, step, &grades)?;
    Ok(Outcome::Good)
}

fn show(out: &mut dyn Write, screen: &Screen, step: &Step, grades: &[Grade]) -> io::Result<()> {
    stages_of(out, screen, step)?;
    writeln!(out)?;
    for (row, looks_at) in table(grades) {
        screen.paragraph(out, &row, looks_at)?;
    }
    writeln!(out, "\n✓ passed   ✗ failed   ○ not run: a check that comes first failed")?;
    let why = format!("cargo course check {} --stage NAME explains each ✗", step.name);
    screen.paragraph(out, "", &why)
}
