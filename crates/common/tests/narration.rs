//! The narration cannot lie: what `--explain` prints is compared with the list in the step's lesson and, where strace
//! is installed, with the system calls that the program makes.
#![allow(clippy::unwrap_used, clippy::panic)] // a test helper may fail like the test itself

use std::collections::{BTreeSet, HashMap};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use testkit::skip::skipped;
use testkit::{Launch, Program, step_program};

const DEADLINE: Duration = Duration::from_secs(10);

/// A step of a list: its number, such as `1b`, and its call.
type Step = (String, String);

/// What one run printed and, if strace watched it, the calls that it made.
struct Run {
    command: String,
    printed: Vec<Step>,
    made: Option<Vec<String>>,
}

/// Starts a program of the course with `--explain`, below strace if there is one.
struct Stage {
    record: Option<tempfile::NamedTempFile>,
    command: String,
}

impl Stage {
    fn start(step: &str, args: &[&str]) -> (Stage, Program) {
        let record = strace_works().then(|| tempfile::NamedTempFile::new().unwrap());
        let launch = match &record {
            Some(record) => Launch::new("strace")
                .args(&["-f", "-e", "trace=network,close,fcntl,?fcntl64", "-o"])
                .args(&[record.path()])
                .args(&[step_program(step)]),
            None => Launch::step(step),
        };
        let launch = launch.args(args).args(&["--explain"]).without_env("SOCKET_ENCODING");
        let program = launch.deadline(DEADLINE).start().unwrap();
        (Stage { record, command: format!("{step} {}", args.join(" ")) }, program)
    }

    /// The program ends; what it printed and made is then complete.
    fn end(self, program: Program) -> Run {
        self.end_with(0, program)
    }

    fn end_with(self, exit_code: i32, mut program: Program) -> Run {
        program.expect_exit(exit_code).unwrap();
        let printed = program.stderr_text().lines().filter_map(step_of).collect();
        let made = self.record.map(|file| calls(&std::fs::read_to_string(file.path()).unwrap()));
        Run { command: self.command, printed, made }
    }
}

/// Not everyone has strace, and not every system lets one process watch another.
fn strace_works() -> bool {
    let mut probe = Command::new("strace");
    probe.args(["-o", "/dev/null", "true"]).stdin(Stdio::null());
    let works = probe.stdout(Stdio::null()).stderr(Stdio::null()).status();
    let works = works.is_ok_and(|status| status.success());
    if !works {
        skipped("narration against strace", "strace doesn't work here");
    }
    works
}

/// `2b. recvfrom wait for …` as its number and its call.
fn step_of(line: &str) -> Option<Step> {
    let (number, rest) = line.split_once(". ")?;
    let digits = number.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let call = rest.split_whitespace().next()?;
    is_number.then(|| (number.to_owned(), call.to_owned()))
}

/// The numbered list in a lesson: its first block of the kind `steps`.
fn lesson_steps(lesson: &str) -> BTreeSet<Step> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/lessons").join(lesson);
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{lesson}: {error}"));
    let lines = text.lines().skip_while(|line| *line != "```steps").skip(1);
    let steps: Vec<Step> = lines
        .take_while(|line| *line != "```")
        .map(|line| step_of(line).unwrap_or_else(|| panic!("{lesson}: no step: {line}")))
        .collect();
    assert!(!steps.is_empty(), "{lesson} has no block ```steps");
    let set: BTreeSet<Step> = steps.iter().cloned().collect();
    assert_eq!(set.len(), steps.len(), "{lesson}: a duplicate step");
    set
}

/// Everything printed stands in the lesson, and everything in the lesson is printed by one of the runs. The first run is
/// the step without options: it prints all steps whose numbers have no letter.
fn hold_against_lesson(lesson: &str, runs: &[Run]) {
    let expected = lesson_steps(lesson);
    let set = |runs: &[Run]| -> BTreeSet<Step> {
        runs.iter().flat_map(|run| run.printed.iter().cloned()).collect()
    };
    assert_eq!(set(runs), expected, "printed, and in {lesson}");
    let without_letter = |steps: BTreeSet<Step>| -> BTreeSet<String> {
        let numbers = steps.into_iter().map(|(number, _)| number);
        numbers.filter(|number| number.bytes().all(|byte| byte.is_ascii_digit())).collect()
    };
    assert_eq!(
        without_letter(set(&runs[..1])),
        without_letter(expected),
        "{} prints each usual step of {lesson}",
        runs[0].command
    );
}

