//! The relay for UDP: each caller has a socket of its own towards the target, so that answers find their way back.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use fastrand::Rng;

use crate::bytes::in_a_line;

use super::way::{Direction, LOOK, Way, refuse_itself};

/// How long a datagram that is to arrive after the next one waits for it.
const LONGEST_HOLD: Duration = Duration::from_millis(300);

/// Starts the relay, and returns its address.
pub(super) fn start(own: SocketAddr, target: SocketAddr, way: Way) -> io::Result<SocketAddr> {
    let socket = Arc::new(UdpSocket::bind(own)?);
    socket.set_read_timeout(Some(LOOK))?;
    let address = socket.local_addr()?;
    refuse_itself(address, target)?;
    thread::Builder::new()
        .name("relay".to_owned())
        .spawn(move || receive_all(&socket, target, &way))?;
    Ok(address)
}

/// Receives from all callers, and hands each datagram to its caller's way.
fn receive_all(socket: &Arc<UdpSocket>, target: SocketAddr, way: &Way) {
    let mut callers: HashMap<SocketAddr, Sender<Vec<u8>>> = HashMap::new();
    let mut buffer = vec![0; 65536];
    while !way.is_over() {
        let Ok((length, caller)) = socket.recv_from(&mut buffer) else { continue };
        if !callers.contains_key(&caller) {
            let number = callers.len() as u64 + 1;
            match open(socket, caller, target, way, number) {
                Ok(sender) => drop(callers.insert(caller, sender)),
                Err(error) => {
                    way.of(number, Direction::There)
                        .report(&format!("no socket to the target: {error}"));
                    continue;
                }
            }
        }
        if let Some(sender) = callers.get(&caller) {
            let _ = sender.send(buffer[..length].to_vec());
        }
    }
}

/// A new caller: a socket towards the target, and a thread for each direction.
fn open(
    socket: &Arc<UdpSocket>,
    caller: SocketAddr,
    target: SocketAddr,
    way: &Way,
    number: u64,
) -> io::Result<Sender<Vec<u8>>> {
    let any: IpAddr =
        if target.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let outside = Arc::new(UdpSocket::bind((any, 0))?);
    outside.connect(target)?;
    outside.set_read_timeout(Some(LOOK))?;
    let (there, datagrams) = mpsc::channel();
    let sender = Arc::clone(&outside);
    let pump = Pump::new(way.of(number, Direction::There), move |payload: &[u8]| {
        drop(sender.send(payload))
    });
    thread::Builder::new().spawn(move || pump.run(&datagrams))?;

    let (back, datagrams) = mpsc::channel();
    let sender = Arc::clone(socket);
    let pump = Pump::new(way.of(number, Direction::Back), move |payload: &[u8]| {
        drop(sender.send_to(payload, caller));
    });
    thread::Builder::new().spawn(move || pump.run(&datagrams))?;
    let way = way.clone();
    thread::Builder::new().spawn(move || receive_answers(&outside, &back, &way))?;
    Ok(there)
}

fn receive_answers(outside: &UdpSocket, back: &Sender<Vec<u8>>, way: &Way) {
    let mut buffer = vec![0; 65536];
    while !way.is_over() {
        // An error is a timeout, or the news that the target's port is closed; another datagram may find it open.
        if let Ok(length) = outside.recv(&mut buffer) {
            let _ = back.send(buffer[..length].to_vec());
        } else {
            thread::sleep(Duration::from_millis(1));
        }
    }
}

/// Carries the datagrams of one caller in one direction.
struct Pump<F: Fn(&[u8])> {
    way: Way,
    random: Rng,
    send: F,
    number: u64,
    /// What is on its way, with the time at which it arrives.
    travelling: Vec<(Instant, Vec<u8>)>,
    /// What is to arrive after the next one.
    held: Option<(Instant, Vec<u8>)>,
}

impl<F: Fn(&[u8])> Pump<F> {
    fn new(way: Way, send: F) -> Pump<F> {
        let random = way.random();
        Pump { way, random, send, number: 0, travelling: Vec::new(), held: None }
    }

    fn run(mut self, datagrams: &Receiver<Vec<u8>>) {
        while !self.way.is_over() {
            match datagrams.recv_timeout(self.until_next()) {
                Ok(payload) => self.take(payload),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            self.deliver();
        }
    }

    fn until_next(&self) -> Duration {
        let times = self.travelling.iter().chain(&self.held).map(|(at, _)| *at);
        times.min().map_or(LOOK, |at| at.saturating_duration_since(Instant::now()).min(LOOK))
    }

    /// Decides what happens to a datagram. All four numbers are drawn for each one, even if they are not used: so what
    /// happens to the tenth datagram is always the same.
    fn take(&mut self, payload: Vec<u8>) {
        self.number += 1;
        let faults = &self.way.faults;
        let lost = self.random.u8(0..100) < faults.drop;
        let twice = self.random.u8(0..100) < faults.duplicate;
        let later = self.random.u8(0..100) < faults.reorder;
        let delay = faults.draw_delay(&mut self.random);
        let mut fate = match (lost, twice, later) {
            (true, _, _) => "dropped".to_owned(),
            (_, true, _) => "passed on twice".to_owned(),
            (_, _, true) => "passed on after the next one".to_owned(),
            _ => "passed on".to_owned(),
        };
        if !lost && !faults.delay.is_zero() {
            fate += &format!(", {} ms late", delay.as_millis());
        }
        self.way.report(&format!("datagram {}, {}: {fate}", self.number, in_a_line(&payload)));
        let at = Instant::now() + delay;
        if lost {
            return;
        }
        if twice {
            self.travelling.push((at, payload.clone()));
        }
        if later && !twice {
            let before = self.held.replace((at + LONGEST_HOLD, payload));
            self.travelling.extend(before.map(|(_, payload)| (at, payload)));
            return;
        }
        self.travelling.push((at, payload));
        if let Some((_, payload)) = self.held.take() {
            self.travelling.push((at, payload));
        }
    }

    /// Sends what has arrived by now, in the order of the times.
    fn deliver(&mut self) {
        let now = Instant::now();
        if self.held.as_ref().is_some_and(|(at, _)| *at <= now) {
            self.travelling.extend(self.held.take());
        }
        self.travelling.sort_by_key(|(at, _)| *at); // equal times keep their order
        let arrived = self.travelling.partition_point(|(at, _)| *at <= now);
        for (_, payload) in self.travelling.drain(..arrived) {
            (self.send)(&payload);
        }
    }
}

/// Passes datagrams on without any network, and without waiting; returns what arrives at once. For the fuzz target.
pub(super) fn without_network(way: Way, payloads: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let arrived = std::cell::RefCell::new(Vec::new());
    let mut pump = Pump::new(way, |payload: &[u8]| arrived.borrow_mut().push(payload.to_vec()));
    for payload in payloads {
        pump.take(payload.clone());
        pump.deliver();
    }
    drop(pump);
    arrived.into_inner()
}
