//! The report for a student, in Markdown.

use std::fmt::Write as _;

use common::text::{clean, clean_text};
use serde_json::Value;

use super::marked::{Marked, sign};

/// What the signs in the table mean.
const LEGEND: &str = "✓ passed, ✗ failed, ○ not run: a check that comes first failed, ? failed and passed when it was repeated alone: not counted";

/// The report about one submission; with hints it also explains each failure.
pub fn report(marked: &Marked, hints: bool) -> String {
    let mut text = format!("# {}: {}\n\n", marked.text("step"), escaped(marked.student()));
    if let Some(why) = marked.no_grade() {
        let _ = writeln!(text, "**No grade:** {}", escaped(why));
        text += &block(marked.text("build"));
        return text;
    }
    let (earned, possible) = marked.points().unwrap_or_default();
    let program = escaped(marked.0["grade"]["program"].as_str().unwrap_or_default());
    let _ = writeln!(text, "**{earned} of {possible} points.** The program: {program}\n");
    text += "| | check | looks at |\n|---|---|---|\n";
    for check in marked.checks() {
        let of = |key: &str| escaped(check[key].as_str().unwrap_or_default());
        let sign = sign(check["result"].as_str().unwrap_or_default());
        let _ = writeln!(text, "| {sign} | {} | {} |", of("name"), of("looks_at"));
    }
    let _ = writeln!(text, "\n{LEGEND}.");
    for check in marked.checks().iter().filter(|check| !check["failure"].is_null()) {
        let name = check["name"].as_str().unwrap_or_default();
        let _ = write!(text, "\n## {name}\n{}", block(marked.story(name)));
        if hints && check["result"] == "failed" {
            text += &explained(&check["failure"]);
        }
    }
    text + &notes(marked)
}

/// What a failure comes from, and what to do about it.
pub fn explained(failure: &Value) -> String {
    let mut text = "\n".to_owned();
    for (label, key) in [("Think", "question"), ("Likely", "cause"), ("Do", "cure")] {
        if let Some(words) = failure[key].as_str().filter(|words| !words.is_empty()) {
            let _ = writeln!(text, "- **{label}:** {}", escaped(words));
        }
    }
    if let (Some(lesson), Some(section)) = (failure["lesson"].as_str(), failure["section"].as_str())
    {
        let _ = writeln!(text, "- **Read:** {lesson}, \"{}\"", escaped(section));
    }
    text
}

/// What the student should know of checks that passed.
fn notes(marked: &Marked) -> String {
    let passed = marked.checks().iter().filter(|check| check["failure"].is_null());
    let mut notes: Vec<&str> = passed
        .filter_map(|check| check["notes"].as_array())
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    notes.sort_unstable();
    notes.dedup();
    let lines: String = notes.iter().map(|note| format!("- {}\n", escaped(note))).collect();
    if lines.is_empty() { lines } else { format!("\n## Notes\n\n{lines}") }
}

/// Text in a block, as it is; whatever the program printed can't end the block.
pub fn block(text: &str) -> String {
    if text.trim().is_empty() {
        return String::new();
    }
    let mut fence = "```".to_owned();
    while text.contains(&fence) {
        fence.push('`');
    }
    format!("\n{fence}text\n{}\n{fence}\n", clean_text(text).trim_end())
}

/// Text in a paragraph or a table, in which no character is markup.
fn escaped(text: &str) -> String {
    let mut safe = String::new();
    for character in clean(text).chars() {
        match character {
            '<' => safe += "&lt;",
            '>' => safe += "&gt;",
            '&' => safe += "&amp;",
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '!' => safe.extend(['\\', character]),
            _ => safe.push(character),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_a_program_is_markup() {
        assert_eq!(escaped("<b>*_|\x1b[31m"), "&lt;b&gt;\\*\\_\\|␛\\[31m");
        assert_eq!(block("a\n```\n# b\x07\n"), "\n````text\na\n```\n# b␇\n````\n");
        assert_eq!(block(" \n"), "");
    }
}
