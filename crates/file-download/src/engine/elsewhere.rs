//! The functions of `linux.rs` where the system has no such call, or where it was never tried: the same bytes,
//! a little slower.

use std::fs::File;
use std::io;
use std::time::Duration;

use socket2::Socket;

/// Sends the file's bytes from `at` on, at most `most` of them. Returns how many; 0 is the end of the file.
pub fn send_block(socket: &Socket, file: &File, at: u64, most: u64) -> io::Result<usize> {
    super::copy::send_through_memory(socket, file, at, most)
}

/// Only the time limit of send counts, so it may take up to three times as long.
pub fn give_up_after(_: &Socket, _: Duration) {}

/// Only Linux reserves space without making the file longer.
pub fn reserve(_: &File, _: u64) -> io::Result<()> {
    Ok(())
}
