//! Does `cargo course watch` show what happened? The real tool with the real programs, in real namespaces.
//!
//! `cargo test -p course --test watch`. What this system can't do is skipped, and said on stderr: namespaces, tshark,
//! tcpdump, another user.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic)] // a test helper may fail like the test itself

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::net::UdpSocket;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use ladder::lessons;
use ladder::scenario::SCENARIOS;
use serde_json::Value;
use testkit::build::built_programs;
use testkit::skip;
use testkit::step::until;

const COURSE: &str = env!("CARGO_BIN_EXE_course");

/// Reports that this test was skipped.
fn skipped(why: &str) {
    skip::skipped(thread::current().name().unwrap_or("a lesson"), why);
}

fn watch(args: &[&str]) -> Output {
    watching(args).output().unwrap()
}

fn watching(args: &[&str]) -> Command {
    let mut course = Command::new(COURSE);
    course.args(["watch", "--programs", built_programs().to_str().unwrap()]).args(args);
    course.env("COLUMNS", "100").env("NO_COLOR", "1");
    course
}

fn text(output: &Output) -> String {
    let [out, err] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    assert!(output.status.success(), "{}\n{out}\n{err}", output.status);
    out.into_owned()
}

/// The ladder of a step as JSON; `None`, and a word about it, where packets can't be captured.
///
/// The programs' sentences are all the same and wrong in it, in debug builds: what these tests look for stands in the
/// records' other fields, so a better sentence breaks no picture.
fn ladder(args: &[&str]) -> Option<Value> {
    ladder_of(watching(&[&["--format", "json"], args].concat()).env("SOCKET_STEPS_GARBLE", "1"))
}

fn ladder_of(course: &mut Command) -> Option<Value> {
    let ladder: Value = serde_json::from_str(&text(&course.output().unwrap())).unwrap();
    if let Some(why) = ladder["without_packets"].as_str() {
        skipped(&format!("no packets on this system: {why}"));
        return None;
    }
    assert_eq!(ladder["lost"], 0);
    Some(ladder)
}

fn rows(ladder: &Value) -> &Vec<Value> {
    ladder["rows"].as_array().unwrap()
}

fn is(row: &Value, key: &str, value: &str) -> bool {
    row[key].as_str() == Some(value)
}

/// The place of the first row from `from` on that is so.
fn place(rows: &[Value], from: usize, so: impl Fn(&Value) -> bool) -> usize {
    let found = rows.iter().skip(from).position(so).map(|place| place + from);
    found.unwrap_or_else(|| panic!("nothing like that from row {from} on: {rows:#?}"))
}

#[test]
fn the_handshake_lies_between_connect_and_accepts_return() {
    let Some(ladder) = ladder(&["tcp-server"]) else { return };
    let rows = rows(&ladder);
    let connect = place(rows, 0, |row| is(row, "call", "connect"));
    let syn = place(rows, connect, |row| is(row, "head", "SYN"));
    let syn_ack = place(rows, syn, |row| is(row, "head", "SYN+ACK"));
    let ack = place(rows, syn_ack, |row| is(row, "head", "ACK"));
    let caller = &ladder["connections"][0]["caller"];
    let accepted = place(rows, ack, |row| is(row, "row", "return") && row["peer"] == *caller);
    assert_eq!(rows[syn]["caller_state"], "SYN_SENT");
    assert_eq!(rows[syn_ack]["waiting_state"], "SYN_RECV");
    assert_eq!(rows[ack]["waiting_state"], "ESTABLISHED");
    let phases: Vec<_> = rows.iter().filter(|row| is(row, "row", "phase")).collect();
    assert_eq!(phases[0]["phase"], "handshake");
    let shutdown = place(rows, accepted, |row| is(row, "call", "shutdown"));
    let fin = place(rows, shutdown, |row| is(row, "head", "FIN+ACK"));
    let close = place(rows, shutdown, |row| is(row, "call", "close"));
    place(rows, close, |row| is(row, "head", "FIN+ACK") && is(row, "side", "waiting"));
    assert!(rows.iter().skip(fin).any(|row| row["caller_state"] == "TIME_WAIT"));
    assert!(rows[..fin].iter().all(|row| !is(row, "head", "FIN+ACK")), "no FIN before a close");
}

