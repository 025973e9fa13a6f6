//! A block `transcript SCENARIO` is what `COLUMNS=100 cargo course demo SCENARIO` shows, from its title on.
//!
//! Ports and times are different each time: they stand as `PORT` and `…`. What comes through two pipes at the same
//! moment may be read in either order, so what matters on a page is the order within each pipe.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Mutex;

use course::demo;
use ladder::play::{self, Staging};
use ladder::scenario::{self, Scenario, Side};
use ladder::terminals::Terminals;
use ladder::timeline::{Event, Happening, Timeline};
use testkit::find;
use testkit::screen::Screen;

use crate::page::{Block, Page, Problem};

const COLUMNS: usize = 100;

/// A scenario is played again before it is said that a page is wrong: the system may have been busy.
const TRIES: usize = 3;

/// What happened in this run, by scenario.
static PLAYED: Mutex<Option<HashMap<&'static str, Truth>>> = Mutex::new(None);

/// What happened in a scenario.
#[derive(Clone)]
struct Truth {
    /// The whole picture.
    lines: Vec<String>,
    cells: Vec<Cell>,
}

/// One thing that happened, as it is drawn.
#[derive(Clone)]
struct Cell {
    side: Side,
    /// What one stands before the next in surely: what a person did on this side, or what came through one pipe.
    pipe: (usize, u8),
    lines: Vec<String>,
}

/// What is not as it happens, on a page. With `update` it is made true instead.
pub fn problems(page: &mut Page, update: bool) -> Vec<Problem> {
    let mut problems = Vec::new();
    for block in page.blocks("transcript").into_iter().rev() {
        let Some(scenario) = scenario::find(&block.about) else {
            let what = format!("transcript: there is no scenario `{}`", block.about);
            problems.push(page.problem(block.line, what));
            continue;
        };
        let mut truth = truth_of(scenario, false);
        for _ in 1..TRIES {
            if difference(&block, &truth).is_some() {
                truth = truth_of(scenario, true);
            }
        }
        match difference(&block, &truth) {
            Some(_) if update => page.rewrite(&block, &truth.lines),
            Some((line, what)) => problems.push(page.problem(line, what)),
            None => {}
        }
    }
    problems
}

/// A scenario, played now or earlier in this run.
fn truth_of(scenario: &'static Scenario, again: bool) -> Truth {
    let known = PLAYED.lock().unwrap().get_or_insert_default().get(scenario.step).cloned();
    if let Some(known) = known.filter(|_| !again) {
        return known;
    }
    let truth = played(scenario, &find::programs_folder());
    PLAYED.lock().unwrap().get_or_insert_default().insert(scenario.step, truth.clone());
    truth
}

fn played(scenario: &Scenario, programs: &Path) -> Truth {
    let mut played = play::play(scenario, programs, &Staging::default());
    for event in &mut played.timeline.events {
        event.text = normalised(&event.text);
    }
    let picture = demo::picture(COLUMNS, scenario, &played).unwrap();
    let lines = picture.lines().map(|line| normalised(line.trim_end())).collect();
    let timeline = &played.timeline;
    Truth { lines, cells: timeline.events.iter().map(|event| cell(timeline, event)).collect() }
}

fn cell(timeline: &Timeline, event: &Event) -> Cell {
    let mut drawn = Vec::new();
    let screen = Screen { width: COLUMNS, colour: false };
    Terminals { screen: &screen }.event(&mut drawn, timeline, event).unwrap();
    let drawn = String::from_utf8(drawn).unwrap();
    let program = event.program.unwrap_or_default();
    let pipe = match event.what {
        Happening::Printed => (program, 1),
        Happening::Said(_) => (program, 2),
        _ => (0, 0),
    };
    let lines = drawn.lines().map(|line| line.trim_end().to_owned()).collect();
    Cell { side: event.side.unwrap(), pipe, lines }
}

/// The text with `PORT` for every port of this computer, and `…` for what a clock says.
pub fn normalised(text: &str) -> String {
    let mut text = text.to_owned();
    for host in ["127.0.0.1:", "0.0.0.0:"] {
        let mut parts = text.split(host).map(str::to_owned);
        let first = parts.next().unwrap_or_default();
        text = parts.fold(first, |text, rest| {
            let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            let port = if after.len() < rest.len() { "PORT" } else { "" };
            text + host + port + after
        });
    }
    without_times(&text)
}

/// `in 0.002 s (19.04 KiB/s)` as `in … s (… B/s)`.
fn without_times(text: &str) -> String {
    let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    for at in 1..words.len() {
        let unit = words[at].trim_end_matches([',', ':', ';', ')']).to_owned();
        let number = words[at - 1].trim_start_matches('(').to_owned();
        let is_rate = unit.ends_with("B/s");
        let is_number = (is_rate || number.contains('.')) && number.parse::<f64>().is_ok();
        if is_number && (unit == "s" || is_rate) {
            words[at - 1] = words[at - 1].replace(&number, "…");
            let unit_shown = if unit == "s" { "s" } else { "B/s" };
            words[at] = words[at].replace(&unit, unit_shown);
        }
    }
    words.join(" ")
}