/// A step that stands for other calls than the one it is named after.
struct Composite {
    command: &'static str,
    printed: &'static str,
    made: &'static [&'static str],
    /// Why it is printed like that.
    _reason: &'static str,
}

const COMPOSITES: [Composite; 8] = [
    Composite {
        command: "tcp-duplex serve",
        printed: "accept",
        made: &["socket", "setsockopt", "bind", "listen", "accept", "close"],
        _reason: "step 4 shows them one by one; the chat is for two, so the listener is closed at once",
    },
    Composite {
        command: "tcp-duplex connect",
        printed: "connect",
        made: &["socket", "connect"],
        _reason: "step 5 shows them one by one",
    },
    Composite {
        command: "file-download serve",
        printed: "listen",
        made: &["socket", "bind", "listen"],
        _reason: "step 4 shows them one by one",
    },
    Composite {
        command: "file-download serve",
        printed: "close",
        made: &["shutdown", "close"],
        _reason: "step 5 shows the shutdown; here it makes sure that the client gets all before the close",
    },
    Composite {
        command: "file-download serve",
        printed: "open",
        made: &[],
        _reason: "a file is not a socket",
    },
    Composite {
        command: "file-download get",
        printed: "connect",
        made: &["socket", "connect"],
        _reason: "step 5 shows them one by one",
    },
    Composite {
        command: "file-download list",
        printed: "connect",
        made: &["socket", "connect"],
        _reason: "step 5 shows them one by one",
    },
    Composite {
        command: "file-download get",
        printed: "rename",
        made: &[],
        _reason: "a file is not a socket",
    },
];

/// The calls that a narration promises.
fn promised(run: &Run) -> Vec<String> {
    let expand = |call: &String| {
        let composite = COMPOSITES.iter().find(|composite| {
            run.command.starts_with(composite.command) && composite.printed == call
        });
        match composite {
            Some(composite) => composite.made.iter().map(|call| call.to_string()).collect(),
            None => vec![call.clone()],
        }
    };
    run.printed.iter().flat_map(|(_, call)| expand(call)).collect()
}

/// One thread: the calls are exactly the printed ones, in the printed order.
fn hold_against_strace(run: &Run) {
    if let Some(made) = &run.made {
        assert_eq!(&promised(run), made, "printed, and seen by strace, of {}", run.command);
    }
}

/// Two threads: one receives, one does the rest. Each prints exactly what it does, in its order; how the two lists mix
/// is the scheduler's business. What is printed last may be cut short by the end of the program: a `recv` that was not
/// reached, and a `close` that the end itself makes, because the other thread still has a descriptor of the socket.
fn hold_each_thread_against_strace(run: &Run) {
    let Some(made) = &run.made else { return };
    let printed = promised(run);
    for (receiving, cut_short) in [(false, "close"), (true, "recv")] {
        let lane = |calls: &[String]| -> Vec<String> {
            calls.iter().filter(|call| call.starts_with("recv") == receiving).cloned().collect()
        };
        let (printed, made) = (lane(&printed), lane(made));
        let without_last = match printed.split_last() {
            Some((last, others)) if last.starts_with(cut_short) => others,
            _ => &printed,
        };
        assert!(
            printed == made || without_last == made,
            "printed {printed:?}, but strace saw {made:?} of {}",
            run.command
        );
    }
}

/// A file takes many calls, which are printed once: the printed ones are made in the printed order, perhaps with more of
/// the same; and a socket is made, bound, connected and shut down exactly as often as printed. `extra` are those that are
/// not printed.
fn hold_loosely_against_strace(run: &Run, extra: &[&str]) {
    let Some(made) = &run.made else { return };
    let printed = promised(run);
    let mut rest = made.iter();
    let mut last = "";
    for call in &printed {
        let again = call == last && call != "close";
        assert!(
            again || rest.any(|made| made == call),
            "printed {printed:?}, but strace saw {made:?} of {}",
            run.command
        );
        last = call;
    }
    for call in ["socket", "bind", "listen", "connect", "shutdown", "close"] {
        let count = |calls: &[String]| calls.iter().filter(|made| *made == call).count();
        let unprinted = extra.iter().filter(|extra| **extra == call).count();
        assert_eq!(
            count(&printed) + unprinted,
            count(made),
            "{call} in {made:?} of {}",
            run.command
        );
    }
}

