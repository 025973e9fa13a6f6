//! A network of its own: unshare(2), and a loopback device that is up.
//!
//! Linux gives every user a private network namespace, in a user namespace in which one may do everything with
//! it. It has no way to the outside, its ports are all free, and nobody else's packets are in it.

use std::sync::OnceLock;
use std::thread;

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod linux;

#[cfg(not(target_os = "linux"))]
pub use elsewhere::*;
#[cfg(target_os = "linux")]
pub use linux::*;

/// Why there is no namespace: what was refused, and what would help.
#[derive(Clone, Debug)]
pub struct Refused(pub String);

/// Can threads of this process have a network of their own? One of them tries it, once.
pub fn has_own_networks() -> bool {
    static ANSWER: OnceLock<bool> = OnceLock::new();
    let ask = || thread::spawn(own_network).join().is_ok_and(|answer| answer.is_ok());
    *ANSWER.get_or_init(ask)
}
