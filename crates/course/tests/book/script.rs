//! `scripts/book`: what it builds, and what it knows of translations that are out of date.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use testkit::{Launch, skip};

use crate::page::root;

#[test]
fn the_books_script_says_what_to_do_without_mdbook() {
    let script = root().join("scripts/book");
    let script = Launch::new("/bin/sh").args(&[script]).env("PATH", "/nonexistent");
    let mut script = script.start().unwrap();
    script.expect_stderr("error: mdbook is missing*").unwrap();
    script.expect_stderr("*cargo install mdbook*").unwrap();
    script.expect_exit(2).unwrap();
}

/// Former addresses lead on; on paper, which can't be moved sideways, a ladder is text; and each page leads to the same one
/// of the other edition.
#[test]
fn the_book_is_built_where_mdbook_is() {
    if !skip::installed(&["mdbook", "--version"], "building the course book") {
        return;
    }
    let script = Launch::new(root().join("scripts/book"));
    let mut script = script.deadline(Duration::from_secs(120)).start().unwrap();
    script.expect_exit(0).unwrap();
    let page = |name: &str| fs::read_to_string(root().join("target/book").join(name)).unwrap();
    assert!(page("lessons/09-text-on-the-wire.html").contains("URL=02b-text-on-the-wire.html"));
    let lesson = page("lessons/04-tcp-server.html");
    assert!(lesson.contains("../pictures/tcp-server.svg"));
    assert!(lesson.contains("../ladders.html#tcp-server"));
    assert!(lesson.contains("href=\"../zh-CN/lessons/04-tcp-server.html\" lang=\"zh-CN\""));
    let chinese = page("zh-CN/lessons/04-tcp-server.html");
    assert!(chinese.contains("../../pictures/tcp-server.svg"));
    assert!(chinese.contains("../../ladders.html?lang=zh#tcp-server"));
    assert!(chinese.contains("href=\"../../lessons/04-tcp-server.html\" lang=\"en\""));
    assert!(chinese.contains("../../project/crates/tcp-server/src/main.rs.html"));
    for printed in [page("print.html"), page("zh-CN/print.html")] {
        assert!(!printed.contains("tcp-server.svg"), "a picture is cut where a page of paper ends");
        assert!(printed.contains("accepted 127.0.0.1"), "and its text is missing");
    }
    buttons_are_chinese();
    chinese_is_found();
}

/// A newer mdBook may have other labels: these would stay English.
fn buttons_are_chinese() {
    let book = root().join("target/book");
    let pages = ["lessons/04-tcp-server.html", "404.html"].map(PathBuf::from);
    let scripts = fs::read_dir(&book).unwrap().map(|file| PathBuf::from(file.unwrap().file_name()));
    let scripts = scripts.filter(|name| name.extension().is_some_and(|kind| kind == "js"));
    let files: Vec<_> = pages.into_iter().chain(scripts).collect();
    let text = |name: &PathBuf| fs::read_to_string(book.join(name)).unwrap_or_default();
    let english: String = files.iter().map(text).collect();
    let chinese: String = files.iter().map(|name| text(&Path::new("zh-CN").join(name))).collect();
    let labels = fs::read_to_string(root().join("docs/zh-CN/labels.sed")).unwrap();
    for line in labels.lines().filter(|line| line.starts_with('s')) {
        let words: Vec<_> = line.split('|').collect();
        assert!(english.contains(words[1]), "mdBook says it no longer, or not so: {line}");
        assert!(chinese.contains(words[2]), "{line}");
        assert!(!chinese.contains(words[1]), "{line}");
    }
    for label in ["title=\"", "aria-label=\"", "placeholder=\""] {
        for found in text(&"zh-CN/lessons/04-tcp-server.html".into()).split(label).skip(1) {
            let (words, _) = found.split_once('"').unwrap();
            assert!(!words.is_ascii(), "{label}{words}\" has no line in docs/zh-CN/labels.sed");
        }
    }
}

