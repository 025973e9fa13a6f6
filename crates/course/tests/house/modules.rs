//! The modules of a crate, and which of them use which.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::slice;

use crate::source;

/// The names from the crate's root to a module: `["console", "line"]`; the root has none.
type Name = Vec<String>;

#[derive(Default)]
struct Module {
    paths: Vec<source::Path>,
    defined: BTreeSet<String>,
}

/// A crate, module by module.
pub struct Crate {
    modules: BTreeMap<Name, Module>,
}

impl Crate {
    /// Reads the sources from `lib.rs` or `main.rs` on.
    pub fn read(root: &Path) -> Crate {
        let mut all = Crate { modules: BTreeMap::new() };
        all.add(Vec::new(), &[root.to_owned()], root.parent().unwrap());
        all
    }

    /// Adds a module and those that it declares, whose files lie in `folder`.
    fn add(&mut self, name: Name, files: &[PathBuf], folder: &Path) {
        for file in files {
            let source = fs::read_to_string(file).unwrap();
            let tokens = source::tokens(&source);
            let module = self.modules.entry(name.clone()).or_default();
            module.paths.extend(source::paths(&tokens));
            module.defined.extend(source::defined(&tokens));
            for (child, named) in source::declared(&tokens) {
                let mut files: Vec<PathBuf> = named.iter().map(|file| folder.join(file)).collect();
                if files.is_empty() {
                    let (alone, in_folder) = (format!("{child}.rs"), format!("{child}/mod.rs"));
                    files = vec![folder.join(alone), folder.join(in_folder)];
                    files.retain(|file| file.exists());
                }
                let child_folder = folder.join(&child);
                self.add([&name[..], &[child]].concat(), &files, &child_folder);
            }
        }
    }

    /// Which modules use which, as pairs.
    pub fn uses(&self) -> BTreeSet<(Name, Name)> {
        let mut uses = BTreeSet::new();
        for (name, module) in &self.modules {
            for path in &module.paths {
                let full = self.full(name, &path.parts);
                if let Some(used) = full.and_then(|full| self.owner(&full, 0))
                    && used != *name
                {
                    uses.insert((name.clone(), used));
                }
            }
        }
        uses
    }

    /// A path from the root on; `None` when it leads to another crate.
    fn full(&self, from: &[String], parts: &[String]) -> Option<Name> {
        let mut full = from.to_vec();
        let mut rest = parts.iter().peekable();
        match parts.first()?.as_str() {
            "crate" => {
                full.clear();
                rest.next();
            }
            "self" | "super" => {
                while let Some(word) =
                    rest.next_if(|word| ["self", "super"].contains(&word.as_str()))
                {
                    if word == "super" {
                        full.pop();
                    }
                }
            }
            child if !self.modules.contains_key(&[from, &[child.to_owned()]].concat()) => {
                return None;
            }
            _ => {}
        }
        full.extend(rest.cloned());
        Some(full)
    }

    /// The module that defines what a path names, whoever passes it on; `None` when another crate does.
    fn owner(&self, full: &[String], depth: usize) -> Option<Name> {
        let known = |length: &usize| self.modules.contains_key(&full[..*length]);
        let length = (0..=full.len()).rev().find(known)?;
        let (module, Some(item)) = (full[..length].to_vec(), full.get(length)) else {
            return Some(full.to_vec());
        };
        let own = &self.modules[&module];
        if own.defined.contains(item) || depth > 9 {
            return Some(module);
        }
        let passed_on = |path: &&source::Path| path.name.as_ref() == Some(item);
        if let Some(path) = own.paths.iter().find(passed_on) {
            return self.owner(&self.full(&module, &path.parts)?, depth + 1);
        }
        // `pub use child::*`, and a macro, which belongs to the root wherever it is defined.
        let children = own.paths.iter().filter(|path| path.name.as_deref() == Some("*"));
        let children =
            children.filter_map(|path| self.full(&module, &path.parts[..path.parts.len() - 1]));
        let mut elsewhere =
            children.chain(self.modules.keys().filter(|_| module.is_empty()).cloned());
        let found = elsewhere.find(|name| self.modules[name].defined.contains(item));
        Some(found.unwrap_or(module))
    }
}

