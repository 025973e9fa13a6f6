//! This computer's own addresses.

use std::net::{IpAddr, Ipv4Addr};

/// The addresses by which others can reach this computer, and those by which it reaches itself. There is always one
/// of those, even where the system lists none.
pub fn own_addresses() -> Vec<IpAddr> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    // A link-local address (169.254…, fe80:…) needs its interface's name to be of use: left out.
    let interfaces = interfaces.iter().filter(|interface| !interface.is_link_local());
    let addresses: Vec<IpAddr> = interfaces.map(if_addrs::Interface::ip).collect();
    if addresses.is_empty() { vec![Ipv4Addr::LOCALHOST.into()] } else { addresses }
}
