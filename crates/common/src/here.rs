//! The course's own texts, as they are right where the program runs. They are written for the project's folder, where cargo
//! runs everything: `cargo course check`, `docs/lessons/…`. The archive that `scripts/dist` makes has no cargo: a program
//! is typed by its name there, and the pages are a book beside the programs.

use std::env;
use std::ffi::OsString;
use std::path::{MAIN_SEPARATOR_STR, Path, PathBuf};
use std::sync::LazyLock;

/// The programs that have an alias of cargo.
const ALIASES: [&str; 8] = [
    "course",
    "udp-send",
    "udp-recv",
    "udp-chat",
    "tcp-server",
    "tcp-client",
    "tcp-duplex",
    "file-download",
];

/// The cargo that runs this program: it names itself to each of its children.
pub fn cargo() -> Option<OsString> {
    env::var_os("CARGO")
}

/// The folder of the book beside the programs, if there is one: relative to the current folder when that is the programs'.
fn book() -> Option<PathBuf> {
    let folder = env::current_exe().ok()?.parent()?.to_owned();
    let is_current = env::current_dir().is_ok_and(|current| current == folder);
    let book = if is_current { PathBuf::from("book") } else { folder.join("book") };
    book.is_dir().then_some(book)
}

/// It is looked for once, and not for each line that is printed.
static BOOK: LazyLock<Option<PathBuf>> = LazyLock::new(book);

/// A text of the course with the commands and the pages that are right here.
pub fn here(text: &str) -> String {
    if cargo().is_some() { text.to_owned() } else { without_cargo(text, BOOK.as_deref()) }
}

fn without_cargo(text: &str, book: Option<&Path>) -> String {
    let mut text = text.to_owned();
    for program in ALIASES {
        text = text.replace(&format!("cargo {program}"), program);
    }
    match book {
        Some(book) => in_book(&text, book),
        None => text,
    }
}

/// Each page `docs/PAGE.md` becomes the book's page.
fn in_book(text: &str, book: &Path) -> String {
    let mut parts = text.split("docs/");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| match part.split_once(".md") {
        Some((page, rest)) if !page.contains(' ') => {
            let page = format!("{page}.html").replace('/', MAIN_SEPARATOR_STR);
            format!("{text}{}{rest}", book.join(page).display())
        }
        _ => format!("{text}docs/{part}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_without_cargo_begin_with_the_programs_name() {
        let text = "`cargo course check udp-send`, then cargo udp-recv; cargo build stays";
        let expected = "`course check udp-send`, then udp-recv; cargo build stays";
        assert_eq!(without_cargo(text, None), expected);
    }

    #[test]
    fn pages_are_found_in_the_book() {
        let text = "read: docs/lessons/04-tcp-server.md, \"One\"; docs/reference.md; no docs/ here";
        let book = Path::new("U 盘").join("book");
        let page =
            |name: &[&str]| book.join(name.iter().collect::<PathBuf>()).display().to_string();
        let expected = format!(
            "read: {}, \"One\"; {}; no docs/ here",
            page(&["lessons", "04-tcp-server.html"]),
            page(&["reference.html"])
        );
        assert_eq!(without_cargo(text, Some(&book)), expected);
        assert_eq!(without_cargo(text, None), text);
    }

    #[test]
    fn every_alias_is_known() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../.cargo/config.toml");
        let config = std::fs::read_to_string(path).unwrap();
        let aliases = config.lines().filter_map(|line| line.split_once(" = \"run "));
        assert_eq!(aliases.map(|(name, _)| name).collect::<Vec<_>>(), ALIASES);
    }
}
