//! What can be watched: the steps of the course, and lessons about one thing that happens between them.
//!
//! The lessons are scenarios as the steps are. They use the steps' programs where those show the thing, and
//! `cargo course calls` where it takes single calls in a certain order.

use crate::scenario::Action::{Calls, Ends, EndsInput, Pauses, Prints, Reports, Types, Waits};
use crate::scenario::{SCENARIOS, Scenario};

/// A scenario, and the network that it is watched in.
#[derive(Clone, Copy)]
pub struct Lesson {
    /// What happens.
    pub scenario: Scenario,
    /// The port that the waiting side gets in a namespace of its own.
    pub port: u16,
    /// The loopback device has the frame size of Ethernet.
    pub ethernet: bool,
    /// It needs a network of its own: only there may a user drop packets of TCP.
    pub needs_own_network: bool,
}

/// The names of the steps and the lessons.
pub fn names() -> Vec<&'static str> {
    SCENARIOS.iter().chain(LESSONS).map(|scenario| scenario.step).collect()
}

/// The step or lesson with this name.
pub fn find(name: &str) -> Option<Lesson> {
    let scenario = SCENARIOS.iter().chain(LESSONS).find(|scenario| scenario.step == name)?;
    let port = match name {
        "file-download" => 8080,
        "udp-send" | "udp-recv" | "udp-chat" | "tcp-duplex" | "loss" | "truncated" => 8888,
        _ => 8899,
    };
    let ethernet = matches!(name, "stream" | "reorder");
    // How much fits into a buffer is each system's own affair: those two are as the lesson says on Linux.
    let is_elsewhere = cfg!(not(target_os = "linux")) && matches!(name, "window" | "partial");
    let needs_own_network = is_elsewhere || matches!(name, "loss" | "reorder" | "half-open");
    Some(Lesson { scenario: *scenario, port, ethernet, needs_own_network })
}

/// The lessons about one thing each.
pub const LESSONS: &[Scenario] =
    &[HANDSHAKE, HALF_OPEN, CLOSE, STREAM, WINDOW, PARTIAL, LOSS, REORDER, TRUNCATED];

const HANDSHAKE: Scenario = Scenario {
    step: "handshake",
    title: "What a connect can meet",
    teaches: "an answer makes a connection, silence leaves the caller in SYN_SENT, a reset says that nobody listens",
    waiting: "cargo course calls listen:127.0.0.1:8899/0",
    calling: "cargo course calls connect:127.0.0.1:8899",
    lesson: "docs/lessons/05b-handshake-and-close.md",
    script: &[
        Waits("server", "course calls listen:127.0.0.1:0/0"),
        Calls("first", "course calls connect:{address}"),
        Reports("first", "connected to *"),
        // A backlog of 0 leaves room for one, and accept has not been called yet.
        Calls("second", "course calls connect:{address}"),
        Pauses(300),
        Types("server", "accept"),
        Reports("server", "*accepted *"),
        // Its SYN comes again after a second, and now there is room.
        Reports("second", "connected to *"),
        Types("server", "accept"),
        Reports("server", "*accepted *"),
        Types("server", "close listener"),
        Reports("server", "*close *"),
        Calls("third", "course calls connect:{address}"),
        Ends("third", 1),
        Types("first", "close"),
        EndsInput("first"),
        Ends("first", 0),
        Types("second", "close"),
        EndsInput("second"),
        Ends("second", 0),
        EndsInput("server"),
        Ends("server", 0),
    ],
};

