//! Addresses as a student types them: `HOST:PORT`, `[V6]:PORT`, `:PORT`, `PORT`, `unix:PATH`.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use socket2::SockAddr;

use crate::error::{Error, Result, Target};

/// An address that may still hold a name: DNS is asked when a program uses it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A host and a port: AF_INET or AF_INET6.
    Inet {
        /// A name, or an address in digits (IPv6 without its brackets).
        host: String,
        /// 0 asks the system for a free one.
        port: u16,
    },
    /// A path in the file system: AF_UNIX. Only the TCP steps know it.
    Unix(PathBuf),
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        if let Some(path) = text.strip_prefix("unix:") {
            return match path {
                "" => Err("unix: needs a path, for example unix:/tmp/chat".into()),
                _ if path.contains('\0') => Err("a path can't hold a zero byte".into()),
                _ => Ok(Self::Unix(path.into())),
            };
        }
        let (host, port) =
            match text.rsplit_once(':') {
                Some((host, port)) => (host, port),
                None if text.bytes().all(|byte| byte.is_ascii_digit()) => ("", text),
                None => return Err(
                    "has no port: write HOST:PORT, for example 127.0.0.1:8888 (the address comes first)"
                        .into(),
                ),
            };
        let port = parse_port(port)?;
        Ok(Self::Inet { host: parse_host(host)?, port })
    }
}

fn parse_port(text: &str) -> std::result::Result<u16, String> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(
            "the port after the last ':' must be a number, for example 127.0.0.1:8888".into()
        );
    }
    text.parse().map_err(|_| format!("ports go from 0 to 65535, {text} is not one of them"))
}

fn parse_host(text: &str) -> std::result::Result<String, String> {
    if let Some(inner) = text.strip_prefix('[') {
        let host = inner.strip_suffix(']').ok_or("the ']' is missing: write [::1]:8888")?;
        let digits = host.split('%').next().unwrap_or(host);
        return match digits.parse::<std::net::Ipv6Addr>() {
            Ok(_) => Ok(host.to_owned()),
            Err(_) => {
                Err(format!("'{host}' is not an IPv6 address; only those are written in brackets"))
            }
        };
    }
    if text.contains(':') {
        return Err("an IPv6 address needs brackets: write [::1]:8888".into());
    }
    if text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '/') {
        return Err(
            "a host holds no spaces and no '/': write HOST:PORT, for example 127.0.0.1:8888".into(),
        );
    }
    Ok(if text.is_empty() { "127.0.0.1" } else { text }.to_owned())
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inet { host, port } if host.contains(':') => write!(f, "[{host}]:{port}"),
            Self::Inet { host, port } => write!(f, "{host}:{port}"),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

/// An address for the UDP steps, which have no `unix:`.
pub fn parse_udp(text: &str) -> std::result::Result<Address, String> {
    match text.parse()? {
        Address::Unix(_) => Err("unix: is for the TCP steps; UDP takes HOST:PORT".into()),
        address => Ok(address),
    }
}

impl Address {
    /// The addresses to try, in the system's order: getaddrinfo(3).
    pub fn resolve(&self) -> Result<Vec<SockAddr>> {
        match self {
            Self::Inet { host, port } => {
                Ok(lookup(host, *port)?.into_iter().map(SockAddr::from).collect())
            }
            Self::Unix(path) => {
                let address = SockAddr::unix(path).map_err(|error| {
                    Error::local(
                        format!("{self}: {error}"),
                        "a path of about 100 bytes fits, such as unix:/tmp/chat",
                    )
                })?;
                Ok(vec![address])
            }
        }
    }

    /// The same for a program that calls: port 0 and "all addresses" can't be called.
    pub fn resolve_peer(&self) -> Result<Vec<SockAddr>> {
        let addresses = self.resolve()?;
        for address in addresses.iter().filter_map(SockAddr::as_socket) {
            check_peer(address)?;
        }
        Ok(addresses)
    }

    /// One address for a UDP step. IPv4 first: UDP can't notice that nobody listens on `::1`, and the
    /// lessons' receivers listen on 127.0.0.1.
    pub fn resolve_udp(&self) -> Result<SocketAddr> {
        let addresses: Vec<SocketAddr> =
            self.resolve()?.iter().filter_map(SockAddr::as_socket).collect();
        let first = addresses.iter().find(|address| address.is_ipv4()).or(addresses.first());
        first.copied().ok_or_else(|| cannot_find(&self.to_string(), "no address"))
    }

    /// The same for the address of a peer.
    pub fn resolve_udp_peer(&self) -> Result<SocketAddr> {
        let address = self.resolve_udp()?;
        check_peer(address)?;
        Ok(address)
    }
}

