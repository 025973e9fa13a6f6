//! The checks find what they are for: in a copy of the book a drift of each kind is planted.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::page::{Book, Problem};
use crate::{
    chinese, excerpt, help, links, minutes, order, steps, task, terms, transcript, translation,
};

/// A book of one lesson and a table of contents, all of it true.
const LESSON: &str = "lessons/01-udp-send.md";
const TRUE_LESSON: &str = "# Lesson 1

![the ladder](../pictures/udp-send.svg), and [itself](01-udp-send.md#run-it)

## What you will be able to do
## Predict

1. Who answers?

## Run it

```transcript udp-send
```

## In stages
## How it works

```steps
1. socket    ask
1b. bind     only with --bind
2. sendto    send
2b. recvfrom only with --wait
3. close     give back
```

```rust excerpt crates/udp-send/src/main.rs
fn main() -> ExitCode {
…
}
```

<!-- second column: crates/udp-send/src/main.rs -->

| Python | ours |
|---|---|
| `s.close()` | `drop(socket);` |

## Your predictions

<details><summary>1. Who?</summary>

Nobody.

</details>

## What it must do

<!-- task udp-send -->
<!-- end of task -->

## Change it
## Break it
## Build it yourself

```help udp-send
```

## Questions
## For the instructor
";
const TRUE_SUMMARY: &str = "# Summary\n\n- [Lesson 1](lessons/01-udp-send.md)\n";
const TRUE_SETTINGS: &str = "[output.html.redirect]\n\"/lessons/1.html\" = \"01-udp-send.html\"\n";

/// The book in a temporary folder, with the transcript and the help text written by an update.
fn small_book() -> TempDir {
    testkit::build::built_programs();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let file = folder.path().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    };
    write(LESSON, TRUE_LESSON);
    write("SUMMARY.md", TRUE_SUMMARY);
    write("book.toml", TRUE_SETTINGS);
    write("pictures/udp-send.svg", "<svg/>");
    for mut page in open(folder.path()).pages {
        if cfg!(unix) {
            assert_eq!(transcript::problems(&mut page, true).len(), 0);
        }
        assert_eq!(help::problems(&mut page, true).len(), 0);
        assert_eq!(task::problems(&mut page, true).len(), 0);
    }
    folder
}

fn open(folder: &Path) -> Book {
    Book::copied(folder, Path::new("docs"))
}

/// All that the checks find in a book.
fn found(folder: &Path) -> Vec<Problem> {
    let mut book = open(folder);
    let mut found =
        [order::summary(&book), order::sections(&book), order::predictions(&book)].concat();
    found.extend([order::numbers(&book), order::former_addresses(&book)].concat());
    found.extend(steps::problems(&book));
    let pictures = links::pictures();
    for page in &book.pages {
        found.extend(links::problems(&book, page, &pictures));
        found.extend(excerpt::problems(page));
    }
    for page in &mut book.pages {
        found.extend(help::problems(page, false));
        found.extend(task::problems(page, false));
        if cfg!(unix) {
            found.extend(transcript::problems(page, false));
        }
    }
    found
}

/// Changes one line of a page; returns its number, and what the checks say about the book then.
fn planted(folder: &Path, page: &str, old: &str, new: &str) -> (usize, Vec<Problem>) {
    let file = folder.join(page);
    let text = fs::read_to_string(&file).unwrap();
    let line = 1 + text.lines().position(|line| line.contains(old)).unwrap();
    fs::write(&file, text.replacen(old, new, 1)).unwrap();
    let found = found(folder);
    fs::write(&file, text).unwrap();
    (line, found)
}

#[test]
fn a_true_book_has_no_problems_and_an_update_changes_nothing() {
    let folder = small_book();
    let problems = found(folder.path());
    assert!(problems.is_empty(), "{problems:?}");
    let text = fs::read_to_string(folder.path().join(LESSON)).unwrap();
    assert!(text.contains("$ cargo udp-send 127.0.0.1:PORT 你好") || cfg!(windows), "{text}");
    assert!(text.contains("\nUsage: udp-send [OPTIONS]"), "{text}");
    for mut page in open(folder.path()).pages {
        help::problems(&mut page, true);
    }
    assert_eq!(fs::read_to_string(folder.path().join(LESSON)).unwrap(), text);
}

