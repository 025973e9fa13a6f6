//! The Chinese page about stories has every sentence that the grader can write into one, with its meaning.
//!
//! The sentences are read from the grader's sources: each text of two words or more. Few such texts are no sentence: what is
//! sent to a program, and what is looked for in what others print.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use grader::words::{self, Language};

use crate::page::{Page, root};

/// Where a story and what explains it are written. In the files left out nothing is written for a person.
const SOURCES: &str = "crates/course/grader/src/check";
const NO_SENTENCES: &[&str] = &["best.rs", "formats.rs", "language.rs"];

/// Texts of two words that are no sentences.
const NOT_SAID: &[&str] = &[
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
    "Connection: close",
    "Exception in thread",
    "GET all timetable.txt",
    "How it works",
    "Node.js v",
    "Range: bytes=5000-",
    "Range: bytes=…",
    "Run it",
    "already in use",
    "and a third one",
    "at java.",
    "at jdk.",
    "at node:",
    "at sun.",
    "cargo course check … --only …… --seed ……",
    "note: Some details",
    "note: run with `RUST_BACKTRACE",
    "panicked at",
    "the end",
    "the second line",
    "…, …; cargo course new … DIR",
    "… <testsuites> …</testsuites>",
];

/// A text in a source, with what stands before and after it.
struct Literal<'a> {
    text: String,
    before: &'a str,
    after: &'a str,
}

/// The texts between quotation marks, without those in comments and in the tests at the end.
fn literals(source: &str) -> Vec<Literal<'_>> {
    let tests = ["\nmod tests", "\npub mod tests"].iter().filter_map(|mark| source.find(mark));
    let source = &source[..tests.min().unwrap_or(source.len())];
    let mut literals = Vec::new();
    let mut at = 0;
    while let Some(rest) = source.get(at..).filter(|rest| !rest.is_empty()) {
        let skipped = match () {
            () if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            () if rest.starts_with("'\"'") => 3,
            () if !rest.starts_with('"') => rest.chars().next().map_or(1, char::len_utf8),
            () => {
                let (text, length) = unquoted(&rest[1..]);
                let after = &rest[(length + 2).min(rest.len())..];
                literals.push(Literal { text, before: &source[..at], after });
                length + 2
            }
        };
        at += skipped;
    }
    literals
}

/// The text up to its closing quotation mark, as the program has it, and its length in the source.
fn unquoted(rest: &str) -> (String, usize) {
    let mut text = String::new();
    let mut characters = rest.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (text, at),
            '\\' => match characters.next() {
                Some((_, '\n')) => {
                    let line = characters.as_str();
                    let indent = line.len() - line.trim_start().len();
                    for _ in 0..line[..indent].chars().count() {
                        characters.next();
                    }
                }
                Some((_, 'n')) => text.push('\n'),
                Some((_, kept @ ('"' | '\\'))) => text.push(kept),
                Some((_, other)) => text.extend(['\\', other]),
                None => {}
            },
            character => text.push(character),
        }
    }
    (text, rest.len())
}

/// A sentence as a table shows it: with the words for any language, and `…` for what differs each time.
fn shown(text: &str) -> String {
    let filled = words::fill(text, None);
    let mut parts = filled.split('{');
    let first = parts.next().unwrap_or_default().to_owned();
    let shown = parts.fold(first, |shown, part| {
        shown + "…" + part.split_once('}').map_or(part, |(_, rest)| rest)
    });
    let words: Vec<&str> = shown.split_whitespace().collect();
    words.join(" ").replace('|', "\\|").replace('*', "\\*")
}

/// Two words or more.
fn is_sentence(text: &str) -> bool {
    let is_word = |word: &&str| word.bytes().filter(u8::is_ascii_lowercase).count() > 1;
    text.split(' ').filter(is_word).count() > 1
}

