//! Sends what is typed while it prints what comes, until the server closes.
//! Can: do all that a client must do in this step.
//! Can't: speak GBK. It prints the server's bytes as they are, also those that change the colours of the terminal.
//! New: `talk`, because the check `both-directions` was red.
//! Run: `cargo run -q -p tcp-client --example both_directions`, while `cargo tcp-server --echo` runs.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::{env, thread};

fn main() -> io::Result<()> {
    let mut arguments = env::args().skip(1);
    let address = arguments.next().unwrap_or("127.0.0.1:8899".to_string());
    let words: Vec<String> = arguments.collect();
    let server = TcpStream::connect(address)?;
    talk(server, words.join(" "))
}

/// A thread of its own sends, this one receives. When the server has closed the program ends, also while lines are typed.
fn talk(server: TcpStream, message: String) -> io::Result<()> {
    let sending = server.try_clone()?;
    thread::spawn(move || {
        if let Err(error) = send(&sending, &message) {
            eprintln!("{error}");
        }
    });
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
