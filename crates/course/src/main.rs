//! The course tool. `cargo course` lists the steps; `cargo course demo` plays them.
//!
//! Exit codes: 0 everything is as the lessons say · 1 something is not · 2 wrong usage, or something is missing · 130 Ctrl-C (143
//! SIGTERM, 129 SIGHUP).

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{CommandFactory, Parser, Subcommand};

use course::starter::{self, LANGUAGES};
use course::{calls, demo, doctor, listing, new, signals};
use grader::edition::Edition;
use grader::{check, command, confine};
use ladder::scenario::{self, SCENARIOS, Scenario};
use ladder::stepper::Stepper;
use ladder::watch::{self, Network};
use testkit::outcome::{self, Outcome};
use testkit::screen::Screen;
use testkit::{build, running, supervisor};

/// Plays the steps of the course. Without a command: lists them.
#[derive(Parser)]
#[command(name = "course", bin_name = "cargo course", version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Commands>,
}

#[derive(Subcommand)]
enum Commands {
    /// Checks if this computer is ready for the course, and prints what to do where it isn't
    Doctor(doctor::Options),
    /// Plays each step for real on this computer, and shows its two terminals side by side
    Demo {
        /// The steps to play [default: all]
        #[arg(value_name = "STEP", value_parser = PossibleValuesParser::new(SCENARIOS.iter().map(|s| s.step)))]
        steps: Vec<String>,
        /// Plays the programs in this folder, and builds nothing
        #[arg(long, value_name = "DIR")]
        programs: Option<PathBuf>,
        /// Shows one event after the other: Enter or space shows the next one, q ends
        #[arg(long)]
        slow: bool,
    },
    /// Grades a program, in any language, over real sockets, and prints the story of each failure
    Check(command::check::Options),
    /// Marks the programs of a whole class: each one built and run in a folder of its own, in one table
    Mark(command::mark::Options),
    /// Shows small programs on the way to each step, the smallest first, and what each of them can do
    Stages(command::stages::Options),
    /// A bad network between two programs on this computer: drops, cuts, delays, resets; a seed repeats it
    Relay(command::relay::Options),
    /// Draws the calls and the packets of a step, or of any command, in one ladder
    Watch(watch::Options),
    /// Makes socket calls one by one, as arguments or typed, and prints each before it is made
    Calls(calls::Options),
    /// Makes a program of your own to write a step in: its list of calls as TODO comments, and nothing solved
    New {
        /// The step or exercise
        #[arg(value_name = "STEP", value_parser = PossibleValuesParser::new(check::all().map(|step| step.name)))]
        step: String,
        /// The folder to make it in; not there yet, or empty
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        /// The language that you write it in
        #[arg(long, value_name = "LANGUAGE", default_value = "rust", value_parser = PossibleValuesParser::new(LANGUAGES.iter().map(|language| language.name)))]
        language: String,
    },
}

fn main() -> ExitCode {
    if supervisor::was_asked() {
        return ExitCode::SUCCESS;
    }
    if let Some(code) = confine::was_asked() {
        return code;
    }
    running::supervise_all();
    let arguments: Arguments = common::parse();
    let network = match &arguments.command {
        // Before the handler below starts its thread: see there.
        Some(Commands::Watch(options)) => watch::prepare(options),
        _ => Ok(Network::Shared("no other command needs its own".to_owned())),
    };
    if let Some(Commands::Doctor(options)) = &arguments.command
        && let Some(code) = doctor::prepare(options)
    {
        return code;
    }
    if let Some(Commands::Check(_) | Commands::Mark(_) | Commands::Stages(_)) = &arguments.command {
        doctor::prepare_networks();
    }
    // A call that `calls` is blocked in, such as accept, is only interrupted by the end of the process.
    let is_calls = matches!(arguments.command, Some(Commands::Calls(_)));
    let handled = signals::take(is_calls.then_some(common::exit::leave))
        .map_err(|error| format!("can't handle signals: {error}").into());
    match handled {
        Ok(()) => run(arguments.command, network),
        Err(problem) => outcome::exit_code(Err(problem)),
    }
}

fn run(asked: Option<Commands>, network: outcome::Result<Network>) -> ExitCode {
    outcome::exit_code(match asked {
        None => list(),
        Some(Commands::Doctor(_)) => doctor::run(&Screen::of_stdout()),
        Some(Commands::Demo { steps, programs, slow }) => demo(&steps, programs, slow),
        Some(Commands::Check(options)) => command::check::run(&options),
        Some(Commands::Mark(options)) => command::mark::run(&options),
        Some(Commands::Stages(options)) => command::stages::run(&options),
        Some(Commands::Relay(options)) => command::relay::run(&options),
        Some(Commands::Watch(options)) => network.and_then(|network| watch::run(&options, network)),
        Some(Commands::Calls(options)) => Ok(calls::run(&options)),
        Some(Commands::New { step, folder, language }) => new(&step, &folder, &language),
    })
}

fn list() -> outcome::Result {
    listing::list(&mut io::stdout().lock(), &Screen::of_stdout(), &Arguments::command())?;
    Ok(Outcome::Good)
}

fn demo(steps: &[String], programs: Option<PathBuf>, slow: bool) -> outcome::Result {
    let mut scenarios: Vec<&Scenario> =
        steps.iter().filter_map(|step| scenario::find(step)).collect();
    if scenarios.is_empty() {
        scenarios = SCENARIOS.iter().collect();
    }
    if programs.is_none() {
        build::build_programs()?;
    }
    let folder = scenario::programs_in(programs.as_deref(), &scenarios)?;
    let stepper = slow.then(Stepper::begin);
    demo::run(&mut io::stdout().lock(), &Screen::of_stdout(), &scenarios, &folder, stepper)
}

fn new(step: &str, folder: &Path, language: &str) -> outcome::Result {
    let language =
        starter::language(language).ok_or_else(|| format!("no starter in {language}"))?;
    new::make(step, language, Edition::asked_for(), folder)?;
    new::explain(&mut io::stdout().lock(), step, language, folder)?;
    Ok(Outcome::Good)
}
