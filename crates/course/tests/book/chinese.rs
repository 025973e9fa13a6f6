//! Chinese is written as Chinese typesetting has it, and with the glossary's terms. Code is left alone.

use crate::page::{Book, Page, Problem};

const FULL_WIDTH: &str = "，。：；？！（）、“”";
const HALF_WIDTH: &str = ",;:?!()";

/// What is typed as in English, or does not become what its marks say.
pub fn typography(page: &Page) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (number, line) in prose(page) {
        let mut wrong: Vec<String> = unmarked(&line).into_iter().collect();
        let plain: Vec<char> = line.chars().filter(|c| !matches!(c, '*' | '[' | ']')).collect();
        for at in 0..plain.len() {
            if let Some(what) = misplaced(&plain[at..], line.starts_with('|')) {
                let around = &plain[at.saturating_sub(8)..(at + 10).min(plain.len())];
                wrong.push(format!("{what}: {}", around.iter().collect::<String>()));
            }
        }
        problems.extend(wrong.into_iter().map(|what| page.problem(number, what)));
    }
    problems
}

/// What is wrong with the first characters of a line's rest.
fn misplaced(rest: &[char], in_table: bool) -> Option<&'static str> {
    let [half, full] = [HALF_WIDTH, FULL_WIDTH]
        .map(|set| move |at: usize| rest.get(at).is_some_and(|c| set.contains(*c)));
    let chinese = |at: usize| rest.get(at).is_some_and(|c| ('\u{4e00}'..='\u{9fff}').contains(c));
    let latin = |at: usize| rest.get(at).is_some_and(|c| c.is_ascii_alphanumeric() || *c == '`');
    let space = |at: usize| rest.get(at).is_none_or(|c| *c == ' ');
    let mark = |at: usize| rest.get(at).is_none_or(|c| " |-<*>.#0123456789".contains(*c));
    match rest[0] {
        '您' => Some("the reader is 你"),
        _ if chinese(0) && half(1) || half(0) && chinese(1) => Some("half-width punctuation"),
        _ if chinese(0) && rest.get(1) == Some(&'.') && space(2) => Some("half-width punctuation"),
        _ if chinese(0) && latin(1) || latin(0) && chinese(1) => {
            Some("no space between Chinese and Latin")
        }
        _ if in_table || rest.get(1) != Some(&' ') => None,
        _ if full(0) && !mark(2) || full(2) && !mark(0) => {
            Some("a space beside full-width punctuation")
        }
        _ => None,
    }
}

/// Marks of bold text that Markdown prints as they are: a closing mark that comes after punctuation, and before a letter.
/// And italics, which Chinese doesn't have.
fn unmarked(line: &str) -> Option<String> {
    let is_plain = |c: Option<char>| {
        c.is_none_or(|c| c.is_whitespace() || c.is_ascii_punctuation() || FULL_WIDTH.contains(c))
    };
    let is_tight = |c: Option<char>| c.is_some_and(|c| !c.is_whitespace() && !c.is_alphanumeric());
    let parts: Vec<&str> = line.split("**").collect();
    for bold in parts.windows(3).step_by(2) {
        let (before, inner, after) = (bold[0], bold[1], bold[2]);
        let closes = is_plain(after.chars().next()) || !is_tight(inner.chars().next_back());
        let opens = is_plain(before.chars().next_back()) || !is_tight(inner.chars().next());
        if !closes || !opens {
            return Some(format!(
                "this does not become bold: put punctuation outside: **{inner}**"
            ));
        }
    }
    let italic = parts.iter().any(|part| {
        part.split('*').skip(1).step_by(2).any(|text| {
            !text.starts_with(' ') && text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
        })
    });
    italic.then(|| "Chinese has no italics: “ ” or bold".to_owned())
}

/// Each term has one name: the words in the glossary's last column stand nowhere else.
pub fn other_terms(book: &Book) -> Vec<Problem> {
    let Some(glossary) = book.pages.iter().find(|page| page.file_name() == "glossary.md") else {
        return Vec::new();
    };
    let rows = glossary.text.lines().filter(|line| line.starts_with("| **"));
    let mut terms: Vec<(&str, &str)> = Vec::new();
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [chinese, .., others] = cells[..] else { continue };
        let others = others.split(['、', '，']).map(str::trim).filter(|word| !word.is_empty());
        terms.extend(others.map(|word| (word, chinese)));
    }
    let mut problems = Vec::new();
    for page in book.pages.iter().filter(|page| page.file_name() != "glossary.md") {
        for (number, line) in prose(page) {
            for (word, term) in terms.iter().filter(|(word, _)| line.contains(word)) {
                problems.push(page.problem(number, format!("{word}: the glossary has {term}")));
            }
        }
    }
    problems
}

/// The lines outside of blocks; with `x` for code, and without tags and the targets of links.
fn prose(page: &Page) -> Vec<(usize, String)> {
    let mut in_code = false;
    let mut prose = Vec::new();
    for (number, line) in (1..).zip(page.text.lines()) {
        let is_fence = line.trim_start_matches([' ', '>']).starts_with("```");
        in_code ^= is_fence;
        if !in_code && !is_fence {
            prose.push((number, without_marks(line)));
        }
    }
    prose
}

fn without_marks(line: &str) -> String {
    let code = |(at, part): (usize, &str)| if at % 2 == 1 { "`x`".to_owned() } else { part.into() };
    let line: String = line.split('`').enumerate().map(code).collect();
    let without = |line: String, begin: &str, end: char, keep: &str| {
        let mut parts = line.split(begin);
        let first = parts.next().unwrap_or_default().to_owned();
        let rest = parts.map(|part| part.split_once(end).map_or(part, |(_, rest)| rest));
        rest.fold(first, |all, rest| all + keep + rest)
    };
    without(without(line.replace("![", "[").replace("\\*", ""), "](", ')', "]"), "<", '>', "")
}