/// For each step: no recv has returned more than the packets above it had brought, and each send stands above its packet.
#[test]
fn a_recvs_return_never_stands_above_its_packet() {
    for scenario in SCENARIOS {
        let started = Instant::now();
        let Some(ladder) = ladder(&[scenario.step]) else { return };
        // On a quiet computer each takes less than a second; this one may be busy.
        assert!(started.elapsed() < Duration::from_secs(10), "{}", scenario.step);
        let (mut brought, mut returned, mut sends, mut sent) =
            (HashMap::new(), HashMap::new(), HashMap::new(), HashMap::new());
        for row in rows(&ladder) {
            let side = row["side"].as_str().unwrap_or_default().to_owned();
            let other = if side == "caller" { "waiting" } else { "caller" };
            let bytes = row["bytes"].as_u64().unwrap_or(0);
            if is(row, "row", "packet") && !is(row, "protocol", "icmp") {
                *brought.entry(other.to_owned()).or_insert(0) += row["length"].as_u64().unwrap();
                *sent.entry(side.clone()).or_insert(0) += row["length"].as_u64().unwrap();
            } else if is(row, "row", "return") {
                *returned.entry(side.clone()).or_insert(0) += bytes;
            } else if is(row, "call", "send") || is(row, "call", "sendto") {
                *sends.entry(side.clone()).or_insert(0) += bytes;
            }
            let [returned, brought] =
                [&returned, &brought].map(|all| *all.get(&side).unwrap_or(&0));
            assert!(returned <= brought, "{}: {row:#}", scenario.step);
            let [sent, sends] = [&sent, &sends].map(|all| *all.get(&side).unwrap_or(&0));
            // file-download records a request without its length.
            assert!(
                sent <= sends || scenario.step == "file-download",
                "{}: {row:#}",
                scenario.step
            );
        }
    }
}

/// What the rows of a ladder show besides times and sentences; bare ACKs come as the kernels like.
fn facts(ladder: &Value) -> BTreeSet<String> {
    let shown = rows(ladder).iter().filter(|row| !is(row, "row", "note"));
    let shown = shown.filter(|row| !(is(row, "head", "ACK") && row["length"] == 0));
    let keys = ["row", "side", "step", "call", "bytes", "head", "length", "payload", "phase"];
    shown.map(|row| keys.map(|key| row[key].to_string()).join(" ")).collect()
}

fn sentences(ladder: &Value) -> BTreeSet<&str> {
    let calls =
        rows(ladder).iter().filter(|row| is(row, "row", "call") || is(row, "row", "return"));
    calls.filter_map(|row| row["text"].as_str()).collect()
}

/// The same runs, once with the programs' sentences and once with wrong ones.
#[test]
fn a_better_sentence_breaks_no_picture() {
    for name in ["udp-chat", "tcp-server", "truncated"] {
        let Some(garbled) = ladder(&[name]) else { return };
        let Some(plain) = ladder_of(&mut watching(&["--format", "json", name])) else { return };
        assert_eq!(facts(&plain), facts(&garbled), "{name}");
        assert!(sentences(&plain).len() > 5, "{name}");
        assert!(cfg!(not(debug_assertions)) || sentences(&garbled).len() == 1, "{name}");
    }
}

#[test]
fn udp_has_no_handshake() {
    let Some(ladder) = ladder(&["udp-send"]) else { return };
    let packets: Vec<_> = rows(&ladder).iter().filter(|row| is(row, "row", "packet")).collect();
    assert_eq!(packets.len(), 4);
    assert!(packets.iter().all(|packet| packet["protocol"] == "udp"));
    assert_eq!(packets[0]["payload"], "\"你好\"");
    assert_eq!(packets[0]["length"], 6);
}

