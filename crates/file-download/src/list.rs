//! What a server offers.

use std::io::{BufRead, BufReader, IsTerminal, Read};
use std::time::Duration;

use common::{Error, Result, console, step};
use indicatif::HumanBytes;
use socket2::Socket;

use crate::List;
use crate::ask::Server;
use crate::protocol::{self, Answer, LONGEST_LINE, Request};

/// `file-download list`
pub fn list(options: &List) -> Result<()> {
    let patience = Duration::from_secs(options.idle_timeout.get());
    let server = Server::connect(&options.address, patience)?;
    let count = match server.ask(&Request::List)? {
        Answer::Ok(count) => count,
        answer => return Err(server.refusal("the list", &answer)),
    };
    step!("4", "recv", "{count} names …");
    let mut lines = BufReader::new(&server.socket);
    let mut total = 0_u64;
    for received in 0..count {
        let line = next_line(&mut lines).map_err(|error| server.error(&error))?;
        let Some((size, name)) = protocol::parse_entry(&line) else {
            console::flush();
            return Err(Error::network(
                format!("recv {}: got {received} of {count} names", options.address),
                "the server ended too early; try again",
            ));
        };
        total = total.saturating_add(size);
        show(options.plain, size, name);
    }
    console::flush();
    let files = if count == 1 { "file" } else { "files" };
    console::tell(&format!("{count} {files}, {}", HumanBytes(total)));
    step!("6", "close", "the connection to {}", options.address);
    Ok(())
}

/// One line of at most [`LONGEST_LINE`] bytes.
fn next_line(lines: &mut BufReader<&Socket>) -> std::io::Result<Vec<u8>> {
    let mut line = Vec::new();
    lines.take(LONGEST_LINE as u64).read_until(b'\n', &mut line)?;
    Ok(line)
}

/// A person reads "1.50 GiB"; a script reads the bytes. What a server sends must not move the cursor.
fn show(plain: bool, size: u64, name: &str) {
    let line = if !plain {
        let size = HumanBytes(size).to_string();
        format!("{size:>12}  {}\n", console::clean(name))
    } else if std::io::stdout().is_terminal() {
        format!("{size} {}\n", console::clean(name))
    } else {
        format!("{size} {name}\n")
    };
    console::result_part(&line);
}
