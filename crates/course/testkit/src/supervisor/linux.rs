//! Between the tool and each program that it starts there is a small process: the tool's own executable, as `course
//! --supervise`. It adopts whatever the program leaves running, even a daemon in its own session (prctl(2),
//! PR_SET_CHILD_SUBREAPER), and the kernel reports the tool's death to it (PR_SET_PDEATHSIG). It kills all that is left when
//! the program ends, when the tool says so (SIGTERM), and when the tool is gone.
//!
//! It writes what happens into a pipe to the tool, a line for each: `started PID`, or `failed ERRNO`; then `ended STATUS`,
//! as wait(2) has it; then `left N`, how many processes outside of the program's group were still there.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, PipeReader, PipeWriter, Write};
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::sys::prctl;
use nix::sys::signal::{SigSet, Signal, kill, killpg};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{self, Pid};

/// The hidden command.
const COMMAND: &str = "--supervise";

/// How long to wait for the end of what was killed: the kernel may still be busy with it.
const LONGEST: Duration = Duration::from_secs(2);

/// How often to check what is left.
const LOOK: Duration = Duration::from_millis(2);

/// Does this system have one?
pub const EXISTS: bool = true;

/// Starts a program under a supervisor; `streams` says where its input and output go. Returns the supervisor, and the
/// program's process number. Nothing else may start meanwhile: it would keep the pipe.
///
/// With `in_terminal` it stays in the tool's process group, so it can use the terminal, and what it leaves running when it
/// ends is left to the tool.
pub fn spawn(
    command: &Command,
    in_terminal: bool,
    streams: impl FnOnce(&mut Command),
) -> io::Result<(Child, u32, Report)> {
    let (reader, writer) = io::pipe()?;
    let mut above = above(command, in_terminal, &writer);
    streams(&mut above);
    if !in_terminal {
        above.process_group(0);
    }
    fcntl(&writer, FcntlArg::F_SETFD(FdFlag::empty()))?; // the supervisor keeps it
    let child = above.spawn();
    drop(writer);
    let mut child = child?;
    let mut report = Report(BufReader::new(reader));
    match report.started() {
        Ok(id) => Ok((child, id, report)),
        Err(error) => match child.wait() {
            // A signal to all in the terminal came before it was ready for one: as if it had ended the program.
            Ok(status) if in_terminal && status.signal().is_some() => {
                let id = child.id();
                Ok((child, id, report))
            }
            _ => Err(error),
        },
    }
}

/// The command that runs this one under a supervisor, with the same environment and folder.
fn above(command: &Command, in_terminal: bool, report: &PipeWriter) -> Command {
    // A new build may have replaced the file of the executable.
    let mut above = Command::new("/proc/self/exe");
    above.arg0("course").arg(COMMAND);
    above.args([std::process::id().to_string(), report.as_raw_fd().to_string()]);
    above.arg(i32::from(in_terminal).to_string());
    above.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => above.env(name, value),
            None => above.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        above.current_dir(folder);
    }
    above
}

/// The tool's end of the pipe.
pub struct Report(BufReader<PipeReader>);

impl Report {
    /// The number in the next line, which must have this name.
    fn number(&mut self, name: &str) -> Option<i32> {
        let (is, number) = self.line()?;
        (is == name).then_some(number)
    }

    fn line(&mut self) -> Option<(String, i32)> {
        let mut line = String::new();
        self.0.read_line(&mut line).ok()?;
        let (name, number) = line.trim_end().split_once(' ')?;
        Some((name.to_owned(), number.parse().ok()?))
    }

    /// The program's process number, or why it could not be started.
    fn started(&mut self) -> io::Result<u32> {
        match self.line() {
            Some((name, number)) if name == "started" => Ok(number.unsigned_abs()),
            Some((_, number)) => Err(io::Error::from_raw_os_error(number)),
            None => Err(io::Error::other("its supervisor ended at once")),
        }
    }

