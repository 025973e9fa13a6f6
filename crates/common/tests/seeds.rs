//! The fuzz targets' checks on the seeds in `fuzz/corpus`, so that they hold in every test run.

#[path = "../fuzz/checks.rs"]
mod checks;

use std::path::Path;

#[test]
fn every_seed_passes_its_check() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    type Check = fn(&[u8]);
    let targets: [(&str, Check); 5] = [
        ("address", checks::address),
        ("encoding", checks::encoding),
        ("cleaner", checks::cleaner),
        ("request", checks::request),
        ("answer", checks::answer),
    ];
    for (target, check) in targets {
        let seeds: Vec<_> = corpus.join(target).read_dir().unwrap().collect();
        assert!(!seeds.is_empty(), "{target} has no seeds");
        for seed in seeds {
            check(&std::fs::read(seed.unwrap().path()).unwrap());
        }
    }
}
