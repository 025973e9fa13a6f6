//! Serves one client, prints what each recv returned, and ends when that client leaves.
//! Can: read all that one client says, piece by piece.
//! Can't: serve a second client: the system connects it, but nobody accepts it.
//! Run: `cargo run -q -p tcp-server --example one_client`, then `cargo tcp-client`.

use std::env;
use std::io::{self, Read};
use std::net::{SocketAddr, TcpListener, TcpStream};

fn main() -> io::Result<()> {
    let own = env::args().nth(1).unwrap_or("127.0.0.1:8899".to_string());
    let listener = TcpListener::bind(own)?;
    eprintln!("listening on {}", listener.local_addr()?);
    accept_clients(&listener)
}

/// Takes one client.
fn accept_clients(listener: &TcpListener) -> io::Result<()> {
    let (client, peer) = listener.accept()?;
    serve(client, peer)
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
