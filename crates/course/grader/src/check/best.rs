//! The best result of each step so far, in a small file of the folder in which the checks are typed.

use std::fs;

use super::grade::Grade;

/// Its name. A leading dot keeps it out of the way.
pub const FILE: &str = ".socket-steps";

const HEAD: &str = "# Your best results with `cargo course check`, for `cargo course` to show. They stay on this computer; delete the file to \
                    begin again.\n";

/// How many core checks of a step passed at best, and how many there are.
pub fn of(step: &str) -> Option<(usize, usize)> {
    let text = fs::read_to_string(FILE).ok()?;
    let result = text.lines().find_map(|line| line.strip_prefix(step)?.strip_prefix(": "))?;
    let (passed, of) = result.split_once(" of ")?;
    Some((passed.parse().ok()?, of.parse().ok()?))
}

/// Keeps a result that is better than the one so far. Where the folder can't be written to, nothing is kept: a check does
/// not fail because of that.
pub fn keep(grade: &Grade) {
    let (passed, _) = grade.count(false);
    let all = grade.step.all_checks().filter(|check| !check.extra).count(); // unsure ones too
    if of(grade.step.name).is_some_and(|(best, _)| best >= passed) {
        return;
    }
    let others = fs::read_to_string(FILE).unwrap_or_default();
    let is_other = |line: &&str| {
        !line.starts_with('#') && !line.starts_with(&format!("{}: ", grade.step.name))
    };
    let mut lines: Vec<String> = others.lines().filter(is_other).map(str::to_owned).collect();
    lines.push(format!("{}: {passed} of {all}", grade.step.name));
    let _ = fs::write(FILE, format!("{HEAD}{}\n", lines.join("\n")));
}