fn lookup(host: &str, port: u16) -> Result<Vec<SocketAddr>> {
    match (host, port).to_socket_addrs() {
        Ok(addresses) => {
            let mut found: Vec<SocketAddr> = Vec::new();
            for address in addresses {
                if !found.contains(&address) {
                    found.push(address);
                }
            }
            if found.is_empty() { Err(cannot_find(host, "no address")) } else { Ok(found) }
        }
        Err(error) => Err(cannot_find(host, &error.to_string())),
    }
}

fn cannot_find(host: &str, symptom: &str) -> Error {
    Error::network(
        format!("can't find host '{host}': {symptom}"),
        "check the spelling, or use a number such as 127.0.0.1",
    )
}

fn check_peer(address: SocketAddr) -> Result<()> {
    if address.ip().is_unspecified() {
        return Err(Error::local(
            format!("{address}: {} is for listening (it means all own addresses)", address.ip()),
            format!("connect to 127.0.0.1:{} or to the server's address", address.port()),
        ));
    }
    if address.port() == 0 {
        return Err(Error::local(
            format!("{address}: port 0 can't be called"),
            "port 0 asks the system for a free port; use the one that the peer says it listens on",
        ));
    }
    Ok(())
}

/// The path of a `unix:` address; a client's socket has none.
#[cfg(unix)]
pub fn path(address: &SockAddr) -> Option<&Path> {
    address.as_pathname()
}

/// On Windows socket2 can use a path, but not read it back.
#[cfg(not(unix))]
pub fn path(_: &SockAddr) -> Option<&Path> {
    None
}

/// A socket address for people; IPv4 peers of a dual-stack socket (`::ffff:…`) look like IPv4 ones.
pub fn show(address: &SockAddr) -> String {
    match (address.as_socket(), path(address)) {
        (Some(inet), _) => SocketAddr::new(inet.ip().to_canonical(), inet.port()).to_string(),
        (None, Some(path)) => format!("unix:{}", path.display()),
        (None, None) => "unix client".into(),
    }
}

impl From<&SockAddr> for Target {
    fn from(address: &SockAddr) -> Self {
        match address.as_socket() {
            Some(inet) => SocketAddr::new(inet.ip().to_canonical(), inet.port()).into(),
            None if address.is_unix() => Self::Unix(show(address)),
            None => Self::Named(show(address)),
        }
    }
}

impl From<&Address> for Target {
    fn from(address: &Address) -> Self {
        Self::Named(address.to_string())
    }
}

/// 127.0.0.1 and its port.
pub fn loopback(port: u16) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inet(host: &str, port: u16) -> Address {
        Address::Inet { host: host.into(), port }
    }

    #[test]
    fn all_forms_of_the_contract_are_understood() {
        let rows = [
            ("127.0.0.1:8888", inet("127.0.0.1", 8888)),
            ("[::1]:8888", inet("::1", 8888)),
            (":8888", inet("127.0.0.1", 8888)),
            ("8888", inet("127.0.0.1", 8888)),
            ("localhost:0", inet("localhost", 0)),
            ("unix:/tmp/a b", Address::Unix("/tmp/a b".into())),
        ];
        for (text, expected) in rows {
            assert_eq!(text.parse::<Address>().unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn wrong_addresses_say_what_is_wrong() {
        let rows = [
            ("", "the port"),
            ("hello", "has no port"),
            ("1.2.3.4:", "must be a number"),
            ("1.2.3.4:http", "must be a number"),
            ("1.2.3.4:65536", "0 to 65535"),
            ("1.2.3.4:-1", "must be a number"),
            ("::1:80", "needs brackets"),
            ("[::1:80", "']' is missing"),
            ("[127.0.0.1]:80", "not an IPv6 address"),
            ("a b:80", "no spaces"),
            ("http://host:80", "needs brackets"),
            ("unix:", "needs a path"),
        ];
        for (text, expected) in rows {
            let error = text.parse::<Address>().unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        }
        assert!(parse_udp("unix:/tmp/x").unwrap_err().contains("TCP steps"));
    }

    #[test]
    fn listening_addresses_cannot_be_called() {
        let error = inet("0.0.0.0", 8899).resolve_peer().unwrap_err();
        assert!(error.to_string().contains("0.0.0.0 is for listening"), "{error}");
        assert_eq!(error.exit_code, 2);
        assert!(inet("127.0.0.1", 0).resolve_udp_peer().is_err());
    }

    #[test]
    fn an_ipv4_peer_of_a_dual_stack_socket_looks_like_one() {
        let mapped: SocketAddr = "[::ffff:10.0.0.7]:53".parse().unwrap();
        assert_eq!(show(&mapped.into()), "10.0.0.7:53");
    }
}
