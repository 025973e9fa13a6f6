//! A program and all that it starts, which are ended together: a process group on Unix, a job object on Windows.

mod accept;
#[cfg(not(windows))]
mod unix;
#[cfg(windows)]
mod windows;

pub use accept::accept;
#[cfg(not(windows))]
pub use unix::*;
#[cfg(windows)]
pub use windows::*;
