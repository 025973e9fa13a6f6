//! The fuzz target `relay`: its check on the seeds in `crates/common/fuzz/corpus`, so that it holds in every test run.
#![allow(clippy::unwrap_used)] // a test helper may fail like the test itself

#[path = "../../../common/fuzz/relay.rs"]
mod relay;

use std::path::Path;

#[test]
fn every_seed_passes_its_check() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../common/fuzz/corpus/relay");
    let seeds: Vec<_> = corpus.read_dir().unwrap().collect();
    assert!(!seeds.is_empty());
    for seed in seeds {
        relay::relay(&std::fs::read(seed.unwrap().path()).unwrap());
    }
}