/// What each lesson is about: notes of its ladder.
const ABOUT: &[(&str, &[&str])] = &[
    ("handshake", &["before accept was called", "sent again, 1.0 s", "nobody listens"]),
    ("close", &["closed with 3 segments", "closed with 4 segments", "half-closed", "RST, no FIN"]),
    ("stream", &["one recv, 3 segments", "one send, 5 segments", "left 1904"]),
    ("half-open", &["lost: a filter", "1.0 s later: no ACK", "half-open", "handshake is complete"]),
    (
        "window",
        &["a window of 0", "window probe after", "open again: 8192 bytes", "one send, 2 segments"],
    ),
    ("partial", &["took 4096 of 10000 bytes", "this send took nothing", "open again"]),
    ("loss", &["recvfrom returned 2 of them", "sent again", "lost: a filter"]),
    (
        "reorder",
        &[
            "a duplicate ACK: 4 to 6 are missing, 7 to 1454 are here (SACK)",
            "duplicate ACK number 3",
            "fast retransmission",
            "the gap is filled",
        ],
    ),
    ("truncated", &["15 bytes came, recvfrom's buffer took 8"]),
];

/// Each lesson shows what it is about. Most of the time they wait, so they are played side by side.
#[test]
fn the_lessons_show_what_they_are_about() {
    if skip::under_qemu("losing packets", "a socket's filter can't be removed (SO_DETACH_FILTER)") {
        return;
    }
    assert_eq!(ABOUT.len(), lessons::LESSONS.len());
    thread::scope(|scope| {
        for (lesson, notes) in ABOUT {
            scope.spawn(|| shows(lesson, notes));
        }
    });
}

fn shows(lesson: &str, notes: &[&str]) {
    // On a busy computer a side may be too late with its close; the ladder then says so, and is right.
    const TRIES: usize = 4;
    for attempt in 1..=TRIES {
        let Some(ladder) = ladder(&[lesson]) else { return };
        let notes_of_it = rows(&ladder).iter().filter(|row| is(row, "row", "note"));
        let printed: Vec<_> = notes_of_it.filter_map(|row| row["text"].as_str()).collect();
        let missing = notes.iter().find(|note| !printed.iter().any(|text| text.contains(**note)));
        match missing {
            None => return has_its_shape(lesson, rows(&ladder)),
            Some(note) => assert!(attempt < TRIES, "{lesson}: {note} is not in {printed:#?}"),
        }
    }
}

/// What stands between the notes: who knows of what, and in which order.
fn has_its_shape(lesson: &str, rows: &[Value]) {
    let packet = |from, side: &str, so: &dyn Fn(&Value) -> bool| {
        place(rows, from, |row| is(row, "row", "packet") && is(row, "side", side) && so(row))
    };
    match lesson {
        "half-open" => {
            let lost = packet(0, "caller", &|row| row["lost"] == true);
            let again = packet(lost, "waiting", &|row| is(row, "head", "SYN+ACK"));
            let complete = place(rows, 0, |row| is(row, "waiting_state", "ESTABLISHED"));
            assert!(complete > again && rows[complete]["length"] == 6, "{rows:#?}");
            let accepted = place(rows, complete, |row| is(row, "call", "accept"));
            assert!(!rows[accepted..].iter().any(|row| row["lost"] == true), "{rows:#?}");
        }
        "window" => {
            let closed = packet(0, "waiting", &|row| row["window"] == 0);
            let next = &rows[closed]["ack"];
            let blocked = place(rows, closed, |row| is(row, "call", "send"));
            let probe = packet(blocked, "caller", &|row| row["length"] == 0);
            assert_eq!(rows[probe]["seq"].as_u64().unwrap() + 1, next.as_u64().unwrap());
            let recv = place(rows, probe, |row| is(row, "call", "recv"));
            let open = packet(recv, "waiting", &|row| row["window"] != 0 && row["ack"] == *next);
            let data = packet(open, "caller", &|row| row["seq"] == *next);
            place(rows, data, |row| is(row, "row", "return") && row["bytes"] == 8192);
        }
        "reorder" => {
            let lost = packet(0, "caller", &|row| row["lost"] == true);
            let duplicates = rows.iter().filter(|row| {
                row["ack"] == rows[lost]["seq"]
                    && row["sack"].as_array().is_some_and(|it| !it.is_empty())
            });
            assert_eq!(duplicates.count(), 3);
            let again = packet(lost + 1, "caller", &|row| row["seq"] == rows[lost]["seq"]);
            assert_eq!(rows[again]["lost"], false);
            packet(again, "waiting", &|row| row["ack"] == 4351);
        }
        _ => {}
    }
}

