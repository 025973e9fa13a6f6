//! The command line of `cargo course check`.

use std::env;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};

use crate::stages::{self, Stage};
use testkit::outcome::Outcome;
use testkit::screen::Screen;
use testkit::{build, running};

use super::report::{self, Report};
use super::story::{absolute, quoted};
use super::{Grade, STEPS, Step, Task, new_seed};

/// All steps, one after the other: only for our own programs.
const ALL: &str = "all";

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

/// Grades a program, in any language, over real sockets
#[derive(Args)]
#[command(after_help = "\
Examples:
  cargo course check tcp-server -- python3 my_server.py
  cargo course check udp-send --only lines -- ./a.out
  cargo course check tcp-server --stage one_client
  cargo course check all                        our own programs

Exit codes: 0 all core checks passed · 1 not all · 2 could not run · 130 Ctrl-C")]
pub struct Options {
    /// The step, or `all` (our own programs only)
    #[arg(value_name = "STEP", required_unless_present = "list", value_parser = PossibleValuesParser::new(STEPS.iter().map(|step| step.name).chain([ALL])))]
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
    /// Tells the stories of the checks that passed, too
    #[arg(long)]
    stories: bool,
    /// Repeats the chance of an earlier run
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// Makes all deadlines longer by this factor, for a slow computer
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, value_parser = parse_patience)]
    patience: f64,
    /// How the results are written
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// The program to check and its first arguments, after `--`; without it our own program
    #[arg(last = true, value_name = "PROGRAM ARG")]
    program: Vec<OsString>,
}

fn parse_patience(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(factor) if (0.1..=100.0).contains(&factor) => Ok(factor),
        _ => Err("a factor from 0.1 to 100".to_owned()),
    }
}

/// `cargo course check`
pub fn run(options: &Options) -> Result<Outcome, String> {
    let screen = Screen::of_stdout();
    let out = &mut io::stdout().lock();
    let steps: Vec<&'static Step> = STEPS
        .iter()
        .filter(|step| options.step.as_deref().is_none_or(|name| name == ALL || name == step.name))
        .collect();
    if options.list {
        return written(report::list(out, &screen, &steps), Outcome::Good);
    }
    check_names(options, &steps)?;
    let stage = stage(options)?;
    let has_one = |step: &&Step| {
        step.all_checks().any(|check| options.only.iter().any(|name| name == check.name))
    };
    let steps: Vec<&'static Step> = match options.only.is_empty() {
        true => steps,
        false => steps.into_iter().filter(|step| has_one(step)).collect(),
    };
    let seed = options.seed.unwrap_or_else(new_seed);
    if !options.program.is_empty() && steps.len() > 1 {
        return Err("`all` checks our own programs; give one step with PROGRAM".to_owned());
    }
    build_ours(options, stage)?;
    let mut report = Report::new(out, screen, options.format, options.extra, options.stories, seed);
    let mut outcome = Outcome::Good;
    for step in steps {
        let task = task(options, stage, step, seed)?;
        let grade = match report.step(step, &task) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(Outcome::Bad),
            grade => grade.map_err(cant_write)?,
        };
        if running::all_ended() {
            return Ok(Outcome::Interrupted);
        }
        could_run(&grade)?;
        if !grade.passed(options.extra) {
            outcome = Outcome::Bad;
        }
    }
    written(report.finish(), outcome)
}

/// A program that can't be started has no grade.
pub(crate) fn could_run(grade: &Grade) -> Result<(), String> {
    let Some(trouble) = grade.not_started() else { return Ok(()) };
    Err(format!(
        "{}: {}",
        trouble.action,
        trouble.seen.lines().last().map_or("", |line| line.trim())
    ))
}

fn check_names(options: &Options, steps: &[&Step]) -> Result<(), String> {
    for name in &options.only {
        if !steps.iter().any(|step| step.all_checks().any(|check| check.name == name)) {
            let step = options.step.as_deref().unwrap_or_default();
            return Err(format!(
                "{step} has no check `{name}`; `cargo course check {step} --list` shows them"
            ));
        }
    }
    Ok(())
}

/// The stage that `--stage` names.
fn stage(options: &Options) -> Result<Option<&'static Stage>, String> {
    let Some(name) = &options.stage else { return Ok(None) };
    let step = options.step.as_deref().unwrap_or_default();
    match stages::find(step, name) {
        None => {
            Err(format!("{step} has no stage `{name}`; `cargo course stages {step}` lists them"))
        }
        found => Ok(found),
    }
}

