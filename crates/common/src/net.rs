//! Socket options and the set-up that earlier steps have already shown.

use std::fs::Metadata;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use socket2::{Domain, SockAddr, SockRef, Socket, Type};

use crate::error::{Error, Explain, Result};
use crate::{Address, address, console, stop};

/// How long [`connect`] waits for an answer. The system alone would wait two minutes.
pub const CONNECT_PATIENCE: Duration = Duration::from_secs(10);

/// Room for any datagram: its length is a 16-bit number (RFC 768).
pub const LARGEST_DATAGRAM: usize = 1 << 16;

/// The name of an address's family, as the system calls have it.
pub fn family(address: SocketAddr) -> &'static str {
    if address.is_ipv4() { "AF_INET" } else { "AF_INET6" }
}

/// The same for an address that may be a `unix:` path.
pub fn family_of(address: &SockAddr) -> &'static str {
    address.as_socket().map_or("AF_UNIX", family)
}

/// Every own address and a port that the system chooses, of the same family as `peer`.
pub fn any_address(peer: SocketAddr) -> SocketAddr {
    match peer {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    }
}

/// A duration on the command line, in seconds: `5`, `0.5`.
///
/// From a millisecond, because the system takes a timeout of 0 for "wait for ever", to a day, so that a sum of a few
/// durations can't overflow.
pub fn parse_seconds(text: &str) -> std::result::Result<Duration, String> {
    match text.parse::<f64>() {
        Ok(seconds) if (0.001..=86_400.0).contains(&seconds) => {
            Ok(Duration::from_secs_f64(seconds))
        }
        _ => Err("give seconds from 0.001 to 86400 (a day), such as 5 or 0.5".into()),
    }
}

/// A multicast group on the command line.
pub fn parse_group(text: &str) -> std::result::Result<IpAddr, String> {
    match text.parse::<IpAddr>() {
        Ok(group) if group.is_multicast() => Ok(group),
        _ => Err("no multicast group; those are 224.0.0.0 to 239.255.255.255 and ff00::/8, try 239.1.2.3".into()),
    }
}

