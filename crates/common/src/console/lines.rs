//! The lines that a person types or a pipe holds.

use std::io::{self, BufRead, IsTerminal, Read};
use std::sync::mpsc::{self, Receiver, Sender};

use super::line::LONGEST_LINE;
use super::output::{close_prompt, open_prompt, press, print_error, status};
use super::prompt::Typed;
use super::terminal::Keyboard;
use crate::encoding::Encoding;
use crate::error::{Call, Error, Explain, Result};
use crate::exit;
use crate::text::trim_line_end;
use crate::thread::start_thread;

/// The option of the steps that read lines from a pipe or a file. What is typed in a terminal is text already.
#[derive(clap::Args, Clone, Debug)]
#[group(id = "input")]
pub struct Input {
    /// How a pipe or a file as input holds its text
    #[arg(
        id = "input_encoding",
        long = "input-encoding",
        value_name = "LABEL",
        default_value = "utf-8",
        env = "SOCKET_INPUT_ENCODING",
        global = true
    )]
    pub encoding: Encoding,
}

/// The lines that a person types or a pipe holds, without their line ends.
pub enum Lines {
    /// A terminal: a thread of its own reads the keyboard, so that a peer's end can end the program.
    Keyboard(Receiver<Option<String>>),
    /// Anything else, in its encoding: read when asked for, so that the reader sets the pace of a big file.
    Pipe(Encoding, io::BufReader<io::Stdin>),
}

impl Lines {
    /// Begins to read. In a terminal `prompt` is shown; typing `last_word`, if there is one, ends the reading.
    pub fn open(prompt: &str, input: &Input, last_word: Option<&str>) -> Result<Self> {
        if is_editable()
            && let Ok(keyboard) = Keyboard::open()
            && open_prompt(prompt)
        {
            let (sender, lines) = mpsc::channel();
            let last_word = last_word.map(str::to_owned);
            start_thread("keyboard", move || type_lines(keyboard, last_word.as_deref(), &sender))?;
            return Ok(Self::Keyboard(lines));
        }
        Ok(Self::Pipe(input.encoding, io::BufReader::new(io::stdin())))
    }

    /// Waits for the next line; `None` is the end of the input (Ctrl-D, the end of a pipe).
    ///
    /// A piped line that is not valid text ends the input too: the error is reported here and counts for the exit code, and
    /// the program says goodbye to its peer as after any other end.
    pub fn next_line(&mut self) -> Option<String> {
        match self {
            Self::Keyboard(lines) => lines.recv().ok().flatten(),
            Self::Pipe(encoding, input) => next_piped(*encoding, input).unwrap_or_else(|error| {
                print_error(&error);
                None
            }),
        }
    }

    /// True when a person types, who ended the program with Ctrl-D and doesn't want to wait.
    pub fn is_keyboard(&self) -> bool {
        matches!(self, Self::Keyboard(_))
    }
}

impl Drop for Lines {
    /// Nothing can be typed that would not be read: after an error the program may go on receiving.
    fn drop(&mut self) {
        if self.is_keyboard() {
            close_prompt();
        }
    }
}

/// True for a terminal on both sides that understands escape sequences.
fn is_editable() -> bool {
    let knows_sequences =
        std::env::var("TERM").map_or(true, |name| !["dumb", "emacs"].contains(&name.as_str()));
    io::stdin().is_terminal() && io::stdout().is_terminal() && knows_sequences
}

fn next_piped(encoding: Encoding, input: &mut io::BufReader<io::Stdin>) -> Result<Option<String>> {
    let mut line = Vec::new();
    let limit = LONGEST_LINE as u64 + 1;
    input.take(limit).read_until(b'\n', &mut line).explain(Call::Read, "stdin")?;
    if line.is_empty() {
        return Ok(None);
    }
    if line.len() > LONGEST_LINE {
        let cause = format!("stdin: a line of more than {} MiB", LONGEST_LINE >> 20);
        return Err(Error::local(
            cause,
            "the steps send text, line by line; use file-download for files",
        ));
    }
    match encoding.decode_strictly(&line) {
        Some(text) => Ok(Some(trim_line_end(&text).to_owned())),
        None => Err(no_text(encoding, &line)),
    }
}

fn no_text(encoding: Encoding, line: &[u8]) -> Error {
    let advice = if line.starts_with(b"\xff\xfe") || line.starts_with(b"\xfe\xff") {
        "this looks like UTF-16, as Windows PowerShell's > writes it; save it as UTF-8"
    } else {
        "say which encoding the input has, for example --input-encoding gbk,\n  \
         or once for all SOCKET_INPUT_ENCODING=gbk in the environment"
    };
    Error::local(format!("stdin: a line that is not valid {encoding}; it is not sent"), advice)
}

/// The keyboard's thread. The others print while it waits for a key.
fn type_lines(mut keyboard: Keyboard, last_word: Option<&str>, lines: &Sender<Option<String>>) {
    loop {
        let typed = match keyboard.next_key() {
            Ok(Some(key)) => press(&key),
            Ok(None) => Some(Typed::End),
            Err(error) => {
                status(&format!("error: reading the keyboard: {error}"));
                Some(Typed::End)
            }
        };
        match typed {
            None => {}
            Some(Typed::Line(typed)) => {
                // What was pasted may be several lines.
                for line in trim_line_end(&typed).split('\n') {
                    let last = last_word == Some(line);
                    if last {
                        close_prompt();
                    }
                    if lines.send(Some(line.to_owned())).is_err() || last {
                        return;
                    }
                }
            }
            Some(Typed::End) => {
                close_prompt();
                let _ = lines.send(None);
                return;
            }
            Some(Typed::Interrupt) => exit::leave(exit::INTERRUPTED),
        }
    }
}