const HALF_OPEN: Scenario = Scenario {
    step: "half-open",
    title: "Half a handshake",
    teaches: "connect has returned, but its ACK was lost: the connection stays half-open, and accept doesn't get it",
    waiting: "cargo course calls listen:127.0.0.1:8899 lose:acks",
    calling: "cargo course calls connect:127.0.0.1:8899",
    lesson: "docs/lessons/05c-when-something-is-full.md",
    script: &[
        Waits("server", "course calls listen:127.0.0.1:0 lose:acks nonblocking"),
        Reports("server", "*O_NONBLOCK*"),
        Calls("client", "course calls connect:{address}"),
        Reports("client", "connected to *"),
        Types("server", "accept"),
        Reports("server", "*EAGAIN*"),
        // The waiting side's SYN+ACK comes again after a second, and the answer to it is lost as well.
        Pauses(1100),
        Types("server", "hear"),
        Reports("server", "*nothing is lost*"),
        Types("client", "send 你好"),
        Reports("client", "*send *"),
        Types("server", "accept"),
        Reports("server", "*accepted *"),
        Types("server", "recv"),
        Reports("server", "*received 6 bytes*"),
        Types("client", "close"),
        EndsInput("client"),
        Ends("client", 0),
        Types("server", "recv"),
        Reports("server", "*received 0 bytes*"),
        Types("server", "close"),
        EndsInput("server"),
        Ends("server", 0),
    ],
};

const CLOSE: Scenario = Scenario {
    step: "close",
    title: "How a connection can end",
    teaches: "three segments when the other side closes at once, four when it closes later, data in between, or a reset",
    waiting: "cargo course calls listen:127.0.0.1:8899",
    calling: "cargo course calls connect:127.0.0.1:8899",
    lesson: "docs/lessons/05b-handshake-and-close.md",
    script: &[
        Waits("server", "course calls listen:127.0.0.1:0"),
        Calls("three", "course calls connect:{address}"),
        Types("server", "accept"),
        Reports("server", "*accepted *"),
        // A side that has just answered delays its ACKs for up to 40 ms, to send them with data.
        Types("three", "send 你好"),
        Types("server", "recv"),
        Reports("server", "*received 6 bytes*"),
        Types("server", "send 再见"),
        Types("three", "recv"),
        Reports("three", "*received 6 bytes*"),
        Types("server", "recv"),
        Types("server", "close"),
        Types("three", "close"),
        Reports("server", "*close *"),
        EndsInput("three"),
        Ends("three", 0),
        Calls("four", "course calls connect:{address}"),
        Types("server", "accept"),
        Reports("server", "*accepted *"),
        Types("server", "recv"),
        Types("four", "close"),
        Reports("server", "*received 0 bytes*"),
        Pauses(100),
        Types("server", "close"),
        Reports("server", "*close *"),
        EndsInput("four"),
        Ends("four", 0),
        Calls("half", "course calls connect:{address}"),
        Types("server", "accept"),
        Reports("server", "*accepted *"),
        Types("server", "recv"),
        Types("half", "shutdown"),
        Reports("server", "*received 0 bytes*"),
        Types("half", "recv"),
        Types("server", "send 再见"),
        Reports("half", "*received 6 bytes*"),
        Types("half", "recv"),
        Types("server", "close"),
        Reports("half", "*received 0 bytes*"),
        Types("half", "close"),
        EndsInput("half"),
        Ends("half", 0),
        Calls("reset", "course calls connect:{address}"),
        Types("server", "accept"),
        Reports("server", "*accepted *"),
        Types("reset", "send 你好"),
        Reports("reset", "*send *"),
        Types("server", "close"),
        Reports("server", "*close *"),
        Types("reset", "recv"),
        Reports("reset", "error: *"),
        EndsInput("reset"),
        Ends("reset", 1),
        EndsInput("server"),
        Ends("server", 0),
    ],
};

const STREAM: Scenario = Scenario {
    step: "stream",
    title: "A stream has no messages",
    teaches: "three sends may come out of one recv, and one send may travel in five segments: TCP keeps the bytes, not the borders",
    waiting: "cargo course calls listen:127.0.0.1:8899",
    calling: "cargo course calls connect:127.0.0.1:8899",
    lesson: "docs/lessons/06-tcp-duplex.md",
    script: &[
        Waits("server", "course calls listen:127.0.0.1:0"),
        Calls("client", "course calls connect:{address}"),
        Types("server", "accept"),
        Reports("server", "*accepted *"),
        Types("client", "send 一"),
        Types("client", "send 二"),
        Types("client", "send 三"),
        Reports("client", "*三*"),
        Types("server", "recv"),
        Reports("server", "*received 9 bytes*"),
        Types("client", "send *6000"),
        Reports("client", "*6000 bytes*"),
        Types("server", "recv 4096"),
        Reports("server", "*received *"),
        Types("server", "recv 4096"),
        Reports("server", "*received *"),
        Types("client", "close"),
        EndsInput("client"),
        Ends("client", 0),
        Types("server", "recv"),
        Types("server", "close"),
        EndsInput("server"),
        Ends("server", 0),
    ],
};

