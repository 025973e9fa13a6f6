//! The texts of a starter: what is the same for all steps of a language, and for all languages of a step, is written once.
//!
//! `starter/STEP/` has the task and the numbered list with each language's names of the calls; `starter/languages/` has what
//! a program of that language needs around them. Both are read in sections, which begin with a line `== NAME`. The
//! words that the grader's causes use as well, such as `{shutdown-write}`, stand in its `words.txt`.

use std::env::consts::EXE_SUFFIX;
use std::path::{MAIN_SEPARATOR, MAIN_SEPARATOR_STR, Path};

use grader::edition::Edition;
use grader::words;
use ladder::scenario::{self, Scenario};
use testkit::python;
use testkit::shell::quoted;

use crate::chinese;

/// The shape of a step's arguments, and what else its program needs.
struct Step {
    name: &'static str,
    arguments: &'static str,
    port: &'static str,
    prints: bool,
    reads_lines: bool,
    task: &'static str,
    task_in_chinese: &'static str,
    calls: &'static str,
}

macro_rules! step {
    ($name:literal, $arguments:literal, $port:literal, $prints:literal, $reads_lines:literal) => {
        Step {
            name: $name,
            arguments: $arguments,
            port: $port,
            prints: $prints,
            reads_lines: $reads_lines,
            task: include_str!(concat!("../starter/", $name, "/task.md")),
            task_in_chinese: include_str!(concat!("../starter/", $name, "/task.zh-CN.md")),
            calls: include_str!(concat!("../starter/", $name, "/calls.txt")),
        }
    };
}

const STEPS: &[Step] = &[
    step!("udp-send", "words", "8888", false, true),
    step!("udp-recv", "address", "8888", true, false),
    step!("udp-chat", "chat", "8888", true, true),
    step!("tcp-server", "address", "8899", true, false),
    step!("tcp-client", "words", "8899", true, true),
    step!("tcp-duplex", "talk", "8888", true, true),
    step!("file-download", "files", "8080", false, false),
    step!("one-thread", "address", "8899", true, false),
    step!("ask-again", "talk", "8888", true, true),
    step!("http-server", "folder", "8080", false, false),
];

const PRINTS: &str =
    "- What came goes to standard output at once, and nothing else goes there. {flushes streams}\n";
const ALWAYS: &str = "- Status and errors go to standard error. {exit-codes} \
    Exit codes: 0 done, 1 a network or peer error, 2 wrong usage or a port that is taken. {exit-codes}\n";

const PRINTS_IN_CHINESE: &str = "- 收到的内容立刻写到标准输出，标准输出上没有别的东西。\n";
const ALWAYS_IN_CHINESE: &str = "- 状态和错误写到标准错误。\
    退出码：0 表示完成，1 表示网络或对端的错误，2 表示用法错误或端口已被占用。\n";

/// A language, and how its programs are named, built and run.
pub struct Language {
    /// As it is typed.
    pub name: &'static str,
    /// As it is written.
    pub shown: &'static str,
    source: &'static str,
    build: &'static str,
    program: &'static str,
    template: &'static str,
    /// What a comment in a function begins with.
    comment: &'static str,
    /// How many empty lines there are between two functions.
    between: usize,
    others: &'static [(&'static str, &'static str)],
}

