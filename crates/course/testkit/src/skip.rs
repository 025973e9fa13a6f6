//! What a test needs and not every computer has. Without it the test is skipped, in a line that `cargo test` shows.

use std::env;
use std::net::TcpListener;
use std::path::Path;

use socket2::{Domain, Socket, Type};

use crate::screen::report;
use crate::{Exit, Launch, python};

/// Reports what is not tested, and why.
pub fn skipped(what: &str, why: &str) {
    report(&format!("SKIPPED: {what}: {why}"));
}

/// True where this computer has IPv6; otherwise reports that `what` is skipped.
pub fn ipv6(what: &str) -> bool {
    let is_there = TcpListener::bind("[::1]:0").is_ok();
    if !is_there {
        skipped(what, "this computer has no IPv6");
    }
    is_there
}

/// True where this system has Unix sockets; otherwise reports that `what` is skipped. Windows has them since 2018, Wine
/// doesn't.
pub fn unix_sockets(what: &str) -> bool {
    let is_there = Socket::new(Domain::UNIX, Type::STREAM, None).is_ok();
    if !is_there {
        skipped(what, "this system has no Unix sockets");
    }
    is_there
}

/// True where the programs for Windows run under Wine, as `scripts/cross run` reports; then it also reports that `what`
/// is skipped, and how Wine differs from Windows.
pub fn under_wine(what: &str, why: &str) -> bool {
    under("Wine", "SOCKET_STEPS_WINE", what, why)
}

/// The same for programs of another processor under qemu.
pub fn under_qemu(what: &str, why: &str) -> bool {
    under("qemu", "SOCKET_STEPS_QEMU", what, why)
}

fn under(name: &str, variable: &str, what: &str, why: &str) -> bool {
    let is_there = env::var_os(variable).is_some();
    if is_there {
        skipped(what, &format!("under {name} {why}"));
    }
    is_there
}

/// True where a file behaves like one on a full disk, `/dev/full`; otherwise reports that this is skipped.
pub fn full_disk() -> bool {
    let is_there = Path::new("/dev/full").exists();
    if !is_there {
        skipped("a full disk", "this system has no /dev/full");
    }
    is_there
}

/// True where a program is installed; otherwise reports that `what` is skipped. `ask` is a command that succeeds
/// only then, such as `ncat --version`.
pub fn installed(ask: &[&str], what: &str) -> bool {
    let started = Launch::new(ask[0]).args(&ask[1..]).no_input().start();
    let is_there = started.is_ok_and(|mut program| program.wait().is_ok_and(Exit::success));
    if !is_there {
        skipped(what, &format!("{} is not installed", ask[0]));
    }
    is_there
}

/// True where the cargo is that built this; otherwise reports that `what` is skipped. Tests may run on another system.
pub fn cargo(what: &str) -> bool {
    let is_there = Path::new(env!("CARGO")).is_file();
    if !is_there {
        skipped(what, "the cargo that built the tests is on another system");
    }
    is_there
}

/// Where Python is; without one, reports that `what` is skipped.
pub fn python(what: &str) -> Option<&'static str> {
    let found = python::interpreter();
    if found.is_none() {
        skipped(what, &format!("{} is not installed", python::NAME));
    }
    found
}
