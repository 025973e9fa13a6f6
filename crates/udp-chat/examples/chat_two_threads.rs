//! Chats over UDP in both directions at any time: one thread hears, the other one says.
//! Can: do all that a chat must do in this step.
//! Can't: tell the peer from a stranger: it prints what anyone sends to its port, and anyone's 88 ends it.
//! New: `talk`, because the check `both-ways` was red.
//! Run: `cargo run -q -p udp-chat --example chat_two_threads PEER [OWN ADDRESS]`, while `cargo udp-chat` runs.

use std::net::UdpSocket;
use std::process::exit;
use std::{env, io, thread};

fn main() -> io::Result<()> {
    let peer = env::args().nth(1).unwrap_or("127.0.0.1:8888".to_string());
    let own = env::args().nth(2).unwrap_or("0.0.0.0:0".to_string());
    let socket = UdpSocket::bind(own)?;
    eprintln!("listening on {}", socket.local_addr()?);
    talk(socket, &peer)
}

/// A thread of its own hears, this one says. `try_clone` makes a second name for the same socket, not a second socket.
fn talk(socket: UdpSocket, peer: &str) -> io::Result<()> {
    let hearing = socket.try_clone()?;
    thread::spawn(move || {
        loop {
            match hear(&hearing) {
                Ok(true) => {}
                Ok(false) => exit(0), // the other thread waits for the keyboard, and nothing else ends that
                Err(error) => eprintln!("{error}"),
            }
        }
    });
    while say(&socket, peer)? {}
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
