//! The stages are graded, and the lessons show what came of it: `cargo test -p course --test stages`.
//!
//! A block `stages STEP` holds the table *stage × core check*, a block `story STAGE CHECK` the story of a failure.
//! `UPDATE=1` rewrites both; look at the difference, and at the words around it.
#![allow(clippy::unwrap_used)] // a test helper may fail like the test itself

#[allow(dead_code)] // the tests of the book use all of it
#[path = "book/page.rs"]
mod page;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write as _};
use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};
use std::{env, fs};

use grader::check::{self, Grade, Step, Verdict, view};
use grader::stages::{self, STAGES, Stage};
use ladder::scenario;
use testkit::screen::wrap;
use testkit::stories::{SEED, normalised, with_all};
use testkit::{Launch, Program, build, skip};

use page::{Block, Book, Page, root};

/// All stages together; one that needs many lines shows too much.
const MOST_LINES: usize = 900;

/// Only on Linux the grader sees that a program waits for a processor, and waits with it.
const PATIENCE: f64 = if cfg!(target_os = "linux") { 1.0 } else { 3.0 };

/// The grades of each step's stages, in their order.
type Grades = BTreeMap<&'static str, Vec<Grade>>;

/// Grades all stages, some at the same time, each of them once.
fn graded() -> Grades {
    let steps: Vec<&str> = check::STEPS.iter().map(|step| step.name).collect();
    build::build_stages(&steps).unwrap();
    let start = Instant::now();
    let graded = Mutex::new(BTreeMap::new());
    with_all(STAGES, |stage| {
        let grade = stage.grade(check::find(stage.step).unwrap(), SEED, PATIENCE).unwrap();
        graded.lock().unwrap().insert(stage.name, grade);
        String::new()
    });
    let took = start.elapsed().as_secs_f32();
    let _ = writeln!(io::stderr(), "stages: {} programs in {took:.1} s", STAGES.len());
    let mut graded = graded.into_inner().unwrap();
    let mut grades = Grades::new();
    for stage in STAGES {
        grades.entry(stage.step).or_default().push(graded.remove(stage.name).unwrap());
    }
    grades
}

fn verdict<'a>(grade: &'a Grade, check: &str) -> &'a Verdict {
    grade.verdicts.iter().find(|verdict| verdict.check.name == check).unwrap()
}

/// The check that a stage mends was red before and is green from then on; nothing that was green is red later; and the
/// last stage passes all core checks.
fn order(step: &'static Step, grades: &Grades) -> String {
    let mut wrong = String::new();
    let all = stages::of(step.name);
    let grades = &grades[step.name];
    for (stage, pair) in all[1..].iter().zip(grades.windows(2)) {
        let (before, after, mends) = (&pair[0], &pair[1], stage.mends.unwrap());
        if !verdict(before, mends).failed() || !verdict(after, mends).passed() {
            wrong += &format!("{} doesn't mend {mends}\n", stage.name);
        }
        for (before, after) in before.verdicts.iter().zip(&after.verdicts) {
            if before.passed() && !after.passed() {
                let story = view::story(step, after);
                wrong += &format!("{} loses {}\n{story}", stage.name, after.check.name);
            }
        }
    }
    for failed in grades.last().unwrap().verdicts.iter().filter(|verdict| !verdict.passed()) {
        let (name, story) = (failed.check.name, view::story(step, failed));
        wrong += &format!("the last stage of {} fails {name}\n{story}", step.name);
    }
    wrong
}

/// What a block must show: nothing, if there is no such stage or check.
fn truth(kind: &str, about: &str, grades: &Grades) -> Option<Vec<String>> {
    if kind == "stages" {
        let rows = stages::table(grades.get(about)?);
        let names = (1..).zip(stages::of(about)).map(|(n, stage)| format!("{n} {}", stage.name));
        let mut lines = vec![names.collect::<Vec<_>>().join("   "), String::new()];
        lines.extend(
            rows.iter().map(|(row, looks_at)| format!("{row}{looks_at}").trim_end().to_owned()),
        );
        return Some(lines);
    }
    let (name, check) = about.split_once(' ')?;
    let stage = STAGES.iter().find(|stage| stage.name == name)?;
    let number = stages::of(stage.step).iter().position(|stage| stage.name == name)?;
    let grade = &grades[stage.step][number];
    let failed = grade.verdicts.iter().find(|verdict| verdict.check.name == check)?;
    failed.trouble()?;
    let story = normalised(&view::story_with(grade.step, failed, view::Hints::Cure));
    // As `--hint --hint` prints it. The lesson asks its own questions, and is the one to read.
    let lines =
        story.lines().filter(|line| !line.starts_with("think: ") && !line.starts_with("read: "));
    Some(lines.flat_map(short).collect())
}