/// The calls on internet sockets in a record of `strace -f`, by the names that the lessons use. Calls that found
/// nothing to do (EAGAIN) are left out: they only check whether the printed call would block.
fn calls(record: &str) -> Vec<String> {
    let mut seen = Record::default();
    for line in record.lines() {
        let Some((pid, event)) = line.split_once(' ') else { continue };
        let event = event.trim_start();
        if event.starts_with("<... ") {
            if let Some(index) = seen.unfinished.remove(pid) {
                seen.finish(index, event);
            }
        } else if let Some((name, args)) = event.split_once('(')
            && let Some(index) = seen.begin(name, args)
        {
            match event.ends_with("<unfinished ...>") {
                true => drop(seen.unfinished.insert(pid.to_owned(), index)),
                false => seen.finish(index, event),
            }
        }
    }
    seen.calls.into_iter().flatten().collect()
}

#[derive(Default)]
struct Record {
    /// By the lessons' names; `None` for one that turned out to be none.
    calls: Vec<Option<String>>,
    /// The open descriptors of internet sockets.
    sockets: HashMap<String, Descriptor>,
    /// The call that each thread is in.
    unfinished: HashMap<String, usize>,
    /// The descriptor that a call makes, if it makes one.
    makes: HashMap<usize, Descriptor>,
}

/// A duplicate stands for the same socket.
#[derive(Clone, Copy)]
struct Descriptor {
    /// The call that made the socket.
    socket: usize,
    stream: bool,
}

impl Record {
    /// A call begins; `None` when it is not about an internet socket.
    fn begin(&mut self, name: &str, args: &str) -> Option<usize> {
        let index = self.calls.len();
        if name == "socket" {
            args.starts_with("AF_INET").then_some(())?;
            let stream = args.contains("SOCK_STREAM");
            self.makes.insert(index, Descriptor { socket: index, stream });
            self.calls.push(Some(name.to_owned()));
            return Some(index);
        }
        let fd = args.split([',', ')', ' ']).next()?;
        let Descriptor { socket, stream } = *self.sockets.get(fd)?;
        let (send, recv) = if stream { ("send", "recv") } else { ("sendto", "recvfrom") };
        let call = match name {
            "accept" | "accept4" => {
                self.makes.insert(index, Descriptor { socket: index, stream: true });
                "accept"
            }
            "fcntl" | "fcntl64" if args.contains("F_DUPFD") => {
                self.makes.insert(index, Descriptor { socket, stream });
                self.calls.push(None);
                return Some(index);
            }
            // The only option that the narration prints: the others are no step of a lesson.
            "setsockopt" if args.contains("SO_REUSEADDR") => name,
            "sendto" | "sendmsg" => send,
            "recvfrom" | "recvmsg" => recv,
            "bind" | "listen" | "connect" | "shutdown" => name,
            "close" => {
                self.sockets.remove(fd); // its number may be used again at once
                // The system closes a socket with its last descriptor.
                let shared = self.sockets.values().any(|other| other.socket == socket);
                if shared {
                    return None;
                }
                name
            }
            _ => return None, // options and names of sockets
        };
        self.calls.push(Some(call.to_owned()));
        Some(index)
    }

    /// A call ends, with ` = RESULT` at the end of its line.
    fn finish(&mut self, index: usize, event: &str) {
        let result = event.rsplit(" = ").next().unwrap_or_default();
        if result.contains("EAGAIN") {
            self.calls[index] = None;
        } else if let Some(made) = self.makes.remove(&index)
            && !result.starts_with('-')
        {
            self.sockets.insert(result.to_owned(), made);
        }
    }
}

