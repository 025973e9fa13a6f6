//! The tables of the grader: the steps, the checks of a step, and the hints that they give. Each check and each hint is a
//! row in the file of its step, and stands nowhere else.

use super::cause::Hint;
use super::story::Story;
use super::trouble::CheckResult;
use super::{file_download, tcp_client, tcp_duplex, tcp_server, udp_chat, udp_recv, udp_send};

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

/// Declares the hints of a step, grouped by the heading of the lesson that explains them: a constant for each one, and all
/// of them as `HINTS`.
macro_rules! hints {
    ($($section:literal { $($name:ident $says:expr,)+ })+) => {
        $($(const $name: $crate::check::cause::Hint = $crate::check::cause::Hint::new($section, $says);)+)+
        /// All hints of these checks.
        pub(super) const HINTS: &[&$crate::check::cause::Hint] = &[$($(&$name),+),+];
    };
}
pub(super) use hints;

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

/// The steps, in the order of the course.
pub const STEPS: &[Step] = &[
    udp_send::STEP,
    udp_recv::STEP,
    udp_chat::STEP,
    tcp_server::STEP,
    tcp_client::STEP,
    tcp_duplex::STEP,
    file_download::STEP,
];

/// The step with this name.
pub fn find(name: &str) -> Option<&'static Step> {
    STEPS.iter().find(|step| step.name == name)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_need_no_quotes_in_a_shell() {
        for step in STEPS {
            let names: Vec<&str> = step.all_checks().map(|check| check.name).collect();
            for (number, name) in names.iter().enumerate() {
                assert!(!names[..number].contains(name), "{}: {name} twice", step.name);
                assert!(
                    name.chars().all(|c| c.is_ascii_lowercase() || c == '-' || c.is_ascii_digit())
                );
            }
            assert!(step.all_checks().filter(|check| !check.extra).count() >= 6, "{}", step.name);
        }
    }

    /// A check waits for those that come first, so they must have been taken before it; and a grade must not depend on
    /// an extra check.
    #[test]
    fn checks_come_after_those_they_wait_for() {
        for step in STEPS {
            let checks: Vec<&Check> = step.all_checks().collect();
            for (number, check) in checks.iter().enumerate() {
                for name in check.after {
                    let first = checks[..number].iter().find(|first| first.name == *name);
                    assert!(first.is_some_and(|first| !first.extra), "{}: {name}", check.name);
                }
            }
        }
    }

    /// A hint that sends a student to a heading which is not there helps nobody.
    #[test]
    fn the_hints_name_headings_of_the_lessons() {
        for step in STEPS {
            let path = format!("{}/../../../{}", env!("CARGO_MANIFEST_DIR"), step.lesson);
            let lesson = std::fs::read_to_string(&path).unwrap();
            let headings: Vec<&str> = lesson
                .lines()
                .filter(|line| line.starts_with('#'))
                .map(|line| line.trim_start_matches('#').trim())
                .collect();
            for hint in step.hints.iter().copied().flatten() {
                let section = hint.section;
                assert!(headings.contains(&section), "{}: no heading `{section}`", step.lesson);
            }
        }
    }
}
