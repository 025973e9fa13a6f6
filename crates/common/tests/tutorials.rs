//! Do our programs talk to those of the tutorials that the course comes from? Each row of that table, in both roles,
//! with GBK and UTF-8: the small Python programs in `peers/` behave on the wire as the tutorials' do. They put no end
//! after a message, take what one recv returns for one message, and leave without a word.
//!
//! `cargo test -p common --test tutorials`
#![cfg(unix)]
#![allow(clippy::unwrap_used)] // a test helper may fail like the test itself

use std::path::Path;
use std::thread;

use testkit::program::{Exit, Result};
use testkit::step::waiting;
use testkit::{Launch, Program, skip};

const ENCODINGS: [&str; 2] = ["gbk", "utf-8"];

/// How a TCP peer may leave, and what our exit code then is; see `peers/leaving.py`.
const WAYS: [(&str, i32); 4] = [("closes", 0), ("vanishes", 0), ("killed", 0), ("resets", 1)];

/// A row of the table, in all encodings at the same time.
fn row(name: &str, talk: fn(&str) -> Result<()>) {
    if skip::python(&format!("the tutorials' row {name}")).is_some() {
        thread::scope(|scope| {
            for encoding in ENCODINGS {
                scope.spawn(move || talk(encoding).unwrap());
            }
        });
    }
}

/// One of the Python programs, with text in UTF-8 on its own input and output.
fn python(peer: &str, args: &[&str]) -> Program {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers").join(peer);
    // -u: what it prints comes at once. -B: it leaves no files behind. -S: it starts fast.
    let options = ["-u", "-B", "-S", "-X", "utf8", file.to_str().unwrap()];
    Launch::new(skip::python(peer).unwrap()).args(&options).args(args).start().unwrap()
}

/// A Python program that waits, and its address.
fn python_waiting(peer: &str, args: &[&str]) -> (Program, String) {
    let mut program = python(peer, args);
    let line = program.expect_stdout("port *").unwrap();
    (program, format!("127.0.0.1:{}", line.strip_prefix("port ").unwrap()))
}

fn port_of(address: &str) -> &str {
    address.rsplit(':').next().unwrap()
}

fn ours(step: &str, args: &[&str]) -> Program {
    Program::step(step, args).unwrap()
}

#[test]
fn udp_send_one_shot() {
    row("UDP send, one shot", |encoding| {
        let options = ["127.0.0.1:0", "--once", "--encoding", encoding];
        let (mut receiver, address) = waiting("udp-recv", &options);
        python("udp_send_once.py", &[port_of(&address), encoding, "数据 1"]).expect_exit(0)?;
        receiver.expect_exit(0)?;
        let printed = receiver.stdout_text();
        let (name, text) = printed.split_once("] ").unwrap();
        assert!(name.starts_with("[127.0.0.1:") && text == "数据 1\n", "{printed}");
        Ok(())
    });
}

#[test]
fn udp_receive_one_shot() {
    row("UDP receive, one shot", |encoding| {
        for (text, received) in [("数据", "数据".to_owned()), (&"a".repeat(2000), "a".repeat(1024))]
        {
            let (mut receiver, address) = python_waiting("udp_receive_once.py", &[encoding]);
            ours("udp-send", &[&address, text, "--encoding", encoding]).expect_exit(0)?;
            receiver.expect_stdout(&format!("from * bytes * '{received}'"))?;
            receiver.expect_exit(0)?;
        }
        Ok(())
    });
}

#[test]
fn udp_question_and_answer_we_answer() {
    row("UDP question and answer, we answer", |encoding| {
        let options = [":0", "--once", "--reply", "吃了", "--encoding", encoding];
        let (mut receiver, address) = waiting("udp-recv", &options);
        let mut asker = python("udp_ask.py", &[port_of(&address), encoding, "你吃了吗"]);
        asker.expect_stdout(&format!("answer from {} '吃了'", port_of(&address)))?;
        asker.expect_exit(0)?;
        receiver.expect_stdout("[127.0.0.1:*] 你吃了吗")?;
        receiver.expect_exit(0)?;
        Ok(())
    });
}

#[test]
fn udp_question_and_answer_we_ask() {
    row("UDP question and answer, we ask", |encoding| {
        let (mut answerer, address) = python_waiting("udp_answer.py", &[encoding, "吃了"]);
        let mut sender =
            ours("udp-send", &[&address, "你吃了吗", "--wait", "5", "--encoding", encoding]);
        answerer.expect_stdout("question '你吃了吗'")?;
        sender.expect_exit(0)?;
        assert_eq!(sender.stdout_text(), format!("[{address}] 吃了\n"));
        answerer.expect_exit(0)?;
        Ok(())
    });
}

