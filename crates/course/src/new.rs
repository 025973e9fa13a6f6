//! `cargo course new STEP DIR`: a crate of the student's own to begin with, in which nothing is solved.

use std::env::consts::EXE_SUFFIX;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use common::text::clean;

use ladder::scenario::Scenario;

const CARGO_TOML: &str = include_str!("../starter/Cargo.toml.in");
const README: &str = include_str!("../starter/README.md.in");

/// What is different from step to step.
struct Starter {
    step: &'static str,
    main: &'static str,
    task: &'static str,
    run: &'static str,
}

macro_rules! starter {
    ($step:literal) => {
        Starter {
            step: $step,
            main: include_str!(concat!("../starter/", $step, "/main.rs")),
            task: include_str!(concat!("../starter/", $step, "/task.md")),
            run: include_str!(concat!("../starter/", $step, "/run.txt")),
        }
    };
}

const STARTERS: &[Starter] = &[
    starter!("udp-send"),
    starter!("udp-recv"),
    starter!("udp-chat"),
    starter!("tcp-server"),
    starter!("tcp-client"),
    starter!("tcp-duplex"),
    starter!("file-download"),
];

/// Makes the crate in a folder that is not there yet, or empty. The error is for the student.
pub fn make(scenario: &Scenario, folder: &Path) -> Result<(), String> {
    let step = scenario.step;
    let starter = STARTERS.iter().find(|starter| starter.step == step);
    let starter = starter.ok_or_else(|| format!("there is no starter for {step}"))?;
    prepare(folder)?;
    write_new(folder, "Cargo.toml", &CARGO_TOML.replace("{step}", step))?;
    write_new(folder, "README.md", &readme(scenario, starter))?;
    write_new(folder, ".gitignore", "/target\n")?;
    write_new(folder, "src/main.rs", starter.main)
}

/// Says what was made, and what to do next.
pub fn tell(out: &mut dyn Write, step: &str, folder: &Path) -> io::Result<()> {
    let manifest = clean(&quoted(&folder.join("Cargo.toml")));
    let target = folder.join("target").join("debug");
    let program = clean(&quoted(&target.join(format!("{step}{EXE_SUFFIX}"))));
    let made = clean(&folder.display().to_string());
    writeln!(out, "made {made}: a {step} of your own, with nothing solved yet")?;
    writeln!(
        out,
        "  README.md says what it must do; src/main.rs has the steps as TODO comments\n"
    )?;
    writeln!(out, "build it, and see what is still missing:")?;
    writeln!(out, "  cargo build --manifest-path {manifest}")?;
    writeln!(out, "  cargo course check {step} -- {program}")
}

/// The folder must be there afterwards, and empty.
fn prepare(folder: &Path) -> Result<(), String> {
    let shown = folder.display();
    if belongs_to_the_course(folder) {
        let advice = "choose one outside, for example next to the course's own";
        return Err(format!("{shown}: the folder `crates` is the course's; {advice}"));
    }
    match fs::read_dir(folder).map(Iterator::count) {
        Ok(1..) => {
            let advice = "nothing was written; name a folder that is not there yet";
            Err(format!("{shown} is not empty; {advice}"))
        }
        Ok(0) => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotADirectory => Err(format!(
            "{shown} is a file, or lies below one; name a folder that is not there yet"
        )),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            fs::create_dir_all(folder).map_err(|error| format!("can't make {shown}: {error}"))
        }
        Err(error) => Err(format!("can't look into {shown}: {error}")),
    }
}

/// Every folder in the course's `crates` must be a part of its workspace; a crate that is none would break its build.
fn belongs_to_the_course(folder: &Path) -> bool {
    let Some(crates) = absolute(folder).parent().map(Path::to_owned) else { return false };
    crates.ends_with("crates") && crates.with_file_name("Cargo.toml").is_file()
}

/// The folder's path with nothing relative in it, also when it is not there yet.
fn absolute(folder: &Path) -> PathBuf {
    let mut missing = Vec::new();
    let mut there = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    loop {
        if let Ok(found) = there.canonicalize() {
            return missing.iter().rev().fold(found, |path, name| path.join(name));
        }
        match (there.file_name(), there.parent()) {
            (Some(name), Some(parent)) => {
                missing.push(name.to_owned());
                there = parent.to_owned();
            }
            _ => return folder.to_owned(),
        }
    }
}

/// Writes a file that is not there yet; one that has appeared meanwhile stays as it is.
fn write_new(folder: &Path, name: &str, text: &str) -> Result<(), String> {
    let path = folder.join(name);
    let parent = path.parent().unwrap_or(folder);
    fs::create_dir_all(parent)
        .and_then(|()| File::create_new(&path)?.write_all(text.as_bytes()))
        .map_err(|error| format!("can't write {}: {error}", path.display()))
}

fn readme(scenario: &Scenario, starter: &Starter) -> String {
    README
        .replace("{task}", starter.task)
        .replace("{run}", starter.run.trim_end())
        .replace("{title}", scenario.title)
        .replace("{teaches}", scenario.teaches)
        .replace("{lesson}", scenario.lesson)
        .replace("{step}", scenario.step)
}

/// A path as it is typed in a shell.
fn quoted(path: &Path) -> String {
    let path = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "/\\.:_-".contains(c);
    if path.chars().all(plain) { path } else { format!("'{}'", path.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ladder::scenario::SCENARIOS;

    #[test]
    fn every_step_has_a_starter_whose_texts_are_filled_in() {
        for scenario in SCENARIOS {
            let folder = tempfile::tempdir().unwrap();
            make(scenario, folder.path()).unwrap();
            for name in ["Cargo.toml", "README.md", ".gitignore", "src/main.rs"] {
                let text = fs::read_to_string(folder.path().join(name)).unwrap();
                assert!(!text.is_empty(), "{}: {name}", scenario.step);
                for hole in ["{step}", "{task}", "{run}", "{title}", "{teaches}", "{lesson}"] {
                    assert!(!text.contains(hole), "{}: {hole} in {name}", scenario.step);
                }
            }
        }
    }

    #[test]
    fn nothing_is_ever_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let mine = folder.path().join("mine.txt");
        fs::write(&mine, "mine").unwrap();
        let error = make(&SCENARIOS[0], folder.path()).unwrap_err();
        assert!(error.contains("is not empty; nothing was written"), "{error}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        let error = make(&SCENARIOS[0], &mine).unwrap_err();
        assert!(error.contains("is a file"), "{error}");
        assert!(make(&SCENARIOS[0], &mine.join("below")).unwrap_err().contains("is a file"));
        assert_eq!(fs::read_to_string(&mine).unwrap(), "mine");
    }

    #[test]
    fn the_workspace_of_the_course_is_left_alone() {
        let course = tempfile::tempdir().unwrap();
        fs::write(course.path().join("Cargo.toml"), "").unwrap();
        let error = make(&SCENARIOS[0], &course.path().join("crates/mine")).unwrap_err();
        assert!(error.contains("`crates` is the course's"), "{error}");
        assert!(!course.path().join("crates").exists());
        make(&SCENARIOS[0], &course.path().join("solutions/mine")).unwrap();
    }

    #[test]
    fn paths_can_be_copied_into_a_shell() {
        assert_eq!(quoted(Path::new("../作业/a_b")), "../作业/a_b");
        assert_eq!(quoted(Path::new("my work/a")), "'my work/a'");
        assert_eq!(quoted(Path::new("a'b")), r"'a'\''b'");
    }
}
