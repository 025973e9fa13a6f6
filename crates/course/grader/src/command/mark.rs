//! The command line of `cargo course mark`.

#[cfg(unix)]
use std::fs::File;
use std::io::{self, Write};
#[cfg(unix)]
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
#[cfg(unix)]
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Instant;
use std::{env, thread};

use clap::Args;
use clap::builder::PossibleValuesParser;
use common::here::here;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use tempfile::TempDir;

use testkit::outcome::{self, Outcome, Stop};
use testkit::screen::{self, Screen, Style};
use testkit::{namespace, running, temporary};

use super::check::parse_patience;
use crate::check::formats::xml;
use crate::check::{self, new_seed};
use crate::confine;
use crate::mark::marked::Marked;
use crate::mark::settings::Settings;
use crate::mark::store::Store;
use crate::mark::submissions::{self, Submission, file_name};
use crate::mark::work::Work;
use crate::mark::{csv, lecture, report, table};

/// How many checks of one submission run at the same time.
const CHECKS: usize = 16;

/// Marks the programs of a whole class
#[derive(Args)]
#[command(after_help = "\
Examples:
  cargo course mark tcp-server submissions
  cargo course mark tcp-server zhang.py li/ wang.c --out marks --hints
  cargo course mark tcp-server submissions --settings mark.toml

A folder in which a program begins (main.py, Main.java, Cargo.toml, …) is a submission; of any other folder each entry is one.

Exit codes: 0 all were marked · 1 some have no grade · 2 could not run · 130 Ctrl-C; the next run goes on")]
pub struct Options {
    /// The step
    #[arg(value_name = "STEP", value_parser = PossibleValuesParser::new(check::all().map(|step| step.name)))]
    step: String,
    /// The submissions: source files, executables, folders, or folders of them
    #[arg(value_name = "FOLDER", required = true)]
    submissions: Vec<PathBuf>,
    /// The folder for the marks and reports; a second run with the same one goes on where the first one stopped [default: marks-STEP]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Reads how other programs are built and run, the students' names and the limits
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Explains each failure in the reports: a question, the likely cause, what to do, where to read
    #[arg(long)]
    hints: bool,
    /// Runs the extra checks too, and counts them
    #[arg(long)]
    extra: bool,
    /// Does the same as an earlier run with this seed
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// Makes all deadlines longer by this factor, for a slow computer
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, value_parser = parse_patience)]
    patience: f64,
    /// Marks this many submissions at the same time [default: two for each processor]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u8).range(1..))]
    jobs: Option<u8>,
}

/// `cargo course mark`
pub fn run(options: &Options) -> outcome::Result {
    let start = Instant::now();
    let settings = match &options.settings {
        Some(file) => Settings::read(file)?,
        None => Settings::default(),
    };
    let step = check::find(&options.step).ok_or("there is no such step")?;
    let submissions = submissions::all(&options.submissions, &settings)?;
    if submissions.is_empty() {
        return Err(
            "there is nothing to mark in there; name the folder with the submissions".into()
        );
    }
    let out = options.out.clone().unwrap_or_else(|| format!("marks-{}", step.name).into());
    let store = Store::open(&out, step.name, options.seed, new_seed())?;
    warn();
    let (patience, extra) = (options.patience, options.extra);
    let work = Work { step, settings: &settings, store: &store, patience, extra, checks: CHECKS };
    let all = mark_all(&work, &submissions, options.jobs)?;
    write_files(options, &store, &all).map_err(|error| cant_write(&store, &error))?;
    let graded = all.iter().filter(|marked| marked.points().is_some()).count();
    let (of, seconds) = (submissions.len(), start.elapsed().as_secs_f32());
    let sum = format!(
        "{graded} of {of} marked in {seconds:.0} s, seed {}; marks and reports are in {}",
        store.seed,
        out.display()
    );
    match show(&all, &sum) {
        Ok(()) | Err(Stop::Unread) => {} // all of it is in the files
        Err(problem) => return Err(problem),
    }
    Ok(match graded == of {
        _ if running::all_ended() => Outcome::Interrupted,
        true => Outcome::Good,
        false => Outcome::Bad,
    })
}

fn show(all: &[Marked], sum: &str) -> outcome::Result<()> {
    let (screen, out) = (Screen::of_stdout(), &mut io::stdout().lock());
    table::table(out, &screen, all)?;
    writeln!(out)?;
    screen.line(out, Style::Bold, sum)?;
    Ok(())
}

/// Says what this system can't keep a program from.
fn warn() {
    if let Some(why) = confine::refused() {
        screen::report(&format!("note: a program can write outside of its folder here: {why}"));
    }
    if !namespace::has_own_networks() {
        let advice = here("`cargo course doctor` says why");
        screen::report(&format!("note: the programs share this computer's network: {advice}"));
    }
}

fn cant_write(store: &Store, error: &io::Error) -> String {
    format!("can't write into {}: {error}", store.folder().display())
}

