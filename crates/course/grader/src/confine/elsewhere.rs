//! The functions of `linux` for other systems.

use std::env;
use std::ffi::OsString;
use std::path::Path;

/// The tool's own executable.
pub fn tool() -> OsString {
    env::current_exe().unwrap_or_default().into_os_string()
}

/// Nothing is given up.
pub fn restrict() {}

/// Nothing is kept from it.
pub fn only_write_in(_folder: &Path) -> Result<(), String> {
    Err("only Linux can do that".to_owned())
}
