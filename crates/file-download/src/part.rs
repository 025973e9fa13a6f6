//! A download that is not complete yet: `NAME.part`. Only a whole file gets its name.

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use common::{Error, Explain, Result, console};
use tempfile::TempPath;

use crate::unseen::Pipe;

/// The file that is being written. It is removed again when nothing came.
pub struct Part {
    /// Open for writing, and for reading what was written.
    pub file: File,
    path: PathBuf,
}

impl Part {
    /// Opens (or makes) `NAME.part` and locks it: flock(2). Two downloads of the same name would mix their
    /// bytes in it; the second one ends here.
    pub fn open(target: &Path) -> Result<Self> {
        hold_size_signal();
        let mut path = target.as_os_str().to_owned();
        path.push(".part");
        let path = PathBuf::from(path);
        loop {
            let file = open(&path).map_err(|error| cannot_open(&path, &error))?;
            match file.try_lock() {
                Err(TryLockError::WouldBlock) => return Err(in_use(&path)),
                // Some network folders have no locks.
                Err(TryLockError::Error(error)) if error.kind() != ErrorKind::Unsupported => {
                    return Err(cannot_open(&path, &error));
                }
                _ => {}
            }
            // Another download may have been completed, and renamed its file, just before the lock.
            if is_still_there(&file, &path) {
                return Ok(Self { file, path });
            }
        }
    }

    /// How many bytes are there.
    pub fn length(&self) -> u64 {
        self.file.metadata().map_or(0, |metadata| metadata.len())
    }

    /// The name, as it is told.
    pub fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// Adds to an error what there is of the file, and how to go on.
    pub fn kept(&self, error: Error, total: u64) -> Error {
        let untouched = total == 0 && self.length() == 0;
        match (kept(&self.path, total), error.exit_code) {
            (Some(kept), 1) if !untouched => Error::network(error, kept),
            (Some(kept), _) if !untouched => Error::local(error, kept),
            _ => error,
        }
    }

    /// Writes a block behind the ones before: write(2).
    pub fn write(&mut self, block: &[u8]) -> Result<()> {
        self.file.write_all(block).map_err(|error| self.cannot("write", &error))
    }

    /// Writes what is in the pipe behind the blocks before.
    pub fn take(&mut self, pipe: &Pipe, count: usize) -> Result<()> {
        pipe.empty(&self.file, count).map_err(|error| self.cannot("write", &error))
    }

    /// Reserves the place for the whole file: fallocate(2). A disk that is too full says so now and not after
    /// an hour, and the blocks lie side by side. The file grows as before: only what came counts.
    #[cfg(target_os = "linux")]
    pub fn reserve(&mut self, size: u64) -> Result<()> {
        use nix::errno::Errno;
        use nix::fcntl::{FallocateFlags, fallocate};
        let Ok(length) = i64::try_from(size) else { return Ok(()) };
        match fallocate(&self.file, FallocateFlags::FALLOC_FL_KEEP_SIZE, 0, length) {
            Err(error @ (Errno::ENOSPC | Errno::EDQUOT | Errno::EFBIG)) => {
                let what = format!("reserve {} for", indicatif::HumanBytes(size));
                Err(self.cannot(&what, &error.into()))
            }
            // Some disks can't; then the place is taken bit by bit.
            _ => Ok(()),
        }
    }

    /// Only Linux can do it without making the file longer.
    #[cfg(not(target_os = "linux"))]
    pub fn reserve(&mut self, _: u64) -> Result<()> {
        Ok(())
    }

