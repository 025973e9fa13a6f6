//! Does the relay do to the data what was asked for, and does a seed repeat it? `cargo test -p course --test relay`
#![allow(clippy::unwrap_used)] // a test helper may fail like the test itself

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;
#[cfg(unix)]
use std::time::Instant;

use grader::relay::{Direction, Faults, Relay};
use testkit::{Launch, Program};

const ANY: ([u8; 4], u16) = ([127, 0, 0, 1], 0);

/// Only a test that fails ever waits so long.
const PATIENCE: Duration = Duration::from_secs(10);

/// A server that sends back what it gets, until the end.
fn echo_server() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let mut data = Vec::new();
            if connection.read_to_end(&mut data).is_ok() {
                let _ = connection.write_all(&data);
            }
        }
    });
    address
}

fn tcp(faults: Faults, seed: u64) -> (Relay, TcpStream, Receiver<String>) {
    let (log, lines) = mpsc::channel();
    let relay = Relay::tcp(ANY.into(), echo_server(), faults, seed, Some(log)).unwrap();
    let client = TcpStream::connect(relay.address).unwrap();
    client.set_read_timeout(Some(PATIENCE)).unwrap();
    (relay, client, lines)
}

fn exchange(client: &mut TcpStream, data: &[u8]) -> std::io::Result<Vec<u8>> {
    client.write_all(data)?;
    client.shutdown(Shutdown::Write)?;
    let mut answer = Vec::new();
    client.read_to_end(&mut answer)?;
    Ok(answer)
}

/// What was logged, once the connection is over.
fn log(relay: Relay, lines: &Receiver<String>) -> Vec<String> {
    drop(relay);
    let mut log: Vec<String> = lines.iter().collect();
    log.sort(); // the two directions are two threads
    log
}

#[test]
fn a_split_stream_arrives_whole_and_a_seed_repeats_the_cuts() {
    let data = "你好,世界。".repeat(20).into_bytes();
    let run = |seed| {
        let faults = Faults { split: Some(7), ..Faults::default() };
        let (relay, mut client, lines) = tcp(faults, seed);
        assert_eq!(exchange(&mut client, &data).unwrap(), data);
        log(relay, &lines)
    };
    let first = run(5);
    assert!(first.iter().filter(|line| line.contains("there] bytes")).count() > 40, "{first:?}");
    assert_eq!(first, run(5));
    assert_ne!(first, run(6));
}

#[test]
fn a_reset_reaches_the_caller() {
    let faults = Faults { reset_after: Some(10), ..Faults::default() };
    let (relay, mut client, lines) = tcp(faults, 1);
    let error = exchange(&mut client, &[7; 100]).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe), "{error}");
    assert!(log(relay, &lines).iter().any(|line| line.contains("reset both sides after 10 bytes")));
}

#[test]
fn a_half_close_cuts_one_direction() {
    let faults =
        Faults { half_close_after: Some(10), direction: Direction::Back, ..Faults::default() };
    let (relay, mut client, lines) = tcp(faults, 1);
    assert_eq!(exchange(&mut client, &[7; 100]).unwrap(), [7; 10]);
    let log = log(relay, &lines);
    assert!(log.iter().any(|line| line.contains("back] closed this direction after 10 bytes")));
    assert!(log.iter().any(|line| line.contains("there] bytes 0..100")), "{log:?}");
}

#[test]
fn coalescing_makes_one_piece_of_several() {
    let coalesce = Some(Duration::from_secs(1));
    let faults = Faults { coalesce, direction: Direction::There, ..Faults::default() };
    let (relay, mut client, lines) = tcp(faults, 1);
    client.set_nodelay(true).unwrap();
    for _ in 0..3 {
        client.write_all(b"one ").unwrap();
        thread::sleep(Duration::from_millis(5)); // so that they are three segments
    }
    assert_eq!(exchange(&mut client, b"").unwrap(), b"one one one ");
    let log = log(relay, &lines);
    assert!(log.iter().any(|line| line.contains("there] bytes 0..12")), "{log:?}");
}

/// Sends numbered datagrams through a relay; returns what arrived, and the log.
fn datagrams(faults: Faults, seed: u64) -> (Vec<String>, Vec<String>) {
    let receiver = UdpSocket::bind("127.0.0.1:0").unwrap();
    receiver.set_read_timeout(Some(PATIENCE)).unwrap();
    let (log_sender, lines) = mpsc::channel();
    let target = receiver.local_addr().unwrap();
    let relay = Relay::udp(ANY.into(), target, faults, seed, Some(log_sender)).unwrap();
    let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
    for number in 0..40 {
        sender.send_to(format!("{number}").as_bytes(), relay.address).unwrap();
    }
    let log: Vec<String> = (0..40).map(|_| lines.recv_timeout(PATIENCE).unwrap()).collect();
    let count = |what: &str| log.iter().filter(|line| line.ends_with(what)).count();
    let receive = || {
        let mut buffer = [0; 100];
        let length = receiver.recv(&mut buffer)?;
        std::io::Result::Ok(String::from_utf8_lossy(&buffer[..length]).into_owned())
    };
    let expected = 40 - count(": dropped") + count(": passed on twice");
    let arrived = (0..expected).map(|_| receive().unwrap()).collect();
    drop(relay);
    assert_eq!(lines.iter().next(), None); // its threads have ended: nothing more comes
    receiver.set_nonblocking(true).unwrap();
    assert!(receive().is_err());
    (arrived, log)
}