#[test]
fn a_drift_of_each_kind_is_found_in_its_line() {
    let folder = small_book();
    let drifts = [
        ("✓  [127.0.0.1:PORT] 第一行", "✓  [127.0.0.1:PORT] 第二行", "第一行"),
        (" > 88 ", " > 99 ", "> 88"),
        ("the caller", "the customer", "the caller"),
        ("✓ 1 step, 7 checks", "✓ 1 step, 8 checks", "7 checks"),
        ("fn main() -> ExitCode {", "fn main() -> Exit {", "is not there"),
        ("`drop(socket);`", "`close(socket);`", "has no `close(socket);`"),
        ("      --broadcast", "      --loud", "--broadcast"),
        ("01-udp-send.md#run-it", "01-udp-send.md#run", "anchor"),
        ("01-udp-send.md#run-it", "http://example.org/", "no https://"),
        ("(01-udp-send.md", "(1-udp-send.md", "`: there is no docs"),
        ("pictures/udp-send.svg", "pictures/udp-sent.svg", "there is no"),
        ("2. sendto ", "2. send ", "2. sendto"),
        ("2b. recvfrom", "2. recvfrom", "2b. recvfrom"),
        ("```transcript udp-send", "```transcript udp", "no scenario"),
        ("```help udp-send", "```help udp", "no command"),
        ("<!-- task udp-send", "<!-- task udp", "no step"),
        ("- Text travels as UTF-8.", "- Text travels as GBK.", "task.md"),
    ];
    for (old, new, truth) in drifts {
        let about_windows = truth == "第一行" || old.starts_with("```tr") || old.contains("caller");
        if cfg!(windows) && (about_windows || truth == "> 88" || truth == "7 checks") {
            continue; // no transcripts there
        }
        let (line, problems) = planted(folder.path(), LESSON, old, new);
        let is_it = |problem: &&Problem| problem.line == line && problem.what.contains(truth);
        assert!(problems.iter().any(|problem| is_it(&problem)), "{old} ({line}): {problems:?}");
        let problem = problems[0].to_string();
        assert!(problem.starts_with("docs/lessons/01-udp-send.md:"), "{problem}");
    }
}

#[test]
fn sections_and_contents_are_held() {
    let folder = small_book();
    for (page, old, new, what) in [
        (LESSON, "## Predict\n", "", "`## Predict` is missing"),
        (LESSON, "1. Who answers?", "1. Who answers?\n2. And when?", "2 questions in `Predict`, 1"),
        (LESSON, "## Break it", "## Run it", "too late"),
        ("SUMMARY.md", "[Lesson 1]", "[Lesson 1a]", "`Lesson 1`"),
        ("SUMMARY.md", "[Lesson 1]", "[Lesson 2]", "should name lesson 1"),
        ("SUMMARY.md", "- [Lesson 1](lessons/01-udp-send.md)", "- [1](nowhere.md)", "0 times"),
        (
            "SUMMARY.md",
            "01-udp-send.md)",
            "01-udp-send.md) [Lesson 1](lessons/01-udp-send.md)",
            "2 times",
        ),
        (LESSON, "# Lesson 1", "# Lesson 1b", "has the number 1"),
        ("book.toml", "01-udp-send", "1-udp-send", "1-udp-send.html isn't"),
        ("book.toml", "/1.html", "/01-udp-send.html", "01-udp-send.html is still there"),
        ("book.toml", "send.html", "send.html#lost", "01-udp-send.html#lost isn't"),
    ] {
        let file = folder.path().join(page);
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, text.replacen(old, new, 1)).unwrap();
        let problems = found(folder.path());
        fs::write(&file, text).unwrap();
        assert!(problems.iter().any(|problem| problem.what.contains(what)), "{what}: {problems:?}");
    }
}

