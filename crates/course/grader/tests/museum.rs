//! The grader is graded: each broken program of the museum must be caught by the check that it is there for and by no
//! other one, with the story stored beside it; and programs in Python that are right must pass (those in Rust that are
//! right are the last stages, see `stages.rs`).
//!
//! `UPDATE=1 cargo test -p grader --test museum` writes the stories again; look at the difference before you keep it.
//! `MUSEUM=tcp-server` looks at the programs only whose path contains this. A broken program gets the check that
//! must find it and those that come first; with `MUSEUM_WHOLE=1`, as in CI, all core checks of its step: no other one may fail.
#![allow(clippy::unwrap_used)] // a test helper may fail like the test itself

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::time::Instant;
use std::{env, fs};

use grader::check::{self, Check, Ending, Grade, Step, Task, Verdict, language, view};

use testkit::skip;
use testkit::stories::{SEED, normalised, with_all};

/// A line of the museum's catalogue.
struct Piece {
    file: String,
    check: String,
    defect: String,
}

impl Piece {
    fn step(&self) -> &'static Step {
        check::find(self.file.split('/').next().unwrap()).unwrap()
    }

    fn source(&self) -> PathBuf {
        folder("broken").join(&self.file)
    }
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// FILE, the check that must find it, and the defect in words.
fn catalogue() -> Vec<Piece> {
    let text = fs::read_to_string(folder("broken/museum.txt")).unwrap();
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let pieces = lines.map(|line| {
        let (file, rest) = line.split_once(' ').unwrap();
        let (check, defect) = rest.trim_start().split_once(' ').unwrap();
        Piece { file: file.into(), check: check.into(), defect: defect.trim_start().into() }
    });
    pieces.collect()
}

/// All programs below a folder, as `STEP/NAME.EXT`.
fn programs_in(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_dir() {
            found.extend(programs_in(&entry.path()).iter().map(|inner| format!("{name}/{inner}")));
        } else if !name.ends_with(".story") && !name.ends_with(".txt") {
            found.insert(name);
        }
    }
    found
}

/// How a program is started. What must be compiled is compiled first, unless an earlier run of the test has done that.
fn command(source: &Path) -> Vec<OsString> {
    let name = source.strip_prefix(folder("")).unwrap().with_extension("").display().to_string();
    let made = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name.replace(['/', '\\'], "-"));
    let program = made.with_extension(env::consts::EXE_EXTENSION);
    match source.extension().unwrap().to_str().unwrap() {
        "py" => return vec![python().unwrap_or("python3").into(), source.into()],
        "js" => return vec!["node".into(), source.into()],
        "java" => {
            let class = class_of(source);
            let made_class = made.join(&class).with_extension("class");
            compile(
                source,
                &made_class,
                Command::new("javac").args(["-encoding", "UTF-8", "-d"]).arg(&made),
            );
            // Half of a Java program's first second is spent on making it fast later.
            let quick = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-cp"];
            let words = ["java"].into_iter().chain(quick).map(OsString::from);
            return words.chain([made.into(), class.into()]).collect();
        }
        "c" => {
            let mut cc = Command::new("cc");
            compile(source, &program, cc.args(["-g", "-Wall", "-pthread", "-o"]).arg(&program));
        }
        _ => {
            let mut rustc = Command::new(env::var_os("RUSTC").unwrap_or("rustc".into()));
            let options = ["--edition=2024", "-Dwarnings", "-Copt-level=1", "-o"];
            compile(source, &program, rustc.args(options).arg(&program));
        }
    }
    vec![program.into()]
}

/// `waits-for-a-line.java` has the class `WaitsForALine`.
fn class_of(source: &Path) -> String {
    let name = source.file_stem().unwrap().to_str().unwrap();
    name.split('-').map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}

/// Compiles a source, if it is younger than what was made of it.
fn compile(source: &Path, made: &Path, compiler: &mut Command) {
    let age = |path: &Path| fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    if age(made) <= age(source) {
        let is_compiled = compiler.arg(source).status().unwrap().success();
        assert!(is_compiled, "{} does not compile", source.display());
    }
}

/// Python, if it is installed.
fn python() -> Option<&'static str> {
    static FOUND: LazyLock<Option<&str>> =
        LazyLock::new(|| skip::python("the museum's programs in Python"));
    *FOUND
}

/// Java takes the characters of a file's name from the locale.
fn java_can_name(folder: &Path) -> bool {
    let names = ["LC_ALL", "LC_CTYPE", "LANG"];
    let locale =
        names.iter().find_map(|name| env::var(name).ok().filter(|value| !value.is_empty()));
    let is_utf8 = locale.is_some_and(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    });
    let can = is_utf8 || folder.to_str().is_some_and(str::is_ascii);
    if !can {
        let why = "javac can't name this folder in a locale without UTF-8";
        skip::skipped("the museum's programs in Java", why);
    }
    can
}

/// Is there what a program with this ending needs? Otherwise those programs are left out, and a line says so.
fn can_run(ending: &str) -> bool {
    fn installed(ask: &str, language: &str) -> bool {
        skip::installed(
            &ask.split(' ').collect::<Vec<_>>(),
            &format!("the museum's programs in {language}"),
        )
    }
    static C: LazyLock<bool> = LazyLock::new(|| cfg!(unix) && installed("cc --version", "C"));
    static JAVA: LazyLock<bool> =
        LazyLock::new(|| installed("javac -version", "Java") && java_can_name(&folder("")));
    static NODE: LazyLock<bool> = LazyLock::new(|| installed("node --version", "JavaScript"));
    static RUST: LazyLock<bool> = LazyLock::new(|| installed("rustc --version", "Rust"));
    match ending {
        "py" => python().is_some(),
        "c" => *C,
        "java" => *JAVA,
        "js" => *NODE,
        _ => *RUST,
    }
}

