//! The load that `scripts/bench` puts on servers: bounded in count, on loopback, with plain std sockets.
//!
//! ```text
//! load requests PORT COUNT AT-ONCE REQUEST LEAST   a new connection for each; prints requests per second
//! load datagrams PORT COUNT SIZE RATE              RATE a second, 0: at full speed; prints the rate reached
//! load echo PORT COUNT                             lines there and back; prints the median in µs
//! load clients PORT COUNT                          all connected at once; prints the seconds it took
//! ```

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream, UdpSocket};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let figure = match words[..] {
        ["requests", port, count, at_once, request, least] => requests(
            port.parse()?,
            count.parse()?,
            at_once.parse()?,
            &unescape(request),
            least.parse()?,
        )?,
        ["datagrams", port, count, size, rate] => {
            datagrams(port.parse()?, count.parse()?, size.parse()?, rate.parse()?)?
        }
        ["echo", port, count] => echo(port.parse()?, count.parse()?)?,
        ["clients", port, count] => clients(port.parse()?, count.parse()?)?,
        _ => return Err("the words are wrong; see the head of this file".into()),
    };
    writeln!(io::stdout(), "{figure}")?;
    Ok(())
}

/// A request on a command line: `\r` and `\n` stand for themselves.
fn unescape(text: &str) -> Vec<u8> {
    text.replace("\\r", "\r").replace("\\n", "\n").into_bytes()
}

/// Requests per second: each client thread connects, asks, reads to the end, and does it again.
fn requests(port: u16, count: usize, at_once: usize, request: &[u8], least: usize) -> Result<f64> {
    let next = AtomicUsize::new(0);
    let started = Instant::now();
    thread::scope(|scope| {
        let ask_all = || -> Result<()> {
            let mut answer = Vec::new();
            while next.fetch_add(1, Ordering::Relaxed) < count {
                let mut socket = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
                socket.set_read_timeout(Some(Duration::from_secs(20)))?;
                socket.write_all(request)?;
                answer.clear();
                socket.read_to_end(&mut answer)?;
                if answer.len() < least {
                    return Err(format!("an answer of {} bytes only", answer.len()).into());
                }
            }
            Ok(())
        };
        let clients: Vec<_> = (0..at_once).map(|_| scope.spawn(ask_all)).collect();
        clients.into_iter().try_for_each(|client| client.join().map_err(|_| "a client panicked")?)
    })?;
    Ok(count as f64 / started.elapsed().as_secs_f64())
}

/// Datagrams per second, one send each. To keep a rate it spins: sleeping would send in bursts.
fn datagrams(port: u16, count: usize, size: usize, rate: f64) -> Result<f64> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    socket.connect((Ipv4Addr::LOCALHOST, port))?;
    let payload = vec![b'x'; size];
    let started = Instant::now();
    for number in 0..count {
        while rate > 0.0 && started.elapsed().as_secs_f64() < number as f64 / rate {
            std::hint::spin_loop();
        }
        socket.send(&payload)?;
    }
    Ok(count as f64 / started.elapsed().as_secs_f64())
}

/// The median of the round trips of one line, in microseconds.
fn echo(port: u16, count: usize) -> Result<f64> {
    let mut socket = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    socket.set_nodelay(true)?;
    let mut answers = BufReader::new(socket.try_clone()?);
    let mut times = Vec::with_capacity(count);
    let mut line = String::new();
    for _ in 0..count {
        let started = Instant::now();
        socket.write_all(b"hello, is anybody there?\n")?;
        line.clear();
        answers.read_line(&mut line)?;
        times.push(started.elapsed());
    }
    times.sort();
    Ok(times[count / 2].as_secs_f64() * 1e6)
}

/// The seconds until COUNT clients are connected at once, from eight threads as fast as they can.
fn clients(port: u16, count: usize) -> Result<f64> {
    let started = Instant::now();
    let connected = thread::scope(|scope| {
        let connect = || -> io::Result<Vec<TcpStream>> {
            (0..count / 8).map(|_| TcpStream::connect((Ipv4Addr::LOCALHOST, port))).collect()
        };
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(connect)).collect();
        threads.into_iter().map(|thread| thread.join()).collect::<Vec<_>>()
    });
    let seconds = started.elapsed().as_secs_f64();
    for clients in connected {
        clients.map_err(|_| "a thread panicked")??;
    }
    Ok(seconds)
}