/// Which part of the picture a line belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Head,
    Left,
    Right,
    End,
}

/// The lines with their places in the picture, by part.
fn parts(lines: &[String]) -> Vec<(Part, usize, String)> {
    let mut part = Part::Head;
    let mut parts = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let line = normalised(line.trim_end());
        let is_right = line.trim_start().starts_with("| ");
        match part {
            Part::Head if line.contains("-+-") => {
                parts.push((Part::Head, at, line));
                part = Part::Left;
                continue;
            }
            Part::Left if line.is_empty() => part = Part::End,
            Part::Left if is_right => {
                parts.push((Part::Right, at, line));
                continue;
            }
            _ => {}
        }
        parts.push((part, at, line));
    }
    parts
}

/// The first line of the block that isn't true, and what happens there.
fn difference(block: &Block, truth: &Truth) -> Option<(usize, String)> {
    let (page, happened) = (parts(&block.lines), parts(&truth.lines));
    for part in [Part::Head, Part::Left, Part::Right, Part::End] {
        let lines = of(&page, part);
        let (at, instead) = match part {
            Part::Left => follow(&lines, &pipes(truth, Side::Left)),
            Part::Right => follow(&lines, &pipes(truth, Side::Right)),
            _ => same(&lines, &of(&happened, part)),
        }
        .err()
        .unwrap_or((usize::MAX, String::new()));
        if at < usize::MAX {
            let place = lines.get(at).map_or(block.lines.len(), |(place, _)| *place);
            let what = format!("transcript {}: what happens is: {}", block.about, instead.trim());
            return Some((block.line + 1 + place, what));
        }
    }
    None
}

/// The lines of a part, with their places in the block.
fn of(lines: &[(Part, usize, String)], part: Part) -> Vec<(usize, String)> {
    let lines = lines.iter().filter(|line| line.0 == part);
    lines.map(|(_, at, line)| (*at, line.clone())).collect()
}

/// Are the lines the true ones? Otherwise: the first that isn't, and the truth.
fn same(page: &[(usize, String)], truth: &[(usize, String)]) -> Result<(), (usize, String)> {
    let line = |lines: &[(usize, String)], at: usize| lines.get(at).map(|(_, line)| line.clone());
    let wrong = (0..page.len().max(truth.len())).find(|at| line(page, *at) != line(truth, *at));
    wrong.map_or(Ok(()), |at| Err((at, line(truth, at).unwrap_or_else(nothing))))
}

fn nothing() -> String {
    "nothing more".to_owned()
}

/// What happened in one terminal, by pipe; each with its place in time.
fn pipes(truth: &Truth, side: Side) -> Vec<Vec<(usize, &Cell)>> {
    let mut pipes: Vec<Vec<(usize, &Cell)>> = Vec::new();
    for (time, cell) in truth.cells.iter().enumerate().filter(|(_, cell)| cell.side == side) {
        match pipes.iter_mut().find(|cells| cells[0].1.pipe == cell.pipe) {
            Some(cells) => cells.push((time, cell)),
            None => pipes.push(vec![(time, cell)]),
        }
    }
    pipes
}

/// Are the lines what came through these pipes, in any order of the pipes? Otherwise: how far they are, and what comes
/// there.
fn follow(page: &[(usize, String)], pipes: &[Vec<(usize, &Cell)>]) -> Result<(), (usize, String)> {
    let mut follower = Follower { page, pipes, taken: vec![0; pipes.len()], farthest: None };
    if follower.fits(0) {
        return Ok(());
    }
    let (at, _, instead) = follower.farthest.unwrap_or_default();
    Err((at, instead))
}

struct Follower<'a> {
    page: &'a [(usize, String)],
    pipes: &'a [Vec<(usize, &'a Cell)>],
    /// How much of each pipe has come.
    taken: Vec<usize>,
    /// How far the page could be followed, and what is the earliest that comes there.
    farthest: Option<(usize, usize, String)>,
}

impl Follower<'_> {
    fn fits(&mut self, at: usize) -> bool {
        let (page, pipes) = (self.page, self.pipes);
        let mut at_end = true;
        for (number, pipe) in pipes.iter().enumerate() {
            let Some((time, cell)) = pipe.get(self.taken[number]) else { continue };
            at_end = false;
            let rest = page[at..].iter().map(|(_, line)| line);
            let same = rest.zip(&cell.lines).take_while(|(page, truth)| page == truth).count();
            if same < cell.lines.len() {
                self.stopped(at + same, *time, &cell.lines[same]);
                continue;
            }
            self.taken[number] += 1;
            if self.fits(at + same) {
                return true;
            }
            self.taken[number] -= 1;
        }
        if at_end && at < page.len() {
            self.stopped(at, usize::MAX, &nothing());
        }
        at_end && at == page.len()
    }

    fn stopped(&mut self, at: usize, time: usize, instead: &str) {
        let is_farther =
            |known: &(usize, usize, String)| at > known.0 || (at == known.0 && time < known.1);
        if self.farthest.as_ref().is_none_or(is_farther) {
            self.farthest = Some((at, time, instead.to_owned()));
        }
    }
}
