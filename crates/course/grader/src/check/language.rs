//! The language that a program is written in: from its command line, from its first line, from the sources beside it, or from
//! what it has printed when it died.

use std::ffi::OsString;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::sources::Sources;
use crate::words::Language;

/// What the names of interpreters begin with, and how sources end.
const SIGNS: &[(Language, &[&str], &[&str])] = &[
    (Language::Python, &["python", "pypy"], &["py"]),
    (Language::Java, &["java"], &["java", "jar", "class"]),
    (Language::JavaScript, &["node", "deno", "bun"], &["js", "mjs", "cjs", "ts"]),
    (Language::Go, &["go"], &["go"]),
    (Language::Rust, &["cargo"], &["rs"]),
    (Language::C, &["tcc"], &["c", "h", "cc", "cpp", "hpp"]),
];

/// Words that stand on stderr when a program of this language dies.
const LAST_WORDS: &[(Language, &[&str])] = &[
    (Language::Python, &["Traceback (most recent call last)"]),
    (Language::Java, &["Exception in thread \"", "\tat java.base/"]),
    (Language::JavaScript, &["node:internal", "node:events", "Node.js v"]),
    (Language::Go, &["goroutine "]),
    (Language::Rust, &["panicked at "]),
];

/// The language of the program that this command line starts.
pub fn of_program(words: &[OsString]) -> Option<Language> {
    let of_word = |word: &OsString| of_name(Path::new(word));
    words.iter().find_map(of_word).or_else(|| of_script(words)).or_else(|| of_sources(words))
}

/// The language of the program that has printed this.
pub fn of_last_words(stderr: &str) -> Option<Language> {
    let has_said =
        |(_, signs): &&(Language, &[&str])| signs.iter().any(|sign| stderr.contains(sign));
    LAST_WORDS.iter().find(has_said).map(|(language, _)| *language)
}

/// `python3.11`, `/usr/bin/node` or `my_server.py`.
fn of_name(path: &Path) -> Option<Language> {
    if let Some(language) = of_ending(path) {
        return Some(language);
    }
    let name =
        path.file_stem()?.to_str()?.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    let is_one = |(_, names, _): &&(Language, &[&str], _)| names.contains(&name);
    SIGNS.iter().find(is_one).map(|(language, _, _)| *language)
}

fn of_ending(path: &Path) -> Option<Language> {
    let ending = path.extension()?.to_str()?;
    let has_it = |(_, _, endings): &&(Language, _, &[&str])| endings.contains(&ending);
    SIGNS.iter().find(has_it).map(|(language, _, _)| *language)
}

/// `#!/usr/bin/env python3`
fn of_script(words: &[OsString]) -> Option<Language> {
    let mut start = Vec::new();
    File::open(words.last()?).ok()?.take(100).read_to_end(&mut start).ok()?;
    let start = String::from_utf8_lossy(&start);
    let first = start.lines().next()?.strip_prefix("#!")?;
    first.split_whitespace().find_map(|word| of_name(Path::new(word)))
}

/// Of `server.c` beside `server`; or of all sources there, if they have one language.
fn of_sources(words: &[OsString]) -> Option<Language> {
    let files = Sources::beside(words, true)?.files();
    let name = Path::new(words.last()?).file_stem();
    if let Some(own) =
        files.iter().find(|file| file.file_stem() == name && of_ending(file).is_some())
    {
        return of_ending(own);
    }
    let mut languages = files.iter().filter_map(|file| of_ending(file));
    let first = languages.next()?;
    languages.all(|language| language == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn of(words: &[&str]) -> Option<Language> {
        of_program(&words.iter().map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn a_command_line_names_the_language() {
        assert_eq!(of(&["python3.11", "-u", "x"]), Some(Language::Python));
        assert_eq!(of(&["/usr/bin/env", "python3", "my_server.py"]), Some(Language::Python));
        assert_eq!(of(&["java", "-cp", "classes", "Server"]), Some(Language::Java));
        assert_eq!(of(&["node", "a.js"]), Some(Language::JavaScript));
        assert_eq!(of(&["./go-home"]), None);
    }

    #[test]
    fn a_program_has_the_language_of_its_first_line_or_of_its_sources() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        fs::write(path("chat"), "#!/usr/bin/env python3\n").unwrap();
        assert_eq!(of(&[&path("chat")]), Some(Language::Python));
        fs::write(path("server"), "\x7fELF\n").unwrap();
        assert_eq!(of(&[&path("server")]), None);
        fs::write(path("other.c"), "").unwrap();
        assert_eq!(of(&[&path("server")]), Some(Language::C));
        fs::write(path("helper.py"), "").unwrap();
        assert_eq!(of(&[&path("server")]), None);
        fs::write(path("server.go"), "").unwrap();
        assert_eq!(of(&[&path("server")]), Some(Language::Go));
    }
}
