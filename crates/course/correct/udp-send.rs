//! udp-send ADDRESS [MESSAGE]...: one datagram, or one for each line of standard input until 88.

use std::io::{self, BufRead};
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
    let mut arguments = std::env::args().skip(1);
    let peer = address(arguments.next(), "8888");
    let words: Vec<String> = arguments.collect();
    let socket = UdpSocket::bind("0.0.0.0:0")?;
    if !words.is_empty() {
        socket.send_to(words.join(" ").as_bytes(), peer)?;
        return Ok(());
    }
    for line in io::stdin().lock().lines() {
        let line = line?;
        socket.send_to(line.as_bytes(), &peer)?;
        if line == "88" {
            break;
        }
    }
    Ok(())
}
