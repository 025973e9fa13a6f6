//! `cargo fuzz run -s none answer`, in crates/common.
#![no_main]

#[path = "../checks.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| checks::answer(bytes));
