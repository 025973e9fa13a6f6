//! The checks of the exercise over UDP: numbers, acknowledgements, and asking again. The grader is the other side, and loses
//! what it wants to; in two checks a bad network does.

mod connect;
mod network;
mod serve;

use super::promises;
use super::table::Step;

/// The exercise and its checks.
pub const STEP: Step = Step {
    name: "ask-again",
    started_as: "PROGRAM serve ADDRESS, or PROGRAM connect ADDRESS",
    lesson: "docs/lessons/08b-udp-that-asks-again.md",
    checks: &[serve::CHECKS, connect::CHECKS],
    hints: &[serve::HINTS, connect::HINTS, promises::HINTS],
};
