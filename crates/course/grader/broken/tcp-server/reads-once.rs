use std::io::{self, Read};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

fn serve(mut client: TcpStream, peer: SocketAddr) -> io::Result<()> {
    let mut buffer = [0; 1024];
    let length = client.read(&mut buffer)?;
    println!("[{peer}] {length} bytes: {}", String::from_utf8_lossy(&buffer[..length]));
    Ok(())
}

fn main() -> io::Result<()> {
    let own = std::env::args().nth(1).expect("usage: tcp-server ADDRESS");
    let listener = TcpListener::bind(&own)?;
    eprintln!("listening on {}", listener.local_addr()?);
    loop {
        let (client, peer) = listener.accept()?;
        thread::spawn(move || serve(client, peer));
    }
}
