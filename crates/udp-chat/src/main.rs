//! Step 3: talks both ways over one UDP socket, with a thread for each direction.
//!
//! ```text
//! cargo udp-chat                        wait on 127.0.0.1:8888; the first datagram names the peer
//! cargo udp-chat 127.0.0.1:8888         in another terminal
//! ```

use std::net::{SocketAddr, UdpSocket};
use std::process::ExitCode;

use clap::Parser;
use common::console::{self, Lines};
use common::{
    Address, Call, Encoding, Error, Explain, Result, address, error, exit, net, step, text,
};
use socket2::{Domain, Protocol, Socket, Type};

/// Chats over UDP, both directions at once; `88`, typed or received, ends both sides
#[derive(Parser)]
#[command(version)]
struct Options {
    /// The other side: HOST:PORT, [V6]:PORT, :PORT or PORT; without it the first datagram names it
    #[arg(value_parser = address::parse_udp)]
    peer: Option<Address>,
    /// The own address; without it the system chooses a port, or 127.0.0.1:8888 when there is no PEER
    #[arg(long, value_name = "ADDRESS", value_parser = address::parse_udp)]
    bind: Option<Address>,
    #[command(flatten)]
    input: common::Input,
    #[command(flatten)]
    course: common::Options,
}

fn main() -> ExitCode {
    let options: Options = common::parse();
    common::run(&options.course, || udp_chat(&options))
}

fn udp_chat(options: &Options) -> Result<()> {
    let encoding = options.course.encoding;
    let known_peer = match &options.peer {
        Some(peer) => Some(peer.resolve_udp_peer()?),
        None => None,
    };
    let socket = open_socket(options, known_peer)?;
    let peer = match known_peer {
        Some(peer) => peer,
        None => wait_for_peer(&socket, encoding)?,
    };
    console::status(&format!("chatting with {}; 88 ends on both sides", show(peer)));
    let lines = Lines::open("> ", &options.input, Some("88"))?;

    // One socket, two threads: the system lets one thread receive while another one sends. The clone is another handle
    // for the same socket, so that each thread has one.
    let receiving = socket.try_clone().explain(Call::Duplicate, "the socket")?;
    let receiver = common::start_thread("receiver", move || {
        receive_all(&receiving, peer, encoding);
    })?;
    send_lines(&socket, peer, lines, encoding);

    // The end of a pipe is not the end of the chat: `udp-chat PEER </dev/null` only receives.
    console::status("end of input: still receiving, until 88 comes");
    let _ = receiver.join();
    Ok(())
}

fn open_socket(options: &Options, peer: Option<SocketAddr>) -> Result<UdpSocket> {
    let own = match (&options.bind, peer) {
        (Some(own), _) => own.resolve_udp()?,
        (None, Some(peer)) => net::any_address(peer), // nobody needs to know our port beforehand
        (None, None) => address::loopback(8888),
    };
    net::check_families(own, peer.unwrap_or(own))?;
    step!("1", "socket", "{}, SOCK_DGRAM: one UDP socket for both directions", net::family(own));
    let socket = Socket::new(Domain::for_address(own), Type::DGRAM, Some(Protocol::UDP))
        .explain(Call::Socket, own)?;
    net::accept_ipv4_too(&socket, &own.into())?;
    step!("2", "bind", "{own}: the peer answers to this address");
    socket.bind(&own.into()).explain(Call::Bind, own)?;
    if options.bind.is_some() || peer.is_none() {
        net::report_listening(&socket)?;
    }
    Ok(UdpSocket::from(socket))
}

/// Without a PEER the first datagram says who it is, as a phone shows who is calling.
fn wait_for_peer(socket: &UdpSocket, encoding: Encoding) -> Result<SocketAddr> {
    console::status("waiting for the first datagram, which names the peer …");
    let mut buffer = [0; net::LARGEST_DATAGRAM];
    loop {
        step!("3", "recvfrom", "wait for the first datagram …");
        if let Some((peer, text)) = receive(socket, &mut buffer, encoding)? {
            if text == "88" {
                exit::leave(0);
            }
            return Ok(peer);
        }
    }
}

/// The receiving thread: prints what comes until the peer says `88`, then ends the whole program,
/// even if a line is half typed.
fn receive_all(socket: &UdpSocket, peer: SocketAddr, encoding: Encoding) {
    let mut buffer = [0; net::LARGEST_DATAGRAM];
    loop {
        step!("3", "recvfrom", "wait for the next datagram …");
        match receive(socket, &mut buffer, encoding) {
            Ok(Some((from, text))) if text == "88" && from == peer => {
                console::status("the peer said 88: the chat is over");
                exit::leave(0);
            }
            Ok(_) => {}
            Err(error) => {
                console::print_error(&error);
                exit::leave(error.exit_code);
            }
        }
    }
}

/// Receives and prints one datagram; `None` when it was only news about a lost one.
fn receive(
    socket: &UdpSocket,
    buffer: &mut [u8],
    encoding: Encoding,
) -> Result<Option<(SocketAddr, String)>> {
    match socket.recv_from(buffer) {
        Ok((length, from)) => {
            let name = show(from);
            step::received_from(&name, &buffer[..length], encoding);
            let decoded = encoding.decode(&buffer[..length]);
            console::result(&format!("[{name}] {}", text::clean_message(&decoded.text)));
            console::hint_once(&name, decoded.hint);
            Ok(Some((from, text::trim_line_end(&decoded.text).to_owned())))
        }
        Err(error) if error::is_lost_datagram(&error) => {
            console::status(
                "nobody listens at the peer's port; that datagram was lost; still receiving",
            );
            Ok(None)
        }
        Err(error) => Err(Error::of_call(Call::Recvfrom, "the peer", &error)),
    }
}

/// The main thread: every line typed is one datagram. `88` is sent, and ends the program.
fn send_lines(socket: &UdpSocket, peer: SocketAddr, mut lines: Lines, encoding: Encoding) {
    loop {
        let line = match lines.next_line() {
            Some(line) => line,
            None if lines.is_keyboard() => "88".into(), // Ctrl-D: don't leave the peer alone
            None => return,
        };
        match send(socket, peer, &line, encoding) {
            Err(error) => console::print_error(&error), // and go on: the next line may fit
            Ok(()) if line == "88" => exit::leave(0),
            Ok(()) => {}
        }
    }
}

fn send(socket: &UdpSocket, peer: SocketAddr, text: &str, encoding: Encoding) -> Result<()> {
    let payload = encoding.encode(text)?;
    step!("4", "sendto", peer = peer, step::bytes(&payload, encoding));
    socket.send_to(&payload, peer).explain(Call::Sendto, peer)?;
    Ok(())
}

fn show(address: SocketAddr) -> String {
    address::show(&address.into())
}
