//! The screen and the keyboard. Results go to stdout; everything else goes to stderr; and what
//! arrives during a chat appears above the half-typed line.
//!
//! With a terminal on both sides a line is edited here, in the terminal's raw mode. Otherwise (pipes, files, `TERM=dumb`)
//! a step is a plain filter: lines come from stdin, results go to stdout, and no prompt is printed.
//!
//! Libraries that edit lines print messages only between two keys: while one of them waits for the rest of a key
//! (Esc, Alt-[, Ctrl-R, a paste), nothing is seen, not even the peer's end. Here any thread prints at any time, under one
//! lock: it wipes the line away, prints, and draws the line again.
//!
//! ```text
//! lines     the keyboard's thread, and pipes
//! output    what is printed, above the prompt if there is one
//! prompt    the prompt on the screen          terminal    its mode and its keys, on each system
//! line      what a key does to the line       bytes       which keys the bytes are (Unix)
//! ```

mod line;
mod lines;
mod output;
mod prompt;

#[cfg(unix)]
mod bytes;
#[cfg_attr(unix, path = "unix.rs")]
#[cfg_attr(not(unix), path = "elsewhere.rs")]
mod terminal;

pub use line::LONGEST_LINE;
pub use lines::{Input, Lines};
pub use output::{
    close, end_line, flush, hint, hint_once, print_error, result, result_part, result_soon, status,
    status_of_end,
};
#[cfg(unix)]
pub(crate) use output::{hand_over_while, redraw};
pub(crate) use output::{has_prompt, show, status_about};
