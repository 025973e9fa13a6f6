//! A book is a folder of Markdown pages. Reads them, and finds the marked blocks in them.

use std::fmt;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// Where the English edition is. Other editions are translations of it.
const ENGLISH: &str = "docs";

/// The project's folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

/// An edition of the book.
pub struct Book {
    /// Where its files are.
    pub folder: PathBuf,
    /// Where it stands in the project, such as `docs`: links that leave the book start from there.
    pub home: PathBuf,
    /// Its pages, sorted by path.
    pub pages: Vec<Page>,
}

/// A page of Markdown.
pub struct Page {
    /// Where the file is.
    pub file: PathBuf,
    /// Its path in the project.
    pub name: PathBuf,
    pub text: String,
}

/// A fenced block whose first line says what it shows, such as `help udp-send`.
pub struct Block {
    /// Its first word.
    pub kind: String,
    /// The words after it.
    pub about: String,
    /// The number of the line that the fence stands in.
    pub line: usize,
    pub lines: Vec<String>,
}

/// Something on a page that isn't true.
#[derive(Clone, Debug)]
pub struct Problem {
    pub page: PathBuf,
    pub line: usize,
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let page = self.page.display().to_string().replace('\\', "/");
        write!(f, "{page}:{}: {}", self.line, self.what)
    }
}

/// The README shows blocks that are held, too.
pub fn readme() -> Page {
    let file = root().join("README.md");
    Page { text: fs::read_to_string(&file).unwrap(), name: "README.md".into(), file }
}

impl Book {
    /// The edition in this folder of the project.
    pub fn of(home: &Path) -> Book {
        Book::copied(&root().join(home), home)
    }

    /// The English edition, and each other one: a folder beside its pages with a SUMMARY.md of its own.
    pub fn editions() -> Vec<Book> {
        let folders = fs::read_dir(root().join(ENGLISH)).unwrap().map(|entry| entry.unwrap());
        let folders = folders.filter(|entry| entry.path().join("SUMMARY.md").exists());
        let mut others: Vec<PathBuf> =
            folders.map(|entry| Path::new(ENGLISH).join(entry.file_name())).collect();
        others.sort();
        [PathBuf::from(ENGLISH)].iter().chain(&others).map(|home| Book::of(home)).collect()
    }

    pub fn is_english(&self) -> bool {
        self.home == Path::new(ENGLISH)
    }

    /// Which of the words for one thing are this edition's: those in English, or those in Chinese.
    pub fn words(&self, [english, chinese]: [&'static str; 2]) -> &'static str {
        if self.is_english() { english } else { chinese }
    }

    /// A copy of the edition that stands at `home`.
    pub fn copied(folder: &Path, home: &Path) -> Book {
        let mut files = Vec::new();
        collect(folder, &mut files);
        files.sort();
        let page = |file: PathBuf| {
            let name = home.join(file.strip_prefix(folder).unwrap());
            Page { text: fs::read_to_string(&file).unwrap(), name, file }
        };
        let pages = files.into_iter().map(page).collect();
        Book { folder: folder.to_owned(), home: home.to_owned(), pages }
    }

    /// The file that a path in the project means: one of the book's own, or one beside the book.
    pub fn file(&self, name: &Path) -> PathBuf {
        match name.strip_prefix(&self.home) {
            Ok(inside) => self.folder.join(inside),
            Err(_) => root().join(name),
        }
    }

    /// The pages of the lessons.
    pub fn lessons(&self) -> impl Iterator<Item = &Page> {
        let folder = self.home.join("lessons");
        self.pages.iter().filter(move |page| page.name.starts_with(&folder))
    }
}

/// All pages below a folder. A folder with a SUMMARY.md of its own is another edition.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.join("SUMMARY.md").exists() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            files.push(path);
        }
    }
}

impl Page {
    pub fn problem(&self, line: usize, what: impl Into<String>) -> Problem {
        Problem { page: self.name.clone(), line, what: what.into() }
    }

    /// The name of the file.
    pub fn file_name(&self) -> String {
        self.name.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// The fenced blocks of a kind, in order.
    pub fn blocks(&self, kind: &str) -> Vec<Block> {
        let mut blocks: Vec<Block> = Vec::new();
        let mut fence = None; // inside of a block: its fence, and its indentation
        for (number, line) in (1..).zip(self.text.lines()) {
            let bare = line.trim_start();
            let indent = line.len() - bare.len();
            match fence {
                None if bare.starts_with("```") => {
                    let marks = bare.len() - bare.trim_start_matches('`').len();
                    let words = bare[marks..].trim();
                    let (kind, about) = words.split_once(' ').unwrap_or((words, ""));
                    let (kind, about) = (kind.to_owned(), about.trim().to_owned());
                    blocks.push(Block { kind, about, line: number, lines: Vec::new() });
                    fence = Some((marks, indent));
                }
                Some((marks, _)) if bare.trim_end() == "`".repeat(marks) => fence = None,
                Some((_, cut)) => {
                    let line = &line[cut.min(indent)..];
                    blocks.last_mut().unwrap().lines.push(line.to_owned());
                }
                None => {}
            }
        }
        blocks.retain(|block| block.kind == kind);
        blocks
    }

    /// The headings, with the number of their line. What looks like one inside of a code block is none.
    pub fn headings(&self) -> Vec<(usize, &str)> {
        let mut in_code = false;
        let mut headings = Vec::new();
        for (number, line) in (1..).zip(self.text.lines()) {
            in_code ^= line.trim_start().starts_with("```");
            if !in_code && line.starts_with('#') {
                headings.push((number, line));
            }
        }
        headings
    }

    /// The page's title.
    pub fn title(&self) -> &str {
        self.headings().first().map_or("", |(_, line)| line.trim_start_matches('#').trim())
    }

    /// Writes a block's true lines into the file, between the two fences.
    pub fn rewrite(&mut self, block: &Block, truth: &[String]) {
        let lines: Vec<&str> = self.text.lines().collect();
        let (before, rest) = lines.split_at(block.line);
        let fence = before[block.line - 1];
        let indent = &fence[..fence.len() - fence.trim_start().len()];
        let new = truth.iter().map(|line| format!("{indent}{line}").trim_end().to_owned());
        let before = before.iter().map(|line| (*line).to_owned());
        let after = rest[block.lines.len()..].iter().map(|line| (*line).to_owned());
        let lines: Vec<String> = before.chain(new).chain(after).collect();
        self.text = lines.join("\n") + "\n";
        fs::write(&self.file, &self.text).unwrap();
    }
}

/// The English page that a page of another edition translates, if there is one.
pub fn original(page: &Page) -> Option<Page> {
    let mut parts = page.name.strip_prefix(ENGLISH).ok()?.components();
    parts.next()?;
    let name = match parts.as_path() {
        path if path == Path::new("README.md") => path.to_owned(),
        path => Path::new(ENGLISH).join(path),
    };
    let file = root().join(&name);
    Some(Page { text: fs::read_to_string(&file).ok()?, name, file })
}

/// A path without `.` and `..`, as far as its text shows.
pub fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(plain.pop()),
            Component::CurDir => {}
            part => plain.push(part),
        }
    }
    plain
}
