//! The grader's own ends of the connections: what a check does on the network, told in the story.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::thread;
use std::time::{Duration, Instant};

use socket2::SockRef;

use super::bytes::{self, in_a_line};
use super::cause::Hint;
use super::ports::{self, Protocol};
use super::story::{LOOK, Seen, Story, Told};

/// How long one look at a UDP socket lasts; then the program is looked at, whether it still runs.
const SLICE: Duration = Duration::from_millis(20);

/// How long to wait before a TCP socket is looked at again.
const PAUSE: Duration = Duration::from_millis(2);

/// One end of a TCP connection, with the name that it has in the story.
pub struct Connection {
    /// Its name.
    pub name: String,
    /// The socket.
    pub socket: TcpStream,
    /// The program has stopped taking what is sent.
    gave_up: bool,
    /// Where the program called, if it did, until it has said something: it may close and call again.
    listener: Option<TcpListener>,
}

impl Connection {
    fn new(name: &str, socket: TcpStream) -> Connection {
        Connection { name: name.to_owned(), socket, gave_up: false, listener: None }
    }

    /// The grader's address and the program's.
    fn ends(&self) -> Option<(SocketAddr, SocketAddr)> {
        self.socket.local_addr().ok().zip(self.socket.peer_addr().ok())
    }
}

/// A UDP socket, with the name that it has in the story.
pub struct Talker {
    /// Its name.
    pub name: String,
    /// The socket.
    pub socket: UdpSocket,
    /// Its address.
    pub own: SocketAddr,
}

/// A socket that listens for the program's call.
pub struct Listener {
    socket: TcpListener,
    /// Its address.
    pub own: SocketAddr,
}

// UDP
impl Story<'_> {
    /// Opens a UDP socket on a port of its own.
    pub fn talker(&mut self, name: &str) -> Told<Talker> {
        let open = || {
            let socket = UdpSocket::bind("127.0.0.1:0")?;
            socket.set_read_timeout(Some(SLICE))?;
            let own = socket.local_addr()?;
            Ok((socket, own))
        };
        let (socket, own) =
            open().map_err(|error| self.no_grader("opened a UDP socket", &error))?;
        Ok(Talker { name: name.to_owned(), socket, own })
    }

    /// Sends a datagram to the program.
    pub fn send_datagram(&mut self, from: &Talker, to: SocketAddr, payload: &[u8]) -> Told {
        self.says();
        let action = format!("{} sent a datagram of {}", from.name, in_a_line(payload));
        // A program that has ended shows itself here as "refused"; what follows will tell that better.
        let _ = from.socket.send_to(payload, to);
        self.did(action);
        Ok(())
    }

    /// The address that the program waits at.
    pub fn program_address(&self) -> SocketAddr {
        self.port.as_ref().map_or_else(|| ([127, 0, 0, 1], 0).into(), |port| port.address())
    }

    /// The next datagram must hold exactly these bytes. Returns where it came from.
    pub fn expect_datagram(
        &mut self,
        at: &Talker,
        payload: &[u8],
        hint: &Hint,
    ) -> Told<SocketAddr> {
        self.expect_datagram_like(at, payload, <[u8]>::to_vec, hint)
    }

    /// The next datagram must hold this text. Only one check of a step looks at a line end behind it.
    pub fn expect_text_datagram(
        &mut self,
        at: &Talker,
        text: &str,
        hint: &Hint,
    ) -> Told<SocketAddr> {
        self.expect_datagram_like(at, text.as_bytes(), without_line_end, hint)
    }

    fn expect_datagram_like(
        &mut self,
        at: &Talker,
        payload: &[u8],
        looked_at: fn(&[u8]) -> Vec<u8>,
        hint: &Hint,
    ) -> Told<SocketAddr> {
        self.turn_is_over = true;
        let Some((came, from)) = self.next_datagram(at) else {
            let seconds = self.patience().as_secs_f32();
            let action = format!("{} waited for a datagram, for up to {seconds} s", at.name);
            let expected = format!("a datagram of {}", in_a_line(payload));
            return Err(self.trouble(action, Seen::words(expected, "no datagram"), hint));
        };
        self.in_contact = true;
        self.sends_from = Some(from.port());
        if looked_at(&came) != payload {
            self.may_be_ending = self.is_one_shot;
            let action = format!("{} received a datagram", at.name);
            return Err(self.trouble(action, Seen::bytes(payload, &came), hint));
        }
        self.did(format!("{} received a datagram of {}", at.name, in_a_line(&came)));
        Ok(from)
    }

    /// The next datagram. A program that has ended sends no more, but what it sent may still lie in the socket.
    fn next_datagram(&mut self, at: &Talker) -> Option<(Vec<u8>, SocketAddr)> {
        let mut buffer = vec![0; 65536];
        let deadline = self.deadline();
        loop {
            let was_over = self.has_ended() || deadline.is_over();
            if let Ok((length, from)) = at.socket.recv_from(&mut buffer) {
                buffer.truncate(length);
                return Some((buffer, from));
            }
            if was_over {
                return None;
            }
        }
    }

    /// After the program's end: nothing more may have come.
    pub fn expect_no_datagram(&mut self, at: &Talker, hint: &Hint) -> Told {
        match self.next_datagram_now(at) {
            None => {
                self.did(format!("{} received nothing more", at.name));
                Ok(())
            }
            Some(came) => {
                let action = format!("{} looked whether more datagrams came", at.name);
                let came = format!("one more datagram: {}", in_a_line(&came));
                Err(self.trouble(action, Seen::words("nothing more", came), hint))
            }
        }
    }

    fn next_datagram_now(&mut self, at: &Talker) -> Option<Vec<u8>> {
        let mut buffer = vec![0; 65536];
        let (length, _) = at.socket.recv_from(&mut buffer).ok()?;
        buffer.truncate(length);
        Some(buffer)
    }
}

