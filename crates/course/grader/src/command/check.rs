//! The command line of `cargo course check`.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};

use clap::builder::PossibleValuesParser;
use clap::{ArgAction, Args};

use crate::stages::{self, Stage};
use testkit::outcome::{self, Outcome, Stop};
use testkit::screen::Screen;
use testkit::shell::quoted;
use testkit::submission::{found, line_by_line};
use testkit::{build, python, running};

use crate::check::report::{self, Report};
use crate::check::sources::Sources;
use crate::check::view::{Format, Hints, View};
use crate::check::watch::Watch;
use crate::check::{EXERCISES, Repeats, Step, Task, all, best, new_seed};

/// All steps, one after the other: only for our own programs.
const ALL: &str = "all";

/// Grades a program, in any language, over real sockets
#[derive(Args)]
#[command(after_help = "\
Examples:
  cargo course check tcp-server -- python3 my_server.py
  cargo course check udp-send --only lines -- ./a.out
  cargo course check tcp-server --stage one_client
  cargo course check tcp-server --watch --build 'cc -o server server.c' -- ./server
  cargo course check all                        our own programs

Exit codes: 0 all core checks passed · 1 not all · 2 could not run · 130 Ctrl-C")]
pub struct Options {
    /// The step, or `all` (our own programs only)
    #[arg(value_name = "STEP", required_unless_present = "list", value_parser = PossibleValuesParser::new(all().map(|step| step.name).chain([ALL])))]
    step: Option<String>,
    /// Checks this stage of the step; `cargo course stages STEP` lists them
    #[arg(long, value_name = "NAME", conflicts_with = "program")]
    stage: Option<String>,
    /// Runs only this check; may be given several times
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Lists the checks, and what each looks at
    #[arg(long)]
    list: bool,
    /// Counts the extra checks too
    #[arg(long)]
    extra: bool,
    /// Shows the stories of the checks that passed too, and explains each failure in full
    #[arg(long)]
    stories: bool,
    /// Explains each failure: the likely cause; given twice, also what to do, and where to read
    #[arg(long, action = ArgAction::Count)]
    hint: u8,
    /// Explains nothing, not even with a question: for marking
    #[arg(long, conflicts_with = "hint")]
    no_hints: bool,
    /// Does the same as an earlier run with this seed
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// Makes all deadlines longer by this factor, for a slow computer
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, value_parser = parse_patience)]
    patience: f64,
    /// Runs this many checks at the same time
    #[arg(long, value_name = "NUMBER", default_value_t = 16, value_parser = clap::value_parser!(u8).range(1..))]
    jobs: u8,
    /// How the results are written
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Checks again after each change of a source beside the program, and shows the first failure only
    #[arg(long, requires = "program", conflicts_with_all = ["stage", "list", "format"])]
    watch: bool,
    /// Builds the program before each check of --watch
    #[arg(long, value_name = "COMMAND", requires = "watch")]
    build: Option<String>,
    /// The program to check and its first arguments, after `--`; without it our own program
    #[arg(last = true, value_name = "PROGRAM ARG")]
    program: Vec<OsString>,
}

impl Options {
    /// A student is asked a question first. What programs read holds everything: whoever reads that decides what to show.
    fn view(&self) -> View {
        let hints = match (self.no_hints, self.hint) {
            (true, _) => Hints::None,
            (_, 0) if self.stories || self.format != Format::Text => Hints::Full,
            (_, 0) => Hints::Question,
            (_, 1) => Hints::Cause,
            (_, 2..) => Hints::Cure,
        };
        let (format, extra, stories) = (self.format, self.extra, self.stories);
        View { format, extra, stories, hints }
    }
}

pub(super) fn parse_patience(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(factor) if (0.1..=100.0).contains(&factor) => Ok(factor),
        _ => Err("a factor from 0.1 to 100".to_owned()),
    }
}

/// `cargo course check`
pub fn run(options: &Options) -> outcome::Result {
    let screen = Screen::of_stdout();
    let out = &mut io::stdout().lock();
    if options.list {
        check_names(options)?;
        report::list(out, &screen, &steps(options))?;
        return Ok(Outcome::Good);
    }
    match check_steps(options, out, screen) {
        Err(Stop::Unread) => Ok(Outcome::Bad), // nobody has seen that all checks passed
        result => result,
    }
}

/// The steps that the command line names; without a name all of them, and the exercises.
fn named_steps(options: &Options) -> impl Iterator<Item = &'static Step> {
    let name = options.step.as_deref();
    all().filter(move |step| match name {
        None => true,
        Some(ALL) => !is_exercise(step),
        Some(name) => name == step.name,
    })
}

