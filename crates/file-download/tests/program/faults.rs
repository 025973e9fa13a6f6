//! Cut, killed, full: whatever happens, only the whole file gets its name, and `--resume` ends with it.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::thread;
use std::time::Duration;

use fastrand::Rng;
use tempfile::TempDir;

use crate::kit::{Ended, Peer, Server, ended, names, noise, run, serve, start};

const SIZE: usize = 3_000_000;

/// The right file, or none; and a part that is its beginning.
#[track_caller]
fn check_nothing_wrong(folder: &Path, content: &[u8]) {
    if let Ok(saved) = fs::read(folder.join("a.bin")) {
        assert!(saved == content, "wrong bytes under the final name");
    }
    if let Ok(part) = fs::read(folder.join("a.bin.part")) {
        assert!(content.starts_with(&part), "the part is not the beginning");
    }
}

#[track_caller]
fn resume(folder: &Path, server: &Server, content: &[u8]) -> Ended {
    let got = run(folder, &["get", &server.address, "a.bin", "--resume"]);
    got.says(0, &["saved a.bin", "checksum verified"]);
    assert!(fs::read(folder.join("a.bin")).unwrap() == content, "not the right file");
    assert_eq!(names(folder), ["a.bin"]);
    got
}

/// How many random points to try; `FAULT_POINTS=200` for a thorough run.
fn points() -> usize {
    std::env::var("FAULT_POINTS").ok().and_then(|points| points.parse().ok()).unwrap_or(12)
}

/// Bytes that are checked pass through the program; the others don't.
fn one_of_two_ways(point: usize, address: &str) -> Vec<&str> {
    let mut args = vec!["get", address, "a.bin"];
    if point % 4 < 2 {
        args.push("--no-verify");
    }
    args
}

#[test]
fn cut_at_any_byte_and_resumed() {
    let server = serve(&[]);
    let content = noise(11, SIZE);
    server.put("a.bin", &content);
    let mut random = Rng::with_seed(0x5eed);
    for point in 0..points() {
        let folder = TempDir::new().unwrap();
        let most = random.usize(..SIZE + 40);
        let cut = Peer::cutting(&server.address, most, point % 2 == 1);
        let got = run(folder.path(), &one_of_two_ways(point, &cut.address));
        assert!(matches!(got.code, Some(0 | 1)), "{got:?}");
        check_nothing_wrong(folder.path(), &content);
        if got.code == Some(1) {
            let again = Peer::cutting(&server.address, random.usize(..SIZE), false);
            run(folder.path(), &["get", &again.address, "a.bin", "--resume"]);
            check_nothing_wrong(folder.path(), &content);
            if !folder.path().join("a.bin").exists() {
                resume(folder.path(), &server, &content);
            }
        }
    }
}

#[test]
fn killed_at_any_moment_and_resumed() {
    let content = noise(12, SIZE);
    let mut random = Rng::with_seed(0xdead);
    for point in 0..points() {
        let (mut server, folder) = (serve(&[]), TempDir::new().unwrap());
        server.put("a.bin", &content);
        let mut get = start(folder.path(), &one_of_two_ways(point, &server.address));
        thread::sleep(Duration::from_micros(random.u64(..20_000)));
        if point % 2 == 0 {
            get.kill();
        } else {
            server.program.kill();
        }
        let got = ended(get);
        assert!(!matches!(got.code, Some(2..)), "{got:?}");
        check_nothing_wrong(folder.path(), &content);
        if !folder.path().join("a.bin").exists() {
            let server = serve(&[]);
            server.put("a.bin", &content);
            resume(folder.path(), &server, &content);
        }
    }
}

#[test]
fn the_message_says_how_much_came_and_what_to_do() {
    let (server, folder) = (serve(&[]), TempDir::new().unwrap());
    let content = noise(13, 100_000);
    server.put("a.bin", &content);
    let cut = Peer::cutting(&server.address, "OK 100000\n".len() + 1024, false);
    let got = run(folder.path(), &["get", &cut.address, "a.bin"]);
    let lines = [
        "error: recv *: the server closed the connection too early",
        "  it was stopped, or the file became shorter while it was sent",
        "  got 1024 of 100000 bytes; kept as a.bin.part, go on with --resume",
    ];
    let shown: Vec<_> = got.stderr.lines().skip(1).collect();
    assert_eq!((got.code, &shown[1..]), (Some(1), &lines[1..]), "{got:?}");
    let got = resume(folder.path(), &server, &content);
    got.says(0, &["a.bin.part: going on after 1024 bytes"]);
}

