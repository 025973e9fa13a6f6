//! Real runs, as pictures: what two programs called, and what the network carried.
//!
//! - [`scenario`] is the table of what happens in each step, [`lessons`] of what happens in the special ones;
//! - [`play`] plays it with real programs, [`guest`] is a student's among them; [`trace`] reads what they record about their
//!   calls, [`strace`] what strace reports of others, [`capture`] gets the packets, and [`packet`] understands one;
//! - [`timeline`] is what all of that becomes: one list of events, in order;
//! - [`ladder`] adds what follows from it: [`tcp`] follows a connection, [`datagrams`] a conversation over UDP, [`threads`] the
//!   calls of each thread, [`loss`] knows what was thrown away, and [`remark`] is what a student should notice;
//! - [`wording`] puts each event into words; [`terminals`], [`text`], [`svg`], [`json`] and [`pcap`] write it, [`headers`]
//!   lists the fields of a packet; [`page`] writes a page to step through it in a browser, [`stepper`] waits for a person before
//!   each event;
//! - [`watch`] is the command.

pub mod capture;
pub mod clock;
pub mod datagrams;
pub mod guest;
pub mod headers;
pub mod json;
pub mod ladder;
pub mod lessons;
pub mod loss;
pub mod packet;
pub mod page;
pub mod pcap;
pub mod play;
pub mod remark;
pub mod scenario;
pub mod stepper;
pub mod stored;
pub mod strace;
pub mod svg;
pub mod tcp;
pub mod terminals;
pub mod text;
pub mod threads;
pub mod timeline;
pub mod trace;
pub mod watch;
pub mod wording;
