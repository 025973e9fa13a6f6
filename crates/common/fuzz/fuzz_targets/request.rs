//! `cargo fuzz run -s none request`, in crates/common.
#![no_main]

#[path = "../checks.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| checks::request(bytes));
