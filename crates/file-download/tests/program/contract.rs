//! The commands, options, exit codes and lines that others rest on.

use std::fs;
use std::io::{Read, Write};

use tempfile::TempDir;

use testkit::step::until;

use crate::kit::{Peer, noise, run, serve, start};

fn cli() -> TempDir {
    TempDir::new().unwrap()
}

#[test]
fn files_of_all_sizes_arrive_whole() {
    let server = serve(&[]);
    for size in [0, 1, 4096, 16 << 10, (16 << 10) + 1, 100_000, (1 << 20) + 3, 5_000_000] {
        let (folder, content) = (cli(), noise(size as u64, size));
        server.put("dir/a.bin", &content);
        for option in ["--resume", "--no-verify", "--sync", "--force"] {
            let got = run(
                folder.path(),
                &["get", &server.address, "dir/a.bin", option, "-o", &option[2..]],
            );
            got.says(0, &["saved "]);
            assert_eq!(got.stdout, "");
            assert!(!got.stderr.contains(['\x1b', '\r']), "a progress bar in a pipe");
            assert!(
                fs::read(folder.path().join(&option[2..])).unwrap() == content,
                "{size} {option}"
            );
        }
        assert_eq!(crate::kit::names(folder.path()).len(), 4, "no .part remains");
    }
}

#[test]
fn the_saved_line_tells_what_was_checked() {
    let (server, folder) = (serve(&[]), cli());
    server.put("a.txt", b"hello");
    let got = run(folder.path(), &["get", &server.address, "a.txt"]);
    got.says(0, &["connected to 127.0.0.1:", "saved a.txt: 5 B in ", ", checksum verified"]);
    let args = ["get", &server.address, "a.txt", "--force", "--no-verify"];
    run(folder.path(), &args).says(0, &[", not verified"]);
}

#[test]
fn an_existing_file_is_never_overwritten_unasked() {
    let (server, folder) = (serve(&[]), cli());
    server.put("a.txt", b"new");
    let path = folder.path().join("a.txt");
    fs::write(&path, "old").unwrap();
    let args = ["get", &server.address, "a.txt"];
    run(folder.path(), &args)
        .says(2, &["a.txt is already there; nothing was overwritten", "--force"]);
    assert_eq!(fs::read(&path).unwrap(), b"old");
    run(folder.path(), &["get", &server.address, "a.txt", "--force"]).says(0, &["saved a.txt"]);
    assert_eq!(fs::read(&path).unwrap(), b"new");
}

#[test]
fn output_names_a_file_or_a_folder() {
    let (server, folder) = (serve(&[]), cli());
    server.put("sub/a.txt", b"hello");
    fs::create_dir(folder.path().join("here")).unwrap();
    for (output, saved) in [("b.txt", "b.txt"), ("here", "here/a.txt")] {
        run(folder.path(), &["get", &server.address, "sub/a.txt", "-o", output])
            .says(0, &["saved "]);
        assert_eq!(fs::read(folder.path().join(saved)).unwrap(), b"hello");
    }
    let got = run(folder.path(), &["get", &server.address, "sub/a.txt", "-o", "none/b"]);
    got.says(2, &["open none/b.part: ", "there is no such folder"]);
}

#[test]
fn without_a_name_it_asks() {
    let (server, folder) = (serve(&[]), cli());
    server.put("你好.txt", b"hello");
    let mut get = start(folder.path(), &["get", &server.address]);
    get.expect_stderr("which file?*").unwrap();
    get.type_line("你好.txt").unwrap();
    get.expect_exit(0).unwrap();
    assert!(folder.path().join("你好.txt").exists());
    run(folder.path(), &["get", &server.address]).says(2, &["no file name was given"]);
}

