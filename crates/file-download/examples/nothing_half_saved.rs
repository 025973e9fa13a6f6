//! A download that saves a file only when all of it has come.
//! Can: do all that both ends must do in this step.
//! Can't: go on with a file from its middle, list the names, or hold a file that is larger than the memory.
//! New: `get`, because the check `get-cut` was red.
//! Run: `cargo run -q -p file-download --example nothing_half_saved serve 127.0.0.1:8080 docs`,
//! then the same with `get 127.0.0.1:8080 index.md`.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::{env, fs, thread};

fn main() -> io::Result<()> {
    let role = env::args().nth(1).unwrap_or_default();
    let address = env::args().nth(2).unwrap_or("127.0.0.1:8080".to_string());
    let what = env::args().nth(3).unwrap_or(".".to_string());
    match role.as_str() {
        "serve" => serve(&address, &what),
        "get" => get(&address, &what),
        _ => Err(io::Error::other("write serve ADDRESS FOLDER, or get ADDRESS NAME")),
    }
}

/// Answers each client in a thread of its own.
fn serve(own: &str, folder: &str) -> io::Result<()> {
    let folder = Path::new(folder).canonicalize()?;
    let listener = TcpListener::bind(own)?;
    eprintln!("listening on {}", listener.local_addr()?);
    loop {
        let (client, peer) = listener.accept()?;
        let folder = folder.clone();
        thread::spawn(move || {
            if let Err(error) = answer(client, &folder) {
                eprintln!("[{peer}] {error}");
            }
        });
    }
}

/// Reads a file of the folder. `canonicalize` follows `..` and links, so that nothing outside of the folder is read.
fn read(folder: &Path, name: &str) -> io::Result<Vec<u8>> {
    let path = folder.join(name).canonicalize()?;
    if !path.starts_with(folder) {
        return Err(io::Error::other("this is outside of the folder"));
    }
    fs::read(path)
}

/// Answers the line `GET 0 NAME`: the size and the checksum stand around the bytes. `splitn` leaves the spaces of a name.
fn answer(mut client: TcpStream, folder: &Path) -> io::Result<()> {
    let mut request = String::new();
    BufReader::new(&client).take(4096).read_line(&mut request)?;
    let words: Vec<&str> = request.trim_end().splitn(3, ' ').collect();
    if words.len() < 3 || words[0] != "GET" || words[1] != "0" {
        return client.write_all(b"ERR bad-request write GET 0 NAME\n");
    }
    match read(folder, words[2]) {
        Ok(content) => {
            client.write_all(format!("OK {}\n", content.len()).as_bytes())?;
            client.write_all(&content)?;
            client.write_all(format!("SUM crc32 {:08x}\n", checksum(&content)).as_bytes())
        }
        Err(error) => client.write_all(format!("ERR not-found {error}\n").as_bytes()),
    }
}

/// CRC-32, as gzip and PNG have it, bit by bit.
fn checksum(content: &[u8]) -> u32 {
    let mut sum = u32::MAX;
    for byte in content {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = (sum >> 1) ^ (0xedb8_8320 * (sum & 1));
        }
    }
    !sum
}

/// Counts the bytes, compares the checksum, and gives the file its name last: `rename` does that in one step.
fn get(address: &str, name: &str) -> io::Result<()> {
    let mut server = BufReader::new(TcpStream::connect(address)?);
    server.get_mut().write_all(format!("GET 0 {name}\n").as_bytes())?;
    let mut status = String::new();
    server.read_line(&mut status)?;
    let size = match status.trim_end().strip_prefix("OK ") {
        Some(size) => size.parse().map_err(io::Error::other)?,
        None => return Err(io::Error::other(format!("no file: {status}"))),
    };
    let mut content = Vec::new();
    server.by_ref().take(size).read_to_end(&mut content)?;
    if (content.len() as u64) < size {
        return Err(io::Error::other(format!("only {} of {size} bytes came", content.len())));
    }
    let mut sum = String::new();
    server.read_line(&mut sum)?;
    if sum != format!("SUM crc32 {:08x}\n", checksum(&content)) {
        return Err(io::Error::other("the checksum is another one"));
    }
    let name = name.rsplit('/').next().unwrap_or(name); // the folders before it are the server's
    if Path::new(name).exists() {
        return Err(io::Error::other(format!("{name} is there already")));
    }
    fs::write(format!("{name}.part"), &content)?;
    fs::rename(format!("{name}.part"), name)
}
