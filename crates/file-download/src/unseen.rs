//! Bytes past the program, where it needs no checksum and so need not look at them. Linux moves them by itself: a
//! file's pages into the socket (sendfile), and what came from a socket, through a pipe, into a file (splice).

use std::fs::File;
use std::io::{self, ErrorKind, PipeReader, PipeWriter, Read};

use socket2::Socket;

use crate::transfer::BLOCK;

/// Sends the file's bytes from `at` on, `most` of them and no more than a block: sendfile(2). Returns how
/// many; 0 is the end of the file. `Unsupported`: here they have to pass through memory.
/// They are not copied but lent to the socket: whoever writes into the file now changes what is on its way.
#[cfg(target_os = "linux")]
pub fn send(socket: &Socket, file: &File, at: u64, most: u64) -> io::Result<usize> {
    let mut at = i64::try_from(at).map_err(|_| ErrorKind::Unsupported)?;
    let most = usize::try_from(most).unwrap_or(BLOCK).min(BLOCK);
    unless_interrupted(|| nix::sys::sendfile::sendfile64(socket, file, Some(&mut at), most))
}

/// Only Linux' call was tried.
#[cfg(not(target_os = "linux"))]
pub fn send(_: &Socket, _: &File, _: u64, _: u64) -> io::Result<usize> {
    Err(ErrorKind::Unsupported.into())
}

/// From a socket into a file, past the program: splice(2) moves only into a pipe or out of one.
pub struct Pipe {
    reader: PipeReader,
    writer: PipeWriter,
}

impl Pipe {
    /// A pipe that holds a whole block; if the system refuses that, it is as wide as it was (64 KiB).
    pub fn new() -> io::Result<Self> {
        let (reader, writer) = io::pipe()?;
        #[cfg(target_os = "linux")]
        {
            use nix::fcntl::{FcntlArg, fcntl};
            let size = i32::try_from(BLOCK).unwrap_or(i32::MAX);
            let _ = fcntl(&writer, FcntlArg::F_SETPIPE_SZ(size));
        }
        Ok(Self { reader, writer })
    }

    /// Receives up to `most` bytes into the empty pipe; 0: the peer closed the connection. `Unsupported`:
    /// here they have to pass through memory.
    pub fn fill(&self, socket: &Socket, most: u64) -> io::Result<usize> {
        splice(socket, &self.writer, usize::try_from(most).unwrap_or(BLOCK).min(BLOCK))
    }

    /// Writes what is in the pipe, `count` bytes, at the file's position.
    pub fn empty(&self, mut file: &File, count: usize) -> io::Result<()> {
        let mut left = count;
        while left > 0 {
            match splice(&self.reader, file, left) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(moved) => left -= moved,
                // A folder that VirtualBox shares, for example, can only be written to.
                Err(error) if error.kind() == ErrorKind::Unsupported => {
                    let rest = &mut (&self.reader).take(left as u64);
                    return io::copy(rest, &mut file).map(|_| ());
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// splice(2)
#[cfg(target_os = "linux")]
fn splice(
    from: impl std::os::fd::AsFd,
    to: impl std::os::fd::AsFd,
    most: usize,
) -> io::Result<usize> {
    use nix::fcntl::SpliceFFlags;
    let flags = SpliceFFlags::SPLICE_F_MOVE;
    unless_interrupted(|| nix::fcntl::splice(&from, None, &to, None, most, flags))
}

/// Other systems have no such call.
#[cfg(not(target_os = "linux"))]
fn splice<A, B>(_: A, _: B, _: usize) -> io::Result<usize> {
    Err(ErrorKind::Unsupported.into())
}

/// Calls again when a signal came between. A kind of file that the call can't handle is `Unsupported`.
#[cfg(target_os = "linux")]
fn unless_interrupted(mut call: impl FnMut() -> nix::Result<usize>) -> io::Result<usize> {
    use nix::errno::Errno;
    loop {
        match call() {
            Err(Errno::EINTR) => {}
            Err(Errno::EINVAL | Errno::ENOSYS) => return Err(ErrorKind::Unsupported.into()),
            result => return Ok(result?),
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn a_kind_of_file_that_has_no_pages_is_unsupported() {
        let (socket, _peer) =
            Socket::pair(socket2::Domain::UNIX, socket2::Type::STREAM, None).unwrap();
        let status = File::open("/proc/self/status").unwrap();
        let sent = send(&socket, &status, 0, 10);
        assert_eq!(sent.unwrap_err().kind(), ErrorKind::Unsupported);
    }

    /// A file that is only appended to stands for a disk that splice(2) can't write to.
    #[test]
    fn what_is_in_the_pipe_is_written_even_if_it_can_not_be_spliced() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("a");
        let file = File::options().append(true).create(true).open(&path).unwrap();
        let pipe = Pipe::new().unwrap();
        (&pipe.writer).write_all(b"hello").unwrap();
        pipe.empty(&file, 5).unwrap();
        assert_eq!(std::fs::read(path).unwrap(), b"hello");
    }
}
