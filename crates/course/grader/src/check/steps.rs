//! The steps of the course and the exercises, each with its checks.

use super::table::Step;
use super::{
    ask_again, file_download, http, one_thread, tcp_client, tcp_duplex, tcp_server, udp_chat,
    udp_recv, udp_send,
};

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

/// What students build besides the steps, in the order of the course. There is no program of ours for them.
pub const EXERCISES: &[Step] = &[one_thread::STEP, ask_again::STEP, http::STEP];

/// The steps and the exercises.
pub fn all() -> impl Iterator<Item = &'static Step> {
    STEPS.iter().chain(EXERCISES)
}

/// The step or exercise with this name.
pub fn find(name: &str) -> Option<&'static Step> {
    all().find(|step| step.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::table::Check;
    use crate::check::view::place;

    #[test]
    fn names_are_unique_and_need_no_quotes_in_a_shell() {
        for step in all() {
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
        for step in all() {
            let checks: Vec<&Check> = step.all_checks().collect();
            for (number, check) in checks.iter().enumerate() {
                for name in check.after {
                    let first = checks[..number].iter().find(|first| first.name == *name);
                    let fits = first.is_some_and(|first| check.extra || !first.extra);
                    assert!(fits, "{}: {name}", check.name);
                }
            }
        }
    }

    /// A hint that sends a student to a heading which is not there helps nobody.
    #[test]
    fn the_hints_ask_a_question_and_name_a_heading_of_the_lesson() {
        for step in all() {
            for hint in step.hints.iter().copied().flatten() {
                let (page, section) = place(step, hint.section);
                let path = format!("{}/../../../{page}", env!("CARGO_MANIFEST_DIR"));
                let lesson = std::fs::read_to_string(&path).unwrap();
                let is_it = |line: &str| {
                    line.starts_with('#') && line.trim_start_matches('#').trim() == section
                };
                assert!(lesson.lines().any(is_it), "{page}: no heading `{section}`");
                assert!(hint.texts.0.ends_with('?'), "{}: no question", hint.texts.0);
            }
        }
    }
}
