//! Step 1: sends datagrams with UDP.
//!
//! ```text
//! cargo udp-recv                             in one terminal
//! cargo udp-send 127.0.0.1:8888 hello        in another: one datagram
//! cargo udp-send                             every line typed is one datagram; 88 ends it
//! ```

use std::io::ErrorKind;
use std::net::{SocketAddr, UdpSocket};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use common::console::{self, Lines};
use common::{Address, Call, Error, Explain, Result, address, error, net, outcome, step, text};
use socket2::{Domain, Protocol, Socket, Type};

/// Sends datagrams: one for MESSAGE, or one for every line typed until `88`
#[derive(Parser)]
#[command(version)]
struct Options {
    /// The receiver: HOST:PORT, [V6]:PORT, :PORT or PORT
    #[arg(default_value = "127.0.0.1:8888", value_parser = address::parse_udp)]
    address: Address,
    /// The text to send; words are joined by a space
    message: Vec<String>,
    /// Wait up to SECONDS for an answer to each datagram and print it
    #[arg(long, value_name = "SECONDS", value_parser = net::parse_seconds)]
    wait: Option<Duration>,
    /// Send from this address instead of a port that the system chooses
    #[arg(long, value_name = "ADDRESS", value_parser = address::parse_udp)]
    bind: Option<Address>,
    /// Allow broadcast addresses such as 255.255.255.255
    #[arg(long)]
    broadcast: bool,
    #[command(flatten)]
    input: common::Input,
    #[command(flatten)]
    course: common::Options,
}

fn main() -> ExitCode {
    let options: Options = common::parse();
    common::run(&options.course, || udp_send(&options))
}

fn udp_send(options: &Options) -> Result<()> {
    let peer = options.address.resolve_udp_peer()?;
    let socket = open_socket(options, peer)?;

    if options.message.is_empty() {
        send_lines(&socket, peer, options)?;
    } else {
        send(&socket, peer, &options.message.join(" "), options)?;
    }

    step!("3", "close", "give the socket and its port back to the system");
    drop(socket);
    Ok(())
}

fn open_socket(options: &Options, peer: SocketAddr) -> Result<UdpSocket> {
    step!("1", "socket", "{}, SOCK_DGRAM: ask the system for a UDP socket", net::family(peer));
    let socket = Socket::new(Domain::for_address(peer), Type::DGRAM, Some(Protocol::UDP))
        .explain(Call::Socket, peer)?;

    if options.broadcast {
        // The system refuses to shout at a whole network unless the program says that it means it.
        socket.set_broadcast(true).explain(Call::Setsockopt, "SO_BROADCAST")?;
    }
    if let Some(own) = &options.bind {
        let own = own.resolve_udp()?;
        net::check_families(own, peer)?;
        step!("1b", "bind", "{own}: send from this address");
        socket.bind(&own.into()).explain(Call::Bind, own)?;
        net::send_multicast_from(&socket, own, peer)?;
    }
    Ok(UdpSocket::from(socket))
}

/// One datagram for every line, until `88` or the end of the input.
fn send_lines(socket: &UdpSocket, peer: SocketAddr, options: &Options) -> Result<()> {
    console::status(&format!("each line is one datagram to {peer}; 88 ends"));
    let mut lines = Lines::open("> ", &options.input, Some("88"))?;
    while let Some(line) = lines.next_line() {
        if let Err(error) = send(socket, peer, &line, options) {
            console::print_error(&error); // and go on: the next line may fit
        }
        if line == "88" {
            break;
        }
    }
    Ok(())
}

fn send(socket: &UdpSocket, peer: SocketAddr, text: &str, options: &Options) -> Result<()> {
    let encoding = options.course.encoding;
    let payload = encoding.encode(text)?;
    step!("2", "sendto", peer = peer, step::bytes(&payload, encoding));
    // A datagram goes out whole or not at all. That it was sent doesn't mean that anyone got it.
    socket.send_to(&payload, peer).explain(Call::Sendto, peer)?;

    if step::explaining() && options.bind.is_none() {
        let own = socket.local_addr().explain(Call::Getsockname, "the socket")?;
        outcome!("sent from port {}, chosen by the system; --bind fixes it", own.port());
    }
    wait_for_answer(socket, peer, options)
}

/// With `--wait`: prints the answer, or says that none came.
fn wait_for_answer(socket: &UdpSocket, peer: SocketAddr, options: &Options) -> Result<()> {
    let Some(patience) = options.wait else { return Ok(()) };
    socket.set_read_timeout(Some(patience)).explain(Call::Setsockopt, "SO_RCVTIMEO")?;
    let mut buffer = [0; net::LARGEST_DATAGRAM];
    step!("2b", "recvfrom", "wait up to {} s for an answer …", patience.as_secs_f32());
    let mut received = socket.recv_from(&mut buffer);
    while matches!(&received, Err(error) if error.kind() == ErrorKind::Interrupted) {
        received = socket.recv_from(&mut buffer); // Ctrl-Z and fg end a call that has a time limit
    }
    match received {
        Ok((length, from)) => {
            step::received_from(from, &buffer[..length], options.course.encoding);
            let answer = options.course.encoding.decode(&buffer[..length]);
            console::result(&format!("[{from}] {}", text::clean_message(&answer.text)));
            console::hint_once(&from.to_string(), answer.hint);
            Ok(())
        }
        Err(error) if error::timed_out(&error) => Err(Error::network(
            format!("no answer from {peer} in {} s", patience.as_secs_f32()),
            "is the receiver running, on this port, and does it answer (udp-recv --reply TEXT)?\n  \
             UDP can't tell: a lost datagram and a missing receiver look the same",
        )),
        Err(error) => Err(Error::of_call(Call::Recvfrom, peer, &error)),
    }
}
