//! This computer's own addresses, and whether a port of theirs is only held by connections that are over.

use std::fs;
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

/// Does the port belong to nobody any more but to connections in TIME_WAIT? Only Linux lists them for everyone. A socket for
/// UDP has none, so where there is one, that has the port.
pub fn is_in_time_wait(port: u16) -> bool {
    const TIME_WAIT: &str = "06";
    let tables = ["/proc/net/tcp", "/proc/net/tcp6", "/proc/net/udp", "/proc/net/udp6"];
    let tables = tables.map(|path| fs::read_to_string(path).unwrap_or_default()).concat();
    let port = format!(":{port:04X}"); // `0: 0100007F:22C3 0100007F:B9F2 06 …`: the number, the two addresses, the state
    let lines = tables.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let mut states = lines
        .filter(|words| words.get(1).is_some_and(|own| own.ends_with(&port)))
        .filter_map(|words| words.get(3).copied())
        .peekable();
    states.peek().is_some() && states.all(|state| state == TIME_WAIT)
}