/// The circles in a crate, each with the folder in which it lies. A folder is one module for those beside it, and has its own
/// modules inside. The file that declares modules (`lib.rs`, `main.rs`, `mod.rs`) is the roof over them: it may use them all,
/// and none of them may use what the roof itself defines.
pub fn circles(uses: &BTreeSet<(Name, Name)>) -> BTreeSet<(String, String)> {
    let mut circles = BTreeSet::new();
    let mut folders: BTreeMap<Name, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    for (user, used) in uses {
        let common = user.iter().zip(used).take_while(|(one, other)| one == other).count();
        let folder = &user[..common];
        match (user.get(common), used.get(common)) {
            (Some(one), Some(other)) => {
                let folder = folders.entry(folder.to_vec()).or_default();
                folder.entry(one.clone()).or_default().insert(other.clone());
            }
            (Some(_), None) => {
                let what = format!("{} uses what its roof defines", shown(user));
                circles.insert((shown(folder), what));
            }
            _ => {} // a roof uses what it is over
        }
    }
    for (folder, graph) in &folders {
        circles.extend(circle(graph).map(|circle| (shown(folder), circle.join(" → "))));
    }
    circles
}

/// `console::line`; the root is called `crate`.
fn shown(name: &[String]) -> String {
    if name.is_empty() { "crate".to_owned() } else { name.join("::") }
}

/// A shortest way from a node back to itself, if there is one.
pub fn circle(graph: &BTreeMap<String, BTreeSet<String>>) -> Option<Vec<String>> {
    let circles = graph.keys().filter_map(|start| {
        let mut ways = vec![vec![start.clone()]];
        let mut seen = BTreeSet::new();
        while !ways.is_empty() {
            let mut longer = Vec::new();
            for way in ways {
                for next in graph.get(way.last()?).into_iter().flatten() {
                    let way = [&way[..], slice::from_ref(next)].concat();
                    if next == start {
                        return Some(way);
                    }
                    if seen.insert(next.clone()) {
                        longer.push(way);
                    }
                }
            }
            ways = longer;
        }
        None
    });
    circles.min_by_key(Vec::len)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The circles in a crate that consists of these files.
    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        for (name, source) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, source).unwrap();
        }
        let found = circles(&Crate::read(&folder.path().join("lib.rs")).uses());
        found.iter().map(|(folder, what)| format!("{folder}: {what}")).collect()
    }

    #[test]
    fn a_circle_is_found_however_it_is_written() {
        let lib = "pub mod a; mod b; mod c; pub use b::B; pub fn own() {}";
        for (a, b, expected) in [
            ("", "use crate::a;", None),
            ("use crate::b::B;", "", None),
            ("use crate::b::B;", "use crate::a;", Some("crate: a → b → a")),
            ("use crate::{c, b::{self}};", "fn f() { super::a::x() }", Some("crate: a → b → a")),
            ("use crate::B;", "use crate::a::{x as y};", Some("crate: a → b → a")), // the root only passes it on
            ("use crate::c;", "use crate::a;", Some("crate: a → c → b → a")),
            (
                "crate::outcome!()",
                "use crate::a; macro_rules! outcome {}",
                Some("crate: a → b → a"),
            ),
            ("crate::own()", "", Some("crate: a uses what its roof defines")),
            ("#[cfg(test)] mod tests { use crate::b; }", "use crate::a;", None),
            ("// crate::b", "use crate::a; const B: &str = \"crate::b\";", None),
        ] {
            let c =
                if expected == Some("crate: a → c → b → a") { "use super::b;" } else { "" };
            let found = found(&[("lib.rs", lib), ("a.rs", a), ("b.rs", b), ("c.rs", c)]);
            assert_eq!(found.first().map(String::as_str), expected, "{a} and {b}");
        }
    }

    #[test]
    fn a_folder_is_one_module_from_outside_and_has_its_own_inside() {
        let files = |inner: &'static str, other: &'static str| {
            vec![
                ("lib.rs", "mod x; mod y;"),
                ("x/mod.rs", "mod one; #[cfg_attr(unix, path = \"unix.rs\")] mod two; use one::Z;"),
                ("x/one.rs", "use super::two::T; use crate::y::Y;"),
                ("x/unix.rs", inner),
                ("y.rs", other),
            ]
        };
        assert_eq!(found(&files("", "")), [""; 0]);
        assert_eq!(found(&files("use super::one;", "")), ["x: one → two → one"]);
        assert_eq!(found(&files("use super::Z;", "")), ["x: one → two → one"]);
        assert_eq!(found(&files("", "use crate::x::two;")), ["crate: x → y → x"]);
    }
}
