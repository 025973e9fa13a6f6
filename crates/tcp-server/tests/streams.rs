//! Step 4 and whatever a client may send or do: text in pieces, no text at all, too much of it, a reset.
#![allow(clippy::unwrap_used)] // a test helper may fail like the test itself

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use testkit::Program;
use testkit::peer::{PATIENCE, call, expect_bytes, expect_rest, reset, send_all};
use testkit::program::Result;
use testkit::step::waiting;

fn server(args: &[&str]) -> (Program, String) {
    waiting("tcp-server", &[&["127.0.0.1:0"], args].concat())
}

/// Sends one piece, and waits until the server has printed it, so that the next one is a segment of its own.
fn send_piece(client: &mut TcpStream, server: &mut Program, bytes: &[u8], text: &str) {
    client.write_all(bytes).unwrap();
    server.expect_stdout(&format!("[*] {} bytes: {text}", bytes.len())).unwrap();
}

#[test]
fn a_character_split_over_two_segments_comes_out_whole() -> Result<()> {
    for (encoding, bytes) in [("gbk", &[0xc4, 0xe3][..]), ("utf-8", "你".as_bytes())] {
        let (mut server, address) = server(&["--encoding", encoding]);
        let mut client = call(&address);
        let (last, first) = bytes.split_last().unwrap();
        for byte in first {
            send_piece(&mut client, &mut server, &[*byte], "");
        }
        send_piece(&mut client, &mut server, &[*last], "你");
        drop(client);
        server.expect_stderr("*closed the connection*")?;
        assert!(!server.stderr_text().contains("hint"), "{}", server.stderr_text());
    }
    Ok(())
}

#[test]
fn each_client_has_its_own_decoder() -> Result<()> {
    let (mut server, address) = server(&["--encoding", "gbk"]);
    let (mut one, mut two) = (call(&address), call(&address));
    send_piece(&mut one, &mut server, &[0xc4], "");
    send_piece(&mut two, &mut server, &[0xba], "");
    send_piece(&mut one, &mut server, &[0xe3], "你");
    send_piece(&mut two, &mut server, &[0xc3], "好");
    Ok(())
}

#[test]
fn half_a_character_at_the_end_is_reported() -> Result<()> {
    let (mut server, address) = server(&["--encoding", "gbk", "--once"]);
    let client = call(&address);
    send_all(&client, &[0xba, 0xc3, 0xc4]);
    server.expect_stdout("[*] 3 bytes: 好")?;
    server.expect_stderr("  hint: *ended in the middle of a gbk character")?;
    server.expect_exit(0)
}

#[test]
fn a_wrong_encoding_is_hinted_at() -> Result<()> {
    let rows: &[(&str, &[u8], &str, &str)] = &[
        ("utf-8", &[0xc4, 0xe3, 0xba, 0xc3], "*\u{fffd}*", "*not valid UTF-8: try --encoding gbk"),
        ("gbk", "你好".as_bytes(), "浣犲ソ", "*looks like UTF-8 read as GBK: try --encoding utf-8"),
        ("gbk", "锟斤拷".as_bytes(), "*", "*"),
        ("utf-8", "\u{fffd}".as_bytes(), "\u{fffd}", "*had already lost these characters*"),
        ("gbk", b"\xef\xbb\xbfhi there", "*", "*byte order mark*"),
    ];
    for (encoding, bytes, text, hint) in rows {
        let (mut server, address) = server(&["--encoding", encoding]);
        let client = call(&address);
        send_all(&client, bytes);
        server.expect_stdout(&format!("[*] {} bytes: {text}", bytes.len()))?;
        server.expect_stderr(&format!("  hint: 127.0.0.1:*: {hint}"))?;
    }
    Ok(())
}

#[test]
fn a_client_that_sends_nothing_is_no_trouble() -> Result<()> {
    let (mut server, address) = server(&["--once"]);
    drop(call(&address));
    server.expect_stderr("[*] closed the connection (recv returned 0 bytes)")?;
    server.expect_exit(0)?;
    assert_eq!(server.stdout_text(), "");
    Ok(())
}

#[test]
fn a_half_closed_client_still_gets_its_answer() -> Result<()> {
    let (mut server, address) = server(&["--echo", "--once"]);
    let client = call(&address);
    send_all(&client, b"question");
    expect_rest(&client, b"question");
    server.expect_exit(0)
}

#[test]
fn a_reset_ends_one_client_and_not_the_server() -> Result<()> {
    let (mut server, address) = server(&["--echo"]);
    let mut rude = call(&address);
    rude.write_all(b"x").unwrap();
    expect_bytes(&rude, b"x");
    let name = rude.local_addr().unwrap();
    reset(rude);
    server.expect_stderr(&format!("[{name}] recv {name}: *"))?;
    server.expect_stderr("  the peer ended abruptly (reset); its last message may be lost")?;

    reset(call(&address)); // before or after accept: the server can't know
    let client = call(&address);
    send_all(&client, b"still here?");
    expect_rest(&client, b"still here?");
    Ok(())
}