#[test]
fn udp_continuous_we_receive() {
    row("UDP continuous, we receive", |encoding| {
        let (mut receiver, address) = waiting("udp-recv", &["127.0.0.1:0", "--encoding", encoding]);
        let mut sender = python("udp_send_until_88.py", &[port_of(&address), encoding]);
        for text in ["一", "", "888", "二 2", "88"] {
            sender.type_line(text)?;
            receiver.expect_stdout(&format!("[127.0.0.1:*] {text}"))?;
        }
        sender.expect_exit(0)?;
        receiver.expect_exit(0)?;
        Ok(())
    });
}

#[test]
fn udp_continuous_we_send() {
    row("UDP continuous, we send", |encoding| {
        let (mut receiver, address) = python_waiting("udp_receive_until_88.py", &[encoding]);
        let mut sender = ours("udp-send", &[&address, "--encoding", encoding]);
        for text in ["一", "", "888", "二 2", "88"] {
            sender.type_line(text)?;
            receiver.expect_stdout(&format!("got '{text}'"))?;
        }
        receiver.expect_exit(0)?;
        sender.expect_exit(0)?;
        Ok(())
    });
}

#[test]
fn udp_chat_their_server() {
    row("UDP chat, their server", |encoding| {
        let (mut server, address) = python_waiting("udp_chat_server.py", &[encoding]);
        let mut client =
            ours("udp-chat", &[&address, "--bind", "0.0.0.0:0", "--encoding", encoding]);
        client.listening()?;
        for (question, answer) in [("你好", "你也好"), ("再来", "好的")] {
            client.type_line(question)?;
            server.expect_stdout(&format!("got '{question}'"))?;
            server.type_line(answer)?;
            client.expect_stdout(&format!("[{address}] {answer}"))?;
        }
        client.type_line("88")?;
        server.expect_stdout("got '88'")?;
        client.expect_exit(0)?;
        Ok(())
    });
}

#[test]
fn udp_chat_their_client() {
    row("UDP chat, their client", |encoding| {
        let mut server = ours("udp-chat", &["--bind", "0.0.0.0:0", "--encoding", encoding]);
        let address = server.listening()?;
        let mut client = python("udp_chat_client.py", &[port_of(&address), encoding]);
        client.send_bytes("第一\n第二\n".as_bytes())?; // two at once, before we have said anything
        server.expect_stdout("[127.0.0.1:*] 第一")?;
        server.expect_stdout("[127.0.0.1:*] 第二")?;
        server.send_bytes("回一\n回二\n".as_bytes())?;
        client.expect_stdout("got '回一'")?;
        client.expect_stdout("got '回二'")?;
        client.type_line("88")?;
        server.expect_exit(0)?;
        Ok(())
    });
}

#[test]
fn udp_duplex_both_ends_are_equal() {
    row("UDP duplex", |encoding| {
        for theirs_first in [true, false] {
            let (mut theirs, address) = python_waiting("udp_duplex.py", &[encoding]);
            let options = [&address, "--bind", "127.0.0.1:0", "--encoding", encoding];
            let mut ours = ours("udp-chat", &options);
            theirs.type_line(port_of(&ours.listening()?))?;
            if theirs_first {
                theirs.send_bytes("他们\n".as_bytes())?;
                ours.expect_stdout(&format!("[{address}] 他们"))?;
            }
            ours.send_bytes("一\n二\n".as_bytes())?;
            theirs.expect_stdout("got '一'")?;
            theirs.expect_stdout("got '二'")?;
            theirs.send_bytes("三\n四\n".as_bytes())?;
            ours.expect_stdout(&format!("[{address}] 三"))?;
            ours.expect_stdout(&format!("[{address}] 四"))?;
            ours.type_line("88")?;
            theirs.expect_stdout("got '88'")?;
            ours.expect_exit(0)?;
        }
        Ok(())
    });
}

