//! Does `cargo course mark` mark a class, whatever is handed in? `MARK_CLASS=1 cargo test -p course --test mark` has it mark a
//! class of 40, and compares each mark with what `check` says; the CI does that.
#![cfg(target_os = "linux")] // elsewhere a submission is not confined
#![allow(clippy::unwrap_used, clippy::panic)] // a test helper may fail like the test itself

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use grader::check::{self, Task, formats, task::Repeats, view};
use grader::confine;
use serde_json::Value;
use testkit::screen::report;
use testkit::stories::with_all;
use testkit::{Launch, Program, find, python, skip};

/// A class with a folder for everything, so that what is left anywhere is found.
struct Class {
    folder: tempfile::TempDir,
}

impl Class {
    fn new() -> Class {
        let folder = tempfile::Builder::new().prefix("课 class-").tempdir().unwrap();
        for name in ["handed in", "outside", "temporary"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        Class { folder }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A submission; `OUTSIDE` in it is a folder that it has no business in.
    fn hand_in(&self, name: &str, text: &str) {
        let path = self.at("handed in").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text.replace("OUTSIDE", self.at("outside").to_str().unwrap())).unwrap();
    }

    /// Marks all of it; returns the tool and its exit code.
    fn mark(&self, step: &str, options: &[&str]) -> (Program, i32) {
        let mut words = vec!["mark", step, "handed in", "--out", "marks", "--seed", "12"];
        words.extend(options);
        let launch = Launch::new(env!("CARGO_BIN_EXE_course")).args(&words).no_input();
        let launch = launch.current_dir(self.folder.path()).env("COLUMNS", "160");
        let launch = launch.env("TMPDIR", self.at("temporary")).env("SECRET", "open sesame");
        let mut course = launch.deadline(Duration::from_secs(1800)).start().unwrap();
        let code = course.wait().unwrap().code().unwrap();
        (course, code)
    }

    fn marks(&self, file: &str) -> String {
        fs::read_to_string(self.at("marks").join(file)).unwrap()
    }

    /// Nothing may be left of the programs: no process, no file.
    fn assert_nothing_is_left(&self) {
        let inside = |path: &Path| path.starts_with(self.folder.path());
        for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
            let runs_in = fs::read_link(entry.path().join("cwd")).unwrap_or_default();
            assert!(!inside(&runs_in), "{} runs in {}", entry.path().display(), runs_in.display());
        }
        for name in ["outside", "temporary"] {
            let mut left: Vec<_> = fs::read_dir(self.at(name)).unwrap().flatten().collect();
            // The tools of one user share the free ports; that file stays.
            left.retain(|file| !file.file_name().to_string_lossy().starts_with("socket-steps-"));
            assert!(left.is_empty(), "{left:?}");
        }
    }
}

fn has_python() -> bool {
    skip::python("marking programs in Python").is_some()
}

/// What a student's program may do that no program of a course does.
const WRITES_OUTSIDE: &str = "import os\nfor name in ['OUTSIDE/a', '/tmp/OUTSIDE', os.environ.get('HOME') + '/../b']:\n    try:\n        \
    open(name, 'w')\n    except OSError:\n        pass\nopen('own', 'w')\n";
const READS_THE_ENVIRONMENT: &str = "import os\nprint(sorted(os.environ))\nassert 'SECRET' not in os.environ\nfor process in os.listdir('/proc'):\n    \
    try:\n        assert b'open sesame' not in open('/proc/' + process + '/environ', 'rb').read()\n    \
    except OSError:\n        pass\nraise SystemExit('nothing found, at home in ' + os.environ['HOME'])\n";
const DAEMON: &str = "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        os.environ.clear()\n        \
    time.sleep(600)\n    os._exit(0)\n";
const FORKS: &str = "import os, time\nfor _ in range(200):\n    if os.fork() == 0:\n        time.sleep(600)\ntime.sleep(600)\n";
const FLOODS: &str = "import os\nfor _ in range(10 * 1024):\n    os.write(1, b'x' * 1048576)\n";
const FILLS_THE_DISK: &str = "for number in range(200):\n    with open(str(number), 'wb') as file:\n        file.write(b'x' * (63 << 20))\n";
const NEVER_ENDS: &str = "while True:\n    pass\n";

