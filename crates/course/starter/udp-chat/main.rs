//! Step 3: talks both ways over one UDP socket, with a thread for each direction.
//!
//! cargo run -- --bind 127.0.0.1:8888     wait; the first datagram names the peer
//! cargo run -- 127.0.0.1:8888            in another terminal

use std::env;
use std::io;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut peer = None;
    let mut own = None;
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--bind" {
            own = arguments.next().map(|address| full_address(&address));
        } else {
            peer = Some(full_address(&argument));
        }
    }
    match udp_chat(peer.as_deref(), own.as_deref()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(1)
        }
    }
}

fn udp_chat(peer: Option<&str>, own: Option<&str>) -> io::Result<()> {
    // TODO 1. socket    one UDP socket for both directions
    // TODO 2. bind      the address that the peer answers to
    //         Without `own`: "0.0.0.0:0" when there is a peer to call, 127.0.0.1:8888 when there is none.

    // Without `peer`, the first datagram says who it is.

    // TODO 3. recvfrom  the receiving thread waits for the peer
    //         std::thread::spawn starts it; UdpSocket::try_clone gives both threads the same socket.
    //         Print what comes as [PEER] TEXT. What must happen when the peer says 88 while this side's keyboard is silent?

    // TODO 4. sendto    the main thread waits for the keyboard and sends each line
    //         What must not happen at the end of the input?

    eprintln!("udp-chat: no chat yet between {own:?} and {peer:?}: see TODO 1");
    Ok(())
}

/// `PORT` and `:PORT` mean 127.0.0.1.
fn full_address(text: &str) -> String {
    let text = text.strip_prefix(':').unwrap_or(text);
    if text.contains(':') { text.to_owned() } else { format!("127.0.0.1:{text}") }
}
