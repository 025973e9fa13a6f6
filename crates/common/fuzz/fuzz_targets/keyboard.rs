//! `cargo build -p udp-chat`, then `cargo fuzz run -s none keyboard`, in crates/common.
#![no_main]

#[path = "../keyboard.rs"]
mod keyboard;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| keyboard::keyboard(bytes));
