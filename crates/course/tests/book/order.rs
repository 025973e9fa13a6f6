//! The book's table of contents, the sections of a lesson, and the form of its tables.

use std::fs;

use ladder::scenario::SCENARIOS;

use crate::links::{anchor, links};
use crate::page::{Book, Page, Problem, plain};

/// The sections of a step's lesson, in this order.
const SECTIONS: &[[&str; 2]] = &[
    ["## What you will be able to do", "## 学完你能做到"],
    PREDICT,
    ["## Run it", "## 动手运行"],
    ["## In stages", "## 分阶段写出来"],
    ["## How it works", "## 工作原理"],
    PREDICTIONS,
    ["## What it must do", "## 程序要求"],
    ["## Change it", "## 改一改"],
    ["## Break it", "## 弄坏它"],
    ["## Build it yourself", "## 自己写一个"],
    ["## Questions", "## 思考题"],
    FOR_THE_INSTRUCTOR,
];
const PREDICT: [&str; 2] = ["## Predict", "## 先猜一猜"];
const PREDICTIONS: [&str; 2] = ["## Your predictions", "## 你猜对了吗"];
pub const FOR_THE_INSTRUCTOR: [&str; 2] = ["## For the instructor", "## 给教师"];

/// Every page stands once in SUMMARY.md, under its own title, and the lessons stand in the order of their numbers.
pub fn summary(book: &Book) -> Vec<Problem> {
    let Some(summary) = book.pages.iter().find(|page| page.file_name() == "SUMMARY.md") else {
        let page = book.home.join("SUMMARY.md");
        return vec![Problem { page, line: 1, what: "the table of contents is missing".into() }];
    };
    let mut problems = Vec::new();
    let mut last_lesson = String::new();
    let entries = links(&summary.text);
    for entry in &entries {
        let name = plain(&book.home.join(&entry.target));
        let Some(page) = book.pages.iter().find(|page| page.name == name) else { continue };
        let row = summary.text.lines().nth(entry.line - 1).unwrap_or_default();
        if !row.contains(&format!("[{}](", page.title())) {
            let what = format!("the title of {} is `{}`", entry.target, page.title());
            problems.push(summary.problem(entry.line, what));
        }
        if entry.target.starts_with("lessons/") {
            if page.file_name() < last_lesson {
                let what = format!("{} comes before {last_lesson}", page.file_name());
                problems.push(summary.problem(entry.line, what));
            }
            last_lesson = page.file_name();
        }
    }
    // A README is what a code host shows of the folder.
    let listed = |page: &&Page| !["SUMMARY.md", "README.md"].contains(&&*page.file_name());
    for page in book.pages.iter().filter(listed) {
        let is_it = |target: &str| plain(&book.home.join(target)) == page.name;
        let count = entries.iter().filter(|entry| is_it(&entry.target)).count();
        if count != 1 {
            let what = format!("{} stands here {count} times, not once", page.name.display());
            problems.push(summary.problem(1, what));
        }
    }
    problems
}

/// A lesson's number stands in its file's name, in its title, and in each link to the whole lesson.
pub fn numbers(book: &Book) -> Vec<Problem> {
    let mut problems = Vec::new();
    for page in book.lessons().filter(|page| number(page.title()) != number(&page.file_name())) {
        let what = format!("`{}` has the number {}", page.title(), number(&page.file_name()));
        problems.push(page.problem(1, what));
    }
    for page in book.pages.iter().filter(|page| page.file_name() != "README.md") {
        for link in links(&page.text) {
            let (path, anchor) = link.target.split_once('#').unwrap_or((&link.target, ""));
            let file = path.rsplit('/').next().unwrap_or_default();
            let is_whole = anchor.is_empty()
                || ["lesson ", "第 "].iter().any(|word| link.text.to_lowercase().starts_with(word));
            let is_lesson = is_whole && book.lessons().any(|lesson| lesson.file_name() == file);
            if is_lesson && number(&link.text) != number(file) {
                let what = format!("`[{}]` should name lesson {}", link.text, number(file));
                problems.push(page.problem(link.line, what));
            }
        }
    }
    problems
}

/// The first number in a text, such as `2b`, without zeros in front.
fn number(text: &str) -> &str {
    let mut words = text.split(|letter: char| !letter.is_ascii_alphanumeric());
    let word = words.find(|word| word.starts_with(|letter: char| letter.is_ascii_digit()));
    let word = word.unwrap_or_default();
    let zeros = word.len() - word.trim_start_matches('0').len();
    let is_zero = !word[zeros..].starts_with(|letter: char| letter.is_ascii_digit());
    &word[if is_zero { zeros.saturating_sub(1) } else { zeros }..]
}

