//! Deadlines that are fair on a busy computer: time in which a program wants to run and gets no processor is not its fault.
//! Neither is it late as long as it prints: slow output begins the wait again. What the grader's own thread waits for a
//! processor is added too: its other threads, which type and read, wait as long. And at the end of each wait it looks once more.
//!
//! Linux counts that time for each thread (/proc/PID/task/TID/schedstat), and the deadline moves by it. But it adds a wait only
//! when that is over; so a thread that could run at the moment of the look (/proc/PID/task/TID/stat) is not late either.
//! Elsewhere the clock on the wall is all there is.

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::tree;

/// A program that prints slowly is not late, but not for longer than this many times its patience.
const PRINTING: u32 = 5;

/// However busy the computer is, no wait lasts longer than this many times its patience. Only a program that gets no processor
/// is waited for so long.
const AT_MOST: u32 = 20;

/// More output than this is no result any more.
pub const FLOOD: usize = 1_000_000;

/// How often to check whether a program had to wait for a processor.
pub const LATER: Duration = Duration::from_millis(100);

/// A wait for a program.
pub struct Deadline {
    start: Instant,
    /// When the program showed the last sign of life, since the start.
    sign: Cell<Duration>,
    /// How much it had printed by then.
    printed: Cell<Option<usize>>,
    patience: Duration,
    mark: String,
    /// The program's first process, if it was running when the wait began.
    first: Option<PathBuf>,
    before: Spent,
    /// What the grader's own thread had spent by then.
    own_before: Spent,
    /// When to look again: a look costs time, too.
    next_look: Cell<Duration>,
}

/// What the threads of a program have spent since they were started.
#[derive(Clone, Copy, Default)]
struct Spent {
    /// Running, all threads together.
    running: Duration,
    /// Waiting for a processor, all threads together: they often wait for each other, one after the other.
    starving: Duration,
    /// One of them could run at this moment: it has a processor, or waits for one or for the disk.
    wants_to_run: bool,
}

impl Deadline {
    /// Begins to wait. `process` is the program's first process.
    pub fn new(patience: Duration, process: Option<u32>, mark: &str) -> Deadline {
        let first = process.map(|id| PathBuf::from(format!("/proc/{id}")));
        let first = first.filter(|process| !has_ended(process));
        Deadline {
            start: Instant::now(),
            sign: Cell::new(Duration::ZERO),
            printed: Cell::new(None),
            patience,
            mark: mark.to_owned(),
            before: Spent::by(first.as_slice()),
            own_before: Spent::by_this_thread(),
            first,
            next_look: Cell::new(patience),
        }
    }

    /// How many bytes the program has printed by now. If these are more than before, the wait begins again; not for more
    /// than `FLOOD`, which is no result any more.
    pub fn saw_output(&self, printed: usize) {
        let before = self.printed.replace(Some(printed));
        let waited = self.start.elapsed();
        let is_news = before.is_some_and(|before| before < printed) && printed < FLOOD;
        if is_news && waited < self.patience * PRINTING {
            self.sign.set(waited);
            self.next_look.set(self.sign.get() + self.patience);
        }
    }

    /// Is it over? This is asked often, and looked up only when the patience is at its end.
    pub fn is_over(&self) -> bool {
        let waited = self.start.elapsed();
        if waited < self.next_look.get() {
            return false;
        }
        self.next_look.set(waited + LATER);
        let mut processes = tree::processes(&self.mark);
        // One that is ending has no mark any more.
        let unmarked = self.first.iter().filter(|first| !processes.contains(first)).cloned();
        processes.extend(unmarked.collect::<Vec<_>>());
        // That it has ended will be noticed, however late.
        let is_ending = self.first.as_deref().is_some_and(has_ended);
        self.is_late(waited, is_ending, Spent::by(&processes))
    }

    fn is_late(&self, waited: Duration, is_ending: bool, now: Spent) -> bool {
        let ran = now.running.saturating_sub(self.before.running);
        let own = Spent::by_this_thread().starving.saturating_sub(self.own_before.starving);
        let starved = now.starving.saturating_sub(self.before.starving) + own;
        let is_busy = is_ending || now.wants_to_run;
        // One that has run for so long is not starving: it runs in a circle.
        !is_busy && waited >= self.sign.get() + self.patience + starved
            || waited >= self.patience * AT_MOST
            || ran >= self.patience
    }

    /// Asks again and again until there is an answer, or the time is over; the last time after that.
    pub fn poll<T>(&self, pause: Duration, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
        loop {
            let was_over = self.is_over();
            let answer = ask();
            if answer.is_some() || was_over {
                return answer;
            }
            thread::sleep(pause);
        }
    }
}

impl Spent {
    fn by(processes: &[PathBuf]) -> Spent {
        let mut sum = Spent::default();
        for process in processes {
            for thread in threads(process) {
                sum.running += thread.running;
                sum.starving += thread.starving;
                sum.wants_to_run |= thread.wants_to_run;
            }
        }
        sum
    }

