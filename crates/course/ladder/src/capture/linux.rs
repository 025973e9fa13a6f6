//! Captures the packets of the loopback device: packet(7).
//!
//! **Each packet once.** A packet socket for all protocols sees a packet of the loopback device twice, where it leaves
//! and where it arrives; a filter in the kernel keeps the arriving ones, of IPv4 and IPv6. (A socket for IPv4 alone sees
//! each packet once too, but since Linux 6.15 only after TCP has handled it: its time may be later than that of the
//! answer.)
//!
//! **The clocks.** The kernel stamps a packet before any other socket gets it, with the clock that `CLOCK_REALTIME`
//! reads; the programs stamp their narration with the same clock (`common::record`). So the line before a `send` is older
//! than its packet, and the packet is older than what is reported after its `recv`. The kernel begins to stamp packets a
//! moment after it was asked to; until then it would give the time at which we look. [`Capture::start`] sends itself
//! datagrams until one has a stamp from between its sending and its coming back.
//!
//! **The count.** With each packet the kernel reports how many it has dropped before it because our buffer was full. A
//! last datagram to ourselves brings the last count, and shows that all packets before it are here.

use std::io::{self, ErrorKind, IoSliceMut};
use std::net::{Ipv4Addr, UdpSocket};
use std::os::fd::AsRawFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use nix::sys::socket::{ControlMessageOwned, LinkAddr, MsgFlags, recvmsg, setsockopt, sockopt};
use nix::sys::time::TimeSpec;
use socket2::{Domain, Protocol, SockFilter, Socket, Type};

use crate::clock::{nanoseconds, now};
use crate::packet::Captured;

/// What our own datagrams carry.
const PROBE: &[u8] = b"course watch: what time is it?";

/// How many bytes are kept of all packets together; after that, only the headers of each.
const KEPT: usize = 256 << 20;

/// Enough for the longest headers and the beginning of the payload.
const HEADERS: usize = 256;

/// How long a busy system may take to bring our last datagram.
const PATIENCE: Duration = Duration::from_secs(3);

/// A capture that is running, in a thread of its own.
pub struct Capture {
    /// The packets, as they come.
    pub packets: Receiver<Captured>,
    dropped: Arc<AtomicU32>,
    probe: UdpSocket,
    thread: JoinHandle<()>,
}

impl Capture {
    /// Begins to capture.
    pub fn start() -> io::Result<Capture> {
        let probe = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        probe.set_read_timeout(Some(Duration::from_millis(500)))?;
        let tap = Tap::open(probe.local_addr()?.port())?;
        tap.match_clocks(&probe)?;
        let (sender, packets) = mpsc::channel();
        let dropped = Arc::new(AtomicU32::new(0));
        let count = Arc::clone(&dropped);
        let thread = thread::spawn(move || tap.read_all(&sender, &count));
        Ok(Capture { packets, dropped, probe, thread })
    }

    /// Ends it, and returns the packets that were not fetched yet and how many the kernel had to drop.
    pub fn stop(self) -> (Vec<Captured>, u32) {
        let until = Instant::now() + PATIENCE;
        // The last datagram is dropped too while our buffer is full; then there must be another one. When none can be
        // sent because someone has taken the device down, nothing more will come.
        while !self.thread.is_finished() && Instant::now() < until && send(&self.probe).is_ok() {
            thread::sleep(Duration::from_millis(2));
        }
        (self.packets.try_iter().collect(), self.dropped.load(Ordering::SeqCst))
    }
}

/// A packet socket.
struct Tap {
    socket: Socket,
    loopback: usize,
    /// Where our own datagrams come from and go to.
    port: [u8; 2],
}

/// A packet as it came.
struct Taken {
    packet: Captured,
    dropped: u32,
    interface: usize,
}

impl Tap {
    /// socket(AF_PACKET, SOCK_DGRAM, ETH_P_ALL): packets from their IP header on.
    fn open(port: u16) -> io::Result<Tap> {
        const ETH_P_ALL: u16 = 3;
        let protocol = Protocol::from(i32::from(ETH_P_ALL.to_be()));
        let socket = Socket::new(Domain::PACKET, Type::DGRAM, Some(protocol))?;
        socket.attach_filter(&arriving_ip())?;
        setsockopt(&socket, sockopt::ReceiveTimestampns, &true)?;
        setsockopt(&socket, sockopt::RxqOvfl, &1)?;
        // The system's limit is for ordinary programs; root's may exceed it.
        if setsockopt(&socket, sockopt::RcvBufForce, &(64 << 20)).is_err() {
            let _ = socket.set_recv_buffer_size(64 << 20);
        }
        let loopback = nix::net::if_::if_nametoindex("lo").unwrap_or(1) as usize;
        Ok(Tap { socket, loopback, port: port.to_be_bytes() })
    }

