//! A student's program that plays a step in place of ours.
//!
//! It gets the arguments that the step's task promises, as in `cargo course check STEP -- PROGRAM`. Only what the core checks look
//! for is waited for: a text on stdout, in whatever form, and the end. The sentences of our own programs are not demanded of it.

use std::ffi::OsString;
use std::net::{TcpListener, UdpSocket};

use crate::scenario::Action::{self, Calls, Ends, EndsInput, HasFile, Interrupts, Prints};
use crate::scenario::Action::{Reports, SameFile, Types, Waits};
use crate::scenario::{GUEST, SCENARIOS, Scenario, Side};

/// The program.
#[derive(Clone, Debug, Default)]
pub struct Guest {
    /// Its path and its first arguments.
    pub command: Vec<OsString>,
    /// The same, as it was typed.
    pub shown: String,
    /// What stands before the command, each time it is started: strace, where that works.
    pub watched_by: Vec<Vec<OsString>>,
}

/// How often the program is started in a step.
pub fn appearances(scenario: &Scenario) -> usize {
    let starts = scenario.script.iter().filter(|action| match action {
        Waits(_, command) | Calls(_, command) => command.starts_with(GUEST),
        _ => false,
    });
    starts.count()
}

/// A step with a guest; `None`: it is played by the course's own programs only.
pub fn scenario(step: &str) -> Option<Scenario> {
    let known = SCENARIOS.iter().find(|scenario| scenario.step == step)?;
    let (_, script) = SCRIPTS.iter().find(|(name, _)| *name == step)?;
    Some(Scenario { script, ..*known })
}

/// The steps that it can play.
pub fn steps() -> Vec<&'static str> {
    SCRIPTS.iter().map(|(step, _)| *step).collect()
}

/// A free port for a guest to wait at, where it gets no network of its own.
pub fn free_address() -> std::io::Result<String> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    let address = socket.local_addr()?;
    // Both kinds of ports must be free.
    let address = if TcpListener::bind(address).is_ok() {
        address
    } else {
        TcpListener::bind("127.0.0.1:0")?.local_addr()?
    };
    Ok(address.to_string())
}

/// Does somebody wait at this port of this computer? Only Linux lists that.
pub fn is_waited_at(address: &str) -> bool {
    const LISTENS: &str = "0A";
    const UNCONNECTED: &str = "07";
    let port = address.rsplit_once(':').and_then(|(_, port)| port.parse::<u16>().ok());
    let end = format!(":{:04X}", port.unwrap_or_default());
    ["tcp", "tcp6", "udp", "udp6"].iter().any(|table| {
        let text = std::fs::read_to_string(format!("/proc/self/net/{table}")).unwrap_or_default();
        text.lines().any(|line| {
            let mut words = line.split_whitespace().skip(1);
            let (own, state) = (words.next().unwrap_or_default(), words.nth(1));
            own.ends_with(&end)
                && state.is_some_and(|state| state == LISTENS || state == UNCONNECTED)
        })
    })
}

const SCRIPTS: &[(&str, &[Action])] = &[
    (
        "udp-send",
        &[
            Waits("receiver", "udp-recv 127.0.0.1:0"),
            Calls("sender", "GUEST {address} 你好"),
            Prints("receiver", "[*] 你好"),
            Ends("sender", 0),
            Calls("typist", "GUEST {address}"),
            Types("typist", "第一行"),
            Prints("receiver", "[*] 第一行"),
            Types("typist", "second line"),
            Prints("receiver", "[*] second line"),
            Types("typist", "88"),
            Ends("typist", 0),
            Ends("receiver", 0),
        ],
    ),
    (
        "udp-recv",
        &[
            Waits("receiver", "GUEST 127.0.0.1:0"),
            Calls("sender", "udp-send {address} 在吗"),
            Prints("receiver", "*在吗*"),
            Ends("sender", 0),
            Calls("goodbye", "udp-send {address} 88"),
            Ends("goodbye", 0),
            Ends("receiver", 0),
        ],
    ),
    (
        "udp-chat",
        &[
            Waits("first", "udp-chat --bind 127.0.0.1:0"),
            Calls("second", "GUEST {address}"),
            Types("second", "你好"),
            Prints("first", "[*] 你好"),
            Types("first", "你吃了吗"),
            Types("first", "我请你"),
            Prints("second", "*你吃了吗*"),
            Prints("second", "*我请你*"),
            Types("second", "88"),
            Ends("second", 0),
            Ends("first", 0),
        ],
    ),
    (
        "tcp-server",
        &[
            Waits("server", "GUEST 127.0.0.1:0"),
            Calls("A", "tcp-client {address}"),
            Reports("A", "connected to *"),
            Calls("B", "tcp-client {address}"),
            Reports("B", "connected to *"),
            // A is connected and silent; B is served anyway.
            Types("B", "你好"),
            Prints("server", "*你好*"),
            EndsInput("B"),
            Ends("B", 0),
            Types("A", "hello"),
            Prints("server", "*hello*"),
            EndsInput("A"),
            Ends("A", 0),
            Interrupts("server"),
            Ends("server", 0),
        ],
    ),
    (
        "tcp-client",
        &[
            Waits("server", "tcp-server 127.0.0.1:0 --once --greet 欢迎 --reply 收到"),
            Calls("client", "GUEST {address}"),
            Reports("server", "[*] connected"),
            Prints("client", "*欢迎*"),
            Types("client", "你好"),
            Prints("server", "[*] 7 bytes: 你好"),
            Prints("client", "*收到*"),
            EndsInput("client"),
            Reports("server", "[*] closed the connection (recv returned 0 bytes)"),
            Ends("server", 0),
            Ends("client", 0),
        ],
    ),
    (
        "tcp-duplex",
        &[
            Waits("server", "GUEST serve 127.0.0.1:0"),
            Calls("client", "GUEST connect {address}"),
            Types("server", "你好"),
            Types("server", "有人吗"),
            Prints("client", "*你好*"),
            Prints("client", "*有人吗*"),
            Types("client", "在"),
            Prints("server", "*在*"),
            Types("client", "end"),
            Ends("client", 0),
            Ends("server", 0),
        ],
    ),
    (
        "file-download",
        &[
            HasFile(Side::Right, "课程表.txt", "周一 UDP\n周二 TCP\n周三 文件\n"),
            Waits("server", "GUEST serve 127.0.0.1:0"),
            Calls("get", "GUEST get {address} 课程表.txt"),
            Ends("get", 0),
            SameFile("课程表.txt"),
            Calls("get nothing", "GUEST get {address} 成绩单.txt"),
            Ends("get nothing", 1),
            Interrupts("server"),
            Ends("server", 0),
        ],
    ),
];
