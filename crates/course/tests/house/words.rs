//! Words that a reader of twenty, whose first language isn't English, would have to look up.

use std::fs;
use std::path::{Path, PathBuf};

/// What is not to be written, in small letters, and what to write.
const WORDS: &[(&str, &str)] = &[
    ("so many", "a number of, N"),
    ("how many-th", "which"),
    ("in vain", "without success"),
    (" shall ", "will, must"),
    ("is no matter", "is harmless, doesn't matter"),
    ("looks whether", "checks whether"),
    ("look whether", "check whether"),
    ("all is well", "everything worked"),
    ("anew", "again"),
    ("also such as", "even if"),
];

/// The lines with such a word, as `FILE:LINE: what is wrong`.
pub fn problems(root: &Path) -> Vec<String> {
    let mut files = Vec::new();
    add_files(root, &mut files);
    let mut problems = Vec::new();
    for file in files.iter().filter(|file| !file.ends_with("words.rs")) {
        let name = shown(file.strip_prefix(root).unwrap());
        for (number, line) in (1..).zip(fs::read_to_string(file).unwrap().lines()) {
            let line = line.to_lowercase();
            for (word, better) in WORDS.iter().filter(|(word, _)| line.contains(word)) {
                problems.push(format!("{name}:{number}: `{word}`: write {better}"));
            }
        }
    }
    problems
}

/// What people have written, in a folder and those in it.
fn add_files(folder: &Path, files: &mut Vec<PathBuf>) {
    const KINDS: [&str; 4] = ["rs", "md", "toml", "in"];
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() && name != "target" && !name.starts_with('.') {
            add_files(&path, files);
        } else if path.extension().is_some_and(|kind| KINDS.iter().any(|known| kind == *known)) {
            files.push(path);
        }
    }
}

/// A path with `/` between its parts on each system.
pub fn shown(path: &Path) -> String {
    path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}
