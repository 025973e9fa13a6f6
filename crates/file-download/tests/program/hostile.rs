//! A server that can be left running, and a client that believes nothing.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use fastrand::Rng;
use tempfile::TempDir;

use testkit::peer::{A_MOMENT, PATIENCE};
use testkit::step::until;

use crate::kit::{Peer, Server, noise, receive_all, run, serve};

#[track_caller]
fn refused(server: &Server, name: &[u8], code: &str) {
    let answer = server.ask(&[b"GET 0 ", name, b"\n"].concat());
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let name = String::from_utf8_lossy(name);
    assert!(answer.starts_with(&format!("ERR {code} ")), "{name}: {answer}");
    assert!(answer.ends_with('\n') && answer.lines().count() == 1, "{name}: {answer}");
}

/// A served folder with everything in it that is no file, and a secret outside.
#[cfg(unix)]
fn strange_folder() -> (Server, TempDir) {
    use std::os::unix::fs::symlink;
    let (server, outside) = (serve(&["--idle-timeout", "1"]), TempDir::new().unwrap());
    fs::write(outside.path().join("secret"), "secret").unwrap();
    server.put("a.txt", b"hello");
    server.put("sub/b.txt", b"b");
    let served = server.folder.path();
    symlink(outside.path().join("secret"), served.join("out")).unwrap();
    symlink(outside.path(), served.join("outside")).unwrap();
    symlink("../..", served.join("sub/up")).unwrap();
    symlink("loop", served.join("loop")).unwrap();
    symlink("gone", served.join("dangling")).unwrap();
    symlink("sub/b.txt", served.join("inside")).unwrap();
    symlink("/dev/zero", served.join("zero")).unwrap();
    nix::unistd::mkfifo(&served.join("fifo"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    std::os::unix::net::UnixListener::bind(served.join("socket")).unwrap();
    (server, outside)
}

#[test]
fn dots_that_lead_nowhere_are_no_reason_to_refuse() {
    let server = serve(&[]);
    for name in ["..a", "a b", "sub/..b", "…"] {
        server.put(name, b"hello");
    }
    for name in ["..a", "./..a", ".//..a", "a b", "sub/..b", "sub//..b", "…"] {
        let answer = server.ask(format!("GET 0,nosum {name}\n").as_bytes());
        assert_eq!(answer, b"OK 5\nhelloSUM none -\n", "{name}");
    }
}

#[cfg(windows)]
#[test]
fn no_windows_path_leads_out() {
    let server = serve(&[]);
    for name in ["C:\\a", "C:a", "a\\b", "\\\\server\\share", "\\a", "../a"] {
        refused(&server, name.as_bytes(), "forbidden");
    }
}

#[cfg(unix)]
#[test]
fn no_name_leads_out_and_each_is_answered_with_its_code() {
    let (server, outside) = strange_folder();
    let absolute = outside.path().join("secret").display().to_string();
    let long = "x".repeat(4000);
    let deep = "a/".repeat(1900) + "b";
    let names = [
        ("..", "forbidden"),
        ("../secret", "forbidden"),
        ("sub/../a.txt", "forbidden"),
        ("sub/../../secret", "forbidden"),
        (&absolute, "forbidden"),
        ("/etc/passwd", "forbidden"),
        ("/dev/zero", "forbidden"),
        ("out", "forbidden"),
        ("outside/secret", "forbidden"),
        ("sub/up/etc/passwd", "forbidden"),
        ("zero", "forbidden"),
        ("sub", "not-a-file"),
        (".", "not-a-file"),
        ("fifo", "not-a-file"),
        ("socket", "not-a-file"),
        ("none", "not-found"),
        ("a.txt/b", "not-found"),
        ("a.txt/", "not-found"),
        ("C:\\a.txt", "not-found"),
        ("loop", "not-found"),
        ("dangling", "not-found"),
        (&long, "not-found"),
        (&deep, "not-found"),
        ("", "bad-request"),
        ("a\0b", "bad-request"),
    ];
    for (name, code) in names {
        refused(&server, name.as_bytes(), code);
    }
    refused(&server, b"\xff\xfe", "bad-request");
    assert_eq!(server.ask(b"GET 0,nosum inside\n"), b"OK 1\nbSUM none -\n");
    assert_eq!(server.ask(b"LIST\n"), b"OK 2\n5 a.txt\n1 sub/b.txt\n");
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_utf8_are_left_out_of_the_list() {
    use std::os::unix::ffi::OsStrExt;
    let mut server = serve(&[]);
    server.put("a.txt", b"hello");
    server.put("two\nlines", b"hello");
    let name = std::ffi::OsStr::from_bytes(b"\xc4\xe3\xba\xc3.txt");
    fs::write(server.folder.path().join(name), "x").unwrap();
    assert_eq!(server.ask(b"LIST\n"), b"OK 1\n5 a.txt\n");
    server.program.expect_stderr("[*] list: 1 name (2 left out: *): done").unwrap();
}

/// A name that is a file at one moment and a symbolic link to a secret at the next one.
#[cfg(unix)]
#[test]
fn a_name_that_changes_under_way_never_leads_out() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

    let (server, outside) = strange_folder();
    let (served, secret) = (server.folder.path().to_owned(), outside.path().join("secret"));
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = Arc::clone(&stop);
    let swapping = thread::spawn(move || {
        while !stopped.load(Relaxed) {
            let _ = fs::remove_file(served.join("name"));
            let _ = fs::write(served.join("name"), "public");
            let _ = fs::remove_file(served.join("name"));
            let _ = std::os::unix::fs::symlink(&secret, served.join("name"));
        }
    });
    for _ in 0..300 {
        let answer = String::from_utf8(server.ask(b"GET 0,nosum name\n")).unwrap();
        assert!(!answer.contains("secret"), "{answer}");
    }
    stop.store(true, Relaxed);
    swapping.join().unwrap();
}

#[test]
fn lines_without_an_end_and_floods_of_bytes_are_bounded() {
    let server = serve(&["--idle-timeout", "1"]);
    let long = [b"GET 0 ", &[b'x'; 5000][..]].concat();
    let answer = String::from_utf8(server.ask(&long)).unwrap();
    assert!(answer.starts_with("ERR bad-request a line has at most 4096 bytes"), "{answer}");
    // Closing with unread bytes would reset the connection, and on Windows a reset destroys an answer that waits to be read.
    let mut client = server.connect();
    client.write_all(&long).unwrap();
    client.read_to_end(&mut Vec::new()).unwrap();
    thread::sleep(A_MOMENT);
    client.write_all(b"more").expect("no reset");
    for seed in 1..20 {
        let mut flood = server.connect();
        let _ = flood.write_all(&noise(seed, 1_000_000));
        let _ = flood.read_to_end(&mut Vec::new());
    }
    let mut random = Rng::with_seed(42);
    for length in 0..60 {
        let mut client = server.connect();
        let request: Vec<u8> =
            (0..length).map(|_| b"GETLIS 0\n,a./\r"[random.usize(..14)]).collect();
        client.write_all(&request).unwrap();
        client.shutdown(std::net::Shutdown::Write).unwrap();
        receive_all(&mut client);
    }
    assert_eq!(server.ask(b"LIST\n"), b"OK 0\n");
}

#[test]
fn half_a_request_is_answered_when_it_ends_there() {
    let server = serve(&[]);
    for half in ["GET 0 a.txt", "LIST", "G"] {
        let mut client = server.connect();
        client.write_all(half.as_bytes()).unwrap();
        client.shutdown(std::net::Shutdown::Write).unwrap();
        assert_eq!(receive_all(&mut client), b"ERR bad-request the line has no end\n", "{half}");
    }
}

#[test]
fn silent_and_slow_clients_lose_their_place() {
    let mut server = serve(&["--idle-timeout", "1"]);
    server.put("big", &noise(1, 20_000_000));
    let started = Instant::now();
    let mut silent = server.connect();
    let mut drip = server.connect();
    let dripping = thread::spawn(move || {
        let mut sent = 0;
        while drip
            .write_all(b"GET 0 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"[sent..=sent].as_ref())
            .is_ok()
            && sent < 40
        {
            sent += 1;
            thread::sleep(Duration::from_millis(100));
        }
        sent
    });
    let mut taker = server.connect();
    taker.write_all(b"GET 0 big\n").unwrap();
    assert_eq!(receive_all(&mut silent), b"");
    assert!(dripping.join().unwrap() < 40);
    server.program.expect_stderr("[*] no request: nothing moved for 1 s").unwrap();
    server
        .program
        .expect_stderr("[*] big: * of 20000000 bytes in *: cut: nothing moved for 1 s")
        .unwrap();
    assert!(started.elapsed() < PATIENCE);
}

/// The bytes of these go another way through the server, which tells less of what went wrong.
#[test]
fn who_takes_nothing_of_an_unchecked_file_is_left_too() {
    for (request, shown) in [("GET 0,nosum big\n", "big"), ("big\n", "classic, big")] {
        let mut server = serve(&["--idle-timeout", "1"]);
        server.put("big", &noise(1, 20_000_000));
        let mut taker = server.connect();
        taker.write_all(request.as_bytes()).unwrap();
        let line = format!("[*] {shown}: * of 20000000 bytes in *: cut: nothing moved for 1 s");
        server.program.expect_stderr(&line).unwrap();
    }
}

#[test]
fn clients_beyond_the_limit_are_told_so() {
    let (server, folder) = (serve(&["--max-clients", "2"]), TempDir::new().unwrap());
    server.put("a.txt", b"hello");
    let held = [server.connect(), server.connect()];
    let answer = || String::from_utf8(server.ask(b"GET 0 a.txt\n")).unwrap();
    until("both places are taken", || answer().starts_with("ERR busy all places are taken"));
    assert_eq!(server.ask(b"a.txt"), b"", "a tutorial's client would take the words for the file");
    run(folder.path(), &["get", &server.address, "a.txt"])
        .says(1, &["the server is busy: all places"]);
    drop(held);
    until("a place is free", || answer().starts_with("OK 5\n"));
}

#[test]
fn a_hundred_slow_downloads_keep_nobody_waiting() {
    let server = serve(&[]);
    server.put("big", &noise(1, 8_000_000));
    server.put("a.txt", b"hello");
    let slow: Vec<TcpStream> = (0..100)
        .map(|_| {
            let mut client = server.connect();
            client.write_all(b"GET 0,nosum big\n").unwrap();
            client
        })
        .collect();
    let started = Instant::now();
    assert!(server.ask(b"GET 0 a.txt\n").starts_with(b"OK 5\nhello"));
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    for mut client in slow {
        assert_eq!(receive_all(&mut client).len(), b"OK 8000000\nSUM none -\n".len() + 8_000_000);
    }
}

/// Each of these has the server wait for a second, because closing with unread bytes would be a reset.
#[test]
fn clients_that_say_too_much_and_stay_keep_nobody_waiting() {
    let server = serve(&[]);
    server.put("a.txt", b"hello");
    let rude: Vec<TcpStream> = (0..20)
        .map(|_| {
            let mut client = server.connect();
            client.write_all(b"LIST\nand more").unwrap();
            client
        })
        .collect();
    let started = Instant::now();
    assert!(server.ask(b"GET 0 a.txt\n").starts_with(b"OK 5\nhello"));
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    drop(rude);
}

/// Asks for a big file, takes the first bytes, lets `change` happen to it, and takes the rest.
fn change_while_sending(server: &mut Server, change: impl FnOnce(&mut File)) -> Vec<u8> {
    server.put("big", &noise(1, 30_000_000));
    let path = server.folder.path().join("big");
    let mut file = File::options().write(true).open(path).unwrap();
    let mut client = server.connect();
    client.write_all(b"GET 0 big\n").unwrap();
    let mut first = vec![0; 1000];
    client.read_exact(&mut first).unwrap();
    change(&mut file);
    first.extend(receive_all(&mut client));
    first
}

#[test]
fn a_file_that_changes_while_it_is_sent_is_noticed() {
    let mut server = serve(&[]);
    let answer = change_while_sending(&mut server, |file| file.set_len(40_000_000).unwrap());
    assert!(answer.ends_with(b"ERR changed the file changed while it was sent\n"));
    server.program.expect_stderr("[*] big: *: cut: the file changed while it was sent").unwrap();
    let answer = change_while_sending(&mut server, |file| file.write_all(b"new").unwrap());
    assert!(answer.ends_with(b"ERR changed the file changed while it was sent\n"));
    let answer = change_while_sending(&mut server, |file| file.set_len(10_000).unwrap());
    assert!(answer.len() < 30_000_000, "closed early");
    server
        .program
        .expect_stderr("[*] big: *: cut: the file became shorter while it was sent")
        .unwrap();
    let path = server.folder.path().join("big");
    let answer = change_while_sending(&mut server, |_| fs::remove_file(path).unwrap());
    assert!(
        answer.starts_with(b"OK 30000000\n") && answer.len() > 30_000_000,
        "a deleted file arrives whole"
    );
}

#[test]
fn get_believes_no_answer() {
    let folder = TempDir::new().unwrap();
    let long = vec![b'x'; 100_000];
    let answers: [(&[u8], &str); 14] = [
        (b"", "closed the connection without an answer"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "no answer of our protocol: HTTP/1.1 400"),
        (b"\x1b[2J\xff\n", "no answer of our protocol: \u{241b}[2J"),
        (&long, "no answer of our protocol: xxx"),
        (b"OK 99999999999999999999\n", "no answer of our protocol"),
        (b"SUM crc32 00000000\n", "that answer makes no sense here"),
        (b"ERR gone\x1b no such luck\n", "refused 'a.txt': gone\u{241b}, no such luck"),
        (
            b"OK 18446744073709551615\nabc",
            "got 3 of 18446744073709551615 bytes; kept as a.txt.part",
        ),
        (b"OK 5\nhell", "got 4 of 5 bytes; kept as a.txt.part, go on with --resume"),
        (b"OK 5\nhello", "got 5 of 5 bytes; kept as a.txt.part, go on with --resume"),
        (
            b"OK 5\nhelloSUM crc32 00000000\n",
            "checksum mismatch: server crc32 00000000, here crc32 3610a686",
        ),
        (b"OK 5\nhelloSUM none -\n", "checksum mismatch: server none -"),
        (b"OK 5\nhelloERR changed while sending\n", "the file changed on the server"),
        (b"OK 5\nhelloworld, and more\n", "no answer of our protocol: world, and more"),
    ];
    for (answer, words) in answers {
        let server = Peer::answering(answer);
        let got = run(folder.path(), &["get", &server.address, "a.txt"]);
        got.says(1, &[words]);
        assert!(!folder.path().join("a.txt").exists(), "{got:?}");
        assert!(!got.stderr.contains('\x1b'), "{got:?}");
    }
}

#[test]
fn list_believes_no_answer() {
    let folder = TempDir::new().unwrap();
    let answers: [(&[u8], &str); 4] = [
        (b"OK 2\n5 a.txt\n", "got 1 of 2 names"),
        (b"OK 18446744073709551615\n", "got 0 of 18446744073709551615 names"),
        (b"OK 1\nfive a.txt\n", "got 0 of 1 name\n"),
        (b"ERR busy come back\n", "the server is busy: come back"),
    ];
    for (answer, words) in answers {
        let server = Peer::answering(answer);
        run(folder.path(), &["list", &server.address]).says(1, &[words]);
    }
    let server = Peer::answering(b"OK 1\n5 a\x1b[2J\n");
    let list = run(folder.path(), &["list", &server.address]);
    assert_eq!(list.says(0, &["1 file, 5 B"]).stdout, "         5 B  a\u{241b}[2J\n");
}

/// After all that, the server is as it was.
#[cfg(target_os = "linux")]
#[test]
fn rude_clients_leave_nothing_behind() {
    let server = serve(&["--idle-timeout", "1"]);
    server.put("a.txt", b"hello");
    server.put("big", &noise(1, 3_000_000));
    let id = server.program.id();
    let open_files = || fs::read_dir(format!("/proc/{id}/fd")).unwrap().count();
    server.ask(b"GET 0 a.txt\n");
    let before = open_files();
    for round in 0..300_usize {
        let mut client = server.connect();
        let requests: [&[u8]; 5] = [b"", b"GET 0 big\n", b"GET", b"none", b"\0\0\0\n"];
        let _ = client.write_all(requests[round % 5]);
        if round % 2 == 0 {
            socket2::SockRef::from(&client).set_linger(Some(Duration::ZERO)).unwrap();
        }
    }
    until("every file is closed", || open_files() <= before);
    assert!(server.ask(b"GET 0 a.txt\n").starts_with(b"OK 5\nhello"));
    if testkit::skip::under_qemu("the memory of a server", "it holds the emulator as well") {
        return;
    }
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let memory = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    let kib: usize = memory.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(kib < 32 << 10, "{kib} KiB for a server with no clients");
}

/// Half a name is a name too, and a size without its last digits a size; so a line must have its end.
#[test]
fn a_cut_or_endless_line_is_no_entry_of_a_list() {
    let folder = TempDir::new().unwrap();
    let long = [b"OK 2\n5 a.txt\n7 ", &[b'x'; 6000][..], b"\n"].concat();
    let answers: [(&[u8], &str); 3] = [
        (b"OK 2\n5 a.txt\n7 very-long-na", "in the middle of a line: 7 very-long-na"),
        (b"OK 2\n5 a.txt\n", "closed the connection too early"),
        (&long, "no answer of our protocol: 7 xxx"),
    ];
    for (answer, words) in answers {
        let server = Peer::answering(answer);
        let list = run(folder.path(), &["list", &server.address, "--plain"]);
        list.says(1, &[words, "got 1 of 2 names"]);
        assert_eq!(list.stdout, "5 a.txt\n", "what was whole is printed");
    }
}

/// One of the two threads has a planted defect: it panics for each of its clients.
#[cfg(debug_assertions)]
#[test]
fn a_panic_is_reported_and_frees_its_place() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("a.txt"), "hello").unwrap();
    let launch = testkit::Launch::step("file-download")
        .args(&["serve", "127.0.0.1:0", ".", "--max-clients", "1"])
        .env("SOCKET_STEPS_PANIC", "acceptor 1");
    let mut program = launch.current_dir(folder.path()).start().unwrap();
    let address = program.listening().unwrap();
    let (mut served, mut panicked) = (0, 0);
    until("both threads had clients", || {
        let mut client = crate::kit::connect(&address);
        let _ = client.write_all(b"GET 0 a.txt\n");
        match receive_all(&mut client).as_slice() {
            b"" => panicked += 1,
            busy if busy.starts_with(b"ERR busy") => {} // the last client's place is free a moment after its end
            answer => {
                assert!(answer.starts_with(b"OK 5\nhello"), "{}", String::from_utf8_lossy(answer));
                served += 1;
            }
        }
        served >= 3 && panicked >= 3
    });
    program.expect_stderr("error: this is a bug of the program, not yours: planted *").unwrap();
    program.expect_stderr("*only this client is affected; the server goes on").unwrap();
    program.interrupt();
    program.expect_interrupted().unwrap();
}

/// The seeds of the fuzz target `conversation`, which takes any others.
#[test]
fn a_client_ends_well_whatever_a_server_says() {
    let seeds =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../common/fuzz/corpus/conversation");
    for seed in fs::read_dir(seeds).unwrap() {
        let bytes = fs::read(seed.unwrap().path()).unwrap();
        crate::conversation::conversation(&crate::kit::program(), &bytes);
    }
}
