//! Marks one submission: copies it into a folder of its own, builds it there, and has it checked.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::{fs, io};

use serde_json::{Map, Value, json};
use testkit::program::{Exit, Launch, Program};
use testkit::shell::{self, quoted};
use testkit::submission::{found_in, line_by_line};
use testkit::{namespace, python, running};

use super::marked::Marked;
use super::program::{self, Plan};
use super::settings::Settings;
use super::store::Store;
use super::submissions::Submission;
use crate::check::formats::{as_json, as_junit};
use crate::check::task::Repeats;
use crate::check::view::{Format, Hints, View, story_with};
use crate::check::{Step, Task, grade};
use crate::confine;

/// What is the same for all submissions of a run.
pub struct Work<'a> {
    /// The step.
    pub step: &'static Step,
    /// The instructor's settings.
    pub settings: &'a Settings,
    /// The results.
    pub store: &'a Store,
    /// All deadlines are longer by this factor.
    pub patience: f64,
    /// The extra checks are run too, and count.
    pub extra: bool,
    /// How many checks of one submission run at the same time.
    pub checks: usize,
}

/// Why a submission has no grade, and what its build said.
struct NoGrade {
    why: String,
    build: String,
}

impl From<String> for NoGrade {
    fn from(why: String) -> NoGrade {
        NoGrade { why, build: String::new() }
    }
}

impl Work<'_> {
    /// Marks a submission, unless an earlier run has done it. `None`: the tool was interrupted.
    pub fn mark(&self, submission: &Submission, folder: &Path) -> io::Result<Option<Marked>> {
        fs::create_dir(folder)?;
        let copied = submission.copy(folder);
        let key = self.key(copied.as_deref().unwrap_or_default(), &submission.student);
        if let Some(done) = self.store.load(&submission.name, &key) {
            let _ = fs::remove_dir_all(folder);
            return Ok(Some(done));
        }
        let result = match copied {
            Err(why) => Marked::without_grade(&why, ""),
            Ok(_) => self
                .graded(&submission.student, &program::folder_of(folder, self.settings))
                .unwrap_or_else(|no_grade| Marked::without_grade(&no_grade.why, &no_grade.build)),
        };
        // A program may have made its own folder unreadable; then the system's cleaning of /tmp must do.
        let _ = fs::remove_dir_all(folder);
        if running::all_ended() {
            return Ok(None); // what was seen is only that everything was ended
        }
        let mut marked = Marked(result);
        marked.0["submission"] = submission.name.clone().into();
        marked.0["student"] = submission.student.clone().into();
        marked.0["step"] = self.step.name.into();
        marked.0["key"] = key;
        self.store.keep(&marked)?;
        Ok(Some(marked))
    }

    /// With another one of these it is marked again.
    fn key(&self, content: &str, student: &str) -> Value {
        let Settings { programs, limits, build, .. } = self.settings;
        json!({
            "content": content,
            "student": student,
            "seed": self.store.seed.to_string(),
            "version": env!("CARGO_PKG_VERSION"),
            "patience": self.patience,
            "extra": self.extra,
            "settings": format!("{programs:?} {limits:?} {build:?}"),
        })
    }

    /// Builds the program in this folder, and has it checked.
    fn graded(&self, student: &str, folder: &Path) -> Result<Value, NoGrade> {
        let plan = program::plan(folder, self.step.name, self.settings)?;
        let temporary = folder.join(confine::TEMPORARY);
        fs::create_dir_all(&temporary).map_err(|error| format!("can't make a folder: {error}"))?;
        let build = self.build(&plan, folder)?;
        let words = plan.run.words(folder, self.step.name)?;
        let shown: Vec<String> =
            words.iter().map(|word| quoted(word.strip_prefix("./").unwrap_or(word))).collect();
        let words = python::without_script(words.into_iter().map(OsString::from).collect());
        let mut task =
            Task::new(found_in(folder, &words).map_err(|why| why.to_string())?, &shown.join(" "));
        task.line_by_line = line_by_line();
        task.confined = Some((folder.to_owned(), self.settings.limits));
        let checks = self.step.all_checks().filter(|check| self.extra || !check.extra);
        task.only = checks.map(|check| check.name.to_owned()).collect();
        task.seed = self.store.seed;
        task.patience = self.patience;
        task.at_once = self.checks;
        task.repeats = if self.extra { Repeats::All } else { Repeats::Core };
        self.checked(&task, student, folder, build)
    }

    fn checked(
        &self,
        task: &Task,
        student: &str,
        folder: &Path,
        build: String,
    ) -> Result<Value, NoGrade> {
        let graded = grade(self.step, task, &mut |_| Ok(()));
        let grade = graded.map_err(|error| format!("the grader could not go on: {error}"))?;
        if let Some(why) = grade.not_started() {
            return Err(NoGrade { why, build });
        }
        let view =
            View { format: Format::Json, extra: self.extra, stories: false, hints: Hints::Full };
        let failures = grade.verdicts.iter().filter(|verdict| verdict.trouble().is_some());
        let stories: Map<String, Value> = failures
            .map(|verdict| {
                let story = story_with(self.step, verdict, Hints::None);
                (verdict.check.name.to_owned(), story.into())
            })
            .collect();
        let named = Task::new(Vec::new(), student); // CI systems show whose tests these are
        let mut result = json!({
            "no_grade": null,
            "build": build,
            "grade": as_json(&grade, task, view),
            "stories": stories,
            "junit": as_junit(&grade, &named, view),
        });
        // The name of the copy's folder says nothing to anybody.
        without(&mut result, &format!("{}{}", folder.display(), std::path::MAIN_SEPARATOR));
        Ok(result)
    }

    /// Builds the program; returns what the compiler said.
    fn build(&self, plan: &Plan, folder: &Path) -> Result<String, NoGrade> {
        if plan.build.is_empty() {
            return Ok(String::new());
        }
        // A build may run whatever the student wrote: it has no network either.
        if namespace::has_own_networks() {
            let _ = namespace::own_network();
        }
        let mut words = confine::words(folder, &["RUSTUP_HOME", "RUSTUP_TOOLCHAIN"]);
        words.extend(shell::RUNS.map(OsString::from));
        words.push(plan.build.clone().into());
        let mut launch = Launch::new(&words[0]).args(&words[1..]).current_dir(folder).no_input();
        launch = launch.deadline(self.settings.build).limits(self.settings.limits);
        if let Some(home) = rustup_home() {
            launch = launch.env("RUSTUP_HOME", home);
        }
        let mut compiler = launch.start().map_err(|failure| failure.state)?;
        let ended = compiler.wait();
        let said = said(&compiler).replace(&folder.display().to_string(), "");
        match ended {
            _ if compiler.exceeded().is_some() => {
                let why = compiler.exceeded().unwrap_or_default();
                Err(NoGrade { why: format!("its build was ended: {why}"), build: said })
            }
            Ok(Exit::Code(0)) => Ok(said),
            Ok(_) => Err(NoGrade {
                why: format!("it could not be built: {}", first_error(&said)),
                build: said,
            }),
            Err(_) => {
                let seconds = self.settings.build.as_secs();
                Err(NoGrade { why: format!("its build took more than {seconds} s"), build: said })
            }
        }
    }
}

