//! Sends one message as one datagram: the smallest sender.
//! Can: send its arguments, joined by spaces, to an IPv4 address.
//! Can't: send what is typed: without a message it sends an empty datagram. And it never learns whether anyone received it.
//! Run: `cargo run -q -p udp-send --example smallest_sender 127.0.0.1:8888 hello`, while `cargo udp-recv` runs.

use std::net::UdpSocket;
use std::{env, io};

fn main() -> io::Result<()> {
    let mut arguments = env::args().skip(1);
    let receiver = arguments.next().unwrap_or("127.0.0.1:8888".to_string());
    let words: Vec<String> = arguments.collect();
    let socket = UdpSocket::bind("0.0.0.0:0")?; // port 0: the system chooses one
    send(&socket, &receiver, &words.join(" "))
}

/// Sends the message.
fn send(socket: &UdpSocket, receiver: &str, message: &str) -> io::Result<()> {
    socket.send_to(message.as_bytes(), receiver)?;
    Ok(())
}
