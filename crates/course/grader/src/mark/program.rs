//! Which file of a submission is the program, and how it is built and started.

use std::env::consts::EXE_SUFFIX;
use std::fs;
use std::path::{Path, PathBuf};

use testkit::python;
use testkit::shell::quoted;

use super::settings::Settings;

/// A program begins in a file of one of these names, in this order.
const BEGINNINGS: [&str; 6] =
    ["Cargo.toml", "go.mod", "Makefile", "makefile", "package.json", "main."];

/// Files that are programs, or that a program is made of.
const ENDINGS: [&str; 8] = ["py", "js", "mjs", "rs", "c", "go", "java", "sh"];

/// How a program is made and started.
#[derive(Debug, PartialEq, Eq)]
pub struct Plan {
    /// A command of the shell; empty: nothing is built.
    pub build: String,
    /// What is started then.
    pub run: Run,
}

/// What is started.
#[derive(Debug, PartialEq, Eq)]
pub enum Run {
    /// These words.
    Words(Vec<String>),
    /// What the build has made in this folder; which file that is, is known then.
    MadeIn(String),
}

impl Run {
    /// The words of the command, in a folder in which the program was built.
    pub fn words(self, folder: &Path, step: &str) -> Result<Vec<String>, String> {
        let made_in = match self {
            Run::Words(words) => return Ok(words),
            Run::MadeIn(made_in) => made_in,
        };
        let mut made = files(&folder.join(&made_in));
        made.retain(|name| is_executable(&folder.join(&made_in).join(name)));
        if made.len() > 1 {
            made.retain(|name| [step, "main"].contains(&name.trim_end_matches(EXE_SUFFIX)));
        }
        match &made[..] {
            [one] => Ok(vec![format!("./{made_in}/{one}")]),
            _ => Err(format!("the build made no program, or several; call it {step} or main")),
        }
    }
}

/// The file in which a program begins, if its name alone says that.
pub fn beginning(folder: &Path, settings: &Settings) -> Option<String> {
    let files = files(folder);
    let given = settings.programs.iter().map(|program| program.file.as_str());
    let mut names = given.chain(BEGINNINGS);
    names.find_map(|name| {
        let is_it = |file: &&String| {
            **file == name
                || name == "main." && is_source(file) && stem(file).eq_ignore_ascii_case("main")
        };
        files.iter().find(is_it).cloned()
    })
}

/// How the program in this folder is built and started.
pub fn plan(folder: &Path, step: &str, settings: &Settings) -> Result<Plan, String> {
    if let Some(file) = beginning(folder, settings) {
        return plan_of(folder, &file, settings);
    }
    let mut files = files(folder);
    files.retain(|file| is_source(file) || is_executable(&folder.join(file)));
    if files.len() > 1 {
        let step = step.replace('-', "");
        files.retain(|file| stem(file).replace(['-', '_'], "").eq_ignore_ascii_case(&step));
    }
    match &files[..] {
        [file] => plan_of(folder, file, settings),
        _ => Err(format!(
            "no file in it is the program: call it main.py, Main.java, …, or {}, or name it in mark.toml",
            step.replace('-', "_")
        )),
    }
}

/// The folder with the program: the submission's own, or, as an unpacked archive has it, the only one in it.
pub fn folder_of(submission: &Path, settings: &Settings) -> PathBuf {
    let entries = fs::read_dir(submission).into_iter().flatten().flatten();
    let entries: Vec<PathBuf> = entries
        .filter(|entry| !entry.file_name().to_string_lossy().starts_with(['.', '_']))
        .map(|entry| entry.path())
        .collect();
    match &entries[..] {
        [only] if only.is_dir() => folder_of(only, settings),
        _ if submission.join("src").is_dir()
            && files(submission).iter().all(|file| !is_source(file))
            && beginning(submission, settings).is_none() =>
        {
            submission.join("src")
        }
        _ => submission.to_owned(),
    }
}