/// A program that tries to write elsewhere, and to find a secret, where the system keeps it from that.
fn looks_around() -> String {
    match confine::refused() {
        None => format!("{WRITES_OUTSIDE}{READS_THE_ENVIRONMENT}"),
        Some(why) => {
            skip::skipped("programs that look around", &why);
            "raise SystemExit('nothing found')".to_owned()
        }
    }
}

#[test]
fn a_small_class_is_marked_once_and_nothing_is_left_of_it() {
    if !has_python() {
        return;
    }
    let class = Class::new();
    let correct = include_str!("../grader/correct/udp-send.py");
    class.hand_in("学 生.py", correct);
    class.hand_in("=1+1/main.py", &format!("{DAEMON}\n{}", looks_around()));
    class.hand_in("cut/main.py", "print(\x1b[31m'\n");
    class.hand_in("forks.py", FORKS);
    class.hand_in("fills.py", FILLS_THE_DISK);
    class.hand_in("a report.pdf", "%PDF");
    let settings = "[names]\nforks = '李 | <四>'\nabsent = 'nobody'\n[limits]\nprocesses = 20\nwritten-mib = 8\n";
    fs::write(class.at("mark.toml"), settings).unwrap();
    let (course, code) = class.mark("udp-send", &["--settings", "mark.toml", "--hints"]);
    assert_eq!(code, 1, "{}{}", course.stdout_text(), course.stderr_text());
    class.assert_nothing_is_left();
    let csv = class.marks("marks.csv");
    for row in [
        "\u{feff}student,submission,points,possible,unsure,failed,not run,no grade\r\n",
        "\r\n学 生,学 生,7,7,,,,\r\n",
        "\r\n\"'=1+1\",\"'=1+1\",0,7,,",
        "\r\ncut,cut,,,,,,",
        "\r\n李 | <四>,forks,0,7,,",
        "\r\na report,a report,,,,,,",
        "\r\nnobody,absent,,,,,,nothing was handed in\r\n",
    ] {
        assert!(csv.contains(row), "{row}\n{csv}");
    }
    let forks = class.marks("reports/forks.md");
    assert!(forks.contains("and 20 are allowed") && forks.contains("李 \\| &lt;四&gt;"), "{forks}");
    assert!(class.marks("reports/fills.md").contains("MiB, and 8 are allowed"));
    let cut = class.marks("reports/cut.md");
    assert!(cut.contains("**No grade:**") && !cut.contains('\x1b'), "{cut}");
    let reads = class.marks("reports/=1+1.md");
    assert!(reads.contains("nothing found") && !reads.contains("sesame"), "{reads}");
    assert!(class.marks("lecture.md").contains("of 4\n\nThe check: "), "a story of nobody");
    assert!(
        class.marks("marks.xml").contains("<error message=\"no grade: nothing was handed in\">")
    );
    goes_on(&class);
}

/// A second run marks only what has changed, or has no grade.
fn goes_on(class: &Class) {
    let before = class.marks("results/forks.json");
    let csv = class.marks("marks.csv");
    class.hand_in("cut/main.py", include_str!("../grader/correct/udp-send.py"));
    let (_, code) = class.mark("udp-send", &["--settings", "mark.toml", "--hints"]);
    assert_eq!(code, 1);
    assert_eq!(class.marks("results/forks.json"), before, "it was marked again");
    let rows: Vec<_> =
        csv.lines().filter(|row| !row.starts_with("cut,")).map(str::to_owned).collect();
    let again = class.marks("marks.csv");
    assert!(rows.iter().all(|row| again.contains(row)), "{csv}{again}");
    assert!(again.contains("\r\ncut,cut,7,7,,,,\r\n"), "{again}");
    class.assert_nothing_is_left();
}

/// Otherwise a student would get no points for a program in C that is right.
#[test]
fn a_temporary_folder_without_use_gives_nobody_a_grade() {
    let class = Class::new();
    class.hand_in("li.c", "int main(void) { return 0; }\n");
    let mark = [env!("CARGO_BIN_EXE_course"), "mark", "udp-send", "handed in", "--out", "marks"];
    let here = class.folder.path();
    let missing = Launch::new(mark[0]).args(&mark[1..]).env("TMPDIR", here.join("missing"));
    let without = "mount -t tmpfs -o noexec tmpfs temporary && TMPDIR=$PWD/temporary exec \"$@\"";
    let own = [&["-r", "-m", "sh", "-c", without, "sh"][..], &mark].concat();
    for (launch, says) in [
        (missing, "can't make a folder for the copies"),
        (Launch::new("unshare").args(&own), "programs may not be run in"),
    ] {
        let Ok(mut course) = launch.current_dir(here).no_input().start() else {
            return skip::skipped(says, "there is no `unshare` here");
        };
        course.wait().unwrap();
        let said = course.stderr_text();
        if said.starts_with("unshare:") || said.starts_with("mount:") {
            return skip::skipped(says, said.trim());
        }
        assert_eq!(course.ended().and_then(|exit| exit.code()), Some(2), "{said}");
        assert!(said.contains(says) && said.contains("TMPDIR can name another one"), "{said}");
        assert!(!class.at("marks/marks.csv").exists());
    }
}

