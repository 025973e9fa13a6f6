//! The network of this computer: loopback, the lessons' ports, its own addresses, namespaces.

use std::env;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener, TcpStream, UdpSocket};
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use listeners::SocketState;

use grader::check::ports::{self, Protocol};
use grader::edition::Edition;
use ladder::capture::Capture;
use testkit::namespace::{self, Refused};
use testkit::program::{Exit, Launch};

use super::finding::{Finding, Mark, PATIENCE};

const MESSAGE: [u8; 6] = *b"doctor";

/// Every lesson needs 127.0.0.1.
pub(super) fn ipv4() -> Finding {
    match exchange(Ipv4Addr::LOCALHOST.into()) {
        Ok(()) => Finding::good("127.0.0.1 carries TCP and UDP"),
        Err(why) => Finding::missing(
            why,
            if cfg!(target_os = "linux") {
                "switch it on: sudo ip link set lo up; else a firewall or a VPN client blocks it"
            } else {
                "does a firewall or a VPN client block 127.0.0.1? let it through"
            },
        ),
    }
}

/// A few exercises use `[::1]`.
pub(super) fn ipv6() -> Finding {
    match exchange(Ipv6Addr::LOCALHOST.into()) {
        Ok(()) => Finding::good("::1 carries TCP and UDP"),
        Err(why) => Finding::warning(why, "leave out the few exercises with [::1]"),
    }
}

/// Sends something over TCP and UDP, and receives it. An error names the protocol.
fn exchange(ip: IpAddr) -> Result<(), String> {
    tcp(ip).map_err(|error| format!("TCP over {ip}: {error}"))?;
    udp(ip).map_err(|error| format!("UDP over {ip}: {error}"))
}

fn tcp(ip: IpAddr) -> io::Result<()> {
    let listener = TcpListener::bind((ip, 0))?;
    let mut client = TcpStream::connect_timeout(&listener.local_addr()?, PATIENCE)?;
    let (mut server, _) = listener.accept()?;
    server.set_read_timeout(Some(PATIENCE))?;
    client.write_all(&MESSAGE)?;
    let mut received = MESSAGE.map(|_| 0);
    server.read_exact(&mut received)?;
    is_it(&received)
}

fn udp(ip: IpAddr) -> io::Result<()> {
    let socket = UdpSocket::bind((ip, 0))?;
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.send_to(&MESSAGE, socket.local_addr()?)?;
    let mut received = MESSAGE.map(|_| 0);
    socket.recv(&mut received)?;
    is_it(&received)
}

fn is_it(received: &[u8]) -> io::Result<()> {
    if received == MESSAGE { Ok(()) } else { Err(io::Error::other("something else came")) }
}

/// A port that a step takes unless it is given another one.
pub(super) fn port(protocol: Protocol, port: u16) -> Finding {
    match trouble(protocol, port) {
        None => Finding::good("free"),
        Some((found, advice)) => Finding::missing(found, advice),
    }
}

/// Ports that lessons type into a command; any other one would do.
const OTHER_PORTS: &[(Protocol, u16)] =
    &[(Protocol::Udp, 8752), (Protocol::Tcp, 8901), (Protocol::Tcp, 9000), (Protocol::Udp, 9000)];

/// Are the ports that lessons type free?
pub(super) fn other_ports() -> Finding {
    let name = |&(protocol, port): &(Protocol, u16)| format!("{port} {}", protocol.name());
    let is_taken = |row: &(Protocol, u16)| {
        trouble(row.0, row.1).map(|(found, _)| format!("{}: {found}", name(row)))
    };
    let taken: Vec<String> = OTHER_PORTS.iter().filter_map(is_taken).collect();
    if taken.is_empty() {
        let names: Vec<String> = OTHER_PORTS.iter().map(name).collect();
        return Finding::good(format!("free: {}", names.join(", ")));
    }
    Finding::warning(taken.join("; "), "type another port where a lesson has this one")
}

/// Why a step could not take this port on 127.0.0.1, and what to do.
fn trouble(protocol: Protocol, port: u16) -> Option<(String, String)> {
    let bind = || match protocol {
        Protocol::Tcp => TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map(drop),
        Protocol::Udp => UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).map(drop),
    };
    let again = |_| {
        thread::sleep(Duration::from_millis(100)); // another doctor has it for a moment only
        bind()
    };
    let error = bind().or_else(again).err()?;
    Some(match error.kind() {
        ErrorKind::AddrInUse => taken(protocol, port),
        ErrorKind::PermissionDenied => (
            "the system keeps it for itself".to_owned(),
            "give the step another port; netsh int ipv4 show excludedportrange tcp lists these"
                .to_owned(),
        ),
        _ => (error.to_string(), "see loopback IPv4".to_owned()),
    })
}

