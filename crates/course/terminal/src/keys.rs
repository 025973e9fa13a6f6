//! What each key sends.
#![expect(missing_docs, reason = "each is named after its key")]

pub const CTRL_A: &str = "\x01";
pub const CTRL_C: &str = "\x03";
pub const CTRL_Z: &str = "\x1a";
pub const CTRL_D: &str = "\x04";
pub const BACKSPACE: &str = "\x7f";
pub const ENTER: &str = "\r";
pub const UP: &str = "\x1b[A";
pub const LEFT: &str = "\x1b[D";
