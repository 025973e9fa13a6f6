//! What is checked, and how: a program, and the words with which it is started.

use std::ffi::OsString;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::PathBuf;

use testkit::limits::Limits;
use testkit::shell::quoted;

use super::language;
use crate::words::Language;

/// Which checks are repeated alone when they fail.
#[derive(Clone, Copy, Debug)]
pub enum Repeats {
    /// None.
    Nothing,
    /// Those that decide the grade.
    Core,
    /// The extra ones too, because they count.
    All,
}

/// What is checked, and how.
pub struct Task {
    /// The program and its first arguments.
    pub program: Vec<OsString>,
    /// The same, as the user typed it.
    pub shown: String,
    /// What selects it on the command line of `cargo course check STEP`: nothing for our own program.
    pub selected: String,
    /// Only the checks with these names; empty: all.
    pub only: Vec<String>,
    /// What all random numbers of the run come from.
    pub seed: u64,
    /// How many checks run at the same time, each with a program and a port of its own.
    pub at_once: usize,
    /// The language that it is written in, if that is known.
    pub language: Option<Language>,
    /// All deadlines are longer by this factor.
    pub patience: f64,
    /// Which checks are repeated alone when they fail.
    pub repeats: Repeats,
    /// A command before the program that makes it flush at each line, as in a terminal; empty: there is none.
    pub line_by_line: Vec<OsString>,
    /// The folder that the program is confined to, and what it may use.
    pub confined: Option<(PathBuf, Limits)>,
}

impl Task {
    /// Checks a program.
    pub fn new(program: Vec<OsString>, shown: &str) -> Task {
        Task {
            language: language::of_program(&program),
            program,
            shown: shown.to_owned(),
            selected: format!(" -- {shown}"),
            only: Vec::new(),
            seed: new_seed(),
            at_once: 16,
            patience: 1.0,
            repeats: Repeats::Nothing,
            line_by_line: Vec::new(),
            confined: None,
        }
    }

    /// Checks the course's own program of a step.
    pub fn own(step: &str) -> Task {
        let program = vec![testkit::step_program(step).into_os_string()];
        let language = Some(Language::Rust);
        Task { selected: String::new(), language, ..Task::new(program, step) }
    }

    /// The command with these arguments, as a person would type it.
    pub fn command(&self, args: &[&str]) -> String {
        const SHOWN: usize = 60;
        let mut words = self.shown.clone();
        for arg in args {
            let short: String = arg.chars().take(SHOWN).collect();
            let more = if short.len() < arg.len() { "…" } else { "" };
            words += " ";
            words += &quoted(&format!("{short}{more}"));
        }
        words
    }
}

/// A seed that nobody can guess: its 64 bits are what the secrets in a check's texts are made of. Of all that std offers
/// only a new hasher takes its keys from the system's own randomness.
pub fn new_seed() -> u64 {
    RandomState::new().build_hasher().finish()
}
