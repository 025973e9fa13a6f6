//! Chats over UDP strictly in turns: a line goes, an answer comes.
//! Can: talk to PEER, and end at 88, typed or received.
//! Can't: send two lines in a row: after each one it waits for an answer. While it waits for the keyboard it prints nothing.
//! Run: `cargo run -q -p udp-chat --example chat_in_turns PEER [OWN ADDRESS]`, while `cargo udp-chat` runs.

use std::net::UdpSocket;
use std::{env, io};

fn main() -> io::Result<()> {
    let peer = env::args().nth(1).unwrap_or("127.0.0.1:8888".to_string());
    let own = env::args().nth(2).unwrap_or("0.0.0.0:0".to_string());
    let socket = UdpSocket::bind(own)?;
    eprintln!("listening on {}", socket.local_addr()?);
    talk(socket, &peer)
}

/// First a line, then an answer, and again.
fn talk(socket: UdpSocket, peer: &str) -> io::Result<()> {
    while say(&socket, peer)? && hear(&socket)? {}
    Ok(())
}

/// Sends one line that is typed. Returns false after 88, and at the end of the input.
fn say(socket: &UdpSocket, peer: &str) -> io::Result<bool> {
    let mut line = String::new();
    if io::stdin().read_line(&mut line)? == 0 {
        return Ok(false);
    }
    socket.send_to(line.trim_end().as_bytes(), peer)?;
    Ok(line.trim_end() != "88")
}

/// Prints one datagram that comes. Returns false after 88.
fn hear(socket: &UdpSocket) -> io::Result<bool> {
    let mut buffer = [0; 65536];
    let (length, sender) = socket.recv_from(&mut buffer)?;
    let text = String::from_utf8_lossy(&buffer[..length]);
    println!("[{sender}] {}", text.trim_end());
    Ok(text.trim_end() != "88")
}
