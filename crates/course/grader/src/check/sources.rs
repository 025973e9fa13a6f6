//! The sources that a program is made of: where they are, and when one of them has changed.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

use testkit::running;

const ENDINGS: [&str; 16] = [
    "c", "cc", "cpp", "cs", "go", "h", "hpp", "java", "js", "kt", "mjs", "py", "rb", "rs", "sh",
    "ts",
];

/// Folders for what is made of sources: these lie further up.
const MADE: [&str; 8] =
    ["bin", "build", "classes", "debug", "node_modules", "out", "release", "target"];

/// How far below the program's folder a source may be: `src/bin/main.rs`.
const DEPTH: usize = 3;

const PAUSE: Duration = Duration::from_millis(200);

/// The time of its last change, and its size, of each file.
type Seen = BTreeMap<PathBuf, (Option<SystemTime>, u64)>;

/// The sources of one program.
pub struct Sources {
    /// Where they are.
    pub folder: PathBuf,
    /// The program itself, if somebody else builds it.
    program: Option<PathBuf>,
    seen: Seen,
}

impl Sources {
    /// Those beside the file or folder that a command line names, as `my_server.py`, `target/debug/server` or `classes`. The
    /// last one wins: before it stand interpreters and options.
    pub fn beside(words: &[OsString], with_program: bool) -> Option<Sources> {
        let here = env::current_dir().ok()?;
        let named = words.iter().rev().filter(|word| !word.to_string_lossy().starts_with('-'));
        let mut named = named.map(Path::new).map(|word| (word, here.join(word)));
        named.find_map(|(word, path)| {
            // A program with a path may not be built yet.
            (path.exists() || word.components().count() > 1).then_some(())?;
            let folder = if path.is_dir() { path.as_path() } else { path.parent()? };
            let folder = folder.ancestors().find(|folder| !is_made(folder))?.to_owned();
            let program = with_program.then_some(path);
            let sources = Sources { folder, program, seen: Seen::new() };
            sources.look().keys().any(|file| is_source(file)).then_some(sources)
        })
    }

    /// Their paths.
    pub fn files(&self) -> Vec<PathBuf> {
        self.look().into_keys().collect()
    }

    /// From now on a change is one against what is there now.
    pub fn remember(&mut self) {
        self.seen = self.look();
    }

    /// Waits for a change, until what is there stays the same: an editor may write several files. False: the tool is to end.
    pub fn wait(&self) -> bool {
        let mut before = self.look();
        loop {
            thread::sleep(PAUSE);
            if running::all_ended() {
                return false;
            }
            let now = self.look();
            if now != self.seen && now == before {
                return true;
            }
            before = now;
        }
    }

    fn look(&self) -> Seen {
        let mut seen = Seen::new();
        collect(&self.folder, DEPTH, &mut seen);
        if let Some(program) = &self.program {
            add(program, &mut seen);
        }
        seen
    }
}

fn is_made(folder: &Path) -> bool {
    folder.file_name().is_some_and(|name| MADE.iter().any(|made| name == *made))
}

fn is_source(file: &Path) -> bool {
    let ending = file.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| ENDINGS.contains(&ending))
}

fn collect(folder: &Path, depth: usize, seen: &mut Seen) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        let is_hidden =
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if is_source(&path) {
            add(&path, seen);
        } else if depth > 1 && !is_hidden && !is_made(&path) && path.is_dir() {
            collect(&path, depth - 1, seen);
        }
    }
}

/// A file that has just gone is a change too: it is missing.
fn add(file: &Path, seen: &mut Seen) {
    if let Ok(metadata) = fs::metadata(file) {
        seen.insert(file.to_owned(), (metadata.modified().ok(), metadata.len()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sources_lie_where_the_program_lies_or_above_what_was_made_of_them() {
        let folder = tempfile::tempdir().unwrap();
        let mine = folder.path().join("我的 work");
        fs::create_dir_all(mine.join("src")).unwrap();
        fs::create_dir_all(mine.join("classes")).unwrap();
        fs::write(mine.join("src/main.rs"), "").unwrap();
        let found = |words: &[&str]| {
            let words: Vec<OsString> = words
                .iter()
                .map(|word| word.replace("MINE", &mine.display().to_string()).into())
                .collect();
            Some(Sources::beside(&words, false)?.folder)
        };
        for words in [
            &["MINE/target/debug/server"][..], // not built yet
            &["MINE/server"],
            &["java", "-cp", "MINE/classes", "Server"],
            &["/usr/bin/env", "python3", "MINE/server.py", "serve"],
        ] {
            assert_eq!(found(words).as_ref(), Some(&mine), "{words:?}");
        }
        assert_eq!(found(&["MINE/src/main.rs"]), Some(mine.join("src")));
        assert_eq!(found(&["true"]), None);
        assert_eq!(found(&["MINE/classes/target/server"]), Some(mine.clone()));
    }

    #[test]
    fn a_change_is_another_time_size_or_file() {
        let folder = tempfile::tempdir().unwrap();
        let (source, program) = (folder.path().join("a.py"), folder.path().join("program"));
        fs::write(&source, "1").unwrap();
        let words = [program.clone().into_os_string()];
        let mut sources = Sources::beside(&words, true).unwrap();
        for (file, text) in
            [(&source, "22"), (&program, "built"), (&folder.path().join("b.py"), "")]
        {
            sources.remember();
            fs::write(file, text).unwrap();
            assert!(sources.look() != sources.seen, "{}", file.display());
            assert!(sources.wait());
        }
        sources.remember();
        fs::write(folder.path().join("notes.txt"), "").unwrap();
        assert!(sources.look() == sources.seen);
    }
}
