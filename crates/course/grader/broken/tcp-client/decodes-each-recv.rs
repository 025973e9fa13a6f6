use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread;

fn send(mut server: TcpStream, words: &[String]) -> io::Result<()> {
    if words.is_empty() {
        for line in io::stdin().lines() {
            server.write_all(format!("{}\n", line?).as_bytes())?;
        }
    } else {
        server.write_all(words.join(" ").as_bytes())?;
    }
    server.shutdown(Shutdown::Write)
}

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let server = arguments.next().expect("usage: tcp-client ADDRESS [MESSAGE]...");
    let words: Vec<String> = arguments.collect();
    let mut stream = TcpStream::connect(server)?;
    let server = stream.try_clone()?;
    thread::spawn(move || send(server, &words));

    let mut buffer = [0; 1024];
    loop {
        let length = stream.read(&mut buffer)?;
        if length == 0 {
            return Ok(());
        }
        print!("{}", String::from_utf8_lossy(&buffer[..length]));
        io::stdout().flush()?;
    }
}