#[test]
fn tcp_one_shot_our_client() {
    row("TCP, one shot, our client", |encoding| {
        for (way, code) in WAYS {
            let (mut server, address) = python_waiting("tcp_once_server.py", &[encoding, way]);
            let mut client = ours("tcp-client", &[&address, "你好", "--encoding", encoding]);
            server.expect_stdout("got '你好'")?; // the bare text, and all of it in one recv
            client.expect_exit(code)?;
            assert_eq!(client.stdout_text(), "");

            let (mut server, address) = python_waiting("tcp_once_server.py", &[encoding, way]);
            let mut client = ours("tcp-client", &[&address, "--encoding", encoding]);
            client.type_line("typed 你好")?;
            server.expect_stdout("got 'typed 你好\\n'")?;
            client.expect_exit(code)?; // at once: nothing more is typed
        }
        Ok(())
    });
}

#[test]
fn tcp_one_shot_our_server() {
    row("TCP, one shot, our server", |encoding| {
        for (way, code) in WAYS {
            let (mut server, address) =
                waiting("tcp-server", &["127.0.0.1:0", "--once", "--encoding", encoding]);
            let mut client =
                python("tcp_once_client.py", &[port_of(&address), encoding, "你好", way]);
            // A reset may overtake the text, except on Linux.
            let may_overtake = || {
                !cfg!(target_os = "linux")
                    || skip::under_wine("a text before a reset", "a reset may overtake it")
            };
            if way != "resets" || !may_overtake() {
                server.expect_stdout("[127.0.0.1:*] * bytes: 你好")?;
            }
            server.expect_exit(code)?;
            if code == 1 {
                let said = server.stderr_text();
                assert!(said.contains("ended abruptly (reset)"), "{said}");
            }
            let killed = if way == "killed" { Exit::Signal(9) } else { Exit::Code(0) };
            assert_eq!(client.wait()?, killed);
        }
        Ok(())
    });
}

#[test]
fn tcp_one_shot_with_a_peer_that_waits_and_does_not_close() {
    row("TCP, one shot, with a peer that waits", |encoding| {
        let (mut server, address) =
            waiting("tcp-server", &["127.0.0.1:0", "--once", "--encoding", encoding]);
        let mut client =
            python("tcp_once_client.py", &[port_of(&address), encoding, "你好", "waits"]);
        server.expect_stdout("[127.0.0.1:*] * bytes: 你好")?; // what has come is shown at once
        client.expect_stdout("waiting")?;
        assert_eq!(server.ended(), None);
        client.end_input();
        server.expect_exit(0)?;

        let (mut server, address) = python_waiting("tcp_once_server.py", &[encoding, "waits"]);
        let mut client = ours("tcp-client", &[&address, "你好", "--encoding", encoding]);
        server.expect_stdout("got '你好'")?;
        server.expect_stdout("waiting")?;
        assert_eq!(client.ended(), None);
        server.end_input();
        client.expect_exit(0)?;
        Ok(())
    });
}

#[test]
fn tcp_server_speaks_theirs() {
    row("TCP, server speaks, theirs", |encoding| {
        let (mut server, address) =
            python_waiting("tcp_speaking_server.py", &[encoding, "欢迎光临"]);
        let options = [&address, "--encoding", encoding];
        let mut client = Launch::step("tcp-client").args(&options).no_input().start()?;
        client.expect_exit(0)?;
        assert_eq!(client.stdout_text(), "欢迎光临\n");
        server.expect_exit(0)?;
        Ok(())
    });
}

#[test]
fn tcp_server_speaks_ours() {
    row("TCP, server speaks, ours", |encoding| {
        let options = ["127.0.0.1:0", "--once", "--greet", "欢迎光临", "--encoding", encoding];
        let (mut server, address) = waiting("tcp-server", &options);
        let mut client = python("tcp_listening_client.py", &[port_of(&address), encoding]);
        client.expect_stdout("got '欢迎光临'")?;
        client.expect_exit(0)?;
        server.expect_exit(0)?;
        Ok(())
    });
}

#[test]
fn tcp_loop_their_server() {
    row("TCP, loop, their server", |encoding| {
        let (mut server, address) = python_waiting("tcp_loop_server.py", &[encoding]);
        let may_be_killed =
            !skip::under_wine("a client that is killed", "its connection sometimes stays open");
        for killed in [may_be_killed, false] {
            let mut client = ours("tcp-client", &[&address, "--encoding", encoding]);
            server.expect_stdout("client")?;
            for text in ["一", "二"] {
                client.type_line(text)?;
                server.expect_stdout(&format!("got '{text}\\n'"))?;
            }
            if killed {
                client.kill();
            } else {
                client.end_input();
                client.expect_exit(0)?;
            }
            server.expect_stdout("gone")?;
        }
        Ok(())
    });
}

