//! The numbered list of a lesson is the program's narration. (What the programs really print and do is compared with the
//! list in `crates/course/tests/narration.rs`; here the list of any edition, with the `step!` lines.)

use std::collections::BTreeSet;
use std::fs;

use ladder::scenario::SCENARIOS;

use crate::page::{Book, Page, Problem, root};

/// A number and a call.
type Step = (String, String);

pub fn problems(book: &Book) -> Vec<Problem> {
    let mut problems = Vec::new();
    for scenario in SCENARIOS {
        let file = scenario.lesson.rsplit('/').next().unwrap_or_default();
        if let Some(page) = book.lessons().find(|page| page.file_name() == file) {
            problems.extend(compare(page, &printed(scenario.step)));
        }
    }
    problems
}

fn compare(page: &Page, printed: &BTreeSet<Step>) -> Vec<Problem> {
    let blocks = page.blocks("steps");
    let [block] = &blocks[..] else {
        let line = blocks.get(1).map_or(1, |block| block.line);
        return vec![page.problem(line, "steps: a lesson has one block `steps`")];
    };
    let mut listed = BTreeSet::new();
    let mut problems = Vec::new();
    for (line, text) in (block.line + 1..).zip(&block.lines) {
        let step = step_of(text);
        if !step.as_ref().is_some_and(|step| printed.contains(step)) {
            let what = format!("steps: `{text}`: the program prints {}", shown(printed));
            problems.push(page.problem(line, what));
        }
        listed.extend(step);
    }
    let missing: BTreeSet<Step> = printed.difference(&listed).cloned().collect();
    if !missing.is_empty() {
        problems.push(page.problem(block.line, format!("steps: {} is missing", shown(&missing))));
    }
    problems
}

fn shown(steps: &BTreeSet<Step>) -> String {
    let steps: Vec<String> =
        steps.iter().map(|(number, call)| format!("{number}. {call}")).collect();
    steps.join(" · ")
}

fn step_of(line: &str) -> Option<Step> {
    let (number, rest) = line.split_once(". ")?;
    Some((number.to_owned(), rest.split_whitespace().next()?.to_owned()))
}

/// What the `step!` lines of a program print.
fn printed(step: &str) -> BTreeSet<Step> {
    let folder = root().join("crates").join(step).join("src");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.is_file()); // no step is explained in a folder of modules
    let mut printed = BTreeSet::new();
    for file in files {
        let source = fs::read_to_string(file).unwrap();
        for line in source.split("step!(").skip(1) {
            // step!("1b", "bind", …): the second and the fourth part between quotes.
            let mut parts = line.split('"');
            if let (Some(number), Some(call)) = (parts.nth(1), parts.nth(1)) {
                printed.insert((number.to_owned(), call.to_owned()));
            }
        }
    }
    printed
}