    /// Waits for the program's end; `None`: its supervisor was killed.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.number("ended").map(ExitStatus::from_raw)
    }

    /// How many processes it left running outside of its group.
    pub fn left(&mut self) -> usize {
        self.number("left").and_then(|number| usize::try_from(number).ok()).unwrap_or(0)
    }
}

/// Was this process started as a supervisor? Then its work is done when this returns, and its exit code means nothing.
pub fn was_asked() -> bool {
    let mut words = std::env::args_os().skip(1);
    if words.next().is_none_or(|word| word != COMMAND) {
        return false;
    }
    let mut number = || words.next()?.to_str()?.parse::<i32>().ok();
    let (Some(parent), Some(report), Some(in_terminal)) = (number(), number(), number()) else {
        return true;
    };
    let words: Vec<OsString> = words.collect();
    if let Some((program, args)) = words.split_first() {
        // An error means that the tool has gone: nobody could read a report.
        let mut command = Command::new(program);
        command.args(args);
        if in_terminal == 0 {
            command.process_group(0);
        }
        let _ = supervise(Pid::from_raw(parent), report, in_terminal != 0, command);
    }
    true
}

fn supervise(
    parent: Pid,
    report: RawFd,
    in_terminal: bool,
    mut command: Command,
) -> io::Result<()> {
    let mut pipe = File::options().write(true).open(format!("/proc/self/fd/{report}"))?;
    unistd::close(report)?; // the new one is not inherited
    prctl::set_child_subreaper(true)?;
    let child = match command.spawn() {
        Ok(child) => Pid::from_raw(child.id().cast_signed()),
        Err(error) => return writeln!(pipe, "failed {}", error.raw_os_error().unwrap_or(0)),
    };
    // This process must not hold the program's output open: its reader waits for the end.
    let nothing = File::options().read(true).write(true).open("/dev/null")?;
    unistd::dup2_stdin(&nothing)?;
    unistd::dup2_stdout(&nothing)?;
    unistd::dup2_stderr(&nothing)?;
    // From now on no signal but SIGKILL ends it before its work is done. Not earlier, because the program inherits the mask.
    SigSet::all().thread_block()?;
    prctl::set_pdeathsig(Signal::SIGHUP)?;
    let reported = writeln!(pipe, "started {child}");
    // The tool may have died before the kernel was asked to report that.
    let is_wanted = reported.is_ok() && unistd::getppid() == parent;
    Supervisor { parent, child, in_terminal, pipe, left: 0 }.run(is_wanted);
    Ok(())
}

struct Supervisor {
    parent: Pid,
    child: Pid,
    in_terminal: bool,
    pipe: File,
    left: usize,
}

impl Supervisor {
    fn run(mut self, is_wanted: bool) {
        // If the program ended before SIGCHLD was blocked, that signal was lost.
        let mut child_ended = self.reap().child_ended;
        let mut goes_on = is_wanted && !child_ended;
        while goes_on {
            goes_on = match SigSet::all().wait() {
                Ok(Signal::SIGCHLD) => {
                    child_ended = self.reap().child_ended;
                    !child_ended
                }
                // The kernel reports the end of the thread that started this process, too.
                Ok(Signal::SIGHUP) => unistd::getppid() == self.parent,
                Ok(Signal::SIGTERM) | Err(_) => false,
                Ok(_) => true,
            };
        }
        let until = Instant::now() + LONGEST;
        let is_left_to_the_tool = self.in_terminal && child_ended && is_wanted;
        while !is_left_to_the_tool && Instant::now() < until && self.reap().any_left {
            // The only error is that it has just ended.
            let _ = killpg(self.child, Signal::SIGKILL);
            for (process, group) in descendants() {
                self.left += usize::from(group != self.child);
                let _ = kill(process, Signal::SIGKILL);
            }
            thread::sleep(LOOK);
        }
        let _ = writeln!(self.pipe, "left {}", self.left);
    }

