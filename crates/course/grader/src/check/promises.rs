//! What the task promises in each step alike: results on standard output and nothing else, messages on standard error, the
//! exit codes. Extra checks: a program that does its work without that has done its work.

use super::hint::hints;
use super::story::Story;
use super::trouble::CheckResult;

/// An address that no program can use: ports end at 65535.
pub const NO_ADDRESS: &str = "127.0.0.1:99999";

hints! {
    "What it must do" {
        LISTENING => ("Which address did the system give to your socket, and who would like to know it?",
            "`listening on ADDRESS` is not on standard error",
            "print it there as soon as the port is open"),
        RESULTS_ONLY => ("What would another program read that takes your program's output through a pipe?",
            "there is more on standard output than the results",
            "print prompts, errors and all that is about the program on standard error"),
        FAILED => ("Which exit code does your program end with when a call on the network fails?",
            "the exit code says what happened, to a script for instance: 1 is an error of the network or the peer",
            "report the error on standard error, and end with exit code 1"),
        WRONG_USAGE => ("Which exit code does your program end with when it can't use its address?",
            "the exit code says what happened, to a script for instance: 2 is a wrong usage (99999 is no port), or something on \
                this computer (a port that is taken)",
            "report it on standard error, and end with exit code 2"),
    }
}

/// The program has opened the address that it was given, and reports that.
pub fn reports_its_address(story: &mut Story) -> CheckResult {
    let line = format!("listening on {}", story.address());
    story.expect_on_stderr(&line, &LISTENING)
}

/// These lines are all that is on its stdout.
pub fn prints_nothing_else(story: &mut Story, results: &[String]) -> CheckResult {
    story.expect_nothing_but(results, &RESULTS_ONLY)
}

/// The program meets an error of the network, and ends with 1.
pub fn fails(story: &mut Story, args: &[&str]) -> CheckResult {
    story.start_one_shot(args)?;
    has_failed(story)
}

/// The same for a program that runs already.
pub fn has_failed(story: &mut Story) -> CheckResult {
    story.expect_error(1, &FAILED)
}

/// The program can't use one of these arguments, and ends with 2.
pub fn refuses(story: &mut Story, args: &[&str]) -> CheckResult {
    story.start_one_shot(args)?;
    story.expect_error(2, &WRONG_USAGE)
}
