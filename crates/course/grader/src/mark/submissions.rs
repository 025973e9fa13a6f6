//! What is marked: a file or folder for each submission, its name, and what makes it the same as in an earlier run.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::program;
use super::settings::Settings;

/// More files, or more bytes, are no student's program: a whole disk was named.
const FILES: usize = 5000;
const BYTES: u64 = 256 << 20;

/// Folders that compilers and editors make. They are not copied.
const MADE: [&str; 5] = ["target", "node_modules", "__pycache__", ".git", "classes"];

/// One student's submission.
pub struct Submission {
    /// Where it is.
    pub path: PathBuf,
    /// Its name: that of the file or folder, without an ending.
    pub name: String,
    /// The student's name, for the marks.
    pub student: String,
}

/// A folder with the beginning of a program in it is a submission; of any other folder each entry is one. Also those that
/// the settings name and that are not there.
pub fn all(paths: &[PathBuf], settings: &Settings) -> Result<Vec<Submission>, String> {
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() && program::beginning(path, settings).is_none() {
            found.extend(
                entries(path)
                    .map_err(|error| format!("can't look into {}: {error}", path.display()))?,
            );
        } else {
            found.push(path.clone());
        }
    }
    let mut taken = BTreeSet::new();
    let mut all = Vec::new();
    for path in found {
        let name = name_of(&path, &taken)?;
        taken.insert(file_name(&name));
        let student = settings.names.get(&name).unwrap_or(&name).clone();
        all.push(Submission { path, name, student });
    }
    let missing = settings.names.iter().filter(|(name, _)| !taken.contains(&file_name(name)));
    for (name, student) in missing {
        all.push(Submission { path: PathBuf::new(), name: name.clone(), student: student.clone() });
    }
    Ok(all)
}

/// What lies in a folder, in the order of the names, without hidden files and the README that `course new` writes.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if !name.to_string_lossy().starts_with('.') && name != "README.md" {
            entries.push(entry.path());
        }
    }
    entries.sort();
    Ok(entries)
}

/// `zhang.py` is called `zhang`; beside `zhang.c` it is called `zhang.py`.
fn name_of(path: &Path, taken: &BTreeSet<String>) -> Result<String, String> {
    let whole = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let named = if path.is_dir() { whole.file_name() } else { path.file_stem() };
    let above = path.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
    let of_file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let short = named.map_or_else(|| of_file.clone(), |name| name.to_string_lossy().into_owned());
    let mut names = [short, of_file.clone(), format!("{above}-{of_file}")].into_iter();
    let free = names.find(|name| !taken.contains(&file_name(name)));
    free.ok_or_else(|| format!("{}: another submission has this name; rename one", path.display()))
}

/// The name as that of a file, on each system, of at most 100 bytes.
pub fn file_name(name: &str) -> String {
    const LONGEST: usize = 100;
    let is_bad = |c: char| c.is_control() || "/\\:*?\"<>|".contains(c);
    let mut safe: String = name.chars().map(|c| if is_bad(c) { '_' } else { c }).collect();
    if safe.starts_with('.') || safe.is_empty() {
        safe.insert(0, '_');
    }
    if safe.len() > LONGEST {
        let end = (0..LONGEST - 9).rev().find(|&end| safe.is_char_boundary(end)).unwrap_or(0);
        safe = format!("{}-{:08x}", &safe[..end], crc32fast::hash(name.as_bytes()));
    }
    safe
}

impl Submission {
    /// Copies it into a folder: its files if it is a folder itself. Returns what is different after any change of it.
    pub fn copy(&self, folder: &Path) -> Result<String, String> {
        if self.path.as_os_str().is_empty() {
            return Err("nothing was handed in".to_owned());
        }
        let shown = self.path.display();
        let mut copy = Copy { sum: crc32fast::Hasher::new(), files: 0, bytes: 0 };
        let kind = fs::metadata(&self.path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => format!("there is no {shown}; look at its name and path"),
            _ => format!("can't read {shown}: {error}"),
        })?;
        let copied = if kind.is_dir() {
            copy.folder(&self.path, folder)
        } else {
            let name = self.path.file_name().unwrap_or_default();
            copy.file(&self.path, &folder.join(name), kind.len())
        };
        copied.map_err(|error| format!("can't copy {shown}: {error}"))?;
        Ok(format!("{:08x}-{}-{}", copy.sum.finalize(), copy.files, copy.bytes))
    }
}

/// What was copied so far.
struct Copy {
    sum: crc32fast::Hasher,
    files: usize,
    bytes: u64,
}

impl Copy {
    fn folder(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        let mut entries: Vec<_> = fs::read_dir(from)?.collect::<io::Result<_>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let (name, kind) = (entry.file_name(), entry.file_type()?);
            self.sum.update(name.as_encoded_bytes());
            if kind.is_dir() && !MADE.iter().any(|made| name == *made) {
                fs::create_dir(to.join(&name))?;
                self.folder(&entry.path(), &to.join(&name))?;
            } else if kind.is_file() {
                // A symbolic link may lead out of the folder, a pipe would be waited for: both are left out.
                self.file(&entry.path(), &to.join(&name), entry.metadata()?.len())?;
            }
        }
        Ok(())
    }

    fn file(&mut self, from: &Path, to: &Path, length: u64) -> io::Result<()> {
        self.files += 1;
        self.bytes += length;
        if self.files > FILES || self.bytes > BYTES {
            return Err(io::Error::other("it is too large for a student's program"));
        }
        fs::copy(from, to)?; // with the right to execute it
        self.sum.update(&length.to_le_bytes());
        self.sum.update(&fs::read(to)?);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_files_names_on_each_system() {
        assert_eq!(file_name("学生"), "学生");
        assert_eq!(file_name("a/b:c\n"), "a_b_c_");
        assert_eq!(file_name(".."), "_..");
        let long = file_name(&"长".repeat(90));
        assert!(long.len() <= 100 && long != file_name(&"长".repeat(91)), "{long}");
    }

    #[test]
    fn a_folder_with_a_program_is_a_submission_and_any_other_holds_them() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in [
            "张三/main.py",
            "bob/src/main.rs",
            "bob/Cargo.toml",
            "=1+1.py",
            "same.c",
            "same.py",
            "README.md",
        ] {
            fs::create_dir_all(at(name).parent().unwrap()).unwrap();
            fs::write(at(name), name).unwrap();
        }
        let settings = Settings::default();
        let names = |paths: &[PathBuf]| -> Vec<String> {
            all(paths, &settings).unwrap().into_iter().map(|one| one.name).collect()
        };
        assert_eq!(names(&[folder.path().to_owned()]), ["=1+1", "bob", "same", "same.py", "张三"]);
        assert_eq!(names(&[at("bob"), at("no.py")]), ["bob", "no"]);
        let copy = |into: &str| {
            fs::create_dir(at(into)).unwrap();
            all(&[at("bob")], &settings).unwrap()[0].copy(&at(into)).unwrap()
        };
        let before = copy("1");
        assert_eq!(before, copy("2"));
        assert_eq!(fs::read_to_string(at("1/src/main.rs")).unwrap(), "bob/src/main.rs");
        fs::write(at("bob/src/main.rs"), "BOB/src/main.rs").unwrap();
        assert_ne!(before, copy("3"));
    }
}