fn has(program: &str) -> bool {
    let there = Command::new(program).arg("--version").output().is_ok();
    if !there {
        skipped(&format!("{program} is not installed"));
    }
    there
}

/// What tshark reads in a file, packet by packet: addresses, flags, numbers, length, window, selective acknowledgments.
fn tshark(pcap: &Path) -> Vec<String> {
    let fields = [
        "tcp.srcport",
        "tcp.dstport",
        "tcp.flags",
        "tcp.seq",
        "tcp.ack",
        "tcp.len",
        "tcp.window_size",
        "tcp.options.sack_le",
        "tcp.options.sack_re",
    ];
    let mut tshark = Command::new("tshark");
    tshark.arg("-r").arg(pcap).args(["-o", "tcp.relative_sequence_numbers:true", "-T", "fields"]);
    for field in fields {
        tshark.args(["-e", field]);
    }
    let output = tshark.output().unwrap();
    text(&output).lines().map(str::to_owned).collect()
}

/// The same of our ladder.
fn like_tshark(row: &Value) -> String {
    let port = |key: &str| row[key].as_str().unwrap().rsplit(':').next().unwrap().to_owned();
    let bits = [("FIN", 1), ("SYN", 2), ("RST", 4), ("PSH", 8), ("ACK", 16), ("URG", 32)];
    let flags = row["flags"].as_array().unwrap();
    let set = bits.iter().filter(|(name, _)| flags.iter().any(|flag| flag == name));
    let flags: u32 = set.map(|(_, bit)| bit).sum();
    let number = |key: &str| row[key].as_u64().unwrap_or(0); // a reset has no window
    let sack = |edge: usize| {
        let blocks = row["sack"].as_array().unwrap().iter();
        blocks.map(|block| block[edge].to_string()).collect::<Vec<_>>().join(",")
    };
    let numbers = ["seq", "ack", "length", "window"].map(|key| number(key).to_string()).join("\t");
    let (from, to) = (port("from"), port("to"));
    format!("{from}\t{to}\t0x{flags:04x}\t{numbers}\t{}\t{}", sack(0), sack(1))
}

#[test]
fn tshark_reads_the_same() {
    if !has("tshark") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for step in ["tcp-server", "tcp-duplex", "close", "stream", "partial", "reorder"] {
        let file = folder.path().join("packets.pcap");
        let Some(ladder) = ladder(&[step, "--pcap", file.to_str().unwrap()]) else { return };
        let ours: Vec<_> =
            rows(&ladder).iter().filter(|row| is(row, "row", "packet")).map(like_tshark).collect();
        assert_eq!(ours, tshark(&file), "{step}");
    }
}

/// tcpdump, in the same namespace, at the same time. It waits for the first packet until tcpdump is there.
#[test]
fn tcpdump_sees_the_same_packets() {
    if !has("tcpdump") || !has("tshark") || ladder(&["udp-send"]).is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (ours, theirs) = (folder.path().join("ours.pcap"), folder.path().join("theirs.pcap"));
    let script = r#"
        tcpdump -q -i lo -U --immediate-mode -w "$1" tcp 2>"$1.said" & tcpdump=$!
        until grep -q listening "$1.said"; do kill -0 $tcpdump || exit; sleep 0.05; done
        "$0" calls listen:127.0.0.1:8899 accept recv send:answer close </dev/null 2>"$1.server" & server=$!
        until grep -q "listening on" "$1.server"; do kill -0 $server || exit; sleep 0.05; done
        "$0" calls connect:127.0.0.1:8899 send:question recv close </dev/null
        wait $server; sleep 0.5; kill $tcpdump; wait"#;
    let [ours_shown, theirs_shown] = [&ours, &theirs].map(|path| path.to_str().unwrap());
    let args = ["--pcap", ours_shown, "--", "bash", "-c", script, COURSE, theirs_shown];
    if ladder(&args).is_none() {
        return;
    }
    let (ours, theirs) = (tshark(&ours), tshark(&theirs));
    assert!(ours.len() >= 9, "{ours:?}");
    assert_eq!(ours, theirs);
}

