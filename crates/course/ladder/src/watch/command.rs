//! Watching programs that the student starts: any command in a namespace of its own, or a port of this computer.
//!
//! The packets are shown as they come. Programs of the course write down their calls too; everything is held back for
//! a moment, so that what is recorded a little later than it happened still stands at its place.

use std::collections::HashMap;
use std::io::{self, Write};
use std::process::{Child, Command, ExitCode};
use std::thread;
use std::time::{Duration, Instant};

use crate::scenario::Side;
use testkit::screen::Screen;
use testkit::{running, supervisor};

use super::{Format, NAMESPACE, Options, show, write_files};
use crate::capture::Capture;
use crate::clock::now;
use crate::ladder::{Builder, Row, Speaker};
use crate::packet::{self, Captured, Kind, Packet};
use crate::text::Pen;
use crate::trace::{self, Record, Trace};
use testkit::namespace::Refused;

/// How long everything is held back.
const HELD_BACK: Duration = Duration::from_millis(60);

/// How often we look for something new.
const TURN: Duration = Duration::from_millis(10);

/// How long what a command has left running may take to end.
const LAST_MOMENT: Duration = Duration::from_millis(500);

/// How long a command may take to end after Ctrl-C.
const LAST_SECONDS: Duration = Duration::from_secs(2);

/// `watch -- COMMAND`
pub fn watch_command(options: &Options) -> Result<ExitCode, String> {
    let inside = NAMESPACE.get().cloned().unwrap_or_else(|| Err(Refused(String::new())));
    let capture = match inside {
        Ok(()) => Capture::start().map_err(|error| error.to_string()),
        Err(Refused(why)) => Err(why),
    };
    if let Err(why) = &capture {
        tell(&format!("no packets can be captured: {why}; the command runs without"));
    }
    let notes = tempfile::Builder::new().prefix("course-").tempdir();
    let notes = notes.map_err(|error| format!("can't make a temporary folder: {error}"))?;
    let path = notes.path().join("trace");
    let trace = Trace::open(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let (program, args) = options.command.split_first().ok_or("no command")?;
    let mut command = Command::new(program);
    command.args(args).env(common::record::TRACE, &path);
    // It keeps the terminal, so it is not on the list of running programs, whose groups have none.
    let child = command.spawn().map_err(|error| format!("{}: {error}", program.display()))?;
    let title = options.command.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>();
    let mut live = Live::new(options, trace, None, title.join(" "));
    live.builder.ladder.without_packets = capture.as_ref().err().cloned();
    let code = live.follow(capture.ok(), Some(child))?;
    Ok(if running::all_ended() { ExitCode::from(running::exit_code()) } else { code })
}

/// `watch --port PORT`
pub fn watch_port(options: &Options, port: u16) -> Result<ExitCode, String> {
    let capture = Capture::start().map_err(|error| match error.kind() {
        io::ErrorKind::PermissionDenied => format!(
            "only root (or a program with CAP_NET_RAW) may see all packets of this computer; try \
             `sudo`, or run both programs in a network of their own: cargo course watch -- bash ({error})"
        ),
        _ => format!("can't capture packets: {error}"),
    })?;
    let notes =
        tempfile::NamedTempFile::new().map_err(|error| format!("temporary file: {error}"))?;
    let trace = Trace::open(notes.path()).map_err(|error| format!("temporary file: {error}"))?;
    tell(&format!("port {port} of this computer's loopback device; press Ctrl-C to stop"));
    let mut live = Live::new(options, trace, Some(port), format!("port {port}"));
    live.follow(Some(capture), None)?;
    Ok(ExitCode::from(running::exit_code()))
}

/// Something that is held back for a moment.
enum Event {
    Recorded(Record),
    Packet(Captured, Packet),
}

impl Event {
    fn at(&self) -> u64 {
        match self {
            Event::Recorded(record) => record.at,
            Event::Packet(captured, _) => captured.at,
        }
    }
}

/// A ladder that grows while it is looked at.
struct Live<'a> {
    options: &'a Options,
    screen: Screen,
    builder: Builder,
    trace: Trace,
    port: Option<u16>,
    held: Vec<Event>,
    captured: Vec<Captured>,
    begins: u64,
    /// Nobody reads any more.
    unread: bool,
}

