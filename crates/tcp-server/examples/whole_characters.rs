//! Serves many clients at once, and prints whole characters only.
//! Can: do all that a server must do in this step.
//! Can't: answer, understand GBK, or limit the number of its clients.
//! New: `serve`, because the check `split-character` was red.
//! Run: `cargo run -q -p tcp-server --example whole_characters`, then
//! `cargo course relay 9000 8899 --split 2` and `cargo tcp-client 9000 你好`.

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

/// Prints what this client sends, until it closes. The first bytes of a character wait for the rest of it.
fn serve(mut client: TcpStream, peer: SocketAddr) -> io::Result<()> {
    let mut buffer = [0; 1024];
    let mut bytes = Vec::new(); // all that has come and isn't printed yet
    loop {
        let length = client.read(&mut buffer)?;
        if length == 0 {
            return Ok(());
        }
        bytes.extend_from_slice(&buffer[..length]);
        let end = match str::from_utf8(&bytes) {
            Ok(_) => bytes.len(),
            Err(error) if error.error_len().is_none() => error.valid_up_to(), // cut at the end
            Err(_) => bytes.len(), // no text at all: print it as it is, with a �
        };
        let text = String::from_utf8_lossy(&bytes[..end]);
        println!("[{peer}] {length} bytes: {}", text.trim_end());
        bytes.drain(..end);
    }
}