#[test]
fn tcp_loop_our_server() {
    row("TCP, loop, our server", |encoding| {
        let (mut server, address) = waiting("tcp-server", &["127.0.0.1:0", "--encoding", encoding]);
        for (way, code) in WAYS {
            let mut client = python("tcp_loop_client.py", &[port_of(&address), encoding, way]);
            for text in ["一", "二 2"] {
                client.type_line(text)?;
                server.expect_stdout(&format!("[127.0.0.1:*] * bytes: {text}"))?;
            }
            client.end_input();
            let end = if code == 0 { "*closed the connection*" } else { "*(reset)*" };
            server.expect_stderr(end)?; // and the next one is served
        }
        assert_eq!(server.ended(), None);
        Ok(())
    });
}

/// The options of the two rows of `tcp-duplex`.
fn duplex<'a>(role: &'a str, address: &'a str, encoding: &'a str) -> [&'a str; 6] {
    [role, address, "--framing", "raw", "--encoding", encoding]
}

#[test]
fn tcp_taking_turns_their_server() {
    row("TCP, taking turns, their server", |encoding| {
        let (mut server, address) = python_waiting("tcp_turns_server.py", &[encoding]);
        let options = duplex("connect", &address, encoding);
        let mut client = ours("tcp-duplex", &[&options[..], &["--turns"]].concat());
        for (question, answer) in [("你吃了吗", "吃了"), ("再见", "回头见")] {
            client.type_line(question)?;
            server.expect_stdout(&format!("got '{question}'"))?;
            server.type_line(answer)?;
            client.expect_stdout(&format!("[{address}] {answer}"))?;
        }
        client.type_line("end")?;
        server.expect_stdout("got 'end'")?;
        server.expect_exit(0)?;
        client.expect_exit(0)?;
        Ok(())
    });
}

#[test]
fn tcp_taking_turns_all_typed_before_anything_is_answered() {
    row("TCP, taking turns, from a script", |encoding| {
        let (mut server, address) = python_waiting("tcp_turns_server.py", &[encoding]);
        let options = duplex("connect", &address, encoding);
        let mut client = ours("tcp-duplex", &[&options[..], &["--turns"]].concat());
        client.send_bytes("一\n二\nend\n".as_bytes())?;
        server.send_bytes("甲\n乙\n".as_bytes())?;
        for got in ["一", "二", "end"] {
            server.expect_stdout(&format!("got '{got}'"))?; // never two in one recv
        }
        server.expect_exit(0)?;
        client.expect_exit(0)?;
        assert_eq!(client.stdout_text(), format!("[{address}] 甲\n[{address}] 乙\n"));
        Ok(())
    });
}

#[test]
fn tcp_taking_turns_their_client() {
    row("TCP, taking turns, their client", |encoding| {
        let options = duplex("serve", "127.0.0.1:0", encoding);
        let mut server = ours("tcp-duplex", &[&options[..], &["--turns"]].concat());
        let address = server.listening()?;
        let mut client = python("tcp_turns_client.py", &[port_of(&address), encoding]);
        for (question, answer) in [("你吃了吗", "吃了"), ("再见", "回头见")] {
            client.type_line(question)?;
            server.expect_stdout(&format!("[127.0.0.1:*] {question}"))?;
            server.type_line(answer)?;
            client.expect_stdout(&format!("got '{answer}'"))?;
        }
        client.type_line("end")?;
        client.expect_exit(0)?;
        server.expect_exit(0)?;
        Ok(())
    });
}

#[test]
fn tcp_talking_freely_their_server() {
    row("TCP, talking freely, their server", |encoding| {
        let (mut server, address) = python_waiting("tcp_free.py", &["serve", encoding]);
        let mut client = ours("tcp-duplex", &duplex("connect", &address, encoding));
        client.expect_stderr("connected to *")?;
        server.type_line("先说")?; // the server may begin
        client.expect_stdout(&format!("[{address}] 先说"))?;
        client.type_line("一")?;
        server.expect_stdout("got '一'")?;
        client.type_line("二")?;
        server.expect_stdout("got '二'")?;
        client.type_line("end")?;
        server.expect_stdout("got 'end'")?;
        server.expect_exit(0)?;
        client.expect_exit(0)?;
        Ok(())
    });
}

