//! Step 5: connects to a TCP server, sends, and prints what comes until the server closes.
//!
//! ```text
//! cargo tcp-server --echo                      in one terminal
//! cargo tcp-client 127.0.0.1:8899 hello        in another: send, then print the answer
//! cargo tcp-client                             send every line typed; Ctrl-D ends the sending
//! ```

use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::process::ExitCode;

use clap::Parser;
use common::console::{self, Lines};
use common::text::StreamCleaner;
use common::{Address, Call, Encoding, Error, Explain, Result, address, net, step};
use socket2::{Socket, Type};

/// Sends MESSAGE or the lines typed, and prints what comes until the server closes
#[derive(Parser)]
#[command(version)]
struct Options {
    /// The server: HOST:PORT, [V6]:PORT, :PORT, PORT or unix:PATH
    #[arg(default_value = "127.0.0.1:8899")]
    address: Address,
    /// The text to send; words are joined by a space
    message: Vec<String>,
    #[command(flatten)]
    input: common::Input,
    #[command(flatten)]
    course: common::Options,
}

fn main() -> ExitCode {
    let options: Options = common::parse();
    common::run(&options.course, || tcp_client(&options))
}

fn tcp_client(options: &Options) -> Result<()> {
    let encoding = options.course.encoding;
    let message = encoding.encode(&options.message.join(" "))?; // before anyone is called
    let socket = connect(&options.address)?;
    net::send_without_delay(&socket);

    if options.message.is_empty() {
        // Typing is slow: a thread of its own sends, so that what comes meanwhile is printed.
        let lines = Lines::open("> ", &options.input, None)?;
        let sending = socket.try_clone().explain(Call::Duplicate, "the socket")?;
        common::start_thread("sender", move || send_lines(&sending, lines, encoding))?;
    } else {
        send_message(&socket, &message, encoding);
    }
    receive_all(&socket, &options.address, encoding)?;

    step!("6", "close", "give the socket back to the system");
    drop(socket);
    Ok(())
}

/// A name such as `localhost` may have several addresses; the first one that answers is taken.
fn connect(server: &Address) -> Result<Socket> {
    let mut tried = Vec::new();
    for peer in server.resolve_peer()? {
        let name = address::show(&peer);
        let family = net::family_of(&peer);
        step!("1", "socket", "{family}, SOCK_STREAM: ask the system for a TCP socket");
        let socket = Socket::new(peer.domain(), Type::STREAM, None).explain(Call::Socket, &peer)?;

        // No bind: the system chooses our port. When connect returns, the handshake is over.
        step!("2", "connect", "{name}: SYN, SYN+ACK, ACK …");
        match net::connect_within(&socket, &peer) {
            Ok(()) => {
                net::report_connected(&tried, &peer);
                return Ok(socket);
            }
            Err(error) => tried.push((peer, error)),
        }
    }
    Err(net::no_connection(&tried))
}

fn send_message(socket: &Socket, message: &[u8], encoding: Encoding) {
    if let Err(error) = send(socket, message, encoding) {
        console::print_error(&error); // what the server has sent is still printed
    }
    finish_sending(socket);
}

/// The sending thread. Whatever ends it, the server learns that nothing more will come.
fn send_lines(socket: &Socket, mut lines: Lines, encoding: Encoding) {
    while let Some(line) = lines.next_line() {
        let bytes = match encoding.encode(&format!("{line}\n")) {
            Ok(bytes) => bytes,
            Err(error) => {
                console::print_error(&error);
                continue; // the next line may fit
            }
        };
        if let Err(error) = send(socket, &bytes, encoding) {
            console::print_error(&error);
            break; // the connection is gone
        }
    }
    finish_sending(socket);
}

/// `mut` is here because `write_all` asks for it; the `&Socket` itself stays as it is.
fn send(mut socket: &Socket, bytes: &[u8], encoding: Encoding) -> Result<()> {
    step!("3", "send", step::bytes(bytes, encoding));
    // The whole message in one call, so that it can travel in one segment.
    socket.write_all(bytes).explain(Call::Send, "the message")
}

fn finish_sending(socket: &Socket) {
    step!("4", "shutdown", "the sending half: the server's recv will return 0 bytes");
    match socket.shutdown(Shutdown::Write) {
        Ok(()) => {}
        // The server was faster: it has closed the connection already.
        Err(error) if error.kind() == io::ErrorKind::NotConnected => {}
        Err(error) => {
            console::print_error(&Error::of_call(Call::Shutdown, "the sending half", &error))
        }
    }
}

/// Prints what comes until the server closes. A stream has no messages: one recv may hold a part of
/// what the server sent, or several sends at once.
fn receive_all(mut socket: &Socket, server: &Address, encoding: Encoding) -> Result<()> {
    let mut decoder = encoding.stream_decoder();
    let mut cleaner = StreamCleaner::default();
    let mut buffer = [0; 1024];
    loop {
        step!("5", "recv", "wait for up to {} bytes …", buffer.len());
        let bytes = match socket.read(&mut buffer) {
            Ok(0) => break, // the server closed
            Ok(length) => &buffer[..length],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(Error::of_call(Call::Recv, server, &error)),
        };
        step::received(bytes, encoding);
        let decoded = decoder.decode(bytes);
        console::result_part(&cleaner.clean(&decoded.text));
        console::flush();
        console::hint_once("", decoded.hint);
    }
    let end = decoder.finish();
    console::result_part(&(cleaner.clean(&end.text) + &cleaner.finish()));
    console::end_line();
    console::hint_once("", end.hint);
    console::status_of_end("the server closed the connection (recv returned 0 bytes)");
    Ok(())
}
