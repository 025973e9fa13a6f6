//! `cargo course new STEP DIR`: a program of the student's own to begin with, in which nothing is solved.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use common::here::here;
use common::text::clean;
use grader::edition::Edition;

use crate::chinese;
use crate::starter::{Language, Starter, about, must_do, says};

const README: &str = include_str!("../starter/README.md.in");
const README_IN_CHINESE: &str = include_str!("../starter/README.zh-CN.md.in");

/// Makes the starter in a folder that is not there yet, or empty. The error is for the student.
pub fn make(
    step: &str,
    language: &'static Language,
    edition: Edition,
    folder: &Path,
) -> Result<(), String> {
    let starter = Starter::new(step, language);
    prepare(folder)?;
    write_new(folder, "README.md", &here(&readme(step, language, edition, folder)))?;
    for (name, text) in starter.files(edition) {
        write_new(folder, &name, &text)?;
    }
    Ok(())
}

/// Says what was made, and what to do next.
pub fn explain(
    out: &mut dyn Write,
    step: &str,
    language: &'static Language,
    folder: &Path,
) -> io::Result<()> {
    let starter = Starter::new(step, language);
    let made = clean(&folder.display().to_string());
    writeln!(out, "made {made}: your own {step} in {}, with nothing solved yet", language.shown)?;
    writeln!(
        out,
        "  README.md says what it must do; {} has the steps as TODO comments\n",
        starter.source()
    )?;
    let (build, program) = starter.commands(folder);
    if build.is_empty() {
        writeln!(out, "see what is still missing:")?;
    } else {
        writeln!(out, "build it, and see what is still missing:")?;
        writeln!(out, "  {}", clean(&build))?;
    }
    writeln!(out, "  {} -- {}", here(&format!("cargo course check {step}")), clean(&program))?;
    writeln!(out, "\nor again whenever you save it, with the first failure only:")?;
    writeln!(out, "  {}", clean(&here(&starter.watched(folder))))
}

/// The folder must be there afterwards, and empty.
fn prepare(folder: &Path) -> Result<(), String> {
    let shown = folder.display();
    if belongs_to_the_course(folder) {
        let advice = "choose one outside, for example next to the course's own";
        return Err(format!("{shown}: the folder `crates` is the course's; {advice}"));
    }
    if folder.ancestors().any(|path| path.exists() && !path.is_dir()) {
        return Err(format!(
            "{shown} is a file, or lies below one; name a folder that is not there yet"
        ));
    }
    match fs::read_dir(folder).map(Iterator::count) {
        Ok(1..) => {
            let advice = "nothing was written; name a folder that is not there yet";
            Err(format!("{shown} is not empty; {advice}"))
        }
        Ok(0) => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            fs::create_dir_all(folder).map_err(|error| format!("can't make {shown}: {error}"))
        }
        Err(error) => Err(format!("can't look into {shown}: {error}")),
    }
}

/// Every folder in the course's `crates` must be a part of its workspace; any other one would break its build.
fn belongs_to_the_course(folder: &Path) -> bool {
    let Some(crates) = absolute(folder).parent().map(Path::to_owned) else { return false };
    crates.ends_with("crates") && crates.with_file_name("Cargo.toml").is_file()
}

/// The folder's path with nothing relative in it, even if it is not there yet.
fn absolute(folder: &Path) -> PathBuf {
    let mut missing = Vec::new();
    let mut there = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    loop {
        if let Ok(found) = there.canonicalize() {
            return missing.iter().rev().fold(found, |path, name| path.join(name));
        }
        match (there.file_name(), there.parent()) {
            (Some(name), Some(parent)) => {
                missing.push(name.to_owned());
                there = parent.to_owned();
            }
            _ => return folder.to_owned(),
        }
    }
}

/// Writes a new file; an existing one stays as it is.
fn write_new(folder: &Path, name: &str, text: &str) -> Result<(), String> {
    let path = folder.join(name);
    let parent = path.parent().unwrap_or(folder);
    fs::create_dir_all(parent)
        .and_then(|()| File::create_new(&path)?.write_all(text.as_bytes()))
        .map_err(|error| format!("can't write {}: {error}", path.display()))
}

