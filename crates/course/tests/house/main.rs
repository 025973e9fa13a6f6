//! The house is in order: no modules and no crates that use each other in a circle, and no module that is too long.
//!
//! `cargo test -p course --test house`
#![allow(clippy::unwrap_used, clippy::panic)] // a test helper may fail like the test itself

mod modules;
mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use modules::{Crate, circle, circles};
use serde_json::Value;
use testkit::skip;

/// A module of more lines can't be read at once.
const LONGEST: usize = 400;

/// A crate's tests may use a crate that stands on it: cargo builds the tests after both.
const TESTED_WITH: &[(&str, &str)] = &[("common", "terminal"), ("common", "testkit")];

/// What cargo says about the packages of the workspace.
fn packages() -> Vec<Value> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--no-deps", "--offline", "--format-version", "1"]);
    cargo.arg("--manifest-path").arg(workspace().join("Cargo.toml"));
    let output = cargo.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The root files of a package: `lib.rs`, `main.rs`.
fn roots(package: &Value) -> Vec<PathBuf> {
    let targets = package["targets"].as_array().unwrap().iter();
    let targets = targets.filter(|target| target["kind"][0] == "lib" || target["kind"][0] == "bin");
    targets.map(|target| target["src_path"].as_str().unwrap().into()).collect()
}

#[test]
fn no_modules_use_each_other_in_a_circle() {
    if !skip::cargo("the layers of modules") {
        return;
    }
    let mut found = Vec::new();
    for package in packages() {
        let name = package["name"].as_str().unwrap();
        let uses = roots(&package).iter().flat_map(|root| Crate::read(root).uses()).collect();
        let circles = circles(&uses).into_iter();
        found.extend(circles.map(|(folder, what)| format!("{name}, {folder}: {what}")));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn no_crates_use_each_other_in_a_circle() {
    if !skip::cargo("the layers of crates") {
        return;
    }
    let mut graph: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut tested: BTreeSet<(String, String)> = BTreeSet::new();
    for package in packages() {
        let name = package["name"].as_str().unwrap();
        let dependencies = package["dependencies"].as_array().unwrap().iter();
        for dependency in dependencies.filter(|dependency| dependency["path"].is_string()) {
            let used = dependency["name"].as_str().unwrap();
            let in_tests = dependency["kind"] == "dev";
            if in_tests && TESTED_WITH.contains(&(name, used)) {
                tested.insert((name.to_owned(), used.to_owned()));
            } else {
                graph.entry(name.to_owned()).or_default().insert(used.to_owned());
            }
        }
    }
    assert_eq!(circle(&graph), None);
    for (name, used) in TESTED_WITH {
        let pair = (name.to_string(), used.to_string());
        assert!(tested.contains(&pair), "{pair:?} is no circle any more: take it off the list");
    }
}

#[test]
fn no_module_is_too_long() {
    if !skip::cargo("the length of modules") {
        return;
    }
    let mut long = BTreeSet::new();
    for package in packages() {
        let manifest: PathBuf = package["manifest_path"].as_str().unwrap().into();
        let folder = manifest.parent().unwrap().join("src");
        let name = folder.strip_prefix(workspace().canonicalize().unwrap()).unwrap();
        if name.starts_with("crates/common") || name.starts_with("crates/course") {
            add_long_modules(&folder, &mut long);
        }
    }
    assert!(long.is_empty(), "more than {LONGEST} lines: {long:#?}");
}

fn add_long_modules(folder: &Path, long: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            add_long_modules(&path, long);
        } else if fs::read_to_string(&path).unwrap().lines().count() > LONGEST {
            let name = path.strip_prefix(workspace().canonicalize().unwrap()).unwrap();
            // With `/` between its parts on each system.
            let parts: Vec<_> = name.iter().map(|part| part.to_string_lossy()).collect();
            long.insert(parts.join("/"));
        }
    }
}
