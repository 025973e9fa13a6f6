//! Does `cargo course new` make programs that a student can begin with? The real tool, and real builds without a network.
#![allow(clippy::unwrap_used)] // a test helper may fail like the test itself

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
#[cfg(unix)]
use std::thread;

#[cfg(unix)]
use course::starter::Language;
use course::starter::{LANGUAGES, Starter};
#[cfg(unix)]
use grader::check;
use grader::edition::Edition;
use ladder::scenario::SCENARIOS;
#[cfg(unix)]
use ladder::scenario::Scenario;

/// A folder whose name a shell must not take apart.
#[cfg(unix)]
const MINE: &str = "我的 work/mine";

fn course(folder: &Path, args: &[&str]) -> Output {
    let mut course = Command::new(env!("CARGO_BIN_EXE_course"));
    course.args(args).current_dir(folder).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What the tool prints is English. `SOCKET_LANG` asks for the edition of the pages that it names, and of a starter's texts.
#[test]
fn a_reader_of_chinese_is_sent_to_the_chinese_pages() {
    let folder = tempfile::tempdir().unwrap();
    let mine = folder.path().join("mine");
    let run = |args: &[&str]| {
        let mut course = Command::new(env!("CARGO_BIN_EXE_course"));
        text(&course.args(args).env("SOCKET_LANG", "zh").output().unwrap().stdout)
    };
    assert!(run(&[]).contains("   docs/zh-CN/lessons/01-udp-send.md\n"));
    run(&["new", "udp-send", mine.to_str().unwrap()]);
    let readme = fs::read_to_string(mine.join("README.md")).unwrap();
    assert!(readme.contains("`docs/zh-CN/lessons/01-udp-send.md`"), "{readme}");
    assert!(readme.contains("## 程序要求\n\n`udp-send ADDRESS [MESSAGE]...`（不写"), "{readme}");
    let program = fs::read_to_string(mine.join("src/main.rs")).unwrap();
    assert!(program.contains("// TODO 1. socket    向系统要一个 UDP 套接字\n"), "{program}");
    let course = env!("CARGO_BIN_EXE_course"); // a program that is no udp-send
    let asked = ["--only", "one-datagram", "--hint", "--hint", "--", course];
    let story = run(&[&["check", "udp-send"], &asked[..]].concat());
    let read = story.split("read:").nth(1).unwrap_or_default();
    assert!(read.trim_start().starts_with("docs/zh-CN/lessons/01-udp-send.md, \""), "{story}");
    assert!(!read.lines().next().unwrap().is_ascii(), "{story}");
}

/// Makes the starter of a step, and returns the commands that its message says: to build it, and to check it.
#[cfg(unix)]
fn make(step: &str, language: &Language, folder: &Path) -> Vec<String> {
    let made = course(folder, &["new", step, MINE, "--language", language.name]);
    assert_eq!(made.status.code(), Some(0), "{}", text(&made.stderr));
    let says = text(&made.stdout);
    let commands: Vec<String> = says
        .split("missing:\n")
        .nth(1)
        .unwrap()
        .split("\n\n")
        .next()
        .unwrap()
        .lines()
        .map(|line| line.trim().into())
        .collect();
    let readme = fs::read_to_string(folder.join(MINE).join("README.md")).unwrap();
    for command in &commands {
        assert!(readme.contains(command), "{command}: {readme}");
    }
    commands
}

/// Runs a command as a student does who copies it into a shell; `cargo course` is the tool of this test.
#[cfg(unix)]
fn shell(command: &str, folder: &Path) -> Output {
    let command = command.replace("cargo course", &format!("'{}'", env!("CARGO_BIN_EXE_course")));
    let mut shell = Command::new("sh");
    shell.args(["-c", &command]).current_dir(folder);
    // Warnings are errors, nothing is fetched, and what is built is not mixed with this project's.
    shell.env("RUSTFLAGS", "-D warnings").env_remove("CARGO_TARGET_DIR");
    shell.env("LC_ALL", "C.UTF-8"); // Java can't name a Chinese folder in the locale C
    // Half of what Java does in its first second is to make a program fast later.
    shell.env("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
    shell.env("CARGO_NET_OFFLINE", "true").env("CGO_ENABLED", "0");
    shell.env("GOCACHE", concat!(env!("CARGO_TARGET_TMPDIR"), "/go")).output().unwrap()
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
fn every_starter_has_the_lessons_list() {
    for scenario in SCENARIOS {
        for language in LANGUAGES {
            let starter = Starter::new(scenario.step, language);
            let source = starter.files(Edition::English).pop().unwrap().1;
            for (number, call) in list_of_the_lesson(scenario.lesson) {
                let found = source.contains(&format!("{number} {call}"));
                assert!(found, "{} {}: {number} {call}", scenario.step, language.name);
            }
        }
    }
}

/// Builds every starter of a language, and has it checked: it starts, and its first story has its own words.
#[cfg(unix)]
fn starts_and_fails_its_first_check(language: &'static Language, needs: &str) {
    let is_there = Command::new(needs).arg("--help").output().is_ok();
    if !is_there {
        eprintln!("SKIPPED: the starters in {}: there is no {needs} here", language.shown);
        return;
    }
    let try_it = |scenario: &Scenario| {
        let (step, name) = (scenario.step, language.name);
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap(); // where programs may be run
        let commands = make(step, language, folder.path());
        let (check, build) = commands.split_last().unwrap();
        for command in build {
            let built = shell(command, folder.path());
            let says = text(&built.stdout) + &text(&built.stderr);
            assert!(built.status.success(), "{step} {name}: {says}");
            assert!(!says.contains("warning"), "{step} {name}: {says}");
        }
        let first = check::find(step).unwrap().all_checks().next().unwrap().name;
        let check = check.replacen(" -- ", &format!(" --only {first} --hint --hint -- "), 1);
        let checked = shell(&check, folder.path());
        let story = text(&checked.stdout);
        assert_eq!(checked.status.code(), Some(1), "{story}{}", text(&checked.stderr));
        for part in [&format!("✗ {first}"), " yet", "see ", "TODO 1", scenario.lesson] {
            assert!(story.contains(part), "{step} {name}: {part}: {story}");
        }
    };
    // Two steps at a time.
    thread::scope(|scope| {
        for half in SCENARIOS.chunks(4) {
            scope.spawn(move || half.iter().for_each(try_it));
        }
    });
}

macro_rules! languages {
    ($($name:ident needs $program:literal;)*) => {$(
        #[cfg(unix)]
        #[test]
        fn $name() {
            let language = course::starter::language(stringify!($name)).unwrap();
            starts_and_fails_its_first_check(language, $program);
        }
    )*};
}

languages! {
    rust needs "cargo";
    python needs "python3";
    c needs "cc";
    java needs "javac";
    javascript needs "node";
    go needs "go";
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
    for wrong in
        [&["tcp-sever", "x"][..], &["tcp-server"], &["tcp-server", "x", "--language", "cobol"]]
    {
        assert_eq!(course(folder.path(), &[&["new"], wrong].concat()).status.code(), Some(2));
    }
    // An empty folder that is there already is fine.
    fs::create_dir(folder.path().join("empty")).unwrap();
    assert_eq!(
        course(&folder.path().join("empty"), &["new", "tcp-server", "."]).status.code(),
        Some(0)
    );
}
