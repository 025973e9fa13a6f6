//! The tutorials' file downloader, in both roles: a bare name, bare bytes, a close.

use std::fs;
use std::io::{Read, Write};
use std::net::Shutdown;
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use crate::kit::{Peer, noise, receive_all, run, serve};

/// `你好.txt` in GBK.
const GBK_NAME: &[u8] = b"\xc4\xe3\xba\xc3.txt";

#[test]
fn a_tutorial_client_is_recognised_and_gets_bare_bytes() {
    let mut server = serve(&[]);
    let content = noise(1, 100_000);
    for name in ["a.txt", "你好.txt", "GETTING started.txt", "LIST.txt", "GE"] {
        server.put(name, &content);
    }
    let names: [&[u8]; 5] =
        [b"a.txt", GBK_NAME, "你好.txt".as_bytes(), b"GETTING started.txt", b"LIST.txt"];
    for name in names {
        assert!(server.ask(name) == content, "{}", String::from_utf8_lossy(name));
    }
    for shown in ["a.txt", "你好.txt", "你好.txt"] {
        server.program.expect_stderr(&format!("[*] classic, {shown}: *: done")).unwrap();
    }
}

#[test]
fn a_name_in_two_pieces_a_line_end_or_a_closed_half_are_understood() {
    let server = serve(&[]);
    server.put("a.txt", b"hello");
    let mut client = server.connect();
    client.write_all(b"a.").unwrap();
    thread::sleep(Duration::from_millis(50));
    client.write_all(b"txt").unwrap();
    assert_eq!(receive_all(&mut client), b"hello");
    assert_eq!(server.ask(b"a.txt\r\n"), b"hello");
    let mut client = server.connect();
    client.write_all(b"a.txt").unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    assert_eq!(receive_all(&mut client), b"hello");
}

#[test]
fn a_wrong_name_or_an_empty_file_just_closes() {
    let mut server = serve(&[]);
    server.put("empty", b"");
    for name in
        [&b"none"[..], b"empty", b"../etc/passwd", b"/etc/passwd", b"\xff\xff", b"\n", b"a\0"]
    {
        assert_eq!(server.ask(name), b"", "{name:?}");
    }
    server.program.expect_stderr("[*] classic, none: refused: not-found").unwrap();
    server.program.expect_stderr("[*] classic, empty: 0 bytes in *: done").unwrap();
    server.program.expect_stderr("[*] classic, ../etc/passwd: refused: forbidden").unwrap();
}

#[test]
fn a_client_of_one_recv_and_gone_disturbs_nobody() {
    let mut server = serve(&[]);
    server.put("big", &noise(1, 20_000_000));
    let mut client = server.connect();
    client.write_all(b"big").unwrap();
    let mut first = [0; 1024];
    assert!(client.read(&mut first).unwrap() > 0);
    drop(client);
    server.program.expect_stderr("[*] classic, big: * of 20000000 bytes in *: cut: *").unwrap();
    assert!(server.ask(b"LIST\n").starts_with(b"OK 1\n"));
}

/// A tutorial's server: one recv, one answer, close. Checks the bytes of the name.
fn tutorial_server(name: &'static [u8], answer: Vec<u8>) -> Peer {
    Peer::new(move |mut stream| {
        let mut received = [0; 1024];
        let count = stream.read(&mut received).unwrap();
        assert_eq!(&received[..count], name);
        stream.write_all(&answer).unwrap();
    })
}

#[test]
fn get_classic_keeps_what_comes_and_says_what_it_cannot_know() {
    let folder = TempDir::new().unwrap();
    for (size, encoding, name) in
        [(5, "gbk", GBK_NAME), (300_000, "gbk", GBK_NAME), (9, "utf-8", "你好.txt".as_bytes())]
    {
        let content = noise(2, size);
        let server = tutorial_server(name, content.clone());
        let args =
            ["get", &server.address, "你好.txt", "--classic", "--encoding", encoding, "--force"];
        run(folder.path(), &args)
            .says(0, &["saved 你好.txt: ", "nobody can tell whether the file is whole"]);
        assert!(fs::read(folder.path().join("你好.txt")).unwrap() == content);
    }
}

#[test]
fn get_classic_saves_nothing_when_nothing_comes() {
    let folder = TempDir::new().unwrap();
    let server = tutorial_server(b"a.txt", Vec::new());
    let got = run(folder.path(), &["get", &server.address, "a.txt", "--classic"]);
    got.says(1, &["server has no file 'a.txt', or it is empty; nothing was saved"]);
    assert_eq!(crate::kit::names(folder.path()).len(), 0);
    let got = run(folder.path(), &["get", "127.0.0.1:1", "好😀", "--classic", "--encoding", "gbk"]);
    got.says(2, &["gbk can't hold '😀' (U+1F600); nothing was sent"]);
}

#[test]
fn get_classic_keeps_a_part_when_the_connection_is_reset() {
    let folder = TempDir::new().unwrap();
    let server = Peer::new(|mut stream| {
        let _ = stream.read(&mut [0; 1024]);
        stream.write_all(&[7; 5000]).unwrap();
        thread::sleep(Duration::from_millis(300));
        socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
    });
    let got = run(folder.path(), &["get", &server.address, "a.txt", "--classic"]);
    got.says(1, &["the peer ended abruptly (reset)", "a.txt.part holds 5000 bytes"]);
    assert_eq!(crate::kit::names(folder.path()), ["a.txt.part"]);
}

#[test]
fn get_tells_when_it_met_a_tutorial_server() {
    let folder = TempDir::new().unwrap();
    let server = tutorial_server(b"GET 0 a.txt\n", Vec::new());
    let got = run(folder.path(), &["get", &server.address, "a.txt"]);
    got.says(1, &["closed the connection without an answer", "get --classic"]);
}

#[test]
fn our_own_two_ends_speak_it_too() {
    let (server, folder) = (serve(&[]), TempDir::new().unwrap());
    let content = noise(5, 3_000_000);
    server.put("你好.txt", &content);
    let args = ["get", &server.address, "你好.txt", "--classic", "--encoding", "cp936"];
    run(folder.path(), &args).says(0, &["saved 你好.txt: 2.86 MiB"]);
    assert!(fs::read(folder.path().join("你好.txt")).unwrap() == content);
}