/// What was wrong must not be lost with the test's output: it is kept in a file, too.
fn assert_nothing(wrong: &str, test: &str) {
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("museum-{test}.red"));
    if !wrong.is_empty() {
        fs::write(&kept, wrong).unwrap();
    }
    assert!(wrong.is_empty(), "{wrong}\n(kept in {})", kept.display());
}

fn is_wanted(file: &str) -> bool {
    let filter = env::var("MUSEUM").unwrap_or_default();
    file.contains(&filter) && can_run(file.rsplit('.').next().unwrap())
}

/// Grades a program with the core checks of the step; with `only` this check and those that come first.
fn grade(step: &'static Step, source: &Path, only: Option<&str>) -> Grade {
    let first = only.and_then(|name| step.check(name)).map_or(&[][..], |check| check.after);
    let is_wanted = |check: &&Check| {
        only.is_none_or(|name| check.name == name || first.contains(&check.name)) && !check.extra
    };
    let core = step.all_checks().filter(is_wanted).map(|check| check.name.to_owned());
    let shown = source.file_name().unwrap().to_string_lossy();
    let mut task = Task::new(command(source), &shown);
    task.only = core.collect();
    task.language = language::of_program(&[source.into()]);
    task.seed = SEED;
    check::grade(step, &task, &mut |_| Ok(())).unwrap()
}

/// Is a broken program caught as its line in the catalogue says, and is its story the stored one? If not: what is
/// different. Checks after the one that fails can't pass, and are not run.
fn caught(piece: &Piece) -> String {
    let is_short = env::var_os("MUSEUM_WHOLE").is_none();
    let grade = grade(piece.step(), &piece.source(), is_short.then_some(&*piece.check));
    let is_as_expected = |verdict: &&Verdict| {
        let is_the_one = verdict.check.name == piece.check;
        match verdict.ending {
            Ending::Passed => !is_the_one,
            Ending::Failed(_) | Ending::Unsure(_) => is_the_one,
            Ending::NotRun(first) => !is_the_one && first == piece.check,
            Ending::Impossible(_) => !is_the_one,
        }
    };
    let mut wrong = String::new();
    for verdict in grade.verdicts.iter().filter(|verdict| !is_as_expected(verdict)) {
        let (name, story) = (verdict.check.name, view::story(piece.step(), verdict));
        let _ = writeln!(wrong, "{} ({}): {name}\n{story}", piece.file, piece.defect);
    }
    let failed = grade.verdicts.iter().find(|verdict| verdict.check.name == piece.check);
    let story = normalised(&view::story(piece.step(), failed.unwrap()));
    let place = piece.source().with_extension("story");
    let stored = fs::read_to_string(&place).unwrap_or_default();
    if env::var_os("UPDATE").is_some() {
        fs::write(&place, &story).unwrap();
    } else if story != stored && cfg!(target_os = "linux") {
        // Only there the system says where the bytes are, and the words of errors differ.
        let file = &piece.file;
        let _ =
            writeln!(wrong, "{file}: the story is another one; stored:\n{stored}\nnow:\n{story}");
    }
    wrong
}

#[test]
fn every_broken_program_is_caught_by_its_check_with_its_story() {
    let start = Instant::now();
    let mut pieces = catalogue();
    pieces.retain(|piece| is_wanted(&piece.file));
    with_all(&pieces, |piece| {
        command(&piece.source());
        String::new()
    });
    let wrong = with_all(&pieces, caught);
    let _ = writeln!(
        io::stderr(),
        "museum: {} programs in {:.1} s",
        pieces.len(),
        start.elapsed().as_secs_f32()
    );
    assert_nothing(&wrong, "broken");
}

#[test]
fn every_correct_program_passes() {
    let why = "the grader sees some programs' end later than its checks wait";
    if skip::under_qemu("correct programs of other languages", why) {
        return;
    }
    let start = Instant::now();
    let programs: Vec<String> =
        programs_in(&folder("correct")).into_iter().filter(|file| is_wanted(file)).collect();
    let wrong = with_all(&programs, |file| {
        let step = check::find(file.split('.').next().unwrap()).unwrap();
        let grade = grade(step, &folder("correct").join(file), None);
        let mut wrong = String::new();
        for verdict in grade.verdicts.iter().filter(|verdict| !verdict.passed()) {
            let _ = writeln!(wrong, "{file}:\n{}\n", view::story(step, verdict));
        }
        wrong
    });
    let _ = writeln!(
        io::stderr(),
        "correct: {} programs in {:.1} s",
        programs.len(),
        start.elapsed().as_secs_f32()
    );
    assert_nothing(&wrong, "correct");
}

#[test]
fn the_catalogue_is_complete() {
    let pieces = catalogue();
    let listed: BTreeSet<String> = pieces.iter().map(|piece| piece.file.clone()).collect();
    assert_eq!(listed, programs_in(&folder("broken")));
    let correct = programs_in(&folder("correct"));
    for step in check::all() {
        let of_step = listed.iter().filter(|file| file.starts_with(&format!("{}/", step.name)));
        assert!(of_step.count() >= 3, "{}", step.name);
        assert!(correct.contains(&format!("{}.py", step.name)), "{}", step.name);
    }
    for Piece { file, check: name, .. } in &pieces {
        let step = check::find(file.split('/').next().unwrap()).unwrap();
        let known = step.all_checks().any(|check| check.name == name && !check.extra);
        assert!(known, "{file}: there is no core check {name}");
    }
    let python = listed.iter().filter(|file| file.ends_with(".py")).count();
    assert!(3 * python >= listed.len() && python < listed.len(), "{python} of {}", listed.len());
}
