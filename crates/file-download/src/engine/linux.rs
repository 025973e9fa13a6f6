//! What only Linux has. `elsewhere.rs` has the same functions for other systems.

use std::fs::File;
use std::io;
use std::time::Duration;

use nix::errno::Errno;
use nix::fcntl::{FallocateFlags, fallocate};
use nix::libc::off_t;
use socket2::Socket;

/// How long a client may take nothing before the connection is given up: TCP_USER_TIMEOUT, tcp(7). The time
/// limit of send(2) alone isn't enough: a send that has put a part of a block into the buffers has not failed.
pub fn give_up_after(socket: &Socket, patience: Duration) {
    let _ = socket.set_tcp_user_timeout(Some(patience));
}

/// Reserves the space for a whole file: fallocate(2). The blocks lie side by side, which saves time, too. The file
/// grows as before: only what came counts.
pub fn reserve(file: &File, size: u64) -> io::Result<()> {
    let Ok(length) = off_t::try_from(size) else { return Ok(()) };
    match fallocate(file, FallocateFlags::FALLOC_FL_KEEP_SIZE, 0, length) {
        Err(error @ (Errno::ENOSPC | Errno::EDQUOT | Errno::EFBIG)) => Err(error.into()),
        // Some disks can't; then the space is taken bit by bit.
        _ => Ok(()),
    }
}