#[test]
fn a_term_that_is_used_too_early_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    fs::create_dir(folder.path().join("lessons")).unwrap();
    write(
        "glossary.md",
        "| **backlog** | 队列上限 | How many may wait. | [2](lessons/02-b.md#two) |\n",
    );
    write("lessons/02-b.md", "# Two\n\nThe backlog (队列上限).\n");
    for (page, line) in [
        ("# One\n\n## A\n\nThe two backlogs.\n", Some(5)),
        ("# One\n\nIts 队列上限.\n", Some(3)),
        ("# One\n\nIts `backlog`, or:\n\n```\nbacklog\n```\n", None),
        ("# One\n\nThe [backlog](02-b.md#two).\n\nThe backlog again.\n", None),
        ("# One\n\nThe [backlog](02-b.md#two).\n\n## A\n\nThe backlog again.\n", Some(7)),
        ("# One\n\nA log, and backlogging.\n\n## For the instructor\n\nbacklog\n", None),
    ] {
        write("lessons/01-a.md", page);
        let problems = terms::problems(&open(folder.path()));
        assert_eq!(problems.first().map(|problem| problem.line), line, "{page}: {problems:?}");
    }
    write("lessons/02-b.md", "# Two\n\nThe backlog.\n");
    let problems = terms::problems(&open(folder.path()));
    assert!(problems[0].what.contains("doesn't have 队列上限"), "{problems:?}");
}

#[test]
fn a_picture_that_no_script_makes_is_found() {
    let folder = small_book();
    let other: PathBuf = folder.path().join("pictures/mine.svg");
    fs::write(other, "<svg/>").unwrap();
    let (line, problems) = planted(folder.path(), LESSON, "udp-send.svg", "mine.svg");
    assert!(problems.iter().any(|problem| problem.line == line), "{problems:?}");
    assert!(problems[0].what.contains("scripts/pictures makes only udp-send"), "{problems:?}");
}

#[test]
fn links_and_anchors_are_read_as_a_code_host_reads_them() {
    let text =
        "see [a](docs/nowhere.md), `[b](code.md)`, [`c`](#d) and ![e](f.svg)\n```\n[g](h)\n```\n";
    let read = links::links(text);
    let targets: Vec<&str> = read.iter().map(|link| link.target.as_str()).collect();
    assert_eq!(targets, ["docs/nowhere.md", "#d", "f.svg"]);
    assert!(read[2].is_picture && !read[0].is_picture);
    assert_eq!(links::anchor("### 2. sendto: one call"), "2-sendto-one-call");
}

#[test]
fn ports_and_times_are_the_same_each_time() {
    let came = "[127.0.0.1:4711] a.txt: 36 B in 0.002 s (19.04 KiB/s), 0.0.0.0:8899";
    let shown = "[127.0.0.1:PORT] a.txt: 36 B in … s (… B/s), 0.0.0.0:PORT";
    assert_eq!(transcript::normalised(came), shown);
    assert_eq!(transcript::normalised(shown), shown);
}

#[test]
fn minutes_that_do_not_add_up_are_found() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("lessons")).unwrap();
    let files = [
        (
            "lessons/01-a.md",
            "# One: a\n\n## For the instructor\n\n| minutes | in four lectures | in one | |\n|---|---|---|---|\n\
             | 20 | 10 | 10 | talk |\n| 30 | 20 | | play |\n| **50** | **30** | **10** | together |\n",
        ),
        (
            "instructors.md",
            "# Plans\n\n### One lecture\n\n| minutes | what |\n|---|---|\n| 10 | [one](lessons/01-a.md) |\n| 80 | talk |\n\n\
             ### Four lectures\n\n| lecture | minutes | what |\n|---|---|---|\n| **1** | 30 | [one](lessons/01-a.md) |\n\
             | | 60 | homework |\n\n### All\n\n<!-- minutes -->\n<!-- end of minutes -->\n",
        ),
    ];
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    let found =
        |update: bool| minutes::problems(&mut open(folder.path()), &open(folder.path()), update);
    for (name, text) in files {
        write(name, text);
    }
    assert_eq!(found(true).len(), 0);
    let (plans, table) = ("instructors.md", "computed otherwise");
    for (page, old, new, what) in [
        (files[0].0, "| **50**", "| **55**", "together they are 50, 30, 10"),
        (plans, "| 10 | [one]", "| 15 | [one]", "01-a.md says 10"),
        (plans, "| 60 | homework", "| 50 | homework", "### Four lectures has 80 in all"),
        (plans, "| 30 | [one](lessons/01-a.md)", "| 30 | one", "### Four lectures lacks"),
        (plans, "| 50 | 30 | 10 | 0", "| 50 | 30 | 10 | 5", table),
    ] {
        let text = fs::read_to_string(folder.path().join(page)).unwrap();
        assert!(text.contains(old), "{old}: {text}");
        write(page, &text.replacen(old, new, 1));
        let problems = found(false);
        write(page, &text);
        assert!(problems.iter().any(|problem| problem.what.contains(what)), "{old}: {problems:?}");
    }
}

