//! Bytes between a disk, a socket and a checksum, in few and big calls: that is the whole art of being fast.
//!
//! Each read(2), send(2), recv(2) and write(2) costs the same small fee, and so does waking the other side. With a big
//! block the fees vanish, and it is still in the processor's cache when the next call, or the checksum, looks at it.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};

use crc32fast::Hasher;

/// How much a client receives and writes with one call. With 64 KiB a download takes half as long again; with 4 MiB the
/// blocks fall out of the processor's cache.
pub const BLOCK: usize = 1 << 20;

/// How much a server reads and sends with one call: less, because each of 500 clients has such a block.
pub const SERVER_BLOCK: usize = BLOCK / 4;

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

    /// Adds the first `count` bytes of a file. The next read goes on after them, wanted or not.
    pub fn add_beginning(&mut self, mut file: &File, count: u64) -> io::Result<()> {
        if self.0.is_none() {
            return file.seek(SeekFrom::Start(count)).map(|_| ());
        }
        file.rewind()?;
        let mut block = vec![0; SERVER_BLOCK];
        let mut left = count;
        while left > 0 {
            let count = read(file, at_most(&mut block, left))?;
            if count == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            self.add(&block[..count]);
            left -= count as u64;
        }
        Ok(())
    }

    pub fn value(&self) -> Option<u32> {
        self.0.clone().map(Hasher::finalize)
    }
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
