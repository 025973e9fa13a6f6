//! A block `rust excerpt FILE` stands in that file, line for line; and so does the code in the second column of a table
//! after the line `<!-- second column: FILE -->`.

use std::fs;

use crate::page::{Block, Page, Problem, root};

/// Longer ones are not read.
const MOST_LINES: usize = 15;

/// But a lesson shows the smallest program of its step in full.
const MOST_LINES_OF_A_STAGE: usize = 70;

pub fn problems(page: &Page) -> Vec<Problem> {
    let blocks = page.blocks("rust").into_iter();
    let excerpts = blocks.filter(|block| block.about.split(' ').next() == Some("excerpt"));
    let mut problems: Vec<Problem> = excerpts.filter_map(|block| problem(page, &block)).collect();
    problems.extend(tables(page));
    problems
}

fn tables(page: &Page) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut table: Option<(&str, Option<String>)> = None; // the file's name and its text
    for (number, line) in (1..).zip(page.text.lines()) {
        if let Some(name) = line.strip_prefix("<!-- second column: ") {
            let name = name.trim_end_matches("-->").trim();
            table = Some((name, fs::read_to_string(root().join(name)).ok()));
        } else if line.starts_with('#') {
            table = None;
        }
        let (Some((name, source)), true) = (&table, line.starts_with('|')) else { continue };
        let line = line.replace("\\|", "\u{0}");
        let cell = line.split('|').nth(2).unwrap_or_default().replace('\u{0}', "|");
        for code in cell.split('`').skip(1).step_by(2) {
            if !source.as_ref().is_some_and(|source| squeezed(source).contains(&squeezed(code))) {
                problems.push(page.problem(number, format!("excerpt: {name} has no `{code}`")));
            }
        }
    }
    problems
}

/// A table has no room for the source's line breaks, nor for the comma before one.
fn squeezed(code: &str) -> String {
    code.split_whitespace().collect::<String>().replace(",)", ")")
}

fn problem(page: &Page, block: &Block) -> Option<Problem> {
    let name = block.about.trim_start_matches("excerpt").trim();
    let Ok(source) = fs::read_to_string(root().join(name)) else {
        return Some(page.problem(block.line, format!("excerpt: there is no file `{name}`")));
    };
    let most = if name.contains("/examples/") { MOST_LINES_OF_A_STAGE } else { MOST_LINES };
    if block.lines.len() > most {
        let what = format!("excerpt: {} lines, at most {most}", block.lines.len());
        return Some(page.problem(block.line, what));
    }
    let source: Vec<&str> = source.lines().map(str::trim).collect();
    let mut from = 0;
    let mut at = 0;
    for part in block.lines.split(|line| line.trim() == "…") {
        let part_lines: Vec<&str> = part.iter().map(|line| line.trim()).collect();
        match find(&source, from, &part_lines) {
            Ok(end) => from = end,
            Err((wrong, truth)) => {
                let line = block.line + 1 + at + wrong;
                let what = format!("excerpt of {name}: `{}` is not there; {truth}", part[wrong]);
                return Some(page.problem(line, what));
            }
        }
        at += part.len() + 1;
    }
    None
}

/// Where the lines end that are the same as the part's. Otherwise: which of them is the first that differs in the most
/// similar place, and what stands there.
fn find(source: &[&str], from: usize, part: &[&str]) -> Result<usize, (usize, String)> {
    if part.is_empty() {
        return Ok(from);
    }
    let mut best = (0, from);
    for start in from..source.len() {
        let same = source[start..].iter().zip(part).take_while(|(a, b)| a == b).count();
        if same == part.len() {
            return Ok(start + same);
        }
        if same > best.0 {
            best = (same, start);
        }
    }
    let (same, start) = best;
    let truth = match source.get(start + same) {
        Some(line) if same > 0 => format!("line {} of the source is `{line}`", start + same + 1),
        _ => "neither there nor in a similar line".to_owned(),
    };
    Err((same, truth))
}
