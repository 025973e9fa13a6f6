//! Does `cargo course check` grade fairly, show its stories, and always end? Our own programs pass all checks; small
//! shell scripts play the bad ones: `cargo test -p course --test check`
#![allow(clippy::unwrap_used)] // a test helper may fail like the test itself

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use course::starter::promises;
use grader::check::{self, Ending, Grade, Task, view};
#[cfg(unix)]
use testkit::step::{is_running, quoted, until};
use testkit::{Launch, Program, build, find, skip};

fn grade(step: &str, task: &Task) -> Grade {
    check::grade(check::find(step).unwrap(), task, &mut |_| io::Result::Ok(())).unwrap()
}

/// Our own program passes all checks, core and extra.
fn passes(step: &str) {
    build::built_programs();
    let grade = grade(step, &Task::own(step));
    let stories: Vec<String> = grade
        .verdicts
        .iter()
        .filter(|verdict| !verdict.passed())
        .map(|verdict| format!("{}\n{}", verdict.check.name, view::story(grade.step, verdict)))
        .collect();
    assert!(stories.is_empty(), "{}", stories.join("\n"));
    assert!(grade.passed(true));
}

#[test]
fn udp_send() {
    passes("udp-send");
}

#[test]
fn udp_recv() {
    passes("udp-recv");
}

#[test]
fn udp_chat() {
    passes("udp-chat");
}

#[test]
fn tcp_server() {
    passes("tcp-server");
}

#[test]
fn tcp_client() {
    passes("tcp-client");
}

#[test]
fn tcp_duplex() {
    passes("tcp-duplex");
}

#[test]
fn file_download() {
    passes("file-download");
}

/// The real tool.
const COURSE: &str = env!("CARGO_BIN_EXE_course");

fn course(args: &[&str]) -> Program {
    let launch = Launch::new(COURSE).args(args).no_input();
    let launch = launch.env("COLUMNS", "200");
    launch.deadline(Duration::from_secs(60)).start().unwrap()
}

#[test]
fn a_program_that_cannot_run_is_no_bad_program() {
    for (program, says) in [
        (&["/no/such/program"][..], "there is no program /no/such/program"),
        (&["no-such-program"], "there is no program no-such-program"),
        (&["Cargo.toml"], "it is in this folder: write ./Cargo.toml"),
        (&[env!("CARGO_MANIFEST_DIR")], "is a folder"),
        (&[COURSE, "no-such-submission.sh"], "there is no file no-such-submission.sh"),
        (&[COURSE, "-e", "no-such-submission.py"], "there is no file no-such-submission.py"),
    ] {
        let mut course = course(&[&["check", "udp-send", "--"][..], program].concat());
        course.expect_exit(2).unwrap();
        assert!(course.stderr_text().contains(says), "{}", course.stderr_text());
    }
}

#[test]
fn wrong_names_are_reported() {
    let mut course = course(&["check", "udp-send", "--only", "nonsense", "--", "true"]);
    course.expect_exit(2).unwrap();
    assert!(course.stderr_text().contains("udp-send has no check `nonsense`"));
}

#[test]
fn the_list_names_every_check() {
    let mut course = course(&["check", "--list"]);
    course.expect_exit(0).unwrap();
    let list = course.stdout_text();
    for step in check::all() {
        assert!(list.contains(&format!("{}: started as {}", step.name, step.started_as)));
        for check in step.all_checks() {
            assert!(list.contains(&format!(" {} ", check.name)), "{}", check.name);
        }
    }
}

/// Each sentence of what a program must do names the checks that look at it, and each core check is named by a sentence: nothing
/// is promised that nobody looks at, and nothing decides the grade that was not asked for.
#[test]
fn every_sentence_of_a_task_has_its_checks() {
    for step in check::all() {
        let task = promises(step.name).split_whitespace().collect::<Vec<_>>().join(" ") + " ";
        let mut named = BTreeSet::new();
        for (at, _) in task.match_indices(". ") {
            let (sentence, rest) = (&task[..at], &task[at + 2..]);
            let names = rest.strip_prefix('{').and_then(|rest| rest.split_once('}'));
            let names = names.unwrap_or_else(|| panic!("{}: no check: {sentence}.", step.name)).0;
            named.extend(names.split(' '));
        }
        for check in step.all_checks().filter(|check| !check.extra) {
            assert!(named.contains(check.name), "{}: no sentence for {}", step.name, check.name);
        }
        let is_unknown = |name: &&&str| step.check(name).is_none();
        assert_eq!(named.iter().find(is_unknown), None, "{} has no such check", step.name);
    }
}

