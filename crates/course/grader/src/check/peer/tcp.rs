//! The grader's end of a TCP connection.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use socket2::SockRef;
use testkit::group;

use super::super::hint::Hint;
use super::super::log::Ends;
use super::super::ports;
use super::super::story::Story;
use super::super::trouble::{CheckResult, Mismatch, Trouble};
use crate::bytes::in_a_line;

/// How long to wait before a socket is looked at again.
const PAUSE: Duration = Duration::from_millis(2);

/// How long a program gets that should do something at once.
const MOMENT: Duration = Duration::from_millis(500);

/// One end of a TCP connection, with the name that it has in the story.
pub struct Connection {
    /// Its name.
    pub name: String,
    pub(super) socket: TcpStream,
    /// The program has stopped taking what is sent.
    gave_up: bool,
    /// Where the program called, if it did, until it has said something: it may close and call again.
    listener: Option<TcpListener>,
}

/// What was read: bytes, and how the connection ended after them, if it did.
pub struct Received {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The end, in words.
    pub end: Option<String>,
}

/// A socket that listens for the program's call.
pub struct Listener {
    socket: TcpListener,
    /// Its address.
    pub own: SocketAddr,
}

impl Listener {
    /// Opens a port that the program will call.
    pub fn open() -> CheckResult<Listener> {
        let open = || {
            let socket = TcpListener::bind("127.0.0.1:0")?;
            socket.set_nonblocking(true)?;
            let own = socket.local_addr()?;
            Ok(Listener { socket, own })
        };
        open().map_err(|error| Trouble::of_grader("opened a port", &error))
    }

    /// The program must call.
    pub fn accept(&self, story: &mut Story, hint: &Hint) -> CheckResult<Connection> {
        let Some(socket) = story.wait_for(|| accepted(&self.socket)) else {
            let (own, seconds) = (self.own, story.seconds());
            let action = format!("waited at {own} for the program's call, for up to {seconds}");
            return Err(story.trouble(action, Mismatch::words("a connection", "none"), hint));
        };
        story.saw("the program connected");
        let listener = self.socket.try_clone().ok();
        Ok(Connection { listener, ..Connection::new("the server", socket) })
    }

    /// Answers the program whenever it calls, until it ends; ending without a call is fine too.
    pub fn answer_if_asked(&self, story: &mut Story, answer: &[u8]) {
        while let Some(socket) = story.wait_for(|| accepted(&self.socket)) {
            let mut server = Connection::new("the server", socket);
            let _ = server.write_all(story, answer);
            story.did("the program connected, and the server answered");
            server.close_politely(story);
        }
    }
}

// Opening and closing.
impl Connection {
    fn new(name: &str, socket: TcpStream) -> Connection {
        Connection { name: name.to_owned(), socket, gave_up: false, listener: None }
    }

    /// Connects to the program.
    pub fn open(story: &mut Story, name: &str, hint: &Hint) -> CheckResult<Connection> {
        let connection = Connection::open_quietly(story, name, hint)?;
        story.did(format!("{name} connected"));
        Ok(connection)
    }

    /// The same as one of many that the story has in a line.
    pub fn open_quietly(story: &mut Story, name: &str, hint: &Hint) -> CheckResult<Connection> {
        let address = story.address();
        let deadline = story.deadline();
        let connected = loop {
            match TcpStream::connect_timeout(&address, MOMENT).and_then(prepared) {
                Err(error) if error.kind() == ErrorKind::TimedOut && !deadline.is_over() => {}
                connected => break connected,
            }
        };
        connected.map(|socket| Connection::new(name, socket)).map_err(|error| {
            let mismatch = Mismatch::words("the connection", error.to_string());
            story.trouble(format!("{name} connects to {address}"), mismatch, hint)
        })
    }

    /// Waits until only a few connections wait for the program's accept: its queue may be short, and a call that finds
    /// it full tries again only after a second. Where the system doesn't say, that second must be waited.
    pub fn wait_for_accept(&self, story: &mut Story, hint: &Hint) -> CheckResult {
        const FEW: u64 = 2;
        let port = story.address().port();
        let queue = || ports::queue(port).unwrap_or(0);
        if story.wait_for(|| (queue() <= FEW).then_some(())).is_some() {
            return Ok(());
        }
        let action = format!("{} connected, and waits for the program's accept", self.name);
        let came = format!("{} connections wait, and nobody accepts", queue());
        Err(story.trouble(action, Mismatch::words("accept takes it", came), hint))
    }

