//! `cargo course watch`: the calls of a step and its packets in one ladder, with no root and no Wireshark.
//!
//! ```text
//! cargo course watch tcp-server             a step, in a private network namespace
//! cargo course watch handshake              a lesson about one thing: see `lessons`
//! cargo course watch -- bash                any command in such a namespace; its packets as they come
//! cargo course watch --port 8899            what the loopback device of this computer carries (root only)
//! ```
//!
//! How it works: the tool starts itself a second time, and that process moves into a namespace before it has any
//! thread ([`namespace`]). It captures what the loopback device carries ([`capture`]) while the programs play the
//! scenario and write down what they call ([`trace`]). All three are stamped by one clock, so sorting them by time is
//! all it takes; [`ladder`] adds phases and captions, [`text`] and [`formats`] draw it.

mod command;

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::OnceLock;
use std::time::{Duration, UNIX_EPOCH};

use common::text::clean_text;

use crate::clock::nanoseconds;
use crate::play::{self, Kind, Setting, Transcript};
use crate::{formats, lessons, packet, pcap, scenario, stored, svg, text};
use testkit::screen::{self, Screen};
use testkit::{build, find, running, supervisor};

use crate::capture::Capture;
use crate::ladder::{Builder, Ladder, Said, SaidKind, Speaker};
use crate::lessons::Lesson;
use crate::packet::Captured;
use crate::text::Parts;
use crate::trace::{Record, Trace};
use testkit::namespace::{self, Refused};

/// What to watch, and how to show it.
#[derive(clap::Args, Debug)]
pub struct Options {
    /// A step, or a lesson about the network itself: handshake, close, stream, loss, truncated
    #[arg(value_name = "STEP", conflicts_with_all = ["command", "port"],
          value_parser = clap::builder::PossibleValuesParser::new(lessons::names()))]
    step: Option<String>,
    /// Run this command in a network of its own, and show its packets as they come
    #[arg(last = true, value_name = "COMMAND", conflicts_with = "port")]
    command: Vec<OsString>,
    /// Show the packets of this port on this computer's own loopback device, as they come (needs root or CAP_NET_RAW)
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    port: Option<u16>,
    /// How to write the ladder to stdout
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Also draw it into this file, for a page or a slide
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Also write the packets into this file, for Wireshark
    #[arg(long, value_name = "FILE")]
    pcap: Option<PathBuf>,
    /// Leave the calls out
    #[arg(long, conflicts_with = "calls_only")]
    packets_only: bool,
    /// Leave the packets out
    #[arg(long)]
    calls_only: bool,
    /// Show the headers of each packet, field by field (text only)
    #[arg(long, short)]
    verbose: bool,
    /// Play the programs in this folder, and build nothing
    #[arg(long, value_name = "DIR")]
    programs: Option<PathBuf>,
    /// This is the process that moves into the namespace, started by the one with this number
    #[arg(long, hide = true, value_name = "PID")]
    inside: Option<i32>,
}

/// How a ladder is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For the terminal
    Text,
    /// A picture
    Svg,
    /// For programs
    Json,
    /// A sequence diagram in the language of Mermaid
    Mermaid,
}

impl Options {
    fn parts(&self) -> Parts {
        Parts { calls: !self.packets_only, packets: !self.calls_only, headers: self.verbose }
    }
}

/// The namespace of this process, once it was asked for.
static NAMESPACE: OnceLock<Result<(), Refused>> = OnceLock::new();

/// Moves into the namespace, if this is the process for it. `main` calls it before anything starts a thread: the
/// kernel gives a user namespace only to a process with a single one.
pub fn prepare(options: &Options) {
    if let Some(parent) = options.inside {
        if supervisor::end_with(parent).is_err() {
            std::process::exit(1);
        }
        let _ = NAMESPACE.set(namespace::enter());
    }
}

/// Runs the command.
pub fn run(options: &Options) -> ExitCode {
    let done =
        match (options.inside.is_some(), options.port, &options.step, options.command.is_empty()) {
            (_, Some(port), _, _) => command::watch_port(options, port),
            (true, _, Some(step), _) => watch_step(options, step),
            (true, _, None, _) => command::watch_command(options),
            (false, _, None, true) => {
                Err("what is to be watched? a STEP, --port PORT, or -- COMMAND".to_owned())
            }
            (false, _, step, _) => start_inside(options, step.is_some()),
        };
    match done {
        Ok(code) => code,
        Err(_) if running::all_ended() => ExitCode::from(running::exit_code()),
        Err(message) => {
            screen::error(&message);
            ExitCode::from(2)
        }
    }
}

