//! The functions of `linux` for other systems.

use std::convert::Infallible;
use std::ffi::OsString;
use std::io;
use std::path::Path;

use super::sockets::Made;

/// There is no strace.
pub struct Strace(Infallible);

/// Why the calls of a program that doesn't narrate can't be seen.
pub fn works() -> Result<(), String> {
    Err("strace exists on Linux only".to_owned())
}

impl Strace {
    /// Fails.
    pub fn listen(_pipe: &Path, _is_one: bool) -> io::Result<Strace> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// What stands before the program.
    pub fn before(&self) -> Vec<OsString> {
        match self.0 {}
    }

    /// What has happened since the last time.
    pub fn news(&mut self) -> Vec<Made> {
        match self.0 {}
    }

    /// Nothing more comes.
    pub fn finish(&mut self) -> Vec<Made> {
        match self.0 {}
    }
}
