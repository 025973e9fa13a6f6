//! Programs: Rust, the steps, and what experiments use that isn't ours.

use common::here::cargo;
use ladder::scenario::{self, SCENARIOS};
use testkit::find;
use testkit::program::Launch;

use super::finding::{Finding, PATIENCE};

/// The oldest Rust that can build the course.
const RUST: &str = env!("CARGO_PKG_RUST_VERSION");

/// The compiler. Programs that are built already don't need it, so its absence is only a warning.
pub(super) fn rust() -> Finding {
    let line = match first_line("rustc", &["--version"]) {
        Ok(line) => line,
        Err(why) if cargo().is_none() => {
            return Finding::good(format!("rustc {why}, and isn't needed: the programs are built"));
        }
        Err(why) => {
            let found = format!("rustc {why}: what is built runs, but nothing can be built");
            return Finding::warning(found, "install Rust: https://rustup.rs");
        }
    };
    let version = line.split(' ').nth(1).unwrap_or_default();
    if number(version) < number(RUST) {
        return Finding::warning(format!("{line}; the course needs {RUST}"), "rustup update");
    }
    Finding::good(line)
}

/// `1.95.0` as numbers that can be compared.
fn number(version: &str) -> Vec<u32> {
    version.split('.').map_while(|part| part.parse().ok()).collect()
}

/// The programs of the steps, beside the tool itself.
pub(super) fn steps() -> Finding {
    let folder = find::programs_folder();
    let missing = scenario::missing(&SCENARIOS.iter().collect::<Vec<_>>(), &folder);
    if missing.is_empty() {
        return Finding::good(format!("all {} are built", SCENARIOS.len()));
    }
    let found = format!("not built yet: {}", missing.join(", "));
    let advice = match cargo() {
        Some(_) => "cargo course demo builds them, and plays them",
        None => find::how_to_get(),
    };
    Finding::warning(found, advice)
}

/// A program that some exercises use, and how to get it.
pub(super) struct Tool {
    name: &'static str,
    version: &'static str,
    used: &'static str,
    debian: &'static str,
    macos: &'static str,
    windows: &'static str,
}

pub(super) const NCAT: Tool = Tool {
    name: "ncat",
    version: "--version",
    used: "experiments with a peer that isn't ours",
    debian: "sudo apt install ncat",
    macos: "brew install nmap",
    windows: "https://nmap.org/ncat, or under WSL: sudo apt install ncat",
};

pub(super) const PYTHON: Tool = Tool {
    name: if cfg!(windows) { "python" } else { "python3" },
    version: "--version",
    used: "experiments with a peer in Python",
    debian: "sudo apt install python3",
    macos: "xcode-select --install",
    windows: "https://www.python.org/downloads; where lessons say python3, type python",
};

pub(super) const TMUX: Tool = Tool {
    name: "tmux",
    version: "-V",
    used: "scripts/step, which opens both ends side by side",
    debian: "sudo apt install tmux",
    macos: "brew install tmux",
    windows: "under WSL: sudo apt install tmux; or open two terminals",
};

pub(super) const STRACE: Tool = Tool {
    name: "strace",
    version: "-V",
    used: "seeing any program's system calls",
    debian: "sudo apt install strace",
    macos: "only Linux has it; --explain prints the calls of our programs",
    windows: "under WSL: sudo apt install strace",
};

/// Is the program there, and does it start?
pub(super) fn optional(tool: &Tool) -> Finding {
    let why = match first_line(tool.name, &[tool.version]) {
        Ok(line) => return Finding::good(line),
        Err(why) => why,
    };
    let how = match std::env::consts::OS {
        "windows" => tool.windows.to_owned(),
        "macos" => tool.macos.to_owned(),
        _ => format!("{} (Debian, Ubuntu)", tool.debian),
    };
    Finding::warning(format!("{why}; for {}", tool.used), how)
}

/// The first line that a program prints about itself, or why there is none.
pub(super) fn first_line(program: &str, arguments: &[&str]) -> Result<String, &'static str> {
    let launch = Launch::new(program).args(arguments).no_input().deadline(PATIENCE);
    let mut program = launch.start().map_err(|_| "is not installed")?;
    let exit = program.wait().map_err(|_| "does not answer")?;
    let text = program.stdout_text() + "\n" + &program.stderr_text();
    let line = text.lines().find(|line| exit.success() && !line.trim().is_empty());
    line.map(common::text::clean_message).ok_or("does not work")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(number("1.95.0") >= number("1.95"));
        assert!(number("1.100.0-nightly") > number("1.95"));
        assert!(number("1.9.0") < number("1.95"));
        assert!(number("2.0.0") > number("1.95"));
    }
}