/// UDP has no connection: no call may say that one was closed.
#[test]
fn an_empty_datagram_closes_nothing() {
    let mut calls = Command::new(COURSE);
    calls.args(["calls", "udp:127.0.0.77:20077", "sendto:127.0.0.77:20077=", "recvfrom", "close"]);
    let output = calls.stdin(Stdio::null()).output().unwrap();
    let printed = String::from_utf8_lossy(&output.stderr);
    assert!(printed.contains("sent 0 bytes: an empty datagram\n"), "{printed}");
    assert!(printed.contains("4. close    the socket\n"), "{printed}");
}

/// Somebody without any rights has those that a lost packet of TCP takes.
#[test]
fn another_user_needs_no_rights() {
    if !nix::unistd::Uid::current().is_root() {
        return; // all other tests are that test
    }
    if !has("setpriv") {
        return;
    }
    let mut nobody = Command::new("setpriv");
    nobody.args(["--reuid", "65534", "--regid", "65534", "--clear-groups"]);
    nobody.args([COURSE, "watch", "loss"]);
    nobody.arg("--programs").arg(built_programs()).current_dir("/").env("COLUMNS", "100");
    let output = nobody.output().unwrap();
    if String::from_utf8_lossy(&output.stderr).contains("Permission denied") {
        return skipped(&format!("another user can't read {COURSE}"));
    }
    let shown = text(&output);
    if shown.contains("needs a network of its own") {
        return skipped("this system gives a user no namespaces");
    }
    assert!(
        shown.contains("recvfrom returned 2 of them") && shown.contains("sent again"),
        "{shown}"
    );
}

/// A command in the namespace is still its user, and may do there what it likes with the network.
#[test]
fn a_command_has_the_rights_and_stays_its_user() {
    let script = "id -u; grep -E 'CapEff' /proc/self/status";
    if ladder(&["udp-send"]).is_none() {
        return;
    }
    let shown = text(&watch_command(&["sh", "-c", script]));
    // The command's lines and the ladder's head come in any order.
    let user = nix::unistd::Uid::current().to_string();
    assert!(shown.lines().any(|line| line == user), "{shown}");
    let rights = shown.lines().find_map(|line| line.strip_prefix("CapEff:")).unwrap().trim();
    let rights = u64::from_str_radix(rights, 16).unwrap();
    assert_eq!(rights & 0x3000, 0x3000, "CAP_NET_ADMIN and CAP_NET_RAW: {shown}");
}

fn watch_command(command: &[&str]) -> Output {
    Command::new(COURSE).args(["watch", "--"]).args(command).output().unwrap()
}

/// Runs `course watch` where no namespace can be made. `None`: that can't be had here.
fn without_namespaces(args: &[&str]) -> Option<String> {
    if skip::under_qemu("without namespaces", "they fail for another reason, a thread of its own") {
        return None;
    }
    let possible = Command::new("unshare").args(["-Ur", "true"]).output();
    if !possible.is_ok_and(|output| output.status.success()) {
        skipped("unshare -Ur does not work here");
        return None;
    }
    let script = "echo 0 >/proc/sys/user/max_user_namespaces && \
        echo 0 >/proc/sys/user/max_net_namespaces && exec \"$0\" watch \"$@\"";
    let mut limited = Command::new("unshare");
    limited.args(["-Ur", "sh", "-c", script, COURSE]).args(args);
    limited.arg("--programs").arg(built_programs()).env("COLUMNS", "100");
    Some(text(&limited.output().unwrap()))
}

/// Without namespaces: a sentence, the calls, the stored ladder, and no error.
#[test]
fn where_it_cant_it_says_why() {
    let Some(shown) = without_namespaces(&["tcp-client"]) else { return };
    let (calls, stored) = shown.split_once("This is the ladder of another run").unwrap();
    assert!(calls.contains("2. connect") && !calls.contains("SYN_SENT"), "{calls}");
    assert!(calls.contains("No packets could be captured: unshare: No space left"), "{calls}");
    assert!(stored.contains("[SYN_SENT] | -- SYN seq 0 -"), "{stored}");
}