/// A page of the Chinese edition with this text, which has the place of lesson 1.
fn translated(folder: &Path, text: &str) -> Book {
    fs::create_dir_all(folder.join("lessons")).unwrap();
    fs::write(folder.join(LESSON), text).unwrap();
    Book::copied(folder, Path::new("docs/zh-CN"))
}

#[test]
fn a_translation_that_is_not_its_english_page_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let english = Book::editions().remove(0);
    let english = english.pages.iter().find(|page| page.name == Path::new("docs").join(LESSON));
    let english = english.unwrap();
    for (old, new, what) in [
        ("## Predict", "### Predict", "has here: a heading with 2 #"),
        ("```transcript", "```text", "has here: a block `transcript udp-send`"),
        ("<details>", "", "<details>"),
        ("![", "[", "a picture"),
    ] {
        let book = translated(folder.path(), &english.text.replacen(old, new, 1));
        let problem = translation::other_form(&book.pages[0], english).unwrap();
        assert!(problem.what.contains(what), "{old}: {problem}");
    }
    let text = english.text.replace("PORT] 第一行", "PORT] 第二行");
    let mut book = translated(folder.path(), &text.replacen("$ cargo run", "$ Cargo run", 1));
    assert_eq!(translation::other_output(&book.pages[0], english).len(), 1);
    book = translated(folder.path(), &text);
    let page = &mut book.pages[0];
    assert_eq!(translation::other_blocks(page, english, "transcript", false).len(), 1);
    assert!(translation::other_blocks(page, english, "transcript", true).is_empty());
    assert_eq!(page.text.trim_end(), english.text.trim_end());
    assert_eq!(task::problems(page, false).len(), 1);
}

#[test]
fn a_translation_of_an_older_page_is_out_of_date_and_one_without_a_version_is_found() {
    let folder = tempfile::tempdir().unwrap();
    for (end, lacking) in [("0".repeat(40), 0), ("0".repeat(39), 1), ("X".repeat(40), 1)] {
        let book = translated(folder.path(), &format!("# 一\n\n<!-- English: {end} -->\n"));
        assert_eq!(translation::versions(&book).len(), lacking, "{end}");
        let english = Book::editions().remove(0);
        let all = english.pages.len() + 1; // and the README
        assert_eq!(translation::lacking(&book, &english).len(), all - 1, "{end}");
        assert!(lacking > 0 || translation::current(&book).is_empty(), "{end}");
    }
}

#[test]
fn slips_of_chinese_typesetting_are_found() {
    let folder = tempfile::tempdir().unwrap();
    for (line, what) in [
        ("一次 `sendto` 就是 1 个数据报（datagram），**对**。再看 [下一课](x.md)：“好”。", ""),
        ("`10048`：\"a,b\" 和 ![图](a.svg)", ""),
        ("您好", "你"),
        ("对,错", "half-width"),
        ("什么(端口)", "half-width"),
        ("就这样.", "half-width"),
        ("用`bind`", "no space"),
        ("第1课", "no space"),
        ("对， 错", "a space beside"),
        ("**词。**下一句", "bold"),
        ("看**“词”**吧", "bold"),
        ("*斜体*", "italics"),
    ] {
        let book = translated(folder.path(), &format!("# 一\n\n{line}\n\n```\n您,好\n```\n"));
        let problems = chinese::typography(&book.pages[0]);
        let found = problems.first().map_or("", |problem| &problem.what);
        assert!(found.contains(what) && found.is_empty() == what.is_empty(), "{line}: {found}");
    }
}

#[test]
fn a_word_that_the_glossary_does_not_use_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let row = "| **缓冲区** | buffer | 内存。 | [第 0 课](x.md) | 缓存区、缓冲器 |\n";
    fs::write(folder.path().join("glossary.md"), row).unwrap();
    let problems = |text| chinese::other_terms(&translated(folder.path(), text));
    assert!(problems("它的缓冲区，`缓冲器`")[..].is_empty());
    assert!(problems("它的缓冲器")[0].what.contains("**缓冲区**"));
}
