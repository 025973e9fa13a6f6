//! Does `cargo course new` make crates that a student can begin with? The real tool, and real builds without a network.
#![allow(clippy::unwrap_used)] // a test helper may fail like the test itself

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::thread;

use grader::check;
use ladder::scenario::{SCENARIOS, Scenario};

fn course(folder: &Path, args: &[&str]) -> Output {
    let mut course = Command::new(env!("CARGO_BIN_EXE_course"));
    course.args(args).current_dir(folder).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Makes the starter of a step and builds it as its own message says; warnings count as errors.
fn make_and_build(step: &str, folder: &Path) -> Output {
    let made = course(folder, &["new", step, "my work/mine"]);
    let says = text(&made.stdout);
    assert_eq!(made.status.code(), Some(0), "{}", text(&made.stderr));
    assert!(says.contains("cargo build --manifest-path 'my work/mine/Cargo.toml'"), "{says}");
    assert!(
        says.contains(&format!("cargo course check {step} -- 'my work/mine/target/")),
        "{says}"
    );
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--offline", "--manifest-path", "my work/mine/Cargo.toml"]);
    cargo.env("RUSTFLAGS", "-D warnings").env_remove("CARGO_TARGET_DIR");
    cargo.current_dir(folder).output().unwrap()
}

/// The numbered list of a lesson: `1.` and `socket`, and so on. `1b.` belongs to an option, which starters don't have.
fn list_of_the_lesson(lesson: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let lesson = fs::read_to_string(root.join(lesson)).unwrap();
    let list = lesson.split("```steps\n").nth(1).unwrap().split("```").next().unwrap();
    let mut found = Vec::new();
    for line in list.lines() {
        let mut words = line.split_whitespace().map(str::to_owned);
        let (number, call) = (words.next().unwrap(), words.next().unwrap());
        if !number.ends_with("b.") {
            found.push((number, call));
        }
    }
    assert!(found.len() >= 3, "{list}");
    found
}

#[test]
fn every_starter_builds_without_a_warning_and_has_the_steps_list() {
    let build = |scenario: &Scenario| {
        let step = scenario.step;
        let folder = tempfile::tempdir().unwrap();
        let built = make_and_build(step, folder.path());
        assert!(built.status.success(), "{step}: {}", text(&built.stderr));
        let main = fs::read_to_string(folder.path().join("my work/mine/src/main.rs")).unwrap();
        for (number, call) in list_of_the_lesson(scenario.lesson) {
            assert!(main.contains(&format!("{number} {call}")), "{step}: {number} {call}");
        }
    };
    with_all_steps(build);
}

#[test]
fn a_starter_fails_its_first_check_with_its_own_words() {
    let try_it = |scenario: &Scenario| {
        let step = scenario.step;
        let folder = tempfile::tempdir().unwrap();
        assert!(make_and_build(step, folder.path()).status.success());
        let program = folder.path().join("my work/mine/target/debug").join(step);
        let first = check::find(step).unwrap().all_checks().next().unwrap().name;
        let program = program.to_str().unwrap();
        let checked = course(folder.path(), &["check", step, "--only", first, "--", program]);
        let story = text(&checked.stdout);
        assert_eq!(checked.status.code(), Some(1), "{story}{}", text(&checked.stderr));
        for part in [&format!("✗ {first}"), " yet", "see ", "TODO 1", scenario.lesson] {
            assert!(story.contains(part), "{part}: {story}");
        }
    };
    with_all_steps(try_it);
}

/// Two steps at a time.
fn with_all_steps(try_it: impl Fn(&Scenario) + Copy + Send) {
    thread::scope(|scope| {
        for half in SCENARIOS.chunks(4) {
            scope.spawn(move || half.iter().for_each(try_it));
        }
    });
}

#[test]
fn what_is_there_stays() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("mine.txt"), "mine").unwrap();
    for (place, why) in [(".", "not empty"), ("mine.txt", "is a file")] {
        let refused = course(folder.path(), &["new", "tcp-server", place]);
        assert_eq!(refused.status.code(), Some(2));
        assert!(text(&refused.stderr).contains(why), "{}", text(&refused.stderr));
        assert!(refused.stdout.is_empty());
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    assert_eq!(course(folder.path(), &["new", "tcp-sever", "x"]).status.code(), Some(2));
    assert_eq!(course(folder.path(), &["new", "tcp-server"]).status.code(), Some(2));
    // An empty folder that is there already is fine.
    fs::create_dir(folder.path().join("empty")).unwrap();
    assert_eq!(
        course(&folder.path().join("empty"), &["new", "tcp-server", "."]).status.code(),
        Some(0)
    );
}
