//! Why it is fast (`copy.rs`), and what only Linux has: `linux.rs`. On other systems `elsewhere.rs` has the same functions.

pub mod copy;

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod linux;

#[cfg(not(target_os = "linux"))]
pub use elsewhere::*;
#[cfg(target_os = "linux")]
pub use linux::*;
