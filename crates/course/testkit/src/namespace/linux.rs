//! Linux: unshare(2).

use std::fs::{self, File};
use std::io;
use std::sync::LazyLock;
use std::thread;

use nix::sched::{CloneFlags, setns, unshare};
use nix::sys::socket::{
    AddressFamily, MsgFlags, SockFlag, SockProtocol, SockType, recv, send, socket,
};
use nix::unistd::{Gid, Uid};
use rustix::thread::{
    CapabilitySet, capabilities, configure_capability_in_ambient_set, set_capabilities,
};

use super::refused::Refused;

/// Moves this process into a new network namespace and brings its loopback device up.
///
/// The process must have one thread only: unshare(2) refuses a user namespace otherwise.
pub fn enter() -> Result<(), Refused> {
    // The real root needs no user namespace, and keeps all its rights on files without one.
    let real_root = Uid::current().is_root() && unshare(CloneFlags::CLONE_NEWNET).is_ok();
    if !real_root {
        enter_user_namespace(CloneFlags::CLONE_NEWNET)?;
        keep_network_rights().map_err(|error| refused("prctl", error))?;
    }
    loopback(&[]).map_err(|error| refused("ip link set lo up", error))
}

/// Lets each thread of this process have a network of its own later: [`own_network`]. The process must have one thread only.
pub fn allow_own_networks() -> Result<(), Refused> {
    if Uid::current().is_root() { Ok(()) } else { enter_user_namespace(CloneFlags::empty()) }
}

/// Moves this thread, and the programs that it starts, into a new network; for the rest of the process nothing changes.
pub fn own_network() -> Result<(), Refused> {
    static PARENT: LazyLock<Option<File>> = LazyLock::new(parent);
    if let Some(parent) = &*PARENT {
        let _ = setns(parent, CloneFlags::CLONE_NEWNET); // without it only a look at the connections is slower
    }
    unshare(CloneFlags::CLONE_NEWNET).map_err(|error| refused("unshare", error.into()))?;
    loopback(&[]).map_err(|error| refused("ip link set lo up", error))
}

/// How many buckets a network of its own has for its TCP connections.
const BUCKETS: &str = "8192";

/// A network from which others are made, each with a small hash table of its own for its TCP connections. Whoever reads
/// /proc/net/tcp has Linux go through all buckets, and the table that networks share otherwise has hundreds of thousands:
/// that takes milliseconds. `None` before Linux 6.1, or where the setting can't be written.
fn parent() -> Option<File> {
    let make = || {
        unshare(CloneFlags::CLONE_NEWNET).ok()?;
        fs::write("/proc/sys/net/ipv4/tcp_child_ehash_entries", BUCKETS).ok()?;
        File::open("/proc/thread-self/ns/net").ok()
    };
    thread::spawn(make).join().ok().flatten()
}

fn enter_user_namespace(and: CloneFlags) -> Result<(), Refused> {
    let (uid, gid) = (Uid::current(), Gid::current());
    unshare(CloneFlags::CLONE_NEWUSER | and).map_err(|error| refused("unshare", error.into()))?;
    // The numbers stay the same: the programs run as the user who started them.
    let map = |name: &str, id: u32| fs::write(format!("/proc/self/{name}"), format!("{id} {id} 1"));
    map("uid_map", uid.as_raw()).map_err(|error| refused("uid_map", error))?;
    fs::write("/proc/self/setgroups", "deny")
        .and_then(|()| map("gid_map", gid.as_raw()))
        .map_err(|error| refused("gid_map", error))
}

/// Lets the programs that are started from here keep this process's rights on the new network: to capture packets
/// (tcpdump) and to put a filter on a TCP socket (`calls lose`, which Linux 6.18 refuses otherwise). A user other than
/// root loses all rights at exec(2), except for those in the ambient set: capabilities(7).
fn keep_network_rights() -> io::Result<()> {
    let rights = CapabilitySet::NET_ADMIN | CapabilitySet::NET_RAW;
    let mut sets = capabilities(None)?;
    sets.inheritable |= rights;
    set_capabilities(None, sets)?;
    for right in rights.iter() {
        configure_capability_in_ambient_set(right, true)?;
    }
    Ok(())
}

/// Gives the loopback device the frame size of Ethernet, and has it cut what TCP hands over in one piece: without
/// this it carries 64 KiB as one segment.
pub fn like_ethernet() -> io::Result<()> {
    const IFLA_MTU: u16 = 4;
    const IFLA_GSO_MAX_SEGS: u16 = 40;
    loopback(&[(IFLA_MTU, 1500), (IFLA_GSO_MAX_SEGS, 1)])
}