/// The instructors' page has the numbers of checks in its marking table.
#[test]
fn the_marking_table_is_up_to_date() {
    let path = format!("{}/../../docs/instructors.md", env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(path).unwrap();
    for step in check::all() {
        let core = step.all_checks().filter(|check| !check.extra).count();
        let row = format!("| {} | {core} | ", step.name);
        assert!(page.contains(&row), "docs/instructors.md: no row `{row}`");
    }
}

#[cfg(unix)]
mod bad_programs {
    use std::time::Instant;

    use super::*;

    /// Runs one check of a script, and returns the exit code and what was printed.
    fn check(step: &str, name: &str, script: &str, options: &[&str]) -> (i32, String) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("program.sh");
        std::fs::write(&path, script).unwrap();
        let path = path.to_str().unwrap();
        let args = [&["check", step, "--only", name], options, &["--", "sh", path]].concat();
        let mut course = course(&args);
        let code = course.wait().unwrap().code().unwrap();
        (code, course.stdout_text())
    }

    #[test]
    fn an_exit_too_early_is_reported() {
        let (code, story) = check("tcp-server", "one-client", "echo oops >&2; exit 3", &[]);
        assert_eq!(code, 1);
        assert!(story.contains("the program ended before it was open"), "{story}");
        assert!(
            story.contains("ended: exit code 3") && story.contains("stderr    oops"),
            "{story}"
        );
        assert!(story.contains("points: 0 of 1 core"), "{story}");
    }

    #[test]
    fn an_open_port_is_remarked_on_once() {
        let Some(python) = skip::python("a note about an open port") else { return };
        let script = format!(
            "exec {python} -c 'import socket, sys\n\
             sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n\
             sock.bind((\"\", int(sys.argv[1].split(\":\")[1])))\n\
             while True: print(sock.recv(2048).decode(), flush=True)' \"$@\""
        );
        let options = ["--only", "thousand-bytes", "--only", "empty"];
        let (code, story) = check("udp-recv", "prints", &script, &options);
        assert_eq!(code, 0, "{story}");
        assert_eq!(story.matches("the whole network can").count(), 1, "{story}");
    }

    #[test]
    fn a_crash_is_explained_with_its_signal() {
        let (_, story) = check("tcp-server", "one-client", "kill -SEGV $$", &["--hint"]);
        assert!(story.contains("the program crashed: signal 11 (SIGSEGV)"), "{story}");
    }

    #[test]
    fn a_hang_costs_its_deadline_and_nothing_survives() {
        let ids = tempfile::NamedTempFile::new().unwrap();
        let file = quoted(&ids);
        // It ignores what it can, and has children in its process group and outside of it.
        let script = format!(
            "trap '' TERM INT HUP\nexport FILE={file}\necho $$ >> \"$FILE\"\nsleep 600 & echo $! >> \"$FILE\"\n\
             setsid sh -c 'echo $$ >> \"$FILE\"; exec sleep 600' &\nwait"
        );
        let start = Instant::now();
        let (code, story) = check("udp-recv", "prints", &script, &["--patience", "0.2"]);
        assert_eq!(code, 1);
        assert!(story.contains("after 1 s nobody waits there"), "{story}");
        assert!(start.elapsed() < Duration::from_secs(20));
        for id in std::fs::read_to_string(ids.path()).unwrap().lines() {
            assert!(!is_running(id), "process {id} survived");
        }
    }

    /// Checks all of a step, and returns what was printed.
    fn check_all(step: &str, script: &str, options: &[&str]) -> String {
        let names: Vec<&str> =
            check::find(step).unwrap().all_checks().map(|check| check.name).collect();
        let all: Vec<&str> = names[1..].iter().flat_map(|name| ["--only", name]).collect();
        check(step, names[0], script, &[&all[..], options].concat()).1
    }

    #[test]
    fn a_program_that_never_starts_is_waited_for_at_one_check() {
        for (step, roots) in [("udp-recv", 1), ("tcp-duplex", 2)] {
            let checks = check::find(step).unwrap().all_checks();
            let core = checks.filter(|check| !check.extra).count();
            let start = Instant::now();
            let story = check_all(step, "exec sleep 600", &["--patience", "0.2"]);
            // One second, and one more for each check that is repeated alone.
            assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
            assert_eq!(story.matches("  ✗ ").count(), roots, "{story}");
            assert_eq!(story.matches("  ○ ").count(), core - roots, "{story}");
            assert!(story.contains(&format!("points: 0 of {core} core")), "{story}");
        }
    }

    #[test]
    fn a_check_that_passes_alone_counts_as_neither() {
        build::built_programs();
        let program = find::step_program("udp-send");
        let script =
            format!("mkdir \"$0.once\" 2>/dev/null && exit 1\nexec '{}' \"$@\"", program.display());
        let (code, story) = check("udp-send", "utf-8", &script, &[]);
        assert_eq!(code, 0, "{story}");
        assert!(story.contains("  ? utf-8"), "{story}");
        assert!(!story.contains("likely:"), "{story}");
        assert!(story.contains("unsure: it passed when it was repeated alone"), "{story}");
        assert!(story.contains("points: 1 unsure, not counted; "), "{story}");
        for (format, says) in
            [("json", "\"result\": \"unsure\""), ("junit", "<skipped message=\"unsure: ")]
        {
            let (_, results) = check("udp-send", "utf-8", &script, &["--format", format]);
            assert!(results.contains(says), "{results}");
        }
        let (code, story) = check("udp-send", "utf-8", "exit 1", &[]);
        assert_eq!(code, 1, "{story}");
        assert!(story.contains("  ✗ utf-8") && !story.contains("unsure"), "{story}");

        let (code, story) = check("udp-send", "gbk", &script, &["--extra"]);
        assert_eq!(code, 0, "{story}");
        assert!(story.contains("  ? gbk"), "{story}");
        let (_, json) = check("udp-send", "gbk", &script, &["--format", "json"]);
        assert!(
            json.contains("\"result\": \"failed\""),
            "an extra one that does not count: {json}"
        );
    }

    #[test]
    fn what_cannot_pass_is_not_run() {
        let first = "not run: `one-datagram` comes first";
        let words_and_more = ["--only", "one-datagram", "--only", "wait"];
        let (_, story) = check("udp-send", "words-joined", "exit 0", &words_and_more);
        assert!(story.contains("  ○ words-joined") && story.contains(first), "{story}");
        assert!(story.contains("points: 0 of 2 core; 0 of 1 extra"), "{story}");

        let json = [&words_and_more[..], &["--format", "json"]].concat();
        let (_, json) = check("udp-send", "words-joined", "exit 0", &json);
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        let checks = &json["steps"][0]["checks"];
        assert_eq!(checks[0]["result"], "failed");
        assert_eq!(checks[0]["blocked_by"], serde_json::Value::Null);
        assert_eq!(checks[1]["result"], "not run");
        assert_eq!(checks[1]["blocked_by"], "one-datagram");
        assert_eq!(checks[1]["failure"], serde_json::Value::Null);

        let junit = [&words_and_more[..], &["--format", "junit"]].concat();
        let (_, junit) = check("udp-send", "words-joined", "exit 0", &junit);
        assert!(junit.contains("tests=\"3\" failures=\"1\" skipped=\"2\""), "{junit}");
        assert!(junit.contains(&format!("<skipped message=\"{first}\">")), "{junit}");
    }

    #[test]
    fn alone_a_check_runs_anyhow() {
        let (_, story) = check("udp-send", "words-joined", "exit 0", &[]);
        assert!(story.contains("  ✗ words-joined") && !story.contains("not run"), "{story}");
    }

    #[test]
    fn output_without_end_is_bounded() {
        let (code, story) =
            check("udp-recv", "prints", "exec yes 你好", &["--patience", "0.2", "--hint"]);
        assert_eq!(code, 1);
        assert!(story.contains("prints without end"), "{story}");
    }

    #[test]
    fn json_and_junit_say_the_same() {
        let (code, json) = check("udp-send", "utf-8", "exit 0", &["--format", "json"]);
        assert_eq!(code, 1);
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        let step = &json["steps"][0];
        assert_eq!(step["points"]["possible"], 1);
        assert_eq!(step["points"]["earned"], 0);
        assert_eq!(step["checks"][0]["result"], "failed");
        let cause = step["checks"][0]["failure"]["cause"].as_str().unwrap();
        let (_, junit) = check("udp-send", "utf-8", "exit 0", &["--format", "junit"]);
        assert!(junit.contains("failures=\"1\" skipped=\"0\""), "{junit}");
        assert!(junit.contains(&check::formats::xml(cause)), "{junit}");
    }

    /// The labels of the lines that explain the only failure.
    fn explained(options: &[&str]) -> Vec<String> {
        let (_, story) = check("udp-send", "utf-8", "exit 0", options);
        let labels = ["think:", "likely:", "do:", "read:"];
        let words = story.lines().filter_map(|line| line.split_whitespace().next());
        words.filter(|word| labels.contains(word)).map(str::to_owned).collect()
    }

    #[test]
    fn a_failure_is_explained_in_steps() {
        assert_eq!(explained(&[]), ["think:"]);
        assert_eq!(explained(&["--hint"]), ["think:", "likely:"]);
        assert_eq!(explained(&["--hint", "--hint"]), ["think:", "likely:", "do:", "read:"]);
        assert_eq!(explained(&["--stories"]), ["likely:", "read:"]);
        assert_eq!(explained(&["--no-hints"]), [""; 0]);
    }

    /// Without `--extra` the repeated check would neither count nor show its story.
    #[test]
    fn the_command_that_repeats_an_extra_check_counts_it() {
        let (_, story) = check("udp-send", "gbk", "exit 0", &["--extra", "--seed", "5"]);
        assert!(story.contains("check udp-send --only gbk --extra --seed 5 -- sh "), "{story}");
        let (_, story) = check("udp-send", "utf-8", "exit 0", &["--extra", "--seed", "5"]);
        assert!(story.contains("check udp-send --only utf-8 --seed 5 -- sh "), "{story}");
    }

    #[test]
    fn for_marking_the_formats_of_programs_have_no_hints_either() {
        let (_, json) = check("udp-send", "utf-8", "exit 0", &["--no-hints", "--format", "json"]);
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        let failure = &json["steps"][0]["checks"][0]["failure"];
        for name in ["question", "cause", "cure", "section"] {
            assert_eq!(failure[name], serde_json::Value::Null, "{name}");
        }
        let (_, junit) = check("udp-send", "utf-8", "exit 0", &["--no-hints", "--format", "junit"]);
        assert!(junit.contains("message=\"not as expected: "), "{junit}");
        for text in [failure["story"].as_str().unwrap(), &junit] {
            assert!(!text.contains("likely:") && !text.contains("read:"), "{text}");
        }
    }

    /// Readers that hold numbers as doubles would round 64 bits, and repeat another run.
    #[test]
    fn the_seed_survives_json() {
        let options = ["--format", "json", "--seed", "18446744073709551615", "--jobs", "1"];
        let (_, json) = check("udp-send", "utf-8", "exit 0", &options);
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["seed"], "18446744073709551615");
    }

    #[test]
    fn a_seed_repeats_the_texts() {
        let run = |seed| check("udp-send", "utf-8", "exit 0", &["--seed", seed]).1;
        let text =
            |story: String| story.lines().find(|line| line.contains("😀")).unwrap().to_owned();
        let words = |story: String| text(story).split_whitespace().last().unwrap().to_owned();
        assert_eq!(words(run("1")), words(run("1")));
        assert_ne!(words(run("1")), words(run("2")));
    }

    #[test]
    fn ctrl_c_ends_it() {
        let folder = tempfile::tempdir().unwrap();
        let started = folder.path().join("started");
        let script = "echo >\"$0\" && sleep 600";
        let file = started.to_str().unwrap();
        let mut course = course(&["check", "tcp-server", "--", "sh", "-c", script, file]);
        until("the program runs", || started.exists());
        course.interrupt();
        course.expect_exit(130).unwrap();
    }
}

