//! Do our programs talk to ncat and socat, in every role? Both are skipped, aloud, where they are not installed.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic)] // a test helper may fail like the test itself

use std::net::{TcpListener, UdpSocket};
use std::thread;

use testkit::program::Result;
use testkit::skip::installed;
use testkit::step::waiting;
use testkit::{Launch, Program};

/// `你好` and a line end, in GBK.
const HELLO: &[u8] = b"\xc4\xe3\xba\xc3\n";

#[derive(Clone, Copy, Debug, PartialEq)]
enum Tool {
    Ncat,
    Socat,
}

use Tool::{Ncat, Socat};

/// The tools that are there.
fn tools(step: &str) -> Vec<Tool> {
    let rows = [(Ncat, ["ncat", "--version"]), (Socat, ["socat", "-V"])];
    let there = rows.iter().filter(|(tool, ask)| installed(ask, &format!("{step} and {tool:?}")));
    there.map(|(tool, _)| *tool).collect()
}

impl Tool {
    /// Calls a program of ours; `kind` is tcp or udp.
    fn call(self, kind: &str, address: &str) -> Program {
        let (host, port) = address.rsplit_once(':').unwrap();
        match (self, kind) {
            (Ncat, "tcp") => Program::start("ncat", &[host, port]),
            (Ncat, _) => Program::start("ncat", &["-u", host, port]),
            (Socat, _) => Program::start("socat", &["-", &format!("{kind}:{address}")]),
        }
        .unwrap()
    }

    /// Waits for a program of ours, on a port of its own.
    fn wait(self, kind: &str) -> (Program, String) {
        match self {
            Ncat => ncat_waits(kind),
            Socat => {
                let listen = format!("{kind}-listen:0,bind=127.0.0.1");
                let mut socat = Program::start("socat", &["-d", "-d", "-", &listen]).unwrap();
                let line = socat.expect_stderr("* listening on * 127.0.0.1:*").unwrap();
                (socat, line.rsplit(' ').next().unwrap().to_owned())
            }
        }
    }

    /// Calls a socket file.
    fn call_file(self, path: &str) -> Program {
        match self {
            Ncat => Program::start("ncat", &["-U", path]),
            Socat => Program::start("socat", &["-", &format!("unix-connect:{path}")]),
        }
        .unwrap()
    }
}

/// ncat doesn't say which port it got when it was asked for port 0; so it is given one that was free a moment ago, and
/// another one if somebody was faster.
fn ncat_waits(kind: &str) -> (Program, String) {
    for _ in 0..10 {
        let free = match kind {
            "tcp" => TcpListener::bind("127.0.0.1:0").unwrap().local_addr(),
            _ => UdpSocket::bind("127.0.0.1:0").unwrap().local_addr(),
        };
        let port = free.unwrap().port().to_string();
        let options: &[&str] = if kind == "udp" { &["-u"] } else { &[] };
        let args = [&["-v", "-l", "127.0.0.1", &port], options].concat();
        let mut ncat = Program::start("ncat", &args).unwrap();
        if ncat.expect_stderr("*Listening on *").is_ok() {
            return (ncat, format!("127.0.0.1:{port}"));
        }
    }
    panic!("ncat finds no free port");
}

#[test]
fn tcp_server_and_a_tool_that_calls() -> Result<()> {
    for tool in tools("tcp-server") {
        let (mut server, address) =
            waiting("tcp-server", &["127.0.0.1:0", "--echo", "--once", "--encoding", "gbk"]);
        let mut caller = tool.call("tcp", &address);
        caller.send_bytes(HELLO)?;
        server.expect_stdout("[127.0.0.1:*] 5 bytes: 你好")?;
        caller.expect_stdout("*")?;
        caller.end_input(); // the tool closes its half
        server.expect_exit(0)?;
        caller.expect_exit(0)?;
        assert_eq!(caller.stdout_bytes(), HELLO);
    }
    Ok(())
}

#[test]
fn tcp_server_speaks_and_a_tool_listens() -> Result<()> {
    for tool in tools("tcp-server --greet") {
        let (mut server, address) =
            waiting("tcp-server", &["127.0.0.1:0", "--once", "--greet", "hi"]);
        let mut caller = tool.call("tcp", &address);
        caller.expect_stdout("hi")?;
        caller.end_input();
        server.expect_exit(0)?;
        caller.expect_exit(0)?;
    }
    Ok(())
}

#[test]
fn tcp_client_and_a_tool_that_waits() -> Result<()> {
    for tool in tools("tcp-client") {
        let (mut listener, address) = tool.wait("tcp");
        let mut client = Program::step("tcp-client", &[&address, "--encoding", "gbk"])?;
        client.type_line("你好")?;
        listener.expect_stdout("*")?;
        assert_eq!(listener.stdout_bytes(), HELLO);
        listener.send_bytes(HELLO)?;
        client.expect_stdout("你好")?;
        listener.end_input();
        client.end_input();
        client.expect_exit(0)?;
        listener.expect_exit(0)?;

        let (mut listener, address) = tool.wait("tcp");
        let mut client = Program::step("tcp-client", &[&address, "only", "this"])?;
        listener.expect_stdout("only this")?;
        listener.end_input();
        client.expect_exit(0)?;
        listener.expect_exit(0)?;
        assert_eq!(listener.stdout_text(), "only this");
    }
    Ok(())
}

