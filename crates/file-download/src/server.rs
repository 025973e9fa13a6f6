//! The server's threads, and what they share. A new one for each client would cost more than a small file. So one for
//! each processor accepts, answers, and accepts again; one that turns to a long answer starts its successor, and ends
//! with its client.

use std::io;
use std::net::Shutdown;
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::thread;
use std::time::{Duration, Instant};

use common::net::Places;
use common::{Call, Explain, Result, console, exit, stop};
use socket2::Socket;

use crate::cli::Serve;
use crate::folder::Folder;

/// How long running downloads may go on after Ctrl-C.
const LAST_SECONDS: Duration = Duration::from_secs(3);

pub struct Server {
    pub listener: Socket,
    pub folder: Folder,
    /// How long a client may be silent, or take nothing.
    pub idle_timeout: Duration,
    /// One for each client.
    pub places: Places,
    /// Each client that is being answered has a clone of it.
    pub running: Arc<()>,
    /// What each thread does.
    accept_clients: fn(&Arc<Server>),
    stopping: AtomicBool,
}

/// Runs `accept_clients` in a thread for each processor, two at least. With more, all would only wait for each other.
pub fn run(
    listener: Socket,
    folder: Folder,
    options: &Serve,
    accept_clients: fn(&Arc<Server>),
) -> Result<()> {
    let server = Arc::new(Server {
        listener,
        folder,
        idle_timeout: options.idle_timeout,
        places: Places::new(options.max_clients.get()),
        running: Arc::new(()),
        accept_clients,
        stopping: AtomicBool::new(false),
    });
    let stopped = Arc::clone(&server);
    stop::on_first_signal(move |exit_code| {
        // In a thread of its own, so that a second Ctrl-C is noticed.
        thread::spawn(move || stopped.stop(exit_code));
    });
    let count = thread::available_parallelism().map_or(2, NonZero::get).max(2);
    for number in 1..=count {
        let name = format!("acceptor {number}");
        server.start_thread(&name).explain(Call::StartThread, "clients")?;
    }
    loop {
        thread::park();
    }
}

impl Server {
    /// Starts one more thread that accepts.
    pub fn start_thread(self: &Arc<Self>, name: &str) -> io::Result<()> {
        let server = Arc::clone(self);
        let work = move || (server.accept_clients)(&server);
        thread::Builder::new().name(name.into()).spawn(work)?;
        Ok(())
    }

    /// True after Ctrl-C.
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(SeqCst)
    }

    /// Ctrl-C or SIGTERM: no new clients; running downloads get a moment to finish.
    fn stop(&self, exit_code: u8) {
        self.stopping.store(true, SeqCst);
        let _ = self.listener.shutdown(Shutdown::Both);
        let running = || Arc::strong_count(&self.running) - 1;
        if running() > 0 {
            console::status(&format!(
                "stopping: {} running, up to {} s to finish; press Ctrl-C again to end at once",
                running(),
                LAST_SECONDS.as_secs()
            ));
        }
        let started = Instant::now();
        while running() > 0 && started.elapsed() < LAST_SECONDS {
            thread::sleep(Duration::from_millis(10));
        }
        if running() > 0 {
            console::status(&format!("stopped; {} cut off", running()));
        }
        exit::leave(exit_code);
    }
}

/// accept(2) fails when a client has already gone, which is harmless, or when this program may open no more files: then
/// one of the clients must leave first.
pub fn wait_after(error: &io::Error) {
    console::hint_once("accept", Some(format!("{error}; still serving")));
    thread::sleep(Duration::from_millis(10));
}
