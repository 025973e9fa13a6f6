//! The functions of `unix.rs` where there is no Unix.

use std::fs::{self, File};
use std::io;
use std::os::windows::fs::FileExt;
use std::path::Path;

/// There is no such limit.
pub fn fail_at_the_size_limit() {}

/// Symbolic links are rare, and need a permission of their own.
pub fn never_follow_or_wait(_: &mut fs::OpenOptions) {}

/// Opening never waits.
pub fn never_wait(_: &mut cap_std::fs::OpenOptions) {}

/// Reads from this position: ReadFile with an offset.
pub fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    file.seek_read(buffer, at)
}

/// An open file can't be renamed away.
pub fn is_still_there(_: &File, path: &Path) -> bool {
    path.exists()
}

/// There is no call for it.
pub fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