/// All languages that there are starters for.
pub const LANGUAGES: &[Language] = &[
    Language {
        name: "rust",
        shown: "Rust",
        source: "src/main.rs",
        build: "cargo build --manifest-path {dir}/Cargo.toml",
        program: "{dir}/target/debug/{step}{exe}",
        template: include_str!("../starter/languages/rust.txt"),
        comment: "    // ",
        between: 1,
        others: &[
            ("Cargo.toml", include_str!("../starter/Cargo.toml.in")),
            (".gitignore", "/target\n"),
        ],
    },
    Language {
        name: "python",
        shown: "Python",
        source: "{step_}.py",
        build: "",
        program: "{python} {dir}/{step_}.py",
        template: include_str!("../starter/languages/python.txt"),
        comment: "    # ",
        between: 2,
        others: &[],
    },
    Language {
        name: "c",
        shown: "C",
        source: "{step_}.c",
        build: "cc -g -Wall -Wextra -pthread -o {dir}/{step}{exe} {dir}/{step_}.c",
        program: "{dir}/{step}{exe}",
        template: include_str!("../starter/languages/c.txt"),
        comment: "    // ",
        between: 1,
        others: &[(".gitignore", "/{step}{exe}\n")],
    },
    Language {
        name: "java",
        shown: "Java",
        source: "{Step}.java",
        build: "javac -encoding UTF-8 -d {dir}/classes {dir}/{Step}.java",
        program: "java -cp {dir}/classes {Step}",
        template: include_str!("../starter/languages/java.txt"),
        comment: "        // ",
        between: 1,
        others: &[(".gitignore", "/classes\n")],
    },
    Language {
        name: "javascript",
        shown: "JavaScript",
        source: "{step}.js",
        build: "",
        program: "node {dir}/{step}.js",
        template: include_str!("../starter/languages/javascript.txt"),
        comment: "  // ",
        between: 1,
        others: &[],
    },
    Language {
        name: "go",
        shown: "Go",
        source: "main.go",
        build: "go build -o {dir}/{step}{exe} {dir}/main.go",
        program: "{dir}/{step}{exe}",
        template: include_str!("../starter/languages/go.txt"),
        comment: "\t// ",
        between: 1,
        others: &[("go.mod", "module {step}\n\ngo 1.18\n"), (".gitignore", "/{step}{exe}\n")],
    },
];

/// The language of this name.
pub fn language(name: &str) -> Option<&'static Language> {
    LANGUAGES.iter().find(|language| language.name == name)
}

/// What the README of a starter says of its step or exercise.
pub struct About {
    /// What it is, in a few words.
    pub title: &'static str,
    /// What is new in it.
    pub teaches: &'static str,
    /// Its lesson's file.
    pub lesson: &'static str,
}

/// What the README of a starter says of this step or exercise.
pub fn about(name: &str) -> About {
    let text = |part| section(find(name).calls, part);
    match scenario::find(name) {
        Some(Scenario { title, teaches, lesson, .. }) => About { title, teaches, lesson },
        None => About { title: text("title"), teaches: text("teaches"), lesson: text("lesson") },
    }
}

/// What a program must do, as the README of a starter and the step's lesson say it.
pub fn must_do(step: &str, edition: Edition) -> String {
    if edition == Edition::Chinese {
        let step = find(step);
        let prints = if step.prints { PRINTS_IN_CHINESE } else { "" };
        return [step.task_in_chinese, prints, ALWAYS_IN_CHINESE].concat();
    }
    let task = promises(step);
    let mut parts = task.split(" {");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('}').map_or(part, |(_, rest)| rest))
}

/// The same with the names of the checks after each sentence: ` {prints flushes}`.
pub fn promises(step: &str) -> String {
    let step = find(step);
    [step.task, if step.prints { PRINTS } else { "" }, ALWAYS].concat()
}

/// What stands before a command in a README.
pub fn says(what: &str, edition: Edition) -> String {
    match edition {
        Edition::English => format!("{what}: "),
        Edition::Chinese => format!("{}：", chinese::sentence(what)),
    }
}

/// A starter for one step in one language.
pub struct Starter {
    step: &'static Step,
    language: &'static Language,
}

impl Starter {
    /// The starter of an existing step.
    pub fn new(step: &str, language: &'static Language) -> Starter {
        Starter { step: find(step), language }
    }

    /// The name of the source file.
    pub fn source(&self) -> String {
        self.named(self.language.source)
    }

    /// The source file, and those that its language needs beside it: each name with its text.
    pub fn files(&self, edition: Edition) -> Vec<(String, String)> {
        let others = self.language.others.iter();
        let others = others.map(|(name, text)| ((*name).to_owned(), self.named(text)));
        let program = match edition {
            Edition::English => self.program_text(),
            Edition::Chinese => chinese::program(&self.program_text()),
        };
        others.chain([(self.source(), program)]).collect()
    }

    /// The commands that build it in this folder, and that start it. The first is empty for a language without a build.
    pub fn commands(&self, folder: &Path) -> (String, String) {
        let in_folder = |command: &str| {
            let folder = folder.display().to_string();
            let folder = folder.trim_end_matches(['/', MAIN_SEPARATOR]);
            let words = command.split(' ').map(|word| self.named(word).replace("{dir}", folder));
            // Windows' `cmd` starts no `a/b.exe`.
            let words = words.map(|word| word.replace('/', MAIN_SEPARATOR_STR));
            words.map(|word| quoted(&word)).collect::<Vec<_>>().join(" ")
        };
        let build = self.language.build;
        let build = if build.is_empty() { String::new() } else { in_folder(build) };
        (build, in_folder(self.language.program))
    }