#[test]
fn wrong_usage_is_explained() {
    let class = Class::new();
    for (options, says) in [
        (&[][..], "there is nothing to mark"),
        (&["--settings", "no.toml"], "can't read no.toml"),
        (&["--out", "/proc/marks"], "can't write into /proc/marks"),
    ] {
        let words = [&["mark", "udp-send", "handed in"][..], options].concat();
        let launch = Launch::new(env!("CARGO_BIN_EXE_course")).args(&words).no_input();
        let mut course = launch.current_dir(class.folder.path()).start().unwrap();
        course.wait().unwrap();
        assert_eq!(course.ended().and_then(|exit| exit.code()), Some(2), "{options:?}");
        assert!(course.stderr_text().contains(says), "{options:?}: {}", course.stderr_text());
        class.hand_in("a.py", "");
    }
}

#[test]
fn an_interrupted_run_keeps_what_is_done() {
    if !has_python() {
        return;
    }
    let class = Class::new();
    class.hand_in("1.py", include_str!("../grader/correct/udp-send.py"));
    class.hand_in("2.py", NEVER_ENDS);
    let words = ["mark", "udp-send", "handed in", "--out", "marks", "--jobs", "1"];
    let launch = Launch::new(env!("CARGO_BIN_EXE_course")).args(&words).no_input();
    let launch = launch.current_dir(class.folder.path()).env("TMPDIR", class.at("temporary"));
    let mut course = launch.deadline(Duration::from_secs(60)).start().unwrap();
    testkit::step::until("the first one is marked", || class.at("marks/results/1.json").exists());
    course.interrupt();
    course.expect_exit(130).unwrap();
    assert!(
        class.marks("marks.csv").contains("\r\n1,1,7,7,,,,\r\n"),
        "{}",
        class.marks("marks.csv")
    );
    assert!(!class.at("marks/results/2.json").exists());
    class.assert_nothing_is_left();
}

/// The step that the large class was given.
const STEP: &str = "tcp-server";

/// How many there are in the large class.
const STUDENTS: usize = 40;

/// The sources: the museum's pieces of this step, its stages, its correct program; then what was written for other steps,
/// as if handed in by mistake.
fn sources() -> Vec<PathBuf> {
    let grader = Path::new(env!("CARGO_MANIFEST_DIR")).join("grader");
    let of = |folder: PathBuf| -> Vec<PathBuf> {
        let mut files: Vec<_> =
            fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
        files
            .retain(|file| file.extension().is_some_and(|ending| ending == "py" || ending == "rs"));
        files.sort();
        files
    };
    let mut sources = of(grader.join("broken").join(STEP));
    sources.extend(of(grader.join(format!("../../{STEP}/examples"))));
    sources.push(grader.join(format!("correct/{STEP}.py")));
    let others = check::STEPS.iter().filter(|step| step.name != STEP);
    let others: Vec<_> =
        others.flat_map(|step| of(grader.join("broken").join(step.name))).collect();
    sources.extend(others.into_iter().rev().take(STUDENTS - 6 - sources.len()));
    sources
}

