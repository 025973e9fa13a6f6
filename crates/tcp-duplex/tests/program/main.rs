//! tcp-duplex as its users see it: the real program, and bare sockets as its peers.
#![allow(clippy::unwrap_used)] // a test helper may fail like the test itself

mod contract;
mod rude;
#[cfg(unix)]
mod unix;

use std::net::TcpStream;

use testkit::peer::{accept, call, listener};
use testkit::{Launch, Program};

const ROLES: [&str; 2] = ["serve", "connect"];

/// One of the two roles of the program, and the peer at the other end of its connection.
fn talking(role: &str, args: &[&str]) -> (Program, TcpStream) {
    let (mut program, peer) = if role == "serve" {
        let mut program = start(&[&["serve", "127.0.0.1:0"], args].concat());
        let peer = call(&program.listening().unwrap());
        (program, peer)
    } else {
        let (listener, address) = listener();
        (start(&[&["connect", &address], args].concat()), accept(&listener))
    };
    program.expect_stderr("connected to 127.0.0.1:*").unwrap();
    (program, peer)
}

fn start(args: &[&str]) -> Program {
    Launch::step("tcp-duplex").args(args).start().unwrap()
}