#[test]
fn exit_codes_tell_who_is_to_blame() {
    let (server, folder) = (serve(&[]), cli());
    let address = server.address.as_str();
    let nobody = "127.0.0.1:1";
    let rows: [(&[&str], i32, &str); 9] = [
        (&["get", address, "a.txt"], 1, "server has no file 'a.txt'; nothing was saved"),
        (&["get", nobody, "a.txt"], 1, "nothing listens on port 1"),
        (&["list", nobody], 1, "nothing listens on port 1"),
        (&["get", "a.txt"], 2, "has no port"),
        (&["get", address, ".."], 2, "'..' is no file's name"),
        (&["get", address, "a", "--resume", "--no-verify"], 2, "cannot be used with"),
        (&["serve", "127.0.0.1:0", "none"], 2, "open the folder none: "),
        (&["serve", address], 2, "is taken"),
        (&["serve", "--max-clients", "0"], 2, "--max-clients"),
    ];
    for (args, code, words) in rows {
        run(folder.path(), args).says(code, &[words]);
    }
    assert_eq!(crate::kit::names(folder.path()).len(), 0, "nothing is left behind");
}

#[test]
fn the_list_is_a_table_for_people_and_lines_for_scripts() {
    let (server, folder) = (serve(&[]), cli());
    for name in ["b.txt", "a/c.txt", "你好.txt", ".hidden", "d.part", "a/.git/x"] {
        server.put(name, &noise(1, 2048));
    }
    let list = run(folder.path(), &["list", &server.address, "--plain"]);
    list.says(0, &["3 files, 6.00 KiB"]);
    assert_eq!(list.stdout, "2048 a/c.txt\n2048 b.txt\n2048 你好.txt\n");
    let list = run(folder.path(), &["list", &server.address]);
    assert_eq!(list.stdout.lines().next(), Some("    2.00 KiB  a/c.txt"));
}

#[test]
fn the_protocol_can_be_typed() {
    let server = serve(&[]);
    server.put("a b.txt", b"hello");
    let rows: [(&[u8], &[u8]); 8] = [
        (b"GET 0 a b.txt\n", b"OK 5\nhelloSUM crc32 3610a686\n"),
        (b"GET 0 a b.txt\r\n", b"OK 5\nhelloSUM crc32 3610a686\n"),
        (b"GET 3 a b.txt\n", b"OK 5\nloSUM crc32 3610a686\n"),
        (b"GET 5 a b.txt\n", b"OK 5\nSUM crc32 3610a686\n"),
        (b"GET 1,nosum a b.txt\n", b"OK 5\nelloSUM none -\n"),
        (b"GET 6 a b.txt\n", b"ERR changed it has 5 bytes, so there is nothing from 6 on\n"),
        (b"LIST\n", b"OK 1\n5 a b.txt\n"),
        (b"LIST\r\nand more", b"OK 1\n5 a b.txt\n"),
    ];
    for (request, answer) in rows {
        let got = server.ask(request);
        assert_eq!(String::from_utf8_lossy(&got), String::from_utf8_lossy(answer));
    }
    let big = noise(7, 200_000);
    server.put("big", &big);
    let got = server.ask(b"GET 100000 big\n");
    let sum = format!("SUM crc32 {:08x}\n", crc32fast::hash(&big));
    assert!(got == [b"OK 200000\n", &big[100_000..], sum.as_bytes()].concat());
}

#[test]
fn the_server_prints_a_line_for_each_transfer() {
    let (mut server, folder) = (serve(&[]), cli());
    server.put("a.txt", b"hello");
    run(folder.path(), &["get", &server.address, "a.txt"]).says(0, &[]);
    server.program.expect_stderr("[127.0.0.1:*] a.txt: 5 bytes in *, */s: done").unwrap();
    assert!(server.ask(b"GET 0 b\x1b[2J\n").starts_with(b"ERR not-found "));
    server.program.expect_stderr("[127.0.0.1:*] b␛[2J: refused: not-found").unwrap();
    run(folder.path(), &["list", &server.address]).says(0, &[]);
    server.program.expect_stderr("[127.0.0.1:*] list: 1 name: done").unwrap();
}

