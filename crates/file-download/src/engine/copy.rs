//! Bytes between a disk, a socket and a checksum, in few and big calls: that is the whole art of being fast.
//!
//! Each read(2), send(2), recv(2) and write(2) costs the same small fee, and so does waking the other side. With 1 MiB
//! at a time the fees vanish, and a block is still in the processor's cache when the next call looks at it.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};

use crc32fast::Hasher;
use socket2::Socket;

use super::read_at;

/// How much one call moves. With 256 KiB a download takes half as long again; with 4 MiB the blocks fall
/// out of the processor's cache.
pub const BLOCK: usize = 1 << 20;

/// How much is read at a time for the checksum: little, because each of 500 clients may have its own.
const PIECE: usize = 32 << 10;

/// How much passes through memory where there is no sendfile(2).
const BUFFER: usize = 256 << 10;

/// The checksum of a file, if one is wanted.
pub struct Sum(Option<Hasher>);

impl Sum {
    pub fn new(is_wanted: bool) -> Self {
        Self(is_wanted.then(Hasher::new))
    }

    pub fn add(&mut self, block: &[u8]) {
        if let Some(hasher) = &mut self.0 {
            hasher.update(block);
        }
    }

    /// Adds `count` bytes of a file, from `at` on. They are read for it: what sendfile(2) has just sent is in memory.
    pub fn add_from(&mut self, file: &File, at: u64, count: u64) -> io::Result<()> {
        if self.0.is_none() {
            return Ok(());
        }
        let mut piece = vec![0; PIECE];
        let mut done = 0;
        while done < count {
            let count = read_at(file, at_most(&mut piece, count - done), at + done)?;
            if count == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            self.add(&piece[..count]);
            done += count as u64;
        }
        Ok(())
    }

    pub fn value(&self) -> Option<u32> {
        self.0.clone().map(Hasher::finalize)
    }
}

/// Sends at most `most` bytes of the file, from `at` on: read(2) and send(2). Returns how many; 0 is the file's end.
pub fn send_through_memory(
    mut socket: &Socket,
    file: &File,
    at: u64,
    most: u64,
) -> io::Result<usize> {
    let mut buffer = vec![0; BUFFER];
    let count = read_at(file, at_most(&mut buffer, most), at)?;
    socket.write_all(&buffer[..count])?;
    Ok(count)
}

/// The part of the buffer that may be filled when `left` bytes are still to come.
pub fn at_most(buffer: &mut [u8], left: u64) -> &mut [u8] {
    let most = usize::try_from(left).map_or(buffer.len(), |left| left.min(buffer.len()));
    &mut buffer[..most]
}

/// read(2) or recv(2), again when a signal came between (Ctrl-Z and `fg`).
pub fn read(mut from: impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match from.read(buffer) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}
