//! Does one server hold a whole class? 4,000 clients connected at once, each served while the others idle.
#![cfg(unix)]
#![allow(clippy::unwrap_used)] // a test helper may fail like the test itself

use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use socket2::{Domain, Socket, Type};
use testkit::peer::{PATIENCE, call, expect_bytes, expect_rest, send_all};
use testkit::program::Result;
use testkit::screen::report;
use testkit::skip::under_qemu;
use testkit::{Launch, Program};

const CLASS: usize = 4000;

/// How many threads connect, send and receive for the clients.
const HANDS: usize = 8;

/// How long a client waits for its answer on a computer that is busy with other things, such as other tests.
const BUSY: Duration = Duration::from_secs(30);

/// How long one client may wait for its answer while the others idle.
const ALONE: Duration = Duration::from_secs(3);

/// How long all may need to connect; a tenth of a second is usual.
const CONNECT: Duration = Duration::from_secs(5);

/// Lets this test open a socket for each client; fewer clients where the system doesn't.
fn class_size() -> usize {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    let limit = hard.min(CLASS as nix::libc::rlim_t + 1000); // macOS refuses "unlimited"
    setrlimit(Resource::RLIMIT_NOFILE, limit, hard).unwrap();
    let fits = CLASS.min(limit as usize - 200); // the rest is for the programs' pipes and other tests
    if fits < CLASS {
        report(&format!("SMALLER: a class of {fits} instead of {CLASS}: `ulimit -Hn` is {hard}"));
    }
    // Still more than the 1,024 files that the server begins with.
    let halts = "each thread that begins or ends halts all others: 1200 clients";
    if under_qemu("a class of 4000", halts) { fits.min(1200) } else { fits }
}

/// The server starts with room for 1,024 files, as on most systems, and has to ask for more itself.
fn server() -> (Program, SocketAddr) {
    let path = testkit::step_program("tcp-server");
    let command = "ulimit -Sn 1024; exec \"$PROGRAM\" 127.0.0.1:0 --echo --backlog 4096";
    let launch = Launch::new("sh").args(&["-c", command]).env("PROGRAM", path);
    let mut server = launch.no_input().deadline(BUSY).start().unwrap();
    let address = server.listening().unwrap();
    (server, address.parse().unwrap())
}

/// Does the same for every client, with many hands.
fn each(clients: &[TcpStream], act: impl Fn(usize, &TcpStream) + Sync) {
    let share = clients.len().div_ceil(HANDS);
    thread::scope(|hands| {
        for (hand, clients) in clients.chunks(share).enumerate() {
            let act = &act;
            hands.spawn(move || {
                for (number, client) in clients.iter().enumerate() {
                    act(hand * share + number, client);
                }
            });
        }
    });
}

fn connect(address: SocketAddr, size: usize) -> Vec<TcpStream> {
    let connect = |share: usize| -> Vec<TcpStream> {
        let clients: Vec<_> = (0..share).map(|_| call(&address.to_string())).collect();
        clients.iter().for_each(|client| client.set_read_timeout(Some(BUSY)).unwrap());
        clients
    };
    thread::scope(|hands| {
        let hands: Vec<_> =
            (0..HANDS).map(|hand| hands.spawn(move || connect((size + hand) / HANDS))).collect();
        hands.into_iter().flat_map(|hand| hand.join().unwrap()).collect()
    })
}

/// Sends to an echo server and never reads, until the server can't send any more and so doesn't read either.
fn flood(address: SocketAddr) -> Socket {
    let client = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    client.set_recv_buffer_size(4096).unwrap();
    client.connect(&address.into()).unwrap();
    client.set_write_timeout(Some(Duration::from_millis(300))).unwrap();
    let started = Instant::now();
    while (&client).write(&[b'f'; 16 << 10]).is_ok() {
        assert!(started.elapsed() < PATIENCE, "the server takes everything and sends nothing?");
    }
    client
}

/// The memory that a process really uses, in bytes (Linux).
fn memory(id: u32) -> Option<usize> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<usize>().ok()? * 1024)
}

fn question(number: usize) -> String {
    format!("this is client {number}\n")
}

#[test]
fn a_server_holds_a_class() -> Result<()> {
    let size = class_size();
    let (mut server, address) = server();
    let before = memory(server.id());

    let started = Instant::now();
    let class = connect(address, size);
    let connected = started.elapsed();
    assert!(connected < CONNECT, "{size} clients needed {connected:?} to connect");
    for _ in 0..size {
        server.expect_stderr("[127.0.0.1:*] connected")?; // a thread of its own for each
    }
    let full = memory(server.id());
    report(&told(size, connected, before, full));

    let _slow = flood(address);
    let started = Instant::now();
    // The last one first: whoever came early gets no advantage.
    let last = class.last().unwrap();
    (&*last).write_all(b"me first\n").unwrap();
    expect_bytes(last, b"me first\n");
    let alone = started.elapsed();
    assert!(alone < ALONE, "one client among idle ones waited {alone:?}");

    each(&class, |number, mut client| client.write_all(question(number).as_bytes()).unwrap());
    each(&class, |number, client| expect_bytes(client, question(number).as_bytes()));
    let all = started.elapsed();
    assert!(all < BUSY, "{size} clients needed {all:?} for one question each");

    each(&class, |_, client| client.shutdown(std::net::Shutdown::Write).unwrap());
    each(&class, |_, client| expect_rest(client, b""));
    drop(class);
    for _ in 0..size {
        server.expect_stderr("[*] closed the connection (recv returned 0 bytes)")?;
    }
    let late = connect(address, 1).remove(0);
    send_all(&late, b"is anybody here?");
    expect_rest(&late, b"is anybody here?");
    assert_eq!(server.ended(), None);
    Ok(())
}

fn told(size: usize, connected: Duration, before: Option<usize>, full: Option<usize>) -> String {
    let memory = match (before, full) {
        (Some(before), Some(full)) => {
            format!("; memory per client: {:.1} KiB", (full - before) as f64 / 1024.0 / size as f64)
        }
        _ => String::new(),
    };
    format!("{size} clients connected within {connected:.1?}{memory}")
}
