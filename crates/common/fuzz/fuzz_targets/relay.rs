//! `cargo fuzz run -s none relay`, in crates/common.
#![no_main]

#[path = "../relay.rs"]
mod relay;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| relay::relay(bytes));
