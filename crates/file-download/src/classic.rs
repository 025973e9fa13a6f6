//! The tutorials' dialect, on both sides: a bare name, bare bytes, and the close is the end of the file.

use common::{Encoding, Error, Result, step, text};

use crate::cli::Get;
use crate::connection::Connection;
use crate::folder::{Folder, OpenFile, Refusal};
use crate::part::Part;
use crate::protocol::BAD_REQUEST;

/// Opens the file that a tutorial's client means, and returns its name too: that may be in UTF-8 or GBK, and the one that is
/// there is meant.
pub fn open_file(folder: &Folder, name: &[u8]) -> std::result::Result<(String, OpenFile), Refusal> {
    let gbk = "gbk".parse().unwrap_or(Encoding::UTF_8);
    let mut refusal = (BAD_REQUEST, "");
    for encoding in [Encoding::UTF_8, gbk] {
        let name = encoding.decode(name).text;
        let name = text::trim_line_end(&name);
        match folder.open_file(name) {
            Ok(file) => return Ok((name.to_owned(), file)),
            Err(why) => refusal = why,
        }
    }
    Err(refusal)
}

/// `get --classic`: asks for the file; its bytes come next.
pub fn ask(options: &Get, name: &str, part: &mut Part) -> Result<Connection> {
    let encoded = options.course.encoding.encode(name)?;
    step!("1", "connect", "{}: socket and connect, as in step 5", options.address);
    let mut server = Connection::open(&options.address, options.idle_timeout)?;
    step!("2", "send", "the name, without an end: {name}");
    server.send(&encoded)?;
    part.begin_at(0, None)?;
    step!("4", "recv", "bytes into {}, until the server closes …", part.name());
    Ok(server)
}

/// The error when not one byte came.
pub fn no_bytes(name: &str) -> Error {
    Error::network(
        format!("server has no file '{name}', or it is empty; nothing was saved"),
        "the tutorials' protocol has no word for the difference",
    )
}
