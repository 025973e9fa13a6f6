//! Step 4: serves many TCP clients, each in a thread of its own.
//!
//! ```text
//! cargo tcp-server                 print what every client sends
//! cargo tcp-server --echo          and send it back
//! cargo tcp-client                 in another terminal, or two, or ten
//! ```

use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use clap::Parser;
use common::net::{self, Places};
use common::{Address, Call, Encoding, Error, Explain, Result, address, console, step, text};
use socket2::{Socket, Type};

/// Serves every client in its own thread and prints what each recv returned
#[derive(Parser)]
#[command(version)]
struct Options {
    /// The own address: HOST:PORT, [V6]:PORT, :PORT, PORT or unix:PATH
    #[arg(default_value = "127.0.0.1:8899")]
    address: Address,
    /// Serve one client and end
    #[arg(long)]
    once: bool,
    /// Send TEXT to each client when it connects
    #[arg(long, value_name = "TEXT")]
    greet: Option<String>,
    /// Send TEXT after each recv
    #[arg(long, value_name = "TEXT", conflicts_with = "echo")]
    reply: Option<String>,
    /// Send back what each recv returned
    #[arg(long)]
    echo: bool,
    /// How many connections may wait in the queue for accept
    #[arg(long, value_name = "N", default_value_t = 128, value_parser = clap::value_parser!(i32).range(0..))]
    backlog: i32,
    /// How many clients are served at once; more wait in the queue
    #[arg(long, value_name = "N", default_value_t = 4096, value_parser = clap::value_parser!(u32).range(1..))]
    max_clients: u32,
    #[command(flatten)]
    course: common::Options,
}

/// What the server sends, as bytes.
#[derive(Clone)]
struct Answers {
    encoding: Encoding,
    greeting: Option<Vec<u8>>,
    reply: Option<Vec<u8>>,
    echo: bool,
    /// Nothing comes after the greeting: the end of the stream says so to the client.
    only_greets: bool,
}

fn main() -> ExitCode {
    let options: Options = common::parse();
    common::run(&options.course, || tcp_server(&options))
}

fn tcp_server(options: &Options) -> Result<()> {
    let answers = answers(options)?;
    net::allow_many_files();
    let listener = open_listener(options)?;
    if options.once {
        let (socket, peer) = accept(&listener, 1).explain(Call::Accept, &options.address)?;
        let backlog = options.backlog;
        console::status(&format!(
            "serving one client; others wait in the queue (backlog {backlog})"
        ));
        serve(socket, &peer, &answers)?;
    } else {
        serve_all(&listener, options, &answers);
    }
    step!("8", "close", "the listening socket: new clients are refused from now on");
    drop(listener);
    Ok(())
}

fn answers(options: &Options) -> Result<Answers> {
    let encoding = options.course.encoding;
    let greeting = encoding.encode_option(options.greet.as_deref())?;
    let reply = encoding.encode_option(options.reply.as_deref())?;
    let only_greets = options.once && greeting.is_some() && reply.is_none() && !options.echo;
    Ok(Answers { encoding, greeting, reply, echo: options.echo, only_greets })
}

fn open_listener(options: &Options) -> Result<Socket> {
    let own = net::first_address(&options.address)?;
    let name = address::show(&own);
    step!("1", "socket", "{}, SOCK_STREAM: ask the system for a TCP socket", net::family_of(&own));
    let socket = Socket::new(own.domain(), Type::STREAM, None).explain(Call::Socket, &own)?;
    if net::port_may_be_in_time_wait(&own) {
        step!("1b", "setsockopt", "SO_REUSEADDR: bind although TIME_WAIT holds the port");
        socket.set_reuse_address(true).explain(Call::Setsockopt, "SO_REUSEADDR")?;
    }
    net::prepare_to_bind(&socket, &own)?;

    step!("2", "bind", "{name}: clients will find us here");
    socket.bind(&own).explain(Call::Bind, &own)?;

    // listen makes the socket passive: it will never carry a byte, only hand out connections.
    step!("3", "listen", "up to {} clients may wait in the queue", options.backlog);
    socket.listen(options.backlog).explain(Call::Listen, &own)?;
    net::report_listening(&socket)?;
    Ok(socket)
}

