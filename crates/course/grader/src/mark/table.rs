//! The table on the screen.

use std::io::{self, Write};

use common::text::clean;
use testkit::screen::{Screen, Style, width_of};

use super::lecture::most_failed;
use super::marked::Marked;

/// How many of the checks that fail most are shown here; `lecture.md` has all of them.
const SHOWN: usize = 5;

/// A longer name is in the files.
const LONGEST: usize = 24;

/// Writes a line for each submission, and which checks fail most.
pub fn table(out: &mut dyn Write, screen: &Screen, all: &[Marked]) -> io::Result<()> {
    let names: Vec<String> = all.iter().map(|marked| shortened(&clean(marked.student()))).collect();
    let wide = names.iter().map(|name| width_of(name)).max().unwrap_or(0);
    for (marked, name) in all.iter().zip(&names) {
        let space = " ".repeat(wide - width_of(name));
        let (points, rest) = row(marked);
        screen.paragraph(out, &format!("{name}{space}  {points:>9}  "), &clean(&rest))?;
    }
    let failed = most_failed(all);
    if !failed.is_empty() {
        let graded = all.iter().filter(|marked| marked.points().is_some()).count();
        writeln!(out)?;
        screen.line(out, Style::Bold, "These checks fail most:")?;
        for failed in failed.iter().take(SHOWN) {
            let label = format!("  {:16} {:>3} of {graded}  ", failed.check, failed.failed);
            screen.paragraph(out, &label, failed.looks_at)?;
        }
    }
    Ok(())
}

/// The points, and what was not passed.
fn row(marked: &Marked) -> (String, String) {
    let Some((earned, possible)) = marked.points() else {
        return ("no grade".to_owned(), marked.no_grade().unwrap_or_default().to_owned());
    };
    let mut rest = marked.ended("failed");
    let unsure: Vec<String> =
        marked.ended("unsure").iter().map(|name| format!("{name}: unsure, not counted")).collect();
    rest.extend(unsure.iter().map(String::as_str));
    (format!("{earned} of {possible}"), rest.join(", "))
}

fn shortened(name: &str) -> String {
    let mut short = String::new();
    for character in name.chars() {
        if width_of(&short) + 2 > LONGEST {
            return short + "…";
        }
        short.push(character);
    }
    short
}