/// Losing packets of TCP takes rights that a user has in a namespace only.
#[test]
fn what_cant_be_played_is_shown_as_stored() {
    let Some(shown) = without_namespaces(&["loss"]) else { return };
    assert!(
        shown.starts_with("loss needs a network of its own: unshare: No space left"),
        "{shown}"
    );
    assert!(
        shown.contains("recvfrom returned 2 of them") && shown.contains("sent again"),
        "{shown}"
    );
}

/// Not a test of its own: what the next one has watched, in a process of its own.
#[test]
fn ten_thousand_datagrams() {
    if std::env::var_os("WATCH_BLAST").is_none() {
        return;
    }
    let receiver = UdpSocket::bind("127.0.0.1:7000").unwrap();
    let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
    for number in 0..10_000_u32 {
        sender.send_to(&number.to_be_bytes(), receiver.local_addr().unwrap()).unwrap();
    }
}

#[test]
fn ten_thousand_packets_are_shown_or_counted() {
    let own = std::env::current_exe().unwrap();
    let mut course = Command::new(COURSE);
    course.args(["watch", "--format", "json", "--"]).arg(own);
    course.args(["ten_thousand_datagrams", "--exact"]).env("WATCH_BLAST", "1");
    let output = text(&course.output().unwrap());
    let json = &output[output.find("{\n").unwrap()..]; // before it stands what the command printed
    let ladder: Value = serde_json::from_str(json).unwrap();
    if let Some(why) = ladder["without_packets"].as_str() {
        skipped(&format!("no packets on this system: {why}"));
        return;
    }
    let (shown, lost) = (ladder["packets"].as_u64().unwrap(), ladder["lost"].as_u64().unwrap());
    assert_eq!(shown + lost, 10_000);
    assert!(lost < 100, "{lost} of 10000 were lost");
}

/// How many processes have this in a file of their folder in /proc.
fn processes_with(file: &str, text: &str) -> usize {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let holds = |path: std::path::PathBuf| {
        fs::read(path).is_ok_and(|it| String::from_utf8_lossy(&it).contains(text))
    };
    processes.filter(|process| holds(process.path().join(file))).count()
}

/// Ctrl-C ends a command that never ends, shows what was seen, and leaves nothing running.
#[test]
fn ctrl_c_shows_what_was_seen() {
    let seconds = (1_000_000 + std::process::id()).to_string(); // as no other test sleeps
    let sleeps = || processes_with("cmdline", &format!("sleep\0{seconds}\0"));
    let script = format!("sleep {seconds} & sleep {seconds}");
    let args = ["watch", "--", "sh", "-c", &script];
    let mut course = testkit::Launch::new(COURSE).args(&args).start().unwrap();
    until("both are asleep", || sleeps() == 2);
    course.interrupt();
    if course.stderr_text().contains("no packets can be captured") {
        skipped("no packets on this system; the rest is looked at");
    } else {
        course.expect_stdout("* packets; none was lost while capturing.").unwrap();
    }
    course.expect_exit(130).unwrap();
    assert_eq!(sleeps(), 0);
}

/// Ctrl-C in the middle of a scenario: what was seen is shown, and nothing is typed any more.
#[test]
fn ctrl_c_ends_a_scenario() {
    let mut args = vec!["watch", "handshake", "--programs"];
    args.push(built_programs().to_str().unwrap());
    let mark = std::process::id().to_string();
    let launch = testkit::Launch::new(COURSE).args(&args).env("COLUMNS", "200");
    let mut course = launch.env("NO_COLOR", "1").env("CTRL_C_ENDS", &mark).start().unwrap();
    let mark = format!("CTRL_C_ENDS={mark}\0");
    // The tool, a supervisor, and its program.
    until("the first program runs", || processes_with("environ", &mark) > 2);
    thread::sleep(Duration::from_millis(500)); // the second client's SYN comes again after a second
    course.interrupt();
    course.expect_exit(130).unwrap();
    let shown = course.stdout_text();
    // Where no packets can be captured, a stored ladder follows.
    let own = shown.split("This is the ladder of another run").next().unwrap();
    let (_, after) = own.split_once("ends with signal 9").unwrap();
    // An arrow may follow: `--> |` is the packet of a connection that was closed with its program.
    assert!(!after.contains(" > ") && !after.contains(" ^ "), "{shown}");
}

