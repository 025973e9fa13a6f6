//! The tutorials' download: a name goes, the bytes of the file come, and the close is their end.
//! Can: serve the files of a folder to many clients, and get one of them.
//! Can't: see a difference between a missing file and an empty one, or between a whole file and one that was cut.
//! Run: `cargo run -q -p file-download --example bare_bytes serve 127.0.0.1:8080 docs`,
//! then the same with `get 127.0.0.1:8080 index.md`.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::{env, thread};

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

/// Takes one recv for the name, and sends the file.
fn answer(mut client: TcpStream, folder: &Path) -> io::Result<()> {
    let mut buffer = [0; 1024];
    let length = client.read(&mut buffer)?;
    let name = String::from_utf8_lossy(&buffer[..length]);
    let content = read(folder, name.trim_end())?;
    client.write_all(&content)
}

/// Sends the name, and saves what comes until the server closes.
fn get(address: &str, name: &str) -> io::Result<()> {
    let mut server = TcpStream::connect(address)?;
    server.write_all(name.as_bytes())?;
    server.shutdown(Shutdown::Write)?;
    let mut file = File::create_new(name)?;
    io::copy(&mut server, &mut file)?;
    Ok(())
}
