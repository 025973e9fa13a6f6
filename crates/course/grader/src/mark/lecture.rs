//! Which checks fail most, each with one anonymous story: what the next lecture begins with.

use std::fmt::Write as _;

use serde_json::Value;

use super::marked::Marked;
use super::report::{block, explained};

/// A check that somebody failed.
pub struct Failed<'a> {
    /// Its name.
    pub check: &'a str,
    /// What it looks at.
    pub looks_at: &'a str,
    /// How many submissions failed it.
    pub failed: usize,
    /// In how many it was not run, because a check that comes first failed.
    pub not_run: usize,
    /// The shortest story.
    example: (&'a Marked, &'a Value),
}

/// The checks that fail most, the most frequent one first.
pub fn most_failed(all: &[Marked]) -> Vec<Failed<'_>> {
    let mut found: Vec<Failed> = Vec::new();
    for marked in all {
        for check in marked.checks().iter().filter(|check| check["result"] == "failed") {
            let of = |key: &str| check[key].as_str().unwrap_or_default();
            let name = of("name");
            let Some(known) = found.iter_mut().find(|known| known.check == name) else {
                let is_stopped = |marked: &&Marked| marked.ended("not run").contains(&name);
                let not_run = all.iter().filter(is_stopped).count();
                let (looks_at, example) = (of("looks_at"), (marked, check));
                found.push(Failed { check: name, looks_at, failed: 1, not_run, example });
                continue;
            };
            known.failed += 1;
            if marked.story(name).len() < known.example.0.story(name).len() {
                known.example = (marked, check);
            }
        }
    }
    found.sort_by_key(|failed| std::cmp::Reverse(failed.failed)); // stable: in the order of the first one
    found
}

/// `lecture.md`
pub fn lecture(all: &[Marked], step: &str, hints: bool) -> String {
    let graded = all.iter().filter(|marked| marked.points().is_some()).count();
    let mut text = format!("# {step}: what the next lecture begins with\n");
    for failed in most_failed(all) {
        let (count, not_run) = (failed.failed, failed.not_run);
        let _ = write!(
            text,
            "\n## {}: failed by {count} of {graded}\n\nThe check: {}.",
            failed.check, failed.looks_at
        );
        if not_run > 0 {
            let _ = write!(text, " Not run in {not_run} more: a check that comes first failed.");
        }
        let (marked, check) = failed.example;
        let _ = write!(text, " One of the stories:\n{}", block(&anonymous(marked, failed.check)));
        if hints {
            text += &explained(&check["failure"]);
        }
    }
    if text.lines().count() == 1 {
        text += "\nNo check was failed.\n";
    }
    text
}

/// A story without the names of its student. What the program prints itself may still say who wrote it.
fn anonymous(marked: &Marked, check: &str) -> String {
    let mut story = marked.story(check).to_owned();
    for name in [marked.student(), marked.name()] {
        // One letter is in every word.
        if name.chars().count() > 1 {
            story = story.replace(name, "student");
        }
    }
    story
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn marked(student: &str, failed: &[&str], story: &str) -> Marked {
        let checks = ["a", "b", "c"].map(|name| {
            let result = if failed.contains(&name) { "failed" } else { "passed" };
            json!({ "name": name, "result": result, "looks_at": "x", "failure": null })
        });
        let stories = json!({ "a": story, "b": story, "c": story });
        let grade = json!({ "checks": checks, "points": { "earned": 1, "possible": 3 } });
        Marked(
            json!({ "student": student, "submission": student, "grade": grade, "stories": stories }),
        )
    }

    #[test]
    fn the_most_frequent_failure_comes_first_with_a_story_of_nobody() {
        let all = [
            marked("zhang", &["a", "b"], "zhang.py: a long story\n"),
            marked("李四", &["b"], "李四.py\n"),
            marked("wang", &[], ""),
        ];
        let found: Vec<_> =
            most_failed(&all).iter().map(|failed| (failed.check, failed.failed)).collect();
        assert_eq!(found, [("b", 2), ("a", 1)]);
        let text = lecture(&all, "udp-send", false);
        assert!(text.contains("## b: failed by 2 of 3") && text.contains("student.py"), "{text}");
        assert!(!text.contains("zhang") && !text.contains("李四"), "{text}");
        assert!(lecture(&all[2..], "udp-send", true).contains("No check was failed."));
    }
}
