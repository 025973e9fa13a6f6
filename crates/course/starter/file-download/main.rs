//! Step 7: a protocol with sizes, many clients at once, and nothing half-saved. README.md has the protocol.
//!
//! cargo run -- serve 127.0.0.1:8080 .              in one terminal: offers the current folder
//! cargo run -- get 127.0.0.1:8080 notes.txt        in another one: fetches a file into the current folder

use std::env;
use std::io;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let role = arguments.next().unwrap_or_default();
    let address = full_address(&arguments.next().unwrap_or("127.0.0.1:8080".to_owned()));
    let result = match (role.as_str(), arguments.next()) {
        ("serve", folder) => serve(&address, Path::new(folder.as_deref().unwrap_or("."))),
        ("get", Some(name)) => get(&address, &name),
        _ => {
            eprintln!(
                "usage: file-download serve [ADDRESS] [DIR] | file-download get ADDRESS NAME"
            );
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(1)
        }
    }
}

fn serve(own: &str, folder: &Path) -> io::Result<()> {
    // TODO 1. listen    socket, bind and listen, as in step 4; tell on standard error: listening on ADDRESS
    // TODO 2. accept    a thread for each client
    // TODO 3. recv      wait for the request: up to its line end, however many pieces it comes in
    // TODO 4. open      the file, below the served folder and nowhere else
    // TODO 5. send      the status, the bytes, the checksum
    // TODO 6. close     one request, one connection

    eprintln!(
        "file-download: nobody listens on {own} for {} yet: see serve's TODO 1",
        folder.display()
    );
    Ok(())
}

fn get(server: &str, name: &str) -> io::Result<()> {
    // TODO 1. connect   socket and connect, as in step 5
    // TODO 2. send      the request, one line
    // TODO 3. recv      the status line, and not a byte more: what follows it belongs to the file
    // TODO 4. recv      as many bytes as the status said; then the line with the checksum
    // TODO 5. rename    the file is whole, it gets its name
    // TODO 6. close     one request, one connection

    eprintln!("file-download: no call yet to {server} for {name:?}: see get's TODO 1");
    Ok(())
}

/// The checksum CRC-32. Begin with 0, and hand the result of one piece to the next: crc32(crc32(0, a), b).
#[allow(dead_code)] // until you use it
fn crc32(before: u32, bytes: &[u8]) -> u32 {
    let mut crc = !before;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    !crc
}

/// `PORT` and `:PORT` mean 127.0.0.1.
fn full_address(text: &str) -> String {
    let text = text.strip_prefix(':').unwrap_or(text);
    if text.contains(':') { text.to_owned() } else { format!("127.0.0.1:{text}") }
}
