//! Step 6: talks over TCP, both sides at any time. A stream has no messages: both sides must agree on where one ends.
//!
//! cargo run -- serve 127.0.0.1:8888        in one terminal
//! cargo run -- connect 127.0.0.1:8888      in another: end, typed or received, ends both

use std::env;
use std::io;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let role = arguments.next().unwrap_or_default();
    let address = full_address(&arguments.next().unwrap_or("127.0.0.1:8888".to_owned()));
    let result = match role.as_str() {
        "serve" => serve(&address),
        "connect" => connect(&address),
        _ => {
            eprintln!("usage: tcp-duplex serve [ADDRESS] | tcp-duplex connect [ADDRESS]");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(1)
        }
    }
}

fn serve(own: &str) -> io::Result<()> {
    // TODO 1. accept    the waiting side: socket, bind and listen as in step 4, then one peer
    //         Tell on standard error: listening on ADDRESS

    // Then both sides do the same: write `talk` once.
    eprintln!("tcp-duplex: nobody listens on {own} yet: see TODO 1");
    Ok(())
}

fn connect(peer: &str) -> io::Result<()> {
    // TODO 1. connect   the calling side: socket and connect as in step 5

    // TODO 2. send      one message and its end mark, in one call
    //         A message is a line of standard input, and its end mark is \n.

    // TODO 3. recv      wait for bytes, and cut them into messages
    //         In a thread of its own. Print each message as [PEER] TEXT; keep what is only the beginning of one.

    // TODO 4. shutdown  after the last word: nothing more will come from us
    //         The last word is `end`, from either side.

    eprintln!("tcp-duplex: no call yet to {peer}: see TODO 1");
    Ok(())
}

/// `PORT` and `:PORT` mean 127.0.0.1.
fn full_address(text: &str) -> String {
    let text = text.strip_prefix(':').unwrap_or(text);
    if text.contains(':') { text.to_owned() } else { format!("127.0.0.1:{text}") }
}
