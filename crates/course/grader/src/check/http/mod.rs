//! The checks of the HTTP server: the grader is its client by hand, then with curl and a browser.

mod answer;
mod client;
mod connection;
mod content;
mod programs;
mod refused;

use super::promises;
use super::table::Step;

/// The exercise and its checks.
pub const STEP: Step = Step {
    name: "http-server",
    started_as: "PROGRAM ADDRESS DIR",
    lesson: "docs/lessons/07c-http.md",
    checks: &[content::CHECKS, connection::CHECKS, refused::CHECKS, programs::CHECKS],
    hints: &[
        answer::HINTS,
        client::HINTS,
        content::HINTS,
        connection::HINTS,
        refused::HINTS,
        programs::HINTS,
        promises::HINTS,
    ],
};
