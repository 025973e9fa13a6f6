//! A download that is not complete yet: `NAME.part`. Only a whole file gets its name.

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use cap_fs_ext::{FollowSymlinks, MetadataExt, OpenOptionsFollowExt, OpenOptionsSyncExt};
use cap_std::ambient_authority;
use cap_std::fs::{Metadata, OpenOptions};
use common::{Call, Error, Explain, Result, console};
use indicatif::{HumanBytes, ProgressBar};
use tempfile::TempPath;

use crate::cli::Get;
use crate::engine;
use crate::engine::copy::Sum;
use crate::progress;

/// The file that is being written. It is removed again when nothing came.
pub struct Part {
    pub sum: Sum,
    /// Its length is the size of the whole file, if that is known.
    bar: ProgressBar,
    /// How many bytes were there before.
    offset: u64,
    /// Where it will be saved.
    pub target: PathBuf,
    /// Open for writing, and for reading what was written.
    file: File,
    path: PathBuf,
}

/// Where a download is saved: the last part of its name, in the current folder, unless `-o` says otherwise.
fn target(name: &str, output: Option<&Path>) -> Result<PathBuf> {
    let target = match (output, Path::new(name).file_name()) {
        (Some(folder), Some(last)) if folder.is_dir() => folder.join(last),
        (Some(file), _) if file.file_name().is_some() && !file.is_dir() => file.to_owned(),
        (None, Some(last)) => last.into(),
        _ => {
            let name = output.map_or(name.into(), |output| output.display().to_string());
            let what = format!("'{name}' is no file's name");
            return Err(Error::local(what, "name a file, for example a.txt"));
        }
    };
    match target.symlink_metadata() {
        Ok(there) if there.is_dir() => Err(Error::local(
            format!("{} is a folder; nothing was downloaded", target.display()),
            "-o FILE saves under another name, -o FOLDER in a folder",
        )),
        // Not the null device, nor a link to some other place: renaming would replace that itself.
        Ok(there) if !there.is_file() => Err(Error::local(
            format!("{} is no regular file; nothing was downloaded", target.display()),
            "--force replaces regular files only; -o FILE saves under another name",
        )),
        _ => Ok(target),
    }
}

impl Part {
    /// Opens (or makes) `NAME.part` and locks it, flock(2): two downloads of one name would mix their bytes. With the
    /// lock nobody else completes a download of this name, so only then is it clear whether the name is free.
    pub fn open(name: &str, options: &Get) -> Result<Self> {
        let target = target(name, options.output.as_deref())?;
        let path = target.with_added_extension("part");
        let file = open_locked(&path)?;
        let bar = progress::bar(&path);
        let part = Self { sum: Sum::new(false), bar, offset: 0, target, file, path };
        match part.target.exists() && !options.force {
            true => Err(already_there(&part.target)),
            false => Ok(part),
        }
    }

    pub fn length(&self) -> u64 {
        self.file.metadata().map_or(0, |metadata| metadata.len())
    }

    pub fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// Adds to an error what there is of the file, and how to go on.
    pub fn kept(&self, error: Error) -> Error {
        self.bar.finish_and_clear();
        match progress::kept(&self.path, self.bar.length()) {
            Some(kept) => error.and(kept),
            None => error,
        }
    }

    /// Begins the checksum, with the bytes of an earlier download.
    pub fn begin_sum(&mut self, is_wanted: bool, count: u64) -> Result<()> {
        self.sum = Sum::new(is_wanted);
        self.sum.add_beginning(&self.file, count).explain(Call::Read, self.name())
    }

    /// Goes on writing at `offset`. Reserves the space for the whole file: a disk that is too full says so at once.
    pub fn begin_at(&mut self, offset: u64, size: Option<u64>) -> Result<()> {
        match (self.length(), offset) {
            (0, _) => {}
            (length, 0) => {
                console::status(&format!("{}: {length} old bytes thrown away", self.name()))
            }
            _ => console::status(&format!("{}: going on after {offset} bytes", self.name())),
        }
        self.cut_at(offset)?;
        self.offset = offset;
        if let Some(size) = size {
            self.bar.set_length(size);
            self.bar.set_position(offset);
            self.bar.tick();
            self.bar.reset_eta(); // the old bytes say nothing about the rate
            let what = format!("reserve {} for", HumanBytes(size));
            engine::reserve(&self.file, size).map_err(|error| cannot(&what, &self.path, &error))?;
        }
        Ok(())
    }

    /// Throws away everything from `offset` on, and goes on writing there.
    pub fn cut_at(&mut self, offset: u64) -> Result<()> {
        // Only when it is needed: ext4 writes a file that was cut to the disk at once when it is closed.
        if self.length() != offset {
            self.file.set_len(offset).explain(Call::Write, self.name())?;
        }
        self.file.seek(SeekFrom::Start(offset)).explain(Call::Write, self.name())?;
        Ok(())
    }

