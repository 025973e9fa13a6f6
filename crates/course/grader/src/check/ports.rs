//! Which ports are open on this computer, and whose they are: the readiness of a program is seen without touching it.
//!
//! Linux lists all of it in files: /proc/net/tcp and udp hold a line for each socket, with its state and what waits in it,
//! and /proc/PID/fd says which process has which socket. Elsewhere only what is open can be known.

use std::fs::{self, File};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};

use listeners::SocketState;
use socket2::{Domain, Socket, Type};

use testkit::running;

/// Below the ports that systems give to sockets that are not bound (Linux from 32768 on, others from 49152 on).
const FIRST: u16 = 20_000;
const LAST: u16 = 32_000;

/// Below are ports for which a program needs the rights of the administrator.
const UNPRIVILEGED: u16 = 1024;

/// Which transport a port belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// TCP
    Tcp,
    /// UDP
    Udp,
}

impl Protocol {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Protocol::Tcp => "TCP",
            Protocol::Udp => "UDP",
        }
    }

    fn files(self) -> [&'static str; 2] {
        match self {
            Protocol::Tcp => ["/proc/thread-self/net/tcp", "/proc/thread-self/net/tcp6"],
            Protocol::Udp => ["/proc/thread-self/net/udp", "/proc/thread-self/net/udp6"],
        }
    }
}

/// A free port that no other grader takes while this is kept: a lock on a file stands for it.
pub struct Port {
    /// Its number.
    pub number: u16,
    _lock: Option<File>,
}

impl Port {
    /// Chooses a port at random, so that two graders seldom ask for the same one.
    pub fn choose() -> io::Result<Port> {
        let folder = std::env::temp_dir().join(format!("socket-steps-ports{}", user()));
        let _ = fs::create_dir(&folder); // without it there is no lock, and chance must do
        for _ in 0..1000 {
            let number = fastrand::u16(FIRST..LAST);
            if number.swap_bytes() < UNPRIVILEGED {
                continue; // a program that swaps the two bytes gets a port then, as most students do
            }
            let path = folder.join(number.to_string());
            let lock = File::options().write(true).create(true).truncate(false).open(path).ok();
            let is_ours = lock.as_ref().is_none_or(|file| file.try_lock().is_ok());
            if is_ours && is_free(number) {
                return Ok(Port { number, _lock: lock });
            }
        }
        Err(io::Error::new(io::ErrorKind::AddrInUse, "no free port found"))
    }

    /// Its address on loopback.
    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.number).into()
    }
}

/// Each user has a folder of their own, because nobody can lock another user's files.
#[cfg(unix)]
fn user() -> String {
    format!("-{}", nix::unistd::Uid::current())
}

/// The temporary folder belongs to one user already.
#[cfg(not(unix))]
fn user() -> &'static str {
    ""
}

/// Nobody has the port, not even the rest of an old connection: SO_REUSEADDR, which std sets, would not see that.
fn is_free(port: u16) -> bool {
    let everywhere: SocketAddr = (Ipv4Addr::UNSPECIFIED, port).into();
    let can_bind = |kind: &Type| {
        Socket::new(Domain::IPV4, *kind, None)
            .is_ok_and(|socket| socket.bind(&everywhere.into()).is_ok())
    };
    // A copy of such a socket would keep the port from the program for which it is chosen.
    running::while_nothing_starts(|| [Type::STREAM, Type::DGRAM].iter().all(can_bind))
}

/// A socket, as the system lists it.
pub struct Entry {
    /// Its transport.
    pub protocol: Protocol,
    /// Its own address.
    pub local: SocketAddr,
    /// Its peer's address.
    pub remote: SocketAddr,
    /// Does it listen (TCP), or receive from anyone (UDP)?
    pub waits: bool,
    /// Has the peer closed its side, and this one not yet?
    pub is_half_closed: bool,
    /// How many bytes have come that the program has not received yet; of a listener, how many connections it has not accepted.
    pub unread: u64,
    inode: String,
}

/// The sockets with this port at one end, or all; `None` where the system doesn't list them.
pub fn sockets(protocol: Protocol, port: Option<u16>) -> Option<Vec<Entry>> {
    let [v4, v6] = protocol.files();
    let mut text = fs::read_to_string(v4).ok()?;
    text += &fs::read_to_string(v6).unwrap_or_default(); // a system without IPv6 has no such file
    // Thousands of connections may be listed, and they are looked at often: the lines are sorted out first.
    let part = port.map(|port| format!(":{port:04X} "));
    let lines = text.lines().filter(|line| part.as_ref().is_none_or(|part| line.contains(part)));
    Some(lines.filter_map(|line| entry(protocol, line)).collect())
}