#[test]
fn tcp_talking_freely_their_client() {
    row("TCP, talking freely, their client", |encoding| {
        let mut server = ours("tcp-duplex", &duplex("serve", "127.0.0.1:0", encoding));
        let address = server.listening()?;
        let mut client = python("tcp_free.py", &[port_of(&address), encoding]);
        client.send_bytes("第一\n第二\n".as_bytes())?; // quickly: one recv may return both
        let first = server.expect_stdout("[127.0.0.1:*] 第一*")?;
        if !first.ends_with("第一第二") {
            assert!(first.ends_with("第一"), "{first}");
            server.expect_stdout("[127.0.0.1:*] 第二")?;
        }
        server.send_bytes("回一\n回二\n".as_bytes())?;
        let first = client.expect_stdout("got '回一*'")?;
        if first != "got '回一回二'" {
            assert_eq!(first, "got '回一'");
            client.expect_stdout("got '回二'")?;
        }
        client.type_line("end")?;
        server.expect_exit(0)?;
        client.expect_stdout("gone")?;
        client.expect_exit(0)?;
        Ok(())
    });
}

#[test]
fn tcp_talking_freely_with_a_client_that_is_killed() {
    row("TCP, talking freely, their client is killed", |encoding| {
        for turns in [&[][..], &["--turns"]] {
            let options = [&duplex("serve", "127.0.0.1:0", encoding)[..], turns].concat();
            let mut server = ours("tcp-duplex", &options);
            let address = server.listening()?;
            let mut client = python("tcp_free.py", &[port_of(&address), encoding]);
            client.type_line("你好")?;
            server.expect_stdout("[127.0.0.1:*] 你好")?;
            client.kill();
            server.expect_stderr("the peer closed the connection (recv returned 0 bytes)")?;
            server.expect_exit(0)?; // though somebody could type
        }
        Ok(())
    });
}

/// The files of the file downloader's rows: small, too big for one recv, and empty.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("课程.txt"), "你好\n").unwrap();
    std::fs::write(folder.path().join("big.bin"), big()).unwrap();
    std::fs::write(folder.path().join("empty"), "").unwrap();
    std::fs::write(folder.path().join("GIFT"), "a name that begins like a command").unwrap();
    folder
}

fn big() -> Vec<u8> {
    (0..200_000_u32).flat_map(u32::to_be_bytes).collect()
}

#[test]
fn file_downloader_their_server() {
    row("file downloader, their server", |encoding| {
        let (offered, here) = (folder(), tempfile::tempdir().unwrap());
        let folder = offered.path().to_str().unwrap();
        let (mut server, address) = python_waiting("file_server.py", &[folder, encoding]);
        let get = |name: &str| {
            let options = ["get", &address, name, "--classic", "--force", "--encoding", encoding];
            Launch::step("file-download").args(&options).current_dir(here.path()).start()
        };
        for name in ["课程.txt", "big.bin"] {
            let mut got = get(name)?;
            server.expect_stdout(&format!("asked for '{name}'"))?;
            got.expect_exit(0)?;
            let bytes = std::fs::read(here.path().join(name)).unwrap();
            assert_eq!(bytes, std::fs::read(offered.path().join(name)).unwrap());
        }
        for name in ["没有.txt", "empty"] {
            let mut got = get(name)?;
            got.expect_exit(1)?;
            let said = got.stderr_text();
            assert!(said.contains(name) && said.contains("nothing was saved"), "{said}");
            assert!(!here.path().join(name).exists());
        }
        Ok(())
    });
}

#[test]
fn file_downloader_their_client() {
    row("file downloader, their client", |encoding| {
        let (offered, here) = (folder(), tempfile::tempdir().unwrap());
        let folder = offered.path().to_str().unwrap();
        let options = ["serve", "127.0.0.1:0", folder, "--encoding", encoding];
        let (_server, address) = waiting("file-download", &options);
        let save_as = here.path().join("saved");
        let get = |name: &str| {
            let _ = std::fs::remove_file(&save_as);
            let save_as = save_as.to_str().unwrap();
            python("file_client.py", &[port_of(&address), encoding, name, save_as])
        };
        get("课程.txt").expect_stdout("saved 7")?;
        for name in ["课程.txt", "GIFT", "big.bin"] {
            get(name).expect_exit(0)?;
            let saved = std::fs::read(&save_as).unwrap();
            let whole = std::fs::read(offered.path().join(name)).unwrap();
            // One recv of 1024 bytes is all that this client takes.
            let expected = &whole[..whole.len().min(1024)];
            assert!(saved == expected, "{name}: {} bytes", saved.len());
        }
        for name in ["没有.txt", "empty", "../secret"] {
            let mut got = get(name);
            got.expect_stdout("nothing came")?;
            got.expect_exit(0)?;
        }
        Ok(())
    });
}