fn is_exercise(step: &Step) -> bool {
    EXERCISES.iter().any(|exercise| exercise.name == step.name)
}

/// Those of them that have a check of `--only`.
fn steps(options: &Options) -> Vec<&'static Step> {
    let has_one = |step: &&Step| {
        options.only.is_empty() || options.only.iter().any(|name| step.check(name).is_some())
    };
    named_steps(options).filter(has_one).collect()
}

fn check_steps(options: &Options, out: &mut dyn Write, screen: Screen) -> outcome::Result {
    check_names(options)?;
    let steps = steps(options);
    if !options.program.is_empty() && steps.len() > 1 {
        return Err("`all` checks our own programs; give one step with PROGRAM".into());
    }
    if options.program.is_empty() && steps.iter().any(|step| is_exercise(step)) {
        let advice = "give the command that starts yours after `--`";
        return Err(format!(
            "{} is an exercise, and the course has no program for it; {advice}",
            steps[0].name
        )
        .into());
    }
    if options.watch {
        return watch(options, steps[0], out, screen);
    }
    let stage = stage(options)?;
    build_ours(options, stage)?;
    let seed = options.seed.unwrap_or_else(new_seed);
    let mut report = Report::new(out, screen, options.view(), seed);
    let mut outcome = Outcome::Good;
    for step in steps {
        let repeats = if options.extra { Repeats::All } else { Repeats::Core };
        let task = Task { repeats, ..task(options, stage, step, seed)? };
        let grade = report.step(step, &task)?;
        if running::all_ended() {
            return Ok(Outcome::Interrupted);
        }
        if let Some(why) = grade.not_started() {
            return Err(why.into());
        }
        if !options.program.is_empty() && options.only.is_empty() && io::stdout().is_terminal() {
            best::keep(&grade);
        }
        if !grade.passed(options.extra) {
            outcome = Outcome::Bad;
        }
    }
    report.finish()?;
    Ok(outcome)
}

fn watch(
    options: &Options,
    step: &'static Step,
    out: &mut dyn Write,
    screen: Screen,
) -> outcome::Result {
    let Some(sources) = Sources::beside(&options.program, options.build.is_none()) else {
        let advice = "name the program by its path, in the folder of its sources or below it";
        return Err(format!("--watch finds no sources beside the program; {advice}").into());
    };
    let seed = || options.seed.unwrap_or_else(new_seed);
    let view = View { stories: false, ..options.view() };
    let mut report = Report::new(out, screen, view, seed());
    let watch = Watch {
        step,
        build: options.build.as_deref(),
        extra: options.extra,
        is_whole: options.only.is_empty(),
    };
    watch.run(sources, &mut report, &|| task(options, None, step, seed()))
}

fn check_names(options: &Options) -> outcome::Result<()> {
    let is_known = |name: &str| {
        let mut named = named_steps(options);
        named.any(|step| step.check(name).is_some())
    };
    let Some(wrong) = options.only.iter().find(|name| !is_known(name)) else { return Ok(()) };
    let step = options.step.as_deref().unwrap_or(ALL);
    let advice = format!("`cargo course check {step} --list` shows them");
    Err(format!("{step} has no check `{wrong}`; {advice}").into())
}

/// The stage that `--stage` names.
fn stage(options: &Options) -> outcome::Result<Option<&'static Stage>> {
    let Some(name) = &options.stage else { return Ok(None) };
    let step = options.step.as_deref().unwrap_or_default();
    let unknown =
        || format!("{step} has no stage `{name}`; `cargo course stages {step}` lists them");
    Ok(Some(stages::find(step, name).ok_or_else(unknown)?))
}

fn build_ours(options: &Options, stage: Option<&Stage>) -> outcome::Result<()> {
    match stage {
        Some(stage) => stages::build(stage.step, &[stage])?,
        None if options.program.is_empty() => build::build_programs()?,
        None => {}
    }
    Ok(())
}

fn task(options: &Options, stage: Option<&Stage>, step: &Step, seed: u64) -> outcome::Result<Task> {
    let mut task = if let Some(stage) = stage {
        stage.task()
    } else if options.program.is_empty() {
        Task::own(step.name)
    } else {
        let words: Vec<String> =
            options.program.iter().map(|word| quoted(&word.to_string_lossy())).collect();
        let program = python::without_script(options.program.clone());
        let mut task = Task::new(found(&program)?, &words.join(" "));
        task.line_by_line = line_by_line();
        task
    };
    task.only = options.only.clone();
    task.seed = seed;
    task.patience = options.patience;
    task.at_once = options.jobs.into();
    Ok(task)
}
