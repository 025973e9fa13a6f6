//! Talks both ways over one TCP connection, and takes what one recv returns for a message.
//! Can: serve or connect; both sides may talk at any time, and `end`, typed or received, ends both.
//! Can't: see where a message ends: half a message is printed like a whole one, and two that come together are one.
//! Run: `cargo run -q -p tcp-duplex --example recv_is_a_message serve`, then `cargo tcp-duplex connect`.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::{env, thread};

fn main() -> io::Result<()> {
    let role = env::args().nth(1).unwrap_or_default();
    let address = env::args().nth(2).unwrap_or("127.0.0.1:8888".to_string());
    let connection = match role.as_str() {
        "serve" => {
            let listener = TcpListener::bind(address)?;
            eprintln!("listening on {}", listener.local_addr()?);
            listener.accept()?.0
        }
        "connect" => TcpStream::connect(address)?,
        _ => return Err(io::Error::other("write serve ADDRESS, or connect ADDRESS")),
    };
    talk(connection)
}

/// A thread of its own sends, this one receives. When it has seen the end the program ends, also while a line is typed.
fn talk(connection: TcpStream) -> io::Result<()> {
    let peer = connection.peer_addr()?; // now: a connection that is over has no peer
    let sending = connection.try_clone()?;
    thread::spawn(move || {
        if let Err(error) = send(sending) {
            eprintln!("{error}");
        }
    });
    receive(connection, peer)
}

/// Sends each line that is typed, up to `end`; then says that nothing more will come.
fn send(mut connection: TcpStream) -> io::Result<()> {
    for line in io::stdin().lines() {
        let line = line?;
        connection.write_all(format!("{line}\n").as_bytes())?;
        if line == "end" {
            break;
        }
    }
    connection.shutdown(Shutdown::Write)
}

/// Prints what each recv returned, up to `end`.
fn receive(mut connection: TcpStream, peer: SocketAddr) -> io::Result<()> {
    let mut buffer = [0; 1024];
    loop {
        let length = connection.read(&mut buffer)?;
        let text = String::from_utf8_lossy(&buffer[..length]);
        if length == 0 {
            return Ok(());
        }
        println!("[{peer}] {}", text.trim_end());
        if text.trim_end() == "end" {
            return Ok(());
        }
    }
}