/// `  0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  0 0 12345 …`
fn entry(protocol: Protocol, line: &str) -> Option<Entry> {
    const LISTEN: &str = "0A";
    const UNCONNECTED: &str = "07";
    const CLOSE_WAIT: &str = "08";
    let words: Vec<&str> = line.split_whitespace().collect();
    let state = *words.get(3)?;
    Some(Entry {
        protocol,
        local: address(words.get(1)?)?,
        remote: address(words.get(2)?)?,
        waits: state == LISTEN || state == UNCONNECTED,
        is_half_closed: state == CLOSE_WAIT,
        unread: u64::from_str_radix(words.get(4)?.split_once(':')?.1, 16).ok()?,
        inode: (*words.get(9)?).to_owned(),
    })
}

/// `0100007F:1F90` is 127.0.0.1:8080: each four bytes stand in the processor's own order.
fn address(text: &str) -> Option<SocketAddr> {
    let (ip, port) = text.split_once(':')?;
    let mut bytes = Vec::new();
    for start in (0..ip.len()).step_by(8) {
        let word = u32::from_str_radix(ip.get(start..start + 8)?, 16).ok()?;
        bytes.extend(word.to_ne_bytes());
    }
    let ip: IpAddr = match bytes.len() {
        4 => IpAddr::from(<[u8; 4]>::try_from(bytes).ok()?),
        _ => Ipv6Addr::from(<[u8; 16]>::try_from(bytes).ok()?).to_canonical(),
    };
    Some(SocketAddr::new(ip, u16::from_str_radix(port, 16).ok()?))
}

/// One end of a TCP connection; the outer `None`: the system doesn't list them.
fn end(local: SocketAddr, remote: SocketAddr) -> Option<Option<Entry>> {
    let mut entries = sockets(Protocol::Tcp, Some(local.port()))?.into_iter();
    Some(entries.find(|entry| entry.local == local && entry.remote == remote))
}

/// Is there still a connection of ours between these two? `false` where the system doesn't say.
pub fn is_connected(own: SocketAddr, peer: SocketAddr) -> bool {
    end(own, peer).flatten().is_some()
}

/// Has the program at `peer` closed its side of our connection? `false` where the system doesn't say.
pub fn is_closed_by_peer(own: SocketAddr, peer: SocketAddr) -> bool {
    // After a reset nothing is left of it, not even at our side.
    end(own, peer).is_some_and(|ours| ours.is_none_or(|entry| entry.is_half_closed))
}

/// Has the program at `peer` closed our connection altogether, and not only its sending half? `false` where the system
/// doesn't say.
pub fn is_let_go(own: SocketAddr, peer: SocketAddr) -> bool {
    const NOBODY: &str = "0";
    end(peer, own).is_some_and(|its| its.is_none_or(|entry| entry.inode == NOBODY))
}

/// How many bytes of ours the program at `peer` has not received yet; `None`: that can't be known.
pub fn unread(own: SocketAddr, peer: SocketAddr) -> Option<u64> {
    Some(end(peer, own)??.unread)
}

/// How many connections wait for the accept of the program at this port; `None`: that can't be known.
pub fn queue(port: u16) -> Option<u64> {
    let entries = sockets(Protocol::Tcp, Some(port))?;
    let listeners = entries.iter().filter(|entry| entry.waits && entry.local.port() == port);
    Some(listeners.map(|entry| entry.unread).sum())
}

/// Can 127.0.0.1:PORT be called now? The second value is the address that the program has bound, where that is known.
pub fn is_open(protocol: Protocol, port: u16) -> (bool, Option<SocketAddr>) {
    let Some(sockets) = sockets(protocol, Some(port)) else { return is_listed(protocol, port) };
    let waits_here =
        |entry: &&Entry| entry.waits && entry.local.port() == port && hears(entry.local.ip());
    let found = sockets.iter().find(waits_here);
    (found.is_some(), found.map(|entry| entry.local))
}

