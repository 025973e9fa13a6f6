//! Puts what happens into one timeline while it happens, and shows it: as it comes, or as a whole when it is over.
//!
//! Events are held back for a moment, so that one that is reported a little late still gets its place.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;
use testkit::outcome;
use testkit::screen::{Screen, report};
use testkit::{supervisor, temporary};

use super::options::{Format, Options};
use crate::capture::Capture;
use crate::clock::{nanoseconds, now};
use crate::ladder::Ladder;
use crate::packet::{self, Captured, Contents, Packet};
use crate::page::{self, Run};
use crate::stepper::Stepper;
use crate::strace::sockets::Made;
use crate::strace::{self, Strace};
use crate::text::{self, Pen};
use crate::timeline::{self, Event, Happening, Timeline};
use crate::trace::Trace;
use crate::wording::Parts;
use crate::{json, lessons, pcap, scenario, stored, svg};

/// How long everything is held back.
const HELD_BACK: Duration = Duration::from_millis(60);

/// How often we look for something new.
const TURN: Duration = Duration::from_millis(10);

/// How long the processes that a command has left running may take to end.
const LAST_MOMENT: Duration = Duration::from_millis(500);

/// A timeline that is being made.
pub struct Watcher<'a> {
    options: &'a Options,
    screen: Screen,
    capture: Option<Capture>,
    trace: Trace,
    straces: Vec<Strace>,
    notes: TempDir,
    /// What has come and is held back.
    held: Vec<Event>,
    ladder: Ladder,
    begins: u64,
    /// How many events of the timeline were drawn.
    drawn: usize,
    /// Events are drawn as they come.
    is_live: bool,
    /// The reader of stdout has gone.
    is_unread: bool,
}

impl<'a> Watcher<'a> {
    /// A watcher of this capture; without one, the reason is shown.
    pub fn new(
        options: &'a Options,
        title: String,
        capture: Result<Capture, String>,
    ) -> Result<Watcher<'a>, String> {
        let no_file = |error| {
            let advice = format!("{} can name another folder for such files", temporary::VARIABLE);
            format!("can't make a temporary file: {error}\n  {advice}")
        };
        let notes = tempfile::Builder::new().prefix("course-").tempdir().map_err(no_file)?;
        let trace = Trace::open(&notes.path().join("trace")).map_err(no_file)?;
        let mut ladder = Ladder::default();
        ladder.timeline.title = title;
        ladder.timeline.without_packets = capture.as_ref().err().cloned();
        Ok(Watcher {
            options,
            screen: Screen::of_stdout(),
            capture: capture.ok(),
            trace,
            straces: Vec::new(),
            notes,
            held: Vec::new(),
            ladder,
            begins: now(),
            drawn: 0,
            is_live: false,
            is_unread: false,
        })
    }

    /// The file that programs write their calls to.
    pub fn trace_file(&self) -> PathBuf {
        self.notes.path().join("trace")
    }

    /// Lets strace watch programs, and returns what must stand before the command of each; nothing, and a sentence about it,
    /// where that is not possible. All that one of them starts `is_one` program in the ladder, or several.
    pub fn add_straces(&mut self, count: usize, is_one: bool) -> Vec<Vec<OsString>> {
        if count == 0 || !self.options.show_calls() {
            return Vec::new();
        }
        let listen =
            |number| Strace::listen(&self.notes.path().join(format!("strace{number}")), is_one);
        let all = || (0..count).map(listen).collect::<io::Result<_>>();
        match strace::works().and_then(|()| all().map_err(|error| error.to_string())) {
            Ok(straces) => self.straces = straces,
            Err(why) => {
                report(&format!(
                    "Only the course's own programs can show their calls here: {why}."
                ));
            }
        }
        self.straces.iter().map(Strace::before).collect()
    }

    /// Adds a scenario that was played.
    pub fn add(&mut self, played: Timeline) {
        self.ladder.timeline.programs = played.programs;
        self.held.extend(played.events.into_iter().filter(|event| {
            // What the programs printed, their records have too, with a better clock.
            !matches!(event.what, Happening::Printed | Happening::Said(_) | Happening::Looked)
        }));
        // Those are the checks of the demo; here the time alone decides about the order.
        self.held.iter_mut().for_each(|event| event.check = None);
    }

    /// Shows what comes until `ended` returns an exit code. It is asked again and again, with `true` when the reader
    /// of stdout has gone.
    pub fn follow(&mut self, mut ended: impl FnMut(bool) -> Option<u8>) -> u8 {
        self.is_live = self.options.format == Format::Text;
        if self.is_live {
            let pen = Pen::new(&self.screen, self.options.parts(), self.begins);
            self.is_unread |= pen.headings(&mut io::stdout().lock()).is_err();
        }
        let code = loop {
            self.fetch(Strace::news);
            self.show_until(now().saturating_sub(nanoseconds(HELD_BACK)));
            if let Some(code) = ended(self.is_unread) {
                break code;
            }
            thread::sleep(TURN);
        };
        // Politely, so that the last packets are seen.
        supervisor::end_descendants(LAST_MOMENT);
        code
    }

    /// Takes what has come. A program's own records are older than what strace reports of the same call, so they are read
    /// afterwards: then it is known whose calls need not be shown again.
    fn fetch(&mut self, made_by: impl FnMut(&mut Strace) -> Vec<Made>) {
        if let Some(capture) = &self.capture {
            let packets = capture.packets.try_iter().collect();
            self.hold(packets);
        }
        let made: Vec<Made> = self.straces.iter_mut().flat_map(made_by).collect();
        let programs = &mut self.ladder.timeline.programs;
        self.held.extend(self.trace.news(programs));
        for Made { process, name, event } in made {
            if !self.trace.narrates(process) {
                let program = timeline::of_process(process.into(), &name, programs);
                programs[program].waits |= event.waits();
                self.held.push(Event { program: Some(program), ..event });
            }
        }
    }

    fn hold(&mut self, packets: Vec<Captured>) {
        let port = self.options.port;
        let packets = packets.into_iter().map(packet::parse);
        let packets = packets.filter(|packet| port.is_none_or(|port| concerns(packet, port)));
        self.held.extend(packets.map(Event::from));
    }

    /// Takes what is older than a moment into the timeline, and draws it.
    fn show_until(&mut self, moment: u64) {
        timeline::sort(&mut self.held);
        let ready = self.held.partition_point(|event| event.at <= moment);
        self.held.drain(..ready).for_each(|event| self.ladder.add(event));
        self.draw();
    }

    /// Draws the new events, if they are drawn as they come; they are kept only when they will be needed again.
    fn draw(&mut self) {
        if !self.is_live {
            return;
        }
        let pen = Pen::new(&self.screen, self.options.parts(), self.begins);
        let timeline = &mut self.ladder.timeline;
        let out = &mut io::stdout().lock();
        let mut new = timeline.events[self.drawn..].iter();
        let drawn = new.try_for_each(|event| pen.event(out, timeline, event));
        self.is_unread |= drawn.and_then(|()| out.flush()).is_err();
        if !self.options.writes_files() {
            timeline.events.clear();
        }
        self.drawn = timeline.events.len();
    }

    /// Nothing more comes: the rest, and all forms that were asked for. `step` is what was played.
    pub fn finish(mut self, step: Option<&str>) -> outcome::Result<()> {
        if let Some(capture) = self.capture.take() {
            let (rest, lost) = capture.stop();
            self.hold(rest);
            self.ladder.timeline.lost = lost;
        }
        self.fetch(Strace::finish);
        self.show_until(u64::MAX);
        self.ladder.finish();
        self.draw();
        let timeline = &self.ladder.timeline;
        write_files(self.options, timeline, step)?;
        let out = &mut io::stdout().lock();
        let shown = match self.options.format {
            Format::Text if self.is_unread => Ok(()),
            Format::Text if self.is_live => match timeline.without_packets {
                Some(_) => Ok(()),
                None => writeln!(out, "\n{}", timeline.count()),
            },
            Format::Text => draw_whole(out, &self.screen, timeline, self.options, step),
            Format::Svg => out.write_all(svg::draw(timeline, self.options.parts()).as_bytes()),
            Format::Json => json::write(out, timeline, self.options.parts()),
        };
        Ok(shown.and_then(|()| out.flush())?)
    }
}

