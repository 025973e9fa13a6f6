//! The client: a download that ends with the whole file under its name, or says what there is instead.

use std::io::ErrorKind;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

use common::console::{self, Lines};
use common::{Error, Result, outcome, step, stop};
use crc32fast::Hasher;
use indicatif::{HumanBytes, ProgressBar, ProgressStyle};

use crate::Get;
use crate::ask::Server;
use crate::part::{self, Part};
use crate::protocol::{self, Answer, Request};
use crate::transfer::{self, BLOCK};
use crate::tune;
use crate::unseen::Pipe;

/// A server must look at the bytes that we have already, for the checksum. Even a slow disk reads as much
/// in a second.
const SLOW_DISK: u64 = 20_000_000;

/// How an attempt ended that is no error.
enum Attempt {
    Complete,
    /// What we have is not the beginning of the server's file.
    Changed,
}

/// What is known about the download while it runs; the thread that is called on Ctrl-C looks at it too.
struct Progress {
    bar: ProgressBar,
    /// How many bytes were there before.
    offset: AtomicU64,
    /// The size of the whole file; 0 while it isn't known.
    total: AtomicU64,
    started: Instant,
}

/// `file-download get`
pub fn get(options: &Get) -> Result<()> {
    let name = match &options.name {
        Some(name) => name.clone(),
        None => ask_for_name(options)?,
    };
    let target = target(&name, options)?;
    if !options.force && target.symlink_metadata().is_ok() {
        return Err(part::already_there(&target));
    }
    let mut part = Part::open(&target)?;
    let progress = Arc::new(Progress::new());
    progress.tell_when_interrupted(&part);
    let result = fetch(options, &name, &mut part, &progress);
    progress.bar.finish_and_clear();
    if let Err(error) = result {
        return Err(part.kept(error, progress.total.load(Relaxed)));
    }
    step!("5", "rename", "{} to {}", part.name(), target.display());
    let size = part.length();
    part.complete(&target, options.force, options.sync)?;
    progress.tell_saved(&target, size, options);
    step!("6", "close", "the connection to {}", options.address);
    Ok(())
}

/// One attempt; or two, when the file on the server is no longer the one that was begun.
fn fetch(options: &Get, name: &str, part: &mut Part, progress: &Progress) -> Result<()> {
    if options.classic {
        return fetch_classic(options, name, part, progress);
    }
    let offset = if options.resume { part.length() } else { 0 };
    if let Attempt::Changed = attempt(options, name, part, offset, progress)? {
        console::tell("the file on the server is another one by now; starting anew");
        attempt(options, name, part, 0, progress)?;
    }
    Ok(())
}

/// Asks for the file from `offset` on, and receives it.
fn attempt(
    options: &Get,
    name: &str,
    part: &mut Part,
    offset: u64,
    progress: &Progress,
) -> Result<Attempt> {
    let patience = Duration::from_secs(options.idle_timeout.get());
    let server = Server::connect(&options.address, patience)?;
    let request = Request::Get { offset, sum: !options.no_verify, name: name.to_owned() };
    let size = match server.ask(&request)? {
        Answer::Ok(size) if size >= offset => size,
        Answer::Ok(_) => return Ok(Attempt::Changed),
        Answer::Err { code, .. } if code == "changed" && offset > 0 => return Ok(Attempt::Changed),
        answer => return Err(server.refusal(name, &answer)),
    };
    part.begin_at(offset)?;
    step!("4", "recv", "{} bytes into {} …", size - offset, part.name());
    progress.begin(offset, size);
    part.reserve(size)?;
    let mut rest = Hasher::new();
    let sum = (!options.no_verify).then_some(&mut rest);
    receive(&server, part, offset..size, sum, progress)?;
    let mut sum = Hasher::new();
    if !options.no_verify {
        // Both sides look at the beginning now, at the same time.
        server.be_patient(Duration::from_secs(offset / SLOW_DISK))?;
        let added = transfer::add_to_sum(&mut sum, &part.file, offset);
        added.map_err(|error| Error::of_call("read", part.name(), &error))?;
        sum.combine(&rest);
    }
    compare(&server, part, offset, (!options.no_verify).then(|| sum.finalize()))
}

