//! What a check of the doctor finds.

use std::time::Duration;

/// How long a check may wait for anything.
pub const PATIENCE: Duration = Duration::from_secs(2);

/// What a check found, and what the student can do about it.
pub struct Finding {
    /// How good that is.
    pub mark: Mark,
    /// In words.
    pub found: String,
    /// What to do; may be empty.
    pub advice: String,
}

/// How good a finding is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// As it should be.
    Good,
    /// The lessons work without it.
    Warning,
    /// The lessons need it.
    Missing,
}

impl Finding {
    /// All is as it should be.
    pub fn good(found: impl Into<String>) -> Finding {
        Finding { mark: Mark::Good, found: found.into(), advice: String::new() }
    }

    /// The lessons work anyway.
    pub fn warning(found: impl Into<String>, advice: impl Into<String>) -> Finding {
        Finding { mark: Mark::Warning, found: found.into(), advice: advice.into() }
    }

    /// The lessons need it.
    pub fn missing(found: impl Into<String>, advice: impl Into<String>) -> Finding {
        Finding { mark: Mark::Missing, ..Finding::warning(found, advice) }
    }
}
