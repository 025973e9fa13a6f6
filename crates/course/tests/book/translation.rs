//! A page of another edition has what its English page has: the same headings, blocks, tables and pictures, in the same order.
//! Its last line names the version of the English page that it translates. When that is an older one than today's, the page
//! is out of date: the built book says so, and only what the page shows of the programs must still be true.

use std::path::PathBuf;
use std::process::Command;

use crate::page::{Book, Page, Problem, original, root};

const BEGIN: &str = "<!-- English: ";

/// Does this page translate an English one? The table of contents does not.
fn is_translation(page: &Page) -> bool {
    page.file_name() != "SUMMARY.md" && original(page).is_some()
}

/// The version of the English page in the last line: git's number for the file.
pub fn version(page: &Page) -> Option<&str> {
    let number = page.text.lines().last()?.strip_prefix(BEGIN)?.strip_suffix(" -->")?;
    let is_digit = |digit: u8| matches!(digit, b'0'..=b'9' | b'a'..=b'f');
    (number.len() == 40 && number.bytes().all(is_digit)).then_some(number)
}

pub fn versions(book: &Book) -> Vec<Problem> {
    let lacking = book.pages.iter().filter(|page| is_translation(page) && version(page).is_none());
    let what = "the last line must be `<!-- English: … -->`: scripts/book --translated writes it";
    lacking.map(|page| page.problem(page.text.lines().count(), what)).collect()
}

/// The pages of the English edition, and the README, that an edition lacks.
pub fn lacking(book: &Book, english: &Book) -> Vec<String> {
    let translated: Vec<PathBuf> =
        book.pages.iter().filter_map(original).map(|page| page.name).collect();
    let names = english.pages.iter().map(|page| page.name.clone()).chain(["README.md".into()]);
    let lacking = names.filter(|name| !translated.contains(name));
    lacking
        .map(|name| format!("{}: no page translates {}", book.home.display(), name.display()))
        .collect()
}

/// The pages that translate today's version of the English page, each with it.
pub fn current(book: &Book) -> Vec<(&Page, Page)> {
    let pages = book.pages.iter().filter(|page| is_translation(page));
    let pairs: Vec<(&Page, Page)> =
        pages.filter_map(|page| Some((page, original(page)?))).collect();
    let files = pairs.iter().map(|(_, english)| english.file.as_os_str());
    let git = Command::new("git").arg("hash-object").args(files).current_dir(root()).output();
    let numbers = git.map_or_else(|_| Vec::new(), |git| git.stdout);
    let numbers = String::from_utf8_lossy(&numbers).into_owned();
    let pairs = pairs.into_iter().zip(numbers.lines());
    let is_current = |page: &Page, number: &str| version(page).is_none_or(|known| known == number);
    pairs.filter(|((page, _), number)| is_current(page, number)).map(|(pair, _)| pair).collect()
}

/// What such a page has, in order: the headings' levels, the marks of the blocks, rows of tables, pictures and what is folded.
fn form(page: &Page) -> Vec<(usize, String)> {
    let mut in_code = false;
    let mut form = Vec::new();
    for (number, line) in (1..).zip(page.text.lines()) {
        let bare = line.trim_start_matches([' ', '>']);
        let is_fence = bare.starts_with("```");
        in_code ^= is_fence;
        let heading = bare.len() - bare.trim_start_matches('#').len();
        let what = match () {
            () if is_fence && in_code => format!("a block `{}`", bare.trim_start_matches('`')),
            () if is_fence || in_code => continue,
            () if heading > 0 => format!("a heading with {heading} #"),
            () if bare.starts_with('|') => "a row of a table".to_owned(),
            () if bare.contains("![") => "a picture".to_owned(),
            () if bare.contains("<details>") => "<details>".to_owned(),
            () => continue,
        };
        form.push((number, what));
    }
    form
}

/// The first place where the form of a page is another one than that of its English page.
pub fn other_form(page: &Page, english: &Page) -> Option<Problem> {
    let (here, there) = (form(page), form(english));
    let what = |form: &[(usize, String)], at: usize| form.get(at).map(|(_, what)| what.clone());
    let at = (0..here.len().max(there.len())).find(|at| what(&here, *at) != what(&there, *at))?;
    let line = here.get(at).map_or(page.text.lines().count(), |(line, _)| *line);
    let says = match there.get(at) {
        Some((number, what)) => format!("{what} (line {number})"),
        None => "nothing more".to_owned(),
    };
    Some(page.problem(line, format!("{} has here: {says}", english.name.display())))
}

/// Each block of this kind is the same as the one with this mark in the English page. With `update` it is made so.
pub fn other_blocks(page: &mut Page, english: &Page, kind: &str, update: bool) -> Vec<Problem> {
    let mut problems = Vec::new();
    let originals = english.blocks(kind);
    for block in page.blocks(kind).into_iter().rev() {
        let original = originals.iter().find(|original| original.about == block.about);
        let Some(original) = original else { continue }; // a page that is out of date may have what is gone
        if original.lines != block.lines && update {
            page.rewrite(&block, &original.lines);
        } else if original.lines != block.lines {
            let what = format!("{} {}: not the English page's block", kind, block.about);
            problems.push(page.problem(block.line, what));
        }
    }
    problems
}

/// What was typed and shown is the same in every language.
pub fn other_output(page: &Page, english: &Page) -> Vec<Problem> {
    let pairs = page.blocks("console").into_iter().zip(english.blocks("console"));
    let other = pairs.filter(|(here, there)| here.lines != there.lines);
    let what = |line| format!("not the block of {} in line {line}", english.name.display());
    other.map(|(here, there)| page.problem(here.line, what(there.line))).collect()
}
