//! Step 4: serves many TCP clients, each in a thread of its own.
//!
//! cargo run -- 127.0.0.1:8899     print what every client sends

use std::env;
use std::io;
use std::process::ExitCode;

fn main() -> ExitCode {
    let own = full_address(&env::args().nth(1).unwrap_or("127.0.0.1:8899".to_owned()));
    match tcp_server(&own) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(1)
        }
    }
}

fn tcp_server(own: &str) -> io::Result<()> {
    // TODO 1. socket    ask the system for a TCP socket
    // TODO 2. bind      take the address and the port that clients will call
    // TODO 3. listen    make the socket passive: from now on clients may queue up
    //         std::net::TcpListener::bind does all three. Then tell on standard error: listening on ADDRESS

    // TODO 4. accept    take the next client out of the queue, on a new socket
    //         And the next one, and the next one. Who talks to the first one meanwhile?

    // TODO 5. recv      wait for the client's next bytes; 0 bytes: it has closed
    //         Print [PEER] N bytes: TEXT for each. Half a character may be at the end of the bytes. What if recv is an error?

    // 6. send: nothing to do. The options that make the course's own server answer are not asked for.

    // TODO 7. close     the client's socket: this conversation is over
    //         In Rust a socket is closed when its variable is gone. Where is that here?

    // 8. close: not reached. Only Ctrl-C ends this server, and then the system closes the listening socket.

    eprintln!("tcp-server: nobody listens on {own} yet: see TODO 1");
    Ok(())
}

/// `PORT` and `:PORT` mean 127.0.0.1.
fn full_address(text: &str) -> String {
    let text = text.strip_prefix(':').unwrap_or(text);
    if text.contains(':') { text.to_owned() } else { format!("127.0.0.1:{text}") }
}
