//! A step in a terminal, and this test as its peer.

use std::io::Write;
use std::net::TcpStream;

use terminal::{Setting, Terminal, USUAL};
use testkit::peer::{self, UdpPeer};

/// A step in a terminal that talks to this test. The step's name may have options after it.
pub struct Chat {
    pub terminal: Terminal,
    pub peer: Peer,
    /// What stands before each message of the peer.
    pub mark: String,
}

pub enum Peer {
    Udp(UdpPeer),
    Tcp(TcpStream),
}

pub const STEPS: [&str; 3] = ["udp-chat", "tcp-duplex", "tcp-client"];

impl Chat {
    /// Starts the step, connects it with this test, and waits for its prompt.
    pub fn start(step: &str) -> Chat {
        Self::start_in(&USUAL, step)
    }

    pub fn start_in(setting: &Setting, step: &str) -> Chat {
        let chat = Self::connect(setting, step);
        chat.terminal.wait_for_line("> ");
        chat
    }

    pub fn connect(setting: &Setting, step: &str) -> Chat {
        let (step, options) = step.split_once(' ').unwrap_or((step, ""));
        if step == "udp-send" {
            return Self::connect_sender(setting);
        }
        if step == "udp-chat" {
            let peer = UdpPeer::new();
            let args = [&peer.address, "--bind", "127.0.0.1:0"];
            let terminal = Terminal::start_in(setting, step, &args);
            peer.connect(&terminal.text_after("listening on "));
            return Chat::with(terminal, peer);
        }
        let (listener, address) = peer::listener();
        let mut args = vec![&*address];
        if step == "tcp-duplex" {
            args.insert(0, "connect");
        }
        args.extend(options.split_whitespace());
        let terminal = Terminal::start_in(setting, step, &args);
        let connection = peer::accept(&listener);
        let mark = if step == "tcp-duplex" { format!("[{address}] ") } else { String::new() };
        Chat { terminal, peer: Peer::Tcp(connection), mark }
    }

    /// udp-send prints what comes only after it has sent something, so it has asked already.
    fn connect_sender(setting: &Setting) -> Chat {
        let peer = UdpPeer::new();
        let args = [&peer.address, "--wait", "60"];
        let mut terminal = Terminal::start_in(setting, "udp-send", &args);
        terminal.wait_for_line("> ");
        terminal.type_keys("ask\r");
        peer.connect(&peer.expect("ask").to_string());
        Chat::with(terminal, peer)
    }

    fn with(terminal: Terminal, peer: UdpPeer) -> Chat {
        let mark = format!("[{}] ", peer.address);
        Chat { terminal, peer: Peer::Udp(peer), mark }
    }

    /// The peer sends one message.
    pub fn say(&mut self, message: &str) {
        match &mut self.peer {
            Peer::Udp(peer) => peer.send(message),
            Peer::Tcp(stream) => stream.write_all(format!("{message}\n").as_bytes()).unwrap(),
        }
    }

    /// The peer receives exactly this message.
    pub fn expect_heard(&mut self, message: &str) {
        match &self.peer {
            Peer::Udp(peer) => drop(peer.expect(message)),
            Peer::Tcp(stream) => peer::expect_bytes(stream, format!("{message}\n").as_bytes()),
        }
    }

    /// The peer's connection ends: politely, or with a reset.
    pub fn hang_up(self, reset: bool) -> Terminal {
        match self.peer {
            Peer::Tcp(stream) if reset => peer::reset(stream),
            peer => drop(peer),
        }
        self.terminal
    }

    pub fn half_type(&mut self, text: &str) {
        self.terminal.type_keys(text);
        self.terminal.wait_for_line(&format!("> {text}"));
    }
}
