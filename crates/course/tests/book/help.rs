//! A block `help NAME` is what `NAME --help` prints.

use std::collections::BTreeSet;
use std::process::Command;

use testkit::find;

use crate::page::{Block, Book, Page, Problem};

/// Every command that has a help text, as it is written after `help`.
pub const COMMANDS: &[&str] = &[
    "udp-send",
    "udp-recv",
    "udp-chat",
    "tcp-server",
    "tcp-client",
    "tcp-duplex",
    "tcp-duplex serve",
    "tcp-duplex connect",
    "file-download",
    "file-download serve",
    "file-download get",
    "file-download list",
    "course",
    "course doctor",
    "course demo",
    "course check",
    "course mark",
    "course stages",
    "course relay",
    "course watch",
    "course calls",
    "course new",
];

/// The lines that `NAME --help` prints. Blanks at the ends of lines are not shown on a page.
pub fn truth(command: &str) -> Vec<String> {
    let mut words = command.split(' ');
    let program = match words.next().unwrap_or_default() {
        "course" => env!("CARGO_BIN_EXE_course").into(),
        name => find::step_program(name),
    };
    let mut help = Command::new(program);
    help.args(words).arg("--help").env_remove("SOCKET_ENCODING");
    let output = help.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap().replace(".exe", "");
    text.lines().map(|line| line.trim_end().to_owned()).collect()
}

/// What is not as the programs say, on a page. With `update` it is made true instead.
pub fn problems(page: &mut Page, update: bool) -> Vec<Problem> {
    let mut problems = Vec::new();
    // From the last to the first, because an update moves the lines after a block.
    for block in page.blocks("help").into_iter().rev() {
        if !COMMANDS.contains(&block.about.as_str()) {
            let what = format!("help: there is no command `{}`", block.about);
            problems.push(page.problem(block.line, what));
            continue;
        }
        let truth = truth(&block.about);
        match difference(&block, &truth) {
            Some(_) if update => page.rewrite(&block, &truth),
            Some((line, what)) => problems.push(page.problem(line, what)),
            None => {}
        }
    }
    problems
}

fn difference(block: &Block, truth: &[String]) -> Option<(usize, String)> {
    let longest = truth.len().max(block.lines.len());
    let at = (0..longest).find(|at| {
        let line = block.lines.get(*at).map(|line| line.trim_end());
        line != truth.get(*at).map(String::as_str)
    })?;
    let says = truth.get(at).map_or("nothing more", String::as_str);
    Some((block.line + 1 + at, format!("`{} --help` says here: {says}", block.about)))
}

/// The reference has the help of every command.
pub fn missing(book: &Book) -> Vec<String> {
    let pages = book.pages.iter().filter(|page| page.file_name() == "reference.md");
    let there: BTreeSet<String> =
        pages.flat_map(|page| page.blocks("help")).map(|block| block.about).collect();
    let missing = COMMANDS.iter().filter(|command| !there.contains(**command));
    missing.map(|command| format!("reference.md has no block `help {command}`")).collect()
}
