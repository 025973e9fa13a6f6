//! Sockets: their options, and the set-up that earlier steps have already shown.
//!
//! ```text
//! listen    bind and listen, and what comes before       connect   a call, and its polite end
//! clients   a server's clients: places and threads        udp       datagrams and multicast groups
//! unix_path the file of a `unix:` address                 family    IPv4, IPv6, or both
//! options   values on the command line
//! ```

mod clients;
mod connect;
mod family;
mod listen;
mod options;
mod udp;
mod unix_path;

pub use clients::{Place, Places, guard_client, start_client};
pub use connect::{
    close_gracefully, connect, connect_within, no_connection, report_connected, send_without_delay,
};
pub use family::{accept_ipv4_too, any_address, check_families, family, family_of};
pub use listen::{
    allow_many_files, first_address, listen, port_may_be_in_time_wait, prepare_to_bind,
    report_listening, stop_listening,
};
pub use options::{parse_group, parse_seconds};
pub use udp::{LARGEST_DATAGRAM, bind_and_join, send_multicast_from};
