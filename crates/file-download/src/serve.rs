//! The server: a few threads that all accept, more of them when downloads take long, and an end that lets
//! running downloads finish.

use std::io;
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use common::net;
use common::{Explain, Result, address, console, outcome, step, stop};
use socket2::Socket;

use crate::Serve;
use crate::answer::Visit;
use crate::folder::{Folder, is_out_of_files};
use crate::transfer::Buffers;
use crate::tune;

/// How many clients may wait to be accepted. A whole class calls at the same moment, and a client that
/// finds the queue full tries again only after a second.
const BACKLOG: i32 = 4096;

/// How long all threads may be busy before there are more of them.
const BUSY_FOR: Duration = Duration::from_millis(10);

/// How long running downloads may go on after Ctrl-C.
const LAST_SECONDS: Duration = Duration::from_secs(3);

/// What all threads share.
pub struct Server {
    /// What is served.
    pub folder: Folder,
    /// How long a client may be silent, or take nothing.
    pub idle_timeout: Duration,
    /// What the files' bytes pass through.
    pub buffers: Buffers,
    /// The congestion control that was taken from the listener.
    pub bbr: Option<Vec<u8>>,
    listener: Socket,
    max_clients: usize,
    /// How many clients have a place.
    clients: AtomicUsize,
    fewest_threads: usize,
    most_threads: usize,
    /// The thread that starts the others.
    starter: Thread,
    threads: AtomicUsize,
    /// How many threads wait for a client.
    waiting: AtomicUsize,
    /// How many clients were accepted since the start.
    accepted: AtomicUsize,
    /// How many clients are being answered.
    transfers: AtomicUsize,
    stopping: AtomicBool,
}

/// `file-download serve`
pub fn serve(options: &Serve) -> Result<()> {
    let folder = Folder::open(&options.folder)?;
    net::allow_many_files();
    step!("1", "listen", "{}: socket, bind and listen, as in step 4", options.address);
    let listener = net::listen(&options.address, BACKLOG)?;
    let bbr = tune::take_bbr(&listener);
    console::tell(&format!("  serving the files in {}", options.folder.display()));
    let max_clients = options.max_clients.get();
    // A new thread for each client would cost more than a small file. So one for each processor accepts,
    // serves, and accepts again; with more of them, all would only wait for each other.
    let fewest_threads = thread::available_parallelism().map_or(2, NonZero::get).max(2);
    let server = Arc::new(Server {
        folder,
        idle_timeout: Duration::from_secs(options.idle_timeout.get()),
        buffers: Buffers::new(),
        bbr,
        listener,
        max_clients,
        clients: AtomicUsize::new(0),
        fewest_threads,
        // Some more than there are places: they tell the other clients that all are taken.
        most_threads: max_clients.saturating_add(fewest_threads),
        starter: thread::current(),
        threads: AtomicUsize::new(0),
        waiting: AtomicUsize::new(0),
        accepted: AtomicUsize::new(0),
        transfers: AtomicUsize::new(0),
        stopping: AtomicBool::new(false),
    });
    let stopping = Arc::clone(&server);
    stop::on_first_signal(move |exit_code| {
        // In a thread of its own, so that a second Ctrl-C is noticed.
        thread::spawn(move || stopping.stop(exit_code));
    });
    step!("2", "accept", "a few threads wait for clients …");
    start_threads(&server, fewest_threads)?;
    start_more_when_busy(&server)
}

fn start_threads(server: &Arc<Server>, count: usize) -> Result<()> {
    for _ in 0..count {
        let server = Arc::clone(server);
        // Counted before they run, so that no more are started than are missing.
        server.threads.fetch_add(1, SeqCst);
        server.waiting.fetch_add(1, SeqCst);
        thread::Builder::new()
            .spawn(move || server.accept_clients())
            .explain("start a thread for", "clients")?;
    }
    Ok(())
}

