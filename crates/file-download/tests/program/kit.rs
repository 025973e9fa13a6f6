//! A server on a free port, a client that ends, peers made of a thread.

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use fastrand::Rng;
use tempfile::TempDir;
pub use testkit::peer::call as connect;
use testkit::peer::{PATIENCE, accept};
use testkit::{Launch, Program};

/// The program, where the other steps are too.
pub fn program() -> PathBuf {
    testkit::step_program("file-download")
}

/// A running server and the folder that it serves.
pub struct Server {
    pub program: Program,
    pub address: String,
    pub folder: TempDir,
}

/// How a client ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// Starts a server with these options on a free port.
pub fn serve(options: &[&str]) -> Server {
    let folder = TempDir::new().unwrap();
    let path = folder.path().to_str().unwrap().to_owned();
    let mut args = vec!["serve", "127.0.0.1:0", &path];
    args.extend(options);
    let mut program = start(Path::new("."), &args);
    let address = program.listening().unwrap();
    Server { program, address, folder }
}

impl Server {
    /// Puts a file into the served folder.
    pub fn put(&self, name: &str, content: &[u8]) {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// A connection to this server, with a deadline.
    pub fn connect(&self) -> TcpStream {
        connect(&self.address)
    }

    /// Sends bytes and receives until the server closes.
    pub fn ask(&self, request: &[u8]) -> Vec<u8> {
        let mut stream = self.connect();
        stream.write_all(request).unwrap();
        receive_all(&mut stream)
    }
}

/// Everything until the peer closes; a reset counts as the end.
pub fn receive_all(stream: &mut TcpStream) -> Vec<u8> {
    let mut all = Vec::new();
    match stream.read_to_end(&mut all) {
        Err(error) if error.kind() != ErrorKind::ConnectionReset => panic!("{error}"),
        _ => all,
    }
}

/// Starts file-download in this folder.
pub fn start(folder: &Path, args: &[&str]) -> Program {
    Launch::step("file-download").args(args).current_dir(folder).deadline(PATIENCE).start().unwrap()
}

/// Runs file-download in this folder until it ends.
pub fn run(folder: &Path, args: &[&str]) -> Ended {
    let mut program = start(folder, args);
    program.end_input();
    ended(program)
}

pub fn ended(mut program: Program) -> Ended {
    let code = program.wait().unwrap().code();
    Ended { code, stdout: program.stdout_text(), stderr: program.stderr_text() }
}

impl Ended {
    /// Checks the exit code and what stderr says.
    #[track_caller]
    pub fn says(&self, code: i32, words: &[&str]) -> &Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        for word in words {
            assert!(self.stderr.contains(word), "no {word:?} in {}", self.stderr);
        }
        self
    }
}

/// A peer that serves one connection with this function and is joined at the end of the test.
pub struct Peer {
    pub address: String,
    thread: Option<JoinHandle<()>>,
}

impl Peer {
    pub fn new(serve: impl FnOnce(TcpStream) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let thread = thread::spawn(move || {
            serve(accept(&listener));
        });
        Self { address, thread: Some(thread) }
    }

    /// Answers one request with these bytes and closes.
    pub fn answering(answer: &[u8]) -> Self {
        let answer = answer.to_vec();
        Self::new(move |mut stream| {
            let _ = stream.read(&mut [0; 8192]);
            let _ = stream.write_all(&answer);
        })
    }

    /// Passes a request on to the server and `most` bytes of the answer back; then closes, or resets.
    pub fn cutting(server: &str, most: usize, reset: bool) -> Self {
        let server = server.to_owned();
        Self::new(move |mut client| {
            let mut request = [0; 8192];
            let count = client.read(&mut request).unwrap();
            let mut upstream = connect(&server);
            upstream.write_all(&request[..count]).unwrap();
            let mut answer = Vec::new();
            (&mut upstream).take(most as u64).read_to_end(&mut answer).unwrap();
            let _ = client.write_all(&answer);
            if reset {
                socket2::SockRef::from(&client).set_linger(Some(Duration::ZERO)).unwrap();
            }
        })
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            // A peer that nobody called still waits.
            let _ = TcpStream::connect(&self.address);
            let ended = thread.join();
            assert!(thread::panicking() || ended.is_ok(), "the peer failed");
        }
    }
}

/// The names in a folder, sorted.
pub fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Bytes without a pattern, the same for the same seed.
pub fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    Rng::with_seed(seed).fill(&mut bytes);
    bytes
}
