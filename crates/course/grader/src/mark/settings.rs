//! `mark.toml`: what an instructor says about the submissions, where the defaults don't fit.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use testkit::limits::Limits;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What a submission may use at a time.
const LIMITS: Limits = Limits { processes: 64, memory: 1 << 30, written: 512 << 20 };

/// How long a build may take. Go compiles its whole library for each submission.
const BUILD: Duration = Duration::from_secs(120);

/// How a program is built and run that begins in a file of this name.
#[derive(Debug, PartialEq, Eq)]
pub struct Given {
    /// The file.
    pub file: String,
    /// A command of the shell.
    pub build: Option<String>,
    /// The words of a command.
    pub run: String,
}

/// The settings of a run.
#[derive(Debug)]
pub struct Settings {
    /// Programs that the defaults don't know.
    pub programs: Vec<Given>,
    /// Of a submission's name the one that the marks have.
    pub names: BTreeMap<String, String>,
    /// What a program may use.
    pub limits: Limits,
    /// How long a build may take.
    pub build: Duration,
    /// The file's text: with another one a submission is marked again.
    pub text: String,
}

impl Default for Settings {
    fn default() -> Settings {
        let (programs, names) = (Vec::new(), BTreeMap::new());
        Settings { programs, names, limits: LIMITS, build: BUILD, text: String::new() }
    }
}

impl Settings {
    /// Reads a file. The error names the line.
    pub fn read(path: &Path) -> Result<Settings, String> {
        let shown = path.display();
        let text =
            fs::read_to_string(path).map_err(|error| format!("can't read {shown}: {error}"))?;
        Settings::parse(&text).map_err(|why| format!("{shown}: {why}"))
    }

    fn parse(text: &str) -> Result<Settings, String> {
        let mut settings = Settings { text: text.to_owned(), ..Settings::default() };
        let parsed = DeTable::parse(text).map_err(|error| error.to_string())?;
        for (key, value) in parsed.get_ref() {
            let name = key.get_ref().as_ref();
            let table = table(name, value)?;
            for (key, value) in table {
                let key = key.get_ref().as_ref();
                match name {
                    "programs" => settings.programs.push(given(key, value)?),
                    "names" => {
                        settings.names.insert(key.to_owned(), string(key, value)?);
                    }
                    "limits" => settings.limit(key, number(key, value)?)?,
                    _ => return Err(format!("there is no [{name}]; {KNOWN}")),
                }
            }
        }
        Ok(settings)
    }

    fn limit(&mut self, name: &str, number: u32) -> Result<(), String> {
        match name {
            "processes" => self.limits.processes = number as usize,
            "memory-mib" => self.limits.memory = u64::from(number) << 20,
            "written-mib" => self.limits.written = u64::from(number) << 20,
            "build-seconds" => self.build = Duration::from_secs(number.into()),
            _ => return Err(format!("[limits] has no {name}; {KNOWN}")),
        }
        Ok(())
    }
}

const KNOWN: &str = "it may have [programs.\"FILE\"] with run and build, [names], and [limits] with processes, memory-mib, \
                     written-mib and build-seconds";

type Value<'a> = Spanned<DeValue<'a>>;

fn table<'a, 'b>(name: &str, value: &'b Value<'a>) -> Result<&'b DeTable<'a>, String> {
    value.get_ref().as_table().ok_or_else(|| format!("`{name}` must be a table; {KNOWN}"))
}

fn string(name: &str, value: &Value) -> Result<String, String> {
    let text = value.get_ref().as_str().map(str::to_owned);
    text.ok_or_else(|| format!("`{name}` must be a text in quotation marks"))
}

fn number(name: &str, value: &Value) -> Result<u32, String> {
    let digits = value.get_ref().as_integer().filter(|number| number.radix() == 10);
    let number =
        digits.and_then(|number| number.as_str().parse().ok()).filter(|&number| number > 0);
    number.ok_or_else(|| format!("`{name}` must be a number from 1 on"))
}

/// A row of `[programs]`.
fn given(file: &str, value: &Value) -> Result<Given, String> {
    let mut given = Given { file: file.to_owned(), build: None, run: String::new() };
    for (key, value) in table(file, value)? {
        match key.get_ref().as_ref() {
            "run" => given.run = string("run", value)?,
            "build" => given.build = Some(string("build", value)?),
            other => return Err(format!("[programs.\"{file}\"] has no {other}; {KNOWN}")),
        }
    }
    if given.run.trim().is_empty() {
        return Err(format!("[programs.\"{file}\"] needs run = \"COMMAND\""));
    }
    Ok(given)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read() {
        let text = "[programs.'main.kt']\nbuild = 'kotlinc main.kt'\nrun = 'java -jar main.jar'\n\
                    [names]\n20231 = '学生'\n[limits]\nprocesses = 8\nmemory-mib = 2\n";
        let settings = Settings::parse(text).unwrap();
        assert_eq!(settings.names["20231"], "学生");
        assert_eq!((settings.limits.processes, settings.limits.memory), (8, 2 << 20));
        assert_eq!(settings.programs[0].build.as_deref(), Some("kotlinc main.kt"));
        assert_eq!(settings.programs[0].run, "java -jar main.jar");
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, says) in [
            ("[limits]\nprocesses = 0", "`processes` must be a number from 1 on"),
            ("[limits]\nspeed = 1", "[limits] has no speed"),
            ("[name]\na = 'b'", "there is no [name]"),
            ("names = 1", "`names` must be a table"),
            ("[programs.\"a.py\"]\nbuild = 'x'", "needs run"),
            ("[names", "line 1"),
        ] {
            let why = Settings::parse(text).unwrap_err();
            assert!(why.contains(says), "{text}: {why}");
        }
    }
}
