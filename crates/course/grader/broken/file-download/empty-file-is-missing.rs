use std::error::Error;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::thread;

type Outcome = Result<(), Box<dyn Error + Send + Sync>>;

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xedb8_8320 * (crc & 1));
        }
    }
    !crc
}

fn answer(mut client: TcpStream, folder: &Path) -> Outcome {
    let mut line = String::new();
    BufReader::new(&client).read_line(&mut line)?;
    let mut words = line.trim_end().splitn(3, ' ').skip(1);
    let offset: usize = words.next().ok_or("no offset")?.parse()?;
    let name = words.next().ok_or("no name")?;
    if name.starts_with('/') || name.contains("..") {
        return Ok(client.write_all(b"ERR forbidden\n")?);
    }
    let content = fs::read(folder.join(name)).unwrap_or_default();
    if content.is_empty() {
        return Ok(client.write_all(b"ERR not-found\n")?);
    }
    client.write_all(format!("OK {}\n", content.len()).as_bytes())?;
    client.write_all(&content[offset..])?;
    client.write_all(format!("SUM crc32 {:08x}\n", crc32(&content)).as_bytes())?;
    Ok(())
}

fn serve(own: &str, folder: &str) -> Outcome {
    let listener = TcpListener::bind(own)?;
    eprintln!("listening on {}", listener.local_addr()?);
    for client in listener.incoming() {
        let (client, folder) = (client?, folder.to_owned());
        thread::spawn(move || answer(client, Path::new(&folder)));
    }
    Ok(())
}

fn get(server: &str, name: &str) -> Outcome {
    let mut server = TcpStream::connect(server)?;
    server.write_all(format!("GET 0 {name}\n").as_bytes())?;
    let mut server = BufReader::new(server);
    let mut status = String::new();
    server.read_line(&mut status)?;
    let size = status.strip_prefix("OK ").ok_or("the server has no such file")?;
    let mut content = vec![0; size.trim_end().parse()?];
    server.read_exact(&mut content)?;
    let mut sum = String::new();
    server.read_line(&mut sum)?;
    if sum != format!("SUM crc32 {:08x}\n", crc32(&content)) && sum != "SUM none -\n" {
        return Err("the checksum is another one".into());
    }
    let target = Path::new(name).file_name().ok_or("no file's name")?;
    File::create_new(target)?.write_all(&content)?;
    Ok(())
}

fn main() -> Outcome {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments[1].as_str() {
        "serve" => serve(&arguments[2], &arguments[3]),
        _ => get(&arguments[2], &arguments[3]),
    }
}
