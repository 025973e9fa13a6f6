//! Linux: Landlock, which needs no rights and no namespaces (landlock(7), Linux 5.13); setrlimit(2); capabilities(7).

use std::ffi::OsString;
use std::path::Path;

use landlock::{
    ABI, Access, AccessFs, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetError, RulesetStatus,
    Scope, path_beneath_rules,
};
use nix::sys::resource::{Resource, rlim_t, setrlimit};
use rustix::thread::{CapabilitySet, remove_capability_from_bounding_set};

/// No file may be larger.
const FILE: rlim_t = 64 << 20;

/// Seconds of a processor for one process: more than any check, and any build, takes.
const PROCESSOR: rlim_t = 300;

/// How much the grader, and whoever works at this computer, comes before the program.
const NICE: i32 = 5;

/// A new build may have replaced the file of the executable.
pub fn tool() -> OsString {
    "/proc/self/exe".into()
}

/// Gives up what a student's program is not to have, but for writing elsewhere.
pub fn restrict() {
    // What has a lower limit already keeps that.
    let _ = setrlimit(Resource::RLIMIT_FSIZE, FILE, FILE);
    let _ = setrlimit(Resource::RLIMIT_CPU, PROCESSOR, PROCESSOR);
    let _ = setrlimit(Resource::RLIMIT_CORE, 0, 0);
    let _ = rustix::process::nice(NICE);
    // Of root's rights nothing is left, except that root's files are its own. Nobody else has any to lose.
    for right in CapabilitySet::all().iter() {
        let _ = remove_capability_from_bounding_set(right);
    }
}

/// From now on this thread, and what it starts, reads everything, writes in this folder, and sends signals only to what it
/// has started itself. The error is why it is not so.
pub fn only_write_in(folder: &Path) -> Result<(), String> {
    match landlock(folder) {
        Ok(RulesetStatus::NotEnforced) => {
            Err("this kernel has no Landlock, or it is switched off".to_owned())
        }
        Ok(_) => Ok(()),
        Err(error) => Err(error.to_string()),
    }
}

/// What an older kernel doesn't know is left out.
fn landlock(folder: &Path) -> Result<RulesetStatus, RulesetError> {
    const KNOWN: ABI = ABI::V6;
    let (all, read) = (AccessFs::from_all(KNOWN), AccessFs::from_read(KNOWN));
    let rules = Ruleset::default().handle_access(all)?.scope(Scope::from_all(KNOWN))?.create()?;
    let rules = rules
        .add_rules(path_beneath_rules(["/"], read))?
        .add_rules(path_beneath_rules([folder, Path::new("/dev/null")], all))?;
    Ok(rules.restrict_self()?.ruleset)
}
