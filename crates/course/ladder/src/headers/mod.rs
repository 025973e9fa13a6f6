//! The headers of a packet, field by field: `--verbose`, and the page.
//!
//! Each header is a table ([`Definition`]). A row has the field's name in Wireshark, its name in the RFC, how many bits it takes,
//! where it is defined, how its value is written, and a sentence where the name doesn't say it all.

mod cut;
mod lines;
mod table;

pub use cut::{Field, fields};
pub use lines::{Line, lines};
pub use table::{Definition, Names, Shown, definitions};
