//! A connection that belongs to nobody but this process.

use std::io;
use std::net::{TcpListener, TcpStream};
use std::sync::{Mutex, MutexGuard, PoisonError};

use socket2::SockRef;

static ALONE: Mutex<()> = Mutex::new(());

/// Until this is dropped, no connection is accepted, and on Windows no program is started.
pub(super) fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// accept(2), of a listener that doesn't wait. Not std's: on Windows each program that is started later would get a copy of its
/// socket, and the connection would not end before the last of those programs. socket2's keeps it to this process, but only a
/// moment after the call, so no program may be started in between.
pub fn accept(listener: &TcpListener) -> io::Result<TcpStream> {
    let _alone = alone();
    let (socket, _) = SockRef::from(listener).accept()?;
    Ok(socket.into())
}
