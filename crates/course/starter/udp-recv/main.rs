//! Step 2: receives datagrams with UDP.
//!
//! cargo run -- 127.0.0.1:8888     print each datagram with its sender; a datagram 88 ends it

use std::env;
use std::io;
use std::process::ExitCode;

fn main() -> ExitCode {
    let own = full_address(&env::args().nth(1).unwrap_or("127.0.0.1:8888".to_owned()));
    match udp_recv(&own) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(1)
        }
    }
}

fn udp_recv(own: &str) -> io::Result<()> {
    // TODO 1. socket    ask the system for a UDP socket
    // TODO 2. bind      take an address and a port, so that others can find us
    //         std::net::UdpSocket::bind does both. Then tell on standard error: listening on ADDRESS

    // TODO 3. recvfrom  wait for one datagram; get its bytes and its sender's address
    //         Print it as [PEER] TEXT, and wait for the next one. What if its bytes are no text? Which one is the last?

    // TODO 4. close     give the port back; datagrams that come now are lost
    //         In Rust a socket is closed when its variable is gone. Where is that here?

    eprintln!("udp-recv: nobody listens on {own} yet: see TODO 1");
    Ok(())
}

/// `PORT` and `:PORT` mean 127.0.0.1.
fn full_address(text: &str) -> String {
    let text = text.strip_prefix(':').unwrap_or(text);
    if text.contains(':') { text.to_owned() } else { format!("127.0.0.1:{text}") }
}
