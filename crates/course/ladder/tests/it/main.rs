//! What the ladder makes of packets and events that are made up. Real runs are in `crates/course/tests/watch.rs`.
//!
//! `cargo test -p ladder`
#![allow(clippy::unwrap_used)] // a test helper may fail like the test itself

mod headers;
mod order;
mod packet;
mod scenarios;
mod strace;
mod strange;
mod tcp;
