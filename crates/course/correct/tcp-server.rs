//! tcp-server ADDRESS: serves every client in a thread of its own, and prints what each recv returned.

use std::io::{self, Read};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

/// `:PORT` and `PORT` are at home.
fn address(text: Option<String>, otherwise: &str) -> String {
    let text = text.unwrap_or(otherwise.to_string());
    match text.rsplit_once(':') {
        Some(("", port)) => format!("127.0.0.1:{port}"),
        Some(_) => text,
        None => format!("127.0.0.1:{text}"),
    }
}

/// Takes the characters that are whole out of the bytes; what may become one stays.
fn characters(bytes: &mut Vec<u8>) -> String {
    let mut text = String::new();
    loop {
        match std::str::from_utf8(bytes) {
            Ok(rest) => {
                text += rest;
                bytes.clear();
                return text;
            }
            Err(error) => {
                let good = error.valid_up_to();
                text += &String::from_utf8_lossy(&bytes[..good]);
                bytes.drain(..good);
                let Some(bad) = error.error_len() else { return text };
                text.push('\u{fffd}');
                bytes.drain(..bad);
            }
        }
    }
}

fn serve(mut client: TcpStream, peer: SocketAddr) -> io::Result<()> {
    let mut buffer = [0; 1024];
    let mut unread = Vec::new();
    loop {
        let length = client.read(&mut buffer)?;
        if length == 0 {
            eprintln!("[{peer}] has closed");
            return Ok(());
        }
        unread.extend_from_slice(&buffer[..length]);
        println!("[{peer}] {length} bytes: {}", characters(&mut unread).trim_end());
    }
}

fn main() -> io::Result<()> {
    let listener = TcpListener::bind(address(std::env::args().nth(1), "8899"))?;
    eprintln!("listening on {}", listener.local_addr()?);
    loop {
        match listener.accept() {
            Ok((client, peer)) => {
                thread::spawn(move || {
                    serve(client, peer).unwrap_or_else(|error| eprintln!("{error}"))
                });
            }
            Err(error) => eprintln!("accept: {error}"),
        }
    }
}