/// In a browser, from files. mdBook's own search finds only what stands between spaces.
fn chinese_is_found() {
    if !skip::installed(&["chromium", "--version"], "searching the Chinese book in a browser") {
        return;
    }
    let lesson = "zh-CN/lessons/04-tcp-server.html";
    let ladders = in_a_browser("ladders.html?lang=zh#tcp-server");
    assert!(ladders.contains(&format!("href=\"{lesson}\"")), "the ladders lead elsewhere");
    for (typed, found) in [
        ("三次握手", "05-tcp-client.html?highlight=%E4%B8%89%E6%AC%A1%E6%8F%A1%E6%89%8B#"),
        ("bind%20端口", "02-udp-recv.html?highlight=bind%20%E7%AB%AF%E5%8F%A3#"),
    ] {
        let dom = in_a_browser(&format!("{lesson}?search={typed}"));
        let (_, results) = dom.split_once("id=\"mdbook-searchresults\"").unwrap();
        let (first, _) = results.split_once("</li>").unwrap();
        assert!(first.contains(found), "{typed}: {first}");
    }
}

/// A page of the book, after its scripts have run.
fn in_a_browser(page: &str) -> String {
    let profile = tempfile::tempdir().unwrap();
    let mut chromium = Command::new("chromium");
    chromium.args(["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"]);
    chromium.args(["--disable-background-networking", "--virtual-time-budget=4000"]);
    chromium.arg(format!("--user-data-dir={}", profile.path().display()));
    let book = root().join("target/book");
    let output = chromium.arg(format!("file://{}/{page}", book.display())).output();
    String::from_utf8(output.unwrap().stdout).unwrap()
}

fn run(folder: &Path, program: &str, args: &[&str]) -> String {
    let mut command = Command::new(program);
    let output = command.args(args).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A change of what the tests rewrite is none of the text.
#[test]
fn a_translation_of_an_older_text_is_listed() {
    if !skip::installed(&["git", "--version"], "translations that are out of date") {
        return;
    }
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap(); // where programs may be run
    let write = |name: &str, text: &str| {
        let file = folder.path().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    };
    let english = |text: &str, shown: &str| {
        write("docs/a.md", &format!("# A\n\n{text}\n\n```transcript x\n{shown}\n```\n"));
    };
    let book = |args: &[&str]| run(folder.path(), "scripts/book", args);
    let script = folder.path().join("scripts/book");
    fs::create_dir(folder.path().join("scripts")).unwrap();
    fs::copy(root().join("scripts/book"), script).unwrap();
    english("One.", "1");
    write("docs/zh-CN/SUMMARY.md", "# 目录\n\n- [A](a.md)\n");
    write("docs/zh-CN/a.md", "# A\n\n一。\n");
    run(folder.path(), "git", &["init", "-q"]);
    run(folder.path(), "git", &["add", "docs/a.md"]); // its text is in git's store from now on

    book(&["--translated", "docs/zh-CN/a.md"]);
    let translated = fs::read_to_string(folder.path().join("docs/zh-CN/a.md")).unwrap();
    assert!(translated.starts_with("# A\n\n一。\n\n<!-- English: "), "{translated}");
    assert_eq!(book(&["--stale"]), "");
    english("One.", "2");
    assert_eq!(book(&["--stale"]), "");
    english("Two.", "2");
    let number = &translated.lines().last().unwrap()["<!-- English: ".len()..][..40];
    let listed = format!("docs/zh-CN/a.md\n  git diff {number} docs/a.md\n");
    assert_eq!(book(&["--stale"]), listed);
    assert!(run(folder.path(), "git", &["diff", number, "docs/a.md"]).contains("\n+Two.\n"));
    book(&["--translated", "docs/zh-CN/a.md"]);
    assert_eq!(book(&["--stale"]), "");
    let again = fs::read_to_string(folder.path().join("docs/zh-CN/a.md")).unwrap();
    assert_eq!(again.lines().count(), translated.lines().count());
}