#[test]
fn tcp_duplex_waits_and_a_tool_calls() {
    // All at the same time: a peer that doesn't close after `end` is waited for.
    thread::scope(|scope| {
        for tool in tools("tcp-duplex serve") {
            for framing in ["line", "raw"] {
                for ours_ends in [true, false] {
                    scope.spawn(move || duplex_is_called(tool, framing, ours_ends).unwrap());
                }
            }
        }
    });
}

fn duplex_is_called(tool: Tool, framing: &str, ours_ends: bool) -> Result<()> {
    let mut duplex = Program::step("tcp-duplex", &["serve", "127.0.0.1:0", "--framing", framing])?;
    let mut caller = tool.call("tcp", &duplex.listening()?);
    caller.type_line("你好")?;
    duplex.expect_stdout("[127.0.0.1:*] 你好")?;
    duplex.type_line("再见")?;
    caller.expect_stdout("再见")?;
    if ours_ends {
        duplex.type_line("end")?;
        caller.expect_stdout("end")?;
    } else {
        caller.type_line("end")?;
    }
    duplex.expect_exit(0)
}

#[test]
fn tcp_duplex_calls_and_a_tool_waits() -> Result<()> {
    for tool in tools("tcp-duplex connect") {
        for framing in ["line", "raw"] {
            let (mut listener, address) = tool.wait("tcp");
            let options = ["connect", &address, "--turns", "--framing", framing];
            let mut duplex = Program::step("tcp-duplex", &options)?;
            duplex.type_line("你好")?;
            listener.expect_stdout("你好")?;
            listener.type_line("再见")?;
            duplex.expect_stdout(&format!("[{address}] 再见"))?;
            listener.kill();
            duplex.expect_exit(0)?;
        }
    }
    Ok(())
}

#[test]
fn udp_recv_and_a_tool_that_sends() -> Result<()> {
    for tool in tools("udp-recv") {
        let (mut receiver, address) =
            waiting("udp-recv", &["127.0.0.1:0", "--reply", "got it", "--encoding", "gbk"]);
        let mut sender = tool.call("udp", &address);
        sender.send_bytes(HELLO)?;
        receiver.expect_stdout("[127.0.0.1:*] 你好")?;
        sender.expect_stdout("got it")?;
        sender.type_line("88")?; // with its line end
        receiver.expect_exit(0)?;
    }
    Ok(())
}

#[test]
fn udp_send_and_a_tool_that_receives() -> Result<()> {
    for tool in tools("udp-send") {
        let (mut receiver, address) = tool.wait("udp");
        let mut sender = Program::step("udp-send", &[&address, "你好", "--wait", "5"])?;
        receiver.expect_stdout("你好")?;
        receiver.type_line("收到")?;
        sender.expect_exit(0)?;
        assert_eq!(sender.stdout_text(), format!("[{address}] 收到\n"));
    }
    Ok(())
}

#[test]
fn udp_chat_waits_and_a_tool_calls() -> Result<()> {
    for tool in tools("udp-chat --bind") {
        let mut chat = Program::step("udp-chat", &["--bind", "127.0.0.1:0", "--encoding", "gbk"])?;
        let mut caller = tool.call("udp", &chat.listening()?);
        caller.send_bytes(HELLO)?;
        chat.expect_stdout("[127.0.0.1:*] 你好")?;
        chat.type_line("hello")?;
        caller.expect_stdout("hello")?;
        caller.type_line("88")?;
        chat.expect_exit(0)?;
    }
    Ok(())
}

#[test]
fn udp_chat_calls_and_a_tool_waits() -> Result<()> {
    for tool in tools("udp-chat PEER") {
        let (mut listener, address) = tool.wait("udp");
        let mut chat = Program::step("udp-chat", &[&address])?;
        chat.type_line("你好")?;
        listener.expect_stdout("你好")?;
        listener.type_line("再见")?;
        chat.expect_stdout(&format!("[{address}] 再见"))?;
        chat.type_line("88")?;
        listener.expect_stdout("*88")?;
        chat.expect_exit(0)?;
    }
    Ok(())
}

#[test]
fn socket_files_and_a_tool_that_calls() -> Result<()> {
    for tool in tools("unix:PATH") {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file").to_str().unwrap().to_owned();
        let (mut server, _) = waiting("tcp-server", &[&format!("unix:{path}"), "--echo", "--once"]);
        let mut caller = tool.call_file(&path);
        caller.type_line("你好")?;
        caller.expect_stdout("你好")?;
        caller.end_input();
        server.expect_exit(0)?;

        let mut duplex = Program::step("tcp-duplex", &["serve", &format!("unix:{path}")])?;
        duplex.listening()?;
        let mut caller = tool.call_file(&path);
        caller.type_line("end")?;
        duplex.expect_exit(0)?;
    }
    Ok(())
}

#[test]
fn the_file_protocol_can_be_typed() -> Result<()> {
    for tool in tools("file-download serve") {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("课程.txt"), "你好\n").unwrap();
        let launch = Launch::step("file-download").current_dir(folder.path()).no_input();
        let mut server = launch.args(&["serve", "127.0.0.1:0"]).start()?;
        let address = server.listening()?;
        let mut list = tool.call("tcp", &address);
        list.type_line("LIST")?;
        list.expect_stdout("OK 1")?;
        list.expect_stdout("7 课程.txt")?;
        let mut get = tool.call("tcp", &address);
        get.type_line("GET 3 课程.txt")?;
        get.expect_stdout("OK 7")?;
        get.expect_stdout("好")?;
        get.expect_stdout("SUM *")?;
        let mut wrong = tool.call("tcp", &address);
        wrong.type_line("GET 0 none")?;
        wrong.expect_stdout("ERR not-found *")?;
    }
    Ok(())
}
