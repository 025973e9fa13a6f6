//! What a test needs and not every computer has. Without it the test is skipped, in a line that `cargo test` shows.

use std::net::TcpListener;
use std::sync::LazyLock;

use crate::screen::report;
use crate::{Exit, Launch};

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

/// Where Python is; without one, reports that `what` is skipped. It is the interpreter itself: what a shell calls
/// `python3` may be a slow script that looks for it.
pub fn python(what: &str) -> Option<&'static str> {
    const NAME: &str = if cfg!(windows) { "python" } else { "python3" };
    static FOUND: LazyLock<Option<String>> = LazyLock::new(|| {
        let ask = ["-c", "import sys; print(sys.version_info >= (3, 6), sys.executable)"];
        let mut python = Launch::new(NAME).args(&ask).no_input().start().ok()?;
        python.expect_stdout("True *").ok()?.strip_prefix("True ").map(str::to_owned)
    });
    if FOUND.is_none() {
        skipped(what, &format!("{NAME} is not installed"));
    }
    FOUND.as_deref()
}
