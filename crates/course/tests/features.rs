//! Does each command of the course use what the others have built?
//!
//! Cargo compiles a crate once more for each set of features that someone asks for. `cargo udp-recv` asks for one step
//! only, silently; it must find all that `cargo course demo` has built.
#![allow(clippy::unwrap_used)] // a test helper may fail like the test itself

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use ladder::scenario::SCENARIOS;
use testkit::skip;

/// The crates that cargo builds for these packages, each with its features.
fn features(packages: &[&str]) -> BTreeMap<String, String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["tree", "--locked", "--edges", "normal", "--prefix", "none", "--format", "{p}|{f}"]);
    let output = cargo.args(packages).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo tree: {said}");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let lines = text.lines().filter_map(|line| line.trim_end_matches(" (*)").split_once('|'));
    lines.map(|(package, features)| (package.to_owned(), features.to_owned())).collect()
}

#[test]
fn every_command_uses_what_the_first_one_has_built() {
    if !skip::cargo("what each command builds") {
        return;
    }
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.toml");
    let manifest = ["--manifest-path", workspace.to_str().unwrap()];
    let of = |packages: &[&str]| features(&[&manifest[..], packages].concat());
    let all = of(&["--workspace", "--edges", "normal,dev"]);
    let single = SCENARIOS.iter().map(|scenario| scenario.step).chain(["course"]);
    for package in single {
        for edges in ["normal", "normal,dev"] {
            // A step's stages wait for what its tests need, too.
            for (name, features) in of(&["--package", package, "--edges", edges]) {
                let what = format!("{name} in `-p {package}` ({edges}): see Cargo.toml");
                assert_eq!(all.get(&name), Some(&features), "{what}");
            }
        }
    }
}

/// Who tests one step waits for that step, and who runs the demo waits for no library that only tests need.
#[test]
fn nobody_waits_for_what_others_need() {
    if !skip::cargo("what each crate needs") {
        return;
    }
    let needs = |package: &str, edges: &str| -> Vec<String> {
        let crates = features(&["--package", package, "--edges", edges]).into_keys();
        crates.map(|name| name.split(' ').next().unwrap().to_owned()).collect()
    };
    for step in SCENARIOS.iter().map(|scenario| scenario.step).chain(["common"]) {
        let needed = needs(step, "normal,dev");
        assert!(needed.iter().any(|name| name == "testkit"), "{step}: {needed:?}");
        for other in ["course", "grader", "ladder"] {
            assert!(!needed.iter().any(|name| name == other), "the tests of {step} need {other}");
        }
    }
    let needed = needs("course", "normal");
    assert!(needed.iter().any(|name| name == "grader"), "{needed:?}");
    for only_tests in ["terminal", "portable-pty", "vt100"] {
        assert!(!needed.iter().any(|name| name == only_tests), "`cargo course` needs {only_tests}");
    }
}