    /// The grader's address, as the program sees it.
    pub fn own(&self) -> String {
        self.ends().map_or_else(String::new, |(own, _)| own.to_string())
    }

    /// The grader's address and the program's.
    fn ends(&self) -> Option<Ends> {
        self.socket.local_addr().ok().zip(self.socket.peer_addr().ok())
    }

    /// The program has closed this connection without a word. Perhaps it only checked whether somebody listens, and calls
    /// again: then that is the connection from now on.
    fn is_called_again(&mut self, story: &mut Story) -> bool {
        let Some(listener) = self.listener.take() else { return false };
        let Some(socket) = story.wait_for(|| accepted(&listener)) else { return false };
        story.saw("the program closed it without a word, and connected again");
        self.socket = socket;
        self.listener = Some(listener);
        true
    }

    /// Before the server speaks first: to a connection that is closed on both sides it would speak to nobody. A program that
    /// closes neither side for a moment has come to stay.
    fn settle(&mut self, story: &mut Story) {
        while self.listener.is_some() {
            let look = || when_ready(self.socket.peek(&mut [0]));
            let is_closed = match story.subject.deadline(MOMENT).poll(PAUSE, look) {
                Some(Ok(0)) => self.ends().is_some_and(|(own, peer)| ports::is_let_go(own, peer)),
                Some(Ok(_)) | None => false,
                Some(Err(_)) => true,
            };
            if !is_closed || !self.is_called_again(story) {
                return;
            }
        }
    }

    /// Says that nothing more will come from this end: shutdown(2).
    pub fn end_sending(&self, story: &mut Story) {
        story.says(self.ends());
        // An error means that the connection is gone, and what follows will show that.
        let _ = self.socket.shutdown(Shutdown::Write);
        story.did(format!("{} closed its sending half", self.name));
    }

    /// Closes the connection.
    pub fn close(mut self, story: &mut Story) {
        // Closing with unread bytes would send a reset, and nobody is to be reset by accident.
        while matches!(self.socket.read(&mut [0; 4096]), Ok(1..)) {}
        self.says_goodbye(story);
    }

    /// Closes the connection when the program has, or after a moment: all that was sent has time to arrive.
    pub fn close_politely(mut self, story: &mut Story) {
        let _ = self.socket.shutdown(Shutdown::Write);
        self.says_goodbye(story);
        if self.gave_up {
            return;
        }
        story.subject.deadline(2 * MOMENT).poll(PAUSE, || {
            let is_over = match when_ready(self.socket.read(&mut [0; 65536])) {
                Some(Ok(length)) => length == 0,
                Some(Err(_)) => true,
                None => story.subject.has_ended(),
            };
            is_over.then_some(())
        });
    }

    fn says_goodbye(&self, story: &mut Story) {
        story.says(None);
        story.did(format!("{} closed the connection", self.name));
    }

    /// Ends the connection abruptly, as the system does for a program that was killed with unread bytes.
    pub fn reset(self, story: &mut Story) {
        story.says(None);
        story.did(format!("{} reset the connection (RST)", self.name));
        let ends = self.ends();
        // Closing with a linger time of zero sends RST in place of FIN.
        let _ = SockRef::from(&self.socket).set_linger(Some(Duration::ZERO));
        drop(self);
        // A program that another thread starts at this moment holds a copy of our socket until its exec,
        // and RST leaves with the last copy: what comes next in the story must come after it.
        let Some((own, peer)) = ends else { return };
        let is_gone = || (!ports::is_connected(own, peer)).then_some(());
        story.subject.deadline(2 * MOMENT).poll(PAUSE, is_gone);
    }
}

// Sending.
impl Connection {
    /// Sends bytes. A program that does not take them, or has gone, shows it by what follows: when exactly the system
    /// reports that to a sender depends on chance.
    pub fn send(&mut self, story: &mut Story, data: &[u8]) {
        self.send_quietly(story, data);
        story.did(format!("{} sent {}", self.name, in_a_line(data)));
    }

    /// The same as one of many that the story has in a line.
    pub fn send_quietly(&mut self, story: &mut Story, data: &[u8]) {
        self.settle(story);
        story.says(self.ends());
        self.gave_up = self.gave_up || self.write_all(story, data).is_err();
    }

    /// Sends pieces, each when the program has received the one before, so that it needs a recv for each.
    pub fn send_in_pieces(&mut self, story: &mut Story, pieces: &[&[u8]]) {
        self.send_pieces_quietly(story, pieces);
        let shown: Vec<String> = pieces.iter().map(|piece| in_a_line(piece)).collect();
        story.did(format!(
            "{} sent in pieces, each when the one before was received: {}",
            self.name,
            shown.join("; ")
        ));
    }