#[test]
fn datagrams_are_lost_doubled_and_mixed_up_as_the_seed_wants() {
    let faults = Faults { drop: 20, duplicate: 20, reorder: 20, ..Faults::default() };
    let (arrived, log) = datagrams(faults.clone(), 3);
    assert_eq!(datagrams(faults.clone(), 3), (arrived.clone(), log.clone()));
    assert_ne!(datagrams(faults, 4).0, arrived);
    for fate in [": dropped", ": passed on twice", ": passed on after the next one"] {
        assert!(log.iter().any(|line| line.ends_with(fate)), "no datagram was{fate}");
    }
    assert!(!arrived.is_sorted_by_key(|number| number.parse::<u32>().unwrap()));
}

#[test]
fn a_good_network_changes_nothing() {
    let (arrived, _) = datagrams(Faults::default(), 1);
    assert_eq!(arrived, (0..40).map(|number| number.to_string()).collect::<Vec<_>>());
}

#[test]
fn an_answer_finds_its_caller() {
    let server = UdpSocket::bind("127.0.0.1:0").unwrap();
    let relay =
        Relay::udp(ANY.into(), server.local_addr().unwrap(), Faults::default(), 1, None).unwrap();
    let callers: Vec<UdpSocket> = (0..2).map(|_| UdpSocket::bind("127.0.0.1:0").unwrap()).collect();
    for (number, caller) in callers.iter().enumerate() {
        caller.set_read_timeout(Some(PATIENCE)).unwrap();
        caller.send_to(&[number as u8], relay.address).unwrap();
    }
    let mut buffer = [0; 10];
    for _ in &callers {
        let (length, from) = server.recv_from(&mut buffer).unwrap();
        server.send_to(&buffer[..length], from).unwrap();
    }
    for (number, caller) in callers.iter().enumerate() {
        assert_eq!(caller.recv(&mut buffer).unwrap(), 1);
        assert_eq!(buffer[0], number as u8);
    }
}

/// The real tool.
fn course(args: &[&str]) -> Program {
    Launch::new(env!("CARGO_BIN_EXE_course")).args(args).no_input().start().unwrap()
}

#[test]
fn the_command_tells_what_it_does_until_ctrl_c() {
    let server = echo_server().to_string();
    let args = ["relay", "127.0.0.1:0", &server, "--split", "3", "--seed", "9"];
    let mut relay = course(&args);
    let address = relay.listening().unwrap();
    let mut client = TcpStream::connect(address).unwrap();
    assert_eq!(exchange(&mut client, b"hello").unwrap(), b"hello");
    relay.expect_stdout("[1 there] connected").unwrap();
    relay.expect_stdout("[1 there] bytes 0..*").unwrap();
    relay.interrupt();
    relay.expect_interrupted().unwrap();
}

#[test]
fn options_of_the_other_protocol_are_refused() {
    course(&["relay", "0", "9", "--drop", "10"]).expect_exit(2).unwrap();
    course(&["relay", "0", "9", "--udp", "--split", "10"]).expect_exit(2).unwrap();
}

#[test]
fn a_relay_to_itself_is_refused() {
    for protocol in [&[][..], &["--udp"]] {
        for (own, target) in [
            ("47913", "47913"),
            ("0.0.0.0:47913", "127.0.0.1:47913"),
            ("127.0.0.1:47913", "localhost:47913"),
            ("127.0.0.1:47913", "[::ffff:127.0.0.1]:47913"),
        ] {
            let mut relay = course(&[&["relay", own, target][..], protocol].concat());
            relay.expect_exit(2).unwrap();
            let said = relay.stderr_text();
            // Another program may hold the port at this moment; then that is the error.
            assert!(said.contains("is the relay itself") || said.contains("in use"), "{said}");
        }
    }
}

#[test]
fn numbers_that_mean_nothing_are_refused() {
    for option in ["--delay", "--coalesce", "--split", "--reset-after", "--half-close-after"] {
        for number in ["-1", "NaN", "inf", "0.0000001", "18446744073709551616", "1e3", ""] {
            course(&["relay", "0", "9", option, number]).expect_exit(2).unwrap();
        }
    }
    for option in ["--drop", "--duplicate", "--reorder"] {
        for number in ["-1", "NaN", "0.5", "101", "256"] {
            course(&["relay", "0", "9", "--udp", option, number]).expect_exit(2).unwrap();
        }
    }
    course(&["relay", "0", "9", "--delay", "18446744073709551615"]).expect_exit(2).unwrap();
}

#[cfg(unix)]
#[test]
fn a_relay_without_files_says_so_and_goes_on() {
    let server = echo_server().to_string();
    let limited = "ulimit -n 30; exec \"$0\" relay 127.0.0.1:0 \"$1\"";
    let args = ["-c", limited, env!("CARGO_BIN_EXE_course"), &server];
    let mut relay = Launch::new("sh").args(&args).no_input().start().unwrap();
    let address = relay.listening().unwrap();
    let mut first = TcpStream::connect(&address).unwrap();
    relay.expect_stdout("[1 there] connected").unwrap();
    let many: Vec<_> = (0..40).map(|_| TcpStream::connect(&address).unwrap()).collect();
    relay.expect_stdout("[* there] *(os error 24)*").unwrap(); // C libraries have different words
    assert_eq!(exchange(&mut first, b"still here").unwrap(), b"still here");
    drop(many);
    // Those that waited are served and leave, and then there is room. Until then the relay may have a descriptor for this
    // client, and none for its connection to the target.
    let deadline = Instant::now() + PATIENCE;
    loop {
        let mut again = TcpStream::connect(&address).unwrap();
        again.set_read_timeout(Some(PATIENCE)).unwrap();
        match exchange(&mut again, b"hello again") {
            Ok(answer) if answer == b"hello again" => break,
            other => assert!(Instant::now() < deadline, "{other:?}"),
        }
    }
}
