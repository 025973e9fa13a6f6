use std::io;
use std::net::UdpSocket;

fn main() -> io::Result<()> {
    let own = std::env::args().nth(1).expect("usage: udp-recv ADDRESS");
    let socket = UdpSocket::bind(&own)?;
    eprintln!("listening on {}", socket.local_addr()?);
    let mut buffer = [0; 65536];
    loop {
        let (length, peer) = socket.recv_from(&mut buffer)?;
        let text = String::from_utf8_lossy(&buffer[..length]);
        println!("[{peer}] {text}");
        if text.contains("88") {
            return Ok(());
        }
    }
}