/// Waits until all threads are busy. If they stay so, and clients don't pass through quickly, twice as
/// many are started: a few slow downloads must not keep all others waiting.
fn start_more_when_busy(server: &Arc<Server>) -> Result<()> {
    loop {
        thread::park();
        while server.waiting.load(SeqCst) == 0 {
            let accepted = server.accepted.load(SeqCst);
            thread::sleep(BUSY_FOR);
            let passed = server.accepted.load(SeqCst) - accepted;
            let threads = server.threads.load(SeqCst);
            if server.waiting.load(SeqCst) > 0 || passed >= threads {
                continue;
            }
            let room = server.most_threads.saturating_sub(threads);
            if room == 0 {
                break;
            }
            if let Err(error) = start_threads(server, threads.min(room)) {
                // The thread that could not start was counted.
                server.threads.fetch_sub(1, SeqCst);
                server.waiting.fetch_sub(1, SeqCst);
                console::tell_hint("", Some(error.to_string()));
            }
        }
    }
}

impl Server {
    /// One thread: accept(2), serve, and again.
    fn accept_clients(&self) {
        loop {
            let accepted = self.listener.accept();
            if self.stopping.load(SeqCst) {
                return;
            }
            let (client, peer) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    wait_after(&error);
                    continue;
                }
            };
            self.accepted.fetch_add(1, SeqCst);
            if self.waiting.fetch_sub(1, SeqCst) == 1 {
                self.starter.unpark();
            }
            self.serve_client(client, address::show(&peer));
            // More threads than needed go home.
            if self.waiting.fetch_add(1, SeqCst) >= self.fewest_threads {
                self.waiting.fetch_sub(1, SeqCst);
                self.threads.fetch_sub(1, SeqCst);
                return;
            }
        }
    }

    fn serve_client(&self, client: Socket, peer: String) {
        outcome!("accepted {peer} on a new socket");
        let _ = client.set_write_timeout(Some(self.idle_timeout));
        let has_place = self.clients.fetch_add(1, SeqCst) < self.max_clients;
        if !has_place {
            self.clients.fetch_sub(1, SeqCst);
        }
        let visit = Visit::new(self, client, peer, has_place);
        if let Some(request) = visit.receive_request() {
            self.transfers.fetch_add(1, SeqCst);
            visit.answer(request);
            self.transfers.fetch_sub(1, SeqCst);
        }
        if has_place {
            self.clients.fetch_sub(1, SeqCst);
        }
    }

    /// Ctrl-C or SIGTERM: no new clients; running downloads get a moment to finish.
    fn stop(&self, exit_code: u8) {
        self.stopping.store(true, SeqCst);
        let _ = self.listener.shutdown(std::net::Shutdown::Both);
        let running = self.transfers.load(SeqCst);
        if running > 0 {
            console::tell(&format!(
                "stopping: {running} running, up to {} s to finish; press Ctrl-C again to end at once",
                LAST_SECONDS.as_secs()
            ));
        }
        let started = Instant::now();
        while self.transfers.load(SeqCst) > 0 && started.elapsed() < LAST_SECONDS {
            thread::sleep(Duration::from_millis(10));
        }
        let cut = self.transfers.load(SeqCst);
        if cut > 0 {
            console::tell(&format!("stopped; {cut} cut off"));
        }
        stop::leave(exit_code);
    }
}

/// accept(2) fails when a client has already gone, which is no matter, or when this program may open no
/// more files: then one of the clients must leave first.
fn wait_after(error: &io::Error) {
    if is_out_of_files(error) {
        let advice = "accept: too many open files; new clients wait until another one leaves";
        console::tell_hint("", Some(advice.into()));
        thread::sleep(Duration::from_millis(100));
    } else {
        console::tell(&format!("accept: {error}; still serving"));
        thread::sleep(Duration::from_millis(10));
    }
}

/// `--max-clients` and `--idle-timeout` as clap reads them.
pub type AtLeastOne<T> = NonZero<T>;
