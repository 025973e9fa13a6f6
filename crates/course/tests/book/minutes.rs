//! How long the lessons take: the minutes in them add up, in the instructor's plans too, and a table has them all.

use std::path::{Path, PathBuf};

use crate::links::links;
use crate::order::FOR_THE_INSTRUCTOR;
use crate::page::{Block, Book, Page, Problem, plain};

const BEGIN: &str = "<!-- minutes -->";
const END: &str = "<!-- end of minutes -->";

/// A lesson in class: all of it, and its share of the two plans.
const COLUMNS: usize = 3;

const HEAD: [&str; 2] = [
    "| lesson | in class | in four lectures | in one | read | try | exercises | build |",
    "| 课 | 课堂上 | 四次课中 | 一次课中 | 阅读 | 动手 | 练习 | 自己写 |",
];

/// How long it takes to read and to try a page is computed from the English one.
pub fn problems(book: &mut Book, english: &Book, update: bool) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut lessons: Vec<(PathBuf, [u32; COLUMNS])> = Vec::new();
    let mut table =
        vec![book.words(HEAD).to_owned(), "|---|---|---|---|---|---|---|---|".to_owned()];
    for page in book.lessons() {
        match in_class(page, book.words(FOR_THE_INSTRUCTOR)) {
            Ok(sums) => {
                let original =
                    english.lessons().find(|other| other.file_name() == page.file_name());
                table.push(row(page, sums, alone(original.unwrap_or(page))));
                lessons.push((page.name.clone(), sums));
            }
            Err(problem) => problems.push(problem),
        }
    }
    table.push(together(book.words(["together", "合计"]), &table[2..]));
    let one = book.words(["### One lecture", "### 一次课"]);
    let four = book.words(["### Four lectures", "### 四次课"]);
    let is_plan = |page: &&mut Page| page.file_name() == "instructors.md";
    if let Some(plan) = book.pages.iter_mut().find(is_plan) {
        problems.extend(plan_problems(plan, one, 0, &lessons, 2));
        problems.extend(plan_problems(plan, four, 1, &lessons, 1));
        problems.extend(table_problems(plan, table, update));
    }
    problems
}

/// The cells of a table's row.
fn cells(line: &str) -> Vec<&str> {
    line.trim().trim_matches('|').split('|').map(str::trim).collect()
}

/// The sums of a lesson's table for the instructor, which its last row must show.
fn in_class(page: &Page, heading: &str) -> Result<[u32; COLUMNS], Problem> {
    let problem = |what: &str| page.problem(1, format!("minutes: {what}"));
    let section = page.text.split_once(&format!("{heading}\n"));
    let (_, section) = section.ok_or(problem(&format!("no section `{heading}`")))?;
    let mut sums = [0; COLUMNS];
    for line in section.lines().filter(|line| line.starts_with("| ")).skip(1) {
        let cells = cells(line);
        if line.starts_with("| **") {
            let shown: Vec<String> = cells.iter().map(|cell| cell.replace('*', "")).collect();
            let true_: Vec<String> = sums.iter().map(u32::to_string).collect();
            return match shown[..COLUMNS] == true_[..] {
                true => Ok(sums),
                false => Err(problem(&format!("together they are {}", true_.join(", ")))),
            };
        }
        for (sum, cell) in sums.iter_mut().zip(cells) {
            *sum += cell.parse().unwrap_or(0);
        }
    }
    Err(problem("the table for the instructor has no sums"))
}

