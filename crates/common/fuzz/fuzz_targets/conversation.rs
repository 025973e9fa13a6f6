//! `cargo build -p file-download && cargo fuzz run -s none conversation`, in crates/common. Each input is a run of the
//! program itself, so a few hundred of them make a second.
#![no_main]

#[path = "../conversation.rs"]
mod conversation;

use std::path::Path;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../target/debug/file-download");
    conversation::conversation(&program, bytes);
});
