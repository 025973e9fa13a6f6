//! Runs the checks of a step, and keeps how each of them ended.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
use std::sync::{Condvar, Mutex, PoisonError, RwLock};
use std::thread;
use std::time::{Duration, Instant};

use testkit::{namespace, running};

use super::story::Story;
use super::table::{Check, Step};
use super::task::{Repeats, Task};
use super::trouble::Trouble;

/// How a check ended.
pub enum Ending {
    /// Everything was as expected.
    Passed,
    /// This was not.
    Failed(Box<Trouble>),
    /// It failed with this, and passed when it was repeated alone: so it counts neither as passed nor as failed.
    Unsure(Box<Trouble>),
    /// It was not run, because this check failed, which comes first.
    NotRun(&'static str),
    /// It can't be run on this computer, and this is why.
    Impossible(String),
}

/// A check, and how it ended.
pub struct Verdict {
    /// The check.
    pub check: &'static Check,
    /// What was done, in order; all of it went well.
    pub actions: Vec<String>,
    /// How it ended after that.
    pub ending: Ending,
    /// What the user should know all the same.
    pub notes: Vec<String>,
    /// How long it took.
    pub took: Duration,
}

impl Verdict {
    /// Was all as expected?
    pub fn passed(&self) -> bool {
        matches!(self.ending, Ending::Passed)
    }

    /// Was something not as expected, also when it was repeated?
    pub fn failed(&self) -> bool {
        matches!(self.ending, Ending::Failed(_))
    }

    /// Was something not as expected only once?
    pub fn is_unsure(&self) -> bool {
        matches!(self.ending, Ending::Unsure(_))
    }

    /// Does it say anything about the program?
    fn counts(&self) -> bool {
        !matches!(self.ending, Ending::Unsure(_) | Ending::Impossible(_))
    }

    /// What was not as expected, if only once.
    pub fn trouble(&self) -> Option<&Trouble> {
        match &self.ending {
            Ending::Failed(trouble) | Ending::Unsure(trouble) => Some(trouble),
            Ending::Passed | Ending::NotRun(_) | Ending::Impossible(_) => None,
        }
    }

    /// If it did not pass: the failed check that is to blame, itself or one that comes first.
    fn blamed(&self) -> Option<&'static str> {
        match self.ending {
            Ending::Passed | Ending::Unsure(_) | Ending::Impossible(_) => None,
            Ending::Failed(_) => Some(self.check.name),
            Ending::NotRun(first) => Some(first),
        }
    }

    fn not_run(check: &'static Check, first: &'static str) -> Verdict {
        Verdict {
            check,
            actions: Vec::new(),
            ending: Ending::NotRun(first),
            notes: Vec::new(),
            took: Duration::ZERO,
        }
    }
}

/// The results of a step.
pub struct Grade {
    /// The step.
    pub step: &'static Step,
    /// One for each check that ran, in the order of the step.
    pub verdicts: Vec<Verdict>,
    /// How long all of it took.
    pub took: Duration,
}

impl Grade {
    /// How many checks passed, and how many count: the core ones, or the extra ones.
    pub fn count(&self, extra: bool) -> (usize, usize) {
        let kind = || {
            let counts = |verdict: &&Verdict| verdict.check.extra == extra && verdict.counts();
            self.verdicts.iter().filter(counts)
        };
        (kind().filter(|verdict| verdict.passed()).count(), kind().count())
    }

    /// Why the program, or the grader, could not even be started: then there is no grade.
    pub fn not_started(&self) -> Option<String> {
        let mut troubles = self.verdicts.iter().filter_map(Verdict::trouble);
        let trouble = troubles.find(|trouble| trouble.not_started)?;
        let lines = trouble.mismatch.lines();
        let why = lines.last().map_or("", |line| line.trim());
        Some(format!("{}: {why}", trouble.action))
    }

    /// How many checks failed only once.
    pub fn unsure(&self) -> usize {
        self.verdicts.iter().filter(|verdict| verdict.is_unsure()).count()
    }

    /// Did all checks pass that count?
    pub fn passed(&self, with_extra: bool) -> bool {
        let counts = |verdict: &&Verdict| verdict.counts() && (with_extra || !verdict.check.extra);
        self.verdicts.iter().filter(counts).all(Verdict::passed)
    }
}

/// Runs the checks of a step, some at the same time, and reports each verdict in the step's order as soon as it is known.
pub fn grade(
    step: &'static Step,
    task: &Task,
    report: &mut dyn FnMut(&Verdict) -> io::Result<()>,
) -> io::Result<Grade> {
    let start = Instant::now();
    let is_wanted =
        |check: &&Check| task.only.is_empty() || task.only.iter().any(|name| name == check.name);
    let checks: Vec<&Check> = step.all_checks().filter(is_wanted).collect();
    let mut results: Vec<Option<Verdict>> = checks.iter().map(|_| None).collect();
    let all = Run {
        step,
        task,
        checks,
        next: AtomicUsize::new(0),
        known: Known::default(),
        places: RwLock::default(),
    };
    let (verdicts, done) = mpsc::channel();
    let mut reported = 0;
    thread::scope(|scope| {
        for _ in 0..task.at_once.min(all.checks.len()) {
            let verdicts = verdicts.clone();
            scope.spawn(|| all.some(verdicts));
        }
        drop(verdicts); // the loop below ends when the last thread has
        for (number, verdict) in done {
            results[number] = Some(verdict);
            while let Some(Some(verdict)) = results.get(reported)
                && !running::all_ended()
            // Ctrl-C has ended the programs, and what that looks like is no verdict
            {
                report(verdict)?;
                reported += 1;
            }
        }
        io::Result::Ok(())
    })?;
    Ok(Grade { step, verdicts: results.into_iter().flatten().collect(), took: start.elapsed() })
}

