//! What Unix has for files. `windows.rs` has the same functions for systems without it.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

use nix::fcntl::OFlag;
use nix::sys::signal::{SigSet, Signal};

/// At a limit of the file's size (`ulimit -f`) the system ends a program without a word: SIGXFSZ. While that
/// is blocked, write(2) fails instead, with EFBIG.
pub fn fail_at_the_size_limit() {
    let mut signals = SigSet::empty();
    signals.add(Signal::SIGXFSZ);
    let _ = signals.thread_block();
}

/// Opens a download's file: no symbolic link that someone has put there, and a pipe without waiting for its other end.
pub fn never_follow_or_wait(options: &mut fs::OpenOptions) {
    options.custom_flags((OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK).bits());
}

/// Opens a file to be served. A named pipe would wait for someone who writes into it, and a terminal would become ours.
pub fn never_wait(options: &mut cap_std::fs::OpenOptions) {
    use cap_std::fs::OpenOptionsExt;
    options.custom_flags((OFlag::O_NONBLOCK | OFlag::O_NOCTTY).bits());
}

/// Reads from this position, whatever was read before: pread(2).
pub fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    file.read_at(buffer, at)
}

/// Whether the path still names this open file: each file has a number, its inode.
pub fn is_still_there(file: &File, path: &Path) -> bool {
    match (file.metadata(), fs::symlink_metadata(path)) {
        (Ok(open), Ok(named)) => (open.dev(), open.ino()) == (named.dev(), named.ino()),
        _ => false,
    }
}

/// A new name is an entry in its folder, and that has to reach the disk too: fsync(2).
pub fn sync_folder(target: &Path) -> io::Result<()> {
    // The parent of a bare name is "", which can't be opened.
    let folder = Path::new(".").join(target.parent().unwrap_or(Path::new("")));
    File::open(folder)?.sync_all()
}
