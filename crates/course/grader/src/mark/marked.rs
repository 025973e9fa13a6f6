//! The result of one submission, as it is stored, and what the marks, reports and tables read in it.

use serde_json::{Value, json};

/// A submission's result: JSON, because it is kept in a file, and because other programs read it.
pub struct Marked(pub Value);

impl Marked {
    /// Without a grade, for this reason.
    pub fn without_grade(why: &str, build: &str) -> Value {
        json!({ "no_grade": why, "build": build, "grade": null })
    }

    /// A text in it; empty if it is missing.
    pub fn text(&self, key: &str) -> &str {
        self.0[key].as_str().unwrap_or_default()
    }

    /// The student's name.
    pub fn student(&self) -> &str {
        self.text("student")
    }

    /// The submission's name.
    pub fn name(&self) -> &str {
        self.text("submission")
    }

    /// Why it has no grade, if it has none.
    pub fn no_grade(&self) -> Option<&str> {
        self.0["no_grade"].as_str()
    }

    /// How many points it has, and how many are possible.
    pub fn points(&self) -> Option<(u64, u64)> {
        let points = &self.0["grade"]["points"];
        Some((points["earned"].as_u64()?, points["possible"].as_u64()?))
    }

    /// Its checks.
    pub fn checks(&self) -> &[Value] {
        self.0["grade"]["checks"].as_array().map_or(&[], Vec::as_slice)
    }

    /// The names of the checks that ended so: `passed`, `failed`, `unsure`, `not run`.
    pub fn ended(&self, result: &str) -> Vec<&str> {
        let checks = self.checks().iter().filter(|check| check["result"] == result);
        checks.filter_map(|check| check["name"].as_str()).collect()
    }

    /// The story of a check without any explanation.
    pub fn story(&self, check: &str) -> &str {
        self.0["stories"][check].as_str().unwrap_or_default()
    }

    /// Is nothing to be gained by marking it again?
    pub fn is_final(&self) -> bool {
        self.no_grade().is_none() && self.ended("unsure").is_empty()
    }
}

/// The sign of a check's result.
pub fn sign(result: &str) -> &'static str {
    match result {
        "passed" => "✓",
        "failed" => "✗",
        "unsure" => "?",
        _ => "○",
    }
}