/// Marks all submissions, several at the same time, and then those whose checks were unsure beside the others alone, one
/// check after the other. Those that are not done when Ctrl-C comes are missing.
fn mark_all(
    work: &Work,
    submissions: &[Submission],
    jobs: Option<u8>,
) -> outcome::Result<Vec<Marked>> {
    let jobs = jobs.map_or_else(at_once, usize::from);
    let all: Vec<usize> = (0..submissions.len()).collect();
    let mut results = mark_some(work, submissions, &all, jobs)?;
    let is_unsure = |number: &usize| {
        results[*number].as_ref().is_some_and(|marked| !marked.ended("unsure").is_empty())
    };
    let unsure: Vec<usize> = all.into_iter().filter(is_unsure).collect();
    let alone = Work { checks: 1, ..*work };
    for (number, marked) in unsure.iter().zip(mark_some(&alone, submissions, &unsure, 1)?) {
        results[*number] = marked.or(results[*number].take());
    }
    Ok(results.into_iter().flatten().collect())
}

/// What is handed in is copied into it, built and run there. Where programs may not be run in the temporary folder, each one
/// that was built would fail, and none of them would be to blame.
fn folder_for_copies() -> Result<TempDir, String> {
    let variable = temporary::VARIABLE;
    let advice = format!("{variable} can name another one, where files are made and programs run");
    let folder = tempfile::Builder::new().prefix("course-mark-").tempdir();
    let folder = folder
        .map_err(|error| format!("can't make a folder for the copies: {error}\n  {advice}"))?;
    if forbids_programs(folder.path()) {
        let place = env::temp_dir();
        return Err(format!("programs may not be run in {}\n  {advice}", place.display()));
    }
    Ok(folder)
}

/// An empty file is no program anywhere, but where none may be run the system gives that as the reason.
#[cfg(unix)]
fn forbids_programs(folder: &Path) -> bool {
    let script = folder.join("runs");
    let made = File::options().write(true).create_new(true).mode(0o700).open(&script);
    made.is_err()
        || Command::new(&script)
            .status()
            .is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied)
}

#[cfg(not(unix))]
fn forbids_programs(_: &Path) -> bool {
    false
}

/// Marks the submissions with these numbers.
fn mark_some(
    work: &Work,
    submissions: &[Submission],
    numbers: &[usize],
    jobs: usize,
) -> outcome::Result<Vec<Option<Marked>>> {
    if numbers.is_empty() || running::all_ended() {
        return Ok(Vec::new());
    }
    let folder = folder_for_copies()?;
    let bar = progress(numbers.len());
    let (next, (sender, done)) = (AtomicUsize::new(0), mpsc::channel());
    let mut results: Vec<Option<Marked>> = numbers.iter().map(|_| None).collect();
    thread::scope(|scope| {
        for _ in 0..jobs.min(numbers.len()) {
            let (sender, next, folder) = (sender.clone(), &next, folder.path());
            scope.spawn(move || {
                while !running::all_ended() {
                    let place = next.fetch_add(1, Ordering::SeqCst);
                    let Some(&number) = numbers.get(place) else { return };
                    let copy = folder.join(place.to_string());
                    let marked = work.mark(&submissions[number], &copy);
                    if sender.send((place, marked)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender); // the loop below ends when the last thread has
        for (place, marked) in done {
            results[place] = marked.map_err(|error| cant_write(work.store, &error))?;
            bar.inc(u64::from(results[place].is_some()));
        }
        outcome::Result::Ok(())
    })?;
    bar.finish_and_clear();
    Ok(results)
}

/// Most of the time a program is waited for.
fn at_once() -> usize {
    2 * thread::available_parallelism().map_or(1, usize::from)
}

/// On stderr, and only in a terminal.
fn progress(submissions: usize) -> ProgressBar {
    let style = ProgressStyle::with_template(
        "{bar:30} {pos} of {len} marked, {elapsed} so far, about {eta} left",
    );
    let bar = ProgressBar::new(submissions as u64);
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar.enable_steady_tick(std::time::Duration::from_millis(200));
    bar
}

fn write_files(options: &Options, store: &Store, all: &[Marked]) -> io::Result<()> {
    for marked in all {
        let name = format!("reports/{}.md", file_name(marked.name()));
        store.write(&name, &report::report(marked, options.hints))?;
    }
    let step = &options.step;
    store.write("marks.csv", &csv::csv(all))?;
    store.write("lecture.md", &lecture::lecture(all, step, options.hints))?;
    let submissions: Vec<&Value> = all.iter().map(|marked| &marked.0).collect();
    let seed = store.seed.to_string();
    let json = json!({ "step": step, "seed": seed, "submissions": submissions });
    store.write("marks.json", &format!("{json:#}\n"))?;
    let suites: String = all.iter().map(suite).collect();
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
    store.write("marks.xml", &format!("{head}\n<testsuites>\n{suites}</testsuites>\n"))
}

/// The `<testsuite>` of a submission, with the student's name.
fn suite(marked: &Marked) -> String {
    let name = xml(&format!("{}: {}", marked.text("step"), marked.student()));
    match marked.no_grade() {
        None => marked.text("junit").to_owned(),
        Some(why) => format!(
            "  <testsuite name=\"{name}\" tests=\"1\" errors=\"1\">\n    <testcase classname=\"{}\" name=\"grade\">\n      \
             <error message=\"no grade: {}\">{}</error>\n    </testcase>\n  </testsuite>\n",
            xml(marked.text("step")),
            xml(why),
            xml(marked.text("build"))
        ),
    }
}
