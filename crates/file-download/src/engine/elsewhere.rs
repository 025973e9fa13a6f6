//! The functions of `linux.rs` where the system has no such call, or where it was never tried: the same bytes,
//! a little slower.

use std::fs::File;
use std::io;
use std::time::Duration;

use socket2::Socket;

pub use super::copy::send_through_memory as send_block;

/// Only the time limit of send counts, so it may take up to three times as long.
pub fn give_up_after(_: &Socket, _: Duration) {}

/// Only Linux reserves space without making the file longer.
pub fn reserve(_: &File, _: u64) -> io::Result<()> {
    Ok(())
}
