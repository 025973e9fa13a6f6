//! Where the results are: a folder with a file for each of them, so that the next run knows what is marked already. Every
//! file is there completely, or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::marked::Marked;
use super::submissions::file_name;

/// What a run begins with; another run in the same folder goes on with it.
const RUN: &str = "run.json";

/// The folder of the results, and what is the same for all of them.
pub struct Store {
    folder: PathBuf,
    /// What all random numbers come from.
    pub seed: u64,
}

impl Store {
    /// Opens the folder for a step, and makes it if needed. A seed that was not asked for is that of the run before.
    pub fn open(folder: &Path, step: &str, asked: Option<u64>, new: u64) -> Result<Store, String> {
        let shown = folder.display();
        let wrong = |error: io::Error| {
            format!("can't write into {shown}: {error}; name another folder with --out")
        };
        for inner in ["results", "reports"] {
            fs::create_dir_all(folder.join(inner)).map_err(wrong)?;
        }
        let before = read(&folder.join(RUN)).unwrap_or_default();
        if let Some(other) = before["step"].as_str().filter(|other| *other != step) {
            return Err(format!("{shown} holds marks of {other}; name another folder with --out"));
        }
        let kept = before["seed"].as_str().and_then(|seed| seed.parse().ok());
        let seed = asked.or(kept).unwrap_or(new);
        let store = Store { folder: folder.to_owned(), seed };
        let run = json!({ "step": step, "seed": seed.to_string() });
        store.write(RUN, &format!("{run:#}\n")).map_err(wrong)?;
        Ok(store)
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The result of a submission, if it was marked under the same conditions.
    pub fn load(&self, name: &str, key: &Value) -> Option<Marked> {
        let marked = Marked(read(&self.folder.join(result_of(name)))?);
        (marked.0["key"] == *key && marked.is_final()).then_some(marked)
    }

    /// Keeps a result.
    pub fn keep(&self, marked: &Marked) -> io::Result<()> {
        self.write(&result_of(marked.name()), &format!("{:#}\n", marked.0))
    }

    /// Writes a file: at once, or not at all.
    pub fn write(&self, name: &str, text: &str) -> io::Result<()> {
        let path = self.folder.join(name);
        let mut file = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(&self.folder))?;
        file.write_all(text.as_bytes())?;
        file.persist(path)?;
        Ok(())
    }
}

fn result_of(name: &str) -> String {
    format!("results/{}.json", file_name(name))
}

fn read(path: &Path) -> Option<Value> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_is_found_again_under_the_same_conditions_only() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), "udp-send", None, 7).unwrap();
        let marked = Marked(json!({ "submission": "学生/1", "key": [1], "grade": {} }));
        store.keep(&marked).unwrap();
        assert!(store.load("学生/1", &json!([1])).is_some());
        assert!(store.load("学生/1", &json!([2])).is_none());
        assert!(store.load("other", &json!([1])).is_none());
        fs::write(folder.path().join("results/other.json"), "{ half").unwrap();
        assert!(store.load("other", &json!([1])).is_none());
        let again = Store::open(folder.path(), "udp-send", None, 8).unwrap();
        assert_eq!(again.seed, 7);
        let why = Store::open(folder.path(), "udp-recv", None, 8).err().unwrap();
        assert!(why.contains("holds marks of udp-send"), "{why}");
    }
}
