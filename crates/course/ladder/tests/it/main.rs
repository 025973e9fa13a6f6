//! What the ladder makes of packets and events that are made up. Real runs are in `crates/course/tests/watch.rs`.
//!
//! `cargo test -p ladder`

mod headers;
mod order;
mod packet;
mod scenarios;
mod strange;
mod tcp;
