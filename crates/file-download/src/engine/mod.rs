//! Why it is fast, and what it needs from its system. `main.rs` and its neighbours are the same program everywhere; what
//! only some systems have stands here, each time in two files with the same functions: `linux.rs` or `elsewhere.rs`
//! for speed, `unix.rs` or `windows.rs` for files.

pub mod copy;
pub mod pool;

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(unix)]
mod unix;
#[cfg(not(unix))]
mod windows;

#[cfg(not(target_os = "linux"))]
pub use elsewhere::*;
#[cfg(target_os = "linux")]
pub use linux::*;
#[cfg(unix)]
pub use unix::*;
#[cfg(not(unix))]
pub use windows::*;
