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
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::Duration;

use clap::{Parser, Subcommand};
use common::console::{self, Lines};
use common::{Address, Call, Encoding, Explain, Result, address, exit, net, step, text};
use socket2::Socket;

mod framing;
mod turns;

use framing::{Framing, Messages};
use turns::{Turn, Turns};

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
    let (socket, we_begin) = match &options.role {
        Role::Serve { address } => (accept_one(address)?, false),
        Role::Connect { address } => {
            step!("1", "connect", "{address}: socket and connect, as in step 5");
            (net::connect(address)?, true)
        }
    };
    net::send_without_delay(&socket);
    let receiving = socket.try_clone().explain(Call::Duplicate, "the socket")?;
    let talk = Conversation {
        peer: address::show(&socket.peer_addr().explain(Call::Getpeername, "the connection")?),
        socket,
        encoding: options.course.encoding,
        framing: options.framing,
    };
    let lines = Lines::open("> ", &options.input, Some("end"))?;

    // The receiving thread waits for the peer, this one for the keyboard: nobody waits for the other.
    let messages = Messages::new(receiving, talk.peer.clone(), talk.encoding, talk.framing);
    let (turn, handed) = mpsc::channel();
    let receiver = common::start_thread("receiver", move || receive_all(messages, &turn))?;
    let turns = if options.turns { Some(Turns::new(we_begin, handed)) } else { None };
    let ended = talk_until_end(&talk, lines, turns);

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
    let (socket, peer) = listener.accept().explain(Call::Accept, address)?;
    net::report_connected(&[], &peer);
    net::stop_listening(listener);
    Ok(socket)
}

/// Sends every line as it is typed, or at our turn. True when the conversation is over, false at the end of a pipe.
fn talk_until_end(talk: &Conversation, mut lines: Lines, mut turns: Option<Turns>) -> bool {
    loop {
        if let Some(turns) = &mut turns
            && !turns.wait_for_ours()
        {
            return true;
        }
        let Some(line) = lines.next_line() else { return lines.is_keyboard() };
        let sent = talk.send(&line);
        if line == "end" {
            return true;
        }
        if let Some(turns) = &mut turns {
            turns.ours = !sent; // when nothing was sent it is still our turn
        }
    }
}

impl Conversation {
    /// Sends one line as a message. False when it could not be sent; that is reported.
    fn send(&self, line: &str) -> bool {
        let message = match self.framing {
            Framing::Line => format!("{line}\n"),
            Framing::Raw => line.to_owned(),
        };
        if message.is_empty() {
            // send would hand nothing over, and in turns both sides would wait forever.
            console::status("an empty message has no bytes; nothing was sent");
            return false;
        }
        match self.send_message(&message) {
            Ok(()) => true,
            Err(error) => {
                console::print_error(&error);
                false
            }
        }
    }

    /// The whole message in one call, so that it can travel in one segment.
    fn send_message(&self, message: &str) -> Result<()> {
        let bytes = self.encoding.encode(message)?;
        step!("2", "send", step::bytes(&bytes, self.encoding));
        (&self.socket).write_all(&bytes).explain(Call::Send, &self.peer)
    }
}

/// The receiving thread: prints every message, and ends the program at `end` or when the peer leaves.
fn receive_all(mut messages: Messages, turn: &Sender<Turn>) {
    loop {
        match messages.wait() {
            Ok(Some(message)) => {
                console::result(&format!("[{}] {}", messages.peer, text::clean_message(&message)));
                if text::trim_line_end(&message) == "end" {
                    console::status("the peer said end: the conversation is over");
                    exit::leave(0);
                }
                let _ = turn.send(Turn); // taken only by those who talk in turns
            }
            Ok(None) => {
                console::status_of_end("the peer closed the connection (recv returned 0 bytes)");
                exit::leave(0);
            }
            Err(error) => {
                console::print_error(&error);
                exit::leave(error.exit_code);
            }
        }
    }
}
