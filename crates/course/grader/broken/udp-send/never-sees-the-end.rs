use std::io;
use std::net::UdpSocket;

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let peer = arguments.next().expect("usage: udp-send ADDRESS [MESSAGE]...");
    let words: Vec<String> = arguments.collect();
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    if !words.is_empty() {
        socket.send_to(words.join(" ").as_bytes(), &peer)?;
        return Ok(());
    }
    loop {
        let mut line = String::new();
        io::stdin().read_line(&mut line)?;
        socket.send_to(line.trim_end().as_bytes(), &peer)?;
        if line.trim_end() == "88" {
            return Ok(());
        }
    }
}