/// The likely cause and what to do, in lines that a page has room for.
fn short(line: &str) -> Vec<String> {
    let labels = ["likely: ", "do:     "];
    let Some(label) = labels.into_iter().find(|label| line.starts_with(label)) else {
        return vec![line.to_owned()];
    };
    let lines = wrap(&line[label.len()..], 110).into_iter();
    lines
        .zip([label].into_iter().chain(std::iter::repeat("        ")))
        .map(|(l, i)| format!("{i}{l}"))
        .collect()
}

/// Compares the blocks of a page with the grades, or rewrites them.
fn problems(page: &mut Page, grades: &Grades) -> Vec<String> {
    let mut wrong = Vec::new();
    // Only Linux shows the grader what a connection does, and other systems have other words for their errors.
    let kinds = if cfg!(target_os = "linux") { &["stages", "story"][..] } else { &["stages"] };
    for &kind in kinds {
        for number in 0..page.blocks(kind).len() {
            let block: &Block = &page.blocks(kind)[number];
            let said = |what: &str| page.problem(block.line, what).to_string();
            match truth(kind, &block.about, grades) {
                None => wrong.push(said("there is no such failure of a stage")),
                Some(truth) if truth == block.lines => {}
                Some(truth) if env::var_os("UPDATE").is_some() => page.rewrite(block, &truth),
                Some(truth) => wrong.push(said(&format!("not true; it is:\n{}", truth.join("\n")))),
            }
        }
    }
    wrong
}

/// A lesson shows the table, the first stage, and of each next one the story and the function that is new.
fn missing(page: &Page, step: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut expect = |kind: &str, about: String| {
        if !page.blocks(kind).iter().any(|block| block.about == about) {
            wrong.push(page.problem(1, format!("a block `{kind} {about}` is missing")).to_string());
        }
    };
    expect("stages", step.to_owned());
    for stage in stages::of(step) {
        expect("rust", format!("excerpt {}", source(stage).display()).replace(MAIN_SEPARATOR, "/"));
    }
    for pair in stages::of(step).windows(2) {
        expect("story", format!("{} {}", pair[0].name, pair[1].mends.unwrap()));
    }
    wrong
}

/// Where a stage's source stands in the project.
fn source(stage: &Stage) -> PathBuf {
    Path::new("crates").join(stage.step).join("examples").join(stage.name).with_extension("rs")
}

#[test]
fn the_lessons_show_how_each_stage_is_graded() {
    if skip::under_qemu("the stages' grades", "a program takes longer than some checks wait") {
        return;
    }
    let grades = graded();
    let mut wrong: Vec<String> = check::STEPS.iter().map(|step| order(step, &grades)).collect();
    wrong.retain(|wrong| !wrong.is_empty());
    let pages = Book::editions().into_iter().flat_map(|book| book.pages);
    for mut page in pages.chain([page::readme()]) {
        wrong.extend(problems(&mut page, &grades));
        let of_page = scenario::SCENARIOS.iter().find(|step| page.name == Path::new(step.lesson));
        wrong.extend(of_page.map_or(Vec::new(), |scenario| missing(&page, scenario.step)));
    }
    assert!(wrong.is_empty(), "(UPDATE=1 rewrites the blocks)\n{}", wrong.join("\n"));
}

/// The real tool.
fn course(args: &[&str]) -> Program {
    let launch = Launch::new(env!("CARGO_BIN_EXE_course")).args(args).no_input();
    launch.deadline(Duration::from_secs(120)).start().unwrap()
}

#[test]
fn the_tool_lists_grades_and_checks_stages() {
    let mut list = course(&["stages"]);
    list.expect_exit(0).unwrap();
    for stage in STAGES {
        assert!(list.stdout_text().contains(stage.name), "{}", list.stdout_text());
    }
    let mut table = course(&["stages", "udp-send"]);
    table.expect_exit(0).unwrap();
    assert!(
        table.stdout_text().contains("\nlines            ✗ ✓  without"),
        "{}",
        table.stdout_text()
    );

    let mut check = course(&["check", "udp-send", "--stage", "smallest_sender", "--only", "lines"]);
    check.expect_exit(1).unwrap();
    let again = check.stdout_text();
    let again = again.lines().find(|line| line.contains("again:")).unwrap();
    assert!(again.ends_with(" --stage smallest_sender"), "{again}");

    let mut wrong = course(&["check", "udp-send", "--stage", "one_client"]);
    wrong.expect_exit(2).unwrap();
    assert!(wrong.stderr_text().contains("udp-send has no stage `one_client`"));
}