#[test]
fn a_class_of_40_is_marked_as_check_does_it() {
    if env::var_os("MARK_CLASS").is_none() {
        return skip::skipped("a class of 40", "it takes minutes; MARK_CLASS=1 asks for it");
    }
    if !has_python() {
        return;
    }
    let class = Class::new();
    let sources = hand_in_all(&class);
    let start = Instant::now();
    let (waits, marked) = while_measured(|| class.mark(STEP, &[]));
    let seconds = start.elapsed().as_secs();
    report(&marked.0.stdout_text());
    report(&format!("{STUDENTS} marked in {seconds} s; a small command took {waits} meanwhile"));
    assert_eq!(marked.1, 0, "{}", marked.0.stderr_text());
    class.assert_nothing_is_left();
    let marks: Value = serde_json::from_str(&class.marks("marks.json")).unwrap();
    let all = marks["submissions"].as_array().unwrap();
    assert_eq!(all.len(), STUDENTS);
    for marked in all.iter().filter(|marked| !sources.contains_key(name(marked))) {
        assert_eq!(marked["grade"]["points"]["earned"], 0, "{marked:#}");
        assert!(!marked.to_string().contains("open sesame"), "{marked:#}");
    }
    let checked: Vec<_> = all.iter().filter(|marked| sources.contains_key(name(marked))).collect();
    let different = |marked: &&&Value| different(marked, &sources[name(marked)]);
    let suspects = with_all(&checked, |marked| different(&marked));
    // The load of all of them may have made `check` unsure.
    let is_suspect = |marked: &&&Value| suspects.contains(&format!("{}:", name(marked)));
    let wrong: String =
        checked.iter().filter(is_suspect).map(|marked| different(&marked)).collect();
    report(&format!("different beside others: {suspects:?}"));
    assert!(wrong.is_empty(), "{wrong}");
}

/// Has all of them handed in, with those that misbehave; returns the sources of the others.
fn hand_in_all(class: &Class) -> BTreeMap<String, PathBuf> {
    let mut named = BTreeMap::new();
    for (number, source) in (100..).zip(sources()) {
        let ending = source.extension().unwrap().to_str().unwrap();
        class.hand_in(&format!("{number}.{ending}"), &fs::read_to_string(&source).unwrap());
        named.insert(number.to_string(), source);
    }
    for (name, text) in [
        ("forks", FORKS),
        ("floods", FLOODS),
        ("daemon", DAEMON),
        ("around", &looks_around()),
        ("fills", FILLS_THE_DISK),
        ("never", NEVER_ENDS),
    ] {
        class.hand_in(&format!("{name}.py"), text);
    }
    named
}

fn name(marked: &Value) -> &str {
    marked["submission"].as_str().unwrap()
}

/// Runs a small command again and again meanwhile: how long it takes says whether the computer can still be used.
fn while_measured<T>(act: impl FnOnce() -> T) -> (String, T) {
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let measure = scope.spawn(|| {
            let mut took = Vec::new();
            while !is_over.load(Ordering::SeqCst) {
                let start = Instant::now();
                Command::new("true").status().unwrap();
                took.push(start.elapsed());
                thread::sleep(Duration::from_millis(100));
            }
            took.sort();
            let at = |part: usize| took[(took.len() - 1) * part / 100];
            format!("{:?} (median), {:?} (99 of 100), {:?} (longest)", at(50), at(99), at(100))
        });
        let result = act();
        is_over.store(true, Ordering::SeqCst);
        (measure.join().unwrap(), result)
    })
}

/// What `check` says of the same program, where it is different.
fn different(marked: &Value, source: &Path) -> String {
    let step = check::find(STEP).unwrap();
    let mut task = Task::new(command(source), "program");
    task.only =
        step.all_checks().filter(|check| !check.extra).map(|check| check.name.to_owned()).collect();
    task.seed = 12;
    task.repeats = Repeats::Core;
    let grade = check::grade(step, &task, &mut |_| Ok(())).unwrap();
    let view = view::View {
        format: view::Format::Json,
        extra: false,
        stories: false,
        hints: view::Hints::None,
    };
    let checked = formats::as_json(&grade, &task, view);
    let results = |grade: &Value| -> Vec<String> {
        let checks = grade["checks"].as_array().unwrap().iter();
        checks.map(|check| format!("{} {}", check["name"], check["result"])).collect()
    };
    let (ours, theirs) = (results(&marked["grade"]), results(&checked));
    let pairs = ours.iter().zip(&theirs).filter(|(ours, theirs)| ours != theirs);
    pairs.map(|pair| format!("{}: {pair:?} ({})\n", name(marked), source.display())).collect()
}

/// How `check` starts it.
fn command(source: &Path) -> Vec<OsString> {
    if source.extension().is_some_and(|ending| ending == "py") {
        return vec![python::interpreter().unwrap().into(), source.into()];
    }
    let name = source.display().to_string().replace('/', "-");
    let program = find::program_in(Path::new(env!("CARGO_TARGET_TMPDIR")), &name);
    let rustc =
        Command::new("rustc").args(["--edition=2024", "-o"]).arg(&program).arg(source).status();
    assert!(rustc.unwrap().success(), "{}", source.display());
    vec![program.into()]
}
