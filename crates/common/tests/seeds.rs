//! The fuzz targets' checks on the seeds in `fuzz/corpus`, so that they hold in every test run.
#![allow(clippy::unwrap_used)] // a test helper may fail like the test itself

#[path = "../fuzz/checks.rs"]
mod checks;
#[cfg(unix)]
#[path = "../fuzz/keyboard.rs"]
mod keyboard;

use std::path::Path;

type Check = fn(&[u8]);

#[test]
fn every_seed_passes_its_check() {
    let targets: [(&str, Check); 5] = [
        ("address", checks::address),
        ("encoding", checks::encoding),
        ("cleaner", checks::cleaner),
        ("request", checks::request),
        ("answer", checks::answer),
    ];
    for (target, check) in targets {
        check_seeds(target, check);
    }
}

#[cfg(unix)]
#[test]
fn every_seed_can_be_typed() {
    check_seeds("keyboard", keyboard::keyboard);
    keyboard::end();
}

fn check_seeds(target: &str, check: Check) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let seeds: Vec<_> = corpus.join(target).read_dir().unwrap().collect();
    assert!(!seeds.is_empty(), "{target} has no seeds");
    for seed in seeds {
        check(&std::fs::read(seed.unwrap().path()).unwrap());
    }
}