/// Receives the bytes of this range, block by block.
fn receive(
    server: &Server,
    part: &mut Part,
    range: std::ops::Range<u64>,
    mut sum: Option<&mut Hasher>,
    progress: &Progress,
) -> Result<()> {
    let mut at = range.start;
    if sum.is_none() {
        at += receive_unseen(server, part, range.end - at, progress)?;
    }
    let mut buffer = vec![0; BLOCK];
    let mut was_fast = false;
    while at < range.end {
        let count = server.receive(transfer::at_most(&mut buffer, range.end - at))?;
        if count == 0 {
            return Err(server.closed());
        }
        let block = &buffer[..count];
        if let Some(sum) = &mut sum {
            sum.update(block);
        }
        part.write(block)?;
        at += count as u64;
        progress.bar.set_position(at);
        // From a server that is so fast, half a block is here in no time: no need to wake up for each packet.
        let fast = count >= BLOCK / 2 && range.end - at > BLOCK as u64;
        if fast != was_fast {
            tune::wake_at(&server.socket, if fast { BLOCK / 2 } else { 1 });
            was_fast = fast;
        }
    }
    Ok(())
}

/// Receives without looking at the bytes, as long as the system can do that and the server sends some.
/// There are two pipes and two threads: while one is filled, the other is emptied into the file.
/// Returns how many bytes came.
fn receive_unseen(server: &Server, part: &mut Part, most: u64, progress: &Progress) -> Result<u64> {
    let (Ok(first), Ok(second)) = (Pipe::new(), Pipe::new()) else { return Ok(0) };
    let (full, to_empty) = mpsc::channel();
    let (empty, to_fill) = mpsc::channel();
    let _ = (empty.send(first), empty.send(second));
    thread::scope(|threads| {
        let writer = thread::Builder::new().spawn_scoped(threads, move || {
            for (pipe, count) in to_empty {
                part.take(&pipe, count)?;
                progress.bar.inc(count as u64);
                let _ = empty.send(pipe);
            }
            Ok(())
        });
        let Ok(writer) = writer else { return Ok(0) };
        let received = fill_pipes(server, most, to_fill, full);
        // The disk's error comes first: after it, nothing was received any more.
        writer.join().unwrap_or_else(|panic| resume_unwind(panic))?;
        received
    })
}

/// Fills each empty pipe and passes it on, until all has come, or nothing more comes, or nobody empties them.
fn fill_pipes(
    server: &Server,
    most: u64,
    to_fill: Receiver<Pipe>,
    full: Sender<(Pipe, usize)>,
) -> Result<u64> {
    let mut moved = 0;
    while moved < most
        && let Ok(pipe) = to_fill.recv()
    {
        match pipe.fill(&server.socket, most - moved) {
            Ok(0) => break,
            Ok(count) => {
                moved += count as u64;
                let _ = full.send((pipe, count));
            }
            Err(error) if error.kind() == ErrorKind::Unsupported => break,
            Err(error) => return Err(server.error(&error)),
        }
    }
    Ok(moved)
}

/// Receives the last line and compares the checksums. Without `ours`, none was asked for.
fn compare(server: &Server, part: &mut Part, offset: u64, ours: Option<u32>) -> Result<Attempt> {
    let line = server.read_line()?;
    outcome!("received \"{}\"", console::clean_message(&String::from_utf8_lossy(&line)));
    let theirs = match protocol::parse_answer(&line) {
        Some(Answer::Sum { .. }) if line == protocol::sum_line(ours).as_bytes() => {
            return Ok(Attempt::Complete);
        }
        Some(Answer::Sum { algorithm, value }) => format!("{algorithm} {value}"),
        Some(Answer::Err { code, .. }) if code == "changed" => code,
        _ => return Err(server.closed()),
    };
    if offset > 0 {
        return Ok(Attempt::Changed);
    }
    // What came is of no use: nothing of it is kept.
    part.cut_at(0)?;
    Err(if theirs == "changed" {
        Error::network("the file changed on the server while it was sent", "try again")
    } else {
        let ours = protocol::sum_line(ours);
        Error::network(
            format!(
                "checksum mismatch: server {}, here {}",
                console::clean(&theirs),
                &ours[4..].trim()
            ),
            "something on the way, a disk or a cable, changes bytes; try again",
        )
    })
}

