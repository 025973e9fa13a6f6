//! Bytes between a disk and a socket, in few and big calls: that is the whole art of being fast.
//!
//! Each read(2), send(2), recv(2) and write(2) costs the same small fee, and so does waking the other side.
//! With 1 MiB at a time the fees vanish, and a block is still in the processor's cache when the next call
//! (and the checksum) looks at it. Where nobody needs to look, `unseen.rs` is faster.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::sync::{Mutex, PoisonError};

use crc32fast::Hasher;

/// How much one call moves. With 256 KiB a download takes half as long again; with 4 MiB the blocks fall
/// out of the processor's cache.
pub const BLOCK: usize = 1 << 20;

/// How much one call moves where memory is scarce: this much fits on a thread's stack.
const PIECE: usize = 32 << 10;

/// How many downloads at once get a big buffer.
const BIG_BUFFERS: usize = 4;

/// The server's buffers. One of 1 MiB for each of 500 clients would be 500 MiB, so the first few at a time
/// get a big one, and the others a small one: with so many the network is the limit, not the calls.
pub struct Buffers(Mutex<Vec<Vec<u8>>>);

impl Buffers {
    /// They take memory only when they are used for the first time.
    pub fn new() -> Self {
        Self(Mutex::new(vec![Vec::new(); BIG_BUFFERS]))
    }

    /// Lends a buffer while `work` runs: a big one if there is one left.
    pub fn lend<T>(&self, work: impl FnOnce(&mut [u8]) -> T) -> T {
        let big = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let Some(mut big) = big else { return work(&mut [0; PIECE]) };
        big.resize(BLOCK, 0);
        let result = work(&mut big);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(big);
        result
    }
}

/// Adds the file's first `count` bytes to the checksum; the file's position is behind them afterwards.
pub fn add_to_sum(sum: &mut Hasher, mut file: &File, count: u64) -> io::Result<()> {
    let mut piece = [0; PIECE];
    let mut left = count;
    file.seek(SeekFrom::Start(0))?;
    while left > 0 {
        let most = at_most(&mut piece, left);
        let count = read(file, most)?;
        if count == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        sum.update(&piece[..count]);
        left -= count as u64;
    }
    Ok(())
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

/// Reads until the buffer is full or the file ends.
pub fn fill(file: &File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match read(file, &mut buffer[filled..])? {
            0 => break,
            count => filled += count,
        }
    }
    Ok(filled)
}
