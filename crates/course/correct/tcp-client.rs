//! tcp-client ADDRESS [MESSAGE]...: sends, half-closes, and prints what comes until the server closes.

use std::io::{self, BufRead, Read, Write};
use std::net::{Shutdown, TcpStream};
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

fn send(mut server: TcpStream, words: &[String]) -> io::Result<()> {
    if words.is_empty() {
        let mut input = io::stdin().lock();
        let mut line = Vec::new();
        while input.read_until(b'\n', &mut line)? > 0 {
            server.write_all(&line)?;
            line.clear();
        }
    } else {
        server.write_all(words.join(" ").as_bytes())?;
    }
    server.shutdown(Shutdown::Write)
}

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut server = TcpStream::connect(address(arguments.next(), "8899"))?;
    let words: Vec<String> = arguments.collect();
    let sending = server.try_clone()?;
    thread::spawn(move || send(sending, &words).unwrap_or_else(|error| eprintln!("{error}")));

    // The bytes go on as they come: the terminal puts a character's halves together.
    let mut buffer = [0; 4096];
    loop {
        let length = server.read(&mut buffer)?;
        if length == 0 {
            return Ok(());
        }
        io::stdout().write_all(&buffer[..length])?;
        io::stdout().flush()?;
    }
}
