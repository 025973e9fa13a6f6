//! `cargo course calls`: makes socket calls one by one, and prints each before it is made.
//!
//! ```text
//! cargo course calls listen:8899 accept recv          as arguments; then more may be typed, one on each line
//! cargo course calls connect:8899
//! > send 你好
//! > close
//! ```
//!
//! A program makes its calls in one order. This one makes them in any order, so it shows what happens between calls that
//! no good program makes: closing with unread bytes, a recv that comes too late, a backlog that nobody empties.

use std::fmt::Display;
use std::io::{Read, Write};
use std::net::Shutdown;
use std::time::Duration;

use common::console::{self, Lines};
use common::record::Facts;
use common::{Address, Call, Encoding, Error, Explain, Result, address, net, step};
use socket2::{Domain, Socket, Type};
use testkit::outcome::Outcome;

/// The calls to make, and in which encoding text is sent.
#[derive(clap::Args, Debug)]
pub struct Options {
    /// Calls to make before those that are typed: listen:ADDRESS[/BACKLOG], accept, connect:ADDRESS, udp:ADDRESS, send:TEXT, send:*BYTES, sendto:ADDRESS=TEXT, recv[:BYTES], recvfrom[:BYTES], shutdown, close, close:listener, wait:MILLISECONDS, lose, hear
    #[arg(value_name = "CALL")]
    calls: Vec<String>,
    /// How text becomes bytes: utf-8, gbk, …
    #[arg(long, value_name = "LABEL", default_value = "utf-8", env = "SOCKET_ENCODING")]
    encoding: Encoding,
    #[command(flatten)]
    input: common::Input,
}

/// Runs the command.
pub fn run(options: &Options) -> Outcome {
    step::explain(true);
    if let Err(error) = Caller::new(options.encoding).make_all(&options.calls, &options.input) {
        console::print_error(&error);
    }
    console::close();
    Outcome::Code(common::exit::code_so_far())
}

/// The sockets so far.
struct Caller {
    encoding: Encoding,
    made: usize,
    listener: Option<Socket>,
    /// The connection, or the UDP socket.
    socket: Option<Socket>,
    peer: String,
    /// Connections that are still open but not the current one.
    earlier: Vec<Socket>,
}

impl Caller {
    fn new(encoding: Encoding) -> Caller {
        let earlier = Vec::new();
        Caller { encoding, made: 0, listener: None, socket: None, peer: String::new(), earlier }
    }

    fn make_all(&mut self, calls: &[String], input: &common::Input) -> Result<()> {
        for call in calls {
            self.make(call)?;
        }
        let mut lines = Lines::open("> ", input, None)?;
        while let Some(line) = lines.next_line() {
            if let Err(error) = self.make(&line) {
                console::print_error(&error); // the next call may be a better one
            }
        }
        Ok(())
    }

    /// Makes one call: its name, and what follows the first space or colon.
    fn make(&mut self, line: &str) -> Result<()> {
        let line = line.trim();
        let (call, text) = line.split_once([' ', ':']).unwrap_or((line, ""));
        match call {
            "" => Ok(()),
            "listen" => self.listen(text),
            "accept" => self.accept(),
            "connect" => self.connect(text),
            "udp" => self.open_udp(text),
            "send" => self.send(text),
            "sendto" => self.send_to(text),
            "recv" => self.recv(length(text)?),
            "recvfrom" => self.recv_from(length(text)?),
            "shutdown" => self.shutdown(),
            "close" => self.close(text),
            "wait" => {
                std::thread::sleep(Duration::from_millis(number(text)?));
                Ok(())
            }
            "lose" => self.lose(),
            "hear" => self.hear(),
            _ => Err(Error::local(
                format!("there is no call '{call}'"),
                "see cargo course calls --help",
            )),
        }
    }

    /// Prints a call before it is made.
    fn announce(&mut self, call: &str, text: &str) {
        self.made += 1;
        let number = self.made.to_string();
        step::print_step(&Facts::of_step(&number, call), format_args!("{text}"));
    }

