//! What must hold for a whole conversation of file-download's client with any server: whatever comes, in whatever
//! pieces, the client ends, without a panic, and saves a file only if all of it came.

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How long a client may take, on a busy computer too.
const DEADLINE: Duration = Duration::from_secs(20);

/// Runs the client against a server that sends these bytes. The first one says what the client is asked for, the second
/// one where the rest is cut in two. `########` becomes the checksum of the bytes between the first line and the last.
pub fn conversation(program: &Path, bytes: &[u8]) {
    let [mode, cut, answer @ ..] = bytes else { return };
    let answer = with_sum(answer);
    // A size that the disk could hold would be reserved there.
    if matches!(parse_file(&answer), Some(file) if file.size > 1 << 20 && file.size < 1 << 60) {
        return;
    }
    let options: &[&str] = match mode % 5 {
        0 => &["get", "a.txt"],
        1 => &["get", "a.txt", "--no-verify"],
        2 => &["get", "a.txt", "--classic"],
        3 => &["get", "a.txt", "--resume"],
        _ => &["list", "--plain"],
    };
    let folder = std::env::temp_dir().join(format!("conversation-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir(&folder).expect("a folder");
    if mode % 5 == 3 {
        fs::write(folder.join("a.txt.part"), "hel").expect("a part");
    }
    let cut = usize::from(*cut) * answer.len() / 256;
    let ended = talk(program, &folder, options, &answer, cut);
    let saved = fs::read(folder.join("a.txt")).ok();
    let part = fs::read(folder.join("a.txt.part")).ok();
    let _ = fs::remove_dir_all(&folder);
    check(mode % 5, &answer, &ended, saved, part);
}

fn check(mode: u8, answer: &[u8], ended: &Output, saved: Option<Vec<u8>>, part: Option<Vec<u8>>) {
    let stderr = String::from_utf8_lossy(&ended.stderr);
    let code = ended.status.code();
    assert!(matches!(code, Some(0..=2)), "{code:?} {stderr}");
    assert!(!stderr.contains("this is a bug"), "{stderr}");
    assert!(!stderr.chars().any(|c| c.is_control() && c != '\n' && c != '\t'), "{stderr:?}");
    assert!(saved.is_none() || part.is_none(), "a part is left of a whole file");
    if mode == 4 {
        let lines = ended.stdout.iter().filter(|&&byte| byte == b'\n').count() as u64;
        let names = number(answer, b"OK ");
        assert!(code != Some(0) || Some(lines) == names, "{lines} of {names:?} names");
        return;
    }
    assert_eq!(code == Some(0), saved.is_some(), "{code:?} {stderr}");
    let whole = match mode {
        0 => parse_file(answer).filter(|file| file.last == sum_line(file.content)),
        1 => parse_file(answer).filter(|file| file.last == b"SUM none -"),
        2 => Some(File { size: 0, content: answer, last: b"" }).filter(|_| !answer.is_empty()),
        _ => {
            // The answer may hold the rest of the file, or on a second connection the whole.
            let size = saved.map(|saved| saved.len() as u64);
            return assert!(size.is_none() || size == number(answer, b"OK "), "{stderr}");
        }
    };
    assert_eq!(saved.as_deref(), whole.map(|file| file.content), "{stderr}");
}

/// A file as the protocol sends it.
struct File<'a> {
    size: u64,
    content: &'a [u8],
    last: &'a [u8],
}

/// The number after this word, in the first line.
fn number(answer: &[u8], word: &[u8]) -> Option<u64> {
    let (line, _) = first_line(answer)?;
    let digits = line.strip_prefix(word)?;
    let is_number = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    if is_number { std::str::from_utf8(digits).ok()?.parse().ok() } else { None }
}

/// A line without its end, and what follows it.
fn first_line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().take(4096).position(|&byte| byte == b'\n')?;
    let line = &bytes[..end];
    Some((line.strip_suffix(b"\r").unwrap_or(line), &bytes[end + 1..]))
}

fn parse_file(answer: &[u8]) -> Option<File<'_>> {
    let size = number(answer, b"OK ")?;
    let (_, rest) = first_line(answer)?;
    let content = rest.get(..usize::try_from(size).ok()?).unwrap_or_default();
    let last = rest.get(content.len()..).and_then(first_line).map_or(&b""[..], |(line, _)| line);
    Some(File { size, content, last: if content.len() as u64 == size { last } else { b"" } })
}

fn with_sum(answer: &[u8]) -> Vec<u8> {
    let mut answer = answer.to_vec();
    let last = b"SUM crc32 ########";
    if let Some(end) = answer.windows(last.len()).position(|window| window == last)
        && let Some(start) = answer[..end].iter().position(|&byte| byte == b'\n')
    {
        let sum = sum_line(&answer[start + 1..end]);
        answer[end..end + last.len()].copy_from_slice(&sum);
    }
    answer
}

/// The last line for this content: CRC-32, bit by bit.
fn sum_line(content: &[u8]) -> Vec<u8> {
    let mut crc = u32::MAX;
    for byte in content {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xedb8_8320 * (crc & 1));
        }
    }
    format!("SUM crc32 {:08x}", !crc).into_bytes()
}

/// Starts the client and serves its connections, the second one as the first, until it has ended.
fn talk(program: &Path, folder: &Path, options: &[&str], answer: &[u8], cut: usize) -> Output {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.set_nonblocking(true).expect("a listener that doesn't wait");
    let address = listener.local_addr().expect("an address").to_string();
    let mut command = Command::new(program);
    command.arg(options[0]).arg(address).args(&options[1..]).args(["--idle-timeout", "5"]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).current_dir(folder);
    let mut client = command.spawn().expect("the client");
    let started = Instant::now();
    while !has_ended(&mut client) {
        assert!(started.elapsed() < DEADLINE, "it hangs: {options:?}");
        match listener.accept() {
            Ok((stream, _)) => serve(stream, answer, cut),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                thread::sleep(Duration::from_micros(200));
            }
            Err(error) => panic!("{error}"),
        }
    }
    client.wait_with_output().expect("its output")
}

fn has_ended(client: &mut Child) -> bool {
    client.try_wait().expect("the client").is_some()
}

fn serve(mut stream: TcpStream, answer: &[u8], cut: usize) {
    stream.set_nonblocking(false).expect("a stream that waits");
    stream.set_read_timeout(Some(DEADLINE)).expect("a deadline");
    let _ = stream.read(&mut [0; 8192]);
    let _ = stream.write_all(&answer[..cut]);
    if cut > 0 {
        thread::sleep(Duration::from_millis(1));
    }
    let _ = stream.write_all(&answer[cut..]);
}