fn build_ours(options: &Options, stage: Option<&Stage>) -> Result<(), String> {
    match stage {
        Some(stage) => build::build_stages(&[stage.step]),
        None if options.program.is_empty() => build::build_programs(),
        None => Ok(()),
    }
}

fn task(options: &Options, stage: Option<&Stage>, step: &Step, seed: u64) -> Result<Task, String> {
    let mut task = if let Some(stage) = stage {
        stage.task()
    } else if options.program.is_empty() {
        Task::own(step.name)
    } else {
        let words: Vec<String> =
            options.program.iter().map(|word| quoted(&word.to_string_lossy())).collect();
        let mut task = Task::new(found(&options.program)?, &words.join(" "));
        // C programs; Python gets a variable instead.
        task.line_by_line = on_search_path(&"stdbuf".into())
            .map(|stdbuf| vec![stdbuf.into_os_string(), "-oL".into()])
            .unwrap_or_default();
        task
    };
    task.only = options.only.clone();
    task.seed = seed;
    task.patience = options.patience;
    Ok(task)
}

/// The program as it can be started in any folder: its path, and those of its arguments that name files.
fn found(words: &[OsString]) -> Result<Vec<OsString>, String> {
    let here = env::current_dir().map_err(|error| format!("the current folder: {error}"))?;
    let name = &words[0];
    let path = Path::new(name);
    let program = if path.is_absolute() || path.components().count() > 1 {
        Some(here.join(path.strip_prefix(".").unwrap_or(path))).filter(|path| path.exists())
    } else {
        on_search_path(name)
    };
    let Some(program) = program else {
        let advice = if here.join(path).is_file() {
            format!("it is in this folder: write ./{}", path.display())
        } else {
            "look at its name and path, and build it first if it must be built".to_owned()
        };
        return Err(format!("there is no program {}; {advice}", path.display()));
    };
    check_executable(&program, path)?;
    check_script(&words[1..], &here)?;
    let rest = words[1..].iter().map(|word| absolute(word, &here));
    Ok(std::iter::once(program.into_os_string()).chain(rest).collect())
}

/// `python3 no.py`: the interpreter is there, and what it is to run is not. That is a missing submission, and no bad one.
fn check_script(args: &[OsString], here: &Path) -> Result<(), String> {
    const ENDINGS: [&str; 9] = ["py", "js", "mjs", "ts", "rb", "pl", "sh", "php", "jar"];
    let is_option = |word: &&OsString| word.to_string_lossy().starts_with('-');
    let Some(first) = args.iter().find(|word| !is_option(word)) else { return Ok(()) };
    let script = Path::new(first);
    let is_name = !first.to_string_lossy().contains(char::is_whitespace); // and no code, behind -c
    let ending = script.extension().and_then(|ending| ending.to_str());
    if is_name
        && ending.is_some_and(|ending| ENDINGS.contains(&ending))
        && !here.join(script).exists()
    {
        return Err(format!("there is no file {}; look at its name and path", script.display()));
    }
    Ok(())
}

fn on_search_path(name: &OsString) -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    let mut with_suffix = name.clone();
    with_suffix.push(env::consts::EXE_SUFFIX);
    let names = [name.clone(), with_suffix];
    env::split_paths(&folders)
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)).collect::<Vec<_>>())
        .find(|path| path.is_file())
}

fn check_executable(program: &Path, as_typed: &Path) -> Result<(), String> {
    let shown = as_typed.display();
    if program.is_dir() {
        return Err(format!("{shown} is a folder and no program"));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = program.metadata().map_or(0, |metadata| metadata.permissions().mode());
        if mode & 0o111 == 0 {
            let advice = match program.extension().and_then(|extension| extension.to_str()) {
                Some("py") => format!("python3 {shown}"),
                Some("js") => format!("node {shown}"),
                Some("sh") => format!("sh {shown}"),
                Some("java") => format!("java {shown}"),
                Some("c" | "cpp" | "rs" | "go") => {
                    "the program that the compiler makes of it".to_owned()
                }
                _ => format!("the command that runs it, or make it executable: chmod +x {shown}"),
            };
            return Err(format!("{shown} is not executable; give {advice}"));
        }
    }
    Ok(())
}

pub(crate) fn written(result: io::Result<()>, outcome: Outcome) -> Result<Outcome, String> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(outcome),
        result => result.map(|()| outcome).map_err(cant_write),
    }
}

fn cant_write(error: io::Error) -> String {
    format!("can't write to stdout: {error}")
}
