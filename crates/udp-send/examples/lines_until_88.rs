//! Sends one message, or each line that is typed, up to the line 88.
//! Can: do all that a sender must do in this step.
//! Can't: send to an IPv6 address, wait for an answer, or speak GBK. A line that isn't UTF-8 ends it.
//! New: `send`, because the check `lines` was red.
//! Run: `cargo run -q -p udp-send --example lines_until_88`, while `cargo udp-recv` runs.

use std::net::UdpSocket;
use std::{env, io};

fn main() -> io::Result<()> {
    let mut arguments = env::args().skip(1);
    let receiver = arguments.next().unwrap_or("127.0.0.1:8888".to_string());
    let words: Vec<String> = arguments.collect();
    let socket = UdpSocket::bind("0.0.0.0:0")?; // port 0: the system chooses one
    send(&socket, &receiver, &words.join(" "))
}

/// Sends the message; without one, each line that is typed. `lines` leaves the line end out.
fn send(socket: &UdpSocket, receiver: &str, message: &str) -> io::Result<()> {
    if !message.is_empty() {
        socket.send_to(message.as_bytes(), receiver)?;
        return Ok(());
    }
    for line in io::stdin().lines() {
        let line = line?;
        socket.send_to(line.as_bytes(), receiver)?;
        if line == "88" {
            return Ok(());
        }
    }
    Ok(())
}
