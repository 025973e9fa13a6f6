//! Runs one real program as a child and watches it, with a deadline on every wait and a limit on every output.
//!
//! The demo, the grader and the tests of all steps are made of this:
//!
//! ```no_run
//! use testkit::Program;
//!
//! let mut server = Program::step("tcp-server", &["127.0.0.1:0", "--echo"])?;
//! let address = server.listening()?;
//! let mut client = Program::step("tcp-client", &[&address])?;
//! client.type_line("你好")?;
//! client.expect_stdout("你好")?;
//! client.end_input();
//! client.expect_exit(0)?;
//! server.expect_stderr("[*] closed the connection*")?;
//! # testkit::program::Result::Ok(())
//! ```
//!
//! Two threads read stdout and stderr from the beginning, one writes what is typed, one waits for the end; none of
//! them ever waits for the others, so no pipe can fill up and stop the program. Dropping a `Program` ends it, together
//! with all that it started.

mod child;
mod exit;
mod failure;
mod launch;
mod shared;

pub use child::{DEADLINE, Program};
pub use exit::Exit;
pub use failure::{Failure, Result};
pub use launch::Launch;
pub use shared::{Change, Observation};
