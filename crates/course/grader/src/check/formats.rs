//! The results as other programs read them: JSON, and JUnit's XML. A library for the XML (quick-junit) would save 35 lines, and
//! bring 14 crates that every student has to wait for.

use serde_json::{Value, json};

use super::grade::{Ending, Grade, Verdict};
use super::table::Step;
use super::task::Task;
use super::trouble::Trouble;
use super::view::{Hints, View, comes_first, impossible, place, story_with};

/// The results of a step as JSON.
pub fn as_json(grade: &Grade, task: &Task, view: View) -> Value {
    let (core, of_core) = grade.count(false);
    let (extra, of_extra) = grade.count(true);
    let (points, of) =
        if view.extra { (core + extra, of_core + of_extra) } else { (core, of_core) };
    let checks: Vec<Value> =
        grade.verdicts.iter().map(|verdict| check_as_json(grade.step, verdict, view)).collect();
    json!({
        "step": grade.step.name,
        "program": task.shown,
        "passed": grade.passed(view.extra),
        "points": { "earned": points, "possible": of },
        "core": { "passed": core, "checks": of_core },
        "extra": { "passed": extra, "checks": of_extra },
        "unsure": grade.unsure(),
        "seconds": grade.took.as_secs_f64(),
        "checks": checks,
    })
}

fn check_as_json(step: &Step, verdict: &Verdict, view: View) -> Value {
    let shown = verdict.failed() && view.hints != Hints::None;
    let failure = verdict.trouble().map(|trouble| {
        json!({
            "action": trouble.action,
            "seen": trouble.mismatch.lines(),
            "program": trouble.program,
            "question": shown.then_some(trouble.why.asks.as_str()),
            "cause": shown.then_some(&trouble.why.cause),
            "cure": shown.then_some(trouble.why.cure.as_str()),
            "lesson": place(step, trouble.section).0,
            "section": shown.then_some(place(step, trouble.section).1),
            "story": story_with(step, verdict, view.hints),
        })
    });
    let (result, blocked_by) = match &verdict.ending {
        Ending::Passed => ("passed", None),
        Ending::Failed(_) => ("failed", None),
        Ending::Unsure(_) => ("unsure", None),
        Ending::NotRun(first) => ("not run", Some(*first)),
        Ending::Impossible(_) => ("not run", None),
    };
    json!({
        "name": verdict.check.name,
        "looks_at": verdict.check.looks_at,
        "kind": if verdict.check.extra { "extra" } else { "core" },
        "result": result,
        "blocked_by": blocked_by,
        "seconds": verdict.took.as_secs_f64(),
        "actions": verdict.actions,
        "notes": verdict.notes,
        "failure": failure,
    })
}

/// The results of a step as JUnit's XML: one `<testsuite>`. A check that was not run is a skipped test, and an extra one that
/// failed and does not count.
pub fn as_junit(grade: &Grade, task: &Task, view: View) -> String {
    let is_failure = |verdict: &&Verdict| verdict.failed() && (view.extra || !verdict.check.extra);
    let failures = grade.verdicts.iter().filter(is_failure).count();
    let skipped = grade.verdicts.iter().filter(|verdict| !verdict.passed()).count() - failures;
    let mut suite = format!(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failures}\" skipped=\"{skipped}\" time=\"{:.3}\">\n",
        xml(&format!("{}: {}", grade.step.name, task.shown)),
        grade.verdicts.len(),
        grade.took.as_secs_f64(),
    );
    for verdict in &grade.verdicts {
        suite += &format!(
            "    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3}\"",
            xml(grade.step.name),
            xml(verdict.check.name),
            verdict.took.as_secs_f64()
        );
        let word = if is_failure(&verdict) { "failure" } else { "skipped" };
        let why = match &verdict.ending {
            Ending::Passed => None,
            Ending::Failed(trouble) => Some(message(trouble, view.hints)),
            Ending::Unsure(_) => verdict.notes.last().cloned(),
            Ending::NotRun(first) => Some(comes_first(first)),
            Ending::Impossible(why) => Some(impossible(why)),
        };
        suite += &match why {
            None => "/>\n".to_owned(),
            Some(why) => format!(
                ">\n      <{word} message=\"{}\">{}</{word}>\n    </testcase>\n",
                xml(&why),
                xml(&story_with(grade.step, verdict, view.hints))
            ),
        };
    }
    suite + "  </testsuite>\n"
}

/// A failure in one line.
fn message(trouble: &Trouble, hints: Hints) -> String {
    match hints {
        Hints::None => format!("not as expected: {}", trouble.action),
        _ => trouble.why.full(),
    }
}

/// Text as it may stand in XML, where a few characters mean something and most control characters are forbidden.
pub fn xml(text: &str) -> String {
    let mut safe = String::new();
    for character in text.chars() {
        match character {
            '&' => safe += "&amp;",
            '<' => safe += "&lt;",
            '>' => safe += "&gt;",
            '"' => safe += "&quot;",
            '\n' | '\t' => safe.push(character),
            _ if character.is_control() || "\u{fffe}\u{ffff}".contains(character) => {
                safe.push('\u{fffd}')
            }
            _ => safe.push(character),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xml_holds_what_a_program_may_print() {
        assert_eq!(xml("a<b> & \"c\"\u{1b}[0m\n"), "a&lt;b&gt; &amp; &quot;c&quot;\u{fffd}[0m\n");
    }
}
