//! What a program must do stands in its lesson and in its starter, in the same words.

use course::starter::must_do;
use grader::check;
use grader::edition::Edition;

use crate::page::{Block, Page, Problem, original};

const END: &str = "<!-- end of task -->";

/// Whether the lines after `<!-- task STEP -->` are the starter's task. With `update` they are made so.
pub fn problems(page: &mut Page, update: bool) -> Vec<Problem> {
    let edition = if original(page).is_some() { Edition::Chinese } else { Edition::English };
    let mut problems = Vec::new();
    for block in blocks(page).into_iter().rev() {
        if check::find(&block.about).is_none() {
            problems.push(page.problem(block.line, format!("task: no step `{}`", block.about)));
            continue;
        }
        let truth = truth(&block.about, edition);
        if update && block.lines != truth {
            page.rewrite(&block, &truth);
        } else if block.lines != truth {
            let same = block.lines.iter().zip(&truth).take_while(|(here, true_)| here == true_);
            let line = block.line + 1 + same.count();
            problems
                .push(page.problem(line, "task: the starter's README says it otherwise (task.md)"));
        }
    }
    problems
}

/// The lines between the two marks, for each step on the page.
fn blocks(page: &Page) -> Vec<Block> {
    let mut blocks = Vec::new();
    let lines: Vec<&str> = page.text.lines().collect();
    for (number, line) in lines.iter().enumerate() {
        let about = line.strip_prefix("<!-- task ").and_then(|rest| rest.strip_suffix(" -->"));
        let Some(about) = about else { continue };
        let inside = lines[number + 1..].iter().take_while(|line| **line != END);
        let lines = inside.map(|line| (*line).to_owned()).collect();
        blocks.push(Block { kind: "task".into(), about: about.into(), line: number + 1, lines });
    }
    blocks
}

fn truth(step: &str, edition: Edition) -> Vec<String> {
    let task = must_do(step, edition);
    let lines = task.lines().map(str::to_owned);
    [String::new()].into_iter().chain(lines).chain([String::new()]).collect()
}