const WINDOW: Scenario = Scenario {
    step: "window",
    title: "A receiver that doesn't read",
    teaches: "each ACK says how much room is left; when there is none, the sender must wait, and its send doesn't return",
    waiting: "cargo course calls listen:127.0.0.1:8899 rcvbuf:8192",
    calling: "cargo course calls connect:127.0.0.1:8899 sndbuf:2048",
    lesson: "docs/lessons/05c-when-something-is-full.md",
    script: &[
        Waits("server", "course calls listen:127.0.0.1:0 rcvbuf:8192"),
        Reports("server", "*system made it *"),
        Calls("client", "course calls connect:{address} sndbuf:2048"),
        Reports("client", "*system made it *"),
        Types("server", "accept"),
        Reports("server", "*accepted *"),
        // Each pause is longer than a delayed ACK, so that one segment at a time is on its way.
        Types("client", "send *4096"),
        Reports("client", "*took 4096 *"),
        Pauses(60),
        Types("client", "send *4096"),
        Reports("client", "*took 4096 *"),
        Pauses(60),
        Types("client", "send *4096"),
        Reports("client", "*took 4096 *"),
        Pauses(60),
        // The buffer of the sender has room for the first half, and that must wait there.
        Types("client", "send *8192"),
        Reports("client", "*8192 bytes*"),
        Pauses(750),
        Types("server", "recv 65536"),
        Reports("server", "*received *"),
        Reports("client", "*took 8192 *"),
        Types("server", "recv 65536"),
        Reports("server", "*received *"),
        Types("client", "close"),
        EndsInput("client"),
        Ends("client", 0),
        Types("server", "close"),
        EndsInput("server"),
        Ends("server", 0),
    ],
};

const PARTIAL: Scenario = Scenario {
    step: "partial",
    title: "A send that takes a part",
    teaches: "a non-blocking send takes as many bytes as there is room for, and returns their number; the program sends the others later",
    waiting: "cargo course calls listen:127.0.0.1:8899 rcvbuf:8192",
    calling: "cargo course calls connect:127.0.0.1:8899 sndbuf:2048 nonblocking",
    lesson: "docs/lessons/04b-a-stream-comes-in-pieces.md",
    script: &[
        Waits("server", "course calls listen:127.0.0.1:0 rcvbuf:8192"),
        Reports("server", "*system made it *"),
        Calls("client", "course calls connect:{address} sndbuf:2048 nonblocking"),
        Reports("client", "*O_NONBLOCK*"),
        Types("server", "accept"),
        Reports("server", "*accepted *"),
        // Each pause is longer than a delayed ACK, so that the buffer of the sender is empty again.
        Types("client", "send *10000"),
        Reports("client", "*took *"),
        Pauses(60),
        Types("client", "send *10000"),
        Reports("client", "*took *"),
        Pauses(60),
        Types("client", "send *10000"),
        Reports("client", "*took *"),
        Pauses(60),
        // The window is closed: these wait in the buffer,
        Types("client", "send *10000"),
        Reports("client", "*took *"),
        Pauses(60),
        // and now that is full too.
        Types("client", "send *10000"),
        Reports("client", "*EAGAIN*"),
        Types("server", "recv 65536"),
        Reports("server", "*received *"),
        Pauses(60),
        Types("client", "send *10000"),
        Reports("client", "*took *"),
        Types("client", "close"),
        EndsInput("client"),
        Ends("client", 0),
        Types("server", "recv 65536"),
        Reports("server", "*received *"),
        Types("server", "recv 65536"),
        Reports("server", "*received *"),
        Types("server", "close"),
        EndsInput("server"),
        Ends("server", 0),
    ],
};

