//! The course book is true: what its pages show is what the programs do, say and are.
//!
//! `cargo test -p course --test book`. `UPDATE=1` rewrites the transcripts, tasks, minutes and help texts in place; look at
//! the difference, and at the words around it. `BOOK_DIR=docs/zh-CN` looks at another edition.
#![allow(clippy::unwrap_used)] // a page that cannot be read fails its test

mod drift;
mod excerpt;
mod help;
mod links;
mod minutes;
mod order;
mod page;
mod steps;
mod task;
mod terms;
mod transcript;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use ladder::scenario::SCENARIOS;
use testkit::build;

use page::{Book, Page, Problem, root};

/// The folder of the edition, in the project.
fn home() -> PathBuf {
    env::var_os("BOOK_DIR").map_or_else(|| "docs".into(), PathBuf::from)
}

fn updating() -> bool {
    env::var_os("UPDATE").is_some_and(|value| value == "1")
}

fn none(mut problems: Vec<Problem>) {
    problems.sort_by(|a, b| (&a.page, a.line).cmp(&(&b.page, b.line)));
    let listed: Vec<String> = problems.iter().map(Problem::to_string).collect();
    let advice = "(UPDATE=1 rewrites transcripts and help texts)";
    assert!(listed.is_empty(), "the book is not true {advice}:\n{}", listed.join("\n"));
}

/// On Windows a program that is interrupted ends otherwise, so some transcripts would differ.
#[cfg(unix)]
#[test]
fn transcripts_are_what_happens() {
    build::built_programs();
    let pages = Book::of(&home()).pages.into_iter().chain([page::readme()]);
    let players = pages.map(|mut page| {
        std::thread::spawn(move || (transcript::problems(&mut page, updating()), page))
    });
    let players: Vec<_> = players.collect();
    let played: Vec<(Vec<Problem>, Page)> =
        players.into_iter().map(|player| player.join().unwrap()).collect();
    none(played.into_iter().flat_map(|(problems, _)| problems).collect());
}

#[test]
fn help_texts_are_the_programs_own() {
    build::built_programs();
    let mut book = Book::of(&home());
    let pages = book.pages.iter_mut();
    none(pages.flat_map(|page| help::problems(page, updating())).collect());
    let missing = help::missing(&book);
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn excerpts_stand_in_the_sources() {
    none(Book::of(&home()).pages.iter().flat_map(excerpt::problems).collect());
}

#[test]
fn numbered_lists_are_the_narration() {
    none(steps::problems(&Book::of(&home())));
}

#[test]
fn every_link_leads_somewhere() {
    let mut book = Book::of(&home());
    let file = root().join("CONTRIBUTING.md");
    let text = fs::read_to_string(&file).unwrap();
    book.pages.extend([page::readme(), Page { file, name: "CONTRIBUTING.md".into(), text }]);
    let pictures = links::pictures();
    let wrong = book.pages.iter().flat_map(|page| links::problems(&book, page, &pictures));
    none(wrong.collect());
}

#[test]
fn the_table_of_contents_has_every_page_in_order() {
    none(order::summary(&Book::of(&home())));
}

#[test]
fn every_lesson_has_its_number_in_its_name_its_title_and_the_links_to_it() {
    none(order::numbers(&Book::of(&home())));
}

#[test]
fn former_addresses_lead_to_pages() {
    none(order::former_addresses(&Book::of(&home())));
}

#[test]
fn lessons_have_the_stable_sections() {
    none(order::sections(&Book::of(&home())));
}

#[test]
fn every_table_has_a_head() {
    none(Book::of(&home()).pages.iter().flat_map(order::tables).collect());
}

#[test]
fn no_lesson_is_longer_than_one_sitting() {
    none(order::lengths(&Book::of(&home())));
}

#[test]
fn every_prediction_is_answered() {
    none(order::predictions(&Book::of(&home())));
}

#[test]
fn minutes_add_up_in_the_lessons_and_in_the_plans() {
    none(minutes::problems(&mut Book::of(&home()), updating()));
}

#[test]
fn no_term_is_used_before_the_page_that_explains_it() {
    none(terms::problems(&Book::of(&home())));
}

#[test]
fn what_a_program_must_do_is_what_its_starter_says() {
    let mut book = Book::of(&home());
    none(book.pages.iter_mut().flat_map(|page| task::problems(page, updating())).collect());
}

#[test]
fn pictures_are_there_as_picture_and_as_text() {
    for name in links::pictures() {
        for kind in ["svg", "txt"] {
            let file = Path::new("docs/pictures").join(format!("{name}.{kind}"));
            assert!(root().join(&file).is_file(), "{} is missing", file.display());
        }
    }
}

#[test]
fn every_step_has_its_lesson_and_the_readme_names_it() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    for scenario in SCENARIOS {
        assert!(root().join(scenario.lesson).is_file(), "{} is missing", scenario.lesson);
        assert!(readme.contains(scenario.lesson), "README.md doesn't name {}", scenario.lesson);
    }
}

#[cfg(unix)]
#[test]
fn the_books_script_says_what_to_do_without_mdbook() {
    let script = root().join("scripts/book");
    let script = testkit::Launch::new("/bin/sh").args(&[script]).env("PATH", "/nonexistent");
    let mut script = script.start().unwrap();
    script.expect_stderr("error: mdbook is missing*").unwrap();
    script.expect_stderr("*cargo install mdbook*").unwrap();
    script.expect_exit(2).unwrap();
}

/// Former addresses lead on, and on paper, which can't be moved sideways, a ladder is text.
#[cfg(unix)]
#[test]
fn the_book_is_built_where_mdbook_is() {
    if !testkit::skip::installed(&["mdbook", "--version"], "building the course book") {
        return;
    }
    let script = testkit::Launch::new(root().join("scripts/book"));
    let mut script = script.deadline(std::time::Duration::from_secs(120)).start().unwrap();
    script.expect_exit(0).unwrap();
    let page = |name: &str| fs::read_to_string(root().join("target/book").join(name)).unwrap();
    assert!(page("lessons/09-text-on-the-wire.html").contains("URL=02b-text-on-the-wire.html"));
    let lesson = page("lessons/04-tcp-server.html");
    assert!(lesson.contains("../pictures/tcp-server.svg"));
    let is_there = root().join("docs/ladders.html").exists(); // then each picture leads to it
    assert_eq!(lesson.contains("../ladders.html#tcp-server"), is_there);
    let printed = page("print.html");
    assert!(!printed.contains("tcp-server.svg"), "a picture is cut where a page of paper ends");
    assert!(printed.contains("accepted 127.0.0.1"), "and its text is missing");
}