/// Brings the loopback device up and sets attributes of it, with one message to the kernel: rtnetlink(7).
///
/// The usual way is ioctl(2) with SIOCSIFFLAGS, which no library offers without `unsafe`; a message is only bytes.
fn loopback(attributes: &[(u16, u32)]) -> io::Result<()> {
    let kernel = socket(
        AddressFamily::Netlink,
        SockType::Raw,
        SockFlag::SOCK_CLOEXEC,
        SockProtocol::NetlinkRoute,
    )?;
    let request = message(attributes);
    send(std::os::fd::AsRawFd::as_raw_fd(&kernel), &request, MsgFlags::empty())?;
    let mut answer = [0; 1024];
    let length = recv(std::os::fd::AsRawFd::as_raw_fd(&kernel), &mut answer, MsgFlags::empty())?;
    // The answer is a header of 16 bytes, and the negative error number; 0 is success.
    let number = answer[..length].get(16..20).and_then(|bytes| bytes.try_into().ok());
    match number.map_or(0, i32::from_ne_bytes) {
        0 => Ok(()),
        number => Err(io::Error::from_raw_os_error(-number)),
    }
}

/// struct nlmsghdr, struct ifinfomsg, and a struct rtattr for each attribute.
fn message(attributes: &[(u16, u32)]) -> Vec<u8> {
    const RTM_NEWLINK: u16 = 16;
    const REQUEST_AND_ACK: u16 = 1 | 4;
    const LOOPBACK: i32 = 1; // the first device of every namespace
    const UP: u32 = 1;
    let mut body = vec![0_u8; 4]; // family, padding, type
    body.extend(LOOPBACK.to_ne_bytes());
    body.extend(UP.to_ne_bytes()); // the flags,
    body.extend(UP.to_ne_bytes()); // and which of them are to be changed
    for (attribute, value) in attributes {
        body.extend(8_u16.to_ne_bytes()); // the length of this attribute
        body.extend(attribute.to_ne_bytes());
        body.extend(value.to_ne_bytes());
    }
    let length = u32::try_from(16 + body.len()).unwrap_or_default();
    let mut message = length.to_ne_bytes().to_vec();
    message.extend(RTM_NEWLINK.to_ne_bytes());
    message.extend(REQUEST_AND_ACK.to_ne_bytes());
    message.extend([0; 8]); // sequence number and sender: there is one request on this socket
    message.extend(body);
    message
}

/// What was refused, in one sentence, with what would help.
fn refused(call: &str, error: io::Error) -> Refused {
    let number = error.raw_os_error().and_then(|number| u32::try_from(number).ok());
    let help = match number {
        // "No space left on device": the limit on namespaces is 0.
        Some(28) => {
            "this system allows no namespaces; `sudo sysctl user.max_user_namespaces=1000` would"
        }
        Some(1 | 13) if restricted_by_apparmor() => {
            "Ubuntu's AppArmor allows namespaces to known programs only; \
             `sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0` allows them to all"
        }
        Some(1 | 13) => {
            "this container or system forbids namespaces to its users; it works as root, \
             or in a container that was started with `--security-opt seccomp=unconfined`"
        }
        Some(22) => "namespaces can't be made from here; start it from a shell of your own",
        Some(38) => "this kernel has no namespaces",
        _ => "a Linux system that gives users namespaces would",
    };
    Refused(format!("{call}: {error}: {help}"))
}

fn restricted_by_apparmor() -> bool {
    let rule = fs::read_to_string("/proc/sys/kernel/apparmor_restrict_unprivileged_userns");
    rule.is_ok_and(|rule| rule.trim() == "1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_what_would_help() {
        let sentence = refused("unshare", io::Error::from_raw_os_error(28)).0;
        assert!(sentence.contains("No space left on device"), "{sentence}");
        assert!(sentence.contains("max_user_namespaces"), "{sentence}");
    }

    #[test]
    fn a_look_at_the_connections_of_an_own_network_is_quick() {
        // How many there are; a negative number is that of the shared table.
        let buckets = || {
            own_network().unwrap();
            fs::read_to_string("/proc/sys/net/ipv4/tcp_ehash_entries").unwrap()
        };
        match (super::super::has_own_networks(), parent()) {
            (true, Some(_)) => assert_eq!(thread::spawn(buckets).join().unwrap().trim(), BUCKETS),
            _ => crate::skip::skipped("a small hash table for connections", "no such setting here"),
        }
    }

    #[test]
    fn a_message_is_as_long_as_it_says() {
        for attributes in [&[][..], &[(4, 1500), (40, 1)]] {
            let message = message(attributes);
            assert_eq!(message[..4], u32::try_from(message.len()).unwrap().to_ne_bytes());
        }
    }
}