    /// Sends itself datagrams until the kernel stamps them when they arrive. Other packets are forgotten.
    fn match_clocks(&self, probe: &UdpSocket) -> io::Result<()> {
        const TRIES: usize = 200;
        self.socket.set_read_timeout(Some(Duration::from_millis(100)))?;
        let mut buffer = vec![0; 65536];
        for _ in 0..TRIES {
            let before = now();
            send(probe)?;
            let after = now();
            thread::sleep(Duration::from_millis(1));
            while let Ok(taken) = self.take(&mut buffer) {
                if self.is_probe(&taken) && taken.packet.at >= before {
                    if taken.packet.at <= after {
                        return self.socket.set_read_timeout(None);
                    }
                    break;
                }
            }
        }
        Err(io::Error::other("the kernel stamps no packets"))
    }

    /// Reads until our own last datagram comes.
    fn read_all(&self, packets: &Sender<Captured>, dropped: &AtomicU32) {
        let mut buffer = vec![0; 65536];
        let mut kept = 0;
        loop {
            let mut taken = match self.take(&mut buffer) {
                Ok(taken) => taken,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(_) => return, // the device is gone
            };
            dropped.store(taken.dropped, Ordering::SeqCst);
            if taken.interface != self.loopback {
                continue;
            }
            if self.is_probe(&taken) {
                return;
            }
            if kept > KEPT {
                taken.packet.bytes.truncate(HEADERS);
            }
            kept += taken.packet.bytes.len();
            if packets.send(taken.packet).is_err() {
                return;
            }
        }
    }

    /// recvmsg(2), with the time and the count that the kernel adds.
    fn take(&self, buffer: &mut [u8]) -> io::Result<Taken> {
        let mut extras = nix::cmsg_space!(TimeSpec, u32);
        let mut parts = [IoSliceMut::new(buffer)];
        let message = recvmsg::<LinkAddr>(
            self.socket.as_raw_fd(),
            &mut parts,
            Some(&mut extras),
            MsgFlags::empty(),
        )?;
        let (mut at, mut dropped) = (now(), 0);
        for extra in message.cmsgs()? {
            match extra {
                ControlMessageOwned::ScmTimestampns(time) => at = nanoseconds(time.into()),
                ControlMessageOwned::RxqOvfl(count) => dropped = count,
                _ => {}
            }
        }
        let length = message.bytes;
        let interface = message.address.map_or(self.loopback, |from| from.ifindex());
        let bytes = buffer[..length].to_vec();
        Ok(Taken { packet: Captured { at, length, bytes }, dropped, interface })
    }

    fn is_probe(&self, taken: &Taken) -> bool {
        const IPV4_HEADER: usize = 20;
        let bytes = &taken.packet.bytes;
        bytes.get(IPV4_HEADER..IPV4_HEADER + 2) == Some(&self.port) && bytes.ends_with(PROBE)
    }
}

/// A program for the kernel (bpf(4), the classic kind): keep a packet of IPv4 or IPv6 that does not leave.
fn arriving_ip() -> [SockFilter; 7] {
    const LOAD: u16 = 0x20;
    const IF_EQUAL: u16 = 0x15; // how many instructions to jump forward: if equal, if not
    const RETURN: u16 = 0x06;
    const PROTOCOL: u32 = 0xffff_f000;
    const PACKET_TYPE: u32 = 0xffff_f004;
    const OUTGOING: u32 = 4;
    [
        SockFilter::new(LOAD, 0, 0, PACKET_TYPE),
        SockFilter::new(IF_EQUAL, 4, 0, OUTGOING),
        SockFilter::new(LOAD, 0, 0, PROTOCOL),
        SockFilter::new(IF_EQUAL, 1, 0, 0x0800),
        SockFilter::new(IF_EQUAL, 0, 1, 0x86dd),
        SockFilter::new(RETURN, 0, 0, u32::MAX), // all of its bytes
        SockFilter::new(RETURN, 0, 0, 0),
    ]
}

/// Sends a datagram to itself and receives it.
fn send(probe: &UdpSocket) -> io::Result<()> {
    probe.send_to(PROBE, probe.local_addr()?)?;
    probe.recv(&mut [0; 64])?;
    Ok(())
}
