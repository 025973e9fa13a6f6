//! Talks both ways over one TCP connection; a message is a line, in however many pieces it comes.
//! Can: do all that a program must do in this step.
//! Can't: take turns, speak GBK, or leave a peer that doesn't close. A line may be as long as the memory.
//! New: `receive`, because the check `torn-apart` was red.
//! Run: `cargo run -q -p tcp-duplex --example line_is_a_message serve`, then `cargo tcp-duplex connect`.

use std::io::{self, BufRead, BufReader, Write};
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

/// Prints each line that comes, up to `end`. `read_until` calls recv until a line end is there, and keeps what comes after
/// it for the next line. Only a whole line is decoded, so no character is cut.
fn receive(connection: TcpStream, peer: SocketAddr) -> io::Result<()> {
    let mut connection = BufReader::new(connection);
    loop {
        let mut line = Vec::new();
        let length = connection.read_until(b'\n', &mut line)?;
        let text = String::from_utf8_lossy(&line);
        if length == 0 {
            return Ok(());
        }
        println!("[{peer}] {}", text.trim_end());
        if text.trim_end() == "end" {
            return Ok(());
        }
    }
}