#[test]
fn a_file_that_changed_meanwhile_is_downloaded_again() {
    let server = serve(&[]);
    let old = noise(14, 100_000);
    for size in [100_000, 150_000, 10_000, 0] {
        let folder = TempDir::new().unwrap();
        server.put("a.bin", &old);
        let cut = Peer::cutting(&server.address, 50_000, false);
        run(folder.path(), &["get", &cut.address, "a.bin"]).says(1, &["kept as a.bin.part"]);
        let new = noise(15, size);
        server.put("a.bin", &new);
        let got = resume(folder.path(), &server, &new);
        got.says(0, &["the file on the server has changed; starting over"]);
    }
}

#[test]
fn without_resume_an_old_part_is_thrown_away_but_not_for_nothing() {
    let (server, folder) = (serve(&[]), TempDir::new().unwrap());
    let part = folder.path().join("a.bin.part");
    fs::write(&part, "old bytes").unwrap();
    run(folder.path(), &["get", &server.address, "a.bin"]).says(1, &["a.bin.part holds 9 bytes"]);
    assert_eq!(fs::read(&part).unwrap(), b"old bytes");
    server.put("a.bin", b"new");
    run(folder.path(), &["get", &server.address, "a.bin"])
        .says(0, &["a.bin.part: 9 old bytes thrown away"]);
    assert_eq!(fs::read(folder.path().join("a.bin")).unwrap(), b"new");
}

/// Tells the size, sends a part, and stays silent.
fn stuck_server(seconds: u64) -> Peer {
    Peer::new(move |mut stream| {
        let _ = stream.read(&mut [0; 1024]);
        stream.write_all(b"OK 1000\n").unwrap();
        stream.write_all(&[b'x'; 300]).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(seconds))).unwrap();
        let _ = stream.read(&mut [0]);
    })
}

#[test]
fn a_silent_server_is_given_up() {
    let (server, folder) = (stuck_server(5), TempDir::new().unwrap());
    let got = run(folder.path(), &["get", &server.address, "a.bin", "--idle-timeout", "1"]);
    got.says(1, &["nothing came for 1 s", "got 300 of 1000 bytes; kept as a.bin.part"]);
}

#[cfg(unix)]
#[test]
fn ctrl_c_keeps_what_came() {
    use nix::sys::signal::Signal;
    for (signal, code) in [(Signal::SIGINT, 130), (Signal::SIGTERM, 143)] {
        let (server, folder) = (stuck_server(5), TempDir::new().unwrap());
        let get = start(folder.path(), &["get", &server.address, "a.bin"]);
        let part = folder.path().join("a.bin.part");
        testkit::step::until("bytes came", || part.metadata().is_ok_and(|part| part.len() == 300));
        get.signal(signal);
        ended(get).says(
            code,
            &["stopped: got 300 of 1000 bytes; kept as a.bin.part, go on with --resume"],
        );
    }
}

#[test]
fn two_downloads_of_one_name_do_not_mix() {
    let (server, folder) = (stuck_server(5), TempDir::new().unwrap());
    let real = serve(&[]);
    real.put("a.bin", b"hello");
    let mut first = start(folder.path(), &["get", &server.address, "a.bin"]);
    first.expect_stderr("connected to *").unwrap();
    let got = run(folder.path(), &["get", &real.address, "a.bin"]);
    got.says(2, &["a.bin.part is being written by another download"]);
    first.kill();
    drop(first);
    run(folder.path(), &["get", &real.address, "a.bin"]).says(0, &["saved a.bin"]);
}

#[test]
fn many_downloads_of_one_name_leave_one_whole_file() {
    let (server, folder) = (serve(&[]), TempDir::new().unwrap());
    let content = noise(16, SIZE);
    server.put("a.bin", &content);
    let args = ["get", &server.address, "a.bin"];
    let running: Vec<_> = (0..8).map(|_| start(folder.path(), &args)).collect();
    let codes: Vec<_> = running.into_iter().map(|get| ended(get).code).collect();
    assert_eq!(codes.iter().filter(|&&code| code == Some(0)).count(), 1, "{codes:?}");
    assert!(codes.iter().all(|code| matches!(code, Some(0 | 2))), "{codes:?}");
    assert_eq!(names(folder.path()), ["a.bin"]);
    check_nothing_wrong(folder.path(), &content);
}

