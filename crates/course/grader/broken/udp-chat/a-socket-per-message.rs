use std::io;
use std::net::UdpSocket;
use std::process::exit;
use std::thread;

fn receive(socket: &UdpSocket) -> io::Result<()> {
    let mut buffer = [0; 65536];
    loop {
        let (length, sender) = socket.recv_from(&mut buffer)?;
        let text = String::from_utf8_lossy(&buffer[..length]);
        println!("[{sender}] {text}");
        if text.trim() == "88" {
            exit(0);
        }
    }
}

fn main() -> io::Result<()> {
    let peer = std::env::args().nth(1).expect("usage: udp-chat PEER");
    for line in io::stdin().lines() {
        let line = line?;
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        socket.send_to(line.as_bytes(), &peer)?;
        if line == "88" {
            exit(0);
        }
        thread::spawn(move || receive(&socket));
    }
    thread::park(); // the receivers go on
    Ok(())
}