    /// Writes a block after the ones before, and adds it to the checksum: write(2).
    pub fn write(&mut self, block: &[u8]) -> Result<()> {
        self.file.write_all(block).map_err(|error| cannot("write", &self.path, &error))?;
        self.sum.add(block);
        self.bar.inc(block.len() as u64);
        if self.bar.length() == Some(self.bar.position()) {
            self.bar.finish_and_clear(); // it makes way for the lines that follow
        }
        Ok(())
    }

    /// The file is whole: gives it its name, and says so. With `--sync`, file and name are on the disk before that.
    pub fn complete(&mut self, options: &Get) -> Result<()> {
        let target = &self.target;
        if options.sync {
            self.file.sync_all().explain(Call::Fsync, self.name())?;
        }
        rename(&self.path, target, options.force)?;
        if options.sync {
            sync_folder(target).explain(Call::FsyncFolder, target.display())?;
        }
        self.bar.finish_and_clear();
        let size = self.length();
        let moved = size.saturating_sub(self.offset);
        progress::show_saved(target, size, moved, self.bar.elapsed(), options);
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

/// Gives a file its name in one step. rename(2) would overwrite a file that appeared meanwhile; `tempfile` knows for each
/// system how not to: renameat2(2) with RENAME_NOREPLACE on Linux.
fn rename(from: &Path, target: &Path, force: bool) -> Result<()> {
    let part = TempPath::try_from_path(from).explain(Call::Rename, from.display())?;
    let result = if force { part.persist(target) } else { part.persist_noclobber(target) };
    result.map_err(|failed| {
        // Otherwise the download would be removed together with its temporary name.
        let _ = failed.path.keep();
        match failed.error.kind() {
            ErrorKind::AlreadyExists if !force => already_there(target),
            _ => Error::of_call(Call::Rename, target.display(), &failed.error),
        }
    })
}

fn already_there(target: &Path) -> Error {
    Error::local(
        format!("{} is already there; nothing was overwritten", target.display()),
        "--force overwrites it, -o FILE saves under another name",
    )
}

fn open_locked(path: &Path) -> Result<File> {
    loop {
        let file = open(path, true).map_err(|error| cannot("open", path, &error))?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => {
                let what = format!("{} is being written by another download", path.display());
                let advice = "wait for it, or save under another name with -o FILE";
                return Err(Error::local(what, advice));
            }
            // Some network folders have no locks.
            Err(TryLockError::Error(error)) if error.kind() != ErrorKind::Unsupported => {
                return Err(cannot("lock", path, &error));
            }
            _ if is_still_there(&file, path) => return Ok(file),
            // Another download was completed, and renamed its file, just before the lock.
            _ => {}
        }
    }
}

/// Opens or makes the file: no symbolic link that someone has put there, and a pipe without waiting for its other end.
fn open(path: &Path, create: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(create).follow(FollowSymlinks::No).nonblock(true);
    let file = cap_std::fs::File::open_ambient_with(path, &options, ambient_authority())?;
    match file.metadata()?.is_file() {
        true => Ok(file.into_std()),
        false => Err(io::Error::other("not a regular file")),
    }
}

/// Whether the path still names this open file: each file has a number, its inode.
fn is_still_there(file: &File, path: &Path) -> bool {
    let named = open(path, false).and_then(|named| Metadata::from_file(&named));
    match (Metadata::from_file(file), named) {
        (Ok(open), Ok(named)) => (open.dev(), open.ino()) == (named.dev(), named.ino()),
        _ => false,
    }
}

/// A new name is an entry in its folder, and that has to reach the disk too: fsync(2).
fn sync_folder(target: &Path) -> io::Result<()> {
    // The parent of a bare name is "", which can't be opened.
    let folder = Path::new(".").join(target.parent().unwrap_or(Path::new("")));
    match File::open(folder) {
        Ok(folder) => folder.sync_all(),
        // Windows opens no folders, and writes their entries by itself.
        Err(_) if cfg!(windows) => Ok(()),
        Err(error) => Err(error),
    }
}

fn cannot(what: &str, path: &Path, error: &io::Error) -> Error {
    let advice = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "free some space",
        ErrorKind::FileTooLarge => "this disk, or a limit (ulimit -f), allows no bigger file",
        ErrorKind::NotFound => {
            "there is no such folder; make it first, or give another one with -o"
        }
        ErrorKind::InvalidFilename => {
            "the name is too long, or this system doesn't allow one of its characters;\n  \
             give another one with -o FILE"
        }
        _ => "save in a folder of your own: -o FOLDER",
    };
    Error::local(format!("{what} {}: {error}", path.display()), advice)
}
