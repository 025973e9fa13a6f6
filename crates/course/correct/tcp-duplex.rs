//! tcp-duplex serve|connect [ADDRESS]: both sides talk at any time; a message is a line; end ends both.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::exit;
use std::thread;
use std::time::Duration;

/// `:PORT` and `PORT` are at home.
fn address(text: Option<String>, otherwise: &str) -> String {
    let text = text.unwrap_or(otherwise.to_string());
    match text.rsplit_once(':') {
        Some(("", port)) => format!("127.0.0.1:{port}"),
        Some(_) => text,
        None => format!("127.0.0.1:{text}"),
    }
}

fn receive(peer: &TcpStream, name: SocketAddr) -> io::Result<()> {
    let mut stream = BufReader::new(peer);
    let mut message = Vec::new();
    while stream.read_until(b'\n', &mut message)? > 0 {
        let text = String::from_utf8_lossy(&message);
        println!("[{name}] {}", text.trim_end());
        if text.trim_end() == "end" {
            break;
        }
        message.clear();
    }
    Ok(())
}

/// `name` is asked for beforehand: a connection that is over has none any more.
fn talk(mut peer: TcpStream, name: SocketAddr) -> io::Result<()> {
    let receiving = peer.try_clone()?;
    let receiver = thread::spawn(move || match receive(&receiving, name) {
        Ok(()) => exit(0), // whatever the other thread waits for
        Err(error) => {
            eprintln!("error: {error}");
            exit(1)
        }
    });
    for line in io::stdin().lock().lines() {
        let line = line?;
        peer.write_all(format!("{line}\n").as_bytes())?;
        if line == "end" {
            let _ = peer.shutdown(Shutdown::Write); // the peer may be gone already
            thread::sleep(Duration::from_millis(500)); // for the peer's last words
            return Ok(());
        }
    }
    let _ = peer.shutdown(Shutdown::Write);
    let _ = receiver.join();
    Ok(())
}

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let role = arguments.next().unwrap_or_default();
    let address = address(arguments.next(), "8888");
    match role.as_str() {
        "serve" => {
            let listener = TcpListener::bind(address)?;
            eprintln!("listening on {}", listener.local_addr()?);
            let (peer, name) = listener.accept()?;
            talk(peer, name)
        }
        "connect" => {
            let peer = TcpStream::connect(address)?;
            let name = peer.peer_addr()?;
            talk(peer, name)
        }
        _ => {
            eprintln!("usage: tcp-duplex serve|connect [ADDRESS]");
            exit(2)
        }
    }
}
