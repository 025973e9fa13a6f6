//! Bytes between a disk and a socket, in few and big calls: that is the whole art of being fast.
//!
//! Each read(2), send(2), recv(2) and write(2) costs the same small fee, and so does waking the other side.
//! With 1 MiB at a time the fees vanish, and a block is still in the processor's cache when the next call
//! (and the checksum) looks at it.
//!
//! Without a checksum the program need not look at the bytes at all. Then Linux moves them by itself: the
//! file's pages into the socket (sendfile), and what came from a socket, through a pipe, into a file (splice).

use std::fs::File;
use std::io::{self, ErrorKind, PipeReader, PipeWriter, Read, Seek, SeekFrom};
use std::sync::{Mutex, PoisonError};

use crc32fast::Hasher;
use socket2::Socket;

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

/// Sends the file's bytes from `at` on, `most` of them and no more than a block: sendfile(2). Returns how
/// many; 0 is the end of the file. `Unsupported`: here they have to pass through memory.
/// They are not copied but lent to the socket: whoever writes into the file now changes what is on its way.
#[cfg(target_os = "linux")]
pub fn send_unseen(socket: &Socket, file: &File, at: u64, most: u64) -> io::Result<usize> {
    let mut at = i64::try_from(at).map_err(|_| ErrorKind::Unsupported)?;
    let most = usize::try_from(most).unwrap_or(BLOCK).min(BLOCK);
    unless_interrupted(|| nix::sys::sendfile::sendfile64(socket, file, Some(&mut at), most))
}

/// Only Linux' call was tried.
#[cfg(not(target_os = "linux"))]
pub fn send_unseen(_: &Socket, _: &File, _: u64, _: u64) -> io::Result<usize> {
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
            left -= match splice(&self.reader, file, left) {
                // A folder that VirtualBox shares, for example, can only be written to.
                Err(error) if error.kind() == ErrorKind::Unsupported => {
                    let rest = &mut (&self.reader).take(left as u64);
                    usize::try_from(io::copy(rest, &mut file)?).unwrap_or(left)
                }
                moved => moved?,
            };
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

/// How much must have come before a waiting recv(2) wakes up: SO_RCVLOWAT, socket(7). It is a wish: without
/// it the program is woken for each packet, and as correct.
#[cfg(target_os = "linux")]
pub fn wake_at(socket: &Socket, bytes: usize) {
    use nix::{getsockopt_impl, libc, setsockopt_impl, sockopt_impl};
    sockopt_impl!(LowWater, Both, libc::SOL_SOCKET, libc::SO_RCVLOWAT, i32);
    let bytes = i32::try_from(bytes).unwrap_or(i32::MAX);
    let _ = nix::sys::socket::setsockopt(socket, LowWater, &bytes);
}

/// Elsewhere this was never tried.
#[cfg(not(target_os = "linux"))]
pub fn wake_at(_: &Socket, _: usize) {}

/// The socket takes more only when fewer bytes than these wait to be sent: TCP_NOTSENT_LOWAT, tcp(7). Otherwise
/// megabytes of them wait for the client's acknowledgements; each sends some on, and on loopback that is done
/// by the client's processor, which has enough to do.
#[cfg(target_os = "linux")]
pub fn keep_unsent(socket: &Socket, bytes: u32) {
    use nix::{libc, setsockopt_impl, sockopt_impl};
    sockopt_impl!(Unsent, SetOnly, libc::IPPROTO_TCP, libc::TCP_NOTSENT_LOWAT, u32);
    let _ = nix::sys::socket::setsockopt(socket, Unsent, &bytes);
}

/// Elsewhere this was never tried.
#[cfg(not(target_os = "linux"))]
pub fn keep_unsent(_: &Socket, _: u32) {}

/// BBR, the congestion control of some systems, has each packet sent by a timer. That spares long lines, but on
/// loopback the timers take longer than the packets, and a connection that once had BBR keeps them. So this
/// takes it from the listener (TCP_CONGESTION, tcp(7)) and returns its name; Reno (RFC 5681) is on every
/// system. `None`: there was no BBR, and nothing is changed.
#[cfg(target_os = "linux")]
pub fn take_bbr(listener: &Socket) -> Option<Vec<u8>> {
    let name = listener.tcp_congestion().ok().filter(|name| name.starts_with(b"bbr"))?;
    listener.set_tcp_congestion(b"reno").ok()?;
    Some(name)
}

/// Gives it to a client on another computer.
#[cfg(target_os = "linux")]
pub fn give_bbr(name: &[u8], client: &Socket) {
    let peer = client.peer_addr().ok().and_then(|peer| peer.as_socket());
    if peer.is_some_and(|peer| !peer.ip().to_canonical().is_loopback()) {
        let _ = client.set_tcp_congestion(name);
    }
}

/// Elsewhere there is no BBR.
#[cfg(not(target_os = "linux"))]
pub fn take_bbr(_: &Socket) -> Option<Vec<u8>> {
    None
}

/// Elsewhere there is none to give.
#[cfg(not(target_os = "linux"))]
pub fn give_bbr(_: &[u8], _: &Socket) {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn a_kind_of_file_that_has_no_pages_is_unsupported() {
        let (socket, _peer) =
            Socket::pair(socket2::Domain::UNIX, socket2::Type::STREAM, None).unwrap();
        let status = File::open("/proc/self/status").unwrap();
        let sent = send_unseen(&socket, &status, 0, 10);
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
