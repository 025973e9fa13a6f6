//! The functions of `linux.rs` where the system has no such call, or where it was never tried.

use std::fs::File;
use std::io;
use std::time::Duration;

use socket2::Socket;

/// Only the time limit of send counts, so it may take up to three times as long.
pub fn give_up_after(_: &Socket, _: Duration) {}

/// Only Linux reserves space without making the file longer: a disk gets full on the way.
pub fn reserve(_: &File, _: u64) -> io::Result<()> {
    Ok(())
}
