//! The grader's own ends of the network: what a check does there, and what it expects of the program, is written into the story.

mod expect;
mod tcp;
mod udp;

pub use tcp::{Connection, Listener, Received};
pub use udp::Talker;