/// Whether it is shown to a student: it is no heading, isn't typed or sent, and nothing is compared with it.
fn is_said(literal: &Literal, in_messages: bool) -> bool {
    let is_heading = literal.after.starts_with(" {\n");
    let compared = ["text(", "contains(", "starts_with(", "strip_prefix("];
    let row = literal.after.strip_prefix(',').map(str::trim_start).unwrap_or_default();
    let is_message = in_messages && row.starts_with(|c: char| c == '(' || c.is_ascii_uppercase());
    let text = shown(&literal.text);
    is_sentence(&text)
        && !is_heading
        && !is_message
        && !compared.iter().any(|call| literal.before.ends_with(call))
        && !literal.text.ends_with('\n')
        && !NOT_SAID.contains(&text.as_str())
}

fn sources(folder: &Path, files: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            sources(&path, files);
        } else if !NO_SENTENCES.contains(&&*name) {
            files.push((name, fs::read_to_string(path).unwrap().replace("\r\n", "\n")));
        }
    }
}

/// The sentences without a row in the page, and the rows without a sentence.
pub fn problems(page: &Page) -> Vec<String> {
    let mut files = Vec::new();
    sources(&root().join(SOURCES), &mut files);
    let (mut said, mut known) = (BTreeSet::new(), BTreeSet::new());
    for (name, source) in &files {
        for literal in literals(source) {
            if is_said(&literal, name == "known.rs") {
                said.insert(shown(&literal.text));
            }
            known.insert(shown(&literal.text));
        }
    }
    let placeholders = words::names().map(|name| format!("{{{name}}}"));
    for word in placeholders.filter(|it| files.iter().any(|(_, source)| source.contains(it))) {
        let languages = Language::ALL.map(Some).into_iter().chain([None]);
        let words = languages.map(|language| shown(&words::fill(&word, language)));
        said.extend(words.filter(|words| is_sentence(words)));
    }
    known.extend(said.iter().cloned());
    let mut problems = Vec::new();
    let mut explained = BTreeSet::new();
    let rows = page.text.lines().filter(|line| line.starts_with("| ") && !line.contains("---"));
    for row in rows.filter(|row| !row.contains("中文意思")) {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let [.., english, chinese] = cells[..] else { continue };
        if chinese.is_ascii() {
            problems.push(format!("no meaning: {english}"));
        }
        if !known.contains(english) && !english.starts_with('`') {
            problems.push(format!("the grader does not say: {english}"));
        }
        explained.insert(english.to_owned());
    }
    problems.extend(said.difference(&explained).map(|text| format!("not explained: {text}")));
    problems
}

#[test]
fn a_sentence_without_its_meaning_is_found() {
    let file = root().join("docs/zh-CN/story.md");
    let page = |text: String| Page { text, name: "story.md".into(), file: file.clone() };
    let text = fs::read_to_string(&file).unwrap();
    for (row, instead, what) in [
        (
            "| nobody listens at the ADDRESS from the arguments | ",
            "| nobody | ",
            "not explained: nobody l",
        ),
        ("| still running | 还在运行 |", "| still running | yes |", "no meaning: still running"),
        ("| waited a moment |", "| waited two moments |", "does not say: waited two moments"),
    ] {
        assert!(text.contains(row), "{row}");
        let problems = problems(&page(text.replace(row, instead)));
        assert!(problems.iter().any(|problem| problem.contains(what)), "{what}: {problems:?}");
    }
}

#[test]
fn sentences_are_read_as_the_program_has_them() {
    let source = "// \"no text\"\nlet a = \"one \\\"two\\\" \\\n    three\"; '\"' b(\"{x} \\n\")\nmod tests { \"c d\" }";
    let texts: Vec<String> = literals(source).into_iter().map(|literal| literal.text).collect();
    assert_eq!(texts, ["one \"two\" three", "{x} \n"]);
    assert_eq!(shown("call {sendto}: {x}  {} of|\n"), "call sendto: … … of\\|");
}