/// The functions of a program with their comments, by name.
fn functions(source: &str) -> BTreeMap<&str, String> {
    let mut functions = BTreeMap::new();
    for item in source.split("\n\n").filter(|item| !item.starts_with("//!")) {
        let Some(start) = item.lines().position(|line| line.starts_with("fn ")) else { continue };
        let name = item.lines().nth(start).unwrap()["fn ".len()..].split('(').next().unwrap();
        functions.insert(name, item.trim_end().to_owned());
    }
    functions
}

/// The words between backticks in the line of the head that says what is new.
fn said_to_be_new(stage: &Stage) -> BTreeSet<&'static str> {
    let line = stage.source.lines().find(|line| line.starts_with("//! New: ")).unwrap_or_default();
    line.split('`').skip(1).step_by(2).collect()
}

#[test]
fn a_stage_replaces_one_function_and_its_head_names_it() {
    for pair in STAGES.windows(2) {
        let (before, after) = (functions(pair[0].source), functions(pair[1].source));
        let Some(mends) = pair[1].mends else { continue };
        let mut new: BTreeSet<&str> =
            after.keys().copied().filter(|name| before.get(name) != after.get(name)).collect();
        let replaced: Vec<&str> =
            new.iter().copied().filter(|name| before.contains_key(name)).collect();
        // A new protocol is a new function at both ends.
        let expected = if pair[1].name == "size_first" { 2 } else { 1 };
        assert_eq!(replaced.len(), expected, "{} replaces {replaced:?}", pair[1].name);
        assert!(before.keys().all(|name| after.contains_key(name)), "{}", pair[1].name);
        new.insert(mends);
        assert_eq!(said_to_be_new(&pair[1]), new, "{}", pair[1].name);
    }
}

#[test]
fn heads_say_what_a_stage_can_do_and_how_to_run_it() {
    for stage in STAGES {
        let head: Vec<&str> =
            stage.source.lines().take_while(|line| line.starts_with("//!")).collect();
        let has = |word: &str| head.iter().any(|line| line.starts_with(word));
        let run = format!("//! Run: `cargo run -q -p {} --example {}", stage.step, stage.name);
        let is_complete = has("//! Can: ") && has("//! Can't: ") && has(&run);
        assert!(is_complete, "{}", head.join("\n"));
        assert_eq!(has("//! New: "), stage.mends.is_some(), "{}", stage.name);
    }
}

#[test]
fn every_example_is_a_stage_and_short() {
    let mut names = BTreeSet::new();
    let mut lines = 0;
    for step in check::STEPS {
        let folder = root().join("crates").join(step.name).join("examples");
        let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        names.extend(files.map(|file| (step.name, file.file_stem().unwrap().to_owned())));
    }
    for stage in STAGES {
        assert!(names.remove(&(stage.step, stage.name.into())), "{} is there twice", stage.name);
        let length = stage.source.lines().count();
        assert!((10..=120).contains(&length), "{}: {length} lines", stage.name);
        lines += length;
    }
    assert!(names.is_empty(), "no stages: {names:?}");
    assert!(lines <= MOST_LINES, "{lines} lines");
}

/// Clippy has lints for this, but they would look at the stages too, and a beginner's program prints with `println!`.
#[test]
fn only_the_stages_print_past_the_console() {
    let mut folders: Vec<PathBuf> = fs::read_dir(root().join("crates"))
        .unwrap()
        .map(|krate| krate.unwrap().path().join("src"))
        .collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
                continue;
            }
            let source = fs::read_to_string(&entry).unwrap();
            let code = source.lines().map(|line| line.split("//").next().unwrap());
            let prints = |line: &str| {
                let line = line.trim_start();
                ["println!", "eprintln!", "print!", "eprint!"]
                    .iter()
                    .any(|name| line.starts_with(name))
            };
            let found: Vec<&str> = code.filter(|line| prints(line)).collect();
            assert!(
                found.is_empty(),
                "{}: {found:?}; `common::console` ends quietly when a reader has gone",
                entry.display()
            );
        }
    }
}
