//! bind and listen, as step 4 (tcp-server) shows them, and what a server does around them.

use std::net::SocketAddr;

use socket2::{SockAddr, Socket, Type};

use super::family::accept_ipv4_too;
use super::unix_path::{remove_at_end, remove_stale_file};
use crate::address::{self, Address};
use crate::console;
use crate::error::{Call, Error, Explain, Result};
use crate::interfaces::own_addresses;
use crate::record::{self, Facts, Kind};

/// True where a restarted server finds the old run's connections in TIME_WAIT, and could not bind for a minute without
/// SO_REUSEADDR. Not on Windows: it binds anyway, and there the option would let two servers share one port.
pub fn port_may_be_in_time_wait(address: &SockAddr) -> bool {
    cfg!(unix) && !address.is_unix()
}

/// What a TCP server does before bind(2) besides SO_REUSEADDR.
pub fn prepare_to_bind(socket: &Socket, address: &SockAddr) -> Result<()> {
    accept_ipv4_too(socket, address)?;
    match address::path(address) {
        Some(path) => remove_stale_file(path, address),
        None => Ok(()),
    }
}

/// Prints where a program waits, in the contract's words, and who can reach it there.
pub fn report_listening(socket: &Socket) -> Result<()> {
    let own = socket.local_addr().explain(Call::Getsockname, "the listening socket")?;
    let name = address::show(&own);
    let facts = Facts { own: Some(name.clone()), ..Facts::default() };
    console::status_about(&facts, &format!("listening on {name}"));
    if let Some(path) = address::path(&own) {
        remove_at_end(path);
    }
    let reach = own.as_socket().map_or("only this computer can reach it".into(), reach);
    console::hint(&reach);
    console::hint("press Ctrl-C to stop");
    Ok(())
}

fn reach(own: SocketAddr) -> String {
    let port = own.port();
    if own.ip().is_loopback() {
        return format!("only this computer can reach it; 0.0.0.0:{port} opens it to the LAN");
    }
    if !own.ip().is_unspecified() {
        return "reachable from its network".into();
    }
    let lan: Vec<String> = own_addresses()
        .into_iter()
        .filter(|ip| !ip.is_loopback() && (own.is_ipv6() || ip.is_ipv4()))
        .map(|ip| SocketAddr::new(ip, port).to_string())
        .collect();
    if lan.is_empty() {
        "this computer has no address on a LAN at the moment".into()
    } else {
        format!("from other computers: {}", lan.join(", "))
    }
}

/// socket, bind and listen, as step 4 (tcp-server) shows them.
pub fn listen(address: &Address, backlog: i32) -> Result<Socket> {
    let own = first_address(address)?;
    let socket = Socket::new(own.domain(), Type::STREAM, None).explain(Call::Socket, &own)?;
    if port_may_be_in_time_wait(&own) {
        socket.set_reuse_address(true).explain(Call::Setsockopt, "SO_REUSEADDR")?;
    }
    prepare_to_bind(&socket, &own)?;
    socket.bind(&own).explain(Call::Bind, &own)?;
    socket.listen(backlog).explain(Call::Listen, &own)?;
    report_listening(&socket)?;
    Ok(socket)
}

/// Closes a listening socket: new callers are refused from now on. The lesson doesn't number this call, but the ladder shows
/// it, because nobody listens any more.
pub fn stop_listening(listener: Socket) {
    let facts = Facts { call: Some("close"), ..Facts::default() };
    record::write(Kind::Call, &facts, "the listening socket: new callers are refused");
    drop(listener);
}

/// The address to listen on. A name such as `localhost` may have several: IPv4 first, as in the lessons.
pub fn first_address(address: &Address) -> Result<SockAddr> {
    let addresses = address.resolve()?;
    let first = addresses.iter().find(|address| !address.is_ipv6()).or(addresses.first());
    first
        .cloned()
        .ok_or_else(|| Error::local(format!("{address}: no address"), "give it as a number"))
}

/// Lets this process open as many files as the system allows: each client is one (setrlimit(2)). Many
/// systems let a program open 1,024 at first, and far more when it asks.
#[cfg(unix)]
pub fn allow_many_files() {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    if let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE)
        && soft < hard
        && setrlimit(Resource::RLIMIT_NOFILE, hard, hard).is_ok()
    {
        crate::outcome!("up to {hard} open files instead of {soft}: each client needs one");
    }
}

/// Windows has no such limit for sockets.
#[cfg(not(unix))]
pub fn allow_many_files() {}
