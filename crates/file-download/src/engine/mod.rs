//! Why it is fast, and what it needs from its system. What only some systems have stands here, each time in two files
//! with the same functions: `linux.rs` or `elsewhere.rs` for speed, `unix.rs` or `windows.rs` for files.

pub mod copy;

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

/// Whether this program, or this computer, can't open one more file (EMFILE, ENFILE).
pub fn is_out_of_files(error: &std::io::Error) -> bool {
    let codes = if cfg!(windows) { [4, 10024] } else { [24, 23] };
    error.raw_os_error().is_some_and(|code| codes.contains(&code))
}
