//! The served folder, and nothing outside of it: no name and no symbolic link leads out.

use std::fs::File;
use std::io::ErrorKind;
use std::path::{self, Component, Path};
use std::time::SystemTime;

use cap_fs_ext::OpenOptionsSyncExt;
use cap_std::ambient_authority;
use cap_std::fs::{Dir, DirEntry, OpenOptions};
use common::{Call, Explain, Result};

use crate::protocol::{BUSY, FORBIDDEN, NOT_A_FILE, NOT_FOUND, fits_into_line, names};

/// A list grows no longer than this, in bytes …
const LONGEST_LIST: usize = 4 << 20;
/// … looks at no more entries than this …
const MOST_ENTRIES: usize = 200_000;
/// … and goes no deeper than this.
const DEEPEST: usize = 32;

/// An open folder. `cap-std` looks up every name below it in one step (openat2(2) with RESOLVE_BENEATH on Linux): a
/// check of the name first and `open` afterwards would leave time to put a symbolic link between the two.
pub struct Folder(Dir);

/// An open file, and what it was when it was opened.
pub struct OpenFile {
    pub file: File,
    pub size: u64,
    modified: Option<SystemTime>,
}

impl OpenFile {
    /// Whether it is no longer what it was: one that grew, or was written to, is not the one whose size was sent.
    pub fn has_changed(&self) -> std::io::Result<bool> {
        let now = self.file.metadata()?;
        Ok(now.len() != self.size || now.modified().ok() != self.modified)
    }
}

/// Why a client doesn't get a file: the code and the text of `ERR`, which says no more than the client may know.
pub type Refusal = (&'static str, &'static str);

/// What a folder holds.
#[derive(Default)]
pub struct Listing {
    /// Sizes and names, sorted by name.
    pub files: Vec<(u64, String)>,
    /// How many files have a name that can't be asked for, or found no space in the list.
    left_out: usize,
    bytes: usize,
    seen: usize,
}

impl Folder {
    pub fn open(path: &Path) -> Result<Self> {
        let folder = Dir::open_ambient_dir(path, ambient_authority());
        Ok(Self(folder.explain(Call::OpenFolder, path.display())?))
    }

    /// Opens a regular file of this folder for reading: openat2(2), fstat(2).
    pub fn open_file(&self, name: &str) -> std::result::Result<OpenFile, Refusal> {
        if !stays_inside(name) {
            return Err((FORBIDDEN, "that is outside of the served folder"));
        }
        // A named pipe would wait for someone who writes into it.
        let mut options = OpenOptions::new();
        options.read(true).nonblock(true);
        let file = match self.0.open_with(name, &options) {
            Ok(file) => file.into_std(),
            Err(error) => return Err(self.refusal(name, &error)),
        };
        // Asked of the open file, not of the name: the name may mean another file by now.
        match file.metadata() {
            Ok(now) if now.is_file() => {
                Ok(OpenFile { file, size: now.len(), modified: now.modified().ok() })
            }
            _ => Err((NOT_A_FILE, "that is not a regular file")),
        }
    }

    fn refusal(&self, name: &str, error: &std::io::Error) -> Refusal {
        if is_out_of_files(error) {
            return (BUSY, "too many open files; try again later");
        }
        // A socket can't be opened at all, nor a folder on Windows.
        if self.0.metadata(name).is_ok_and(|metadata| !metadata.is_file()) {
            return (NOT_A_FILE, "that is not a regular file");
        }
        match error.kind() {
            // Also what cap-std says of a symbolic link that leads out.
            ErrorKind::PermissionDenied => (FORBIDDEN, "this file is not served"),
            _ => (NOT_FOUND, "there is no such file"),
        }
    }

    /// The regular files in this folder and in the folders below it.
    pub fn list(&self) -> Listing {
        let mut listing = Listing::default();
        listing.add_folder(&self.0, "", 0);
        listing.files.sort_unstable_by(|one, other| one.1.cmp(&other.1));
        listing
    }
}

impl Listing {
    /// For the line about it: how many names there are, and how many are missing.
    pub fn about(&self) -> String {
        let names = names(self.files.len() as u64);
        match self.left_out {
            0 => names,
            more => {
                format!("{names} ({more} left out: too many, or names that can't be asked for)")
            }
        }
    }

    /// Hidden files are left out, and downloads that aren't complete; symbolic links too: they could lead in a circle.
    fn add_folder(&mut self, folder: &Dir, prefix: &str, depth: usize) {
        let Ok(entries) = folder.entries() else { return };
        for entry in entries.flatten() {
            self.seen += 1;
            if self.seen > MOST_ENTRIES {
                self.left_out += 1;
                return;
            }
            let name = entry.file_name();
            match name.to_str() {
                Some(name) if name.starts_with('.') || name.ends_with(".part") => {}
                Some(name) => self.add(&entry, format!("{prefix}{name}"), depth),
                None => self.left_out += 1,
            }
        }
    }

    fn add(&mut self, entry: &DirEntry, name: String, depth: usize) {
        let Ok(metadata) = entry.metadata() else { return };
        if metadata.is_dir() && depth < DEEPEST {
            if let Ok(folder) = entry.open_dir() {
                self.add_folder(&folder, &format!("{name}/"), depth + 1);
            }
        } else if metadata.is_file() {
            self.bytes += name.len() + "18446744073709551615 \n".len();
            if self.bytes <= LONGEST_LIST && fits_into_line(&name) {
                self.files.push((metadata.len(), name));
            } else {
                self.left_out += 1;
            }
        }
    }
}

/// `true` for a relative name without `..`. A backslash stands between folders on Windows only; there it is refused.
fn stays_inside(name: &str) -> bool {
    let other_separator = path::is_separator('\\') && name.contains('\\');
    let mut parts = Path::new(name).components();
    !other_separator && parts.all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}

/// Whether this program, or this computer, can't open one more file: EMFILE, ENFILE, and WSAEMFILE on Windows.
fn is_out_of_files(error: &std::io::Error) -> bool {
    matches!(error.raw_os_error(), Some(24 | 23 | 10024))
}
