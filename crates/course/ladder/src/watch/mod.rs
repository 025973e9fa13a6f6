//! `cargo course watch`: the calls of a step and its packets in one ladder, with no root and no Wireshark.
//!
//! ```text
//! cargo course watch tcp-server             a step, in a private network namespace
//! cargo course watch tcp-server -- ./mine   the same, with a student's program in place of ours
//! cargo course watch handshake              a lesson about one thing: see `lessons`
//! cargo course watch -- bash                any command in such a namespace; its calls and packets as they come
//! cargo course watch --port 8899            what the loopback device of this computer carries (root only)
//! ```
//!
//! How it works: the tool moves into a namespace before it has a second thread ([`prepare`]), and the programs that it
//! starts are in it too. It captures what the loopback device carries ([`crate::capture`]) while they write down what they
//! call ([`crate::trace`]), or strace does that for them ([`crate::strace`]). All of it is stamped by one clock. [`watcher`]
//! puts it into one timeline, and shows that.

mod options;
mod waited;
mod watcher;

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::Command;

use common::text::clean_text;
use testkit::namespace::{self, Refused};
use testkit::outcome::{self, Outcome};
use testkit::screen::{Screen, report};
use testkit::{build, running, submission};

use crate::capture::Capture;
use crate::guest::{self, Guest};
use crate::lessons::Lesson;
use crate::play::{self, Staging};
use crate::{lessons, page, scenario, stored};
pub use options::{Format, Options};
use waited::Waited;
use watcher::Watcher;

/// The network that is watched.
pub enum Network {
    /// A namespace of our own.
    Own,
    /// The one that all programs of this computer share, and why.
    Shared(String),
}

/// Moves into a namespace, where one is needed. `main` calls it before anything starts a thread: the kernel gives a user
/// namespace only to a process with a single one. The steps are built first, because cargo may need the network.
pub fn prepare(options: &Options) -> outcome::Result<Network> {
    if options.port.is_some() || !options.join.is_empty() {
        return Ok(Network::Shared("it was asked for".to_owned()));
    }
    if options.step.is_none() && options.command.is_empty() {
        return Err("nothing to watch: give a STEP, --port PORT, or -- COMMAND".into());
    }
    if options.step.is_some() && options.programs.is_none() {
        build::build_programs()?;
    }
    Ok(match namespace::enter() {
        Ok(()) => Network::Own,
        Err(Refused(why)) => Network::Shared(why),
    })
}

/// Runs the command in the network that [`prepare`] has returned.
pub fn run(options: &Options, network: Network) -> outcome::Result {
    let done = match (options.port, &options.step) {
        _ if !options.join.is_empty() => join_pages(options),
        (Some(port), _) => watch_port(options, port),
        (None, Some(step)) if options.command.is_empty() => watch_step(options, step, network),
        (None, Some(step)) => watch_guest(options, step, network),
        (None, None) => watch_command(options, network),
    };
    if running::all_ended() { Ok(Outcome::Interrupted) } else { done }
}

/// `watch STEP`
fn watch_step(options: &Options, step: &str, network: Network) -> outcome::Result {
    let lesson = lessons::find(step).ok_or("there is no such step")?;
    if let (true, Network::Shared(why)) = (lesson.needs_own_network, &network) {
        return show_stored(options.format, step, why);
    }
    play(options, network, &lesson, Guest::default())
}

/// `watch STEP -- PROGRAM`
fn watch_guest(options: &Options, step: &str, network: Network) -> outcome::Result {
    let steps = guest::steps().join(", ");
    let refused = format!("{step} is played by the course's own programs; yours can play {steps}");
    let scenario = guest::scenario(step).ok_or(refused)?;
    let lesson = lessons::find(step).ok_or("there is no such step")?;
    let command = submission::found(&options.command)?;
    let shown: Vec<_> = options.command.iter().map(|word| word.to_string_lossy()).collect();
    let guest = Guest { command, shown: shown.join(" "), ..Guest::default() };
    play(options, network, &Lesson { scenario, ..lesson }, guest)
}