/// What the threads share that run the checks.
struct Run<'a> {
    step: &'static Step,
    task: &'a Task,
    checks: Vec<&'static Check>,
    next: AtomicUsize,
    known: Known,
    /// Each check that runs holds it for reading, and one that must be alone for writing.
    places: RwLock<()>,
}

impl Run<'_> {
    /// One of the threads: takes the next check that nobody has taken yet, until none is left.
    fn some(&self, verdicts: Sender<(usize, Verdict)>) {
        while !running::all_ended() {
            let number = self.next.fetch_add(1, Ordering::SeqCst);
            let Some(check) = self.checks.get(number) else { return };
            let verdict = match self.known.in_the_way(&self.first_of(check)) {
                Some(failed) => Verdict::not_run(check, failed),
                None => self.sure(check),
            };
            self.known.add(&verdict);
            if verdicts.send((number, verdict)).is_err() {
                return; // the reader of the report has gone
            }
        }
    }

    /// Runs a check. One that counts and failed is repeated alone, if the task wants that: a busy computer, or the checks
    /// beside it, may be to blame.
    fn sure(&self, check: &'static Check) -> Verdict {
        let together = self.places.read();
        let first = run(self.step, self.task, check);
        drop(together);
        let is_repeated = match self.task.repeats {
            Repeats::Nothing => false,
            Repeats::Core => !check.extra,
            Repeats::All => true,
        };
        let trouble = match first.ending {
            Ending::Failed(trouble)
                if is_repeated && !trouble.not_started && !running::all_ended() =>
            {
                trouble
            }
            _ => return first,
        };
        let _alone = self.places.write();
        let mut again = run(self.step, self.task, check);
        if !again.passed() {
            return again;
        }
        if !namespace::has_own_networks() && trouble.names_a_taken_port() {
            again.notes.push(
                "repeated alone: the program has a port of its own, which another check of this run held"
                    .to_owned(),
            );
            return again;
        }
        let mut notes = first.notes;
        notes.push(format!("unsure: it passed when it was repeated alone{}", how_busy()));
        Verdict { ending: Ending::Unsure(trouble), notes, ..first }
    }

    /// The checks that come before this one and take part in this run; with `--only` they may be left out.
    fn first_of(&self, check: &Check) -> Vec<&'static str> {
        let takes_part = |name: &&str| self.checks.iter().any(|check| check.name == *name);
        check.after.iter().copied().filter(takes_part).collect()
    }
}

/// What is known already: each check that has ended, and which failed one is to blame if it did not pass.
#[derive(Default)]
struct Known {
    ended: Mutex<HashMap<&'static str, Option<&'static str>>>,
    changed: Condvar,
}

impl Known {
    fn add(&self, verdict: &Verdict) {
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        ended.insert(verdict.check.name, verdict.blamed());
        self.changed.notify_all();
    }

    /// Waits until these checks have ended, and returns the failed one that is to blame if not all of them passed. They
    /// stand before the waiting one in the list, so a thread has taken each of them, and none waits for ever.
    fn in_the_way(&self, first: &[&'static str]) -> Option<&'static str> {
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        let is_unknown =
            |ended: &mut HashMap<_, _>| !first.iter().all(|name| ended.contains_key(name));
        let ended =
            self.changed.wait_while(ended, is_unknown).unwrap_or_else(PoisonError::into_inner);
        first.iter().find_map(|name| ended.get(name).copied().flatten())
    }
}

fn run(step: &Step, task: &Task, check: &'static Check) -> Verdict {
    let start = Instant::now();
    // Where the system has namespaces nobody else is in the check's network, and each port in it is free. A thread that has one
    // gets another one for its next check.
    if namespace::has_own_networks() {
        let _ = namespace::own_network();
    }
    let mut story = Story::new(step.name, task, check.name);
    let ending = match ((check.run)(&mut story), story.lacks.take()) {
        (Err(mut trouble), _) => {
            trouble.why = trouble.why.in_words_of(story.language());
            Ending::Failed(trouble)
        }
        (Ok(()), Some(why)) => Ending::Impossible(why),
        (Ok(()), None) => Ending::Passed,
    };
    let (actions, notes) = story.finish();
    Verdict { check, actions, ending, notes, took: start.elapsed() }
}

/// How many programs wanted to run in the last minute, where the system says so.
fn how_busy() -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let processors = thread::available_parallelism().map_or(1, usize::from);
    match load.split(' ').next() {
        None | Some("") => String::new(),
        Some(load) => format!(
            "; in the last minute {load} programs at a time wanted to run here, on {processors} processors"
        ),
    }
}
