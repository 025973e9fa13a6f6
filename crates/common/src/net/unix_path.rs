//! The file of a `unix:` address: bind makes it, and it outlives a server that was killed.

use std::fs::{Metadata, remove_file};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use socket2::{Domain, SockAddr, Socket, Type};

use crate::address;
use crate::error::{Call, Error, Explain, Result};
use crate::exit;
use crate::lock::lock;

/// The files to remove when the program ends; the system leaves them there.
static FILES: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Removes a socket's file when the program ends.
pub(super) fn remove_at_end(path: &Path) {
    let mut files = lock(&FILES);
    if files.is_empty() {
        exit::at_end(remove_files);
    }
    files.push(path.to_owned());
}

fn remove_files() {
    for path in lock(&FILES).drain(..) {
        let _ = remove_file(path);
    }
}

/// A `unix:` path is a file, and it outlives a server that was killed. It is removed when it is a
/// socket and no program has it open.
pub(super) fn remove_stale_file(path: &Path, address: &SockAddr) -> Result<()> {
    let Ok(found) = path.symlink_metadata() else { return Ok(()) };
    let name = address::show(address);
    if let Some((kind, advice)) = no_socket(&found) {
        return Err(Error::local(format!("bind {name}: there is {kind} at this path"), advice));
    }
    // A socket of the wrong type is never connected: the system says whether somebody is there, and a
    // server that is there notices nothing. (Windows knows streams only.)
    let kind = if cfg!(unix) { Type::DGRAM } else { Type::STREAM };
    if let Ok(probe) = Socket::new(Domain::UNIX, kind, None)
        && let Err(error) = probe.connect(address)
        && error.kind() == io::ErrorKind::ConnectionRefused
    {
        remove_file(path).explain(Call::RemoveOld, name)?;
    }
    Ok(())
}

/// What is there instead of a socket, and what to do about it; `None` for a socket.
fn no_socket(found: &Metadata) -> Option<(&'static str, &'static str)> {
    if found.is_dir() {
        return Some(("a folder", "name a file in it that doesn't exist yet: bind makes it"));
    }
    if found.is_symlink() {
        return Some((
            "a symbolic link",
            "bind follows none; remove the link, or give another path",
        ));
    }
    if !is_socket(found) {
        return Some((
            "a file",
            "bind makes a new file and never overwrites one; give another path",
        ));
    }
    None
}

#[cfg(unix)]
fn is_socket(found: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;
    found.file_type().is_socket()
}

/// Windows shows the file of a socket as a plain file.
#[cfg(not(unix))]
fn is_socket(_: &Metadata) -> bool {
    true
}