    /// The same for a call that sends bytes.
    fn announce_bytes(&mut self, call: &str, peer: Option<&dyn Display>, bytes: &[u8]) {
        self.made += 1;
        let bytes = step::bytes(bytes, self.encoding);
        step::print_bytes(&self.made.to_string(), call, peer, &bytes);
    }

    fn listen(&mut self, text: &str) -> Result<()> {
        let (own, backlog) = text.split_once('/').unwrap_or((text, "128"));
        let backlog = i32::try_from(number(backlog)?).unwrap_or(i32::MAX);
        self.announce("listen", &format!("{own}, backlog {backlog}: socket, bind and listen"));
        self.listener = Some(net::listen(&parse(own)?, backlog)?);
        Ok(())
    }

    fn accept(&mut self) -> Result<()> {
        self.announce("accept", "wait for a client …");
        let listener = self.listener.as_ref().ok_or_else(|| missing("listen"))?;
        let (socket, peer) = listener.accept().explain(Call::Accept, "a client")?;
        self.peer = address::show(&peer);
        step::accepted(&self.peer);
        self.earlier.extend(self.socket.replace(socket)); // nothing is closed that wasn't asked for
        Ok(())
    }

    fn connect(&mut self, text: &str) -> Result<()> {
        self.announce("connect", &format!("{text}: socket and connect"));
        let socket = net::connect(&parse(text)?)?;
        net::send_without_delay(&socket);
        text.clone_into(&mut self.peer);
        self.earlier.extend(self.socket.replace(socket));
        Ok(())
    }

    fn open_udp(&mut self, text: &str) -> Result<()> {
        self.announce("bind", &format!("{text}: a UDP socket with this address"));
        let own = net::first_address(&parse(text)?)?;
        let domain = if own.is_ipv6() { Domain::IPV6 } else { Domain::IPV4 };
        let socket = Socket::new(domain, Type::DGRAM, None).explain(Call::Socket, text)?;
        socket.bind(&own).explain(Call::Bind, &own)?;
        net::report_listening(&socket)?;
        self.earlier.extend(self.socket.replace(socket));
        Ok(())
    }

    fn send(&mut self, text: &str) -> Result<()> {
        let bytes = self.bytes_of(text)?;
        self.announce_bytes("send", None, &bytes);
        self.open()?.write_all(&bytes).explain(Call::Send, &self.peer)
    }

    fn send_to(&mut self, text: &str) -> Result<()> {
        let (peer, text) = text.split_once('=').unwrap_or((text, ""));
        let bytes = self.bytes_of(text)?;
        self.announce_bytes("sendto", Some(&peer), &bytes);
        let to = net::first_address(&parse(peer)?)?;
        self.open()?.send_to(&bytes, &to).explain(Call::Sendto, peer)?;
        Ok(())
    }

    fn recv(&mut self, length: usize) -> Result<()> {
        self.announce("recv", &format!("wait for up to {length} bytes …"));
        let mut buffer = vec![0; length];
        let length = self.open()?.read(&mut buffer).explain(Call::Recv, &self.peer)?;
        match length {
            0 => step::print_outcome(
                &Facts::of_return("recv").bytes(0),
                format_args!("received 0 bytes: the peer has closed"),
            ),
            _ => step::received(&buffer[..length], self.encoding),
        }
        Ok(())
    }

    fn recv_from(&mut self, length: usize) -> Result<()> {
        self.announce("recvfrom", &format!("wait for a datagram of up to {length} bytes …"));
        let socket = self.open()?.try_clone().explain(Call::Duplicate, "the socket")?;
        let mut buffer = vec![0; length];
        let (length, peer) = std::net::UdpSocket::from(socket)
            .recv_from(&mut buffer)
            .explain(Call::Recvfrom, "anyone")?;
        match length {
            0 => step::print_outcome(
                &Facts::of_return("recvfrom").peer(peer).bytes(0),
                format_args!("{peer} sent 0 bytes: an empty datagram"),
            ),
            _ => step::received_from(peer, &buffer[..length], self.encoding),
        }
        Ok(())
    }

