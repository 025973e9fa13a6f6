//! A step below a shell, in a terminal. The shell says how the step ended and then waits, so that the terminal can be looked at
//! in the state in which the step left it.

use portable_pty::CommandBuilder;
use testkit::skip::skipped;
use testkit::step_program;

use crate::screen::Terminal;

/// What a step finds around it.
pub struct Setting<'a> {
    /// How high the terminal is.
    pub rows: u16,
    /// What the terminal is said to be: `TERM`.
    pub term: &'a str,
    /// What comes after the arguments on the command line, such as `2>file`.
    pub after: &'a str,
    /// The thread that is to panic.
    pub panics: &'a str,
    /// The interactive shell that starts the step, as a person has it.
    pub shell: Option<&'a str>,
}

/// What most tests use.
pub const USUAL: Setting =
    Setting { rows: 24, term: "xterm-256color", after: "", panics: "", shell: None };

impl Terminal {
    /// Starts a step in a usual terminal.
    pub fn start(step: &str, args: &[&str]) -> Terminal {
        Self::start_in(&USUAL, step, args)
    }

    /// Starts a step in such a terminal.
    pub fn start_in(setting: &Setting, step: &str, args: &[&str]) -> Terminal {
        let mut terminal = Terminal::open(setting.rows, command(setting, step, args));
        if setting.shell.is_some() {
            terminal.wait_for_line("shell: ");
            terminal.type_keys(&format!("\"$PROGRAM\" {}\r", args.join(" ")));
        }
        terminal
    }

    /// Has the shell print `NAME TEXT`, and returns what it made of the text.
    pub fn ask_shell(&mut self, name: &str, text: &str) -> String {
        self.type_keys(&format!("echo \"{name}\" {text}\r"));
        self.text_after(&format!("{name} "))
    }
}

/// What runs in the terminal: a shell that runs the step, or an interactive one that waits for the command.
fn command(setting: &Setting, step: &str, args: &[&str]) -> CommandBuilder {
    // The outer shell outlives Ctrl-C and Ctrl-\; the inner one says its number and becomes the program.
    const SCRIPT: &str = r#"trap : INT QUIT
        sh -c 'echo "pid $$"; eval "exec \"\$0\" \"\$@\" $AFTER"' "$@"; echo "exit $?"; read -r _"#;
    let mut command = CommandBuilder::new(setting.shell.unwrap_or("/bin/sh"));
    if let Some(shell) = setting.shell {
        // Without files that set another prompt.
        match shell {
            "bash" => command.args(["--norc", "--noprofile", "-i"]),
            "zsh" => command.args(["-f", "-i"]),
            _ => command.arg("-i"),
        }
        command.env("ENV", "");
        command.env("PS1", "shell: ");
        command.env("PROGRAM", step_program(step));
    } else {
        command.args(["-c", SCRIPT, "sh"]);
        command.env("AFTER", setting.after);
        command.arg(step_program(step));
        command.args(args);
    }
    command.env("TERM", setting.term);
    command.env("SOCKET_STEPS_PANIC", setting.panics);
    command.env_remove("SOCKET_ENCODING");
    command.env_remove("RUST_BACKTRACE"); // its lines would fill the screen
    command
}

/// The interactive shells of this computer that know jobs.
pub fn shells() -> Vec<&'static str> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_there =
        |name: &&str| std::env::split_paths(&path).any(|folder| folder.join(name).is_file());
    let found: Vec<&str> = ["bash", "dash", "zsh", "ksh"].into_iter().filter(is_there).collect();
    if found.is_empty() {
        skipped("Ctrl-Z and fg", "no bash, dash, zsh or ksh here");
    }
    found
}
