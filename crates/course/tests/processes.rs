//! What the tool starts ends with it: whatever the program does, and however the tool is ended. `cargo test -p course --test
//! processes`
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)] // a test helper may fail like the test itself

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use ladder::scenario::SCENARIOS;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;
use testkit::build::built_programs;
use testkit::program::Exit;
use testkit::step::until;
use testkit::{Launch, Program, skip};

/// The real tool.
fn launch(args: &[&str]) -> Launch {
    Launch::new(env!("CARGO_BIN_EXE_course")).args(args).deadline(Duration::from_secs(60))
}

fn course(args: &[&str]) -> Program {
    launch(args).start().unwrap()
}

struct Marked {
    /// Its path stands in the command line of what is started from it, and of nothing else.
    folder: TempDir,
    /// For what a tool that is killed leaves.
    temporary: TempDir,
}

impl Marked {
    fn new() -> Marked {
        let folder = tempfile::Builder::new().prefix("course-processes-").tempdir().unwrap();
        Marked { folder, temporary: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> &str {
        self.folder.path().to_str().unwrap()
    }

    /// A shell script in the folder; `FOLDER` in its text is the folder.
    fn script(&self, text: &str) -> String {
        let path = self.folder.path().join("program.sh");
        fs::write(&path, text.replace("FOLDER", self.path())).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// The programs of the steps, by names in the folder.
    fn with_programs(self) -> Marked {
        for name in SCENARIOS.iter().map(|scenario| scenario.step) {
            symlink(built_programs().join(name), self.folder.path().join(name)).unwrap();
        }
        self
    }

    /// The commands with this folder in them, except for the tool's own.
    fn running(&self) -> Vec<String> {
        let entries = fs::read_dir("/proc").unwrap().map(Result::unwrap);
        let commands = entries.flat_map(|entry| fs::read(entry.path().join("cmdline")));
        let commands = commands.map(|command| String::from_utf8_lossy(&command).into_owned());
        let is_tool = |command: &str| {
            let mut words = command.split('\0'); // the tool's own path may hold spaces
            words.next() == Some(env!("CARGO_BIN_EXE_course"))
        };
        commands.filter(|command| command.contains(self.path()) && !is_tool(command)).collect()
    }

    fn wait_for(&self, number: usize) {
        let until = Instant::now() + Duration::from_secs(30);
        while self.running().len() < number {
            assert!(Instant::now() < until, "{:?}", self.running());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// A tool that ends itself takes its files with it, except for the locks of ports, which stay for the next one.
    fn expect_no_files(&self, when: &str) {
        let left =
            fs::read_dir(self.temporary.path()).unwrap().map(|entry| entry.unwrap().file_name());
        let left: Vec<_> = left
            .filter(|name| !name.as_encoded_bytes().starts_with(b"socket-steps-ports"))
            .collect();
        assert!(left.is_empty(), "{when}: {left:?}");
    }

    /// Nothing may be left after 2 seconds; on a busy computer they may take longer.
    fn expect_nothing_left(&self, when: &str) {
        let until = Instant::now() + Duration::from_secs(10);
        while !self.running().is_empty() {
            assert!(Instant::now() < until, "{when}: {:?}", self.running());
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// What a daemon does to get away: two forks, a session and an environment of its own, no streams.
const DAEMON: &str = "(env -i setsid sh -c 'trap \"\" TERM INT HUP; sleep 600; : FOLDER' </dev/null >/dev/null 2>&1 &)\n";

#[test]
fn a_daemon_with_an_environment_of_its_own_is_ended_with_its_check() {
    let marked = Marked::new();
    let script = marked.script(&format!("{DAEMON}sleep 600"));
    let options = ["--only", "prints", "--patience", "0.2"];
    let check = [&["check", "udp-recv"][..], &options, &["--", "sh", &script]].concat();
    let mut course = course(&check);
    marked.wait_for(3); // the supervisor's command holds the program's
    course.expect_exit(1).unwrap();
    assert!(course.stdout_text().contains("left processes running"), "{}", course.stdout_text());
    marked.expect_nothing_left("after the check");
}

#[test]
fn a_program_is_over_when_its_first_process_is() {
    let marked = Marked::new();
    let script = marked.script(&format!("{DAEMON}exit 0"));
    let mut course = course(&["check", "udp-recv", "--only", "prints", "--", "sh", &script]);
    course.expect_exit(1).unwrap();
    assert!(course.stdout_text().contains("ended: exit code 0"), "{}", course.stdout_text());
    marked.expect_nothing_left("after the check");
}

/// Each command that starts something, in the middle of it.
fn commands(marked: &Marked, script: &str) -> Vec<(Vec<String>, usize)> {
    let folder = marked.path();
    // A path may hold spaces.
    let words = |text: &str, path: &str| text.split(' ').chain([path]).map(str::to_owned).collect();
    vec![
        (words("check udp-recv --only prints -- sh", script), 3),
        (words("demo tcp-server --programs", folder), 2),
        (words("watch tcp-server --programs", folder), 2),
        (words("watch -- sh", script), 2),
    ]
}

fn started(args: &[String], marked: &Marked, number: usize) -> Program {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let course = launch(&args).env("TMPDIR", marked.temporary.path()).start().unwrap();
    marked.wait_for(number);
    course
}

#[test]
fn nothing_outlives_a_tool_that_is_killed() {
    let marked = Marked::new().with_programs();
    let script = marked.script(&format!("{DAEMON}sleep 600"));
    for (args, number) in commands(&marked, &script) {
        // Not as a `Program`, which ends the tool's whole group when the tool is gone.
        let mut tool = Command::new(env!("CARGO_BIN_EXE_course"));
        tool.args(&args).env("TMPDIR", marked.temporary.path()).process_group(0);
        tool.stdout(Stdio::null()).stderr(Stdio::null());
        let mut tool = tool.spawn().unwrap();
        marked.wait_for(number);
        tool.kill().unwrap();
        tool.wait().unwrap();
        marked.expect_nothing_left(&format!("kill -9 {args:?}"));
    }
}

/// As `timeout -s KILL` does it.
#[test]
fn nothing_outlives_a_tool_that_is_killed_with_its_group() {
    let marked = Marked::new().with_programs();
    let script = marked.script(&format!("{DAEMON}sleep 600"));
    for (args, number) in &commands(&marked, &script)[..3] {
        started(args, &marked, *number).kill();
        marked.expect_nothing_left(&format!("kill -9 of the group of {args:?}"));
    }
}

const SIGNALS: [(Signal, i32); 3] =
    [(Signal::SIGINT, 130), (Signal::SIGTERM, 143), (Signal::SIGHUP, 129)];

/// Does this process have handlers for them, as Linux shows it in /proc?
fn catches_signals(id: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap().trim();
    let caught = u64::from_str_radix(caught, 16).unwrap();
    SIGNALS.iter().all(|(signal, _)| caught >> (*signal as u64 - 1) & 1 == 1)
}

/// To the whole group, as a terminal sends it, and to the tool alone.
fn ends(mut tool: Program, signal: Signal, code: i32, alone: bool, args: &[String]) {
    if alone {
        kill(Pid::from_raw(tool.id().cast_signed()), signal).unwrap();
    } else {
        tool.signal(signal);
    }
    let start = Instant::now();
    assert_eq!(tool.wait().unwrap(), Exit::Code(code), "{signal} to {args:?}, alone: {alone}");
    assert!(start.elapsed() < Duration::from_secs(10), "{signal}: {:?}", start.elapsed());
}

#[test]
fn the_first_signal_ends_every_command_and_what_it_started() {
    let marked = Marked::new().with_programs();
    let script = marked.script(&format!("{DAEMON}sleep 600"));
    for (args, number) in commands(&marked, &script) {
        for (signal, code) in SIGNALS {
            ends(started(&args, &marked, number), signal, code, false, &args);
            marked.expect_no_files(&format!("{signal} to the group of {args:?}"));
            marked.expect_nothing_left(&format!("{signal} to the group of {args:?}"));
        }
        ends(started(&args, &marked, number), Signal::SIGTERM, 143, true, &args);
        marked.expect_nothing_left(&format!("SIGTERM to {args:?}"));
    }
}

#[test]
fn the_first_signal_ends_commands_that_wait() {
    for (args, says) in [
        (["calls", "listen:127.0.0.1:0", "accept"], "*wait for a client*"),
        (["calls", "udp:127.0.0.1:0", "recvfrom"], "*wait for a datagram*"),
        (["calls", "wait:600000", "close"], ""),
        (["calls", "listen:127.0.0.1:0", ""], "listening on*"),
        (["relay", "127.0.0.1:0", "127.0.0.1:9"], "listening on*"),
    ] {
        for (signal, code) in SIGNALS {
            let mut tool = course(&args);
            match says {
                "" => until("the signals are caught", || catches_signals(tool.id())),
                _ => drop(tool.expect_stderr(says).unwrap()),
            }
            ends(tool, signal, code, false, &args.map(str::to_owned));
        }
    }
}

/// Not with a shell and its `trap`: where SIGINT is ignored from the start, as in a job in the background, a shell may
/// not catch it.
#[test]
fn interrupt_is_ctrl_c() {
    let relay = ["relay", "127.0.0.1:0", "127.0.0.1:9"];
    let mut program = course(&relay);
    program.listening().unwrap();
    program.interrupt();
    program.expect_exit(130).unwrap();
}

/// The supervisor of `watch -- COMMAND` is in the tool's group. A signal that comes before it is ready for one ends it.
#[test]
fn a_signal_at_the_very_start_ends_with_its_exit_code() {
    if fs::read("/proc/thread-self/children").is_err() {
        return skip::skipped("a signal at the very start", "this kernel doesn't list children");
    }
    for _ in 0..20 {
        let mut tool = Command::new(env!("CARGO_BIN_EXE_course"));
        // Without calls: a strace that is killed before it holds its program leaves it waiting, which is ended after 2 s.
        tool.args(["watch", "--packets-only", "--", "sleep", "600"]).process_group(0);
        let mut tool = tool.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let children = format!("/proc/{0}/task/{0}/children", tool.id());
        while fs::read_to_string(&children).is_ok_and(|children| children.is_empty()) {}
        nix::sys::signal::killpg(Pid::from_raw(tool.id().cast_signed()), Signal::SIGHUP).unwrap();
        assert_eq!(tool.wait().unwrap().code(), Some(129));
    }
}
