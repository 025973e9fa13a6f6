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

mod filter;

use std::fmt::Display;
use std::io::{self, ErrorKind, Read};
use std::net::Shutdown;
use std::time::Duration;

use common::console::{self, Lines};
use common::record::Facts;
use common::text::byte_count;
use common::{Address, Call, Encoding, Error, Explain, Result, address, net, step};
use socket2::{Domain, Socket, Type};
use testkit::outcome::Outcome;

use filter::Lost;

/// The calls to make, and in which encoding text is sent.
#[derive(clap::Args, Debug)]
pub struct Options {
    /// Calls to make before those that are typed: listen:ADDRESS[/BACKLOG], accept, connect:ADDRESS, udp:ADDRESS, send:TEXT, send:*BYTES, sendto:ADDRESS=TEXT, recv[:BYTES], recvfrom[:BYTES], shutdown, close, close:listener, wait:MILLISECONDS, nonblocking, rcvbuf:BYTES, sndbuf:BYTES, ttl:NUMBER, lose[:acks|:ttl], hear
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
            "nonblocking" => self.never_wait(),
            "rcvbuf" | "sndbuf" => self.set_buffer(call, number(text)?.min(MOST) as usize),
            "ttl" => self.set_ttl(number(text)?),
            "lose" => self.lose(Lost::parse(text)?),
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
        let accepted = listener.accept();
        if would_wait("accept", &accepted, "no connection is complete") {
            return Ok(());
        }
        let (socket, peer) = accepted.explain(Call::Accept, "a client")?;
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
        self.peer.clear();
        self.earlier.extend(self.socket.replace(socket));
        Ok(())
    }

    fn send(&mut self, text: &str) -> Result<()> {
        let bytes = self.bytes_of(text)?;
        if bytes.len() > LONG {
            self.made += 1;
            let number = self.made.to_string();
            let facts = Facts::of_step(&number, "send").bytes(bytes.len());
            step::print_step(&facts, format_args!("{} bytes", bytes.len()));
        } else {
            self.announce_bytes("send", None, &bytes);
        }
        let sent = self.open()?.send(&bytes);
        if would_wait("send", &sent, "the buffers are full, nothing was taken") {
            return Ok(());
        }
        let taken = sent.explain(Call::Send, &self.peer)?;
        // A short send is done at once. A long one may have waited until there was room, or have taken a part.
        if bytes.len() > LONG {
            let facts = Facts::of_return("send").bytes(taken);
            step::print_outcome(
                &facts,
                format_args!("took {taken} of {}", byte_count(bytes.len())),
            );
        }
        Ok(())
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
        self.announce("recv", &format!("wait for up to {} …", byte_count(length)));
        let mut buffer = vec![0; length];
        let received = self.open()?.read(&mut buffer);
        if would_wait("recv", &received, "nothing has come") {
            return Ok(());
        }
        match received.explain(Call::Recv, &self.peer)? {
            0 => step::print_outcome(
                &Facts::of_return("recv").bytes(0),
                format_args!("received 0 bytes: the peer has closed"),
            ),
            length => step::received(&buffer[..length], self.encoding),
        }
        Ok(())
    }

    fn recv_from(&mut self, length: usize) -> Result<()> {
        self.announce(
            "recvfrom",
            &format!("wait for a datagram of up to {} …", byte_count(length)),
        );
        let socket = self.open()?.try_clone().explain(Call::Duplicate, "the socket")?;
        let mut buffer = vec![0; length];
        let received = std::net::UdpSocket::from(socket).recv_from(&mut buffer);
        if would_wait("recvfrom", &received, "no datagram has come") {
            return Ok(());
        }
        let (length, peer) = received.explain(Call::Recvfrom, "anyone")?;
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
            let udp = self.socket.as_ref().is_some_and(is_udp);
            let peer = self.socket.as_ref().and_then(|socket| socket.peer_addr().ok());
            self.made += 1;
            let number = self.made.to_string();
            let facts = Facts::of_step(&number, "close");
            let facts = Facts { peer: peer.as_ref().map(address::show), ..facts };
            let what = if udp { "the socket" } else { "the connection" };
            step::print_step(&facts, format_args!("{what}"));
            self.socket = self.socket.take().and_then(|_| self.earlier.pop());
        }
        Ok(())
    }

    /// From now on a call that would have to wait returns at once: with what it has, or with EAGAIN.
    fn never_wait(&mut self) -> Result<()> {
        self.announce("fcntl", "O_NONBLOCK: no call on this socket waits any more");
        self.any_socket()?.set_nonblocking(true).explain(Call::Setsockopt, "O_NONBLOCK")
    }

    /// Sets the size of one of the socket's two buffers. A connection has those of the listening socket that it came from.
    fn set_buffer(&mut self, which: &str, size: usize) -> Result<()> {
        let option = if which == "rcvbuf" { "SO_RCVBUF" } else { "SO_SNDBUF" };
        self.announce("setsockopt", &format!("{option}: a buffer of {}", byte_count(size)));
        let socket = self.any_socket()?;
        let set = |socket: &Socket| match option {
            "SO_RCVBUF" => {
                socket.set_recv_buffer_size(size).and_then(|()| socket.recv_buffer_size())
            }
            _ => socket.set_send_buffer_size(size).and_then(|()| socket.send_buffer_size()),
        };
        let given = set(socket).explain(Call::Setsockopt, option)?;
        let facts = Facts::of_return("setsockopt");
        step::print_outcome(&facts, format_args!("the system made it {given}"));
        Ok(())
    }

    /// Sets how many routers a packet may pass.
    fn set_ttl(&mut self, ttl: u64) -> Result<()> {
        let ttl = match u32::try_from(ttl) {
            Ok(ttl @ 1..=255) => ttl,
            _ => return Err(Error::local(format!("a TTL of {ttl}"), "it is 1 to 255")),
        };
        let is_v6 = is_v6(self.any_socket()?);
        let option = if is_v6 { "IPV6_UNICAST_HOPS" } else { "IP_TTL" };
        self.announce("setsockopt", &format!("{option}: {ttl} in each packet from now on"));
        let socket = self.any_socket()?;
        let set = if is_v6 { socket.set_unicast_hops_v6(ttl) } else { socket.set_ttl_v4(ttl) };
        set.explain(Call::Setsockopt, option)
    }

    /// Attaches a filter to the socket that throws packets away.
    fn lose(&mut self, lost: Lost) -> Result<()> {
        if lost == Lost::Acks && is_udp(self.any_socket()?) {
            return Err(Error::local("UDP has no ACKs that could be lost", "lose, or lose ttl"));
        }
        self.announce("setsockopt", "SO_ATTACH_FILTER: a filter on this socket");
        filter::attach(self.any_socket()?, lost)?;
        self.report_filter(lost.name(), lost.effect());
        Ok(())
    }

    /// Takes the filter away.
    fn hear(&mut self) -> Result<()> {
        self.announce("setsockopt", "SO_DETACH_FILTER: the filter is taken away");
        filter::detach(self.any_socket()?)?;
        self.report_filter("nothing", "nothing is lost any more");
        Ok(())
    }

    fn report_filter(&self, lost: &str, effect: &str) {
        let mut facts = Facts::of_return("setsockopt").loses(lost);
        if self.socket.is_some() && !self.peer.is_empty() {
            facts = facts.peer(&self.peer);
        }
        step::print_outcome(&facts, format_args!("{effect}"));
    }

    /// The connection or the UDP socket; before there is one, the listening socket.
    fn any_socket(&self) -> Result<&Socket> {
        let any = self.socket.as_ref().or(self.listener.as_ref());
        any.ok_or_else(|| missing("connect, accept, listen or udp"))
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

/// How many bytes a send takes at once in any case.
const LONG: usize = 1024;

/// A call on a non-blocking socket has nothing to return yet. That is no failure.
fn would_wait<T>(call: &str, result: &io::Result<T>, why: &str) -> bool {
    let waits = result.as_ref().is_err_and(|error| error.kind() == ErrorKind::WouldBlock);
    if waits {
        let facts = Facts::of_return(call).bytes(0).error("EAGAIN");
        step::print_outcome(&facts, format_args!("EAGAIN: {why}; it would have to wait"));
    }
    waits
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

fn is_udp(socket: &Socket) -> bool {
    socket.r#type().is_ok_and(|kind| kind == Type::DGRAM)
}

fn is_v6(socket: &Socket) -> bool {
    socket.local_addr().is_ok_and(|own| own.is_ipv6())
}

/// The most bytes that one call may move: 64 MiB.
const MOST: u64 = 64 << 20;

/// How many bytes: 1024 unless a number is given.
fn length(text: &str) -> Result<usize> {
    let length = if text.is_empty() { 1024 } else { number(text)? };
    Ok(length.min(MOST) as usize)
}
