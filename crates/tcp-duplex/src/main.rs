//! Step 6: talks over TCP, in turns or freely. A stream has no messages: both sides must agree on
//! where one ends.
//!
//! ```text
//! cargo tcp-duplex serve                    in one terminal
//! cargo tcp-duplex connect                  in another: both may talk at any time; `end` ends both
//! cargo tcp-duplex serve --turns            strictly in turns, the client first
//! ```

use std::io::Write;
use std::net::Shutdown;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

use clap::{Parser, Subcommand};
use common::console::{self, Lines};
use common::{Address, Encoding, Explain, Input, Result, address, net, step, stop};
use socket2::Socket;

mod framing;

use framing::{Framing, Messages};

/// Talks both ways over one TCP connection; `end`, typed or received, ends both sides
#[derive(Parser)]
#[command(version)]
struct Options {
    #[command(subcommand)]
    role: Role,
    /// Strictly in turns; the client speaks first
    #[arg(long, global = true)]
    turns: bool,
    /// What a message is
    #[arg(long, global = true, value_enum, default_value = "line")]
    framing: Framing,
    #[command(flatten)]
    input: common::Input,
    #[command(flatten)]
    course: common::Options,
}

#[derive(Subcommand)]
enum Role {
    /// Wait for one peer
    Serve {
        /// The own address: HOST:PORT, [V6]:PORT, :PORT, PORT or unix:PATH
        #[arg(default_value = "127.0.0.1:8888")]
        address: Address,
    },
    /// Call a peer that waits
    Connect {
        /// The peer: HOST:PORT, [V6]:PORT, :PORT, PORT or unix:PATH
        #[arg(default_value = "127.0.0.1:8888")]
        address: Address,
    },
}

/// One conversation: the connected socket and how both sides talk.
struct Conversation {
    socket: Socket,
    peer: String,
    encoding: Encoding,
    framing: Framing,
}

fn main() -> ExitCode {
    let options: Options = common::parse();
    common::run(&options.course, || tcp_duplex(&options))
}

fn tcp_duplex(options: &Options) -> Result<()> {
    let (socket, we_speak) = match &options.role {
        Role::Serve { address } => (accept_one(address)?, false),
        Role::Connect { address } => {
            step!("1", "connect", "{address}: socket and connect, as in step 5");
            (net::connect(address)?, true)
        }
    };
    net::send_without_delay(&socket);
    let peer = socket.peer_addr().explain("getpeername", "the connection")?;
    let talk = Arc::new(Conversation {
        socket,
        peer: address::show(&peer),
        encoding: options.course.encoding,
        framing: options.framing,
    });

    // The receiving thread waits for the peer, this one for the keyboard: nobody waits for the other.
    let (heard, peer_spoke) = mpsc::channel();
    let listening = Arc::clone(&talk);
    let receiver = thread::Builder::new()
        .name("receiver".into())
        .spawn(move || receive_all(&listening, &heard))
        .explain("start a thread for", "receiving")?;

    let ended = if options.turns {
        talk_in_turns(&talk, &options.input, we_speak, &peer_spoke)?
    } else {
        talk_freely(&talk, &options.input)?
    };
    step!("4", "shutdown", "the sending half: nothing more will come from us");
    let _ = talk.socket.shutdown(Shutdown::Write);
    if ended {
        // The receiving thread ends the program when the peer closes; a silent peer gets a second.
        thread::sleep(Duration::from_secs(1));
    } else {
        let _ = receiver.join();
    }
    Ok(())
}

/// Waits for one peer. The listening socket is closed then: this chat is for two.
fn accept_one(address: &Address) -> Result<Socket> {
    let listener = net::listen(address, 1)?;
    step!("1", "accept", "wait for the peer (socket, bind and listen: as in step 4) …");
    let (socket, peer) = listener.accept().explain("accept", address)?;
    console::tell(&format!("connected to {}", address::show(&peer)));
    Ok(socket)
}

/// Sends every line as it is typed. True when the conversation is over, false at the end of a pipe.
fn talk_freely(talk: &Conversation, input: &Input) -> Result<bool> {
    let mut lines = Lines::open("> ", input, Some("end"))?;
    while let Some(line) = lines.next_line() {
        talk.send(&line);
        if line == "end" {
            return Ok(true);
        }
    }
    Ok(lines.is_keyboard())
}

/// Sends one line, then waits until the peer has spoken. What is typed too early is sent at our turn.
fn talk_in_turns(
    talk: &Conversation,
    input: &Input,
    we_speak: bool,
    peer_spoke: &Receiver<()>,
) -> Result<bool> {
    let mut lines = Lines::open("> ", input, Some("end"))?;
    let mut our_turn = we_speak;
    loop {
        if !our_turn {
            console::tell("the peer's turn; what is typed now is sent afterwards");
            if peer_spoke.recv().is_err() {
                return Ok(true); // the receiving thread has ended, and with it the conversation
            }
        }
        console::tell("your turn");
        let Some(line) = lines.next_line() else { break };
        our_turn = !talk.send(&line); // when nothing was sent it is still our turn
        if line == "end" {
            return Ok(true);
        }
    }
    Ok(lines.is_keyboard())
}

impl Conversation {
    /// Sends one message in one piece. False when it could not be sent; that is told.
    fn send(&self, line: &str) -> bool {
        let message =
            if self.framing == Framing::Line { format!("{line}\n") } else { line.to_owned() };
        if message.is_empty() {
            // send would hand nothing over, and in turns both sides would wait for ever.
            console::tell("an empty message has no bytes; nothing was sent");
            return false;
        }
        let sent = self.encoding.encode(&message).and_then(|bytes| {
            step!("2", "send", "{}", step::bytes_and_text(&bytes, self.encoding));
            (&self.socket).write_all(&bytes).explain("send", &self.peer)
        });
        sent.inspect_err(|error| error.tell()).is_ok()
    }
}

/// The receiving thread: prints every message, and ends the program at `end` or when the peer leaves.
fn receive_all(talk: &Conversation, heard: &Sender<()>) {
    let mut messages =
        Messages::new(&talk.socket, &talk.peer, talk.encoding, talk.framing == Framing::Line);
    loop {
        match messages.next() {
            Ok(Some(message)) => {
                console::result(&format!("[{}] {}", talk.peer, console::clean_message(&message)));
                if console::trim_line_end(&message) == "end" {
                    console::tell("the peer said end: the conversation is over");
                    stop::leave(0);
                }
                let _ = heard.send(()); // the other thread waits for it when we take turns
            }
            Ok(None) => {
                console::tell("the peer closed the connection (recv returned 0 bytes)");
                stop::leave(0);
            }
            Err(error) => {
                error.tell();
                stop::leave(error.exit_code);
            }
        }
    }
}