#[test]
fn two_graders_run_at_once() {
    build::built_programs();
    let graders: Vec<_> = (0..2)
        .map(|_| std::thread::spawn(|| grade("tcp-server", &Task::own("tcp-server"))))
        .collect();
    for grader in graders {
        assert!(grader.join().unwrap().passed(true));
    }
}

#[test]
fn the_programs_folder_is_found() {
    build::built_programs();
    assert_eq!(PathBuf::from(&Task::own("udp-send").program[0]), find::step_program("udp-send"));
}

/// Programs that do their work in an unusual way, which docs/reference.md allows.
mod allowed {
    use super::*;

    /// The correct Python program of the step, started by another one; which of these checks fail?
    fn failures(step: &str, starter: &str, checks: &[&str], patience: f64) -> String {
        let Some(python) = skip::python("unusual programs in Python") else { return String::new() };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("starter.py");
        std::fs::write(&path, starter).unwrap();
        let correct = format!("{}/grader/correct/{step}.py", env!("CARGO_MANIFEST_DIR"));
        let words = [python.into(), path.into_os_string(), correct.into()];
        let mut task = Task::new(words.to_vec(), "starter.py");
        task.only = checks.iter().map(|check| (*check).to_owned()).collect();
        task.patience = patience;
        let grade = grade(step, &task);
        let failed = grade.verdicts.iter().filter(|verdict| !verdict.passed());
        failed
            .map(|verdict| format!("{}\n{}", verdict.check.name, view::story(grade.step, verdict)))
            .collect()
    }

