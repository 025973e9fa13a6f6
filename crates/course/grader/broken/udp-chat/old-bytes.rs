use std::io;
use std::net::UdpSocket;
use std::process::exit;
use std::thread;

fn receive(socket: UdpSocket) -> io::Result<()> {
    let mut buffer = [0; 1024];
    loop {
        let (length, sender) = socket.recv_from(&mut buffer)?;
        let end = buffer.iter().position(|byte| *byte == 0).unwrap_or(buffer.len());
        println!("[{sender}] {}", String::from_utf8_lossy(&buffer[..end]));
        if &buffer[..length] == b"88" {
            exit(0);
        }
    }
}

fn main() -> io::Result<()> {
    let peer = std::env::args().nth(1).expect("usage: udp-chat PEER");
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    let receiving = socket.try_clone()?;
    let receiver = thread::spawn(move || receive(receiving));
    for line in io::stdin().lines() {
        let line = line?;
        socket.send_to(line.as_bytes(), &peer)?;
        if line == "88" {
            exit(0);
        }
    }
    let _ = receiver.join();
    Ok(())
}
