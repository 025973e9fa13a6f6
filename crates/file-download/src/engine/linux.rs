//! What Linux has for speed. `elsewhere.rs` has the same functions for other systems.

use std::fs::File;
use std::io;
use std::time::Duration;

use nix::errno::Errno;
use nix::fcntl::{FallocateFlags, fallocate};
use nix::libc::off_t;
use nix::sys::sendfile::sendfile64;
use socket2::Socket;

use super::copy::{BLOCK, send_through_memory};

/// Sends a block of the file, from `at` on and at most `most` bytes: sendfile(2). They don't pass through the program:
/// the socket takes the pages that the file has in memory. Returns how many; less than a block at the end of the file.
pub fn send_block(socket: &Socket, file: &File, at: u64, most: u64) -> io::Result<usize> {
    let block = usize::try_from(most).unwrap_or(BLOCK).min(BLOCK);
    let Ok(start) = i64::try_from(at) else { return Ok(0) };
    let (mut from, mut sent) = (start, 0);
    while sent < block {
        match sendfile64(socket, file, Some(&mut from), block - sent) {
            Ok(0) => break,
            Ok(count) => sent += count,
            Err(Errno::EINTR) => {}
            // Some kinds of files have no such pages.
            Err(Errno::EINVAL | Errno::ENOSYS) if sent == 0 => {
                return send_through_memory(socket, file, at, most);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(sent)
}

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
