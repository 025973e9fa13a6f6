//! Step 2: receives datagrams with UDP.
//!
//! ```text
//! cargo udp-recv                     print each datagram with its sender; a datagram `88` ends it
//! cargo udp-recv --reply got-it      and answer each sender
//! ```

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::process::ExitCode;

use clap::Parser;
use common::{
    Address, Call, Encoding, Error, Explain, Result, address, console, error, net, step, text,
};
use socket2::{Domain, Protocol, Socket, Type};

/// Receives datagrams and prints each as `[PEER] TEXT`; a datagram `88` ends it
#[derive(Parser)]
#[command(version)]
struct Options {
    /// The own address: HOST:PORT, [V6]:PORT, :PORT or PORT; 0.0.0.0:PORT hears the whole network
    #[arg(default_value = "127.0.0.1:8888", value_parser = address::parse_udp)]
    address: Address,
    /// Receive one datagram and end
    #[arg(long)]
    once: bool,
    /// Answer each sender with TEXT
    #[arg(long, value_name = "TEXT")]
    reply: Option<String>,
    /// The size of the receive buffer; what doesn't fit into it is lost
    #[arg(long, value_name = "BYTES", default_value_t = 1024, value_parser = clap::value_parser!(u32).range(1..=65536))]
    buffer: u32,
    /// Also receive what is sent to this multicast group, for example 239.1.2.3
    #[arg(long, value_name = "GROUP", value_parser = net::parse_group)]
    join: Option<IpAddr>,
    #[command(flatten)]
    course: common::Options,
}

fn main() -> ExitCode {
    let options: Options = common::parse();
    common::run(&options.course, || udp_recv(&options))
}

fn udp_recv(options: &Options) -> Result<()> {
    let encoding = options.course.encoding;
    let reply = encoding.encode_option(options.reply.as_deref())?;
    let socket = open_socket(options)?;
    // One byte more than asked for: a datagram that fills it was longer than the student's buffer. (Windows would give an
    // error for that, and no sender; so there the buffer is large enough for all, and what is too much is not shown.)
    let size = if cfg!(windows) { net::LARGEST_DATAGRAM } else { options.buffer as usize + 1 };
    let mut buffer = vec![0; size];
    loop {
        step!("3", "recvfrom", "wait for a datagram of up to {} bytes …", options.buffer);
        let (length, peer) = match socket.recv_from(&mut buffer) {
            Ok(received) => received,
            Err(error) if error::is_lost_datagram(&error) => {
                console::status(
                    "nobody listens at the last peer's port; that datagram was lost; still receiving",
                );
                continue;
            }
            Err(error) => return Err(Error::of_call(Call::Recvfrom, &options.address, &error)),
        };
        let text = show_datagram(&buffer[..length], peer, options.buffer as usize, encoding);
        if let Some(payload) = &reply {
            step!("3b", "sendto", peer = peer, step::bytes(payload, encoding));
            if let Err(error) = socket.send_to(payload, peer) {
                console::print_error(&Error::of_call(Call::Sendto, peer, &error)); // the others still get theirs
            }
        }
        if options.once || text::trim_line_end(&text) == "88" {
            break;
        }
    }
    step!("4", "close", "datagrams that come from now on are lost");
    drop(socket);
    Ok(())
}

fn open_socket(options: &Options) -> Result<UdpSocket> {
    let own = options.address.resolve_udp()?;
    if own.ip().is_multicast() {
        return Err(Error::local(
            format!("{own}: a multicast group is joined, not bound"),
            format!("udp-recv {} --join {}", own.port(), own.ip()),
        ));
    }
    step!("1", "socket", "{}, SOCK_DGRAM: ask the system for a UDP socket", net::family(own));
    let socket = Socket::new(Domain::for_address(own), Type::DGRAM, Some(Protocol::UDP))
        .explain(Call::Socket, own)?;
    // Datagrams that nobody took yet wait in the system's buffer; a burst needs space. No error when
    // the system allows less.
    let _ = socket.set_recv_buffer_size(4 << 20);
    net::accept_ipv4_too(&socket, &own.into())?;
    match options.join {
        Some(group) => {
            step!("2", "bind", "all addresses, port {}; then join the group {group}", own.port());
            net::bind_and_join(&socket, own, group)?;
        }
        None => {
            step!("2", "bind", "{own}: datagrams to this address and port are ours");
            socket.bind(&own.into()).explain(Call::Bind, own)?;
        }
    }
    net::report_listening(&socket)?;
    Ok(UdpSocket::from(socket))
}

/// Prints a datagram as `[PEER] TEXT`, says when it was cut, and returns its text.
fn show_datagram(bytes: &[u8], peer: SocketAddr, buffer: usize, encoding: Encoding) -> String {
    let peer = address::show(&peer.into());
    let kept = &bytes[..bytes.len().min(buffer)];
    step::received_from(&peer, kept, encoding);
    let decoded = encoding.decode(kept);
    console::result_soon(&format!("[{peer}] {}", text::clean_message(&decoded.text)));
    if step::explaining() {
        console::flush(); // before the narration goes on
    }
    if bytes.len() > buffer {
        console::flush();
        console::status(&format!(
            "[{peer}] more than {buffer} bytes in this datagram, buffer {buffer}: the rest is gone; --buffer 65507"
        ));
    } else {
        console::hint_once(&peer, decoded.hint);
    }
    decoded.text
}
