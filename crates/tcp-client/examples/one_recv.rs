//! Sends a message or the lines that are typed, and prints what one recv returns.
//! Can: ask a question, and print an answer that comes in one piece.
//! Can't: print the rest of an answer that comes in several pieces.
//! Run: `cargo run -q -p tcp-client --example one_recv 127.0.0.1:8899 hello`, while `cargo tcp-server --echo` runs.

use std::env;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};

fn main() -> io::Result<()> {
    let mut arguments = env::args().skip(1);
    let address = arguments.next().unwrap_or("127.0.0.1:8899".to_string());
    let words: Vec<String> = arguments.collect();
    let server = TcpStream::connect(address)?;
    talk(server, words.join(" "))
}

/// First sends everything, then receives.
fn talk(server: TcpStream, message: String) -> io::Result<()> {
    send(&server, &message)?;
    receive(&server)
}

/// Sends the message, or each line that is typed; then says that nothing more will come.
fn send(mut server: &TcpStream, message: &str) -> io::Result<()> {
    if message.is_empty() {
        for line in io::stdin().lines() {
            server.write_all(format!("{}\n", line?).as_bytes())?;
        }
    } else {
        server.write_all(message.as_bytes())?;
    }
    server.shutdown(Shutdown::Write)
}

/// Prints what comes, as bytes: they are text for the terminal.
fn receive(mut server: &TcpStream) -> io::Result<()> {
    let mut buffer = [0; 1024];
    let length = server.read(&mut buffer)?;
    io::stdout().write_all(&buffer[..length])?;
    io::stdout().flush()
}
