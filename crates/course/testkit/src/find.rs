//! Where the programs of the steps lie: beside the tool's own executable, because cargo puts them all into one folder.
//! For `scripts/cross run` they lie in another one, SOCKET_STEPS_PROGRAMS: each is a script there that runs the program of another
//! system under Wine or an emulator.

use std::env;
use std::path::{Path, PathBuf};

use common::here::cargo;

/// The folder that cargo builds the programs into, such as `target/debug`.
///
/// A test's executable lies one folder deeper, in `target/debug/deps`.
pub fn programs_folder() -> PathBuf {
    if let Some(folder) = env::var_os("SOCKET_STEPS_PROGRAMS") {
        return folder.into();
    }
    // This fails only for a deleted executable or on an unusual system; the current folder is then the best guess.
    let mut folder = env::current_exe().unwrap_or_default();
    folder.pop();
    if folder.ends_with("deps") {
        folder.pop();
    }
    folder
}

/// The executable of a step: `step_program("udp-recv")` is `target/debug/udp-recv`, with `.exe` on Windows.
///
/// Whether it exists is not checked here: a failed start explains what to do.
pub fn step_program(name: &str) -> PathBuf {
    program_in(&programs_folder(), name)
}

/// The executable of a stage: cargo puts examples into a folder of their own.
pub fn stage_program(name: &str) -> PathBuf {
    program_in(&programs_folder().join("examples"), name)
}

/// What to do when a program of the course is not where it belongs.
pub fn how_to_get() -> &'static str {
    if cargo().is_some() {
        "build it with `cargo build --workspace --bins`"
    } else {
        "it belongs beside `course`: unpack the whole archive again, or build it with `cargo build --workspace --bins`"
    }
}

/// The executable of this name in a folder.
pub fn program_in(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}{}", env::consts::EXE_SUFFIX))
}
