//! Limits on what a program may use, together with all that it starts: processes, memory, bytes that it writes. Whoever uses
//! more is ended.
//!
//! A thread looks at all of them ten times a second. That needs no rights, as cgroups do, and counts what is really used:
//! setrlimit(2) knows only single processes, and addresses, of which Java and Go reserve more than there is memory.

use std::sync::{Arc, Mutex, MutexGuard, Once, OnceLock, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use crate::running;

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod linux;
mod used;

#[cfg(not(target_os = "linux"))]
use elsewhere::Processes;
#[cfg(target_os = "linux")]
use linux::Processes;

/// How often to look.
const PAUSE: Duration = Duration::from_millis(100);

/// What a program and all that it starts may use together.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How many processes.
    pub processes: usize,
    /// How many bytes of memory.
    pub memory: u64,
    /// How many bytes, wherever it writes them: files, sockets, its output. Those of processes that have ended don't count.
    pub written: u64,
}

/// A running program with limits.
pub struct Limited {
    /// It, as the list of the running programs has it.
    id: u32,
    /// What it starts descends from this process.
    root: u32,
    limits: Limits,
    exceeded: OnceLock<String>,
}

impl Limited {
    /// Which limit it exceeded, in words.
    pub fn exceeded(&self) -> Option<&str> {
        self.exceeded.get().map(String::as_str)
    }

    fn look(&self, all: &Processes) {
        let used = all.below(self.root);
        let Limits { processes, memory, written } = self.limits;
        let mebibytes = |bytes: u64| bytes >> 20;
        if used.processes > processes {
            self.end(format!("it had {} processes, and {processes} are allowed", used.processes));
        } else if used.memory > memory {
            let (used, allowed) = (mebibytes(used.memory), mebibytes(memory));
            self.end(format!("it used {used} MiB of memory, and {allowed} are allowed"));
        } else if used.written > written {
            let (used, allowed) = (mebibytes(used.written), mebibytes(written));
            self.end(format!("it wrote {used} MiB, and {allowed} are allowed"));
        }
    }

    fn end(&self, why: String) {
        if self.exceeded.set(why).is_ok() {
            running::kill(self.id);
        }
    }
}

/// The programs with limits that are running.
static LIMITED: Mutex<Vec<Weak<Limited>>> = Mutex::new(Vec::new());

fn limited() -> MutexGuard<'static, Vec<Weak<Limited>>> {
    LIMITED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on the program may use no more than this. It is watched until what is returned is dropped.
pub(crate) fn limit(id: u32, root: u32, limits: Limits) -> Arc<Limited> {
    static WATCHER: Once = Once::new();
    WATCHER.call_once(|| drop(thread::spawn(watch)));
    let program = Arc::new(Limited { id, root, limits, exceeded: OnceLock::new() });
    limited().push(Arc::downgrade(&program));
    program
}

fn watch() {
    loop {
        thread::sleep(PAUSE);
        limited().retain(|program| program.strong_count() > 0);
        let programs: Vec<_> = limited().iter().filter_map(Weak::upgrade).collect();
        if !programs.is_empty() {
            let all = Processes::now();
            programs.iter().for_each(|program| program.look(&all));
        }
    }
}
