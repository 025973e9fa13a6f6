//! The calls of programs that don't narrate: strace(1) reports them, where it is installed and allowed.
//!
//! [`line`] reads its lines, [`sockets`] follows sockets through them with the help of [`tables`], and [`words`] tells what
//! happened as the lessons do. `linux` runs it; `elsewhere` has the same functions for systems without it.

#[cfg(not(target_os = "linux"))]
mod elsewhere;
mod line;
#[cfg(target_os = "linux")]
mod linux;
pub mod sockets;
mod tables;
mod words;

#[cfg(not(target_os = "linux"))]
pub use elsewhere::*;
#[cfg(target_os = "linux")]
pub use linux::*;
