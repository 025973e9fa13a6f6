//! Real runs, as pictures: what two programs called, and what the network carried.
//!
//! - [`scenario`] is the table of what happens in each step, [`lessons`] of what happens in the special ones;
//! - [`play`] plays it with real programs, and [`terminals`] draws the two of them side by side;
//! - [`capture`] gets the packets, [`packet`] reads one, [`tcp`] follows a connection;
//! - [`trace`] reads what the programs narrate, [`ladder`] puts all of it into one order;
//! - [`text`], [`svg`], [`formats`] and [`pcap`] write it;
//! - [`watch`] is the command.

pub mod capture;
pub mod clock;
pub mod formats;
pub mod headers;
pub mod ladder;
pub mod lessons;
pub mod packet;
pub mod pcap;
pub mod play;
pub mod scenario;
pub mod stored;
pub mod svg;
pub mod tcp;
pub mod terminals;
pub mod text;
pub mod trace;
pub mod watch;
