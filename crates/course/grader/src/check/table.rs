//! What the tables of a step are made of: its checks, and the hints that they give. Each check and each hint is a row in the
//! file of its step, and stands nowhere else.

use super::hint::Hint;
use super::story::Story;
use super::trouble::CheckResult;

/// One check.
pub struct Check {
    /// Its name, for `--only`.
    pub name: &'static str,
    /// What it looks at, in a line.
    pub looks_at: &'static str,
    /// About an option: shown, but counted only with `--extra`.
    pub extra: bool,
    /// The checks that come first. A program that fails one of them can't pass this one either: it is not run then, and
    /// the same failure is not explained twice.
    pub after: &'static [&'static str],
    /// The check itself.
    pub(super) run: CheckFunction,
}

type CheckFunction = fn(&mut Story) -> CheckResult;

/// A check that decides the grade: it uses positional arguments and standard input only.
pub(super) const fn core(
    name: &'static str,
    run: CheckFunction,
    after: &'static [&'static str],
    looks_at: &'static str,
) -> Check {
    Check { name, looks_at, extra: false, after, run }
}

/// A check of an option.
pub(super) const fn extra(
    name: &'static str,
    run: CheckFunction,
    after: &'static [&'static str],
    looks_at: &'static str,
) -> Check {
    Check { extra: true, ..core(name, run, after, looks_at) }
}

/// A step with its checks.
pub struct Step {
    /// Its name.
    pub name: &'static str,
    /// How the program is started.
    pub started_as: &'static str,
    /// The lesson's file.
    pub lesson: &'static str,
    /// What is checked, in this order.
    pub checks: &'static [&'static [Check]],
    /// All hints that the checks of this step give, so that a test can compare them with the lesson.
    pub hints: &'static [&'static [&'static Hint]],
}

impl Step {
    /// All its checks.
    pub fn all_checks(&self) -> impl Iterator<Item = &'static Check> {
        self.checks.iter().copied().flatten()
    }

    /// Its check with this name.
    pub fn check(&self, name: &str) -> Option<&'static Check> {
        self.all_checks().find(|check| check.name == name)
    }
}
