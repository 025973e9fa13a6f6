//! Ctrl-C (SIGINT), SIGTERM, and SIGHUP, which comes when the terminal is closed: the first one ends the tool, and all that it
//! started.

use std::io;
use std::process;
use std::thread;
use std::time::{Duration, Instant};

use grader::check;
use testkit::{running, supervisor};

/// How long the tool may take to end in an orderly way. A reader that has stopped may block what it prints.
const ORDERLY: Duration = Duration::from_secs(5);

/// One press of Ctrl-C may arrive twice: from the terminal, and from a program that passes on what it got.
const SAME: Duration = Duration::from_millis(300);

/// Takes the signals. `leave` ends the process at once, where a command waits in calls that nothing else interrupts.
pub fn take(leave: Option<fn(u8) -> !>) -> io::Result<()> {
    if leave.is_some() {
        common::stop::watch_stops(); // lines are typed there; before the first thread is started
    }
    let mut first: Option<Instant> = None;
    handle(move |exit_code| match (leave, first) {
        (Some(leave), _) => leave(exit_code),
        (None, None) => {
            first = Some(Instant::now());
            thread::spawn(move || {
                thread::sleep(ORDERLY);
                end_now();
            });
            running::interrupt(exit_code);
        }
        (None, Some(first)) if first.elapsed() < SAME => {}
        (None, Some(_)) => end_now(),
    })
}

/// Ends everything at once.
fn end_now() -> ! {
    check::tree::end_all();
    supervisor::end_descendants(Duration::ZERO);
    process::exit(running::exit_code().into())
}

#[cfg(unix)]
fn handle(mut act: impl FnMut(u8) + Send + 'static) -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

    let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    thread::Builder::new().name("signals".to_owned()).spawn(move || {
        for signal in signals.forever() {
            act(u8::try_from(128 + signal).unwrap_or(common::exit::INTERRUPTED));
        }
    })?;
    Ok(())
}

#[cfg(windows)]
fn handle(mut act: impl FnMut(u8) + Send + 'static) -> io::Result<()> {
    ctrlc::set_handler(move || act(common::exit::INTERRUPTED)).map_err(io::Error::other)
}
