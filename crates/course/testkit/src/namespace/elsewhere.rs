//! Systems without network namespaces.

use std::io;

use super::refused::Refused;

const WHY: &str = "only Linux has network namespaces; on Windows, WSL 2 is Linux, and elsewhere a virtual machine is";

/// There is none to move into.
pub fn enter() -> Result<(), Refused> {
    Err(Refused(WHY.to_owned()))
}

/// No thread can have one either.
pub fn allow_own_networks() -> Result<(), Refused> {
    enter()
}

/// There is none to move into.
pub fn own_network() -> Result<(), Refused> {
    enter()
}

/// There is no private loopback device.
pub fn like_ethernet() -> io::Result<()> {
    Err(io::Error::other(WHY))
}
