//! `cargo course check`: grades any program, in any language, over real sockets, and shows the story of each failure.
//!
//! - [`story`] is what a check is written with: start the program (`subject`), talk to it (`peer`), expect something of it
//!   (`expect`); all of it is written down in the `log`. [`trouble`] is what it fails with;
//! - `steps` has the steps; one file for each step holds the `table` of its checks, the hints that they give, and each
//!   check as a small story to be read;
//! - [`cause`] finds the likely cause of a failure, also from a `known` message or a `clue` in the bytes, and [`language`]
//!   what the program is written in; [`ports`] and [`tree`] look at the program from outside;
//! - [`mod@grade`] runs the checks. [`view`] is what is shown of a verdict: [`report`] writes it for people, [`formats`] for
//!   other programs;
//! - [`watch`] does all of it again after each change of the
//!   [`sources`], and [`best`] keeps the best results.
//!
//! The tests of the steps call [`grade()`] on our own programs: one set of checks, two uses.

mod ask_again;
pub mod best;
pub mod cause;
mod chance;
mod clue;
mod expect;
mod file_download;
mod file_serve;
pub mod formats;
pub mod grade;
pub mod hint;
mod http;
mod known;
pub mod language;
mod log;
mod one_thread;
mod patience;
mod peer;
pub mod ports;
mod promises;
pub mod report;
pub mod sources;
mod steps;
pub mod story;
mod subject;
mod table;
pub mod task;
mod tcp_client;
mod tcp_duplex;
mod tcp_server;
pub mod tree;
pub mod trouble;
mod udp_chat;
mod udp_recv;
mod udp_send;
pub mod view;
pub mod watch;

pub use grade::{Ending, Grade, Verdict, grade};
pub use steps::{EXERCISES, STEPS, all, find};
pub use table::{Check, Step};
pub use task::{Repeats, Task, new_seed};
