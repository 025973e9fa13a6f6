use std::io::{self, Read};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

/// Takes the whole characters out; the beginning of one stays.
fn text(unread: &mut Vec<u8>) -> String {
    let end = match std::str::from_utf8(unread) {
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        _ => unread.len(),
    };
    let rest = unread.split_off(end);
    let text = String::from_utf8_lossy(unread).into_owned();
    *unread = rest;
    text
}

fn serve(mut client: TcpStream, peer: SocketAddr) -> io::Result<()> {
    let mut buffer = [0; 1024];
    let mut unread = Vec::new();
    loop {
        let length = client.read(&mut buffer)?;
        unread.extend_from_slice(&buffer[..length]);
        println!("[{peer}] {length} bytes: {}", text(&mut unread));
    }
}

fn main() -> io::Result<()> {
    let own = std::env::args().nth(1).expect("usage: tcp-server ADDRESS");
    let listener = TcpListener::bind(&own)?;
    eprintln!("listening on {}", listener.local_addr()?);
    loop {
        let (client, peer) = listener.accept()?;
        thread::spawn(move || serve(client, peer));
    }
}
