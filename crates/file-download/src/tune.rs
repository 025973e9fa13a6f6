//! Socket options that make a download faster, or a server more patient. Each is a wish: a system that doesn't
//! know it transfers the same bytes.

use std::time::Duration;

use socket2::Socket;

/// How much must have come before a waiting recv(2) wakes up: SO_RCVLOWAT, socket(7). Without
/// it the program is woken for each packet.
#[cfg(target_os = "linux")]
pub fn wake_at(socket: &Socket, bytes: usize) {
    use nix::{getsockopt_impl, libc, setsockopt_impl, sockopt_impl};
    sockopt_impl!(LowWater, Both, libc::SOL_SOCKET, libc::SO_RCVLOWAT, i32);
    let bytes = i32::try_from(bytes).unwrap_or(i32::MAX);
    let _ = nix::sys::socket::setsockopt(socket, LowWater, &bytes);
}

/// Elsewhere this was never tried.
#[cfg(not(target_os = "linux"))]
pub fn wake_at(_: &Socket, _: usize) {}

/// The socket takes more only when fewer bytes than these wait to be sent: TCP_NOTSENT_LOWAT, tcp(7). Otherwise
/// megabytes of them wait for the client's acknowledgements; each sends some on, and on loopback that is done
/// by the client's processor, which has enough to do.
#[cfg(target_os = "linux")]
pub fn keep_unsent(socket: &Socket, bytes: u32) {
    use nix::{libc, setsockopt_impl, sockopt_impl};
    sockopt_impl!(Unsent, SetOnly, libc::IPPROTO_TCP, libc::TCP_NOTSENT_LOWAT, u32);
    let _ = nix::sys::socket::setsockopt(socket, Unsent, &bytes);
}

/// Elsewhere this was never tried.
#[cfg(not(target_os = "linux"))]
pub fn keep_unsent(_: &Socket, _: u32) {}

/// BBR, the congestion control of some systems, has each packet sent by a timer. That spares long lines, but on
/// loopback the timers take longer than the packets, and a connection that once had BBR keeps them. So this
/// takes it from the listener (TCP_CONGESTION, tcp(7)) and returns its name; Reno (RFC 5681) is on every
/// system. `None`: there was no BBR, and nothing is changed.
#[cfg(target_os = "linux")]
pub fn take_bbr(listener: &Socket) -> Option<Vec<u8>> {
    let name = listener.tcp_congestion().ok().filter(|name| name.starts_with(b"bbr"))?;
    listener.set_tcp_congestion(b"reno").ok()?;
    Some(name)
}

/// Gives it to a client on another computer.
#[cfg(target_os = "linux")]
pub fn give_bbr(name: &[u8], client: &Socket) {
    let peer = client.peer_addr().ok().and_then(|peer| peer.as_socket());
    if peer.is_some_and(|peer| !peer.ip().to_canonical().is_loopback()) {
        let _ = client.set_tcp_congestion(name);
    }
}

/// Elsewhere there is no BBR.
#[cfg(not(target_os = "linux"))]
pub fn take_bbr(_: &Socket) -> Option<Vec<u8>> {
    None
}

/// Elsewhere there is none to give.
#[cfg(not(target_os = "linux"))]
pub fn give_bbr(_: &[u8], _: &Socket) {}

/// How long the client may take nothing before the connection is given up: TCP_USER_TIMEOUT, tcp(7). The time
/// limit of send(2) alone can't tell: a send that has put a part of a block into the buffers has not failed.
#[cfg(target_os = "linux")]
pub fn leave_after(client: &Socket, patience: Duration) {
    let _ = client.set_tcp_user_timeout(Some(patience));
}

/// Elsewhere only the time limit of send counts, which may be three times as long.
#[cfg(not(target_os = "linux"))]
pub fn leave_after(_: &Socket, _: Duration) {}
