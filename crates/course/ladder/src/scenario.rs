//! What happens in each step, as a table: who is started, what is typed, and what must be seen.
//!
//! This is the single source of the demo and of every picture and transcript made of a step. Nothing here runs or
//! prints anything: `play` plays it, `terminals` draws it.
//!
//! In a line that must be seen, `*` stands for any text. In a command, `{address}` is the address that the last
//! waiting program has printed; it is started on port 0, so that the system chooses a free port and two demos never collide.

use std::path::{Path, PathBuf};

use testkit::find;

use Action::{
    Calls, Ends, EndsInput, HasFile, Interrupts, Prints, Reports, SameFile, Types, Waits,
};

/// The left or the right terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The program that calls: it knows the other's address.
    Left,
    /// The program that waits: it is started first.
    Right,
}

impl Side {
    /// `left` or `right`.
    pub fn name(self) -> &'static str {
        match self {
            Side::Left => "left",
            Side::Right => "right",
        }
    }
}

/// The two ends of a conversation: the left and the right side of each picture.
pub const ENDS: [&str; 2] = ["the caller", "the waiting side"];

/// Stands for the student's program in a command.
pub const GUEST: &str = "GUEST";

/// One thing that happens. The first word in each is the name of the program that it happens to.
#[derive(Clone, Copy, Debug)]
pub enum Action {
    /// A program is started on the right, and prints the address that it listens on.
    Waits(&'static str, &'static str),
    /// A program is started on the left.
    Calls(&'static str, &'static str),
    /// A line is typed into a program.
    Types(&'static str, &'static str),
    /// The end of the input is typed (Ctrl-D).
    EndsInput(&'static str),
    /// A program is interrupted (Ctrl-C).
    Interrupts(&'static str),
    /// This line must come on stdout: a result.
    Prints(&'static str, &'static str),
    /// This line must come on stderr: status.
    Reports(&'static str, &'static str),
    /// A program must end, with this exit code.
    Ends(&'static str, i32),
    /// A file lies in the folder of one side.
    HasFile(Side, &'static str, &'static str),
    /// A file must be there on both sides, with the same bytes.
    SameFile(&'static str),
    /// Nothing is done for this number of milliseconds, to show what the network does meanwhile.
    Pauses(u64),
}

/// One step of the course: what it teaches, and what happens in it.
#[derive(Clone, Copy)]
pub struct Scenario {
    /// The name of the step, of its program and of its cargo alias.
    pub step: &'static str,
    /// What a student does in this step.
    pub title: &'static str,
    /// What it teaches, in one line.
    pub teaches: &'static str,
    /// What a person types first, in the right terminal.
    pub waiting: &'static str,
    /// What a person types then, in the left terminal.
    pub calling: &'static str,
    /// The lesson's file.
    pub lesson: &'static str,
    /// What happens.
    pub script: &'static [Action],
}

/// The exit code after Ctrl-C. Windows has no call that sends Ctrl-C to another program: there it is ended.
const AFTER_CTRL_C: i32 = if cfg!(unix) { 130 } else { 1 };

/// The step with this name.
pub fn find(step: &str) -> Option<&'static Scenario> {
    SCENARIOS.iter().find(|scenario| scenario.step == step)
}

/// The steps, in the order of the course.
pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        step: "udp-send",
        title: "Send datagrams",
        teaches: "socket, sendto, close: one sendto is one datagram, and it leaves without asking whether anyone is there",
        waiting: "cargo udp-recv",
        calling: "cargo udp-send 127.0.0.1:8888 你好",
        lesson: "docs/lessons/01-udp-send.md",
        script: &[
            Waits("receiver", "udp-recv 127.0.0.1:0"),
            Calls("sender", "udp-send {address} 你好"),
            Prints("receiver", "[*] 你好"),
            Ends("sender", 0),
            Calls("typist", "udp-send {address}"),
            Types("typist", "第一行"),
            Prints("receiver", "[*] 第一行"),
            Types("typist", "second line"),
            Prints("receiver", "[*] second line"),
            Types("typist", "88"),
            Ends("typist", 0),
            Ends("receiver", 0),
        ],
    },
    Scenario {
        step: "udp-recv",
        title: "Receive datagrams, and answer",
        teaches: "bind, recvfrom: a port of its own; recvfrom also returns who sent it, and that is where the answer goes",
        waiting: "cargo udp-recv --reply 收到",
        calling: "cargo udp-send 127.0.0.1:8888 在吗 --wait 5",
        lesson: "docs/lessons/02-udp-recv.md",
        script: &[
            Waits("receiver", "udp-recv 127.0.0.1:0 --reply 收到"),
            Calls("sender", "udp-send {address} 在吗 --wait 5"),
            Prints("receiver", "[*] 在吗"),
            Prints("sender", "[*] 收到"),
            Ends("sender", 0),
            Calls("goodbye", "udp-send {address} 88"),
            Ends("goodbye", 0),
            Ends("receiver", 0),
        ],
    },
    Scenario {
        step: "udp-chat",
        title: "Chat over one socket",
        teaches: "two threads share one socket: one waits for the keyboard, the other for the network; the first datagram names the peer",
        waiting: "cargo udp-chat --bind 127.0.0.1:8888",
        calling: "cargo udp-chat 127.0.0.1:8888",
        lesson: "docs/lessons/03-udp-chat.md",
        script: &[
            Waits("first", "udp-chat --bind 127.0.0.1:0"),
            Calls("second", "udp-chat {address}"),
            Types("second", "你好"),
            Prints("first", "[*] 你好"),
            Types("first", "你吃了吗"),
            Types("first", "我请你"),
            Prints("second", "[*] 你吃了吗"),
            Prints("second", "[*] 我请你"),
            Types("second", "88"),
            Ends("second", 0),
            Ends("first", 0),
        ],
    },
    Scenario {
        step: "tcp-server",
        title: "Serve many clients",
        teaches: "bind, listen, accept: each client gets a socket and a thread of its own; recv returning 0 bytes means that it has closed",
        waiting: "cargo tcp-server --echo",
        calling: "cargo tcp-client",
        lesson: "docs/lessons/04-tcp-server.md",
        script: &[
            Waits("server", "tcp-server 127.0.0.1:0 --echo"),
            Calls("A", "tcp-client {address}"),
            Reports("A", "connected to *"),
            Reports("server", "[*] connected"),
            Calls("B", "tcp-client {address}"),
            Reports("server", "[*] connected"),
            // A is connected and silent; B is served anyway.
            Types("B", "你好"),
            Prints("server", "[*] 7 bytes: 你好"),
            Prints("B", "你好"),
            EndsInput("B"),
            Reports("server", "[*] closed the connection (recv returned 0 bytes)"),
            Ends("B", 0),
            Types("A", "hello"),
            Prints("server", "[*] 6 bytes: hello"),
            Prints("A", "hello"),
            EndsInput("A"),
            Reports("server", "[*] closed the connection (recv returned 0 bytes)"),
            Ends("A", 0),
            Interrupts("server"),
            Ends("server", AFTER_CTRL_C),
        ],
    },
    Scenario {
        step: "tcp-client",
        title: "Connect, and half-close",
        teaches: "connect, shutdown: a connection has two directions, and closing the sending one says \"that was all\"",
        waiting: "cargo tcp-server --once --greet 欢迎 --reply 收到",
        calling: "cargo tcp-client",
        lesson: "docs/lessons/05-tcp-client.md",
        script: &[
            Waits("server", "tcp-server 127.0.0.1:0 --once --greet 欢迎 --reply 收到"),
            Calls("client", "tcp-client {address}"),
            Reports("client", "connected to *"),
            Reports("server", "[*] connected"),
            Prints("client", "欢迎"),
            Types("client", "你好"),
            Prints("server", "[*] 7 bytes: 你好"),
            Prints("client", "收到"),
            EndsInput("client"),
            Reports("server", "[*] closed the connection (recv returned 0 bytes)"),
            Ends("server", 0),
            Ends("client", 0),
        ],
    },
    Scenario {
        step: "tcp-duplex",
        title: "Talk both ways",
        teaches: "TCP keeps no message boundaries: both sides agree that a line is a message; then they talk in turns, or freely",
        waiting: "cargo tcp-duplex serve",
        calling: "cargo tcp-duplex connect",
        lesson: "docs/lessons/06-tcp-duplex.md",
        script: &[
            Waits("server", "tcp-duplex serve 127.0.0.1:0"),
            Calls("client", "tcp-duplex connect {address}"),
            Reports("client", "connected to *"),
            Types("server", "你好"),
            Types("server", "有人吗"),
            Prints("client", "[*] 你好"),
            Prints("client", "[*] 有人吗"),
            Types("client", "在"),
            Prints("server", "[*] 在"),
            Types("client", "end"),
            Ends("client", 0),
            Ends("server", 0),
            Waits("server in turns", "tcp-duplex serve 127.0.0.1:0 --turns"),
            Calls("client in turns", "tcp-duplex connect {address} --turns"),
            Types("client in turns", "吃了吗"),
            Prints("server in turns", "[*] 吃了吗"),
            Types("server in turns", "吃了"),
            Prints("client in turns", "[*] 吃了"),
            Types("client in turns", "end"),
            Ends("client in turns", 0),
            Ends("server in turns", 0),
        ],
    },
    Scenario {
        step: "file-download",
        title: "Download a file",
        teaches: "a protocol says how long things are: a size before the bytes and a checksum after them, so nothing is half-saved",
        waiting: "cargo file-download serve",
        calling: "cargo file-download get 127.0.0.1:8080 README.md -o copy.md",
        lesson: "docs/lessons/07-file-download.md",
        script: &[
            HasFile(Side::Right, "课程表.txt", "周一 UDP\n周二 TCP\n周三 文件\n"),
            Waits("server", "file-download serve 127.0.0.1:0"),
            Calls("list", "file-download list {address}"),
            Prints("list", "*课程表.txt*"),
            Ends("list", 0),
            Calls("get", "file-download get {address} 课程表.txt"),
            Reports("get", "saved 课程表.txt*"),
            Ends("get", 0),
            SameFile("课程表.txt"),
            Calls("get nothing", "file-download get {address} 成绩单.txt"),
            Reports("get nothing", "error: *成绩单.txt*"),
            Ends("get nothing", 1),
            Interrupts("server"),
            Ends("server", AFTER_CTRL_C),
        ],
    },
];

/// The programs that scenarios start and that are not in the folder.
pub fn missing(scenarios: &[&Scenario], folder: &Path) -> Vec<String> {
    let mut missing = Vec::new();
    for action in scenarios.iter().flat_map(|scenario| scenario.script) {
        let (Action::Waits(_, command) | Action::Calls(_, command)) = action else { continue };
        let name = command.split(' ').next().unwrap_or_default().to_owned();
        if !find::program_in(folder, &name).is_file()
            && !["course", GUEST].contains(&name.as_str()) // that is this program, and one that lies elsewhere
            && !missing.contains(&name)
        {
            missing.push(name);
        }
    }
    missing
}

/// The folder with all programs that scenarios start: this one, or where the tool itself lies. The programs run in folders
/// of their own, so the path doesn't depend on the current one.
pub fn programs_in(folder: Option<&Path>, scenarios: &[&Scenario]) -> Result<PathBuf, String> {
    let folder = folder.map_or_else(find::programs_folder, Path::to_owned);
    let folder = folder.canonicalize().map_err(|error| format!("{}: {error}", folder.display()))?;
    let missing = missing(scenarios, &folder).join(", ");
    if missing.is_empty() {
        return Ok(folder);
    }
    Err(format!("not in {}: {missing}\n{}", folder.display(), find::how_to_get()))
}