/// True when a call gave up because of its timeout: Unix says EAGAIN, Windows WSAETIMEDOUT.
pub fn timed_out(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

/// Binds a socket to the port of `own` and joins a multicast group on the interface of its address.
///
/// It binds "all addresses", because datagrams to a group carry the group's address. Several programs
/// of one computer may listen to a group, hence SO_REUSEADDR, which is otherwise wrong for UDP: the
/// newest receiver would silently take the datagrams of the others.
pub fn bind_and_join(socket: &Socket, own: SocketAddr, group: IpAddr) -> Result<()> {
    socket.set_reuse_address(true).explain("setsockopt", "SO_REUSEADDR")?;
    let all = SocketAddr::new(any_address(own).ip(), own.port());
    socket.bind(&all.into()).explain("bind", all)?;
    match (group, own.ip()) {
        (IpAddr::V4(group), IpAddr::V4(interface)) => socket.join_multicast_v4(&group, &interface),
        (IpAddr::V6(group), IpAddr::V6(_)) => socket.join_multicast_v6(&group, 0),
        _ => {
            return Err(Error::local(
                format!("{group} and {own} are of different families"),
                "an IPv4 group needs an IPv4 address, an IPv6 group an IPv6 address",
            ));
        }
    }
    .explain("join", group)
}

/// A socket speaks either IPv4 or IPv6, so both ends must be given in the same way.
pub fn check_families(own: SocketAddr, peer: SocketAddr) -> Result<()> {
    if own.is_ipv4() == peer.is_ipv4() {
        return Ok(());
    }
    Err(Error::local(
        format!("bind {own}: {peer} can't be reached from there, one is IPv4 and one is IPv6"),
        "give both as IPv4 addresses, or both as IPv6 addresses",
    ))
}

/// What is sent to a multicast group leaves by the interface of the address it is sent from.
pub fn send_multicast_from(socket: &Socket, own: SocketAddr, peer: SocketAddr) -> Result<()> {
    match (own.ip(), peer.ip()) {
        (IpAddr::V4(interface), IpAddr::V4(group)) if group.is_multicast() => {
            socket.set_multicast_if_v4(&interface).explain("setsockopt", "IP_MULTICAST_IF")
        }
        _ => Ok(()),
    }
}

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

/// `[::]` serves IPv4 as well ("dual stack"); Windows has it off unless asked.
pub fn accept_ipv4_too(socket: &Socket, address: &SockAddr) -> Result<()> {
    match address.as_socket() {
        Some(SocketAddr::V6(v6)) if v6.ip().is_unspecified() => {
            socket.set_only_v6(false).explain("setsockopt", "IPV6_V6ONLY")
        }
        _ => Ok(()),
    }
}

/// A `unix:` path is a file, and it outlives a server that was killed. It is removed when it is a
/// socket and nobody has it open.
fn remove_stale_file(path: &Path, address: &SockAddr) -> Result<()> {
    let Ok(found) = path.symlink_metadata() else { return Ok(()) };
    let name = address::show(address);
    if let Some((kind, advice)) = no_socket(&found) {
        return Err(Error::local(format!("bind {name}: there is {kind} at this path"), advice));
    }
    // A socket of the wrong type is never connected: the system says whether somebody is there, and a
    // server that is there notices nothing. (Windows knows streams only.)
    let kind = if cfg!(unix) { Type::DGRAM } else { Type::STREAM };
    if let Ok(probe) = Socket::new(Domain::UNIX, kind, None)
        && let Err(error) = probe.connect(address)
        && error.kind() == io::ErrorKind::ConnectionRefused
    {
        std::fs::remove_file(path).explain("remove the old", name)?;
    }
    Ok(())
}

/// What stands in a socket's place, and what to do about it; `None` for a socket.
fn no_socket(found: &Metadata) -> Option<(&'static str, &'static str)> {
    if found.is_dir() {
        return Some(("a folder", "name a file in it that doesn't exist yet: bind makes it"));
    }
    if found.is_symlink() {
        return Some((
            "a symbolic link",
            "bind follows none; remove the link, or give another path",
        ));
    }
    if !is_socket(found) {
        return Some((
            "a file",
            "bind makes a new file and never overwrites one; give another path",
        ));
    }
    None
}

#[cfg(unix)]
fn is_socket(found: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;
    found.file_type().is_socket()
}

/// Windows shows the file of a socket as a plain file.
#[cfg(not(unix))]
fn is_socket(_: &Metadata) -> bool {
    true
}

/// Says where a program waits, in the contract's words, and who can reach it there.
pub fn tell_listening(socket: &Socket) -> Result<()> {
    let own = socket.local_addr().explain("getsockname", "the listening socket")?;
    console::tell(&format!("listening on {}", address::show(&own)));
    if let Some(path) = address::path(&own) {
        stop::remove_at_exit(path.to_owned());
    }
    let reach = own.as_socket().map_or("only this computer can reach it".into(), reach);
    console::tell(&format!("  {reach}\n  press Ctrl-C to stop"));
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
    let lan: Vec<String> = own_ips()
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

/// This computer's own addresses, for messages.
pub fn own_addresses() -> Vec<String> {
    own_ips().iter().map(IpAddr::to_string).collect()
}

fn own_ips() -> Vec<IpAddr> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    // A link-local address (169.254…, fe80:…) needs its interface's name to be of use: left out.
    interfaces
        .iter()
        .filter(|interface| !interface.is_link_local())
        .map(if_addrs::Interface::ip)
        .collect()
}

/// socket, bind and listen, as step 4 (tcp-server) shows them.
pub fn listen(address: &Address, backlog: i32) -> Result<Socket> {
    let own = first_address(address)?;
    let socket = Socket::new(own.domain(), Type::STREAM, None).explain("socket", address)?;
    if port_may_be_in_time_wait(&own) {
        socket.set_reuse_address(true).explain("setsockopt", "SO_REUSEADDR")?;
    }
    prepare_to_bind(&socket, &own)?;
    socket.bind(&own).explain("bind", address)?;
    socket.listen(backlog).explain("listen", address)?;
    tell_listening(&socket)?;
    Ok(socket)
}

/// The address to listen on. A name such as `localhost` may have several: IPv4 first, as in the lessons.
pub fn first_address(address: &Address) -> Result<SockAddr> {
    let addresses = address.resolve()?;
    let first = addresses.iter().find(|address| !address.is_ipv6()).or(addresses.first());
    first
        .cloned()
        .ok_or_else(|| Error::local(format!("{address}: no address"), "give it as a number"))
}

/// socket and connect, as step 5 (tcp-client) shows them, with each address of a name tried in turn.
pub fn connect(address: &Address) -> Result<Socket> {
    let addresses = address.resolve_peer()?;
    let mut tried = Vec::new();
    for peer in &addresses {
        let name = address::show(peer);
        let socket = Socket::new(peer.domain(), Type::STREAM, None).explain("socket", &name)?;
        match connect_within(&socket, peer) {
            Ok(()) => {
                tell_tries(&tried, &name);
                return Ok(socket);
            }
            Err(error) => tried.push((name, error)),
        }
    }
    Err(no_connection(&tried))
}

/// connect(2), but an answer must come within [`CONNECT_PATIENCE`].
pub fn connect_within(socket: &Socket, peer: &SockAddr) -> io::Result<()> {
    if peer.is_unix() {
        socket.connect(peer)
    } else {
        socket.connect_timeout(peer, CONNECT_PATIENCE)
    }
}

/// Says which address answered, and, where more than one try was needed, which ones didn't.
pub fn tell_tries(failed: &[(String, io::Error)], connected: &str) {
    for (address, error) in failed {
        console::tell(&format!("tried {address}: {error}"));
    }
    console::tell(&format!("connected to {connected}"));
}

/// The error when no address answered: about the last one, with the others told before it.
pub fn no_connection(tried: &[(String, io::Error)]) -> Error {
    match tried.split_last() {
        Some(((address, error), earlier)) => {
            for (address, error) in earlier {
                console::tell(&format!("tried {address}: {error}"));
            }
            Error::of_call("connect", address, error)
        }
        None => Error::network("connect: no address to try", "give the address as a number"),
    }
}

/// Ends a conversation politely: says that nothing more will come (shutdown), waits a moment for the
/// peer's last bytes, and closes. Closing with unread bytes would send a reset instead, and a reset
/// may destroy what the peer has not read yet.
pub fn close_gracefully(socket: Socket) {
    const PATIENCE: Duration = Duration::from_secs(1);
    if socket.shutdown(std::net::Shutdown::Write).is_err() {
        return;
    }
    let _ = socket.set_read_timeout(Some(PATIENCE));
    let started = std::time::Instant::now();
    let mut rest = [0; 4096];
    while started.elapsed() < PATIENCE {
        match io::Read::read(&mut &socket, &mut rest) {
            Ok(0) | Err(_) => break,
            Ok(_) => {}
        }
    }
}

/// A message that is sent at once: Nagle's algorithm (RFC 896) would hold back a small one until the
/// last one is acknowledged, and the peer delays that by 40 ms.
pub fn send_without_delay(socket: &Socket) {
    let _ = SockRef::from(socket).set_tcp_nodelay(true);
}

/// Lets this process open as many files as the system allows: each client is one (setrlimit(2)). Many
/// systems start a program with room for 1,024 and allow far more.
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

/// Counts clients: a server takes a place for each and waits when none is free.
#[derive(Clone)]
pub struct Places(Arc<(Mutex<usize>, Condvar)>);

/// One client's place; it is free again when this is dropped.
pub struct Place(Places);

impl Places {
    /// Room for `most` clients at once.
    pub fn new(most: usize) -> Self {
        Self(Arc::new((Mutex::new(most), Condvar::new())))
    }

    /// Takes a place; `None` when all are taken.
    pub fn try_take(&self) -> Option<Place> {
        let mut free = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        *free = free.checked_sub(1)?;
        Some(Place(self.clone()))
    }

    /// Takes a place, and waits for one when all are taken.
    pub fn take(&self) -> Place {
        let free = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut free =
            self.0.1.wait_while(free, |free| *free == 0).unwrap_or_else(PoisonError::into_inner);
        *free -= 1;
        Place(self.clone())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        *self.0.0.0.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.0.1.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_duration_is_too_short_or_too_long_to_wait_for() {
        assert_eq!(parse_seconds("0.001"), Ok(Duration::from_millis(1)));
        assert_eq!(parse_seconds("1e-3"), Ok(Duration::from_millis(1)));
        assert_eq!(parse_seconds("86400"), Ok(Duration::from_secs(86_400)));
        let wrong = "0 -1 0.0000001 1e-300 86400.1 1e300 18446744073709551615 inf nan 5s";
        for text in wrong.split(' ').chain([""]) {
            assert!(parse_seconds(text).is_err_and(|why| why.contains("0.001 to 86400")), "{text}");
        }
    }

    #[test]
    fn a_place_is_free_again_when_its_client_leaves() {
        let places = Places::new(1);
        let first = places.take();
        assert!(places.try_take().is_none());
        drop(first);
        assert!(places.try_take().is_some());
    }
}