    /// Reaps all that have ended.
    fn reap(&mut self) -> Reaped {
        let mut child_ended = false;
        loop {
            let (process, status) = match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
                Ok(WaitStatus::Exited(process, code)) => (process, code << 8),
                Ok(WaitStatus::Signaled(process, signal, _)) => (process, signal as i32),
                Ok(WaitStatus::StillAlive) => return Reaped { child_ended, any_left: true },
                Ok(_) => continue,
                Err(_) => return Reaped { child_ended, any_left: false },
            };
            if process == self.child {
                child_ended = true;
                let _ = writeln!(self.pipe, "ended {status}");
            }
        }
    }
}

struct Reaped {
    child_ended: bool,
    /// Not only in /proc: see [`any_left`].
    any_left: bool,
}

/// From now on whatever a program leaves running becomes a child of this process.
pub fn adopt_orphans() {
    // Without it, what is left running is not found; nothing else is lost.
    let _ = prctl::set_child_subreaper(true);
}

/// Has a supervisor end all that it supervises.
pub fn end(supervisor: u32) {
    // The only error is that it has ended, and with it all of that.
    let _ = kill(Pid::from_raw(supervisor.cast_signed()), Signal::SIGTERM);
}

/// Ends all that this process has started: with SIGTERM first, if there is time for it, and then with SIGKILL. No wait
/// for one of them lasts longer than this.
pub fn end_descendants(politely: Duration) {
    let start = Instant::now();
    let mut was_asked = politely.is_zero();
    while any_left() && start.elapsed() < politely + LONGEST {
        let signal = match start.elapsed() < politely {
            true if was_asked => None,
            true => Some(Signal::SIGTERM),
            false => Some(Signal::SIGKILL),
        };
        for (process, _) in descendants() {
            let _ = kill(process, signal);
        }
        was_asked = true;
        thread::sleep(LOOK);
    }
}

/// Is anything left of what this process has started? Reaps all that have ended. A process that adopts orphans and has no
/// child has no descendant either. /proc can't prove that, because processes come and go while it is read.
fn any_left() -> bool {
    loop {
        match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
            Ok(WaitStatus::StillAlive) => return true,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}

/// All that this process has started, and what that has started, with the process group of each.
fn descendants() -> Vec<(Pid, Pid)> {
    let Ok(folder) = fs::read_dir("/proc") else { return Vec::new() };
    let mut children: HashMap<Pid, Vec<(Pid, Pid)>> = HashMap::new();
    for entry in folder.flatten() {
        let Some(number) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        if let Some((parent, group)) = parent_and_group(&stat) {
            children.entry(parent).or_default().push((Pid::from_raw(number), group));
        }
    }
    let mut found = Vec::new();
    let mut parents = vec![Pid::this()];
    while let Some(parent) = parents.pop() {
        let own = children.remove(&parent).unwrap_or_default();
        parents.extend(own.iter().map(|(process, _)| *process));
        found.extend(own);
    }
    found
}

/// `PID (NAME) STATE PARENT GROUP …`; nothing of one that has ended and only waits to be reaped.
fn parent_and_group(stat: &str) -> Option<(Pid, Pid)> {
    // A name may hold spaces and brackets; the last bracket ends it.
    let mut words = stat.rsplit_once(") ")?.1.split(' ');
    if words.next()? == "Z" {
        return None;
    }
    let mut number = || words.next()?.parse().ok().map(Pid::from_raw);
    Some((number()?, number()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_brackets_are_read() {
        let line = "12 (a) b (c) S 7 12 12 0";
        assert_eq!(parent_and_group(line), Some((Pid::from_raw(7), Pid::from_raw(12))));
        assert_eq!(parent_and_group("12 (a) Z 7 12 12 0"), None);
        assert_eq!(parent_and_group(""), None);
    }
}