impl<'a> Live<'a> {
    fn new(options: &'a Options, trace: Trace, port: Option<u16>, title: String) -> Live<'a> {
        let mut builder = Builder::default();
        builder.ladder.title = title;
        Live {
            options,
            screen: Screen::of_stdout(),
            builder,
            trace,
            port,
            held: Vec::new(),
            captured: Vec::new(),
            begins: now(),
            unread: false,
        }
    }

    /// Shows what comes until the command ends, or Ctrl-C.
    fn follow(
        &mut self,
        capture: Option<Capture>,
        child: Option<Child>,
    ) -> Result<ExitCode, String> {
        if self.options.format == Format::Text {
            let pen = Pen::new(&self.screen, self.options.parts(), self.begins);
            self.unread |= pen.headings(&mut io::stdout().lock()).is_err();
        }
        let mut child = child.map(Waited::new);
        let code = loop {
            self.fetch(capture.as_ref().map(|capture| capture.packets.try_iter()));
            self.draw_until(now().saturating_sub(HELD_BACK.as_nanos() as u64));
            match &mut child {
                Some(child) => {
                    if let Some(code) = child.ended() {
                        break code;
                    }
                }
                None if running::all_ended() || self.unread => break 130,
                None => {}
            }
            thread::sleep(TURN);
        };
        // What the command has left running, politely, so that its last packets are seen.
        supervisor::end_descendants(LAST_MOMENT);
        if let Some(capture) = capture {
            let (rest, lost) = capture.stop();
            self.fetch(Some(rest.into_iter()));
            self.builder.ladder.lost = lost;
        }
        self.fetch(None::<std::iter::Empty<Captured>>);
        self.finish()?;
        Ok(ExitCode::from(code))
    }

    fn fetch(&mut self, packets: Option<impl Iterator<Item = Captured>>) {
        for captured in packets.into_iter().flatten() {
            let packet = packet::parse(&captured);
            if self.port.is_none_or(|port| concerns(&packet, port)) {
                self.held.push(Event::Packet(captured, packet));
            }
        }
        self.held.extend(self.trace.news().into_iter().map(Event::Recorded));
    }

    /// Draws what is older than a moment.
    fn draw_until(&mut self, moment: u64) {
        self.introduce();
        self.held.sort_by_key(Event::at);
        let ready = self.held.partition_point(|event| event.at() <= moment);
        for event in self.held.drain(..ready).collect::<Vec<_>>() {
            let drawn = self.builder.ladder.rows.len();
            let headers = match event {
                Event::Recorded(record) => {
                    self.builder.recorded(&record);
                    None
                }
                Event::Packet(captured, packet) => {
                    self.builder.packet(packet);
                    Some(captured)
                }
            };
            self.draw_rows(drawn, headers.as_ref());
            if self.options.pcap.is_some() {
                self.captured.extend(headers);
            }
        }
        self.unread |= io::stdout().lock().flush().is_err();
    }

    /// Draws the rows from the `drawn`-th on; they are kept only when they will be needed again.
    fn draw_rows(&mut self, drawn: usize, captured: Option<&Captured>) {
        let live = self.options.format == Format::Text && !self.unread;
        if live {
            let parts = self.options.parts();
            let pen = Pen::new(&self.screen, parts, self.begins);
            let out = &mut io::stdout().lock();
            let ladder = &self.builder.ladder;
            for row in &ladder.rows[drawn..] {
                let shown = parts.show(row);
                let mut done = if shown { pen.row(out, ladder, row) } else { Ok(()) };
                if let (true, Row::Sent(_), Some(captured)) =
                    (parts.headers && shown, row, captured)
                {
                    done = done.and_then(|()| pen.headers(out, captured));
                }
                self.unread |= done.is_err();
            }
        }
        if self.options.format == Format::Text && self.options.svg.is_none() {
            self.builder.ladder.rows.clear();
        }
    }

    /// Gives each new program its side: who listens, waits.
    fn introduce(&mut self) {
        let records = self.held.iter().filter_map(|event| match event {
            Event::Recorded(record) => Some(record),
            Event::Packet(..) => None,
        });
        let mut new: HashMap<u32, (Side, String)> = HashMap::new();
        for record in records.filter(|record| !self.builder.speakers.contains_key(&record.process))
        {
            let first = || (Side::Left, record.program.clone());
            let program = new.entry(record.process).or_insert_with(first);
            if waits(record) {
                program.0 = Side::Right;
            }
        }
        for (process, (side, name)) in new {
            // A second program on the same side makes it necessary to say which one it is.
            let labelled = self.builder.speakers.values().any(|speaker| speaker.side == side);
            self.builder.speakers.insert(process, Speaker { name, side, labelled });
        }
    }

    fn finish(&mut self) -> Result<(), String> {
        self.draw_until(u64::MAX);
        let drawn = self.builder.ladder.rows.len();
        self.builder.finish();
        self.draw_rows(drawn, None);
        if self.options.format != Format::Text {
            let nothing = ("", None);
            return show(self.options, &self.builder.ladder, &self.captured, nothing);
        }
        write_files(self.options, &self.builder.ladder, &self.captured)?;
        if self.builder.ladder.without_packets.is_none() && !self.unread {
            let _ = writeln!(io::stdout().lock(), "\n{}", self.builder.ladder.count());
        }
        Ok(())
    }
}

fn concerns(packet: &Packet, port: u16) -> bool {
    let about = match &packet.kind {
        Kind::Icmp { about: Some((from, to)), .. } => [from.port(), to.port()],
        _ => [packet.from.port(), packet.to.port()],
    };
    about.contains(&port)
}

/// Does the program that wrote this wait for others?
fn waits(record: &Record) -> bool {
    let calls = match &record.event {
        trace::Event::Call { call, .. } => matches!(call.as_str(), "listen" | "accept"),
        _ => false,
    };
    calls || record.own.is_some()
}

/// A command that is waited for, but not for ever after Ctrl-C.
struct Waited {
    child: Child,
    interrupted: Option<Instant>,
}

impl Waited {
    fn new(child: Child) -> Waited {
        Waited { child, interrupted: None }
    }

    /// Its exit code, if it has ended.
    fn ended(&mut self) -> Option<u8> {
        if running::all_ended()
            && self.interrupted.get_or_insert_with(Instant::now).elapsed() > LAST_SECONDS
        {
            let _ = self.child.kill();
        }
        match self.child.try_wait() {
            Ok(None) => None,
            Ok(Some(status)) => {
                Some(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
            }
            Err(_) => Some(1),
        }
    }
}

fn tell(line: &str) {
    // When stderr has gone there is nobody to tell.
    let _ = writeln!(io::stderr(), "{line}");
}
