//! The programs that HTTP was made for: curl and a browser.

use std::time::Duration;

use testkit::program::Launch;
use testkit::submission::on_search_path;

use super::super::hint::hints;
use super::super::story::Story;
use super::super::table::{Check, extra};
use super::super::trouble::{CheckResult, Mismatch};
use super::client::{put, start};

/// The checks.
#[rustfmt::skip] // a table is read line by line
pub const CHECKS: &[Check] = &[
    extra("curl", curl, &["keep-alive", "head", "range"], "curl gets two files on one connection, the head of one, and a part"),
    extra("browser", browser, &["type", "two-clients"], "a browser shows a page whose words come from a script"),
];

hints! {
    "Build it yourself" {
        CURL => ("What does the same command with -v show?",
            "curl is strict about the lines of an answer and their ends",
            "type the command of this story with -v, and look at the lines with < before them"),
        BROWSER => ("Which requests does a browser send for one page?",
            "a browser asks for the page, and then for each file that the page names, on several connections",
            "answer each of them, with its Content-Type, and 404 for what isn't there, such as /favicon.ico"),
    }
}

/// How long one of these programs may take: a browser starts slowly.
const LONGEST: Duration = Duration::from_secs(30);

/// The names under which the browser that can print a page without a window is installed.
const BROWSERS: &[&str] = &["chromium", "chromium-browser", "google-chrome"];

/// Runs it to its end; it must succeed. Returns what it printed.
fn run(story: &mut Story, name: &str, args: &[&str]) -> CheckResult<String> {
    let command = format!("{name} {}", args.join(" "));
    let folder = story.own_folder()?;
    let launch = Launch::new(name).args(args).current_dir(folder).no_input().deadline(LONGEST);
    let mut program = launch.start().map_err(|failure| {
        story.trouble(command.clone(), Mismatch::words("it runs", failure.state), &CURL)
    })?;
    match program.expect_exit(0) {
        Ok(()) => {
            story.saw(command);
            Ok(program.stdout_text())
        }
        Err(_) => {
            let came = match program.ended() {
                Some(exit) => format!("{exit}\n{}", program.stderr_text().trim_end()),
                None => format!("after {} s it is still running", LONGEST.as_secs()),
            };
            Err(story.trouble(command, Mismatch::words("exit code 0", came), &CURL))
        }
    }
}

fn curl(story: &mut Story) -> CheckResult {
    if on_search_path(&"curl".into()).is_none() {
        return story.lacks("curl is not installed");
    }
    let (one, two) = (story.text("hello"), story.text("second"));
    let folder = start(story, "one.txt", one.as_bytes())?;
    put(story, &folder, "two.txt", two.as_bytes())?;
    let site = format!("http://{}", story.address());
    let (first, second) = (format!("{site}/one.txt"), format!("{site}/two.txt"));
    let always = ["-sS", "--noproxy", "*", "--max-time", "10"];

    let opened = "%{num_connects} ";
    let args = ["--fail", "-w", opened, "-o", "one", "-o", "two", &first, &second];
    let came = run(story, "curl", &[&always[..], &args].concat())?;
    let what = "curl used its first connection again for the second file";
    story.expect(what, came == "1 0 ", &format!("new connections for each file: {came}"), &CURL)?;

    let came = run(story, "curl", &[&always[..], &["-I", &first]].concat())?;
    let length = format!("content-length: {}", one.len());
    let what = "the head says the file's length";
    story.expect(what, came.to_ascii_lowercase().contains(&length), &came, &CURL)?;

    let came = run(story, "curl", &[&always[..], &["-r", "2-5", &first]].concat())?;
    story.expect("the part is bytes 2 to 5", came == one[2..=5], &came, &CURL)
}

fn browser(story: &mut Story) -> CheckResult {
    let is_there = |name: &&&str| on_search_path(&(**name).into()).is_some();
    let Some(name) = BROWSERS.iter().find(is_there) else {
        return story.lacks("no Chromium is installed");
    };
    let words = story.text("你好");
    let page =
        "<!DOCTYPE html>\n<title>你好</title>\n<p id=words></p>\n<script src=words.js></script>\n";
    let folder = start(story, "page.html", page.as_bytes())?;
    let script = format!("document.getElementById('words').textContent = '{words}';\n");
    put(story, &folder, "words.js", script.as_bytes())?;
    let profile = format!("--user-data-dir={}", story.own_folder()?.join("browser").display());
    let url = format!("http://{}/page.html", story.address());
    // It is asked to do nothing else, and shows no page but this one: so it needs no sandbox, which root can't have.
    let quiet = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"];
    let offline =
        ["--disable-background-networking", "--disable-component-update", "--disable-sync"];
    let args = ["--no-proxy-server", &profile, "--dump-dom", &url];
    let came = run(story, name, &[&quiet[..], &offline, &args].concat())?;
    story.expect(&format!("the page shows \"{words}\""), came.contains(&words), &came, &BROWSER)
}
