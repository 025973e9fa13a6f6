//! The terminal: does it show Chinese, and which encodings are set?

use std::env;
use std::io::{self, IsTerminal, Write};

use common::Encoding;

use super::finding::Finding;

/// Two characters that take two columns each.
const CHINESE: &str = "你好";
const COLUMNS: u16 = 4;

/// A Chinese character takes two columns of the screen; the terminal itself is asked.
pub(super) fn chinese() -> Finding {
    let in_terminal = "type the command alone, without |, > or &";
    if !io::stdout().is_terminal() {
        return Finding::warning("not asked: stdout is a pipe or a file", in_terminal);
    }
    if !io::stdin().is_terminal() {
        return Finding::warning("not asked: stdin is a pipe or a file", in_terminal);
    }
    if env::var_os("TERM").is_some_and(|kind| kind == "dumb") {
        let advice = "what you type can't be edited here; another terminal is more pleasant";
        return Finding::warning("not asked: TERM=dumb", advice);
    }
    match width_of_chinese() {
        Ok(Some(COLUMNS)) => Finding::good("a Chinese character takes two columns"),
        Ok(Some(columns)) => Finding::warning(
            format!("two Chinese characters take {columns} columns instead of {COLUMNS}"),
            "take a terminal that shows UTF-8, such as Windows Terminal or GNOME Terminal",
        ),
        Ok(None) => {
            let advice = "look at cargo course demo udp-chat: is the line in the middle straight?";
            Finding::warning("it doesn't say where its cursor is", advice)
        }
        Err(why) => Finding::warning(format!("not asked: {why}"), in_terminal),
    }
}

/// Prints the characters at the beginning of the line, asks where the cursor is, and wipes them away. `None`: it doesn't
/// say.
fn width_of_chinese() -> io::Result<Option<u16>> {
    let mut screen = io::stdout();
    let column = system::column_after(|| {
        screen.write_all(format!("\r{CHINESE}").as_bytes())?;
        screen.flush()
    })?;
    screen.write_all(b"\r\x1b[K")?;
    screen.flush()?;
    Ok(column)
}

#[cfg(unix)]
mod system {
    use std::fs::File;
    use std::io::{self, Read, Write};
    use std::os::fd::AsFd;
    use std::time::{Duration, Instant};

    use nix::sys::termios::{
        FlushArg, LocalFlags, SetArg, SpecialCharacterIndices as Index, tcflush, tcgetattr,
        tcsetattr,
    };
    use nix::unistd::{getpgrp, tcgetpgrp};

    use testkit::running;

    /// A terminal answers sooner, even over a slow network.
    const PATIENCE: Duration = Duration::from_secs(1);

    const CTRL_C: u8 = 3;

    /// The column of the cursor, from 0, after something was printed. The terminal is in another mode for as long.
    pub(super) fn column_after(print: impl FnOnce() -> io::Result<()>) -> io::Result<Option<u16>> {
        let terminal = io::stdin();
        if tcgetpgrp(&terminal).is_ok_and(|group| group != getpgrp()) {
            return Err(io::Error::other("it runs in the background")); // a new mode would stop it
        }
        let found = tcgetattr(&terminal)?;
        let mut asking = found.clone();
        // The answer comes as if it were typed: it must not be shown, nor wait for Enter. Ctrl-C comes as a byte, so that
        // the mode is restored in any case.
        asking.local_flags &= !(LocalFlags::ICANON | LocalFlags::ECHO | LocalFlags::ISIG);
        // read(2) waits for a tenth of a second at most.
        asking.control_chars[Index::VMIN as usize] = 0;
        asking.control_chars[Index::VTIME as usize] = 1;
        tcsetattr(&terminal, SetArg::TCSANOW, &asking)?;
        let answer = print().and_then(|()| ask());
        if !matches!(answer, Ok(Some(_))) {
            let _ = tcflush(&terminal, FlushArg::TCIFLUSH); // half an answer must not be typed into the shell
        }
        tcsetattr(&terminal, SetArg::TCSANOW, &found)?;
        answer
    }

    /// "Report the cursor's position", as all terminals since the VT100 know it.
    fn ask() -> io::Result<Option<u16>> {
        let mut screen = io::stdout();
        screen.write_all(b"\x1b[6n")?;
        screen.flush()?;
        // Not `io::Stdin`, which would take a silence for the end of the input and keep what it has read.
        let mut keyboard = File::from(io::stdin().as_fd().try_clone_to_owned()?);
        let began = Instant::now();
        let mut bytes = Vec::new();
        while began.elapsed() < PATIENCE && !running::all_ended() {
            let mut buffer = [0; 64];
            let length = keyboard.read(&mut buffer)?;
            bytes.extend_from_slice(&buffer[..length]);
            if bytes.contains(&CTRL_C) {
                running::interrupt(common::exit::INTERRUPTED);
            }
            if let Some(column) = column_in(&bytes) {
                return Ok(Some(column));
            }
        }
        Ok(None)
    }

