//! What a person sees of a download: a bar while it runs, and a sentence at its end.

use std::fs;
use std::io::{self, IsTerminal};
use std::path::Path;

use common::{Error, console, exit, stop, text};
use indicatif::{HumanBytes, ProgressBar, ProgressStyle};

use crate::cli::Get;
use crate::protocol::names;

pub struct Progress {
    /// Its length is the size of the whole file, if that is known.
    bar: ProgressBar,
    /// How many bytes were there before.
    offset: u64,
}

impl Progress {
    /// From now on Ctrl-C says what there is, and how to go on. In a pipe or a file, indicatif shows no bar.
    pub fn start(part: &Path) -> Self {
        let bar = ProgressBar::no_length();
        let shown = "{bar:30} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left";
        if let Ok(style) = ProgressStyle::with_template(shown) {
            bar.set_style(style);
        }
        let progress = Self { bar: bar.clone(), offset: 0 };
        let path = part.to_owned();
        stop::on_first_signal(move |exit_code| {
            bar.finish_and_clear();
            if let Some(kept) = kept(&path, bar.length()) {
                console::status(&format!("stopped: {kept}"));
            }
            exit::leave(exit_code);
        });
        progress
    }

    /// The size is known. What was there before says nothing about the rate.
    pub fn begin(&mut self, offset: u64, size: u64) {
        self.offset = offset;
        self.bar.set_length(size);
        self.bar.set_position(offset);
        self.bar.tick();
        self.bar.reset_eta();
    }

    /// A block came. After the last one the bar makes way for the lines that follow.
    pub fn add(&self, count: usize) {
        self.bar.inc(count as u64);
        if self.bar.length() == Some(self.bar.position()) {
            self.finish();
        }
    }

    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }

    pub fn total(&self) -> Option<u64> {
        self.bar.length()
    }

    /// The sentence at the end, in the contract's words.
    pub fn tell_saved(&self, target: &Path, size: u64, options: &Get) {
        self.finish();
        let moved = size.saturating_sub(self.offset);
        let seconds = self.bar.elapsed().as_secs_f64();
        let checked = match options {
            Get { classic: true, .. } => {
                ";\n  the tutorials' protocol has no sizes: nobody can tell whether the file is whole"
            }
            Get { no_verify: true, .. } => ", not verified",
            _ => ", checksum verified",
        };
        let (target, size, rate) = (target.display(), HumanBytes(size), rate(moved, seconds));
        console::status(&format!("saved {target}: {size} in {seconds:.2} s ({rate}){checked}"));
    }
}

/// What there is of a file of `total` bytes, if that is known; `None`: it is complete and has its name. An empty rest
/// is removed.
pub fn kept(path: &Path, total: Option<u64>) -> Option<String> {
    let name = path.display();
    let got = path.metadata().ok()?.len();
    if got == 0 {
        let _ = fs::remove_file(path);
        return Some("nothing was saved".into());
    }
    Some(match total {
        None => format!("{name} holds {got} bytes"),
        Some(total) => format!("got {got} of {total} bytes; kept as {name}, go on with --resume"),
    })
}

/// `12.5 MiB/s`
pub fn rate(bytes: u64, seconds: f64) -> String {
    format!("{}/s", HumanBytes((bytes as f64 / seconds.max(0.001)) as u64))
}

/// An entry of a list: "1.50 GiB" for a person, bytes for a script. On a terminal no name may move the cursor.
pub fn show_entry(plain: bool, size: u64, name: &str) {
    let shown = text::clean(name);
    console::result_part(&match plain {
        false => format!("{:>12}  {shown}\n", HumanBytes(size).to_string()),
        true if io::stdout().is_terminal() => format!("{size} {shown}\n"),
        true => format!("{size} {name}\n"),
    });
}

pub fn list_was_cut(error: Error, received: u64, count: u64) -> Error {
    console::flush();
    error.and(format!("got {received} of {}", names(count)))
}

pub fn show_total(count: u64, total: u64) {
    console::flush();
    let files = if count == 1 { "file" } else { "files" };
    console::status(&format!("{count} {files}, {}", HumanBytes(total)));
}