#[test]
fn a_file_that_appears_meanwhile_is_not_overwritten() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.bin");
    let server = Peer::new(move |mut stream| {
        let _ = stream.read(&mut [0; 1024]);
        fs::write(path, "somebody else's").unwrap();
        stream.write_all(b"OK 5\nhelloSUM crc32 3610a686\n").unwrap();
    });
    let got = run(folder.path(), &["get", &server.address, "a.bin"]);
    got.says(2, &["a.bin is already there; nothing was overwritten", "kept as a.bin.part"]);
    assert_eq!(fs::read(folder.path().join("a.bin")).unwrap(), b"somebody else's");
    assert_eq!(fs::read(folder.path().join("a.bin.part")).unwrap(), b"hello");
}

#[cfg(unix)]
#[test]
fn a_link_in_the_place_of_the_part_is_not_followed() {
    let (server, folder) = (serve(&[]), TempDir::new().unwrap());
    server.put("a.bin", b"hello");
    fs::write(folder.path().join("mine"), "mine").unwrap();
    std::os::unix::fs::symlink("mine", folder.path().join("a.bin.part")).unwrap();
    run(folder.path(), &["get", &server.address, "a.bin"]).says(2, &["open a.bin.part: "]);
    assert_eq!(fs::read(folder.path().join("mine")).unwrap(), b"mine");
}

/// A limit of the file's size stops the writing in the middle of a block, as a disk does that gets full.
#[cfg(unix)]
#[test]
fn a_limit_of_the_size_is_reported_and_resumed_at_any_byte() {
    let server = serve(&[]);
    let content = noise(17, SIZE);
    server.put("a.bin", &content);
    let mut random = Rng::with_seed(0xfa17);
    for point in 0..points() {
        let folder = TempDir::new().unwrap();
        let most = random.usize(..SIZE / 512);
        // A shell counts in blocks of 512 or of 1,024 bytes.
        let script = format!(r#"ulimit -f {most} && exec "$0" "$@""#);
        let program = crate::kit::program();
        let shell = ["-c", &script, program.to_str().unwrap()];
        let words = [&shell[..], &one_of_two_ways(point, &server.address)].concat();
        let launch = testkit::Launch::new("/bin/sh").args(&words);
        let got = ended(launch.current_dir(folder.path()).no_input().start().unwrap());
        check_nothing_wrong(folder.path(), &content);
        if got.code != Some(0) {
            let kept = if most == 0 { "nothing was saved" } else { "of 3000000 bytes; kept as" };
            got.says(2, &["write a.bin.part: File too large", kept]);
            resume(folder.path(), &server, &content);
        }
    }
}

/// Runs a shell script on a disk of this many bytes, in a mount namespace of its own. In the script `$0` is the
/// program and `$1` the path that is given here. `None`: the system doesn't allow that.
#[cfg(target_os = "linux")]
fn on_a_disk_of(bytes: usize, script: &str, path: &str) -> Option<Ended> {
    let folder = TempDir::new().unwrap();
    let script = format!("mount -t tmpfs -o size={bytes} none . && cd \"$PWD\" && {script}");
    let program = crate::kit::program();
    let args = ["-Urm", "/bin/sh", "-c", script.as_str(), program.to_str().unwrap(), path];
    let launch = testkit::Launch::new("unshare").args(&args).current_dir(folder.path()).no_input();
    let Ok(program) = launch.start() else {
        testkit::skip::skipped("a full disk", "there is no `unshare` here");
        return None;
    };
    let got = ended(program);
    // Later on a failed mount is a failed test.
    if got.stderr.starts_with("unshare:") || got.stderr.starts_with("mount:") {
        testkit::skip::skipped("a full disk", &format!("no mount namespace here: {}", got.stderr));
        return None;
    }
    Some(got)
}

/// Where the size is known, a disk that is too full says so at once. The tutorials' protocol doesn't tell the
/// size, so there the disk gets full on the way. With more room, both end with the right file.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_reported_and_with_more_room_the_download_is_whole() {
    let server = serve(&[]);
    server.put("a.bin", &noise(18, SIZE));
    let mut random = Rng::with_seed(0xd15c);
    for point in 0..points() {
        // The system rounds it up to whole pages of 4 KiB.
        let size = random.usize(..SIZE - 4096).max(4096);
        let way = ["", "--no-verify", "--classic"][point % 3];
        let script = format!(
            r#""$0" get {address} a.bin {way}; echo $?; wc -c < a.bin.part; mount -t tmpfs -o remount,size=4m none "$PWD" &&
               "$0" get {address} a.bin --resume && cmp a.bin "$1" && ls"#,
            address = server.address,
        );
        let original = server.folder.path().join("a.bin");
        let Some(got) = on_a_disk_of(size, &script, &original.to_string_lossy()) else { return };
        got.says(0, &["a.bin.part: No space left on device", "free some space"]);
        let shown: Vec<_> = got.stdout.lines().collect();
        if way == "--classic" {
            let kept: usize = shown[1].trim().parse().unwrap();
            assert!(kept > size / 2 && kept <= size + 4096, "{size} {got:?}");
            got.says(0, &[&format!("a.bin.part holds {kept} bytes"), "going on after"]);
        } else {
            got.says(0, &["reserve 2.86 MiB for a.bin.part", "nothing was saved"]);
        }
        assert_eq!((shown[0], shown.last()), ("2", Some(&"a.bin")), "{got:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_folder_that_may_not_be_written_to_is_reported() {
    use std::os::unix::fs::PermissionsExt;
    let (server, folder) = (serve(&[]), TempDir::new().unwrap());
    server.put("a.bin", b"hello");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o555)).unwrap();
    if fs::write(folder.path().join("try"), "").is_ok() {
        return testkit::skip::skipped(
            "a folder that may not be written to",
            "root may write anywhere",
        );
    }
    let got = run(folder.path(), &["get", &server.address, "a.bin"]);
    got.says(2, &["open a.bin.part: Permission denied", "save in a folder of your own"]);
}