    /// A full disk, a quota, a limit of the file's size.
    fn cannot(&self, what: &str, error: &io::Error) -> Error {
        let advice = match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "free some space",
            ErrorKind::FileTooLarge => "this disk, or a limit (ulimit -f), allows no bigger file",
            _ => "is the disk still there?",
        };
        Error::local(format!("{what} {}: {error}", self.name()), advice)
    }

    /// The path, for the thread that is called on Ctrl-C.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Says what becomes of the bytes of an earlier download, and goes on writing at `offset`.
    pub fn begin_at(&mut self, offset: u64) -> Result<()> {
        match (self.length(), offset) {
            (0, _) => {}
            (length, 0) => {
                console::tell(&format!("{}: {length} old bytes thrown away", self.name()))
            }
            _ => console::tell(&format!("{}: going on after {offset} bytes", self.name())),
        }
        self.cut_at(offset)
    }

    /// Throws away everything from `offset` on, and goes on writing there.
    pub fn cut_at(&mut self, offset: u64) -> Result<()> {
        // Linux' ext4 takes a file that was cut for one that replaces another: when it is closed, all of it is
        // written to the disk at once. So this is done only when it is needed.
        if self.length() != offset {
            self.file.set_len(offset).explain("write", self.name())?;
        }
        self.file.seek(SeekFrom::Start(offset)).explain("write", self.name())?;
        Ok(())
    }

    /// The file is whole: gives it its name. With `sync`, file and name are on the disk afterwards.
    pub fn complete(self, target: &Path, force: bool, sync: bool) -> Result<()> {
        if sync {
            self.file.sync_all().explain("fsync", self.name())?;
        }
        if force {
            // Replaces an existing file in one step: there is always one or the other.
            fs::rename(&self.path, target).explain("rename", target.display())?;
        } else {
            rename_to_new(&self.path, target)?;
        }
        if sync {
            sync_folder(target).explain("fsync the folder of", target.display())?;
        }
        Ok(())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if self.length() == 0 && is_still_there(&self.file, &self.path) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// rename(2) alone would overwrite a file that appeared meanwhile. `tempfile` knows for each system how not
/// to: renameat2(2) with RENAME_NOREPLACE on Linux.
fn rename_to_new(from: &Path, target: &Path) -> Result<()> {
    let part = TempPath::try_from_path(from).explain("rename", from.display())?;
    part.persist_noclobber(target).map_err(|failed| {
        // Otherwise the download would be removed together with its temporary name.
        let _ = failed.path.keep();
        match failed.error.kind() {
            ErrorKind::AlreadyExists => already_there(target),
            _ => Error::of_call("rename", target.display(), &failed.error),
        }
    })
}

/// Says what there is of a file of `total` bytes (0: that isn't known), and removes an empty rest. `None`:
/// it is complete and has its name.
pub fn kept(path: &Path, total: u64) -> Option<String> {
    let name = path.display();
    let got = path.metadata().ok()?.len();
    if got == 0 {
        let _ = fs::remove_file(path);
        return Some("nothing was saved".into());
    }
    Some(match total {
        0 => format!("{name} holds {got} bytes"),
        _ => format!("got {got} of {total} bytes; kept as {name}, go on with --resume"),
    })
}

/// The error when the name is taken.
pub fn already_there(target: &Path) -> Error {
    Error::local(
        format!("{} is already there; nothing was overwritten", target.display()),
        "--force overwrites it, -o FILE saves under another name",
    )
}

fn in_use(path: &Path) -> Error {
    Error::local(
        format!("{} is being written by another download", path.display()),
        "wait for it, or save under another name with -o FILE",
    )
}

/// At a limit of the file's size (`ulimit -f`) the system ends a program without a word: SIGXFSZ. While that
/// is blocked, write(2) fails instead, with EFBIG.
#[cfg(unix)]
fn hold_size_signal() {
    use nix::sys::signal::{SigSet, Signal};
    let mut signals = SigSet::empty();
    signals.add(Signal::SIGXFSZ);
    let _ = signals.thread_block();
}

#[cfg(not(unix))]
fn hold_size_signal() {}

/// Opens or makes the file, but no symbolic link that someone has put there.
fn open(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use nix::fcntl::OFlag;
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags((OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK).bits());
    }
    let file = options.open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("not a regular file")) }
}

fn cannot_open(path: &Path, error: &io::Error) -> Error {
    let advice = match error.kind() {
        ErrorKind::NotFound => {
            "there is no such folder; make it first, or give another one with -o"
        }
        ErrorKind::InvalidFilename => "the name is too long; give a shorter one with -o FILE",
        _ => "save in a folder of your own: -o FOLDER",
    };
    Error::local(format!("open {}: {error}; nothing was saved", path.display()), advice)
}

#[cfg(unix)]
fn is_still_there(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (file.metadata(), fs::symlink_metadata(path)) {
        (Ok(open), Ok(named)) => (open.dev(), open.ino()) == (named.dev(), named.ino()),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_still_there(_: &File, path: &Path) -> bool {
    path.exists()
}

/// A new name is an entry in its folder, and that has to reach the disk too.
#[cfg(unix)]
fn sync_folder(target: &Path) -> io::Result<()> {
    let folder = match target.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    File::open(folder)?.sync_all()
}

/// Windows has no call for it.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
