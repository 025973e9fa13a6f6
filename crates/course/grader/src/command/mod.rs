//! The command lines of `cargo course check`, `mark`, `stages` and `relay`.

pub mod check;
pub mod mark;
pub mod relay;
pub mod stages;
