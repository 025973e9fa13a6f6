use std::io;
use std::net::UdpSocket;
use std::process::exit;
use std::thread;

fn receive(socket: UdpSocket) {
    let mut buffer = [0; 65536];
    loop {
        let (length, sender) = socket.recv_from(&mut buffer).unwrap();
        let text = std::str::from_utf8(&buffer[..length]).unwrap();
        println!("[{sender}] {text}");
        if text.trim() == "88" {
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
