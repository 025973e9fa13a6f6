//! `cargo course doctor`: is this computer ready for the course?
//!
//! [`CHECKS`] is the table: a name, and a function that looks and returns what it found. No check prints, needs root or
//! the network, or leaves anything behind. All of them look at the same time, so the slowest one decides how long it
//! takes. Then one writer prints the rows: ASCII only where the terminal may not understand more.

mod finding;
mod network;
mod programs;
mod terminal;

use std::env;
use std::io::{self, Write};
use std::panic;
use std::process::{Command, ExitCode, Stdio};
use std::thread;

use common::here::here;
use grader::check::ports::Protocol::{Tcp, Udp};
use testkit::namespace;
use testkit::outcome::{self, Outcome};
use testkit::running;
use testkit::screen::{Screen, Style, wrap};

use finding::{Finding, Mark};

/// Looks at one thing.
type Check = fn() -> Finding;

/// What is checked, in the order in which it is printed.
const CHECKS: &[(&str, Check)] = &[
    ("Rust", programs::rust),
    ("the steps", programs::steps),
    ("terminal", terminal::chinese),
    ("locale", terminal::locale),
    ("encoding", terminal::encoding),
    ("loopback IPv4", network::ipv4),
    ("loopback IPv6", network::ipv6),
    ("8888 UDP", || network::port(Udp, 8888)),
    ("8888 TCP", || network::port(Tcp, 8888)),
    ("8899 TCP", || network::port(Tcp, 8899)),
    ("8080 TCP", || network::port(Tcp, 8080)),
    ("other ports", network::other_ports),
    ("addresses", network::addresses),
    ("namespaces", network::namespaces),
    ("ncat", || programs::optional(&programs::NCAT)),
    ("python3", || programs::optional(&programs::PYTHON)),
    ("tmux", || programs::optional(&programs::TMUX)),
    ("strace", || programs::optional(&programs::STRACE)),
];

/// The names are in a column of this width, after the mark and a space.
const NAME: usize = 14;
const INDENT: usize = 2 + NAME;

/// Longer lines are hard to read, however wide the terminal is.
const WIDTH: usize = 80;

/// The command has no options for students.
#[derive(clap::Args, Debug)]
pub struct Options {
    /// This is the process that tries to move into a namespace
    #[arg(long, hide = true)]
    inside: bool,
}

/// Tries to move into a namespace, if this is the process for it. `main` calls it before anything starts a thread: the
/// kernel gives a user namespace only to a process with a single one.
pub fn prepare(options: &Options) -> Option<ExitCode> {
    options.inside.then(network::try_namespace)
}

/// Lets each check have a network of its own, where the system allows that. `main` calls it before anything starts a thread.
/// Another process tries it first: half a user namespace would be worse than none.
pub fn prepare_networks() {
    let tool = env::current_exe().map(Command::new);
    let tried = tool.and_then(|mut tool| {
        tool.args(["doctor", "--inside"]).stdout(Stdio::null()).stderr(Stdio::null()).status()
    });
    if tried.is_ok_and(|status| status.success()) {
        // It has just worked in the other process.
        let _ = namespace::allow_own_networks();
    }
}

/// Looks at everything, and prints what was found.
pub fn run(screen: &Screen) -> outcome::Result {
    let findings = look();
    if running::all_ended() {
        return Ok(Outcome::Interrupted);
    }
    write(&mut io::stdout().lock(), screen, &findings)?;
    let ready = findings.iter().all(|(_, finding)| finding.mark != Mark::Missing);
    Ok(if ready { Outcome::Good } else { Outcome::Bad })
}

fn look() -> Vec<(&'static str, Finding)> {
    thread::scope(|scope| {
        let start = |&(name, check): &(&'static str, Check)| (name, scope.spawn(check));
        let started: Vec<_> = CHECKS.iter().map(start).collect();
        let found = started.into_iter().map(|(name, check)| {
            (name, check.join().unwrap_or_else(|panicked| panic::resume_unwind(panicked)))
        });
        found.collect()
    })
}

fn write(out: &mut dyn Write, screen: &Screen, findings: &[(&str, Finding)]) -> io::Result<()> {
    let screen = Screen { width: screen.width.min(WIDTH), ..*screen };
    let [good, warning, missing] =
        if terminal::shows_utf8() { ["✓", "!", "✗"] } else { ["+", "!", "x"] };
    let system = (std::env::consts::OS, std::env::consts::ARCH);
    writeln!(out, "Socket Steps {} on {} {}\n", env!("CARGO_PKG_VERSION"), system.0, system.1)?;
    for (name, finding) in findings {
        let mark = match finding.mark {
            Mark::Good => screen.paint(Style::Good, good),
            Mark::Warning => screen.paint(Style::Bold, warning),
            Mark::Missing => screen.paint(Style::Bad, missing),
        };
        let mut label = format!("{mark} {name:<NAME$}");
        for line in wrap(&here(&finding.found), screen.width - INDENT) {
            writeln!(out, "{label}{line}")?;
            label = " ".repeat(INDENT);
        }
        if !finding.advice.is_empty() {
            screen.paragraph(out, &format!("{label}-> "), &finding.advice)?;
        }
    }
    let marked = |mark| findings.iter().any(|(_, finding)| finding.mark == mark);
    let sum = if marked(Mark::Missing) {
        format!("Not ready yet: the lessons need what is marked {missing}.")
    } else if marked(Mark::Warning) {
        format!("Ready. The lessons work without what is marked {warning}.")
    } else {
        "Ready.".to_owned()
    };
    writeln!(out)?;
    screen.line(out, Style::Bold, &sum)
}
