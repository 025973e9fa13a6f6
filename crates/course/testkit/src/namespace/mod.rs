//! A network of its own: unshare(2), and a loopback device that is up.
//!
//! Linux gives every user a private network namespace, in a user namespace in which one may do everything with
//! it. It has no way to the outside, its ports are all free, and nobody else's packets are in it.

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