    /// Checks if somebody listens, the polite way and with a reset; then it does its work.
    #[cfg(target_os = "linux")]
    const LOOKS_FIRST: &str = r#"
import runpy, socket, struct, sys
sys.argv = sys.argv[1:]
if "serve" not in sys.argv:
    host, port = next(word for word in sys.argv[1:] if word.startswith("127.")).split(":")
    for linger in (struct.pack("ii", 0, 0), struct.pack("ii", 1, 0)):
        try:
            with socket.create_connection((host, int(port))) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        except OSError:
            pass
runpy.run_path(sys.argv[0], run_name="__main__")
"#;

    #[cfg(target_os = "linux")] // elsewhere nobody knows whether a connection was closed on both sides
    #[test]
    fn a_client_may_look_first_if_somebody_listens() {
        for (step, checks) in [
            ("tcp-client", &["message", "lines", "only-receives"][..]),
            ("tcp-duplex", &["connect-talks", "own-end"]),
            ("file-download", &["get-text", "get-file"]),
        ] {
            let failures = failures(step, LOOKS_FIRST, checks, 1.0);
            assert!(failures.is_empty(), "{step}: {failures}");
        }
    }

    /// What the task says about the form of the output: each of the extra checks about it finds its own defect, and no other.
    #[test]
    fn the_form_of_the_output_has_checks_of_its_own() {
        const GREETS: &str = "import runpy, sys\nprint('ready', flush=True)\nsys.argv = sys.argv[1:]\n\
             runpy.run_path(sys.argv[0], run_name='__main__')\n";
        let checks = ["prints", "peer-shown", "streams"];
        let greets = failures("udp-recv", GREETS, &checks, 1.0);
        assert!(greets.starts_with("streams\n") || greets.is_empty(), "{greets}");
        assert!(!greets.contains("peer-shown\n"), "{greets}");

        let anonymous = GREETS.replace(
            "print('ready', flush=True)",
            "import builtins\nsay = print\n\
             builtins.print = lambda text, **more: say(text.split('] ')[-1], **more)",
        );
        let anonymous = failures("udp-recv", &anonymous, &checks, 1.0);
        let (first, rest) = anonymous.split_once('\n').unwrap_or_default();
        assert!(first.is_empty() || first == "peer-shown", "{anonymous}");
        assert!(first.is_empty() || rest.contains("not run: `peer-shown` comes first"), "{rest}");
    }

