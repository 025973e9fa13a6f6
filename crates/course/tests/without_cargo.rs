//! The tool as the archive of `scripts/dist` has it: the programs in one folder, a book beside them, and no cargo.

use std::fs;
use std::path::Path;
use std::process::Command;

use testkit::build::built_programs;
use testkit::find::{program_in, programs_folder};
use testkit::python;

/// What a command prints, on both streams, when it runs in this folder.
fn printed(program: &Path, folder: &Path, args: &[&str]) -> String {
    let mut command = Command::new(program);
    command.args(args).current_dir(folder).env_remove("CARGO").env("COLUMNS", "200");
    let output = command.output().expect("the program starts");
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
}

#[test]
fn the_archives_texts_name_commands_and_pages_that_are_there() {
    built_programs();
    let place = tempfile::tempdir().unwrap();
    // Of a temporary folder macOS has two names; Windows would begin the second one with `\\?\`.
    let real =
        if cfg!(windows) { place.path().into() } else { place.path().canonicalize().unwrap() };
    let archive = real.join("U 盘");
    let work = place.path().join("作业 1");
    fs::create_dir_all(archive.join("book")).unwrap();
    fs::create_dir(&work).unwrap();
    for program in ["course", "udp-send", "udp-recv"] {
        fs::copy(program_in(&programs_folder(), program), program_in(&archive, program)).unwrap();
    }
    let course = program_in(&archive, "course");
    let new = format!("course check udp-send -- {}", python::NAME);
    for (args, expected) in [
        (&[][..], "$ udp-send 127.0.0.1:8888 你好"),
        (&["--help"], "Usage: course [COMMAND]"),
        (&["check", "--help"], "course check tcp-server -- python3 my_server.py"),
        (&["check", "udp-send", "--only", "text", "--hint", "--hint"], "course check udp-send"),
        (&["check", "udp-recv", "--only", "nosuch"], "`course check udp-recv --list` shows them"),
        (&["check", "udp-send", "--stage", "smallest_sender"], "there is no cargo here"),
        (&["stages"], "course stages STEP grades"),
        (&["calls", "nosuch"], "see course calls --help"),
        (&["demo", "tcp-server"], "tcp-client"),
        (&["demo", "udp-send"], "$ udp-send 127.0.0.1"),
        (&["new", "udp-send", "mine", "--language", "python"], &new),
    ] {
        let text = printed(&course, &work, args);
        assert!(text.contains(expected), "{args:?}: {text}");
        assert!(!text.contains("cargo course") && !text.contains("cargo udp"), "{args:?}: {text}");
        assert!(!text.contains("docs/lessons"), "{args:?}: {text}");
    }
    let readme = fs::read_to_string(work.join("mine/README.md")).unwrap();
    let page = archive.join("book").join("lessons").join("01-udp-send.html");
    assert!(readme.contains(&page.display().to_string()), "{readme}");
    assert!(!readme.contains("cargo course"), "{readme}");
    let list = printed(&course, &archive, &[]);
    assert!(
        list.contains(&format!("   {}", Path::new("book").join("lessons").display())),
        "{list}"
    );
}
