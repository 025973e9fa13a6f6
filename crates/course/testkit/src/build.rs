//! Builds the programs of the steps, and their stages, when the tool runs through cargo, so that one command is enough on a
//! fresh clone.

use std::env;
use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use common::here::cargo;

use crate::find::programs_folder;
use crate::running;
use crate::screen::report;

/// Builds the programs of the steps.
pub fn build_programs() -> Result<(), String> {
    // The tool itself is left out: it is running, and Windows doesn't let a running program be replaced.
    build(&["--workspace", "--exclude", "course", "--bins"])
}

/// For tests: the folder with the programs of the steps, which are built when they are missing or old.
pub fn built_programs() -> &'static Path {
    static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
        build_programs().unwrap_or_else(|why| report(&why)); // a test that needs them fails, and says so
        programs_folder()
    });
    &FOLDER
}

/// Builds the stages of these steps.
pub fn build_stages(steps: &[&str]) -> Result<(), String> {
    let packages = steps.iter().flat_map(|step| ["--package", step]);
    build(&packages.chain(["--examples"]).collect::<Vec<_>>())
}

/// Builds into the folder where the tool itself lies. Does nothing when the tool isn't run through cargo, or was built on
/// another system, whose cargo isn't here.
fn build(what: &[&str]) -> Result<(), String> {
    let Some(cargo) = cargo().filter(|cargo| Path::new(cargo).is_file()) else { return Ok(()) };
    if env::var_os("SOCKET_STEPS_PROGRAMS").is_some() {
        return Ok(()); // they were built for another system
    }
    let mut command = Command::new(cargo);
    command.arg("build").args(what).args(options_for(&programs_folder()));
    if let Some(package) = env::var_os("CARGO_MANIFEST_DIR") {
        command.current_dir(package);
    }
    let streams = |command: &mut Command| {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    };
    let mut cargo = running::spawn(&mut command, streams)
        .map_err(|error| format!("can't run cargo: {error}"))?;
    if let Some(progress) = cargo.child.stderr.take() {
        show(BufReader::new(progress));
    }
    match cargo.wait().0 {
        Ok(status) if status.success() => Ok(()),
        _ => Err("the programs of the steps could not be built; cargo says above why".to_owned()),
    }
}

/// The options with which cargo builds into this folder: `target/debug`, or `target/x86_64-unknown-linux-gnu/debug` where a
/// target is chosen in the environment or in cargo's configuration.
fn options_for(folder: &Path) -> Vec<OsString> {
    let profile = folder.file_name().filter(|name| *name != "debug").unwrap_or("dev".as_ref());
    let mut options = vec!["--profile".into(), profile.into()];
    let Some(mut target) = folder.parent() else { return options };
    // Cargo keeps this file in the outermost folder only.
    let is_outermost = |folder: &Path| folder.join(".rustc_info.json").is_file();
    if let (Some(outer), Some(triple)) = (target.parent(), target.file_name())
        && !is_outermost(target)
        && is_outermost(outer)
    {
        options.extend(["--target".into(), triple.into()]);
        target = outer;
    }
    options.extend(["--target-dir".into(), target.into()]);
    options
}

/// Shows what cargo does and what it complains about, but prints nothing when everything was built already.
fn show(progress: impl BufRead) {
    for line in progress.lines().map_while(Result::ok) {
        if !line.trim_start().starts_with("Finished ") {
            report(&line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_built_where_the_tool_lies() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(".rustc_info.json"), "{}").unwrap();
        let root = folder.path().to_str().unwrap();
        for (tool, options) in [
            ("debug", &["--profile", "dev"][..]),
            ("release", &["--profile", "release"]),
            ("some-triple/debug", &["--profile", "dev", "--target", "some-triple"]),
        ] {
            let expected = [options, &["--target-dir", root]].concat();
            assert_eq!(options_for(&folder.path().join(tool)), expected, "{tool}");
        }
    }
}
