//! The system's temporary folder.

/// The environment variable that names another one.
pub const VARIABLE: &str = if cfg!(windows) { "TMP" } else { "TMPDIR" };
