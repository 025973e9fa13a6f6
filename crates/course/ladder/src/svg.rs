//! Draws a ladder as a picture: one file that needs nothing else, light or dark as the reader's page is.
//!
//! All text stays text. A character's width is only known to the font, so columns are counted as in a terminal (two for
//! a Chinese character) and each column is given a little more room than any usual font needs.

use std::fmt::Write;

use testkit::screen::{Style, wrap};

use crate::scenario::{ENDS, Side};
use crate::timeline::{Event, Happening, Timeline};
use crate::wording::{Arrow, Beside, Parts, Wording, hang, milliseconds};

const WIDTH: usize = 1040;
/// Room for one column of text of 13 pixels.
const COLUMN: usize = 8;
const LINE: usize = 18;
const MARGIN: usize = 16;
/// Where the time ends.
const TIME: usize = 68;
/// The lines that stand for the two programs.
const LEFT: usize = 372;
const RIGHT: usize = 700;
/// Between a line and the text beside it.
const GAP: usize = 10;

/// How many events a picture has at most; of a longer timeline it shows the beginning and the end.
const MOST_EVENTS: usize = 1200;

/// The colours follow the page; on paper it is light.
const STYLE: &str = "
  svg { --paper: #ffffff; --ink: #1f2328; --dim: #59636e; --line: #d1d9e0; --caller: #0550ae; --waiting: #953800;
        --band: #eef1f5; --note: #1a5c2e; --noteband: #e9f6ec; }
  @media (prefers-color-scheme: dark) { svg { --paper: #0d1117; --ink: #e6edf3; --dim: #9198a1; --line: #3d444d;
        --caller: #79c0ff; --waiting: #ffa657; --band: #1c2128; --note: #7ee2a0; --noteband: #12261a; } }
  @media print { svg { --paper: #ffffff; --ink: #000000; --dim: #444444; --line: #bbbbbb; --caller: #0550ae;
        --waiting: #953800; --band: #eeeeee; --note: #1a5c2e; --noteband: #f2f2f2; } }
  text { font: 13px ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, 'Noto Sans Mono CJK SC', 'Noto Sans CJK SC',
         'Microsoft YaHei', 'PingFang SC', monospace; fill: var(--ink); white-space: pre; }
  .dim, .time { fill: var(--dim); } .bold { font-weight: 700; } .title { font-size: 18px; font-weight: 700; }
  .left { fill: var(--caller); } .right { fill: var(--waiting); } .note { fill: var(--note); }
  .end { text-anchor: end; } .middle { text-anchor: middle; }
  .life { stroke: var(--line); stroke-width: 2; } .paper { fill: var(--paper); } .band { fill: var(--band); }
  .noteband { fill: var(--noteband); }
  .arrow { stroke-width: 1.6; fill: none; } .arrow.left { stroke: var(--caller); fill: none; }
  .arrow.right { stroke: var(--waiting); fill: none; } polygon.left { fill: var(--caller); }
  polygon.right { fill: var(--waiting); }
";

/// A page that grows downwards.
struct Page {
    body: String,
    y: usize,
    begins: u64,
}

/// The picture of a timeline.
pub fn draw(timeline: &Timeline, parts: Parts) -> String {
    let mut page = Page { body: String::new(), y: MARGIN, begins: timeline.begins() };
    page.y += 20;
    page.text(MARGIN, "title", &timeline.title);
    page.y += LINE + 10;
    page.text(TIME, "time end", "ms");
    page.text(LEFT - GAP, "left bold end", ENDS[0]);
    page.text((LEFT + RIGHT) / 2, "dim middle", "packets");
    page.text(RIGHT + GAP, "right bold", ENDS[1]);
    page.y += 10;
    let top = page.y;
    let shown: Vec<&Event> = timeline.events.iter().filter(|event| parts.show(event)).collect();
    let left_out = shown.len().saturating_sub(MOST_EVENTS);
    for (number, event) in shown.iter().enumerate() {
        if left_out > 0 && number == MOST_EVENTS / 2 {
            page.note(&format!("{left_out} rows are left out here"));
        }
        if left_out == 0 || number < MOST_EVENTS / 2 || number >= MOST_EVENTS / 2 + left_out {
            page.event(timeline, event);
        }
    }
    page.y += 8;
    let bottom = page.y;
    page.y += LINE;
    let why = timeline.without_packets.as_ref();
    let last = why.map_or_else(|| timeline.count(), |why| format!("No packets: {why}"));
    for line in wrap(&last, (WIDTH - 2 * MARGIN) / COLUMN) {
        page.text(MARGIN, "dim", &line);
        page.y += LINE;
    }
    file(timeline, &page, top, bottom)
}

fn file(timeline: &Timeline, page: &Page, top: usize, bottom: usize) -> String {
    let height = page.y + MARGIN;
    let title = escape(&timeline.title);
    let lives: String = [LEFT, RIGHT]
        .iter()
        .map(|x| {
            format!("<line class=\"life\" x1=\"{x}\" y1=\"{top}\" x2=\"{x}\" y2=\"{bottom}\"/>\n")
        })
        .collect();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
         height=\"{height}\" style=\"max-width:100%;height:auto\" role=\"img\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n\
         <rect class=\"paper\" width=\"{WIDTH}\" height=\"{height}\"/>\n{lives}{}</svg>\n",
        page.body
    )
}

impl Page {
    fn event(&mut self, timeline: &Timeline, event: &Event) {
        match timeline.wording(event) {
            Wording::Beside(beside) => self.beside(&beside),
            Wording::Arrow(arrow) => self.arrow(event.at, &arrow),
            Wording::Phase(phase) => self.phase(&phase),
            Wording::Note(note) => self.note(&note),
        }
    }

    fn text(&mut self, x: usize, class: &str, text: &str) {
        let (y, text) = (self.y, escape(text));
        // Writing to a string can't fail.
        let _ = writeln!(self.body, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{text}</text>");
    }

    fn time(&mut self, at: u64) {
        self.text(TIME, "time end", &milliseconds(at, self.begins));
    }

    fn beside(&mut self, beside: &Beside<'_>) {
        let Beside { side, label, mark, text, style, event } = beside;
        let class = match (style, &event.what) {
            (Style::Bold, _) => "bold",
            (_, Happening::Called(_)) => side.name(),
            (_, Happening::Ended) => "dim",
            _ => "",
        };
        let (x, room) = match side {
            Side::Left => (TIME + GAP, LEFT - TIME - 2 * GAP),
            Side::Right => (RIGHT + GAP, WIDTH - MARGIN - RIGHT - GAP),
        };
        let text = without_pictures(text);
        let lines = hang(&format!("{label}{mark}"), &text, 3, room / COLUMN);
        for (number, line) in lines.iter().enumerate() {
            self.y += LINE;
            if number == 0 {
                self.time(event.at);
            }
            self.text(x, class, line);
        }
        self.y += 3;
    }

    fn arrow(&mut self, at: u64, arrow: &Arrow<'_>) {
        let room = (RIGHT - LEFT - 2 * GAP) / COLUMN;
        let mut lines = wrap(&arrow.words.join(" "), room);
        if let Some(payload) = arrow.sent.payload(48) {
            lines.extend(wrap(&without_pictures(&payload), room));
        }
        self.y += 4;
        for line in &lines {
            self.y += LINE - 2;
            self.text((LEFT + RIGHT) / 2, "middle", line);
        }
        self.y += 9;
        if let Some(from) = arrow.from {
            self.shaft(from, arrow.sent.lost);
        }
        self.y += 4; // the time and the states are at the height of the arrow
        self.time(at);
        let [left, right] = arrow.sent.states;
        if let Some(state) = left {
            self.text(LEFT - GAP, "bold left end", &state.to_string());
        }
        if let Some(state) = right {
            self.text(RIGHT + GAP, "bold right", &state.to_string());
        }
        self.y += 2;
    }

    /// The arrow of a lost packet has a cross in place of its head.
    fn shaft(&mut self, from: Side, lost: bool) {
        let (y, above, below, class) = (self.y, self.y - 4, self.y + 4, from.name());
        let (x1, x2, tip, back) = match from {
            Side::Left => (LEFT, RIGHT - 9, RIGHT, RIGHT - 10),
            Side::Right => (LEFT + 9, RIGHT, LEFT, LEFT + 10),
        };
        let head = if lost {
            let (one, two) = (tip.min(back), tip.max(back));
            format!(
                "<path class=\"arrow {class}\" d=\"M{one} {above}L{two} {below}M{one} {below}L{two} {above}\"/>"
            )
        } else {
            format!(
                "<polygon class=\"{class}\" points=\"{tip},{y} {back},{above} {back},{below}\"/>"
            )
        };
        let _ = writeln!(
            self.body,
            "<line class=\"arrow {class}\" x1=\"{x1}\" y1=\"{y}\" x2=\"{x2}\" y2=\"{y}\"/>\n{head}"
        );
    }

    fn phase(&mut self, text: &str) {
        self.y += 10;
        let (y, width) = (self.y, RIGHT - LEFT - 2);
        let x = LEFT + 1;
        let _ = writeln!(
            self.body,
            "<rect class=\"band\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"22\"/>"
        );
        self.y += 15;
        self.text((LEFT + RIGHT) / 2, "bold middle", text);
        self.y += 7;
    }

    fn note(&mut self, text: &str) {
        let x = TIME + GAP;
        let width = WIDTH - MARGIN - x;
        let lines = wrap(text, width / COLUMN - 3);
        self.y += 7;
        let (y, height) = (self.y, lines.len() * LINE + 6);
        let _ = writeln!(
            self.body,
            "<rect class=\"noteband\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"4\"/>"
        );
        self.y -= 1;
        for line in &lines {
            self.y += LINE;
            self.text(x + GAP, "note", line);
        }
        self.y += 9;
    }
}

/// Few fonts have pictures of control characters (`␊`); everybody knows `\n`.
fn without_pictures(text: &str) -> String {
    let mut plain = String::new();
    for character in text.chars() {
        match character {
            '␊' => plain.push_str("\\n"),
            '␍' => plain.push_str("\\r"),
            '␉' | '\t' => plain.push_str("\\t"),
            '␀'..='␡' => plain.push('\u{fffd}'),
            character => plain.push(character),
        }
    }
    plain
}

/// Text in XML. It was cleaned for the screen, so it has no characters that XML forbids.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
