//! Serves one client after the other, and never ends by itself.
//! Can: go on when a client leaves or resets its connection.
//! Can't: serve a second client while the first one is connected, however silent that one is.
//! New: `accept_clients`, because the check `client-closes` was red.
//! Run: `cargo run -q -p tcp-server --example one_after_another`, then `cargo tcp-client`, twice.

use std::env;
use std::io::{self, Read};
use std::net::{SocketAddr, TcpListener, TcpStream};

fn main() -> io::Result<()> {
    let own = env::args().nth(1).unwrap_or("127.0.0.1:8899".to_string());
    let listener = TcpListener::bind(own)?;
    eprintln!("listening on {}", listener.local_addr()?);
    accept_clients(&listener)
}

/// Takes the next client when the one before has left. The error of one client doesn't end the server.
fn accept_clients(listener: &TcpListener) -> io::Result<()> {
    loop {
        let (client, peer) = listener.accept()?;
        if let Err(error) = serve(client, peer) {
            eprintln!("[{peer}] {error}");
        }
    }
}

/// Prints what this client sends, until it closes: then recv returns 0 bytes.
fn serve(mut client: TcpStream, peer: SocketAddr) -> io::Result<()> {
    let mut buffer = [0; 1024];
    loop {
        let length = client.read(&mut buffer)?;
        if length == 0 {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&buffer[..length]);
        println!("[{peer}] {length} bytes: {}", text.trim_end());
    }
}
