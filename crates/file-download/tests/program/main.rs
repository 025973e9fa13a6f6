//! file-download as its users see it: the real program, real sockets, real files.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod classic;
mod contract;
mod faults;
mod hostile;
mod kit;
mod protocol;

#[path = "../../../common/fuzz/conversation.rs"]
mod conversation;
