//! A page that steps through runs: one file with all that it needs.

mod bundle;
mod connection;
mod data;
mod datagrams;
mod follow;
mod join;
mod reasons;
mod sockets;
mod states;
mod way;

pub use bundle::{data_of, page};
pub use data::{Run, data};
pub use join::join;