/// The tutorials' protocol: the bare name goes out, bare bytes come in, and the end of the connection is
/// the end of the file.
fn fetch_classic(options: &Get, name: &str, part: &mut Part, progress: &Progress) -> Result<()> {
    let patience = Duration::from_secs(options.idle_timeout.get());
    let encoded = options.course.encoding.encode(name)?;
    let server = Server::connect(&options.address, patience)?;
    step!("2", "send", "the name, without an end: {}", console::clean(name));
    server.send(&encoded)?;
    part.begin_at(0)?;
    step!("4", "recv", "bytes into {}, until the server closes …", part.name());
    receive_unseen(&server, part, u64::MAX, progress)?;
    let mut buffer = vec![0; BLOCK];
    loop {
        let count = server.receive(&mut buffer)?;
        if count == 0 {
            break;
        }
        part.write(&buffer[..count])?;
        progress.bar.inc(count as u64);
    }
    if part.length() == 0 {
        let name = console::clean(name);
        return Err(Error::network(
            format!("server has no file '{name}', or it is empty; nothing was saved"),
            "the tutorials' protocol has no word for the difference",
        ));
    }
    Ok(())
}

/// Without NAME: one line from the keyboard or a pipe.
fn ask_for_name(options: &Get) -> Result<String> {
    console::tell(&format!("which file? (file-download list {} shows them)", options.address));
    let stdin = std::io::BufReader::new(std::io::stdin());
    let line = Lines::Pipe(common::Encoding::UTF_8, stdin).next_line();
    line.filter(|name| !name.is_empty()).ok_or_else(|| {
        Error::local("no file name was given", "type it, or write it behind the address")
    })
}

/// Where the file is saved: the last part of its name, in the current folder, unless `-o` says otherwise.
fn target(name: &str, options: &Get) -> Result<PathBuf> {
    let last = Path::new(name).file_name().ok_or_else(|| {
        let name = console::clean(name);
        Error::local(format!("'{name}' is no file's name"), "name a file, for example a.txt")
    });
    match &options.output {
        Some(folder) if folder.is_dir() => Ok(folder.join(last?)),
        Some(file) => Ok(file.clone()),
        None => Ok(last?.into()),
    }
}

impl Progress {
    /// In a pipe or a file, indicatif shows nothing.
    fn new() -> Self {
        let bar = ProgressBar::no_length();
        let shown = "{bar:30} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left";
        if let Ok(style) = ProgressStyle::with_template(shown) {
            bar.set_style(style);
        }
        Self { bar, offset: AtomicU64::new(0), total: AtomicU64::new(0), started: Instant::now() }
    }

    /// The size is known. What was there before says nothing about the rate.
    fn begin(&self, offset: u64, size: u64) {
        self.offset.store(offset, Relaxed);
        self.total.store(size, Relaxed);
        self.bar.set_length(size);
        self.bar.set_position(offset);
        self.bar.tick();
        self.bar.reset_eta();
    }

    /// Ctrl-C: says what there is, and how to go on.
    fn tell_when_interrupted(self: &Arc<Self>, part: &Part) {
        let progress = Arc::clone(self);
        let path = part.path().to_owned();
        stop::on_first_signal(move |exit_code| {
            progress.bar.finish_and_clear();
            if let Some(kept) = part::kept(&path, progress.total.load(Relaxed)) {
                console::tell(&format!("stopped: {kept}"));
            }
            stop::leave(exit_code);
        });
    }

    fn tell_saved(&self, target: &Path, size: u64, options: &Get) {
        let seconds = self.started.elapsed().as_secs_f64();
        let moved = size.saturating_sub(self.offset.load(Relaxed));
        let rate = HumanBytes((moved as f64 / seconds.max(0.001)) as u64);
        let checked = match options {
            Get { classic: true, .. } => {
                ";\n  the tutorials' protocol has no sizes: nobody can tell whether the file is whole"
            }
            Get { no_verify: true, .. } => ", not verified",
            _ => ", checksum verified",
        };
        let (target, size) = (target.display(), HumanBytes(size));
        console::tell(&format!("saved {target}: {size} in {seconds:.2} s ({rate}/s){checked}"));
    }
}
