//! The stages of each step, which `cargo course stages` shows. A stage is a whole program in `examples/` of the step; the
//! first is the smallest that does anything, and each next one replaces one function, because one check was red.

use std::io;
use std::path::PathBuf;

use common::here::cargo;
use testkit::{build, find};

use crate::check::report::mark;
use crate::check::{self, Grade, Step, Task};
use crate::words::Language;

/// A program between the tutorial's ten lines and ours.
pub struct Stage {
    /// The step that it belongs to.
    pub step: &'static str,
    /// The name of the example, which no other step has.
    pub name: &'static str,
    /// The core check that is red in the stage before, and green from this one on; the first stage has none.
    pub mends: Option<&'static str>,
    /// The program.
    pub source: &'static str,
}

macro_rules! stage {
    ($step:literal, $name:literal, $mends:expr) => {
        Stage {
            step: $step,
            name: $name,
            mends: $mends,
            source: include_str!(concat!("../../../", $step, "/examples/", $name, ".rs")),
        }
    };
}

/// All stages, in the order in which they are read.
pub const STAGES: &[Stage] = &[
    stage!("udp-send", "smallest_sender", None),
    stage!("udp-send", "lines_until_88", Some("lines")),
    stage!("udp-recv", "smallest_receiver", None),
    stage!("udp-recv", "datagrams_until_88", Some("prints")),
    stage!("udp-chat", "chat_in_turns", None),
    stage!("udp-chat", "chat_two_threads", Some("both-ways")),
    stage!("tcp-server", "one_client", None),
    stage!("tcp-server", "one_after_another", Some("client-closes")),
    stage!("tcp-server", "thread_per_client", Some("second-client")),
    stage!("tcp-server", "whole_characters", Some("split-character")),
    stage!("tcp-client", "one_recv", None),
    stage!("tcp-client", "until_zero", Some("in-pieces")),
    stage!("tcp-client", "both_directions", Some("both-directions")),
    stage!("tcp-duplex", "recv_is_a_message", None),
    stage!("tcp-duplex", "line_is_a_message", Some("torn-apart")),
    stage!("file-download", "bare_bytes", None),
    stage!("file-download", "size_first", Some("serve-text")),
    stage!("file-download", "nothing_half_saved", Some("get-cut")),
];

/// The stages of a step.
pub fn of(step: &str) -> Vec<&'static Stage> {
    STAGES.iter().filter(|stage| stage.step == step).collect()
}

/// Builds these stages of a step. Without cargo they are only there to be read, unless somebody has built them.
pub fn build(step: &str, stages: &[&Stage]) -> Result<(), String> {
    build::build_stages(&[step])?;
    match stages.iter().find(|stage| !stage.program().is_file()) {
        Some(stage) if cargo().is_none() => {
            let sources = find::programs_folder().join("stages").join(step);
            Err(format!(
                "the stage {} is a Rust program, and there is no cargo here to build it; read it: {}",
                stage.name,
                sources.join(stage.name).with_extension("rs").display()
            ))
        }
        _ => Ok(()),
    }
}

/// The stage of a step with this name.
pub fn find(step: &str, name: &str) -> Option<&'static Stage> {
    STAGES.iter().find(|stage| stage.step == step && stage.name == name)
}

impl Stage {
    /// What it does: the first line of its head.
    pub fn title(&self) -> &'static str {
        self.source.lines().next().unwrap_or_default().trim_start_matches("//!").trim()
    }

    /// The executable.
    pub fn program(&self) -> PathBuf {
        find::stage_program(self.name)
    }

    /// Checks this stage.
    pub fn task(&self) -> Task {
        let program = vec![self.program().into_os_string()];
        let selected = format!(" --stage {}", self.name);
        Task { selected, language: Some(Language::Rust), ..Task::new(program, self.name) }
    }

    /// Runs the core checks of the step, with this many times the usual patience.
    pub fn grade(&self, step: &'static Step, seed: u64, patience: f64) -> io::Result<Grade> {
        let core = step.all_checks().filter(|check| !check.extra);
        let only = core.map(|check| check.name.to_owned()).collect();
        check::grade(step, &Task { only, seed, patience, ..self.task() }, &mut |_| Ok(()))
    }
}

/// The table *stage × core check*: a column for each stage, a row for each check. Of each row its beginning, and what the
/// check looks at.
pub fn table(grades: &[Grade]) -> Vec<(String, &'static str)> {
    let Some(first) = grades.first() else { return Vec::new() };
    let numbers: Vec<String> = (1..=grades.len()).map(|number| number.to_string()).collect();
    let mut rows = vec![(format!("{:16} {}  ", "", numbers.join(" ")), "")];
    for (row, verdict) in first.verdicts.iter().enumerate() {
        let marks: Vec<&str> =
            grades.iter().map(|grade| mark(&grade.verdicts[row], true).0).collect();
        let check = verdict.check;
        rows.push((format!("{:16} {}  ", check.name, marks.join(" ")), check.looks_at));
    }
    rows
}