/// Whose port it is, if the system lets this user see that.
fn taken(protocol: Protocol, port: u16) -> (String, String) {
    let all = listeners::get_all().unwrap_or_default();
    let wanted = match protocol {
        Protocol::Tcp => listeners::Protocol::TCP,
        Protocol::Udp => listeners::Protocol::UDP,
    };
    let here = all.iter().filter(|found| found.socket.port() == port && found.protocol == wanted);
    // Before its connections the one that waits; of processes that share a socket the first.
    let first = here.min_by_key(|found| (found.state != SocketState::Listen, found.process.pid));
    if let Some(found) = first {
        let (name, pid) = (common::text::clean(&found.process.name), found.process.pid);
        let end = if cfg!(windows) { "taskkill /PID" } else { "kill" };
        let advice = format!("end it (Ctrl-C, or {end} {pid}), or give the step another port");
        return (format!("taken by {name}, process {pid}"), advice);
    }
    let sockets = ports::sockets(protocol, Some(port)).unwrap_or_default();
    if protocol == Protocol::Tcp && !sockets.is_empty() && sockets.iter().all(|one| !one.waits) {
        let found = "held by the last connections of a server that has ended";
        return (found.to_owned(), "wait a minute, or give the step another port".to_owned());
    }
    let list = match env::consts::OS {
        "windows" => format!("netstat -ano | findstr :{port}"),
        "macos" => format!("sudo lsof -i :{port}"),
        _ => "sudo ss -lntup".to_owned(),
    };
    let advice = format!("find out whose: {list}; or give the step another port");
    ("taken by a program of another user".to_owned(), advice)
}

/// The addresses that a classmate's computer can call.
pub(super) fn addresses() -> Finding {
    let mut own = common::interfaces::own_addresses();
    own.retain(|address| !address.is_loopback());
    if own.is_empty() {
        let advice = "connect to a network before the exercises with two computers";
        return Finding::warning("none but loopback", advice);
    }
    let own = own.iter().map(IpAddr::to_string).collect::<Vec<_>>().join(", ");
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    if is_wsl(&kernel) {
        let page = Edition::asked_for().page("docs/instructors.md");
        let advice = format!("this is WSL: other computers reach Windows only; see {page}");
        return Finding::warning(own, advice);
    }
    Finding::good(own)
}

/// `5.15.153.1-microsoft-standard-WSL2`
fn is_wsl(kernel: &str) -> bool {
    kernel.to_lowercase().contains("microsoft")
}

/// Can `watch` have a network of its own, and capture its packets? A second process tries it, and ends.
pub(super) fn namespaces() -> Finding {
    let Ok(tool) = env::current_exe() else { return no_packets("the tool can't find itself") };
    let launch = Launch::new(tool).args(&["doctor", "--inside"]).no_input().deadline(PATIENCE);
    let Ok(mut inside) = launch.start() else { return no_packets("the tool can't start itself") };
    match inside.wait() {
        Ok(Exit::Code(0)) => Finding::good("cargo course watch shows the packets of each step"),
        Ok(_) => no_packets(inside.stdout_text().trim()),
        Err(_) => no_packets("the system doesn't answer in time"),
    }
}

fn no_packets(why: &str) -> Finding {
    Finding {
        mark: Mark::Warning,
        found: "cargo course watch shows calls, but no packets".to_owned(),
        advice: why.to_owned(),
    }
}

/// What the second process does.
pub(super) fn try_namespace() -> ExitCode {
    let entered = namespace::enter().map_err(|Refused(why)| why);
    let captured = entered.and_then(|()| Capture::start().map_err(|error| error.to_string()));
    let Err(why) = captured else { return ExitCode::SUCCESS };
    // The process that started this one reads it.
    let _ = writeln!(io::stdout(), "{why}");
    ExitCode::FAILURE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wsl_says_whose_kernel_it_is() {
        assert!(is_wsl("5.15.153.1-microsoft-standard-WSL2\n"));
        assert!(is_wsl("4.4.0-19041-Microsoft"));
        assert!(!is_wsl("6.18.5\n"));
    }
}