#[test]
fn a_record_of_strace_is_read_right() {
    let record = r#"
7  socket(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0) = 3
7  close(3)                          = 0
7  socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP) = 3
7  setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0
7  accept4(3,  <unfinished ...>
8  recvfrom(3, 0x7ffc, 1025, 0, 0x7f, [128]) = -1 EAGAIN (Resource temporarily unavailable)
8  close(9)                          = 0
7  <... accept4 resumed>{sa_family=AF_INET}, [128 => 16], SOCK_CLOEXEC) = 4
7  fcntl(4, F_DUPFD_CLOEXEC, 3)      = 5
7  fcntl(4, F_GETFL)                 = 0x2 (flags O_RDWR)
8  recvfrom(4,  <unfinished ...>
7  close(5)                          = 0
7  sendto(4, "a = b", 5, MSG_NOSIGNAL, NULL, 0) = 5
7  close(4)                          = 0
8  <... recvfrom resumed>"", 1024, 0, NULL, NULL) = 0
7  --- SIGCHLD {si_signo=SIGCHLD} ---
7  close(4)                          = -1 EBADF (Bad file descriptor)
7  socket(AF_INET6, SOCK_DGRAM|SOCK_CLOEXEC, IPPROTO_UDP) = 4
7  sendto(4, "x", 1, MSG_NOSIGNAL, {sa_family=AF_INET6}, 28) = 1
7  +++ exited with 0 +++"#;
    let expected = ["socket", "setsockopt", "accept", "recv", "send", "close", "socket", "sendto"]
        .map(String::from);
    assert_eq!(calls(record), expected);
}

fn udp_peer() -> (UdpSocket, String) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    let address = socket.local_addr().unwrap().to_string();
    (socket, address)
}

fn tcp_listener() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    (listener, address)
}

/// Accepts the program, which has said that it is connected.
fn accept(listener: &TcpListener, program: &mut Program) -> TcpStream {
    program.expect_stderr("connected to *").unwrap();
    let (stream, _) = listener.accept().unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    stream
}