/// The toolchains of rustup lie in the home of the user, which a build does not have.
fn rustup_home() -> Option<PathBuf> {
    let home = || env::home_dir().map(|home| home.join(".rustup"));
    let folder = env::var_os("RUSTUP_HOME").map(PathBuf::from).or_else(home)?;
    folder.is_dir().then_some(folder)
}

/// The beginning of what a compiler said: its first error is there.
fn said(compiler: &Program) -> String {
    const LINES: usize = 40;
    let text = compiler.stdout_text() + &compiler.stderr_text();
    let lines: Vec<&str> = text.lines().take(LINES).collect();
    lines.join("\n")
}

/// The line that says what is wrong: the first with the word, or the last one of all.
fn first_error(said: &str) -> String {
    let mut lines = said.lines().filter(|line| !line.trim().is_empty());
    let is_error = |line: &&str| line.contains("error") || line.contains("Error");
    let line = lines.clone().find(is_error).or_else(|| lines.next_back());
    line.unwrap_or("the compiler says nothing").trim().to_owned()
}

/// Takes a path out of all texts.
fn without(value: &mut Value, path: &str) {
    match value {
        Value::String(text) => *text = text.replace(path, ""),
        Value::Array(values) => values.iter_mut().for_each(|value| without(value, path)),
        Value::Object(values) => values.values_mut().for_each(|value| without(value, path)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_failed_build_the_error_is_named() {
        let c = "main.c: In function 'main':\nmain.c:3:5: error: 'x' undeclared\n  3 | x\n";
        assert_eq!(first_error(c), "main.c:3:5: error: 'x' undeclared");
        assert_eq!(
            first_error("# command-line-arguments\n./a.go:5:2: undefined: x\n"),
            "./a.go:5:2: undefined: x"
        );
        assert_eq!(first_error(""), "the compiler says nothing");
    }
}