fn plan_of(folder: &Path, file: &str, settings: &Settings) -> Result<Plan, String> {
    if let Some(given) = settings.programs.iter().find(|program| program.file == file) {
        let words = given.run.split_whitespace().map(str::to_owned).collect();
        return Ok(Plan { build: given.build.clone().unwrap_or_default(), run: Run::Words(words) });
    }
    let words = |words: &[&str]| Run::Words(words.iter().map(|&word| word.to_owned()).collect());
    let shell = quoted(file);
    let python = python::NAME;
    // Its name may begin with a dash.
    let path = format!("./{file}");
    let made = format!("program{EXE_SUFFIX}");
    let program = format!("./{made}");
    let (build, run) = match (file, extension(file)) {
        ("Cargo.toml", _) => (
            "cargo build --offline --quiet --target-dir target".to_owned(),
            Run::MadeIn("target/debug".into()),
        ),
        ("go.mod", _) => (format!("go build -o {made} ."), words(&[&program])),
        ("Makefile" | "makefile", _) => ("make".to_owned(), Run::MadeIn(".".into())),
        ("package.json", _) => (String::new(), words(&["node", &main_of_package(folder)])),
        // What can't be compiled has no grade, in any language.
        (_, "py") => (format!("{python} -m py_compile ./{shell}"), words(&[python, &path])),
        (_, "js" | "mjs") => (format!("node --check ./{shell}"), words(&["node", &path])),
        (_, "sh") => (format!("bash -n ./{shell}"), words(&["bash", &path])),
        (_, "rs") => (format!("rustc --edition=2024 -o {made} ./{shell}"), words(&[&program])),
        (_, "c") => (format!("cc -g -pthread -o {made} ./*.c -lm"), words(&[&program])),
        (_, "go") => (format!("go build -o {made} ./*.go"), words(&[&program])),
        (_, "java") => {
            let class = class_in(folder, file);
            (
                "javac -encoding UTF-8 -d classes ./*.java".to_owned(),
                words(&["java", "-cp", "classes", &class]),
            )
        }
        _ if is_executable(&folder.join(file)) => (String::new(), words(&[&path])),
        _ => return Err(format!("{file} is no source file and no executable")),
    };
    Ok(Plan { build, run })
}

/// The file that `"main": "…"` names in a package.json; node's own default is `index.js`.
fn main_of_package(folder: &Path) -> String {
    let text = fs::read_to_string(folder.join("package.json")).unwrap_or_default();
    let package: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let named = package["main"].as_str().map(str::to_owned);
    let usual = || ["main.js", "index.js"].iter().find(|name| folder.join(name).is_file());
    let file = named.or_else(|| usual().map(|&name| name.to_owned()));
    format!("./{}", file.unwrap_or_else(|| "index.js".to_owned()))
}

/// The class in a file of Java: its package and its name.
fn class_in(folder: &Path, file: &str) -> String {
    let text = fs::read_to_string(folder.join(file)).unwrap_or_default();
    let package =
        text.lines().find_map(|line| line.trim().strip_prefix("package ")?.split(';').next());
    match package {
        Some(package) => format!("{}.{}", package.trim(), stem(file)),
        None => stem(file).to_owned(),
    }
}

/// The files directly in a folder, in the order of their names.
fn files(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<String> = entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    files.sort();
    files
}

fn extension(file: &str) -> &str {
    file.rsplit_once('.').map_or("", |(_, extension)| extension)
}

fn stem(file: &str) -> &str {
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
}

fn is_source(file: &str) -> bool {
    ENDINGS.contains(&extension(file))
}

#[cfg(unix)]
fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata()
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "exe")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(files: &[(&str, &str)]) -> Result<Plan, String> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let settings = Settings::default();
        plan(&folder_of(folder.path(), &settings), "udp-send", &settings)
    }

    fn run(files: &[(&str, &str)]) -> Vec<String> {
        match of(files).unwrap().run {
            Run::Words(words) => words,
            Run::MadeIn(folder) => vec![folder],
        }
    }

    #[test]
    fn the_usual_files_need_no_settings() {
        assert_eq!(run(&[("main.py", ""), ("helper.py", "")]), [python::NAME, "./main.py"]);
        assert_eq!(run(&[("张三的 作业.py", "")]), [python::NAME, "./张三的 作业.py"]);
        assert_eq!(run(&[("Main.java", "package a.b;\n")]), ["java", "-cp", "classes", "a.b.Main"]);
        assert_eq!(run(&[("package.json", "{\"main\": \"x.js\"}")]), ["node", "./x.js"]);
        assert_eq!(run(&[("package.json", "broken"), ("main.js", "")]), ["node", "./main.js"]);
        assert_eq!(run(&[("Cargo.toml", ""), ("src/main.rs", "")]), ["target/debug"]);
        assert_eq!(run(&[("udp_send.c", ""), ("notes.c", "")]), [format!("./program{EXE_SUFFIX}")]);
        assert_eq!(run(&[("UdpSend.java", ""), ("Other.java", "")])[3], "UdpSend");
        assert_eq!(run(&[("work/inner/a.py", ""), ("__MACOSX/x", "")]), [python::NAME, "./a.py"]);
        assert_eq!(run(&[("src/Main.java", ""), ("README.md", "")])[3], "Main");
    }

    #[test]
    fn what_can_not_be_understood_gets_advice() {
        assert!(of(&[("a.py", ""), ("b.py", "")]).unwrap_err().contains("call it main.py"));
        assert!(of(&[("report.pdf", "")]).unwrap_err().contains("no file in it"));
    }
}