/// Plays a step or lesson with our programs, or with a student's, and shows it.
fn play(options: &Options, network: Network, lesson: &Lesson, mut guest: Guest) -> outcome::Result {
    let scenario = &lesson.scenario;
    let mut title = format!("{}: {}", scenario.step, scenario.title);
    let is_ours = guest.command.is_empty();
    if !is_ours {
        title += &format!(", by {}", guest.shown);
    }
    // In our own namespace every port is free: the picture shows the one that the lesson names.
    let is_own = matches!(network, Network::Own);
    let address = is_own.then(|| format!("127.0.0.1:{}", lesson.port));
    let programs = scenario::programs_in(options.programs.as_deref(), &[scenario])?;
    let mut watcher = Watcher::new(options, title, capture(network, lesson.ethernet))?;
    guest.watched_by = watcher.add_straces(guest::appearances(scenario), true);
    let staging = Staging { trace: Some(watcher.trace_file()), address, guest };
    let played = play::play(scenario, &programs, &staging);
    watcher.add(played.timeline);
    watcher.finish(is_ours.then_some(scenario.step))?;
    let Some(failure) = &played.failure else { return Ok(Outcome::Good) };
    if !running::all_ended() {
        let what = if is_ours { "not as the lesson says:" } else { "The play ended here." };
        report(&format!("\n{what} {}", clean_text(&failure.to_string())));
    }
    Ok(Outcome::Bad)
}

/// `watch -- COMMAND`
fn watch_command(options: &Options, network: Network) -> outcome::Result {
    let capture = capture(network, false);
    if let Err(why) = &capture {
        report(&format!("no packets can be captured: {why}; the command runs without"));
    }
    let title: Vec<_> = options.command.iter().map(|word| word.to_string_lossy()).collect();
    let mut watcher = Watcher::new(options, title.join(" "), capture)?;
    let watched_by = watcher.add_straces(usize::from(is_there(&options.command)), false);
    let words: Vec<_> = watched_by.iter().flatten().chain(&options.command).collect();
    let (program, args) = words.split_first().ok_or("no command")?;
    let mut command = Command::new(program);
    command.args(args).env(common::record::TRACE, watcher.trace_file());
    let started = running::spawn_in_terminal(&mut command);
    let started = started.map_err(|error| format!("{}: {error}", program.display()))?;
    let mut child = Waited::new(started);
    let code = watcher.follow(|_| child.ended());
    watcher.finish(None)?;
    Ok(Outcome::Code(code))
}

/// strace would report in its own words that there is no such program.
fn is_there(command: &[OsString]) -> bool {
    let Some(name) = command.first() else { return false };
    let is_path = Path::new(name).components().count() > 1;
    if is_path { Path::new(name).is_file() } else { submission::on_search_path(name).is_some() }
}

/// `watch --port PORT`
fn watch_port(options: &Options, port: u16) -> outcome::Result {
    let capture = Capture::start().map_err(|error| match error.kind() {
        io::ErrorKind::PermissionDenied => format!(
            "only root (or a program with CAP_NET_RAW) may see all packets of this computer; try \
             `sudo`, or run both programs in a network of their own: cargo course watch -- bash ({error})"
        ),
        _ => format!("can't capture packets: {error}"),
    })?;
    let mut watcher = Watcher::new(options, format!("port {port}"), Ok(capture))?;
    report(&format!("port {port} of this computer's loopback device; press Ctrl-C to stop"));
    let stops = |unread: bool| (unread || running::all_ended()).then_some(0);
    watcher.follow(stops);
    watcher.finish(None)?;
    Ok(Outcome::Good)
}

/// `watch --join FILE… --html FILE`
fn join_pages(options: &Options) -> outcome::Result {
    let mut pages = Vec::new();
    for path in &options.join {
        let text = fs::read_to_string(path);
        let text = text.map_err(|error| format!("{}: {error}", path.display()))?;
        let data = page::data_of(&text);
        pages.push(data.ok_or_else(|| format!("{}: not a page of --html", path.display()))?);
    }
    let whole = page::join(pages)
        .ok_or("these pages don't fit together: write them again with this version")?;
    let path = options.html.as_ref().ok_or("--html FILE is missing")?;
    let written = fs::write(path, page::page(&whole));
    written.map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(Outcome::Good)
}

/// Begins to capture, where this system allows it.
fn capture(network: Network, like_ethernet: bool) -> Result<Capture, String> {
    if let Network::Shared(why) = network {
        return Err(why);
    }
    let ready = if like_ethernet { namespace::like_ethernet() } else { Ok(()) };
    ready.and_then(|()| Capture::start()).map_err(|error| error.to_string())
}

/// Shows a stored ladder of a lesson that can't be played here.
fn show_stored(format: Format, step: &str, why: &str) -> outcome::Result {
    let why = format!("{step} needs a network of its own: {why}");
    let (Format::Text, Some(stored)) = (format, stored::ladder(step)) else {
        return Err(why.into());
    };
    let out = &mut io::stdout().lock();
    Screen::of_stdout().paragraph(out, "", &format!("{why}."))?;
    writeln!(out, "This is the ladder of another run:\n\n{stored}")?;
    Ok(Outcome::Good)
}