/// The last line says whether the file is whole, so half of it says nothing.
#[test]
fn a_cut_in_the_last_line_keeps_the_part() {
    let server = serve(&[]);
    server.put("a.bin", b"hello");
    for last in ["S", "SUM crc32 3610", "SUM crc32 3610a686", "SUM crc32 3610a686\r", "ERR chan"] {
        let folder = TempDir::new().unwrap();
        let cut = Peer::answering(format!("OK 5\nhello{last}").as_bytes());
        let got = run(folder.path(), &["get", &cut.address, "a.bin"]);
        got.says(
            1,
            &["closed the connection in the middle of a line", "got 5 of 5 bytes; kept as"],
        );
        let again = Peer::answering(format!("OK 5\n{last}").as_bytes());
        run(folder.path(), &["get", &again.address, "a.bin", "--resume"])
            .says(1, &["got 5 of 5 bytes; kept as"]);
        resume(folder.path(), &server, b"hello");
    }
    for first in ["O", "OK", "OK 5", "ERR not-fou"] {
        let folder = TempDir::new().unwrap();
        let cut = Peer::answering(first.as_bytes());
        let got = run(folder.path(), &["get", &cut.address, "a.bin"]);
        got.says(1, &[&format!("in the middle of a line: {first}\n")]);
        assert_eq!(names(folder.path()).len(), 0);
    }
}

#[test]
fn lines_may_end_as_on_windows() {
    let folder = TempDir::new().unwrap();
    let server = Peer::answering(b"OK 5\r\nhelloSUM crc32 3610a686\r\n");
    run(folder.path(), &["get", &server.address, "a.bin"]).says(0, &["checksum verified"]);
    let server = Peer::answering(b"OK 1\r\n5 a.bin\r\n");
    assert_eq!(run(folder.path(), &["list", &server.address, "--plain"]).stdout, "5 a.bin\n");
}

/// Nothing is downloaded that couldn't be saved in the end: the server isn't even called.
#[test]
fn what_can_not_be_replaced_is_refused_before_the_download() {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("folder")).unwrap();
    let mut rows = Vec::new();
    rows.push(("folder", "folder is a folder; nothing was downloaded"));
    #[cfg(unix)]
    {
        nix::unistd::mkfifo(&folder.path().join("fifo"), nix::sys::stat::Mode::S_IRWXU).unwrap();
        std::os::unix::fs::symlink("/dev/null", folder.path().join("link")).unwrap();
        rows.push(("fifo", "fifo is no regular file; nothing was downloaded"));
        rows.push(("link", "link is no regular file; nothing was downloaded"));
        rows.push(("/dev/null", "/dev/null is no regular file; nothing was downloaded"));
    }
    for (name, words) in rows {
        let saving = ["get", "127.0.0.1:1", name, "--force"];
        let named: &[&str] = if name == "folder" {
            &saving
        } else {
            &["get", "127.0.0.1:1", "a", "-o", name, "--force"]
        };
        run(folder.path(), named).says(2, &[words, "-o FILE"]);
    }
}