/// The same where there is no /proc: macOS, Windows.
fn is_listed(protocol: Protocol, port: u16) -> (bool, Option<SocketAddr>) {
    let waits_here = |found: &listeners::Listener| {
        let waits = match protocol {
            Protocol::Tcp => found.state == SocketState::Listen,
            Protocol::Udp => found.protocol == listeners::Protocol::UDP,
        };
        waits && found.socket.port() == port && hears(found.socket.ip())
    };
    let found = listeners::get_all().unwrap_or_default().into_iter().find(waits_here);
    (found.is_some(), found.map(|found| found.socket))
}

/// Does a socket hear what is sent to 127.0.0.1? One that is bound to `[::]` usually does.
fn hears(ip: IpAddr) -> bool {
    ip == Ipv4Addr::LOCALHOST || ip.is_unspecified()
}

/// All sockets of these processes; `None` where the system doesn't list them.
pub fn sockets_of(processes: &[PathBuf]) -> Option<Vec<Entry>> {
    let inodes: Vec<String> = processes.iter().flat_map(|process| inodes(process)).collect();
    let mut all = sockets(Protocol::Tcp, None)?;
    all.extend(sockets(Protocol::Udp, None)?);
    all.retain(|entry| inodes.contains(&entry.inode));
    Some(all)
}

/// The sockets that a process has open: its descriptors are links to `socket:[12345]`.
fn inodes(process: &Path) -> Vec<String> {
    let Ok(descriptors) = fs::read_dir(process.join("fd")) else { return Vec::new() };
    let targets = descriptors.flatten().filter_map(|entry| fs::read_link(entry.path()).ok());
    targets
        .filter_map(|target| {
            let target = target.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?;
            Some(target.to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn an_open_port_is_seen_and_whose_it_is() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let own = listener.local_addr().unwrap();
        assert_eq!(is_open(Protocol::Tcp, own.port()), (true, Some(own)));
        assert_eq!(is_listed(Protocol::Tcp, own.port()), (true, Some(own)));
        let ours = sockets_of(&[PathBuf::from("/proc/self")]).unwrap();
        assert!(ours.iter().any(|entry| entry.waits && entry.local == own));
        drop(listener);
        assert!(!is_open(Protocol::Tcp, own.port()).0);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_was_not_received_is_seen() {
        use std::io::{Read, Write};
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let own = listener.local_addr().unwrap();
        let mut client = std::net::TcpStream::connect(own).unwrap();
        assert_eq!(queue(own.port()), Some(1));
        let (mut server, peer) = listener.accept().unwrap();
        assert_eq!(queue(own.port()), Some(0));
        client.write_all(b"hello").unwrap();
        assert_eq!(unread(peer, own), Some(5));
        server.read_exact(&mut [0; 5]).unwrap();
        assert_eq!(unread(peer, own), Some(0));
        assert!(!is_closed_by_peer(peer, own));
        server.shutdown(std::net::Shutdown::Write).unwrap();
        assert!(is_closed_by_peer(peer, own) && !is_let_go(peer, own));
        drop(server);
        assert!(is_let_go(peer, own));
        assert!(is_closed_by_peer(peer, own));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_port_is_seen_in_its_own_network_only() {
        if !testkit::namespace::has_own_networks() {
            return testkit::skip::skipped("a thread's own network", "no network namespaces here");
        }
        let ours = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let own = ours.local_addr().unwrap();
        let in_its_network = move || {
            testkit::namespace::own_network().unwrap();
            let was_open = is_open(Protocol::Tcp, own.port()).0;
            let _same = std::net::TcpListener::bind(own).unwrap();
            (was_open, is_open(Protocol::Tcp, own.port()).0)
        };
        assert_eq!(std::thread::spawn(in_its_network).join().unwrap(), (false, true));
        drop(ours);
        assert!(!is_open(Protocol::Tcp, own.port()).0);
    }

    #[test]
    fn two_ports_are_never_the_same() {
        let ports: Vec<Port> = (0..20).map(|_| Port::choose().unwrap()).collect();
        for (number, port) in ports.iter().enumerate() {
            assert!(ports[..number].iter().all(|other| other.number != port.number));
        }
    }

    #[test]
    fn addresses_are_read() {
        assert_eq!(address("0100007F:1F90"), Some("127.0.0.1:8080".parse().unwrap()));
        let mapped = "0000000000000000FFFF00000100007F:0050";
        assert_eq!(address(mapped), Some("127.0.0.1:80".parse().unwrap()));
        assert_eq!(address("nonsense"), None);
    }
}
