//! What a check expects of the program, and what the story says when that is not so.

use std::net::SocketAddr;

use testkit::program::Exit;

use super::cause;
use super::hint::{Explanation, Hint};
use super::story::Story;
use super::trouble::{CheckResult, Mismatch, Trouble, on_stdout};
use crate::bytes;

/// What an action was about that failed.
enum About<'a> {
    /// A text on stdout.
    Text(&'a str),
    /// The end of the program.
    End,
    /// Its end with an error, which the check has caused.
    Error,
    /// Anything else.
    Other,
}

// What is expected of the program.
impl Story<'_> {
    /// The program must print the text on its stdout, after it was said.
    pub fn expect_printed(&mut self, text: &str, hint: &Hint) -> CheckResult {
        self.expect_printed_after(0, text, hint).map(drop)
    }

    /// The same. If the text comes only after `more` is done, `other` explains the failure.
    pub fn expect_printed_before(
        &mut self,
        more: impl FnOnce(&mut Self),
        text: &str,
        hint: &Hint,
        other: &Hint,
    ) -> CheckResult {
        let from = self.log.turn_begins();
        if self.subject.wait_for_stdout(text, from, &self.deadline()).is_none() {
            let (before, printed) = (self.log.length(), on_stdout(&self.subject.stdout()));
            more(self);
            self.log.truncate(before);
            if self.subject.wait_for_stdout(text, from, &self.deadline()).is_some() {
                let action = format!("looked for {} on its stdout", bytes::quoted(text));
                let expected = format!("{} on stdout", bytes::quoted(text));
                return Err(self.trouble(action, Mismatch::words(expected, printed), other));
            }
        }
        self.expect_printed(text, hint)
    }

    /// The program must print these texts on its stdout, one after the other.
    pub fn expect_printed_in_order(&mut self, texts: &[String], hint: &Hint) -> CheckResult {
        let next = |from, text: &String| self.expect_printed_after(from, text, hint);
        texts.iter().try_fold(0, next).map(drop)
    }

    fn expect_printed_after(&mut self, from: usize, text: &str, hint: &Hint) -> CheckResult<usize> {
        let from = from.max(self.log.turn_begins());
        let Some(end) = self.subject.wait_for_stdout(text, from, &self.deadline()) else {
            return Err(self.not_printed(text, from, hint));
        };
        self.saw_stdout(end, format!("saw {} on its stdout", bytes::quoted(text)));
        Ok(end)
    }

    /// This line must be on its stdout, after it was said, and end there. A prompt may stand in front of it.
    pub fn expect_line(&mut self, line: &str, hint: &Hint) -> CheckResult {
        let end = self.expect_printed_after(0, line, hint)?;
        let after = |printed: &[u8]| {
            let rest = printed.get(end..).unwrap_or_default();
            let line_end = rest.iter().position(|byte| *byte == b'\n');
            line_end.map(|at| rest[..=at].to_vec())
        };
        let rest = self.wait_for(|| after(&self.subject.stdout()));
        let rest = rest.unwrap_or_else(|| self.subject.stdout().split_off(end));
        if rest == b"\n" || rest == b"\r\n" {
            return Ok(());
        }
        let came = [line.as_bytes(), &rest].concat();
        let action = format!("looked for the line end after {}", bytes::quoted(line));
        Err(self.trouble(action, Mismatch::bytes(format!("{line}\n").as_bytes(), &came), hint))
    }

    /// The end of an older, longer text must not stand after this one. Bytes that are left in a buffer may be old ones.
    pub fn expect_no_old_bytes(&mut self, text: &str, older: &str, hint: &Hint) -> CheckResult {
        self.let_it_wait();
        let printed = self.subject.stdout();
        let printed = printed.split(|byte| *byte == b'\n');
        let text = text.as_bytes();
        // So much of the older text stays in a buffer, perhaps without the beginning of a character; its end no other text has.
        let left = older.len().saturating_sub(text.len()).clamp(1, 8);
        let secret = &older.as_bytes()[older.len() - left..];
        // Before the text the older one may stand in the same line, if the program prints no line ends.
        let mut from_the_text = printed.filter_map(|line| {
            let at = line.windows(text.len()).position(|part| part == text)?;
            Some(&line[at..])
        });
        let Some(came) = from_the_text.find(|came| bytes::contains(came, secret)) else {
            self.saw("saw no old bytes after it");
            return Ok(());
        };
        let action = format!("looked at what follows {}", bytes::in_a_line(text));
        Err(self.trouble(action, Mismatch::bytes(text, came), hint))
    }

    /// These lines must be all that is on its stdout.
    pub fn expect_nothing_but(&mut self, lines: &[String], hint: &Hint) -> CheckResult {
        let printed = self.subject.stdout();
        let is_so = String::from_utf8_lossy(&printed).lines().eq(lines);
        let what = "nothing else is on its stdout";
        self.expect(what, is_so, &on_stdout(&printed), hint)
    }

    /// The text must come on stderr.
    pub fn expect_on_stderr(&mut self, text: &str, hint: &Hint) -> CheckResult {
        let is_there = || self.subject.stderr().contains(text).then_some(());
        let is_so = self.wait_for(is_there).is_some();
        let came = on_stdout(self.subject.stderr().as_bytes());
        self.expect(&format!("\"{text}\" is on its stderr"), is_so, &came, hint)
    }

    fn not_printed(&mut self, text: &str, from: usize, hint: &Hint) -> Box<Trouble> {
        let printed = self.subject.stdout();
        let unseen = printed.get(self.log.seen().max(from)..).unwrap_or_default();
        let mismatch = match bytes::nearest(text.as_bytes(), unseen) {
            Some(near) if !self.chance.is_another_text(near, text) => {
                Mismatch::bytes(text.as_bytes(), near)
            }
            _ => Mismatch::words(format!("{} on stdout", bytes::quoted(text)), on_stdout(&printed)),
        };
        let (text_shown, seconds) = (bytes::quoted(text), self.seconds());
        let action = format!("looked for {text_shown} on its stdout, for up to {seconds}");
        let was_there = bytes::contains(&printed[..self.log.turn_begins()], text.as_bytes());
        let mut trouble = self.explain(action, mismatch, hint, About::Text(text));
        if was_there {
            trouble.why = Explanation::of(cause::TOO_EARLY, "");
        }
        trouble
    }

    /// All these texts must be on the program's stdout, in any order.
    pub fn expect_all_printed(&mut self, texts: &[String], hint: &Hint) -> CheckResult {
        let (from, deadline) = (self.log.turn_begins(), self.deadline());
        let came = |text: &&String| self.subject.wait_for_stdout(text, from, &deadline).is_some();
        let Some(missing) = texts.iter().find(|text| !came(text)) else {
            self.saw(format!("saw all {} texts on its stdout", texts.len()));
            return Ok(());
        };
        let printed = String::from_utf8_lossy(&self.subject.stdout()[from..]).into_owned();
        let came = texts.iter().filter(|text| printed.contains(text.as_str())).count();
        let action = format!("looked for these texts on its stdout, for up to {}", self.seconds());
        let mismatch =
            Mismatch::words(format!("all {} texts", texts.len()), format!("{came} of them"));
        Err(self.explain(action, mismatch, hint, About::Text(missing)))
    }

    /// The text must not be on stdout.
    pub fn expect_not_printed(&mut self, text: &str, hint: &Hint) -> CheckResult {
        let printed = self.subject.stdout();
        let is_there = bytes::contains(&printed, text.as_bytes());
        self.expect(
            &format!("its stdout is free of \"{text}\""),
            !is_there,
            &on_stdout(&printed),
            hint,
        )
    }

    /// The program must end by itself, with exit code 0.
    pub fn expect_end(&mut self, hint: &Hint) -> CheckResult {
        self.expect_exit(|code| code == 0, "it ends by itself, with exit code 0", hint, About::End)
    }

    /// The program should have ended after a word. If it did not: does it go on as after any other one? Then its comparison has
    /// not found the word, and that explains it better than the hint.
    pub fn unless_it_goes_on(
        &mut self,
        ended: CheckResult,
        hint: &Hint,
        goes_on: impl FnOnce(&mut Self) -> CheckResult,
    ) -> CheckResult {
        ended.map_err(|mut trouble| {
            let before = self.log.length();
            let is_a_guess = trouble.why.asks == hint.texts.0;
            if is_a_guess && !trouble.has_ended && goes_on(self).is_ok() {
                trouble.why = Explanation::of(cause::NOT_FOUND, "");
            }
            self.log.truncate(before);
            trouble
        })
    }

    /// The program must end by itself and say by its exit code that it did not succeed.
    pub fn expect_failure(&mut self, hint: &Hint) -> CheckResult {
        self.expect_exit(
            |code| code != 0,
            "it ends by itself, with another exit code than 0",
            hint,
            About::End,
        )
    }

    /// The program must end by itself, with whatever exit code.
    pub fn expect_any_end(&mut self, hint: &Hint) -> CheckResult {
        self.expect_exit(|_| true, "it ends by itself", hint, About::End)
    }

    /// The program must end by itself with this code, and report on stderr why.
    pub fn expect_error(&mut self, code: i32, hint: &Hint) -> CheckResult {
        let expected = format!("it ends by itself, with exit code {code}");
        self.expect_exit(|came| came == code, &expected, hint, About::Error)?;
        let has_reported = !self.subject.stderr().trim().is_empty();
        self.expect("its stderr says why", has_reported, "nothing on its stderr", hint)
    }

    fn expect_exit(
        &mut self,
        good: impl Fn(i32) -> bool,
        expected: &str,
        hint: &Hint,
        about: About,
    ) -> CheckResult {
        let came = match self.subject.wait_for_end(&self.deadline()) {
            Some(Exit::Code(code)) if good(code) => {
                self.saw(format!("the program ended, exit code {code}"));
                return Ok(());
            }
            Some(exit) => format!("it ended: {exit}"),
            None => format!("after {} it is still running", self.seconds()),
        };
        let action = format!("waited for the program's end, for up to {}", self.seconds());
        Err(self.explain(action, Mismatch::words(expected, came), hint, about))
    }

    /// The program must be running.
    pub fn expect_running(&mut self, hint: &Hint) -> CheckResult {
        let is_running = !self.subject.has_ended();
        self.expect("the program is still running", is_running, "it has ended", hint)
    }

    /// Two addresses must be the same.
    pub fn expect_address(
        &mut self,
        what: &str,
        expected: SocketAddr,
        came: SocketAddr,
        hint: &Hint,
    ) -> CheckResult {
        let what = format!("{what} is {expected}");
        self.expect(&what, came == expected, &came.to_string(), hint)
    }

    /// Something must be so.
    pub fn expect(&mut self, what: &str, is_so: bool, came: &str, hint: &Hint) -> CheckResult {
        if is_so {
            self.saw(format!("saw that {what}"));
            return Ok(());
        }
        Err(self.trouble(format!("checked that {what}"), Mismatch::words(what, came), hint))
    }

    /// Does something in which only a running program can take part. How far it comes with one that is just ending depends
    /// on chance, so of that one only its end is reported.
    pub fn while_it_runs<T>(
        &mut self,
        action: &str,
        act: impl FnOnce(&mut Self) -> CheckResult<T>,
    ) -> CheckResult<T> {
        let before = self.log.length();
        act(self).map_err(|mut trouble| {
            if trouble.has_ended {
                self.log.truncate(before);
                trouble.action = action.to_owned();
                let printed = on_stdout(&self.subject.stdout());
                let came = format!("the program has ended; on its stdout is:\n{printed}");
                trouble.mismatch = Mismatch::words("the program takes part", came);
            }
            trouble
        })
    }
}