fn readme(step: &str, language: &'static Language, edition: Edition, folder: &Path) -> String {
    let about = about(step);
    let (template, title, teaches) = match edition {
        Edition::English => (README, about.title.to_owned(), about.teaches.to_owned()),
        Edition::Chinese => {
            let (title, teaches) =
                (chinese::sentence(about.title), chinese::sentence(about.teaches));
            (README_IN_CHINESE, title, teaches)
        }
    };
    let starter = Starter::new(step, language);
    let (build, program) = starter.commands(folder);
    let mut run = starter.runs(&program, edition);
    let mut check = vec![format!("cargo course check {step} -- {program}")];
    if !build.is_empty() {
        run.insert(0, format!("- {}`{build}`", says("Build it first", edition)));
        check.insert(0, build);
    }
    template
        .replace("{task}", must_do(step, edition).trim_end())
        .replace("{run}", &run.join("\n"))
        .replace("{check}", &check.join("\n"))
        .replace("{watch}", &starter.watched(folder))
        .replace("{program}", &program)
        .replace("{source}", &starter.source())
        .replace("{Language}", language.shown)
        .replace("{title}", &title)
        .replace("{teaches}", &teaches)
        .replace("{lesson}", &edition.page(about.lesson))
        .replace("{step}", step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::starter::LANGUAGES;
    use grader::check;
    use grader::words;
    use std::collections::BTreeSet;

    fn make_it(folder: &Path) -> Result<(), String> {
        make("udp-send", &LANGUAGES[0], Edition::English, folder)
    }

    #[test]
    fn every_step_has_a_starter_in_every_language_whose_texts_are_filled_in() {
        let holes = ["step", "step_", "Step", "sTep", "port", "exe", "dir", "module", "modules"];
        let more = ["task", "run", "check", "program", "source", "Language", "title", "teaches"];
        let lists = ["lesson", "summary", "print", "lines", "main", "functions", "todo", "connect"];
        for (step, language, edition) in all() {
            let folder = tempfile::tempdir().unwrap();
            make(step, language, edition, folder.path()).unwrap();
            let source = Starter::new(step, language).source();
            for name in ["README.md", &source] {
                let text = fs::read_to_string(folder.path().join(name)).unwrap();
                for hole in [&holes[..], &more, &lists, &["serve", "get"]].concat() {
                    let hole = format!("{{{hole}}}");
                    assert!(!text.contains(&hole), "{step} {}: {hole} in {name}", language.name);
                }
                assert!(text.contains(step), "{text}");
            }
        }
    }

    fn all() -> impl Iterator<Item = (&'static str, &'static Language, Edition)> {
        let languages = || LANGUAGES.iter().flat_map(|language| EDITIONS.map(|it| (language, it)));
        check::all().flat_map(move |step| {
            languages().map(|(language, edition)| (step.name, language, edition))
        })
    }

    const EDITIONS: [Edition; 2] = [Edition::English, Edition::Chinese];

    /// Two words of prose, one after the other: no code, and no list of names.
    fn is_sentence(text: &str) -> bool {
        let words: Vec<&str> = text.split(' ').collect();
        let is_word =
            |word: &str| word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_lowercase());
        words.windows(2).any(|two| {
            is_word(two[0]) && is_word(two[1].trim_end_matches(['.', ',', ';', ':', '?']))
        })
    }

    /// A line that is a comment, or in the text at the head of a Python program.
    fn is_comment(line: &str) -> bool {
        let marks = ["//", "/*", "* ", "# ", "\"\"\""];
        let bare = line.trim_start();
        marks.iter().any(|mark| bare.starts_with(mark))
            || line.starts_with(|first: char| first.is_ascii_uppercase())
    }

    #[test]
    fn what_a_starter_says_is_translated() {
        let mut said = BTreeSet::new();
        for (step, language, _) in all() {
            let about = about(step);
            said.extend([
                about.title.to_owned(),
                about.teaches.to_owned(),
                "Build it first".into(),
            ]);
            let starter = Starter::new(step, language);
            let ways = starter.runs("", Edition::English).into_iter();
            said.extend(ways.map(|way| way[2..].split_once(": `").unwrap().0.to_owned()));
            let text = starter.files(Edition::English).pop().unwrap().1;
            let comments = text.lines().filter(|line| is_comment(line));
            said.extend(comments.map(|line| chinese::comment(line).1.to_owned()));
        }
        let translated = |text: &str| chinese::sentence(text) != text;
        let lacking: Vec<_> =
            said.iter().filter(|text| is_sentence(text) && !translated(text)).collect();
        assert!(lacking.is_empty(), "starter/zh-CN.txt lacks: {lacking:#?}");
        for (sentence, _) in chinese::PAIRS.iter() {
            let used = said.iter().any(|text| chinese::filled(sentence, text).is_some());
            assert!(used, "starter/zh-CN.txt: no starter says this: {sentence}");
        }
    }

    #[test]
    fn a_task_has_as_many_parts_in_chinese() {
        for step in check::all() {
            let parts = |edition| must_do(step.name, edition).matches("\n- ").count();
            assert_eq!(parts(Edition::English), parts(Edition::Chinese), "{}", step.name);
        }
    }

    #[test]
    fn no_starter_names_a_call_that_its_language_lacks() {
        for (step, language, edition) in all() {
            let own = words::Language::named(language.name).unwrap();
            for (name, text) in Starter::new(step, language).files(edition) {
                assert_eq!(words::foreign(&text, own), None, "{} {name}", step);
            }
        }
    }

    #[test]
    fn a_starters_lines_fit_into_a_window() {
        for (step, language, edition) in all() {
            for (name, text) in Starter::new(step, language).files(edition) {
                for line in text.lines() {
                    assert!(line.chars().count() <= 120, "{} {name}: {line}", step);
                    assert_eq!(line.trim_end(), line, "{} {name}: a space at the end", step);
                }
            }
        }
    }

    #[test]
    fn nothing_is_ever_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let mine = folder.path().join("mine.txt");
        fs::write(&mine, "mine").unwrap();
        let error = make_it(folder.path()).unwrap_err();
        assert!(error.contains("is not empty; nothing was written"), "{error}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        let error = make_it(&mine).unwrap_err();
        assert!(error.contains("is a file"), "{error}");
        assert!(make_it(&mine.join("below")).unwrap_err().contains("is a file"));
        assert_eq!(fs::read_to_string(&mine).unwrap(), "mine");
    }

    #[test]
    fn the_workspace_of_the_course_is_left_alone() {
        let course = tempfile::tempdir().unwrap();
        fs::write(course.path().join("Cargo.toml"), "").unwrap();
        let error = make_it(&course.path().join("crates/mine")).unwrap_err();
        assert!(error.contains("`crates` is the course's"), "{error}");
        assert!(!course.path().join("crates").exists());
        make_it(&course.path().join("solutions/mine")).unwrap();
    }
}
