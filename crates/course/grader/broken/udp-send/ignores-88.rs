use std::io;
use std::net::UdpSocket;

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let peer = arguments.next().expect("usage: udp-send ADDRESS [MESSAGE]...");
    let words: Vec<String> = arguments.collect();
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    if words.is_empty() {
        for line in io::stdin().lines() {
            socket.send_to(line?.as_bytes(), &peer)?;
        }
    } else {
        socket.send_to(words.join(" ").as_bytes(), &peer)?;
    }
    Ok(())
}
