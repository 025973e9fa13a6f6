//! Step 1: sends datagrams with UDP.
//!
//! cargo run -- 127.0.0.1:8888 hello        one datagram
//! cargo run -- 127.0.0.1:8888              every line typed is one datagram; 88 ends it

use std::env;
use std::io;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let peer = full_address(&arguments.next().unwrap_or("127.0.0.1:8888".to_owned()));
    let message: Vec<String> = arguments.collect();
    match udp_send(&peer, &message) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(1)
        }
    }
}

fn udp_send(peer: &str, message: &[String]) -> io::Result<()> {
    // TODO 1. socket    ask the system for a UDP socket
    //         std::net::UdpSocket::bind does it. A sender needs no port of its own choice: "0.0.0.0:0" lets the
    //         system choose one.

    // TODO 2. sendto    send one datagram to the receiver's address
    //         With words in `message`: one datagram with the words joined by a space.
    //         Without: one datagram for each line of standard input; where does a line's end go, and when is it over?

    // TODO 3. close     give the socket and its port back to the system
    //         In Rust a socket is closed when its variable is gone. Where is that here?

    eprintln!("udp-send: nothing is sent yet to {peer} ({} words): see TODO 1", message.len());
    Ok(())
}

/// `PORT` and `:PORT` mean 127.0.0.1.
fn full_address(text: &str) -> String {
    let text = text.strip_prefix(':').unwrap_or(text);
    if text.contains(':') { text.to_owned() } else { format!("127.0.0.1:{text}") }
}
