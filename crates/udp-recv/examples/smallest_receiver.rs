//! Receives one datagram, prints it, and ends: the smallest receiver.
//! Can: print a text, and who sent it.
//! Can't: receive a second datagram. What doesn't fit into its buffer of 1024 bytes is lost.
//! Run: `cargo run -q -p udp-recv --example smallest_receiver`, then `cargo udp-send 8888 hello`.

use std::net::UdpSocket;
use std::{env, io};

fn main() -> io::Result<()> {
    let own = env::args().nth(1).unwrap_or("127.0.0.1:8888".to_string());
    let socket = UdpSocket::bind(own)?;
    eprintln!("listening on {}", socket.local_addr()?);
    receive(&socket)
}

/// Waits for one datagram and prints it.
fn receive(socket: &UdpSocket) -> io::Result<()> {
    let mut buffer = [0; 1024];
    let (length, sender) = socket.recv_from(&mut buffer)?;
    println!("[{sender}] {}", String::from_utf8_lossy(&buffer[..length]));
    Ok(())
}
