use std::io::{self, BufRead, BufReader, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::exit;
use std::thread;

fn open() -> io::Result<(TcpStream, SocketAddr)> {
    let arguments: Vec<String> = std::env::args().collect();
    if arguments[1] == "connect" {
        let stream = TcpStream::connect(&arguments[2])?;
        let peer = stream.peer_addr()?;
        return Ok((stream, peer));
    }
    let listener = TcpListener::bind(&arguments[2])?;
    eprintln!("listening on {}", listener.local_addr()?);
    listener.accept()
}

fn receive(stream: TcpStream, peer: SocketAddr) -> io::Result<()> {
    for message in BufReader::new(stream).split(b'\n') {
        let message = message?;
        let message = String::from_utf8_lossy(&message);
        println!("[{peer}] {}", message.trim_end());
        if message.trim_end() == "end" {
            break;
        }
    }
    exit(0)
}

fn main() -> io::Result<()> {
    let (mut stream, peer) = open()?;
    let receiving = stream.try_clone()?;
    let receiver = thread::spawn(move || receive(receiving, peer));
    for line in io::stdin().lines() {
        let line = line?;
        stream.write_all(format!("{line}\n").as_bytes())?;
        if line == "end" {
            let _ = receiver.join();
            return Ok(());
        }
    }
    stream.shutdown(Shutdown::Write)?;
    let _ = receiver.join();
    Ok(())
}
