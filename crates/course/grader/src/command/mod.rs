//! The command lines of `cargo course check`, `stages` and `relay`.

pub mod check;
pub mod relay;
pub mod stages;
