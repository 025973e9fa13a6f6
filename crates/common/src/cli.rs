//! The command line: the options that several steps share, and what is printed when it is wrong.

use std::ffi::OsStr;

use clap::error::{ContextKind, ErrorKind};
use clap::{Arg, Command, Parser};

use crate::console;
use crate::encoding::Encoding;
use crate::exit;
use crate::here::here;
use crate::text::clean_text;

/// The options that every step understands, before or after a subcommand.
#[derive(clap::Args, Clone, Debug)]
#[group(id = "course")] // a step calls its own options `Options` too
pub struct Options {
    /// How text becomes bytes: utf-8, gbk, gb18030, cp936, big5, …
    #[arg(
        long,
        value_name = "LABEL",
        default_value = "utf-8",
        env = "SOCKET_ENCODING",
        global = true
    )]
    pub encoding: Encoding,
    /// Print each step of the lesson before its system call
    #[arg(long, global = true)]
    pub explain: bool,
}

/// Reads the command line. What it refuses is printed without the control characters that an argument may hold.
pub fn parse<Options: Parser>() -> Options {
    // The program's name as the lessons have it. clap would take the file's, which is `udp-recv.exe` on Windows.
    let command = Options::command();
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name()).to_owned();
    let options = command.bin_name(name).try_get_matches();
    match options.and_then(|found| Options::from_arg_matches(&found)) {
        Ok(options) => options,
        Err(refused) => {
            let text = clean_text(&here(&refused.to_string()));
            if refused.use_stderr() {
                console::status(text.trim_end());
                if let Some(variable) = variable_to_blame(&Options::command(), &refused) {
                    console::hint(&format!(
                        "the environment variable {variable} holds this value: change it, or unset it"
                    ));
                }
            } else {
                console::result_part(&text); // --help and --version
                console::flush(); // a full disk is noticed only now
            }
            exit::leave(refused.exit_code() as u8)
        }
    }
}

/// The environment variable that holds the refused value. clap names only the option, which was not typed.
fn variable_to_blame<'a>(command: &'a Command, refused: &clap::Error) -> Option<&'a str> {
    let commands = command.get_subcommands().chain([command]);
    let with_variable = |option: &'a Arg| Some((option, option.get_env()?.to_str()?));
    let mut options = commands.flat_map(Command::get_arguments).filter_map(with_variable);
    let (_, variable) = options.find(|(option, variable)| {
        std::env::var_os(variable).is_some_and(|value| is_about(refused, option, &value))
    })?;
    Some(variable)
}

fn is_about(refused: &clap::Error, option: &Arg, value: &OsStr) -> bool {
    let context = |kind| refused.get(kind).map(ToString::to_string).unwrap_or_default();
    let name = format!("--{} ", option.get_long().unwrap_or_default());
    match value.to_str() {
        None => refused.kind() == ErrorKind::InvalidUtf8, // then clap names nothing at all
        Some(value) => {
            context(ContextKind::InvalidArg).starts_with(&name)
                && context(ContextKind::InvalidValue) == value
        }
    }
}