#[test]
fn a_reset_of_the_only_client_is_exit_code_1() -> Result<()> {
    let (mut server, address) = server(&["--once"]);
    let mut rude = call(&address);
    send_piece(&mut rude, &mut server, b"x", "x");
    reset(rude);
    server.expect_stderr("error: recv 127.0.0.1:*")?;
    server.expect_exit(1)
}

#[test]
fn a_killed_client_is_no_trouble() -> Result<()> {
    let (mut server, address) = server(&["--greet", "hello"]);
    let mut client = Program::step("tcp-client", &[&address])?;
    client.expect_stdout("hello")?;
    client.kill();
    server.expect_stderr("[*] *")?; // connected
    server.expect_stderr("[127.0.0.1:*] *")?; // closed or reset: it depends on the system
    expect_bytes(call(&address), b"hello");
    Ok(())
}

#[test]
fn a_client_that_leaves_before_its_answer_is_no_trouble() -> Result<()> {
    let (mut server, address) = server(&["--reply", "an answer that nobody waits for"]);
    for _ in 0..20 {
        let mut client = call(&address);
        client.write_all(b"question").unwrap();
        reset(client);
    }
    let client = call(&address);
    client.shutdown(std::net::Shutdown::Write).unwrap();
    expect_rest(&client, b"");
    server.interrupt();
    #[cfg(unix)]
    server.expect_exit(130)?; // none of the twenty counts as an error of the server
    Ok(())
}

#[test]
fn control_characters_reach_no_screen() -> Result<()> {
    let (mut server, address) = server(&[]);
    let client = call(&address);
    send_all(&client, b"\x1b[2J\x1b]0;title\x07one\ntwo\rthree\x00\x7f\n");
    server.expect_stdout("[*] 30 bytes: ␛[2J␛]0;title␇one␊two␍three␀␡")?;
    server.expect_stderr("*closed*")?;
    let bytes = [server.stdout_bytes(), server.stderr_text().into_bytes()].concat();
    assert!(bytes.iter().all(|&byte| byte >= b' ' || byte == b'\n'), "{bytes:?}");
    Ok(())
}

#[test]
fn ten_megabytes_without_a_line_end_are_just_many_reads() -> Result<()> {
    const SIZE: usize = 10 << 20;
    let (mut server, address) = server(&["--once"]);
    let client = call(&address);
    let sending = thread::spawn(move || send_all(&client, &vec![b'a'; SIZE]));
    server.set_deadline(PATIENCE);
    server.expect_exit(0)?;
    sending.join().unwrap();
    let printed = server.stdout_bytes().len() as u64 + server.thrown_away().0;
    assert!(printed > SIZE as u64, "{printed}");
    assert!(server.stdout_text().lines().next().unwrap().len() < 1100);
    Ok(())
}

#[test]
fn a_second_client_is_served_while_the_first_idles() -> Result<()> {
    let (mut server, address) = server(&["--echo"]);
    let first = call(&address);
    server.expect_stderr(&format!("[{}] connected", first.local_addr().unwrap()))?;
    let second = call(&address);
    send_all(&second, b"me first");
    expect_rest(&second, b"me first");
    send_all(&first, b"now me");
    expect_rest(&first, b"now me");
    Ok(())
}

#[test]
fn a_hundred_clients_at_once_get_each_their_own() -> Result<()> {
    let (mut server, address) = server(&["--echo"]);
    let clients: Vec<TcpStream> = (0..100).map(|_| call(&address)).collect();
    let names: Vec<SocketAddr> =
        clients.iter().map(|client| client.local_addr().unwrap()).collect();
    for (number, mut client) in clients.iter().enumerate() {
        client.write_all(format!("this is {number}").as_bytes()).unwrap();
    }
    for (number, client) in clients.iter().enumerate().rev() {
        expect_bytes(client, format!("this is {number}").as_bytes());
    }
    drop(clients);
    for _ in 0..100 {
        server.expect_stderr("*closed the connection*")?;
    }
    server.interrupt();
    server.wait()?; // now its output is complete
    for (number, name) in names.iter().enumerate() {
        let line = format!("[{name}] {} bytes: this is {number}\n", 8 + number.to_string().len());
        assert!(server.stdout_text().contains(&line), "{line}");
    }
    Ok(())
}

/// Sends to an echo server and never reads, until the server can't send any more and so doesn't read either.
fn flood(client: &mut TcpStream) {
    client.set_write_timeout(Some(Duration::from_millis(300))).unwrap();
    let started = Instant::now();
    while client.write(&[b'f'; 16 << 10]).is_ok() {
        assert!(started.elapsed() < PATIENCE, "the server takes everything and sends nothing?");
    }
}

#[test]
fn a_client_that_never_reads_delays_nobody() -> Result<()> {
    let (_server, address) = server(&["--echo"]);
    let mut slow = call(&address);
    flood(&mut slow);
    for _ in 0..10 {
        let mut client = call(&address);
        let started = Instant::now();
        client.write_all(b"quick").unwrap();
        expect_bytes(&client, b"quick");
        assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    }
    // And when it reads at last, nothing is missing.
    let mut echoed = vec![0; 1 << 20];
    slow.read_exact(&mut echoed).unwrap();
    assert!(echoed.iter().all(|&byte| byte == b'f'));
    Ok(())
}