/// Accepts forever. No client's trouble, and no shortage of files or threads, ends the server.
fn serve_all(listener: &Socket, options: &Options, answers: &Answers) {
    let places = Places::new(options.max_clients as usize);
    for number in 1.. {
        let place = match places.try_take() {
            Some(place) => place,
            None => {
                console::status(&format!(
                    "as many clients as --max-clients {} allows; more wait in the queue (backlog {})",
                    options.max_clients, options.backlog
                ));
                places.take()
            }
        };
        let (socket, peer) = match accept(listener, number) {
            Ok(accepted) => accepted,
            Err(error) => {
                console::print_error(&Error::of_call(Call::Accept, &options.address, &error));
                thread::sleep(Duration::from_millis(100)); // until another client leaves
                continue;
            }
        };
        let answers = answers.clone();
        let started = net::start_client(&format!("client {number}"), move || {
            if let Err(error) = serve(socket, &peer, &answers) {
                console::status(&format!("[{peer}] {error}"));
            }
            drop(place); // the thread owned it until here; now the next client may have it
        });
        if let Err(error) = started {
            console::print_error(&error); // the client's socket is closed
        }
    }
}

/// Waits for the next client: a new socket, and its name. A TCP client's name is its address; one that
/// came through `unix:` has none and gets a number.
fn accept(listener: &Socket, number: u64) -> io::Result<(Socket, String)> {
    step!("4", "accept", "wait for a client …");
    let (socket, peer) = listener.accept()?;
    let name = if peer.is_unix() { format!("unix client {number}") } else { address::show(&peer) };
    step::accepted(&name);
    Ok((socket, name))
}

/// One client, from the greeting to its end. `socket` is its own: the listener is not involved.
fn serve(mut socket: Socket, peer: &str, answers: &Answers) -> Result<()> {
    console::status(&format!("[{peer}] connected"));
    if let Some(greeting) = &answers.greeting {
        send(&mut socket, peer, greeting, answers.encoding)?;
    }
    if answers.only_greets {
        let _ = socket.shutdown(Shutdown::Write); // if the client has gone, recv says so
    }

    let mut decoder = answers.encoding.stream_decoder();
    let mut buffer = [0; 1024];
    loop {
        step!("5", "recv", peer = peer, "wait for up to {} bytes from {peer} …", buffer.len());
        let bytes = match socket.read(&mut buffer) {
            Ok(0) => break, // the peer closed
            Ok(length) => &buffer[..length],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(Error::of_call(Call::Recv, peer, &error)),
        };
        step::received(bytes, answers.encoding);
        let decoded = decoder.decode(bytes);
        let text = text::clean_message(&decoded.text);
        console::result(&format!("[{peer}] {} bytes: {text}", bytes.len()));
        console::hint_once(peer, decoded.hint);
        let answer = if answers.echo { Some(bytes) } else { answers.reply.as_deref() };
        if let Some(answer) = answer {
            send(&mut socket, peer, answer, answers.encoding)?;
        }
    }
    console::hint_once(peer, decoder.finish().hint);
    console::status_of_end(&format!("[{peer}] closed the connection (recv returned 0 bytes)"));
    step!("7", "close", peer = peer, "the socket of {peer}");
    Ok(())
}

fn send(socket: &mut Socket, peer: &str, bytes: &[u8], encoding: Encoding) -> Result<()> {
    step!("6", "send", peer = peer, step::bytes(bytes, encoding));
    // send may take only a part; write_all calls it again with the rest.
    socket.write_all(bytes).explain(Call::Send, peer)
}