#[test]
fn ipv6_and_unix_addresses_work() {
    let folder = cli();
    fs::write(folder.path().join("a.txt"), "hello").unwrap();
    let mut addresses = Vec::new();
    if testkit::skip::unix_sockets("a file server on a Unix socket") {
        addresses.push("unix:socket");
    }
    if std::net::TcpListener::bind("[::1]:0").is_ok() {
        addresses.push("[::1]:0");
    }
    for address in addresses {
        let mut server = start(folder.path(), &["serve", address]);
        let address = server.listening().unwrap();
        run(folder.path(), &["get", &address, "a.txt", "-o", "b.txt", "--force"])
            .says(0, &["saved b.txt"]);
        server.interrupt();
        server.expect_interrupted().unwrap();
    }
    assert!(!folder.path().join("socket").exists(), "the socket's file is gone with its server");
}

#[test]
fn the_narration_is_the_lesson() {
    let (mut server, folder) = (serve(&["--explain"]), cli());
    server.put("a.txt", b"hello");
    let got = run(folder.path(), &["get", &server.address, "a.txt", "--explain"]);
    let steps = ["connect", "send", "recv", "recv", "rename", "close"];
    assert_eq!(printed_steps(&got.says(0, &[]).stderr), steps);
    server.program.expect_stderr("*6. close *").unwrap();
    let steps = ["listen", "accept", "recv", "open", "send", "close"];
    assert_eq!(printed_steps(&server.program.stderr_text()), steps);
}

/// `--sync` gives a connection that is closed too early some time to be noticed.
#[test]
fn the_file_has_its_name_before_the_connection_is_closed() {
    let folder = cli();
    let saved = folder.path().join("a.txt");
    let server = Peer::new(move |mut stream| {
        let _ = stream.read(&mut [0; 100]);
        stream.write_all(b"OK 5\nhelloSUM crc32 3610a686\n").unwrap();
        assert_eq!(stream.read(&mut [0; 100]).unwrap(), 0);
        assert!(saved.exists(), "closed before the file had its name");
    });
    run(folder.path(), &["get", &server.address, "a.txt", "--sync"]).says(0, &[]);
}

/// The calls of the numbered lines, whose numbers must be 1, 2, 3 …
fn printed_steps(stderr: &str) -> Vec<String> {
    let mut steps = Vec::new();
    for line in stderr.lines() {
        if let Some((number, rest)) = line.trim_start().split_once(". ")
            && let Ok(number) = number.parse::<usize>()
        {
            steps.push(rest.split(' ').next().unwrap_or_default().to_owned());
            assert_eq!(number, steps.len(), "{line}");
        }
    }
    steps
}

/// A client that has asked for a big file and takes nothing more for now.
#[cfg(unix)]
fn slow_client(server: &crate::kit::Server, size: usize) -> std::net::TcpStream {
    server.put("big", &noise(3, size));
    let mut client = server.connect();
    client.write_all(b"GET 0,nosum big\n").unwrap();
    client.read_exact(&mut [0; 3]).unwrap();
    client
}

#[cfg(unix)] // no call presses Ctrl-C for one program alone on Windows
#[test]
fn a_running_download_may_finish_after_ctrl_c() {
    let mut server = serve(&[]);
    let mut client = slow_client(&server, 20_000_000);
    server.program.interrupt();
    server.program.expect_stderr("stopping: 1 running, up to 3 s to finish*").unwrap();
    let mut rest = Vec::new();
    client.read_to_end(&mut rest).unwrap();
    assert!(rest.ends_with(b"SUM none -\n") && rest.len() > 20_000_000);
    drop(client);
    server.program.expect_exit(130).unwrap();
}

#[cfg(unix)] // no call presses Ctrl-C for one program alone on Windows
#[test]
fn a_second_ctrl_c_ends_at_once() {
    let mut server = serve(&[]);
    let _client = slow_client(&server, 20_000_000);
    server.program.interrupt();
    server.program.expect_stderr("stopping: *").unwrap();
    let before = std::time::Instant::now();
    server.program.interrupt();
    server.program.expect_exit(130).unwrap();
    assert!(before.elapsed().as_secs() < 2);
}