// What failed.
impl Story<'_> {
    /// The action failed: gathers all that is known about the program.
    pub fn trouble(
        &mut self,
        action: impl Into<String>,
        mismatch: Mismatch,
        hint: &Hint,
    ) -> Box<Trouble> {
        self.explain(action.into(), mismatch, hint, About::Other)
    }

    fn explain(
        &mut self,
        action: String,
        mismatch: Mismatch,
        hint: &Hint,
        about: About,
    ) -> Box<Trouble> {
        let mut program = self.subject.state_lines();
        let has_ended = self.subject.has_ended();
        let mut wanted = None;
        if let About::Text(text) = about {
            wanted = Some(text);
            program.splice(1..1, self.subject.network_line(self.log.connection()));
        }
        let typed = self.log.typed();
        let has_read_nothing = typed > 0 && self.subject.unread_input() == typed;
        let mut evidence = self.subject.evidence(self.step, wanted);
        evidence.should_end |= matches!(about, About::End | About::Error);
        evidence.should_fail = matches!(about, About::Error);
        if let Mismatch::Bytes { expected, came } = &mismatch {
            evidence.bytes = Some((expected, came));
        }
        evidence.was_typed = typed > 0;
        evidence.has_read_nothing = has_read_nothing && !matches!(about, About::Text(_));
        let why = cause::likely(&evidence, hint);
        Box::new(Trouble {
            action,
            mismatch,
            program,
            why,
            section: hint.section,
            has_ended,
            not_started: false,
        })
    }
}