    /// `Esc [ 24 ; 5 R` is row 24, column 5, both from 1. Keys may have been pressed before and after it.
    fn column_in(bytes: &[u8]) -> Option<u16> {
        let text = String::from_utf8_lossy(bytes);
        text.split("\x1b[").find_map(|sequence| {
            let (position, _) = sequence.split_once('R')?;
            let (row, column) = position.split_once(';')?;
            let _: u16 = row.parse().ok()?;
            column.parse::<u16>().ok()?.checked_sub(1)
        })
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn the_answer_is_found_between_keys() {
            assert_eq!(column_in(b"\x1b[24;5R"), Some(4));
            assert_eq!(column_in(b"ls R;\r\x1b[A\x1b[1;5Rx"), Some(4));
            assert_eq!(column_in(b"\x1b[24;5"), None);
            assert_eq!(column_in(b"\x1b[;R\x1b[1;0R"), None);
        }
    }
}

/// Windows has a call for the position of the cursor.
#[cfg(not(unix))]
mod system {
    use std::io;

    pub(super) fn column_after(print: impl FnOnce() -> io::Result<()>) -> io::Result<Option<u16>> {
        print()?;
        Ok(crossterm::cursor::position().ok().map(|(column, _)| column))
    }
}

/// The encoding of text in the environment, which other programs follow.
#[cfg(unix)]
pub(super) fn locale() -> Finding {
    let (name, value) = locale_variable();
    if shows_utf8() {
        return Finding::good(format!("{name}={value}"));
    }
    let found = match value.as_str() {
        "" => "none is set, so other programs may show Chinese as ? or _".to_owned(),
        _ => format!("{name}={value}: other programs may show Chinese as ? or _"),
    };
    let utf8 = if cfg!(target_os = "macos") { "en_US.UTF-8" } else { "C.UTF-8" };
    Finding::warning(found, format!("export {name}={utf8}"))
}

/// The one that decides: locale(7).
#[cfg(unix)]
fn locale_variable() -> (&'static str, String) {
    let value = |name: &str| env::var(name).unwrap_or_default();
    let set = ["LC_ALL", "LC_CTYPE"].into_iter().find(|name| !value(name).is_empty());
    let name = set.unwrap_or("LANG");
    (name, common::text::clean(&value(name)))
}

/// May our own lines hold more than ASCII?
#[cfg(unix)]
pub(super) fn shows_utf8() -> bool {
    let value = locale_variable().1.to_lowercase();
    value.ends_with("utf-8") || value.ends_with("utf8")
}

/// The encoding set in the console, which programs follow that do not write Unicode themselves.
#[cfg(not(unix))]
pub(super) fn locale() -> Finding {
    // It prints a sentence in the system's language and the number.
    let line = super::programs::first_line("chcp.com", &[]).unwrap_or_default();
    let number: String = line.chars().filter(char::is_ascii_digit).collect();
    match number.as_str() {
        "65001" => Finding::good("code page 65001 (UTF-8)"),
        _ => {
            let found = format!("code page {number}: other programs may show Chinese wrongly");
            Finding::warning(found, "chcp 65001, or use Windows Terminal")
        }
    }
}

/// The standard library hands a console Unicode, whatever the code page is.
#[cfg(not(unix))]
pub(super) fn shows_utf8() -> bool {
    true
}

/// The encoding that the steps use when none is asked for.
pub(super) fn encoding() -> Finding {
    let mut found = Vec::new();
    for name in ["SOCKET_ENCODING", "SOCKET_INPUT_ENCODING"] {
        let Some(label) = env::var_os(name) else { continue };
        let label = label.to_string_lossy();
        if let Err(why) = label.parse::<Encoding>() {
            let found = format!("{name}={}: {why}", common::text::clean(&label));
            return Finding::missing(
                found,
                if cfg!(windows) {
                    format!("Remove-Item Env:{name}, or $env:{name} = \"utf-8\"")
                } else {
                    format!("unset {name}, or export {name}=utf-8")
                },
            );
        }
        found.push(format!("{name}={label}"));
    }
    match found.as_slice() {
        [] => Finding::good("utf-8; SOCKET_ENCODING is not set"),
        _ => Finding::good(found.join(", ")),
    }
}
