//! Serves many clients at once, each one in a thread of its own.
//! Can: listen to hundreds of clients, whatever each of them does or doesn't do.
//! Can't: print a character that comes in two pieces: each recv is decoded alone, and half a character becomes a `�`.
//! New: `accept_clients`, because the check `second-client` was red.
//! Run: `cargo run -q -p tcp-server --example thread_per_client`, then `cargo tcp-client`, twice.

use std::io::{self, Read};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::{env, thread};

fn main() -> io::Result<()> {
    let own = env::args().nth(1).unwrap_or("127.0.0.1:8899".to_string());
    let listener = TcpListener::bind(own)?;
    eprintln!("listening on {}", listener.local_addr()?);
    accept_clients(&listener)
}

/// Takes the next client at once: another thread serves the one before. `move` gives the client to that thread.
fn accept_clients(listener: &TcpListener) -> io::Result<()> {
    loop {
        let (client, peer) = listener.accept()?;
        thread::spawn(move || {
            if let Err(error) = serve(client, peer) {
                eprintln!("[{peer}] {error}");
            }
        });
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