    fn shutdown(&mut self) -> Result<()> {
        self.announce("shutdown", "the sending half: a FIN, and receiving goes on");
        self.open()?.shutdown(Shutdown::Write).explain(Call::Shutdown, &self.peer)
    }

    fn close(&mut self, what: &str) -> Result<()> {
        if what == "listener" {
            self.announce("close", "the listening socket: new clients are refused from now on");
            self.listener = None;
        } else {
            // UDP has no connection that could be closed.
            let is_udp = |socket: &Socket| socket.r#type().is_ok_and(|kind| kind == Type::DGRAM);
            let udp = self.socket.as_ref().is_some_and(is_udp);
            self.announce("close", if udp { "the socket" } else { "the connection" });
            self.socket = self.socket.take().and_then(|_| self.earlier.pop());
        }
        Ok(())
    }

    /// Attaches a filter to the socket that throws everything away: SO_ATTACH_FILTER. For the sender, that is a network
    /// that loses packets. Newer kernels allow it on a TCP socket only to an administrator of the network.
    #[cfg(target_os = "linux")]
    fn lose(&mut self) -> Result<()> {
        const RETURN_0_BYTES: socket2::SockFilter = socket2::SockFilter::new(0x06, 0, 0, 0);
        self.announce("filter", "all that comes for this socket is lost from now on");
        match self.open()?.attach_filter(&[RETURN_0_BYTES]) {
            Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
                Err(Error::local(
                    format!("setsockopt SO_ATTACH_FILTER: {error}"),
                    "this system lets only an administrator of the network lose packets of TCP;\n  \
                     `cargo course watch -- bash` opens a network of your own, where you are one",
                ))
            }
            done => done.explain(Call::Setsockopt, "SO_ATTACH_FILTER"),
        }
    }

    /// Takes the filter away.
    #[cfg(target_os = "linux")]
    fn hear(&mut self) -> Result<()> {
        self.announce("filter", "nothing is lost any more");
        self.open()?.detach_filter().explain(Call::Setsockopt, "SO_DETACH_FILTER")
    }

    #[cfg(not(target_os = "linux"))]
    fn lose(&mut self) -> Result<()> {
        Err(Error::local("lose: only Linux has filters on sockets", "use cargo course relay"))
    }

    #[cfg(not(target_os = "linux"))]
    fn hear(&mut self) -> Result<()> {
        self.lose()
    }

    fn open(&mut self) -> Result<&mut Socket> {
        self.socket.as_mut().ok_or_else(|| missing("connect, accept or udp"))
    }

    /// The bytes to send: a text, or `*6000` for 6000 of them.
    fn bytes_of(&self, text: &str) -> Result<Vec<u8>> {
        match text.strip_prefix('*') {
            Some(count) => Ok((b'a'..=b'z').cycle().take(length(count)?).collect()),
            None => self.encoding.encode(text),
        }
    }
}

fn missing(call: &str) -> Error {
    Error::local("there is no socket yet", format!("first {call}"))
}

fn parse(text: &str) -> Result<Address> {
    text.parse()
        .map_err(|error| Error::local(format!("{text}: {error}"), "an address is HOST:PORT"))
}

fn number(text: &str) -> Result<u64> {
    text.parse().map_err(|_| {
        Error::local(format!("'{text}' is not a number"), "see cargo course calls --help")
    })
}

/// How many bytes: 1024 unless a number is given, and at most 64 MiB.
fn length(text: &str) -> Result<usize> {
    const MOST: u64 = 64 << 20;
    let length = if text.is_empty() { 1024 } else { number(text)? };
    Ok(length.min(MOST) as usize)
}