/// A page's former address, in `book.toml`, leads to a page of today. So does that of a section which has moved.
pub fn former_addresses(book: &Book) -> Vec<Problem> {
    let name = book.home.join("book.toml");
    let settings = fs::read_to_string(book.folder.join("book.toml")).unwrap();
    let is_there = |folder: &str, address: &str| {
        let (file, section) = address.split_once('#').unwrap_or((address, ""));
        let name = plain(&book.home.join(folder).join(file).with_extension("md"));
        let page = book.pages.iter().find(|page| page.name == name);
        let has = |page: &Page| page.headings().iter().any(|(_, head)| anchor(head) == section);
        page.is_some_and(|page| section.is_empty() || has(page))
    };
    let mut problems = Vec::new();
    let lines = (1..).zip(settings.lines()).skip_while(|(_, row)| *row != "[output.html.redirect]");
    for (line, row) in lines.skip(1).take_while(|(_, row)| row.starts_with('"')) {
        let parts: Vec<&str> = row.split('"').collect();
        let [_, former, _, new, _] = parts[..] else { continue };
        let former = former.trim_start_matches('/');
        let (folder, _) = former.split_once('/').unwrap_or_default();
        if is_there("", former) || !is_there(folder, new) {
            let what = format!("{former} is still there, or {new} isn't");
            problems.push(Problem { page: name.clone(), line, what });
        }
    }
    problems
}

/// The lessons of the steps have all sections; other lessons have those that they need, in the same order.
pub fn sections(book: &Book) -> Vec<Problem> {
    let mut problems = Vec::new();
    let all: Vec<&str> = SECTIONS.iter().map(|section| book.words(*section)).collect();
    for page in book.lessons() {
        let is_step = SCENARIOS.iter().any(|step| step.lesson.ends_with(&page.file_name()));
        let found: Vec<(usize, &str)> =
            page.headings().into_iter().filter(|(_, line)| line.starts_with("## ")).collect();
        let mut expected = all.iter();
        for (line, heading) in found.iter().filter(|(_, line)| all.contains(line)) {
            if !expected.any(|section| section == heading) {
                problems.push(page.problem(*line, format!("`{heading}` stands too late")));
            }
        }
        for section in all.iter().filter(|_| is_step) {
            if !found.iter().any(|(_, heading)| heading == section) {
                problems.push(page.problem(1, format!("the section `{section}` is missing")));
            }
        }
    }
    problems
}

/// The line of dashes of a table stands directly below the table's head; with a blank line between them it is no table.
pub fn tables(page: &Page) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut in_code = false;
    let mut above = "";
    for (number, line) in (1..).zip(page.text.lines()) {
        let line = line.trim();
        in_code ^= line.starts_with("```");
        let is_rule = line.starts_with('|')
            && line.contains("---")
            && line.trim_matches(['|', '-', ':', ' ']).is_empty();
        if is_rule && !in_code && !above.starts_with('|') {
            problems.push(page.problem(number, "a table without a head: what is above this line?"));
        }
        above = line;
    }
    problems
}

/// Each question of `Predict` has its answer in `Your predictions`, folded.
pub fn predictions(book: &Book) -> Vec<Problem> {
    let mut problems = Vec::new();
    for page in book.lessons() {
        let section = |name| page.text.split_once(&format!("\n{}\n", book.words(name)));
        let Some((_, questions)) = section(PREDICT) else { continue };
        let questions = questions.split("\n## ").next().unwrap_or_default();
        let is_question =
            |line: &&str| line.split_once(". ").is_some_and(|(n, _)| n.parse::<u8>().is_ok());
        let questions = questions.lines().filter(is_question).count();
        let answers = section(PREDICTIONS).and_then(|(_, rest)| rest.split("\n## ").next());
        let answers = answers.map_or(0, |text| text.matches("<details>").count());
        if questions != answers {
            let predict = book.words(PREDICT).trim_start_matches("## ");
            let what = format!("{questions} questions in `{predict}`, {answers} answers to them");
            problems.push(page.problem(1, what));
        }
    }
    problems
}

/// How many words a lesson may have for the student. A lesson that needs more is two.
const LONGEST: usize = 2500;

/// A lesson is short enough for one sitting. Code, which is run, doesn't count.
pub fn lengths(book: &Book) -> Vec<Problem> {
    let mut problems = Vec::new();
    for page in book.lessons() {
        let mut in_code = false;
        let mut words = 0;
        for line in page.text.lines().take_while(|line| *line != "## For the instructor") {
            in_code ^= line.trim_start().starts_with("```");
            if !in_code {
                words += line
                    .split_whitespace()
                    .filter(|word| word.contains(char::is_alphanumeric))
                    .count();
            }
        }
        if words > LONGEST {
            problems.push(page.problem(1, format!("{words} words, not counting code")));
        }
    }
    problems
}