/// A command keeps its exit code, and what it leaves running has time to say good-bye.
#[test]
fn what_a_command_leaves_running_ends_politely() {
    let folder = tempfile::tempdir().unwrap();
    let ready = folder.path().join("ready");
    let left = "trap \"echo ended\" TERM; : >\"$0\"; while :; do sleep 0.05; done";
    let script =
        format!("sh -c '{left}' \"$0\" & until [ -e \"$0\" ]; do sleep 0.05; done; exit 3");
    let output = watch_command(&["sh", "-c", &script, ready.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stdout).contains("ended\n"), "{output:?}");
}

#[test]
fn wrong_usage_is_reported() {
    let nothing: &[&str] = &[];
    for (args, message) in [
        (nothing, "nothing to watch"),
        (&["no-such-step"], "invalid value"),
        (&["--port", "0"], "invalid value"),
        (&["--", "/no/such/program"], "/no/such/program: "),
    ] {
        let output = Command::new(COURSE).arg("watch").args(args).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        let printed = String::from_utf8_lossy(&output.stderr);
        assert!(printed.contains(message), "{args:?}: {printed}");
    }
}

/// What is the same in each run: the calls of both sides and the packets that are no mere ACKs; no times, no ports.
fn stable(ladder: &str) -> BTreeSet<String> {
    let mut stable = BTreeSet::new();
    for line in ladder.lines() {
        let cells: Vec<&str> = line.splitn(3, '|').collect();
        let [left, middle, right] = cells[..] else { continue };
        let left = left.get(8..).unwrap_or_default(); // without the time
        for cell in [left, right] {
            let words: Vec<&str> = cell.split_whitespace().take(3).collect();
            let call = words.iter().position(|word| {
                word.ends_with('.') && word.starts_with(|c: char| c.is_ascii_digit())
            });
            stable.extend(call.map(|at| words[at..].join(" ")).filter(|call| call.contains(' ')));
        }
        let arrow = middle.trim();
        let bare = arrow.contains("- ACK ") && !arrow.contains("byte");
        if (arrow.starts_with("--") || arrow.starts_with("<--")) && !bare && !arrow.contains("ICMP")
        {
            stable.insert(
                arrow.replace('-', " ").split_whitespace().take(5).collect::<Vec<_>>().join(" "),
            );
        }
    }
    stable
}

/// The pictures in the docs show what the programs do today; `scripts/pictures` remakes them.
#[test]
fn the_stored_pictures_are_still_true() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/pictures");
    let fresh = tempfile::tempdir().unwrap();
    for name in lessons::names() {
        let svg = fresh.path().join("fresh.svg");
        let shown = text(&watch(&[name, "--svg", svg.to_str().unwrap()]));
        if shown.contains("No packets could be captured") {
            skipped("no packets on this system");
            return;
        }
        let stored = fs::read_to_string(folder.join(format!("{name}.txt"))).unwrap();
        assert_eq!(
            stable(&stored),
            stable(&shown),
            "{name}: run scripts/pictures, and look at the lesson"
        );
        let [stored, fresh] =
            [folder.join(format!("{name}.svg")), svg].map(|path| fs::read_to_string(path).unwrap());
        for picture in [&stored, &fresh] {
            assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>\n"), "{name}");
            assert!(
                !picture.contains("href") && picture.contains("prefers-color-scheme: dark"),
                "{name}"
            );
        }
        let arrows = |picture: &str| picture.matches("<polygon ").count();
        let (stored, fresh) = (arrows(&stored), arrows(&fresh));
        assert!(stored.abs_diff(fresh) * 4 <= stored + 4, "{name}: {stored} arrows, now {fresh}");
    }
}
