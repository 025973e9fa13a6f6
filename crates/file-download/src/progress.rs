//! What a person sees of a download: a bar while it runs, and a sentence at its end.

use std::fs;
use std::io::{self, IsTerminal};
use std::path::Path;
use std::time::Duration;

use common::{Error, console, exit, stop, text};
use indicatif::{HumanBytes, ProgressBar, ProgressStyle};

use crate::cli::Get;
use crate::protocol::names;

/// A bar without a length: the size isn't known yet. From now on Ctrl-C says what there is, and how to go on.
/// In a pipe or a file, indicatif shows no bar.
pub fn bar(part: &Path) -> ProgressBar {
    let bar = ProgressBar::no_length();
    let shown = "{bar:30} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left";
    if let Ok(style) = ProgressStyle::with_template(shown) {
        bar.set_style(style);
    }
    let (stopped, path) = (bar.clone(), part.to_owned());
    stop::on_first_signal(move |exit_code| {
        stopped.finish_and_clear();
        if let Some(kept) = kept(&path, stopped.length()) {
            console::status(&format!("stopped: {kept}"));
        }
        exit::leave(exit_code);
    });
    bar
}

/// The sentence at the end, in the contract's words. `moved`: without the bytes of an earlier download.
pub fn show_saved(target: &Path, size: u64, moved: u64, time: Duration, options: &Get) {
    let checked = match options {
        Get { classic: true, .. } => {
            ";\n  the tutorials' protocol has no sizes: nobody can tell whether the file is whole"
        }
        Get { no_verify: true, .. } => ", not verified",
        _ => ", checksum verified",
    };
    let seconds = time.as_secs_f64();
    let (target, size, rate) = (target.display(), HumanBytes(size), rate(moved, seconds));
    console::status(&format!("saved {target}: {size} in {seconds:.2} s ({rate}){checked}"));
}

/// What there is of a file of `total` bytes, if that is known; `None`: nothing yet, or it is complete and has its name.
/// An empty rest is removed.
pub fn kept(path: &Path, total: Option<u64>) -> Option<String> {
    let name = path.display();
    Some(match (path.metadata().ok()?.len(), total) {
        (0, _) => {
            let _ = fs::remove_file(path);
            return total.map(|_| "nothing was saved".into());
        }
        (got, None) => format!("{name} holds {got} bytes"),
        (got, Some(total)) => {
            format!("got {got} of {total} bytes; kept as {name}, go on with --resume")
        }
    })
}

/// `12.5 MiB/s`
pub fn rate(bytes: u64, seconds: f64) -> String {
    format!("{}/s", HumanBytes((bytes as f64 / seconds.max(0.001)) as u64))
}

/// An entry of a list: "1.50 GiB" for a person, bytes for a script. On a terminal no name may move the cursor.
pub fn show_entry(plain: bool, size: u64, name: &str) {
    let is_for_script = plain && !io::stdout().is_terminal();
    let name = if is_for_script { name.into() } else { text::clean(name) };
    let size =
        if plain { size.to_string() } else { format!("{:>12} ", HumanBytes(size).to_string()) };
    console::result_part(&format!("{size} {name}\n"));
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
