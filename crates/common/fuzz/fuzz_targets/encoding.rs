//! `cargo fuzz run -s none encoding`, in crates/common.
#![no_main]

#[path = "../checks.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| checks::encoding(bytes));
