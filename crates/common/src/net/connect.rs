//! connect, as step 5 (tcp-client) shows it, and what keeps a connection quick and polite.

use std::io::{self, Read};
use std::net::Shutdown;
use std::time::{Duration, Instant};

use socket2::{SockAddr, SockRef, Socket, Type};

use crate::address::{self, Address};
use crate::console;
use crate::error::{CONNECT_PATIENCE, Call, Error, Explain, Result};
use crate::record::Facts;

/// socket and connect, as step 5 (tcp-client) shows them, with each address of a name tried in turn.
pub fn connect(address: &Address) -> Result<Socket> {
    let addresses = address.resolve_peer()?;
    let mut tried = Vec::new();
    for peer in addresses {
        let socket = Socket::new(peer.domain(), Type::STREAM, None).explain(Call::Socket, &peer)?;
        match connect_within(&socket, &peer) {
            Ok(()) => {
                report_connected(&tried, &peer);
                return Ok(socket);
            }
            Err(error) => tried.push((peer, error)),
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

/// Prints which address answered, and, where more than one try was needed, which ones didn't.
pub fn report_connected(failed: &[(SockAddr, io::Error)], peer: &SockAddr) {
    report_failed(failed);
    let name = address::show(peer);
    console::status_about(&Facts::default().peer(&name), &format!("connected to {name}"));
}

fn report_failed(failed: &[(SockAddr, io::Error)]) {
    for (address, error) in failed {
        console::status(&format!("tried {}: {error}", address::show(address)));
    }
}

/// The error when no address answered: about the last one, with the others printed before it.
pub fn no_connection(tried: &[(SockAddr, io::Error)]) -> Error {
    match tried.split_last() {
        Some(((address, error), earlier)) => {
            report_failed(earlier);
            Error::of_call(Call::Connect, address, error)
        }
        None => Error::network("connect: no address to try", "give the address as a number"),
    }
}

/// Ends a conversation politely: says that nothing more will come (shutdown), waits a moment for the
/// peer's last bytes, and closes. Closing with unread bytes would send a reset instead, and a reset
/// may destroy what the peer has not read yet.
pub fn close_gracefully(socket: Socket) {
    const PATIENCE: Duration = Duration::from_secs(1);
    if socket.shutdown(Shutdown::Write).is_err() {
        return;
    }
    let _ = socket.set_read_timeout(Some(PATIENCE));
    let started = Instant::now();
    let mut rest = [0; 4096];
    while started.elapsed() < PATIENCE {
        match (&socket).read(&mut rest) {
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