#[cfg(unix)]
#[test]
fn sigterm_ends_a_server_that_only_waits() {
    let mut server = serve(&[]);
    let _silent = server.connect();
    server.program.signal(nix::sys::signal::Signal::SIGTERM);
    server.program.expect_exit(143).unwrap();
}

#[test]
fn a_server_starts_again_at_once_on_its_port() {
    let mut server = serve(&[]);
    server.put("a.txt", b"hello");
    assert!(server.ask(b"GET 0 a.txt\n").starts_with(b"OK 5\n"));
    server.program.interrupt();
    server.program.expect_interrupted().unwrap();
    let mut again = start(server.folder.path(), &["serve", &server.address]);
    assert_eq!(again.listening().unwrap(), server.address);
    until("it serves again", || server.ask(b"LIST\n").starts_with(b"OK 1\n"));
}

#[test]
fn a_name_that_a_line_can_not_carry_is_refused_before_the_connection() {
    let folder = cli();
    let long = "x".repeat(5000);
    for name in ["f\nb", "f\r", "\n", "a\rb", &long] {
        for way in ["--force", "--classic"] {
            run(folder.path(), &["get", "127.0.0.1:1", name, way])
                .says(2, &["can't hold a line end"]);
        }
    }
    // One that fits into the line may still be none for this system. Windows has the same code for `a?b`.
    if testkit::skip::under_wine("a name that is too long", "the error is `File not found`") {
        return;
    }
    let long = "x".repeat(300);
    run(folder.path(), &["get", "127.0.0.1:1", &long])
        .says(2, &["too long, or this system doesn't"]);
    assert_eq!(crate::kit::names(folder.path()).len(), 0);
}

#[test]
fn a_time_limit_can_be_waited_for() {
    let (mut server, folder) = (serve(&["--idle-timeout", "86400"]), cli());
    server.put("a.bin", &noise(1, 100_000));
    let address = server.address.clone();
    let get = ["get", &address, "a.bin", "--no-verify", "--idle-timeout", "86400"];
    run(folder.path(), &get).says(0, &["saved a.bin"]);
    server.program.expect_stderr("[*] a.bin: 100000 bytes in *: done").unwrap();
    for time in ["18446744073709551615", "0", "-1", "nan", "1e300"] {
        let time = format!("--idle-timeout={time}");
        for args in [["get", "a.txt"], ["serve", "."], ["list", "--plain"]] {
            run(folder.path(), &[args[0], &address, args[1], &time]).says(2, &["0.001 to 86400"]);
        }
    }
}

/// Names come from a server's list, from files and from arguments; none may control the terminal.
#[cfg(unix)] // Windows has no such names
#[test]
fn no_name_reaches_the_screen_as_it_is() {
    let (mut server, folder) = (serve(&["--explain"]), cli());
    let red = "\x1b[31mred\u{9b}";
    server.put(red, b"hello");
    let address = server.address.clone();
    let get = |args: &[&str]| run(folder.path(), &[&["get", &address], args].concat());
    let cut = crate::kit::Peer::answering(b"OK 10\nhello");
    let ends = [
        get(&[red, "--explain"]),
        get(&[red]),
        get(&[red, "--classic", "-o", "\x1bfile", "--explain"]),
        get(&["\x1bnone"]),
        get(&["\x1b\n"]),
        get(&[red, "-o", "\x1bnone/a"]),
        run(folder.path(), &["get", &cut.address, "\x1bcut"]),
        run(folder.path(), &["serve", "127.0.0.1:0", "\x1bnone"]),
        run(folder.path(), &["list", &address]),
    ];
    for end in ends {
        assert!(end.stderr.contains('␛') || end.stdout.contains('␛'), "{end:?}");
        assert!(!(end.stderr + &end.stdout).contains(['\x1b', '\u{9b}']));
    }
    server.program.interrupt();
    server.program.expect_exit(130).unwrap();
    assert!(!server.program.stderr_text().contains(['\x1b', '\u{9b}']));
}