// TCP
impl Story<'_> {
    /// Connects to the program.
    pub fn connect(&mut self, name: &str, hint: &Hint) -> Told<Connection> {
        let address = self.program_address();
        let deadline = self.deadline();
        let connected = loop {
            let connected = TcpStream::connect_timeout(&address, self.patience());
            let is_late =
                connected.as_ref().is_err_and(|error| error.kind() == ErrorKind::TimedOut);
            if !is_late || deadline.is_over() {
                break connected;
            }
        };
        match connected.and_then(prepared) {
            Ok(socket) => {
                self.did(format!("{name} connected"));
                Ok(Connection::new(name, socket))
            }
            Err(error) => {
                self.may_be_ending = true;
                let seen = Seen::words("the connection", error.to_string());
                Err(self.trouble(format!("{name} connects to {address}"), seen, hint))
            }
        }
    }

    /// Waits until only a few connections wait for the program's accept: its queue may be short, and a call that finds
    /// it full tries again only after a second. Where the system doesn't tell, that second must be waited.
    pub fn wait_for_accept(&mut self, name: &str, hint: &Hint) -> Told {
        const FEW: u64 = 2;
        let deadline = self.deadline();
        loop {
            let was_over = self.has_ended() || deadline.is_over();
            match ports::left_waiting(self.program_address().port()) {
                Some((waiting, _)) if waiting > FEW => {
                    if was_over {
                        let action =
                            format!("{name} connected, and waits for the program's accept");
                        let came = format!("{waiting} connections wait, and nobody accepts");
                        return Err(self.trouble(
                            action,
                            Seen::words("accept takes it", came),
                            hint,
                        ));
                    }
                }
                _ => return Ok(()),
            }
            thread::sleep(LOOK);
        }
    }

    /// The same as [`Story::connect`], as one of many that the story tells in a line.
    pub fn connect_quietly(&mut self, name: &str, hint: &Hint) -> Told<Connection> {
        let connection = self.connect(name, hint)?;
        self.actions.pop();
        Ok(connection)
    }

    /// The same as [`Story::send`], as one of many that the story tells in a line.
    pub fn send_quietly(&mut self, connection: &mut Connection, data: &[u8]) {
        self.send(connection, data);
        self.actions.pop();
    }

    /// Opens a port that the program will call.
    pub fn listen(&mut self) -> Told<Listener> {
        let open = || {
            let socket = TcpListener::bind("127.0.0.1:0")?;
            socket.set_nonblocking(true)?;
            let own = socket.local_addr()?;
            Ok(Listener { socket, own })
        };
        open().map_err(|error| self.no_grader("opened a port", &error))
    }

    /// The program must call.
    pub fn accept(&mut self, listener: &Listener, hint: &Hint) -> Told<Connection> {
        let deadline = self.deadline();
        loop {
            let was_over = self.has_ended() || deadline.is_over();
            if let Some(socket) = accepted(&listener.socket) {
                self.in_contact = true;
                self.did("the program connected");
                let listener = listener.socket.try_clone().ok();
                return Ok(Connection { listener, ..Connection::new("the server", socket) });
            }
            if was_over {
                let seconds = self.patience().as_secs_f32();
                let action = format!(
                    "waited at {} for the program's call, for up to {seconds} s",
                    listener.own
                );
                return Err(self.trouble(action, Seen::words("a connection", "none"), hint));
            }
            thread::sleep(LOOK);
        }
    }

    /// The program has closed this connection without a word. Perhaps it only looked whether somebody listens, and calls
    /// again: then this is the connection from now on.
    fn is_called_again(&mut self, connection: &mut Connection) -> bool {
        let Some(listener) = connection.listener.take() else { return false };
        let deadline = self.deadline();
        loop {
            let was_over = self.has_ended() || deadline.is_over();
            if let Some(socket) = accepted(&listener) {
                self.did("the program closed it without a word, and connected again");
                connection.socket = socket;
                connection.listener = Some(listener);
                return true;
            }
            if was_over {
                return false;
            }
            thread::sleep(LOOK);
        }
    }

    /// Before the server speaks first: to a connection that is closed on both sides it would speak to nobody. A program that
    /// closes neither side for a moment has come to stay.
    fn leave_closed(&mut self, connection: &mut Connection) {
        const MOMENT: Duration = Duration::from_millis(500);
        let mut deadline = self.deadline_of(MOMENT);
        while connection.listener.is_some() {
            let is_closed = match connection.socket.peek(&mut [0]) {
                Ok(0) => connection.ends().is_some_and(|(own, peer)| ports::is_let_go(own, peer)),
                Err(error) if is_patient(&error) && !deadline.is_over() => {
                    thread::sleep(PAUSE);
                    continue;
                }
                Ok(_) => false,
                Err(error) => !is_patient(&error),
            };
            if !is_closed || !self.is_called_again(connection) {
                return;
            }
            deadline = self.deadline_of(MOMENT);
        }
    }

    /// Sends bytes. A program that does not take them, or has gone, shows it by what follows: when exactly the system
    /// tells it to a sender is chance.
    pub fn send(&mut self, connection: &mut Connection, data: &[u8]) {
        self.leave_closed(connection);
        self.says();
        self.did(format!("{} sent {}", connection.name, in_a_line(data)));
        self.sent_between = connection.ends();
        if !connection.gave_up && self.write_all(connection, data).is_err() {
            connection.gave_up = true;
            self.may_be_ending = true;
        }
    }

    /// Sends pieces, each when the program has received the one before, so that it needs a recv for each.
    pub fn send_in_pieces(&mut self, connection: &mut Connection, pieces: &[&[u8]]) {
        for piece in pieces {
            self.send_quietly(connection, piece);
            if connection.gave_up || !self.is_received(connection) {
                break;
            }
        }
        let shown: Vec<String> = pieces.iter().map(|piece| in_a_line(piece)).collect();
        self.did(format!(
            "{} sent in pieces, each when the one before was received: {}",
            connection.name,
            shown.join("; ")
        ));
    }

    /// Writes as long as the program takes something now and then.
    fn write_all(&self, connection: &mut Connection, data: &[u8]) -> io::Result<()> {
        let mut rest = data;
        let mut deadline = self.deadline();
        while !rest.is_empty() {
            match connection.socket.write(rest) {
                Ok(length) => {
                    rest = &rest[length..];
                    deadline = self.deadline();
                }
                Err(error) if is_patient(&error) && !deadline.is_over() => thread::sleep(PAUSE),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Waits until the program has received all that was sent. Where the system doesn't tell, a moment must do.
    fn is_received(&self, connection: &Connection) -> bool {
        let Some((own, peer)) = connection.ends() else { return false };
        let deadline = self.deadline();
        loop {
            let was_over = self.has_ended() || deadline.is_over();
            match ports::unread(Protocol::Tcp, peer, own) {
                Some(0) => return true,
                Some(_) if was_over => return false,
                Some(_) => thread::sleep(LOOK),
                None => {
                    thread::sleep(Duration::from_millis(50));
                    return true;
                }
            }
        }
    }

    /// Says that nothing more will come from this end: shutdown(2).
    pub fn end_sending(&mut self, connection: &Connection) {
        // An error means that the connection is gone, and what follows will tell.
        let _ = connection.socket.shutdown(Shutdown::Write);
        self.did(format!("{} closed its sending half", connection.name));
    }

    /// Closes the connection.
    pub fn close(&mut self, mut connection: Connection) {
        // Closing with unread bytes would send a reset, and nobody shall be reset by accident.
        while matches!(connection.socket.read(&mut [0; 4096]), Ok(1..)) {}
        self.did(format!("{} closed the connection", connection.name));
        self.sent_between = None;
        drop(connection);
    }

    /// Closes the connection when the program has, or after a moment: all that was sent has time to arrive.
    pub fn close_politely(&mut self, mut connection: Connection) {
        let _ = connection.socket.shutdown(Shutdown::Write);
        self.did(format!("{} closed the connection", connection.name));
        self.sent_between = None;
        let until = Instant::now() + Duration::from_secs(1);
        while Instant::now() < until && !self.has_ended() && !connection.gave_up {
            match connection.socket.read(&mut [0; 4096]) {
                Ok(0) => return,
                Ok(_) => {}
                Err(error) if is_patient(&error) => thread::sleep(PAUSE),
                Err(_) => return,
            }
        }
    }

    /// Answers the program whenever it calls, until it ends; ending without a call is fine too.
    pub fn answer_if_asked(&mut self, listener: &Listener, answer: &[u8]) {
        let deadline = self.deadline();
        while !self.has_ended() && !deadline.is_over() {
            if let Some(socket) = accepted(&listener.socket) {
                let mut server = Connection::new("the server", socket);
                let _ = self.write_all(&mut server, answer);
                self.did("the program connected, and the server answered");
                self.close_politely(server);
            }
            thread::sleep(LOOK);
        }
    }

    /// Reads up to the next line end, or as much of it as comes.
    pub fn read_line(&mut self, connection: &mut Connection) -> Vec<u8> {
        const LONGEST: usize = 4096;
        let mut line = Vec::new();
        while line.len() < LONGEST && !line.ends_with(b"\n") {
            let (byte, end) = self.read_up_to(connection, 1);
            line.extend_from_slice(&byte);
            if end.is_some() || byte.is_empty() {
                break;
            }
        }
        line
    }

    /// Ends the connection abruptly, as the system does for a program that was killed with unread bytes.
    pub fn reset(&mut self, connection: Connection) {
        // Closing with a linger time of zero sends RST in place of FIN.
        let _ = SockRef::from(&connection.socket).set_linger(Some(Duration::ZERO));
        self.did(format!("{} reset the connection (RST)", connection.name));
        self.sent_between = None;
        let addresses = connection.ends();
        drop(connection);
        // A program that another thread starts at this moment holds a copy of our socket until its exec,
        // and RST leaves with the last copy: what comes next in the story must come behind it.
        let patience = Instant::now() + Duration::from_secs(1);
        while let Some((own, peer)) = addresses
            && Instant::now() < patience
            && ports::is_connected(own, peer)
        {
            thread::sleep(LOOK);
        }
    }

    /// Exactly these bytes must come next.
    pub fn expect_bytes(&mut self, connection: &mut Connection, data: &[u8], hint: &Hint) -> Told {
        let (came, end) = self.read_up_to(connection, data.len());
        self.expect_came(connection, data, &came, end, hint)
    }

    /// This text must come next, perhaps behind the line end of the one before: only one check of a step looks at those.
    pub fn expect_text(&mut self, connection: &mut Connection, text: &str, hint: &Hint) -> Told {
        let deadline = self.deadline();
        let (mut came, mut end) = self.read_up_to(connection, 1);
        while [&b"\r"[..], b"\n"].contains(&came.as_slice()) && !deadline.is_over() {
            (came, end) = self.read_up_to(connection, 1);
        }
        if came.len() == 1 {
            let (rest, its_end) = self.read_up_to(connection, text.len() - 1);
            came.extend(rest);
            end = its_end;
        }
        self.expect_came(connection, text.as_bytes(), &came, end, hint)
    }

    fn expect_came(
        &mut self,
        connection: &Connection,
        data: &[u8],
        came: &[u8],
        end: Option<String>,
        hint: &Hint,
    ) -> Told {
        if came == data {
            self.did(format!("{} received {}", connection.name, in_a_line(came)));
            return Ok(());
        }
        let seconds = self.patience().as_secs_f32();
        let why = end.unwrap_or_else(|| format!("for {seconds} s nothing more came"));
        let why = if came.len() < data.len() { format!("; then {why}") } else { String::new() };
        let action = format!("{} received {}{why}", connection.name, bytes::count(came.len()));
        Err(self.trouble(action, Seen::bytes(data, came), hint))
    }

    /// A line must come next: this text, and its line end.
    pub fn expect_line(&mut self, connection: &mut Connection, text: &str, hint: &Hint) -> Told {
        let line = self.read_line(connection);
        if line.ends_with(b"\n") && without_line_end(&line) == text.as_bytes() {
            self.did(format!("{} received {}", connection.name, in_a_line(&line)));
            return Ok(());
        }
        let action = format!("{} waited for a line and its line end", connection.name);
        Err(self.trouble(action, Seen::bytes(format!("{text}\n").as_bytes(), &line), hint))
    }

    /// Nothing may come now.
    pub fn expect_silence(&mut self, connection: &mut Connection, hint: &Hint) -> Told {
        const MOMENT: Duration = Duration::from_millis(200);
        let mut next = [0; 1024];
        let until = Instant::now() + MOMENT;
        while Instant::now() < until {
            if let Ok(length) = connection.socket.read(&mut next) {
                let action =
                    format!("{} looked whether something comes too early", connection.name);
                return Err(self.trouble(
                    action,
                    Seen::words("nothing", in_a_line(&next[..length])),
                    hint,
                ));
            }
            thread::sleep(PAUSE);
        }
        self.did(format!("{} received nothing yet", connection.name));
        Ok(())
    }

    /// Waits until so many bytes have come, or for too long; nothing is read.
    pub fn wait_until_arrived(&mut self, connection: &Connection, bytes: usize) {
        let mut looked_at = vec![0; bytes];
        let deadline = self.deadline();
        while !deadline.is_over() {
            match connection.socket.peek(&mut looked_at) {
                Ok(length) if length < bytes && length > 0 => thread::sleep(LOOK),
                Ok(_) => return,
                Err(error) if is_patient(&error) => thread::sleep(PAUSE),
                Err(_) => return,
            }
        }
    }

    /// The program must close its sending half, and send nothing before that; a line end says nothing.
    pub fn expect_close(&mut self, connection: &mut Connection, hint: &Hint) -> Told {
        let (mut came, end) = self.read_up_to(connection, 4096);
        came.retain(|byte| !b"\r\n".contains(byte));
        let seconds = self.patience().as_secs_f32();
        let action = format!(
            "{} waited for the end of the connection, for up to {seconds} s",
            connection.name
        );
        let came = match end {
            Some(_) if came.is_empty() => {
                self.did(format!("{} saw the program close the connection", connection.name));
                return Ok(());
            }
            _ if !came.is_empty() => in_a_line(&came),
            _ => "the connection stays open".to_owned(),
        };
        let seen = Seen::words("the program closes it (recv returns 0 bytes)", came);
        Err(self.trouble(action, seen, hint))
    }

    /// Reads until so many bytes have come, or the end, or for too long nothing. The text says how it ended, if it did.
    pub fn read_up_to(
        &mut self,
        connection: &mut Connection,
        most: usize,
    ) -> (Vec<u8>, Option<String>) {
        self.turn_is_over = true;
        let mut came = Vec::new();
        let mut buffer = vec![0; 65536];
        let mut deadline = self.deadline();
        while came.len() < most {
            let room = buffer.len().min(most - came.len());
            let was_over = deadline.is_over();
            match connection.socket.read(&mut buffer[..room]) {
                Ok(length @ 1..) => {
                    came.extend_from_slice(&buffer[..length]);
                    connection.listener = None; // it speaks, so it won't call again
                    deadline = self.deadline();
                }
                Err(error) if is_patient(&error) => {
                    if was_over {
                        return (came, None);
                    }
                    thread::sleep(PAUSE);
                }
                end => {
                    if self.is_called_again(connection) {
                        deadline = self.deadline();
                        continue;
                    }
                    self.may_be_ending = true;
                    let closed = || "the program closed the connection".to_owned();
                    return (came, Some(end.err().map_or_else(closed, |error| in_words(&error))));
                }
            }
        }
        (came, None)
    }
}

/// The next call to this port, if there is one.
fn accepted(listener: &TcpListener) -> Option<TcpStream> {
    let (socket, _) = listener.accept().ok()?;
    prepared(socket).ok()
}

/// Small messages leave at once, and no call waits: a program that sends or takes nothing must not stop the grader. (A socket
/// whose timeout has passed can't be used any more on Windows.)
fn prepared(socket: TcpStream) -> io::Result<TcpStream> {
    socket.set_nodelay(true)?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

fn without_line_end(bytes: &[u8]) -> Vec<u8> {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes).to_vec()
}

fn is_patient(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}

/// An error as the story tells it; the system's number differs from system to system.
fn in_words(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::ConnectionReset => "the program reset the connection (RST)".to_owned(),
        _ => error.to_string(),
    }
}
