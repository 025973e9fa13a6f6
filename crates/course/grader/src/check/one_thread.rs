//! The checks of step 4's server in one thread: those of step 4, and one that counts threads while clients are connected.

use super::hint::hints;
use super::story::Story;
use super::table::{Check, Step, core};
use super::tcp_server;
use super::trouble::CheckResult;

/// The exercise and its checks.
pub const STEP: Step = Step {
    name: "one-thread",
    started_as: "PROGRAM ADDRESS",
    lesson: tcp_server::STEP.lesson,
    checks: &[tcp_server::CHECKS, CHECKS],
    hints: &[tcp_server::HINTS, HINTS],
};

#[rustfmt::skip] // a table is read line by line
const CHECKS: &[Check] = &[
    core("threads", threads, &["second-client"], "20 more clients need no more threads and processes"),
];

hints! {
    "04b-a-stream-comes-in-pieces.md: Which socket is ready?" {
        THREADS => ("Which call waits for all sockets at the same time?",
            "a thread or a process was started for each client",
            "{which-ready}"),
    }
}

/// Fewer new threads than this may be the language's: Java compiles, Go and Node wait for other things in threads of their own.
const A_LANGUAGES_OWN: usize = 10;

fn threads(story: &mut Story) -> CheckResult {
    const MORE: usize = 2 * A_LANGUAGES_OWN;
    let first = tcp_server::starts(story)?;
    let Some(before) = story.subject.threads() else {
        return story.lacks("only Linux says here how many threads a program has");
    };
    let others = tcp_server::are_served(story, MORE)?;
    let now = story.subject.threads().unwrap_or(before);
    let came = format!("{before} with 1 client, {now} with {} clients", MORE + 1);
    let is_so = now < before + A_LANGUAGES_OWN;
    story.expect(
        "the number of its threads does not grow with its clients",
        is_so,
        &came,
        &THREADS,
    )?;
    drop((first, others));
    Ok(())
}
