//! Plain English: phrases that are hard to read for a student who learns English stand nowhere in sources, messages, names of
//! tests, and pages.
//!
//! `cargo test -p course --test words`
#![allow(clippy::unwrap_used)] // a test helper may fail like the test itself

use std::fs;
use std::path::Path;

/// A phrase, what to write instead, and the longer phrases in which it is right.
struct Phrase {
    hard: &'static str,
    plain: &'static str,
    right_in: &'static [&'static str],
}

const fn phrase(hard: &'static str, plain: &'static str) -> Phrase {
    Phrase { hard, plain, right_in: &[] }
}

/// Of `told` only what a machine can find: as "printed".
const PHRASES: &[Phrase] = &[
    phrase("in vain", "say what did not happen"),
    Phrase {
        hard: "so many",
        plain: "say how many, or name the number",
        right_in: &["so many that"],
    },
    phrase("look whether", "check whether"),
    phrase("looks whether", "checks whether"),
    phrase("looked whether", "checked whether"),
    phrase("is no matter", "does not matter"),
    phrase("no matter of", "is not about"),
    phrase("shall", "must, should or will"),
    phrase("all is well", "say what is right"),
    phrase("also such as", "even those that"),
    phrase("many-th", "which"),
    phrase("anew", "again"),
    phrase("otherwise than", "differently from"),
    Phrase {
        hard: "behind",
        plain: "after",
        right_in: &[
            "anything behind",
            "nothing behind",
            "no files behind",
            "left behind",
            "socket file behind",
            "devices behind",
            "behind windows",
            "behind a firewall",
        ],
    },
    Phrase {
        hard: "told",
        plain: "printed, explained or reported",
        right_in: &[
            "nobody is told",
            "nobody was told",
            "not told",
            "told so",
            "told to",
            "told otherwise",
            "told apart",
            "told you",
        ],
    },
];

/// Folders that hold other languages, bytes for fuzzers, or what cargo has built and npm has fetched.
const ELSEWHERE: &[&str] = &["node_modules", "target", "corpus", "zh-CN"];

const ENDINGS: &[&str] =
    &["rs", "md", "py", "txt", "story", "toml", "sh", "yml", "in", "js", "css", ""];

/// The words of a line, in lower case, each with a space after it; what separates sentences stays. `a_name` is two words.
fn words(line: &str) -> String {
    let mut text = String::new();
    let line = line.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '`');
    for word in line.split(|c: char| c.is_whitespace() || c == '_') {
        let trimmed = word.trim_end_matches(|c: char| !c.is_alphanumeric());
        text += &trimmed.trim_start_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        text += if trimmed.len() < word.len() || line.is_empty() { " . " } else { " " };
    }
    text
}

/// Finds the phrases in a file, also those that are broken between two lines.
fn examine(path: &Path, found: &mut Vec<String>) {
    let Ok(source) = fs::read_to_string(path) else { return };
    let (mut all, mut lines) = (" ".to_owned(), Vec::new());
    for line in source.lines() {
        lines.push(all.len());
        all += &words(line);
    }
    for phrase in PHRASES {
        let mut text = all.clone();
        for right in phrase.right_in {
            let same_length = ".".repeat(right.len());
            text = text.replace(&format!(" {right} "), &format!(" {same_length} "));
        }
        for (at, _) in text.match_indices(&format!(" {} ", phrase.hard)) {
            let number = lines.partition_point(|line| *line <= at + 1);
            let place = format!("{}:{number}", path.display());
            found.push(format!("{place}: \"{}\": {}", phrase.hard, phrase.plain));
        }
    }
}

fn walk(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let ending = path.extension().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            if !ELSEWHERE.contains(&&*name) && name != ".git" {
                walk(&path, found);
            }
        } else if ENDINGS.contains(&&*ending) && !["LICENSE", "words.rs"].contains(&&*name) {
            examine(&path, found);
        }
    }
}

#[test]
fn the_english_is_plain() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let mut found = Vec::new();
    walk(&root, &mut found);
    found.sort();
    assert!(found.is_empty(), "{} hard phrases:\n{}", found.len(), found.join("\n"));
}

#[test]
fn phrases_are_found_across_lines_and_in_names_but_not_across_sentences() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.rs");
    for (text, times) in [
        ("/// It waits in\n    /// vain for them.\n", 1),
        ("fn a_full_disk_is_told() {}", 1),
        ("// The program is told to\n// end.", 0),
        ("// Nobody is told.\n", 0),
        ("// It is so. Many do.\n", 0),
        ("// \"So many\" bytes, SHALL", 2),
        ("// shallow", 0),
    ] {
        fs::write(&file, text).unwrap();
        let mut found = Vec::new();
        examine(&file, &mut found);
        assert_eq!(found.len(), times, "{text}: {found:?}");
    }
}