    fn by_this_thread() -> Spent {
        spent(Path::new("/proc/thread-self")).unwrap_or_default()
    }
}

fn threads(process: &Path) -> Vec<Spent> {
    let Ok(folder) = fs::read_dir(process.join("task")) else { return Vec::new() };
    folder.flatten().filter_map(|thread| spent(&thread.path())).collect()
}

/// `4242 (python3) Z …`: a process that waits to be reaped, or is gone. Never true where there is no /proc.
fn has_ended(process: &Path) -> bool {
    if !Path::new("/proc/self").exists() {
        return false;
    }
    state(process).is_none_or(|state| "ZX".contains(state))
}

/// `4242 (python3) S …`: the letter for what a process or thread does.
fn state(task: &Path) -> Option<char> {
    let stat = fs::read_to_string(task.join("stat")).ok()?;
    stat.rsplit_once(") ")?.1.chars().next()
}

/// `417349 2905671 3`: nanoseconds running, nanoseconds waiting for a processor, how many times.
fn spent(task: &Path) -> Option<Spent> {
    let text = fs::read_to_string(task.join("schedstat")).ok()?;
    let mut numbers =
        text.split_whitespace().map(|number| number.parse().map(Duration::from_nanos));
    let (running, starving) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
    Some(Spent { running, starving, wants_to_run: state(task).is_some_and(|it| "RD".contains(it)) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_passes() {
        let deadline = Deadline::new(Duration::from_millis(30), Some(std::process::id()), "nobody");
        assert!(!deadline.is_over());
        assert_eq!(deadline.poll(Duration::from_millis(1), || None::<()>), None);
        assert!(deadline.start.elapsed() >= Duration::from_millis(30));
    }

    #[test]
    fn who_prints_is_not_late() {
        let deadline = Deadline::new(Duration::from_millis(200), None, "nobody");
        for printed in 0..20 {
            deadline.saw_output(printed);
            assert!(!deadline.is_over(), "{printed}");
            thread::sleep(Duration::from_millis(20));
        }
        let quiet = Instant::now();
        deadline.poll(Duration::from_millis(1), || {
            deadline.saw_output(19);
            None::<()>
        });
        assert!(quiet.elapsed() >= Duration::from_millis(150));
        let deadline = Deadline::new(Duration::from_millis(50), None, "nobody");
        for printed in 0.. {
            deadline.saw_output(printed);
            if deadline.is_over() {
                break; // not even who prints for ever waits for ever
            }
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn who_has_ended_is_not_late() {
        let mut child =
            std::process::Command::new("cat").stdin(std::process::Stdio::piped()).spawn().unwrap();
        let process = PathBuf::from(format!("/proc/{}", child.id()));
        let patience = Duration::from_millis(50);
        let deadline = Deadline::new(patience, Some(child.id()), "nobody");
        drop(child.stdin.take());
        while !has_ended(&process) || deadline.start.elapsed() < patience {
            thread::sleep(Duration::from_millis(1));
        }
        // On a very busy computer the longest of all waits may be over.
        assert!(!deadline.is_over() || deadline.start.elapsed() >= patience * AT_MOST);
        child.wait().unwrap();
        assert!(has_ended(&process) && !has_ended(Path::new("/proc/self")));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_system_tells_what_was_spent() {
        assert!(spent(Path::new("/proc/self/task/self")).is_none(), "no such thread");
        let own = threads(Path::new("/proc/self"));
        assert!(own.iter().any(|thread| thread.wants_to_run), "this one runs");
        let mut child =
            std::process::Command::new("cat").stdin(std::process::Stdio::piped()).spawn().unwrap();
        let process = PathBuf::from(format!("/proc/{}", child.id()));
        while Spent::by(std::slice::from_ref(&process)).wants_to_run {
            thread::sleep(Duration::from_millis(1)); // until it waits for its input
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Linux adds a wait for a processor only when it is over, so a program that has waited for ten seconds looks like one that does
    /// nothing.
    #[test]
    fn who_could_run_is_not_late() {
        let patience = Duration::from_secs(3);
        let deadline = Deadline::new(patience, None, "nobody");
        let idle = Spent::default();
        let starving = Spent { wants_to_run: true, ..idle };
        let in_a_circle = Spent { running: patience, ..starving };
        let has_starved = Spent { starving: patience, ..idle };
        assert!(deadline.is_late(2 * patience, false, idle));
        assert!(!deadline.is_late(patience, true, idle), "it is ending");
        assert!(!deadline.is_late(5 * patience, false, starving));
        assert!(!deadline.is_late(patience, false, has_starved));
        assert!(deadline.is_late(AT_MOST * patience, false, starving));
        assert!(deadline.is_late(patience, false, in_a_circle));
    }
}
