//! file-download serve|get ...: GET <offset> <name>, OK <size>, the bytes, SUM crc32 <hex>.

use std::error::Error;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::exit;
use std::thread;

type Outcome = Result<(), Box<dyn Error>>;

/// `:PORT` and `PORT` are at home.
fn address(text: Option<String>, otherwise: &str) -> String {
    let text = text.unwrap_or(otherwise.to_string());
    match text.rsplit_once(':') {
        Some(("", port)) => format!("127.0.0.1:{port}"),
        Some(_) => text,
        None => format!("127.0.0.1:{text}"),
    }
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            let low = crc & 1;
            crc = (crc >> 1) ^ (0xedb8_8320 * low);
        }
    }
    !crc
}

/// Offset and name of a request.
fn understand(line: &str) -> Option<(usize, &str)> {
    let rest = line.strip_prefix("GET ")?.strip_suffix('\n')?;
    let (offset, name) = rest.trim_end_matches('\r').split_once(' ')?;
    Some((offset.trim_end_matches(",nosum").parse().ok()?, name))
}

fn answer(client: &TcpStream, folder: &Path) -> Outcome {
    let mut line = String::new();
    BufReader::new(client).take(4096).read_line(&mut line)?;
    let mut client = client;
    let Some((offset, name)) = understand(&line) else {
        return Ok(client.write_all(b"ERR bad-request write GET <offset> <name>\n")?);
    };
    if name.starts_with('/') || name.split('/').any(|part| part == "..") {
        return Ok(client.write_all(b"ERR forbidden this is outside of the folder\n")?);
    }
    // A link may lead outside, too.
    let content = match folder.join(name).canonicalize() {
        Ok(path) if !path.starts_with(folder) => {
            return Ok(client.write_all(b"ERR forbidden this leads out of the folder\n")?);
        }
        Ok(path) if path.is_dir() => {
            return Ok(client.write_all(b"ERR not-a-file this is a folder\n")?);
        }
        Ok(path) => fs::read(path),
        Err(error) => Err(error),
    };
    let Ok(content) = content else {
        return Ok(client.write_all(b"ERR not-found there is no such file\n")?);
    };
    client.write_all(format!("OK {}\n", content.len()).as_bytes())?;
    client.write_all(content.get(offset..).unwrap_or_default())?;
    client.write_all(format!("SUM crc32 {:08x}\n", crc32(&content)).as_bytes())?;
    Ok(())
}

fn serve(own: &str, folder: &str) -> Outcome {
    let folder = Path::new(folder).canonicalize()?;
    let listener = TcpListener::bind(own)?;
    eprintln!("listening on {}", listener.local_addr()?);
    for client in listener.incoming() {
        let (client, folder) = (client?, folder.clone());
        thread::spawn(move || answer(&client, &folder).unwrap_or_else(|e| eprintln!("{e}")));
    }
    Ok(())
}

fn get(server: &str, name: &str) -> Outcome {
    let target = Path::new(name).file_name().ok_or("this is no file's name")?;
    let mut stream = BufReader::new(TcpStream::connect(server)?);
    stream.get_mut().write_all(format!("GET 0 {name}\n").as_bytes())?;
    let mut status = String::new();
    stream.read_line(&mut status)?;
    let size = status.strip_prefix("OK ").ok_or(format!("the server says: {status:?}"))?;
    let mut content = vec![0; size.trim_end().parse()?];
    stream.read_exact(&mut content).map_err(|error| format!("not the whole file came: {error}"))?;
    let mut sum = String::new();
    stream.read_line(&mut sum)?;
    if sum != format!("SUM crc32 {:08x}\n", crc32(&content)) && sum != "SUM none -\n" {
        return Err("the checksum is another one; nothing was saved".into());
    }
    File::create_new(target)?.write_all(&content)?;
    Ok(())
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let role = arguments.next().unwrap_or_default();
    let address = address(arguments.next(), "8080");
    let outcome = match (role.as_str(), arguments.next()) {
        ("serve", folder) => serve(&address, folder.as_deref().unwrap_or(".")),
        ("get", Some(name)) => get(&address, &name),
        _ => Err("usage: file-download serve [ADDRESS] [DIR] | get ADDRESS NAME".into()),
    };
    if let Err(error) = outcome {
        eprintln!("error: {error}");
        exit(1);
    }
}