fn concerns(packet: &Packet, port: u16) -> bool {
    let (from, to) = match &packet.contents {
        Contents::Icmp { about: Some(about), .. } => *about,
        _ => (packet.from, packet.to),
    };
    [from.port(), to.port()].contains(&port)
}

fn write_files(options: &Options, timeline: &Timeline, step: Option<&str>) -> Result<(), String> {
    let write = |path: &Path, bytes: Vec<u8>| {
        fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()))
    };
    if let Some(path) = &options.svg {
        write(path, svg::draw(timeline, options.parts()).into_bytes())?;
    }
    if let Some(path) = &options.html {
        let scenario = step.and_then(lessons::find).map(|lesson| lesson.scenario);
        let is_step = step.is_some_and(|step| scenario::find(step).is_some());
        let run = Run { scenario: scenario.as_ref(), is_step, timeline };
        write(path, page::page(&page::data(&[run])).into_bytes())?;
    }
    if let Some(path) = &options.pcap {
        let sent = timeline.events.iter().filter_map(Event::sent);
        write(path, pcap::file(sent.map(|sent| &sent.packet.captured)))?;
    }
    Ok(())
}

/// A whole ladder; below it how many packets there were, or why there are none, and what a ladder with packets looks
/// like.
fn draw_whole(
    out: &mut dyn Write,
    screen: &Screen,
    timeline: &Timeline,
    options: &Options,
    step: Option<&str>,
) -> io::Result<()> {
    let why = timeline.without_packets.as_ref();
    let parts = options.parts();
    let parts = Parts { packets: parts.packets && why.is_none(), ..parts };
    if !options.one_by_one {
        text::draw(out, screen, timeline, parts)?;
    } else if !text::draw_step_by_step(out, screen, timeline, parts, &mut Stepper::begin())? {
        return Ok(()); // the person has seen enough
    }
    writeln!(out)?;
    let Some(why) = why else { return screen.paragraph(out, "", &timeline.count()) };
    screen.paragraph(out, "", &format!("No packets could be captured: {why}."))?;
    let Some(stored) = step.and_then(stored::ladder) else { return Ok(()) };
    screen.paragraph(out, "", "This is the ladder of another run, with its packets:")?;
    writeln!(out, "\n{stored}")
}
