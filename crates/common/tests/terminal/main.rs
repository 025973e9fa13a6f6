//! What a person sees: the real programs in a real terminal, asserted on the screen that their bytes draw.
//!
//! Each program runs below a shell, as it does for a student. The shell says how the program ended and then waits, so
//! that the terminal can be looked at in the state in which the program left it.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic)] // a test helper may fail like the test itself

mod chat;
mod jobs;
mod keys;
mod screens;
