//! What a program starts ends with it, and all of it with the tool, also when the tool is killed and can do nothing about it
//! any more: on Linux. `elsewhere` has the same functions, which do nothing.

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod linux;

#[cfg(not(target_os = "linux"))]
pub use elsewhere::*;
#[cfg(target_os = "linux")]
pub use linux::*;