fn read_to_end(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

#[test]
fn step_1_udp_send() {
    let (receiver, address) = udp_peer();
    let (stage, program) = Stage::start("udp-send", &[&address, "你好"]);
    let usual = stage.end(program);
    hold_against_strace(&usual);
    receiver.recv(&mut [0; 10]).unwrap();

    let args = [&*address, "--bind", "127.0.0.1:0", "--wait", "9"];
    let (stage, mut program) = Stage::start("udp-send", &args);
    for line in ["one", "two", "88"] {
        program.type_line(line).unwrap();
        let from = receiver.recv_from(&mut [0; 10]).unwrap().1;
        receiver.send_to(b"answer", from).unwrap();
    }
    let with_options = stage.end(program);
    hold_against_strace(&with_options);
    hold_against_lesson("01-udp-send.md", &[usual, with_options]);
}

#[test]
fn step_2_udp_recv() {
    let (sender, _) = udp_peer();
    let mut runs = Vec::new();
    for options in [&[][..], &["--reply", "收到"]] {
        let args = [&["127.0.0.1:0"], options].concat();
        let (stage, mut program) = Stage::start("udp-recv", &args);
        let address = program.listening().unwrap();
        for text in ["one", "two", "88"] {
            sender.send_to(text.as_bytes(), &address).unwrap();
            program.expect_stdout(&format!("[*] {text}")).unwrap();
        }
        let run = stage.end(program);
        hold_against_strace(&run);
        runs.push(run);
    }
    hold_against_lesson("02-udp-recv.md", &runs);
}

#[test]
fn step_3_udp_chat() {
    let mut runs = Vec::new();
    for last_is_ours in [true, false] {
        let (peer, address) = udp_peer();
        let (stage, mut program) = Stage::start("udp-chat", &[&address, "--bind", "127.0.0.1:0"]);
        peer.connect(program.listening().unwrap()).unwrap();
        program.type_line("你好").unwrap();
        peer.recv(&mut [0; 10]).unwrap();
        peer.send(b"hello").unwrap();
        program.expect_stdout("[*] hello").unwrap();
        match last_is_ours {
            true => program.type_line("88").unwrap(),
            false => drop(peer.send(b"88").unwrap()),
        }
        let run = stage.end(program);
        hold_each_thread_against_strace(&run);
        runs.push(run);
    }
    hold_against_lesson("03-udp-chat.md", &runs);
}

#[test]
fn step_4_tcp_server() {
    let (stage, mut program) = Stage::start("tcp-server", &["127.0.0.1:0", "--once", "--echo"]);
    let mut client = TcpStream::connect(program.listening().unwrap()).unwrap();
    client.set_read_timeout(Some(DEADLINE)).unwrap();
    for _ in 0..2 {
        client.write_all("你好".as_bytes()).unwrap();
        client.read_exact(&mut [0; 6]).unwrap();
    }
    drop(client);
    let run = stage.end(program);
    hold_against_strace(&run);
    hold_against_lesson("04-tcp-server.md", &[run]);
}

#[test]
fn step_5_tcp_client() {
    let (listener, address) = tcp_listener();
    let (stage, mut program) = Stage::start("tcp-client", &[&address, "你好"]);
    let mut server = accept(&listener, &mut program);
    assert_eq!(read_to_end(&mut server), "你好");
    drop(server);
    let with_message = stage.end(program);
    hold_against_strace(&with_message);

    let (stage, mut program) = Stage::start("tcp-client", &[&address]);
    let mut server = accept(&listener, &mut program);
    server.write_all(b"welcome\n").unwrap();
    program.expect_stdout("welcome").unwrap();
    program.type_line("one").unwrap();
    program.type_line("two").unwrap();
    program.end_input();
    assert_eq!(read_to_end(&mut server), "one\ntwo\n");
    drop(server);
    let typed = stage.end(program);
    hold_each_thread_against_strace(&typed);
    hold_against_lesson("05-tcp-client.md", &[with_message, typed]);
}

#[test]
fn step_6_tcp_duplex() {
    let (stage, mut program) = Stage::start("tcp-duplex", &["serve", "127.0.0.1:0"]);
    let mut client = TcpStream::connect(program.listening().unwrap()).unwrap();
    client.set_read_timeout(Some(DEADLINE)).unwrap();
    client.write_all(b"hello\n").unwrap();
    program.expect_stdout("[*] hello").unwrap();
    program.type_line("你好").unwrap();
    program.type_line("end").unwrap();
    assert_eq!(read_to_end(&mut client), "你好\nend\n");
    drop(client);
    let serve = stage.end(program);
    hold_each_thread_against_strace(&serve);

    let (listener, address) = tcp_listener();
    let (stage, mut program) = Stage::start("tcp-duplex", &["connect", &address, "--turns"]);
    let mut server = accept(&listener, &mut program);
    program.type_line("你好").unwrap();
    server.read_exact(&mut [0; 7]).unwrap();
    server.write_all(b"your turn\n").unwrap();
    program.type_line("end").unwrap();
    assert_eq!(read_to_end(&mut server), "end\n");
    drop(server);
    let connect = stage.end(program);
    hold_each_thread_against_strace(&connect);
    hold_against_lesson("06-tcp-duplex.md", &[serve, connect]);
}

/// One recv stands for the whole answer; the server's threads share one narrated accept.
#[test]
fn step_7_file_download() {
    let folder = tempfile::tempdir().unwrap();
    let kept = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.bin"), vec![7; 300_000]).unwrap();
    let served = folder.path().to_string_lossy().into_owned();
    let (server_stage, mut server) =
        Stage::start("file-download", &["serve", "127.0.0.1:0", &served]);
    let address = server.listening().unwrap();
    let target = kept.path().join("a.bin").to_string_lossy().into_owned();

    let (stage, program) =
        Stage::start("file-download", &["get", &address, "a.bin", "-o", &target]);
    let get = stage.end(program);
    hold_loosely_against_strace(&get, &[]);
    assert_eq!(std::fs::read(&target).unwrap(), vec![7; 300_000]);
    server.expect_stderr("6. close *").unwrap();

    let (stage, program) = Stage::start("file-download", &["list", &address]);
    let list = stage.end(program);
    hold_loosely_against_strace(&list, &[]);
    server.expect_stderr("6. close *").unwrap();

    server.interrupt();
    let serve = server_stage.end_with(130, server);
    // Ctrl-C shuts the listener down, which wakes the threads that wait in accept.
    hold_loosely_against_strace(&serve, &["shutdown"]);
    hold_against_lesson("07-file-download.md", &[serve, get, list]);
}