    /// The correct programs know no options and report no errors: that, and nothing else, explains why these checks fail.
    #[test]
    fn what_an_extra_check_asks_for_explains_its_failure() {
        const PLAIN: &str = "import runpy, sys\nsys.argv = sys.argv[1:]\n\
             runpy.run_path(sys.argv[0], run_name='__main__')\n";
        for (step, check, cause) in [
            ("udp-send", "wait", "an option and its value are no part of the message"),
            ("udp-send", "bind", "an option and its value are no part of the message"),
            ("udp-send", "gbk", "--encoding gbk is no part of the message"),
            ("udp-recv", "exit-codes", "2 is a wrong usage"),
            ("udp-recv", "once", "with --once the program receives one datagram"),
            ("udp-recv", "buffer", "--buffer BYTES is the size of the buffer"),
            ("udp-recv", "gbk", "with --encoding gbk the text of a datagram is GBK"),
        ] {
            let failure = failures(step, PLAIN, &[check], 0.3);
            assert!(failure.contains(cause) || failure.is_empty(), "{failure}");
        }
    }

    /// The tutorials' chat, which opens a port of its own.
    #[cfg(target_os = "linux")]
    const OWN_PORT: &str = r#"
import os, socket, sys, threading
host, port = sys.argv[1].split(":")
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 18088))
def receive():
    while True:
        data, peer = sock.recvfrom(65536)
        print(f"[{peer[0]}:{peer[1]}] {data.decode(errors='replace')}", flush=True)