/// In a plan a lesson has the minutes of its own table, and a lecture has 90.
fn plan_problems(
    plan: &Page,
    heading: &str,
    column: usize,
    lessons: &[(PathBuf, [u32; COLUMNS])],
    share: usize,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut sum = 0;
    let in_plan = |(_, line): &(usize, &str)| !line.starts_with(heading);
    let rows = (1..).zip(plan.text.lines()).skip_while(in_plan).skip(1);
    let rows = rows.take_while(|(_, line)| !line.starts_with('#'));
    let mut planned = Vec::new();
    for (number, line) in rows.filter(|(_, line)| line.starts_with("| ")) {
        let Some(minutes) = cells(line).get(column).and_then(|cell| cell.parse::<u32>().ok())
        else {
            continue;
        };
        if column == 1 && line.starts_with("| **") && sum % 90 != 0 {
            problems.push(plan.problem(number, format!("minutes: {sum} before this lecture")));
        }
        sum += minutes;
        let target = links(line).into_iter().find(|link| link.target.starts_with("lessons/"));
        let Some(target) = target else { continue };
        let page = plain(&plan.name.parent().unwrap_or(Path::new("")).join(target.target));
        planned.push(page.clone());
        let own = lessons.iter().find(|(name, _)| *name == page).map(|(_, sums)| sums[share]);
        if own.is_some_and(|own| own != minutes) {
            let what = format!("minutes: {} says {}", page.display(), own.unwrap_or(0));
            problems.push(plan.problem(number, what));
        }
    }
    for (page, sums) in lessons.iter().filter(|(page, _)| !planned.contains(page)) {
        if sums[share] > 0 {
            let what = format!("minutes: {heading} lacks {}", page.display());
            problems.push(plan.problem(1, what));
        }
    }
    if sum % 90 != 0 {
        problems.push(plan.problem(1, format!("minutes: {heading} has {sum} in all")));
    }
    problems
}

/// What a student alone needs, roughly: to read, to try, for the exercises, and to build it.
fn alone(page: &Page) -> [u32; 4] {
    let section = |name: &str| {
        let mut sections = page.text.split("\n## ").skip(1);
        sections.find(|text| text.starts_with(name)).unwrap_or_default()
    };
    let mut code = false;
    let (mut words, mut lines) = (0, 0);
    for line in page.text.lines() {
        code ^= line.trim_start().starts_with("```");
        match code {
            true => lines += 1,
            false => words += line.split_whitespace().count(),
        }
    }
    let items = |name: &str| section(name).lines().filter(|line| is_item(line)).count();
    let stages = page.blocks("stages");
    let checks = stages.iter().flat_map(|block| &block.lines);
    let checks = checks.filter(|line| line.contains(['✓', '✗', '○']) && !line.starts_with(' '));
    let times = [
        words / 100 + lines / 12,
        2 * (items("Run it\n") + items("Break it\n")),
        10 * items("Change it\n"),
        8 * checks.count(),
    ];
    times.map(|minutes| minutes.div_ceil(5) as u32 * 5)
}

/// A numbered item, a paragraph that begins with a bold heading, or a row of a table with something to type.
fn is_item(line: &str) -> bool {
    let is_numbered = line.split_once(". ").is_some_and(|(number, _)| number.parse::<u8>().is_ok());
    is_numbered || line.starts_with("**") || line.starts_with("| `") || line.starts_with("| | `")
}

fn row(page: &Page, sums: [u32; COLUMNS], alone: [u32; 4]) -> String {
    let title = page.title();
    let name = title.split([':', '：']).next().unwrap_or(title);
    let times: Vec<String> = sums.iter().chain(&alone).map(u32::to_string).collect();
    format!("| [{name}](lessons/{}) | {} |", page.file_name(), times.join(" | "))
}

fn together(name: &str, rows: &[String]) -> String {
    let number = |row: &String, column: usize| cells(row)[column].parse::<u32>().unwrap_or(0);
    let sums = (1..8).map(|column| rows.iter().map(|row| number(row, column)).sum::<u32>());
    let sums: Vec<String> = sums.map(|sum| sum.to_string()).collect();
    format!("| **{name}** | {} |", sums.join(" | "))
}

/// Whether the table of all lessons is the computed one. With `update` it is made so.
fn table_problems(plan: &mut Page, table: Vec<String>, update: bool) -> Vec<Problem> {
    let lines: Vec<&str> = plan.text.lines().collect();
    let Some(begin) = lines.iter().position(|line| *line == BEGIN) else {
        return vec![plan.problem(1, format!("minutes: there is no line {BEGIN}"))];
    };
    let inside = lines[begin + 1..].iter().take_while(|line| **line != END);
    let lines: Vec<String> = inside.map(|line| (*line).to_owned()).collect();
    let truth = [vec![String::new()], table, vec![String::new()]].concat();
    if lines == truth {
        return Vec::new();
    }
    let block = Block { kind: "minutes".into(), about: String::new(), line: begin + 1, lines };
    if update {
        plan.rewrite(&block, &truth);
        return Vec::new();
    }
    vec![plan.problem(block.line, "minutes: the table is computed otherwise")]
}
