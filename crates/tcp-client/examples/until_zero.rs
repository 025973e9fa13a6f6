//! Sends a message or the lines that are typed, then prints all that comes until the server closes.
//! Can: print the whole answer, in however many pieces it comes.
//! Can't: receive while it sends: as long as lines are typed, it prints no answer.
//! New: `receive`, because the check `in-pieces` was red.
//! Run: `cargo run -q -p tcp-client --example until_zero`, while `cargo tcp-server --echo` runs.

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

/// Prints what comes until the server closes: then recv returns 0 bytes.
fn receive(mut server: &TcpStream) -> io::Result<()> {
    let mut buffer = [0; 1024];
    loop {
        let length = server.read(&mut buffer)?;
        if length == 0 {
            return Ok(());
        }
        // As bytes: half a character waits in the terminal for its other half.
        io::stdout().write_all(&buffer[..length])?;
        io::stdout().flush()?;
    }
}