const LOSS: Scenario = Scenario {
    step: "loss",
    title: "A packet is lost",
    teaches: "UDP loses a datagram and nobody is told; TCP waits for an ACK, and sends again until it comes",
    waiting: "cargo course calls udp:127.0.0.1:8888",
    calling: "cargo udp-send",
    lesson: "docs/lessons/01-udp-send.md",
    script: &[
        Waits("receiver", "course calls udp:127.0.0.1:0"),
        Calls("sender", "udp-send {address}"),
        Types("receiver", "recvfrom"),
        Types("sender", "一"),
        Reports("receiver", "* sent 3 bytes*"),
        Types("receiver", "lose"),
        Reports("receiver", "*is lost *"),
        Types("sender", "二"),
        Pauses(50),
        Types("receiver", "hear"),
        Reports("receiver", "*nothing is lost *"),
        Types("receiver", "recvfrom"),
        Types("sender", "三"),
        Reports("receiver", "* sent 3 bytes*"),
        EndsInput("sender"),
        Ends("sender", 0),
        EndsInput("receiver"),
        Ends("receiver", 0),
        Waits("server", "course calls listen:127.0.0.1:0"),
        Calls("client", "course calls connect:{address}"),
        Types("server", "accept"),
        Reports("server", "*accepted *"),
        Types("server", "lose"),
        Reports("server", "*is lost *"),
        Types("client", "send 你好"),
        Reports("client", "*send *"),
        Pauses(50),
        Types("server", "hear"),
        Types("server", "recv"),
        Reports("server", "*received 6 bytes*"),
        Types("client", "close"),
        EndsInput("client"),
        Ends("client", 0),
        Types("server", "recv"),
        Types("server", "close"),
        EndsInput("server"),
        Ends("server", 0),
    ],
};

const REORDER: Scenario = Scenario {
    step: "reorder",
    title: "Segments out of order",
    teaches: "after a gap the receiver says with each ACK what is missing, and the sender sends that again before a timer runs out",
    waiting: "cargo course calls listen:127.0.0.1:8899 lose:ttl",
    calling: "cargo course calls connect:127.0.0.1:8899 send:一 ttl:1 send:二 ttl:64 send:*4344",
    lesson: "docs/lessons/08-tcp-or-udp.md",
    script: &[
        Waits("server", "course calls listen:127.0.0.1:0 lose:ttl"),
        Reports("server", "*TTL of 1*"),
        Calls("client", "course calls connect:{address} send:一 ttl:1 send:二 ttl:64 send:*4344"),
        Reports("client", "*took 4344*"),
        Types("server", "accept"),
        Reports("server", "*accepted *"),
        Types("server", "recv 8192"),
        Reports("server", "*received 4350 bytes*"),
        Types("client", "close"),
        EndsInput("client"),
        Ends("client", 0),
        Types("server", "recv"),
        Reports("server", "*received 0 bytes*"),
        Types("server", "close"),
        EndsInput("server"),
        Ends("server", 0),
    ],
};

const TRUNCATED: Scenario = Scenario {
    step: "truncated",
    title: "A datagram is cut",
    teaches: "what doesn't fit into recvfrom's buffer is gone: the next recvfrom brings the next datagram, not the rest",
    waiting: "cargo udp-recv --buffer 8",
    calling: "cargo udp-send 127.0.0.1:8888 一二三四五",
    lesson: "docs/lessons/02-udp-recv.md",
    script: &[
        Waits("receiver", "udp-recv 127.0.0.1:0 --buffer 8"),
        Calls("sender", "udp-send {address} 一二三四五"),
        Prints("receiver", "[*] *"),
        Reports("receiver", "[*] more than 8 bytes in this datagram*"),
        Ends("sender", 0),
        Calls("goodbye", "udp-send {address} 88"),
        Ends("goodbye", 0),
        Ends("receiver", 0),
    ],
};