threading.Thread(target=receive, daemon=True).start()
for line in sys.stdin:
    sock.sendto(line.strip().encode(), (host, int(port)))
threading.Event().wait()
"#;

    /// A private user namespace may take away its own right to make networks; so it is on systems that have none.
    #[cfg(target_os = "linux")]
    #[test]
    fn without_networks_of_their_own_checks_do_not_collide_at_the_program_s_port() {
        let unshare = ["unshare", "-Ur", "sh", "-c", "echo 0 > /proc/sys/user/max_net_namespaces"];
        if !skip::installed(&unshare, "checks without networks of their own")
            || skip::python("checks without networks of their own").is_none()
        {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("chat.py");
        std::fs::write(&path, OWN_PORT).unwrap();
        let script = format!("{} && exec \"$0\" \"$@\"", unshare[4]);
        let course = COURSE;
        let checks =
            ["says", "hears", "both-ways", "one-socket", "no-text", "only-88-ends", "flushes"];
        let checks = checks.iter().flat_map(|name| ["--only", name]);
        let args = ["-Ur", "sh", "-c", &script, course, "check", "udp-chat"].into_iter();
        let args = args.chain(checks).chain(["--", "python3", path.to_str().unwrap()]);
        let launch = Launch::new("unshare").args(&args.collect::<Vec<_>>()).no_input();
        let mut course = launch.deadline(Duration::from_secs(60)).start().unwrap();
        let code = course.wait().unwrap().code();
        let story = course.stdout_text();
        assert_eq!(code, Some(0), "{story}\n{}", course.stderr_text());
        assert!(story.contains("points: 7 of 7 core; ") && !story.contains("unsure"), "{story}");
        assert!(story.contains("which another check of this run held"), "{story}");
    }

    /// On a busy computer the grader's answer may be later than the program's patience: then a copy comes before the next number.
    #[test]
    fn copies_of_an_earlier_datagram_do_no_harm() {
        const IMPATIENT: &str = "import sys\nsys.argv = sys.argv[1:]\nsource = open(sys.argv[0]).read()\n\
             exec(source.replace('WAIT = 0.2', 'WAIT = 0.0001').replace('TRIES = 20', 'TRIES = 10**6'))\n";
        let failures = failures("ask-again", IMPATIENT, &["sends", "old-ack"], 1.0);
        assert!(failures.is_empty(), "{failures}");
    }

    /// A chat that never ends passes nothing about the end.
    #[test]
    fn a_chat_that_ends_for_nobody_does_not_pass_for_its_deafness_to_a_stranger() {
        let Some(python) = skip::python("unusual programs in Python") else { return };
        let path = "grader/broken/udp-chat/waits-for-the-keyboard.py";
        let path = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
        let mut task = Task::new(vec![python.into(), path.into()], "chat.py");
        task.only = ["says", "hears", "peer-88", "stranger"].map(str::to_owned).to_vec();
        let grade = grade("udp-chat", &task);
        assert!(matches!(grade.verdicts[3].ending, Ending::NotRun("peer-88")));
    }

    /// Prints each character by itself, and takes its time.
    const PRINTS_SLOWLY: &str = r#"
import builtins, runpy, sys, time
def slowly(text, end="\n", **_):
    for character in text + end:
        sys.stdout.write(character)
        sys.stdout.flush()
        time.sleep(0.05)
builtins.print = slowly
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"#;

    #[test]
    fn a_program_may_print_slowly() {
        // The patience is 1.5 s then, and a line takes longer.
        let failures = failures("udp-recv", PRINTS_SLOWLY, &["prints"], 0.5);
        assert!(failures.is_empty(), "{failures}");
    }
}
