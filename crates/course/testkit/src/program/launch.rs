//! What a program gets before it starts.

use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::thread;
use std::time::Duration;

use super::child::{DEADLINE, Program};
use super::failure::{Failure, Result};
use super::shared::{Observation, Shared, read_in_background, wait_for_end, write_in_background};
use crate::find::{how_to_get, step_program};
use crate::limits::{self, Limits};
use crate::output::Stream;
use crate::running;

/// A program that is about to be started: what it gets, and who observes it.
pub struct Launch {
    command: Command,
    /// What it is called in a failure; otherwise that is the command.
    shown_as: Option<String>,
    input: Stdio,
    deadline: Duration,
    observer: Option<(usize, Sender<Observation>)>,
    limits: Option<Limits>,
}

impl Launch {
    /// A program by its path, or by its name on the search path. The language of the person who starts it doesn't change
    /// what it prints.
    pub fn new(program: impl AsRef<OsStr>) -> Launch {
        let mut command = Command::new(program);
        command.env_remove("SOCKET_LANG");
        Launch {
            command,
            shown_as: None,
            input: Stdio::piped(),
            deadline: DEADLINE,
            observer: None,
            limits: None,
        }
    }

    /// A program of the course by its name. Settings of the person who starts it don't change what it prints.
    pub fn step(name: &str) -> Launch {
        Launch::new(step_program(name))
            .without_env("SOCKET_ENCODING")
            .without_env("SOCKET_INPUT_ENCODING")
    }

    /// Adds arguments.
    pub fn args<A: AsRef<OsStr>>(mut self, args: &[A]) -> Launch {
        self.command.args(args);
        self
    }

    /// Sets an environment variable.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Launch {
        self.command.env(name, value);
        self
    }

    /// Removes an environment variable.
    pub fn without_env(mut self, name: &str) -> Launch {
        self.command.env_remove(name);
        self
    }

    /// Sets the folder that the program runs in.
    pub fn current_dir(mut self, folder: impl AsRef<Path>) -> Launch {
        self.command.current_dir(folder);
        self
    }

    /// What the program is called in a failure, where its command has more words than a person has typed.
    pub fn shown_as(mut self, name: &str) -> Launch {
        self.shown_as = Some(name.to_owned());
        self
    }

    /// Gives the program no input at all (`</dev/null`).
    pub fn no_input(mut self) -> Launch {
        self.input = Stdio::null();
        self
    }

    /// Sets how long each wait may last.
    pub fn deadline(mut self, deadline: Duration) -> Launch {
        self.deadline = deadline;
        self
    }

    /// Sends all that happens in this program to an observer, marked with this number. Several programs may share one
    /// channel: it then holds their observations in their order in time.
    pub fn observer(mut self, program: usize, observations: Sender<Observation>) -> Launch {
        self.observer = Some((program, observations));
        self
    }

    /// Ends the program when it, and all that it starts, use more than this.
    pub fn limits(mut self, limits: Limits) -> Launch {
        self.limits = Some(limits);
        self
    }

    /// Starts the program.
    pub fn start(mut self) -> Result<Program> {
        let name = self.shown_as.take().unwrap_or_else(|| shown(&self.command));
        let streams = |command: &mut Command| {
            command.stdin(self.input).stdout(Stdio::piped()).stderr(Stdio::piped());
        };
        let mut started = running::spawn(&mut self.command, streams)
            .map_err(|error| not_started(&self.command, &error))?;
        let limited = self.limits.map(|limits| limits::limit(started.id, started.root(), limits));
        let child = &mut started.child;
        let shared = Shared::new(self.observer, limited);
        let input = child.stdin.take().map(write_in_background);
        read_in_background(child.stdout.take(), Stream::Stdout, &shared);
        read_in_background(child.stderr.take(), Stream::Stderr, &shared);
        let program = Program {
            name,
            id: started.id,
            input,
            shared: Arc::clone(&shared),
            deadline: self.deadline,
        };
        thread::spawn(move || wait_for_end(started, &shared));
        Ok(program)
    }
}

impl Program {
    /// Starts a program by its path or name, with its input connected to [`Program::type_line`].
    pub fn start<A: AsRef<OsStr>>(program: impl AsRef<OsStr>, args: &[A]) -> Result<Program> {
        Launch::new(program).args(args).start()
    }

    /// Starts a program of the course by its name.
    pub fn step<A: AsRef<OsStr>>(name: &str, args: &[A]) -> Result<Program> {
        Launch::step(name).args(args).start()
    }
}

/// The command as a person would type it; the folder of the program is left out.
fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_stem().unwrap_or_default();
    let words = [program].into_iter().chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

fn not_started(command: &Command, error: &io::Error) -> Box<Failure> {
    let path = command.get_program().display();
    let state = match error.kind() {
        ErrorKind::NotFound => {
            format!("{path} is not there; {}", how_to_get())
        }
        _ => format!("{path} could not be started: {error}"),
    };
    Box::new(Failure {
        program: shown(command),
        expected: "to start".to_owned(),
        state,
        ..Failure::default()
    })
}
