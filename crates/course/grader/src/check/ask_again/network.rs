//! The bad network that stands between the two sides in one check of each.

use std::net::{Ipv4Addr, SocketAddr};

use super::super::story::Story;
use super::super::trouble::{CheckResult, Trouble};
use crate::relay::{Faults, Relay};

/// How many messages go through it.
pub const MESSAGES: u32 = 20;

/// A network that loses and duplicates one datagram of ten in each direction. Who asks ten times loses against it once in 16
/// million messages.
pub fn bad_network(story: &mut Story, target: SocketAddr) -> CheckResult<Relay> {
    let faults = Faults { drop: 10, duplicate: 10, ..Faults::default() };
    let any = (Ipv4Addr::LOCALHOST, 0).into();
    let relay = Relay::udp(any, target, faults, story.random_seed(), None)
        .map_err(|error| Trouble::of_grader("opened a UDP socket", &error))?;
    story.did("put a network in between that loses 10 % and duplicates 10 % in each direction");
    Ok(relay)
}
