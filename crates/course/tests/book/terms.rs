//! Nothing is used before it is explained. The glossary is the list: each term, and the page that introduces it.
//!
//! A term may stand on an earlier page only in a section that links to the page that introduces it, and in code, which
//! shows what programs print.

use std::path::PathBuf;

use crate::links::links;
use crate::page::{Book, Page, Problem, plain};

/// English words of the glossary that everybody uses in their everyday meaning too. Only their Chinese words are looked for.
const EVERYDAY: &[&str] = &[
    "accept", "bind", "block", "close", "connect", "fragment", "HTTP", "layer", "listen", "loss",
    "message", "segment", "window",
];

/// A row of the glossary.
struct Term {
    line: usize,
    /// Its Chinese words, and its English ones unless they are everyday words.
    words: Vec<String>,
    chinese: Vec<String>,
    /// The page that introduces it.
    page: PathBuf,
}

pub fn problems(book: &Book) -> Vec<Problem> {
    let Some(glossary) = book.pages.iter().find(|page| page.file_name() == "glossary.md") else {
        return Vec::new();
    };
    let lessons: Vec<&Page> = book.lessons().collect(); // sorted by path: in the order of their numbers
    let mut problems = Vec::new();
    for term in terms(glossary) {
        let Some(place) = lessons.iter().position(|page| page.name == term.page) else {
            let what = "glossary: a term is introduced by a lesson";
            problems.push(glossary.problem(term.line, what));
            continue;
        };
        for word in term.chinese.iter().filter(|word| !lessons[place].text.contains(*word)) {
            let what = format!("glossary: {} doesn't have {word}", term.page.display());
            problems.push(glossary.problem(term.line, what));
        }
        problems.extend(lessons[..place].iter().flat_map(|page| too_early(page, &term)));
    }
    problems
}

fn terms(glossary: &Page) -> Vec<Term> {
    let rows = (1..).zip(glossary.text.lines()).filter(|(_, line)| line.starts_with("| **"));
    let term = |(line, row): (usize, &str)| {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let [english, chinese, _, page] = cells[..] else { return None };
        let list = |cell: &str| -> Vec<String> {
            let words =
                cell.trim_matches('*').split([',', '，']).map(|word| word.trim().to_owned());
            words.collect()
        };
        let chinese = list(chinese);
        let english = list(english).into_iter().filter(|word| !EVERYDAY.contains(&word.as_str()));
        let words = english.chain(chinese.clone()).collect();
        let page = links(page).first()?.target.split('#').next()?.to_owned();
        let page = plain(&glossary.name.parent()?.join(page));
        Some(Term { line, words, chinese, page })
    };
    rows.filter_map(term).collect()
}

/// The sections that use a term and don't link to the page that introduces it.
fn too_early(page: &Page, term: &Term) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (first, section) in sections(page) {
        let leads_there = |target: &str| {
            let path = target.split('#').next().unwrap_or_default();
            plain(&page.name.parent().unwrap().join(path)) == term.page
        };
        if links(&section).iter().any(|link| leads_there(&link.target)) {
            continue;
        }
        let prose = prose(&section);
        for (line, text) in (first..).zip(prose.lines()) {
            if let Some(word) = term.words.iter().find(|word| has(text, word)) {
                let what = format!("`{word}` is explained later, in {}", term.page.display());
                problems.push(page.problem(line, what));
                break;
            }
        }
    }
    problems
}

/// The parts of a page between its headings, each with the number of its first line. What is for the instructor is left out.
fn sections(page: &Page) -> Vec<(usize, String)> {
    let starts: Vec<usize> = page.headings().iter().map(|(line, _)| *line).collect();
    let ends = starts.iter().skip(1).copied().chain([usize::MAX]);
    let lines: Vec<&str> = page.text.lines().collect();
    let sections = starts.iter().zip(ends).map(|(start, end)| {
        let end = end.min(lines.len() + 1);
        (*start, lines[start - 1..end - 1].join("\n"))
    });
    sections.filter(|(_, text)| !text.starts_with("## For the instructor")).collect()
}

/// A text with empty lines in place of its blocks of code, and without code and the targets of links.
fn prose(section: &str) -> String {
    let mut in_code = false;
    let mut prose = String::new();
    for line in section.lines() {
        let is_fence = line.trim_start().starts_with("```");
        in_code ^= is_fence;
        if !in_code && !is_fence {
            let words: Vec<&str> = line.split('`').step_by(2).collect();
            let words = words.join(" ");
            let parts = words.split("](").enumerate().map(|(number, part)| match number {
                0 => part,
                _ => part.split_once(')').map_or("", |(_, after)| after),
            });
            prose.extend(parts);
        }
        prose.push('\n');
    }
    prose
}

/// Whether a text has a word: a Chinese one anywhere, an English one as a whole, perhaps with an `s`. Capitals count in
/// abbreviations.
fn has(text: &str, word: &str) -> bool {
    if !word.is_ascii() {
        return text.contains(word);
    }
    let is_short = word.chars().all(|letter| letter.is_uppercase() || letter == '_');
    let (text, word) = match is_short {
        true => (text.to_owned(), word.to_owned()),
        false => (text.to_lowercase(), word.to_lowercase()),
    };
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    text.match_indices(&word).any(|(start, _)| {
        let after = &text[start + word.len()..];
        let after = after.strip_prefix('s').unwrap_or(after);
        !text[..start].ends_with(is_letter) && !after.starts_with(is_letter)
    })
}