    /// The command that checks it whenever it has changed.
    pub fn watched(&self, folder: &Path) -> String {
        let (build, program) = self.commands(folder);
        let build = match build.is_empty() {
            true => build,
            false => format!("--build {} ", quoted(&build)),
        };
        format!("cargo course check {} --watch {build}-- {program}", self.step.name)
    }

    /// A list of the ways to run it, as Markdown. The comments are outside of the commands: not every shell knows `#`.
    pub fn runs(&self, program: &str, edition: Edition) -> Vec<String> {
        let ways = section(self.step.calls, "run").lines().filter_map(|line| line.split_once("  "));
        let way = |(arguments, what)| format!("- {}`{program} {arguments}`", says(what, edition));
        ways.map(way).collect()
    }

    fn program_text(&self) -> String {
        let part = |name: &str| {
            section(self.language.template, &format!("{} {name}", self.step.arguments))
        };
        let when = |needed: bool, name| {
            if needed { section(self.language.template, name) } else { "" }
        };
        let mut text = format!("{}\n", section(self.language.template, "all"));
        for name in ["main", "functions", "modules"] {
            text = text.replace(&format!("{{{name}}}"), part(name));
        }
        text = text.replace("{print}", when(self.step.prints, "print"));
        text = text.replace("{lines}", when(self.step.reads_lines, "lines"));
        text = text.replace("{summary}", section(self.step.calls, "summary"));
        for list in ["todo", "serve", "connect", "get"] {
            text = text.replace(&format!("{{{list}}}"), &self.list(list));
        }
        let too_many = "\n".repeat(self.language.between + 2);
        while text.contains(&too_many) {
            text = text.replace(&too_many, &too_many[1..]);
        }
        self.named(&text)
    }

    /// A numbered list as comments: the lines for all languages, and those for this one.
    fn list(&self, name: &str) -> String {
        let mut lines = Vec::new();
        for line in section(self.step.calls, name).lines() {
            let comment = match line.strip_prefix("    ").and_then(|line| line.split_once(": ")) {
                None if line.is_empty() => String::new(),
                None => format!("{}{line}", self.language.comment),
                Some((languages, _)) if !self.is_one_of(languages) => continue,
                Some((_, text)) => format!("{}        {text}", self.language.comment),
            };
            lines.push(words::fill(&comment, words::Language::named(self.language.name)));
        }
        lines.join("\n")
    }

    fn is_one_of(&self, languages: &str) -> bool {
        languages == "all" || languages.split(' ').any(|name| name == self.language.name)
    }

    /// The text with the step's name in it, as the language writes names.
    fn named(&self, text: &str) -> String {
        let step = self.step.name;
        let capitals = capitals(step);
        let is_udp = step.starts_with("udp") || step == "ask-again";
        let module = if is_udp { "dgram" } else { "net" };
        text.replace("{step}", step)
            .replace("{step_}", &step.replace('-', "_"))
            .replace("{Step}", &capitals)
            .replace("{sTep}", &format!("{}{}", &step[..1], &capitals[1..]))
            .replace("{module}", module)
            .replace("{port}", self.step.port)
            .replace("{exe}", EXE_SUFFIX)
            .replace("{python}", python::NAME)
    }
}

/// `udp-send` as `UdpSend`.
fn capitals(step: &str) -> String {
    step.split('-').map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}

/// Every step has a starter: a test checks it.
fn find(name: &str) -> &'static Step {
    STEPS.iter().find(|step| step.name == name).unwrap_or(&STEPS[0])
}

/// The text between the line `== NAME` and the next such line, without empty lines around it.
fn section(text: &'static str, name: &str) -> &'static str {
    let mut parts = text.strip_prefix("== ").unwrap_or(text).split("\n== ");
    let found = parts.find_map(|part| part.strip_prefix(name)?.strip_prefix('\n'));
    found.unwrap_or_default().trim_matches('\n')
}
