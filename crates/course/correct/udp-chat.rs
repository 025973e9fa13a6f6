//! udp-chat [PEER] [--bind ADDRESS]: talks both ways over one UDP socket; 88 ends it.

use std::io::{self, BufRead};
use std::net::{SocketAddr, UdpSocket};
use std::process::exit;
use std::thread;

/// `:PORT` and `PORT` are at home.
fn address(text: Option<String>, otherwise: &str) -> String {
    let text = text.unwrap_or(otherwise.to_string());
    match text.rsplit_once(':') {
        Some(("", port)) => format!("127.0.0.1:{port}"),
        Some(_) => text,
        None => format!("127.0.0.1:{text}"),
    }
}

/// Prints one datagram. An error is only news about one that nobody took.
fn receive(socket: &UdpSocket) -> Option<(SocketAddr, bool)> {
    let mut buffer = [0; 65536];
    let (length, sender) = socket.recv_from(&mut buffer).ok()?;
    let text = String::from_utf8_lossy(&buffer[..length]);
    println!("[{sender}] {}", text.trim_end());
    Some((sender, text.trim_end() == "88"))
}

fn main() -> io::Result<()> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let bind = arguments.iter().position(|argument| argument == "--bind");
    let own = bind.map(|place| address(arguments.drain(place..place + 2).nth(1), ""));
    let peer = arguments.pop().map(|peer| address(Some(peer), ""));

    let nowhere = if peer.is_some() { "0.0.0.0:0" } else { "127.0.0.1:8888" };
    let socket = UdpSocket::bind(own.as_deref().unwrap_or(nowhere))?;
    eprintln!("listening on {}", socket.local_addr()?);
    let peer: SocketAddr = match peer {
        Some(peer) => peer.parse().map_err(io::Error::other)?,
        None => match receive(&socket) {
            Some((_, true)) | None => return Ok(()),
            Some((sender, false)) => sender,
        },
    };
    let receiving = socket.try_clone()?;
    let receiver = thread::spawn(move || {
        while receive(&receiving) != Some((peer, true)) {}
        exit(0); // whatever the other thread waits for
    });
    for line in io::stdin().lock().lines() {
        let line = line?;
        socket.send_to(line.as_bytes(), peer)?;
        if line == "88" {
            return Ok(());
        }
    }
    let _ = receiver.join();
    Ok(())
}