/// Starts the tool a second time, for the namespace, and waits for it. Everything that needs the real network (cargo
/// may load a crate) is done before, by this process.
fn start_inside(options: &Options, needs_programs: bool) -> Result<ExitCode, String> {
    if needs_programs && options.programs.is_none() {
        build::build_programs()?;
    }
    let tool = std::env::current_exe().map_err(|error| format!("can't find myself: {error}"))?;
    let mut inside = Command::new(tool);
    inside.args(["watch", "--inside", &std::process::id().to_string()]);
    inside.args(std::env::args_os().skip(2));
    // Not on the list of running programs: a Ctrl-C of the terminal reaches it too, and it still has to show what it saw.
    let mut inside =
        inside.spawn().map_err(|error| format!("can't start myself again: {error}"))?;
    #[cfg(unix)]
    running::pass_on_to(inside.id());
    let status = inside.wait().map_err(|error| format!("can't wait for myself: {error}"))?;
    supervisor::end_descendants(Duration::ZERO);
    if running::all_ended() {
        return Ok(ExitCode::from(running::exit_code())); // the signal may have ended the other one before it was ready
    }
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(ExitCode::from(code.unwrap_or(1)))
}

/// What was seen of a step.
struct Seen {
    transcript: Transcript,
    records: Vec<Record>,
    captured: Vec<Captured>,
    lost: u32,
    without_packets: Option<String>,
}

fn watch_step(options: &Options, step: &str) -> Result<ExitCode, String> {
    let lesson = lessons::find(step).ok_or("there is no such step")?;
    if let (true, Some(Err(Refused(why)))) = (lesson.needs_own_network, NAMESPACE.get()) {
        return show_stored(options.format, lesson.scenario.step, why);
    }
    let folder = options.programs.clone().unwrap_or_else(find::programs_folder);
    let folder = folder.canonicalize().map_err(|error| format!("{}: {error}", folder.display()))?;
    let missing = scenario::missing(&[&lesson.scenario], &folder);
    if !missing.is_empty() {
        return Err(format!("not in {}: {}", folder.display(), missing.join(", ")));
    }
    let mut seen = see(&lesson, &folder)
        .map_err(|error| format!("can't write to a temporary folder: {error}"))?;
    let captured = std::mem::take(&mut seen.captured);
    let ladder = ladder_of(&lesson, &seen, &captured);
    let title = (lesson.scenario.step, seen.without_packets.as_deref());
    show(options, &ladder, &captured, title)?;
    if running::all_ended() {
        return Ok(ExitCode::from(running::exit_code()));
    }
    if let Some(failure) = &seen.transcript.failure {
        let _ = writeln!(
            io::stderr(),
            "\nnot as the lesson says: {}",
            clean_text(&failure.to_string())
        );
        return Ok(ExitCode::from(1));
    }
    Ok(ExitCode::SUCCESS)
}

/// What can't be played here can still be looked at.
fn show_stored(format: Format, step: &str, why: &str) -> Result<ExitCode, String> {
    let why = format!("{step} needs a network of its own: {why}");
    let (Format::Text, Some(stored)) = (format, stored::ladder(step)) else { return Err(why) };
    let out = &mut io::stdout().lock();
    let shown = Screen::of_stdout()
        .paragraph(out, "", &format!("{why}."))
        .and_then(|()| writeln!(out, "This is the ladder of another run:\n\n{stored}"));
    written(shown).map(|()| ExitCode::SUCCESS)
}

/// Plays a lesson and captures its packets, as far as this system allows.
fn see(lesson: &Lesson, folder: &Path) -> io::Result<Seen> {
    let inside = NAMESPACE.get().cloned().unwrap_or_else(|| Err(Refused(String::new())));
    let capture = match &inside {
        Ok(()) if lesson.ethernet => namespace::like_ethernet().and_then(|()| Capture::start()),
        Ok(()) => Capture::start(),
        Err(Refused(why)) => Err(io::Error::other(why.clone())),
    };
    let notes = tempfile::Builder::new().prefix("course-").tempdir()?;
    let path = notes.path().join("trace");
    let mut trace = Trace::open(&path)?;
    // In a namespace of one's own every port is free: the picture shows the one that the lesson names.
    let address = inside.is_ok().then(|| format!("127.0.0.1:{}", lesson.port));
    let setting = Setting { trace: Some(path), address };
    let transcript = play::play_in(&lesson.scenario, folder, &setting);
    let records = trace.news();
    Ok(match capture {
        Ok(capture) => {
            let (captured, lost) = capture.stop();
            Seen { transcript, records, captured, lost, without_packets: None }
        }
        Err(why) => Seen {
            transcript,
            records,
            captured: Vec::new(),
            lost: 0,
            without_packets: Some(why.to_string()),
        },
    })
}

