//! The narration cannot lie: what `--explain` prints is compared with the list in the step's lesson and, where strace
//! is installed, with the system calls that the program makes. Both are also compared as events: the records of a program, and
//! what `cargo course watch` makes of strace's lines for programs that have none.
#![allow(clippy::unwrap_used, clippy::panic)] // a test helper may fail like the test itself

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::path::Path;
use std::time::Duration;

use ladder::strace::{self, Strace};
use ladder::timeline::{Event, Happening};
use ladder::trace::Trace;
use tempfile::TempDir;
use testkit::build::built_programs;
use testkit::skip::skipped;
use testkit::{Launch, Program, find};

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
    folder: TempDir,
    strace: Option<Strace>,
    command: String,
}

impl Stage {
    fn start(step: &str, args: &[&str]) -> (Stage, Program) {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("strace");
        let strace = strace_works().then(|| Strace::listen(&pipe, true).unwrap());
        let mut words = strace.as_ref().map(Strace::before).unwrap_or_default();
        words.push(find::program_in(built_programs(), step).into_os_string());
        let launch = Launch::new(&words[0]).args(&words[1..]).args(args).args(&["--explain"]);
        let launch = launch.env(common::record::TRACE, folder.path().join("trace"));
        let program = launch.without_env("SOCKET_ENCODING").deadline(DEADLINE).start().unwrap();
        (Stage { folder, strace, command: format!("{step} {}", args.join(" ")) }, program)
    }

    /// The program ends; what it printed and made is then complete.
    fn end(self, mut program: Program) -> Run {
        program.expect_exit(0).unwrap();
        self.ended(&program)
    }

    fn ended(mut self, program: &Program) -> Run {
        let printed = program.stderr_text().lines().filter_map(step_of).collect();
        let made = self.strace.take().map(|mut strace| {
            let mut events: Vec<Event> =
                strace.finish().into_iter().map(|made| made.event).collect();
            events.sort_by_key(|event| event.at);
            events
        });
        if let Some(made) = &made {
            let mut trace = Trace::open(&self.folder.path().join("trace")).unwrap();
            hold_bytes_together(&self.command, &trace.news(&mut Vec::new()), made);
        }
        Run { command: self.command, printed, made: made.map(|events| calls(&events)) }
    }
}

/// Not everyone has strace, and not every system lets one process watch another.
fn strace_works() -> bool {
    let works = strace::works();
    if let Err(why) = &works {
        skipped("narration against strace", why);
    }
    works.is_ok()
}

/// The calls among events, by the lessons' names. A poll before a call is no step of a lesson.
fn calls(events: &[Event]) -> Vec<String> {
    let calls = events.iter().filter_map(|event| match &event.what {
        Happening::Called(facts) if facts.call != "poll" => Some(facts.call.clone()),
        _ => None,
    });
    calls.collect()
}

/// What was sent and what was received, in its order: the records and strace agree. A file's bytes are not recorded one
/// by one.
fn hold_bytes_together(command: &str, recorded: &[Event], made: &[Event]) {
    if command.starts_with("file-download") {
        return;
    }
    let moved = |events: &[Event], direction: &str| -> Vec<(String, usize)> {
        let facts = events.iter().filter_map(|event| match &event.what {
            Happening::Called(facts) if direction == "send" => Some(facts),
            Happening::Returned(facts) if direction == "recv" => Some(facts),
            _ => None,
        });
        let facts = facts.filter(|facts| facts.call.starts_with(direction));
        let moved = facts.map(|facts| (facts.call.clone(), facts.bytes.unwrap_or(0)));
        moved.filter(|(_, bytes)| *bytes > 0).collect()
    };
    for direction in ["send", "recv"] {
        let (recorded, made) = (moved(recorded, direction), moved(made, direction));
        assert_eq!(recorded, made, "recorded, and seen by strace, of {command}");
    }
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
    let mut expected = lesson_steps(lesson);
    if cfg!(windows) {
        expected.retain(|(_, call)| call != "setsockopt" || lesson != "04-tcp-server.md"); // as the lesson says
    }
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
    server.expect_interrupted().unwrap();
    let serve = server_stage.ended(&server);
    // Ctrl-C shuts the listener down, which wakes the threads that wait in accept.
    hold_loosely_against_strace(&serve, &["shutdown"]);
    hold_against_lesson("07-file-download.md", &[serve, get, list]);
}
