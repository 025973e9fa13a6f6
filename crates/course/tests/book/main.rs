//! The course book is true: what its pages show is what the programs do, say and are.
//!
//! `cargo test -p course --test book`. `UPDATE=1` rewrites the transcripts, tasks, minutes and help texts in place; look at
//! the difference, and at the words around it. Every edition is held: the English pages, and those in `docs/zh-CN`.
#![allow(clippy::unwrap_used)] // a page that cannot be read fails its test

mod chinese;
mod drift;
mod excerpt;
mod headings;
mod help;
mod links;
mod minutes;
mod order;
mod page;
#[cfg(unix)]
mod script;
mod steps;
mod story;
mod task;
mod terms;
mod transcript;
mod translation;

use std::env;
use std::fs;
use std::path::Path;

use ladder::scenario::SCENARIOS;
use testkit::build;

use page::{Book, Page, Problem, root};

/// The edition that the others translate.
fn english() -> Book {
    Book::editions().remove(0)
}

/// What a check finds in the books of all editions.
fn in_all(check: impl Fn(&Book) -> Vec<Problem>) -> Vec<Problem> {
    Book::editions().iter().flat_map(check).collect()
}

/// What a check finds on the pages of all editions.
fn on_each(check: impl Fn(&mut Page) -> Vec<Problem>) -> Vec<Problem> {
    Book::editions()
        .iter_mut()
        .flat_map(|book| book.pages.iter_mut().flat_map(&check).collect::<Vec<_>>())
        .collect()
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
    let pages = english().pages.into_iter().chain([page::readme()]);
    let players = pages.map(|mut page| {
        std::thread::spawn(move || {
            let mut problems = transcript::problems(&mut page, updating());
            for mut other in translations(&page) {
                problems.extend(translation::other_blocks(
                    &mut other,
                    &page,
                    "transcript",
                    updating(),
                ));
            }
            problems
        })
    });
    let players: Vec<_> = players.collect();
    none(players.into_iter().flat_map(|player| player.join().unwrap()).collect());
}

#[test]
fn help_texts_are_the_programs_own() {
    build::built_programs();
    none(on_each(|page| help::problems(page, updating())));
    let missing = help::missing(&english());
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn excerpts_stand_in_the_sources() {
    none(on_each(|page| excerpt::problems(page)));
}

#[test]
fn numbered_lists_are_the_narration() {
    none(in_all(steps::problems));
}

#[test]
fn every_link_leads_somewhere() {
    let mut books = Book::editions();
    let file = root().join("CONTRIBUTING.md");
    let text = fs::read_to_string(&file).unwrap();
    books[0].pages.extend([page::readme(), Page { file, name: "CONTRIBUTING.md".into(), text }]);
    let pictures = links::pictures();
    let wrong = |book: &Book| -> Vec<Problem> {
        book.pages.iter().flat_map(|page| links::problems(book, page, &pictures)).collect()
    };
    none(books.iter().flat_map(wrong).collect());
}

#[test]
fn the_table_of_contents_has_every_page_in_order() {
    none(in_all(order::summary));
}

#[test]
fn every_lesson_has_its_number_in_its_name_its_title_and_the_links_to_it() {
    none(in_all(order::numbers));
}

#[test]
fn former_addresses_lead_to_pages() {
    none(in_all(order::former_addresses));
}

#[test]
fn lessons_have_the_stable_sections() {
    none(in_all(order::sections));
}

#[test]
fn every_table_has_a_head() {
    none(on_each(|page| order::tables(page)));
}

#[test]
fn no_lesson_is_longer_than_one_sitting() {
    none(order::lengths(&english()));
}

#[test]
fn every_prediction_is_answered() {
    none(in_all(order::predictions));
}

#[test]
fn minutes_add_up_in_the_lessons_and_in_the_plans() {
    let problems = |mut book| minutes::problems(&mut book, &english(), updating());
    none(Book::editions().into_iter().flat_map(problems).collect());
}

#[test]
fn no_term_is_used_before_the_page_that_explains_it() {
    none(terms::problems(&english()));
}

#[test]
fn what_a_program_must_do_is_what_its_starter_says() {
    none(on_each(|page| task::problems(page, updating())));
}

/// The pages that translate this one.
#[cfg(unix)]
fn translations(page: &Page) -> Vec<Page> {
    let others = Book::editions().into_iter().skip(1).flat_map(|book| book.pages);
    others.filter(|other| page::original(other).is_some_and(|it| it.name == page.name)).collect()
}

#[test]
fn a_translation_names_the_version_that_it_translates() {
    none(Book::editions()[1..].iter().flat_map(translation::versions).collect());
}

#[test]
fn every_page_is_translated() {
    let english = english();
    let books = Book::editions();
    let lacking: Vec<String> =
        books[1..].iter().flat_map(|book| translation::lacking(book, &english)).collect();
    assert!(lacking.is_empty(), "{}", lacking.join("\n"));
}

/// A page that is out of date isn't wrong; the built book says so.
#[test]
fn a_translation_of_todays_page_has_its_form() {
    let books = Book::editions();
    let pairs: Vec<(&Page, Page)> = books[1..].iter().flat_map(translation::current).collect();
    let form = pairs.iter().filter_map(|(page, english)| translation::other_form(page, english));
    let output = pairs.iter().flat_map(|(page, english)| translation::other_output(page, english));
    none(form.chain(output).collect());
}

#[test]
fn chinese_is_written_as_chinese_typesetting_has_it() {
    let chinese = Book::of(Path::new("docs/zh-CN"));
    none(chinese.pages.iter().flat_map(chinese::typography).collect());
}

#[test]
fn a_term_has_one_chinese_name() {
    none(chinese::other_terms(&Book::of(Path::new("docs/zh-CN"))));
}

#[test]
fn what_the_grader_lets_a_student_read_has_its_chinese_heading() {
    let chinese = Book::of(Path::new("docs/zh-CN"));
    let problems = headings::problems(&english(), &chinese, updating());
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn every_sentence_of_a_story_has_its_chinese_meaning() {
    let chinese = Book::of(Path::new("docs/zh-CN"));
    let page = chinese.pages.iter().find(|page| page.file_name() == "story.md").unwrap();
    let problems = story::problems(page);
    assert!(problems.is_empty(), "docs/zh-CN/story.md:\n{}", problems.join("\n"));
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
