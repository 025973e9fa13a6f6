//! The fast path: a file's bytes between a disk and a socket, with as few copies as the system allows.
//!
//! On Linux the bytes never pass through this program: sendfile(2) hands the file's pages to the socket,
//! and splice(2) hands the received ones to the file, through a pipe. Elsewhere, and where a file system
//! can't do that, they are read and written in big blocks: the fewer calls, the faster.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};

use crc32fast::Hasher;
use socket2::Socket;

/// How much one call moves. Smaller blocks cost more calls; bigger ones were no faster.
pub const BLOCK: usize = 1 << 20;

/// A checksum is computed in pieces that stay in the processor's nearest cache.
pub const PIECE: usize = 32 << 10;

/// Which side of a transfer failed: the peer is to blame, or this computer's disk.
pub enum Failure {
    /// recv(2)
    Network(io::Error),
    /// write(2)
    Disk(io::Error),
}

/// Adds `count` bytes of the file, from position `from` on, to the checksum. The bytes were moved a moment
/// ago, so they come from memory; the file's position is behind them afterwards.
pub fn add_to_sum(sum: &mut Hasher, mut file: &File, from: u64, count: u64) -> io::Result<()> {
    let mut piece = [0; PIECE];
    let mut left = count;
    file.seek(SeekFrom::Start(from))?;
    while left > 0 {
        let most = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
        let count = read(file, &mut piece[..most])?;
        if count == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        sum.update(&piece[..count]);
        left -= count as u64;
    }
    Ok(())
}

/// read(2), again when a signal came between (Ctrl-Z and `fg`).
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

/// Sends the file's bytes from position `at` on, `most` at most: sendfile(2). Returns how many were
/// sent; 0 is the end of the file.
#[cfg(target_os = "linux")]
pub fn send_block(file: &File, socket: &Socket, at: u64, most: usize) -> io::Result<usize> {
    use nix::errno::Errno;
    let Ok(mut position) = i64::try_from(at) else { return Ok(0) };
    loop {
        match nix::sys::sendfile::sendfile64(socket, file, Some(&mut position), most) {
            Err(Errno::EINTR) => {}
            Err(Errno::EINVAL | Errno::ENOSYS) => return copy_to_socket(file, socket, at, most),
            result => return Ok(result?),
        }
    }
}

/// The same, without a shortcut.
#[cfg(not(target_os = "linux"))]
pub fn send_block(file: &File, socket: &Socket, at: u64, most: usize) -> io::Result<usize> {
    copy_to_socket(file, socket, at, most)
}

/// Sends through memory. Each client has its own buffer, so it is not as big as a receiver's.
fn copy_to_socket(mut file: &File, mut socket: &Socket, at: u64, most: usize) -> io::Result<usize> {
    let mut buffer = vec![0; most.min(BLOCK / 4)];
    file.seek(SeekFrom::Start(at))?;
    let count = read(file, &mut buffer)?;
    socket.write_all(&buffer[..count])?;
    Ok(count)
}

/// Receives into a file, at the file's position.
pub struct Receiver<'a> {
    socket: &'a Socket,
    file: &'a File,
    #[cfg(target_os = "linux")]
    pipe: Option<(io::PipeReader, io::PipeWriter)>,
    buffer: Vec<u8>,
}

impl<'a> Receiver<'a> {
    /// From this socket into this file.
    pub fn new(socket: &'a Socket, file: &'a File) -> Self {
        Self {
            socket,
            file,
            #[cfg(target_os = "linux")]
            pipe: wide_pipe().ok(),
            buffer: Vec::new(),
        }
    }

    /// Receives up to `most` bytes through memory; 0: the peer closed the connection.
    fn copy_block(&mut self, most: usize) -> Result<usize, Failure> {
        self.buffer.resize(BLOCK, 0);
        let count = read(self.socket, &mut self.buffer[..most.min(BLOCK)]);
        let count = count.map_err(Failure::Network)?;
        self.file.write_all(&self.buffer[..count]).map_err(Failure::Disk)?;
        Ok(count)
    }

    /// Receives up to `most` bytes; 0: the peer closed the connection.
    #[cfg(not(target_os = "linux"))]
    pub fn block(&mut self, most: usize) -> Result<usize, Failure> {
        self.copy_block(most)
    }

    /// Receives up to `most` bytes: splice(2) from the socket into a pipe, and from there into the file.
    /// 0: the peer closed the connection.
    #[cfg(target_os = "linux")]
    pub fn block(&mut self, most: usize) -> Result<usize, Failure> {
        use nix::errno::Errno;
        let Some((_, pipe)) = &self.pipe else { return self.copy_block(most) };
        match splice(self.socket, pipe, most.min(BLOCK)) {
            Err(Errno::EINVAL | Errno::ENOSYS) => {
                self.pipe = None;
                self.copy_block(most)
            }
            Err(error) => Err(Failure::Network(error.into())),
            Ok(count) => {
                self.empty_pipe(count).map_err(Failure::Disk)?;
                Ok(count)
            }
        }
    }

    /// Moves what is in the pipe into the file.
    #[cfg(target_os = "linux")]
    fn empty_pipe(&mut self, mut count: usize) -> io::Result<()> {
        use nix::errno::Errno;
        let Some((pipe, _)) = &self.pipe else { return Ok(()) };
        while count > 0 {
            match splice(pipe, self.file, count) {
                Ok(moved) => count -= moved,
                // A folder that VirtualBox shares, for example, can only be written to.
                Err(Errno::EINVAL | Errno::ENOSYS) => {
                    self.buffer.resize(BLOCK, 0);
                    pipe.try_clone()?.read_exact(&mut self.buffer[..count])?;
                    return self.file.write_all(&self.buffer[..count]);
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

/// A pipe that holds a whole block; if the system refuses that, it is as wide as it was (64 KiB).
#[cfg(target_os = "linux")]
fn wide_pipe() -> io::Result<(io::PipeReader, io::PipeWriter)> {
    use nix::fcntl::{FcntlArg, fcntl};
    let (reader, writer) = io::pipe()?;
    let size = i32::try_from(BLOCK).unwrap_or(i32::MAX);
    let _ = fcntl(&writer, FcntlArg::F_SETPIPE_SZ(size));
    Ok((reader, writer))
}

/// splice(2), again when a signal came between.
#[cfg(target_os = "linux")]
fn splice(
    from: impl std::os::fd::AsFd,
    to: impl std::os::fd::AsFd,
    most: usize,
) -> nix::Result<usize> {
    use nix::fcntl::SpliceFFlags;
    loop {
        match nix::fcntl::splice(&from, None, &to, None, most, SpliceFFlags::SPLICE_F_MOVE) {
            Err(nix::errno::Errno::EINTR) => {}
            result => return result,
        }
    }
}
