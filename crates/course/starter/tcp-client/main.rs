//! Step 5: connects to a TCP server, sends, and prints what comes until the server closes.
//!
//! cargo run -- 127.0.0.1:8899 hello        send, then print the answer
//! cargo run -- 127.0.0.1:8899              send every line typed; Ctrl-D ends the sending

use std::env;
use std::io;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let server = full_address(&arguments.next().unwrap_or("127.0.0.1:8899".to_owned()));
    let message: Vec<String> = arguments.collect();
    match tcp_client(&server, &message) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(1)
        }
    }
}

fn tcp_client(server: &str, message: &[String]) -> io::Result<()> {
    // TODO 1. socket    ask the system for a TCP socket
    // TODO 2. connect   call the server: SYN, SYN+ACK, ACK
    //         std::net::TcpStream::connect does both.

    // TODO 3. send      give bytes to the system, which delivers them in order
    //         With words in `message`: the words joined by a space. Without: each line of standard input.
    //         The server may answer while you still type: who prints that?

    // TODO 4. shutdown  close the sending half: "that was all"

    // TODO 5. recv      wait for the server's bytes; 0 bytes: it has closed too
    //         How often? A character may come in two pieces.

    // TODO 6. close     give the socket back to the system
    //         In Rust a socket is closed when its variable is gone. Where is that here?

    eprintln!("tcp-client: no call yet to {server} ({} words): see TODO 1", message.len());
    Ok(())
}

/// `PORT` and `:PORT` mean 127.0.0.1.
fn full_address(text: &str) -> String {
    let text = text.strip_prefix(':').unwrap_or(text);
    if text.contains(':') { text.to_owned() } else { format!("127.0.0.1:{text}") }
}
