//! The list of the programs that are running now, so that none of them outlives the course tool.
//!
//! Each program is started as a [`Group`] of its own: what it starts belongs to the group, and one call ends them all. The
//! price is that on Unix the terminal's Ctrl-C no longer reaches them, so the tool passes it on: [`interrupt`].
//!
//! On Windows all of these end with the tool as well. On Linux the tool also has each of them supervised: `supervisor` ends
//! what has left the group, and all of it when the tool is killed. Tests that run programs with this library have no such
//! helper: there the group must be enough.

use std::io::{self, ErrorKind};
use std::process::{Child, Command, ExitStatus};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::group::{self, Group};
use crate::screen::report;
use crate::supervisor::{self, Report};

struct Running {
    programs: Vec<Listed>,
    /// Everything was ended, and nothing may be started any more.
    over: bool,
}

/// A program on the list.
struct Listed {
    id: u32,
    by: By,
}

/// What ends a program and all that it started.
enum By {
    Supervisor(u32),
    Group(Group),
}

static RUNNING: Mutex<Running> = Mutex::new(Running { programs: Vec::new(), over: false });

/// Is this process the tool, which can start itself again as a supervisor?
static SUPERVISES: AtomicBool = AtomicBool::new(false);

/// What the tool ends with after a signal; 128 + SIGINT unless another one came.
static EXIT_CODE: AtomicU8 = AtomicU8::new(common::exit::INTERRUPTED);

fn running() -> MutexGuard<'static, Running> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on what this process starts ends with it, and each program gets a supervisor, as far as this system has that.
/// Only the tool's own executable can be one.
pub fn supervise_all() {
    if let Err(error) = group::end_with_this_process() {
        report(&format!("what is started here may go on when this program is killed: {error}"));
    }
    supervisor::adopt_orphans(); // of a supervisor that is killed
    SUPERVISES.store(supervisor::EXISTS, Ordering::SeqCst);
}

/// A program that was started.
pub struct Started {
    /// The program, or its supervisor: the streams are the program's own.
    pub child: Child,
    /// The program's process number.
    pub id: u32,
    report: Option<Report>,
}

impl Started {
    /// All that the program starts descends from this process.
    pub fn root(&self) -> u32 {
        self.child.id()
    }

    /// Waits for the program's end, then ends what it left running. Also returns how many of those were outside of
    /// its group, as far as its supervisor has found them.
    pub fn wait(&mut self) -> (io::Result<ExitStatus>, usize) {
        if let Some(report) = &mut self.report
            && let Some(status) = report.ended()
        {
            let left = report.left();
            let _ = self.child.wait(); // of the supervisor, whose status means nothing
            return (Ok(self.ended(status)), left);
        }
        (self.child.wait().map(|status| self.ended(status)), 0)
    }

    /// Takes the program off the list, and ends what is left of its group. Returns how it ended.
    fn ended(&self, status: ExitStatus) -> ExitStatus {
        let mut running = running();
        let is_this = |program: &mut Listed| program.id == self.id;
        match running.programs.extract_if(.., is_this).next().map(|program| program.by) {
            Some(By::Group(mut group)) => group.end_rest(status),
            Some(By::Supervisor(_)) | None => status,
        }
    }
}

/// Starts a program and puts it on the list. `streams` says where its input and output go.
pub fn spawn(command: &mut Command, streams: impl FnOnce(&mut Command)) -> io::Result<Started> {
    // The list stays locked while the program starts: a Ctrl-C in between must not miss it.
    let mut running = running();
    if running.over {
        return Err(io::Error::new(ErrorKind::Interrupted, "interrupted"));
    }
    let (started, by) = if SUPERVISES.load(Ordering::SeqCst) {
        let (child, id, report) = supervisor::spawn(command, false, streams)?;
        let by = By::Supervisor(child.id());
        (Started { child, id, report: Some(report) }, by)
    } else {
        streams(command);
        let (child, group) = group::spawn(command)?;
        (Started { id: child.id(), child, report: None }, By::Group(group))
    };
    running.programs.push(Listed { id: started.id, by });
    Ok(started)
}

/// Starts a command that keeps the terminal. It is not on the list: Ctrl-C reaches it from the terminal, and it may take
/// its time to end.
pub fn spawn_in_terminal(command: &mut Command) -> io::Result<Started> {
    let _nothing_else_starts = running();
    if SUPERVISES.load(Ordering::SeqCst) {
        let (child, id, report) = supervisor::spawn(command, true, |_| {})?;
        return Ok(Started { child, id, report: Some(report) });
    }
    let child = command.spawn()?;
    Ok(Started { id: child.id(), child, report: None })
}

/// Does something while no program is being started: a program that starts holds copies of all our sockets for a moment,
/// even of those that we have just closed.
pub fn while_nothing_starts<T>(act: impl FnOnce() -> T) -> T {
    let _nothing_starts = running();
    act()
}

/// A signal has come that ends the tool: remembers the exit code that it stands for, and ends every program.
pub fn interrupt(exit_code: u8) {
    EXIT_CODE.store(exit_code, Ordering::SeqCst);
    end_all();
}

/// The exit code after [`interrupt`].
pub fn exit_code() -> u8 {
    EXIT_CODE.load(Ordering::SeqCst)
}

/// Ends every program that is running, and lets no other start.
fn end_all() {
    let mut running = running();
    running.over = true;
    for program in &mut running.programs {
        program.by.end();
    }
}

/// Has [`interrupt`] been called?
pub fn all_ended() -> bool {
    running().over
}

/// Ends a program and all that it started.
pub fn kill(id: u32) {
    if let Some(program) = running().programs.iter_mut().find(|program| program.id == id) {
        program.by.end();
    }
}

impl By {
    fn end(&mut self) {
        match self {
            By::Supervisor(id) => supervisor::end(*id),
            By::Group(group) => group.end(),
        }
    }
}