    /// The same without a line in the story.
    pub fn send_pieces_quietly(&mut self, story: &mut Story, pieces: &[&[u8]]) {
        for piece in pieces {
            self.send_quietly(story, piece);
            if self.gave_up || !self.is_received(story) {
                break;
            }
        }
    }

    /// Writes as long as the program takes something now and then.
    fn write_all(&mut self, story: &Story, data: &[u8]) -> io::Result<()> {
        let mut rest = data;
        while !rest.is_empty() {
            let written = story.deadline().poll(PAUSE, || when_ready(self.socket.write(rest)));
            rest = &rest[written.unwrap_or(Err(ErrorKind::TimedOut.into()))?..];
        }
        Ok(())
    }

    /// Waits until the program has received all that was sent. Where the system doesn't say, a moment must do.
    fn is_received(&self, story: &Story) -> bool {
        let Some((own, peer)) = self.ends() else { return false };
        let is_received = story.wait_for(|| match ports::unread(own, peer) {
            Some(unread) => (unread == 0).then_some(()),
            None => {
                thread::sleep(MOMENT / 10);
                Some(())
            }
        });
        is_received.is_some()
    }
}

// Receiving.
impl Connection {
    /// Reads until this many bytes have come, or the end, or for too long nothing.
    pub fn read_up_to(&mut self, story: &mut Story, most: usize) -> Received {
        let mut came = Vec::new();
        let mut buffer = vec![0; 65536];
        while came.len() < most {
            let room = buffer.len().min(most - came.len());
            let read = || when_ready(self.socket.read(&mut buffer[..room]));
            let end = match story.deadline().poll(PAUSE, read) {
                Some(Ok(length @ 1..)) => {
                    came.extend_from_slice(&buffer[..length]);
                    self.listener = None; // it speaks, so it won't call again
                    continue;
                }
                Some(_) if self.is_called_again(story) => continue,
                Some(Ok(_)) => Some("the program closed the connection".to_owned()),
                Some(Err(error)) => Some(in_words(&error)),
                None => None,
            };
            return Received { bytes: came, end };
        }
        Received { bytes: came, end: None }
    }

    /// Reads up to the next line end, or as much of it as comes.
    pub fn read_line(&mut self, story: &mut Story) -> Vec<u8> {
        self.read_line_or_end(story).bytes
    }

    /// The same, and how the connection ended, if it did.
    pub fn read_line_or_end(&mut self, story: &mut Story) -> Received {
        const LONGEST: usize = 4096;
        let mut line = Received { bytes: Vec::new(), end: None };
        while line.bytes.len() < LONGEST && !line.bytes.ends_with(b"\n") {
            let Received { bytes, end } = self.read_up_to(story, 1);
            let is_over = end.is_some() || bytes.is_empty();
            line.bytes.extend(bytes);
            line.end = end;
            if is_over {
                break;
            }
        }
        line
    }

    /// Waits until something has come, or for too long; nothing is read.
    pub fn wait_for_first_byte(&self, story: &Story) {
        story.deadline().poll(PAUSE, || when_ready(self.socket.peek(&mut [0])));
    }
}

/// The next call to this port, if there is one.
fn accepted(listener: &TcpListener) -> Option<TcpStream> {
    prepared(group::accept(listener).ok()?).ok()
}

/// Small messages leave at once, and no call waits: a program that sends or takes nothing must not stop the grader. (A socket
/// whose timeout has passed can't be used any more on Windows.)
fn prepared(socket: TcpStream) -> io::Result<TcpStream> {
    socket.set_nodelay(true)?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

/// The result of a call that does not wait; `None`: there is none yet.
fn when_ready<T>(result: io::Result<T>) -> Option<io::Result<T>> {
    match result {
        Err(error) if [ErrorKind::WouldBlock, ErrorKind::Interrupted].contains(&error.kind()) => {
            None
        }
        result => Some(result),
    }
}

/// An error as the story has it; the system's number differs from system to system.
fn in_words(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::ConnectionReset => "the program reset the connection (RST)".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::{Launch, shell};

    #[test]
    fn a_program_that_is_started_later_keeps_no_connection_open() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let server = accepted(&listener).unwrap();
        let _waits_for_input = Launch::new(shell::RUNS[0]).start().unwrap();
        drop(server);
        client.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        assert_eq!(client.read(&mut [0]).unwrap(), 0);
    }
}
