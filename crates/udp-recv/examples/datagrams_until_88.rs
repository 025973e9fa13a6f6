//! Receives datagrams from anyone and prints them, up to the datagram 88.
//! Can: do all that a receiver must do in this step.
//! Can't: answer, join a multicast group, or understand GBK. What doesn't fit into its buffer of 1024 bytes is lost.
//! New: `receive`, because the check `prints` was red.
//! Run: `cargo run -q -p udp-recv --example datagrams_until_88`, then `cargo udp-send`.

use std::net::UdpSocket;
use std::{env, io};

fn main() -> io::Result<()> {
    let own = env::args().nth(1).unwrap_or("127.0.0.1:8888".to_string());
    let socket = UdpSocket::bind(own)?;
    eprintln!("listening on {}", socket.local_addr()?);
    receive(&socket)
}

/// Prints one datagram after the other. Some senders send the line end too, so `trim_end` cuts it off.
fn receive(socket: &UdpSocket) -> io::Result<()> {
    let mut buffer = [0; 1024];
    loop {
        let (length, sender) = socket.recv_from(&mut buffer)?;
        let text = String::from_utf8_lossy(&buffer[..length]);
        println!("[{sender}] {}", text.trim_end());
        if text.trim_end() == "88" {
            return Ok(());
        }
    }
}
