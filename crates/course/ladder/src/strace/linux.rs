//! Runs programs under strace, and reads what it writes while it writes it.
//!
//! It writes into a named pipe that we hold open at both ends, so nobody waits for the other to open it. Each line is
//! stamped when it is read: see [`super::sockets`].

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread::{self, JoinHandle};

use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use super::sockets::{Made, Sockets};
use crate::clock::now;

/// `-D`: the program stays our child, with its exit code, and its end is the end of the run. `--seccomp-bpf`: the other calls
/// are not slowed down. A question mark: not every system has this call.
const OPTIONS: [&str; 8] = [
    "-D",
    "-f",
    "--seccomp-bpf",
    "--absolute-timestamps=format:unix,precision:ns",
    "-s",
    "64",
    "-e",
    "trace=?accept,accept4,bind,connect,listen,socket,shutdown,setsockopt,getsockopt,getsockname,getpeername,?send,sendto,\
     sendmsg,?sendmmsg,?recv,recvfrom,recvmsg,?recvmmsg,read,write,readv,writev,?sendfile,?sendfile64,close,?close_range,dup,\
     ?dup2,dup3,fcntl,?fcntl64,?poll,ppoll,?select,pselect6,clone,?clone3,?fork,?vfork,execve",
];

/// What we write after strace's last line.
const END: &str = "end";

/// Can programs be watched here? The error says why not, and what to do.
pub fn works() -> Result<(), String> {
    let mut probe = Command::new("strace");
    let output = probe.args(OPTIONS).arg("true").stdin(Stdio::null()).output();
    let output = output.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            "strace is not installed (Debian and Ubuntu: sudo apt install strace)".to_owned()
        }
        _ => format!("strace: {error}"),
    })?;
    let printed = String::from_utf8_lossy(&output.stderr);
    if printed.contains("+++ exited with 0 +++") {
        return Ok(());
    }
    let why = printed.lines().next_back().unwrap_or("it printed nothing").to_owned();
    let advice = if why.contains("ptrace") || why.contains("not permitted") {
        "; one process may not watch another here: in Docker, --cap-add=SYS_PTRACE allows it"
    } else {
        "; version 5.6 or newer is needed"
    };
    Err(why + advice)
}

/// A strace, which watches one program and all that it starts.
pub struct Strace {
    pipe: PathBuf,
    /// Our own end of the pipe.
    writer: File,
    lines: Receiver<(u64, String)>,
    reader: Option<JoinHandle<()>>,
    sockets: Sockets,
}

impl Strace {
    /// Begins to listen at a new pipe. All that the program starts `is_one` program in the ladder, or several.
    pub fn listen(pipe: &Path, is_one: bool) -> io::Result<Strace> {
        mkfifo(pipe, Mode::S_IRUSR | Mode::S_IWUSR)?;
        let open = || File::options().read(true).write(true).open(pipe);
        let (reader, writer) = (BufReader::new(open()?), open()?);
        let (sender, lines) = mpsc::channel();
        let reader = thread::spawn(move || {
            for line in reader.split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line).into_owned();
                if line == END || sender.send((now(), line)).is_err() {
                    return;
                }
            }
        });
        let (pipe, reader) = (pipe.to_owned(), Some(reader));
        Ok(Strace { pipe, writer, lines, reader, sockets: Sockets::new(is_one) })
    }

    /// What stands before the program in the command that runs it.
    pub fn before(&self) -> Vec<OsString> {
        let options = OPTIONS.into_iter().map(OsString::from);
        let mut words: Vec<OsString> = std::iter::once("strace".into()).chain(options).collect();
        words.extend(["-o".into(), self.pipe.clone().into_os_string(), "--".into()]);
        words
    }

    /// What has happened since the last time.
    pub fn news(&mut self) -> Vec<Made> {
        for (at, line) in self.lines.try_iter() {
            self.sockets.read(&line, at);
        }
        self.sockets.made(now())
    }

    /// The programs have ended: the rest.
    pub fn finish(&mut self) -> Vec<Made> {
        // A strace that was killed may have left half a line.
        if writeln!(self.writer, "\n{END}").is_ok()
            && let Some(reader) = self.reader.take()
        {
            let _ = reader.join();
        }
        let mut made = self.news();
        self.sockets.ends();
        made.extend(self.sockets.made(u64::MAX));
        made
    }
}