/// One of the things that a ladder is built of.
enum Event<'a> {
    Said(Said),
    Recorded(&'a Record),
    Packet(&'a Captured),
}

impl Event<'_> {
    fn at(&self) -> u64 {
        match self {
            Event::Said(said) => said.at,
            Event::Recorded(record) => record.at,
            Event::Packet(packet) => packet.at,
        }
    }
}

fn ladder_of(lesson: &Lesson, seen: &Seen, captured: &[Captured]) -> Ladder {
    let transcript = &seen.transcript;
    let labelled = |side| transcript.rows.iter().any(|row| row.side == side && row.label.is_some());
    let mut builder = Builder::default();
    for program in &transcript.programs {
        let speaker = Speaker {
            name: program.name.to_owned(),
            side: program.side,
            labelled: labelled(program.side),
        };
        builder.speakers.insert(program.id, speaker);
    }
    let mut events: Vec<Event<'_>> = said(transcript).into_iter().map(Event::Said).collect();
    events.extend(seen.records.iter().map(Event::Recorded));
    events.extend(captured.iter().map(Event::Packet));
    events.sort_by_key(Event::at);
    for event in events {
        match event {
            Event::Said(said) => builder.said(said),
            Event::Recorded(record) => builder.recorded(record),
            Event::Packet(captured) => builder.packet(packet::parse(captured)),
        }
    }
    builder.finish();
    let mut ladder = builder.ladder;
    ladder.title = format!("{}: {}", lesson.scenario.step, lesson.scenario.title);
    ladder.lost = seen.lost;
    ladder.without_packets = seen.without_packets.clone();
    ladder
}

/// What was seen of the programs from outside: how they were started, what was typed, how they ended.
fn said(transcript: &Transcript) -> Vec<Said> {
    let began = nanoseconds(transcript.began.duration_since(UNIX_EPOCH).unwrap_or_default());
    let kind_of = |kind| match kind {
        Kind::Command => Some(SaidKind::Command),
        Kind::Typed => Some(SaidKind::Typed),
        Kind::Key => Some(SaidKind::Key),
        Kind::Ended => Some(SaidKind::Ended),
        // The narration says the same, with a better clock.
        Kind::Result | Kind::Status | Kind::Looked => None,
    };
    let said = transcript.rows.iter().filter_map(|row| {
        Some(Said {
            at: began + nanoseconds(row.at),
            side: row.side,
            label: row.label.map(str::to_owned),
            kind: kind_of(row.kind)?,
            text: row.text.clone(),
            peer: None,
            bytes: None,
        })
    });
    said.collect()
}

/// Writes a ladder in all the forms that were asked for.
fn show(
    options: &Options,
    ladder: &Ladder,
    captured: &[Captured],
    (step, without_packets): (&str, Option<&str>),
) -> Result<(), String> {
    write_files(options, ladder, captured)?;
    let out = &mut io::stdout().lock();
    let parts = options.parts();
    let shown = match options.format {
        Format::Text => {
            let screen = Screen::of_stdout();
            let parts = Parts { packets: parts.packets && without_packets.is_none(), ..parts };
            let drawn = text::draw(out, &screen, ladder, captured, parts);
            drawn.and_then(|()| below(out, &screen, ladder, step, without_packets))
        }
        Format::Svg => out.write_all(svg::draw(ladder, parts).as_bytes()),
        Format::Json => formats::json(out, ladder, parts),
        Format::Mermaid => formats::mermaid(out, ladder, parts),
    };
    written(shown.and_then(|()| out.flush()))
}

/// A reader that has seen enough (`| head`) is no error.
fn written(shown: io::Result<()>) -> Result<(), String> {
    match shown {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(format!("can't write to stdout: {error}"))
        }
        _ => Ok(()),
    }
}

fn write_files(options: &Options, ladder: &Ladder, captured: &[Captured]) -> Result<(), String> {
    if let Some(path) = &options.svg {
        let picture = svg::draw(ladder, options.parts());
        fs::write(path, picture).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    if let Some(path) = &options.pcap {
        let file = pcap::file(captured);
        fs::write(path, file).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}

/// How many packets there were, or why there are none, and what a ladder with packets looks like.
fn below(
    out: &mut dyn Write,
    screen: &Screen,
    ladder: &Ladder,
    step: &str,
    without_packets: Option<&str>,
) -> io::Result<()> {
    writeln!(out)?;
    let Some(why) = without_packets else {
        return screen.paragraph(out, "", &ladder.count());
    };
    screen.paragraph(out, "", &format!("No packets could be captured: {why}."))?;
    let Some(stored) = stored::ladder(step) else { return Ok(()) };
    screen.paragraph(out, "", "This is the ladder of another run, with its packets:")?;
    writeln!(out, "\n{stored}")
}
