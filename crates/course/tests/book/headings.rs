//! The grader's hints name headings of the English pages, and has a list of their names in the Chinese ones: the heading that
//! stands in the same place of the same page.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use grader::check;
use grader::check::view::place;
use grader::edition::Edition;

use crate::page::{Book, Page, root};

const LIST: &str = "crates/course/grader/headings.zh-CN.txt";

/// What a failure names that has no hint: no program, or one that did not start.
const ALWAYS: [&str; 2] = ["Run it", "How it works"];

fn headings(page: &Page) -> Vec<(usize, &str)> {
    let level = |line: &str| line.len() - line.trim_start_matches('#').len();
    let headings = page.headings().into_iter();
    headings.map(|(_, line)| (level(line), line.trim_start_matches('#').trim())).collect()
}

/// The headings that hints name, by page.
fn named() -> BTreeMap<String, BTreeSet<&'static str>> {
    let mut named: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for step in check::all() {
        let sections = step.hints.iter().copied().flatten().map(|hint| hint.section);
        for section in sections.chain(ALWAYS) {
            let (page, heading) = place(step, section);
            named.entry(page).or_default().insert(heading);
        }
    }
    named
}

/// The list as it must be, and what it lacks. While a page is out of date its headings need not be in the English order:
/// there each name must be one of its headings.
pub fn list(english: &Book, chinese: &Book) -> (String, Vec<String>) {
    let (mut list, mut lacking) = (String::new(), Vec::new());
    let find = |book: &Book, name: &Path| book.pages.iter().position(|page| page.name == name);
    for (name, sections) in named() {
        let original = &english.pages[find(english, Path::new(&name)).unwrap()];
        let Some(page) = find(chinese, Path::new(&Edition::Chinese.page(&name))) else {
            lacking.push(format!("{name} has no Chinese page"));
            continue;
        };
        list += &format!("{name}\n");
        let (here, there) = (headings(&chinese.pages[page]), headings(original));
        let fits = here.iter().map(|(level, _)| level).eq(there.iter().map(|(level, _)| level));
        for section in sections {
            let at = there.iter().position(|(_, heading)| *heading == section);
            let known = Edition::Chinese.heading(&name, section);
            match at {
                Some(at) if fits => list += &format!("{section} => {}\n", here[at].1),
                Some(_) if here.iter().any(|(_, heading)| *heading == known) => {
                    list += &format!("{section} => {known}\n");
                }
                Some(_) => {} // a page that is out of date: the tool names the English heading
                None if ALWAYS.contains(&section) => {}
                None => lacking.push(format!("{name} has no heading `{section}`")),
            }
        }
        list.push('\n');
    }
    (list, lacking)
}

fn text_of_the_list() -> String {
    fs::read_to_string(root().join(LIST)).unwrap().replace("\r\n", "\n")
}

/// Compares the grader's list with the pages, or writes it.
pub fn problems(english: &Book, chinese: &Book, update: bool) -> Vec<String> {
    let (list, mut problems) = list(english, chinese);
    if update && problems.is_empty() {
        fs::write(root().join(LIST), list).unwrap();
    } else if text_of_the_list() != list {
        problems.push(format!("{LIST} is not what the pages have (UPDATE=1 writes it)"));
    }
    problems
}

#[test]
fn a_heading_has_the_name_in_its_place_or_none() {
    let english = Book::of(Path::new("docs"));
    let mut chinese = Book::of(Path::new("docs/zh-CN"));
    let name = Path::new("docs/zh-CN/lessons/01-udp-send.md");
    let at = chinese.pages.iter().position(|page| page.name == name).unwrap();
    let text = chinese.pages[at].text.clone();
    chinese.pages[at].text = text.replace("## 动手运行", "## 试一试");
    let (renamed, lacking) = list(&english, &chinese);
    assert!(renamed.contains("Run it => 试一试\n") && lacking.is_empty(), "{lacking:?}");
    chinese.pages[at].text = text.replace("## 动手运行", "");
    let (shorter, lacking) = list(&english, &chinese);
    let row = "Run it => 动手运行\n";
    assert_eq!(shorter.matches(row).count() + 1, text_of_the_list().matches(row).count());
    assert!(lacking.is_empty(), "{lacking:?}");
    chinese.pages.remove(at);
    assert_eq!(list(&english, &chinese).1, ["docs/lessons/01-udp-send.md has no Chinese page"]);
}
