//! A student's program: where its file lies, what is wrong with it before it is even started, and what it is started with.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::outcome;
use crate::program::Launch;

/// The program as it can be started in any folder: its path, and those of its arguments that name files.
pub fn found(words: &[OsString]) -> outcome::Result<Vec<OsString>> {
    let here = env::current_dir().map_err(|error| format!("the current folder: {error}"))?;
    found_in(&here, words)
}

/// The same for a command that was typed in this folder.
pub fn found_in(here: &Path, words: &[OsString]) -> outcome::Result<Vec<OsString>> {
    let name = &words[0];
    let path = Path::new(name);
    let program = if path.is_absolute() || path.components().count() > 1 {
        let path = here.join(path.strip_prefix(".").unwrap_or(path));
        [path.clone(), with_suffix(&path)].into_iter().find(|path| path.exists())
    } else {
        on_search_path(name)
    };
    let Some(program) = program else {
        let advice = if here.join(path).is_file() {
            format!("it is in this folder: write ./{}", path.display())
        } else {
            "look at its name and path, and build it first if it must be built".to_owned()
        };
        return Err(format!("there is no program {}; {advice}", path.display()).into());
    };
    check_executable(&program, path)?;
    check_script(&words[1..], here)?;
    let rest = words[1..].iter().map(|word| absolute(word, here));
    Ok(std::iter::once(program.into_os_string()).chain(rest).collect())
}

/// A setting of the person who starts the program must not change what it does, or prints.
pub fn with_settings(launch: Launch) -> Launch {
    let launch = launch.without_env("SOCKET_ENCODING").env("PYTHONIOENCODING", "utf-8");
    // stdbuf's library is loaded before AddressSanitizer's, which would refuse to run.
    launch.without_env("RUST_BACKTRACE").env("ASAN_OPTIONS", "verify_asan_link_order=0")
}

/// A word of a command line; the path, if it is the name of a file in this folder.
fn absolute(word: &OsString, folder: &Path) -> OsString {
    let path = folder.join(word);
    let is_option = word.to_string_lossy().starts_with('-');
    if path.exists() && !is_option { path.into_os_string() } else { word.clone() }
}

/// `python3 no.py`: the interpreter is there, and what it is to run is not. That is a missing submission, not a bad one.
fn check_script(args: &[OsString], here: &Path) -> outcome::Result<()> {
    const ENDINGS: [&str; 9] = ["py", "js", "mjs", "ts", "rb", "pl", "sh", "php", "jar"];
    let is_option = |word: &&OsString| word.to_string_lossy().starts_with('-');
    let Some(first) = args.iter().find(|word| !is_option(word)) else { return Ok(()) };
    let script = Path::new(first);
    let is_name = !first.to_string_lossy().contains(char::is_whitespace); // not the code after -c
    let ending = script.extension().and_then(|ending| ending.to_str());
    if is_name
        && ending.is_some_and(|ending| ENDINGS.contains(&ending))
        && !here.join(script).exists()
    {
        let script = script.display();
        return Err(format!("there is no file {script}; look at its name and path").into());
    }
    Ok(())
}

/// The command before a program in C that makes it flush at each line; Python gets a variable instead.
pub fn line_by_line() -> Vec<OsString> {
    let stdbuf = on_search_path(&"stdbuf".into());
    stdbuf.map(|stdbuf| vec![stdbuf.into_os_string(), "-oL".into()]).unwrap_or_default()
}

/// The program with this name in one of the folders of `PATH`.
pub fn on_search_path(name: &OsString) -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    let names = [name.into(), with_suffix(name.as_ref())];
    env::split_paths(&folders)
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)).collect::<Vec<_>>())
        .find(|path| path.is_file())
}

/// Windows' `.exe` need not be typed.
fn with_suffix(program: &Path) -> PathBuf {
    let mut name = program.as_os_str().to_owned();
    name.push(env::consts::EXE_SUFFIX);
    name.into()
}

fn check_executable(program: &Path, as_typed: &Path) -> outcome::Result<()> {
    let shown = as_typed.display();
    if program.is_dir() {
        return Err(format!("{shown} is a folder, not a program").into());
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = program.metadata().map_or(0, |metadata| metadata.permissions().mode());
        if mode & 0o111 == 0 {
            let advice = match program.extension().and_then(|extension| extension.to_str()) {
                Some("py") => format!("python3 {shown}"),
                Some("js") => format!("node {shown}"),
                Some("sh") => format!("sh {shown}"),
                Some("java") => format!("java {shown}"),
                Some("c" | "cpp" | "rs" | "go") => {
                    "the program that the compiler makes of it".to_owned()
                }
                _ => format!("the command that runs it, or make it executable: chmod +x {shown}"),
            };
            return Err(format!("{shown} is not executable; give {advice}").into());
        }
    }
    Ok(())
}
