//! udp-recv ADDRESS: prints each datagram as [PEER] TEXT; a datagram 88 ends it.

use std::io;
use std::net::UdpSocket;

/// `:PORT` and `PORT` are at home.
fn address(text: Option<String>, otherwise: &str) -> String {
    let text = text.unwrap_or(otherwise.to_string());
    match text.rsplit_once(':') {
        Some(("", port)) => format!("127.0.0.1:{port}"),
        Some(_) => text,
        None => format!("127.0.0.1:{text}"),
    }
}

fn main() -> io::Result<()> {
    let socket = UdpSocket::bind(address(std::env::args().nth(1), "8888"))?;
    eprintln!("listening on {}", socket.local_addr()?);
    let mut buffer = [0; 65536];
    loop {
        let (length, peer) = socket.recv_from(&mut buffer)?;
        let text = String::from_utf8_lossy(&buffer[..length]);
        let text = text.trim_end_matches(['\r', '\n']);
        println!("[{peer}] {text}");
        if text == "88" {
            return Ok(());
        }
    }
}
