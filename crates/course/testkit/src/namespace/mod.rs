//! A network of its own: unshare(2), and a loopback device that is up.
//!
//! Linux gives every user a private network namespace, in which that user may do everything.
//! It has no way to the outside, all its ports are free, and it carries no packets of other programs.

use std::sync::OnceLock;
use std::thread;

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod linux;
mod refused;

#[cfg(not(target_os = "linux"))]
pub use elsewhere::*;
#[cfg(target_os = "linux")]
pub use linux::*;
pub use refused::Refused;

/// Can threads of this process have a network of their own? One of them tries it, once.
pub fn has_own_networks() -> bool {
    static ANSWER: OnceLock<bool> = OnceLock::new();
    let ask = || thread::spawn(own_network).join().is_ok_and(|answer| answer.is_ok());
    *ANSWER.get_or_init(ask)
}
