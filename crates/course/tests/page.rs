//! Does the page say what happened? Its data is held against tshark, against `ss`, and against the text of the same run.
//!
//! `cargo test -p course --test page`. What this system can't do is skipped, and said on stderr: namespaces, tshark, ss.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic)] // a test helper may fail like the test itself

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;

use ladder::{lessons, page};
use serde_json::Value;
use testkit::build::built_programs;
use testkit::skip;

const COURSE: &str = env!("CARGO_BIN_EXE_course");

/// Reports that this test was skipped.
fn skipped(why: &str) {
    skip::skipped(thread::current().name().unwrap_or_default(), why);
}

/// A run that was watched.
struct Watched {
    /// What the page shows.
    scenario: Value,
    /// All of its data.
    data: Value,
    /// What was printed.
    text: String,
}

/// Watches something; `None`, and a word about it, where packets can't be captured.
fn watch(folder: &Path, args: &[&str]) -> Option<Watched> {
    let html = folder.join("page.html");
    let mut course = Command::new(COURSE);
    course.args(["watch", "--programs", built_programs().to_str().unwrap()]);
    course.arg("--html").arg(&html).args(args).env("COLUMNS", "300").env("NO_COLOR", "1");
    let output = course.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let data = page::data_of(&fs::read_to_string(html).unwrap()).unwrap();
    let scenario = data["scenarios"][0].clone();
    if let Some(why) = scenario["without_packets"].as_str() {
        skipped(&format!("no packets on this system: {why}"));
        return None;
    }
    let text = String::from_utf8(output.stdout).unwrap();
    Some(Watched { scenario, data, text })
}

fn has(program: &str, option: &str) -> bool {
    let there = Command::new(program).arg(option).output().is_ok();
    if !there {
        skipped(&format!("{program} is not installed"));
    }
    there
}

fn rows(scenario: &Value) -> &Vec<Value> {
    scenario["rows"].as_array().unwrap()
}

/// A field of a packet as tshark reads it, in PDML.
#[derive(Debug, Default)]
struct Read {
    show: String,
    value: String,
}

/// What tshark reads in a file: of each packet its fields, by name and first byte.
fn tshark(pcap: &Path) -> Vec<BTreeMap<(String, u64), Read>> {
    let mut tshark = Command::new("tshark");
    tshark.arg("-r").arg(pcap).args(["-T", "pdml", "-o", "tcp.relative_sequence_numbers:true"]);
    let output = tshark.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let mut packets: Vec<BTreeMap<(String, u64), Read>> = Vec::new();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let part = |name: &str| {
            let (_, rest) = line.split_once(&format!(" {name}=\""))?;
            Some(rest.split('"').next()?.to_owned())
        };
        match line.trim() {
            "<packet>" => packets.push(BTreeMap::new()),
            field if field.starts_with("<field ") => {
                let place = part("name").zip(part("pos").and_then(|pos| pos.parse().ok()));
                let [show, value] = ["show", "value"].map(|name| part(name).unwrap_or_default());
                let (Some(place), Some(fields)) = (place, packets.last_mut()) else { continue };
                fields.entry(place).or_insert(Read { show, value });
            }
            _ => {}
        }
    }
    packets
}

/// The bits of a packet as a number, from the data alone: as the page does it.
fn bits(hex: &str, first: u64, count: u64) -> u64 {
    (first..first + count.min(64)).fold(0, |value, bit| {
        let place = usize::try_from(bit / 4).unwrap();
        let digit = u64::from_str_radix(&hex[place..=place], 16).unwrap();
        value << 1 | digit >> (3 - bit % 4) & 1
    })
}

/// Compares one packet with what tshark read, field by field; returns the names of the fields.
fn compare(data: &Value, packet: &Value, read: &BTreeMap<(String, u64), Read>) -> BTreeSet<String> {
    let hex = packet["hex"].as_str().unwrap();
    let layout = &data["layouts"][usize::try_from(packet["layout"].as_u64().unwrap()).unwrap()];
    let (mut next, mut seen) = (0, BTreeSet::new());
    for field in layout.as_array().unwrap() {
        let [field, bit, count] = [0, 1, 2].map(|part| field[part].as_u64().unwrap());
        assert_eq!(bit, next, "a hole in {layout}");
        next = bit + count;
        let id = data["fields"][usize::try_from(field).unwrap()]["id"].as_str().unwrap();
        let value = bits(hex, bit, count);
        // Wireshark's flags have the reserved bits in them.
        let place = if id == "tcp.flags" { bit / 8 - 1 } else { bit / 8 };
        let read = read.get(&(id.to_owned(), place));
        let Read { show, value: digits } = read.unwrap_or_else(|| panic!("{id} at {place}"));
        let theirs = || u64::from_str_radix(digits, 16).unwrap();
        match id {
            "ip.version" | "ipv6.version" => assert_eq!(*show, value.to_string(), "{id}"),
            "ip.hdr_len" | "tcp.hdr_len" => assert_eq!(*show, (value * 4).to_string(), "{id}"),
            "tcp.flags" => assert_eq!(theirs() & 0xff, value, "{id}"),
            _ if bit % 8 + count % 8 > 0 => assert_eq!(theirs(), value, "{id}"),
            _ => {
                let [from, end] = [bit, next].map(|bit| usize::try_from(bit / 4).unwrap());
                assert_eq!(digits, &hex[from..end], "{id}");
            }
        }
        seen.insert(id.to_owned());
    }
    seen
}

/// The numbers of a packet that no header has: relative ones, a window that was scaled.
fn compare_numbers(packet: &Value, read: &BTreeMap<(String, u64), Read>) {
    for (ours, theirs) in [
        ("seq", "tcp.seq"),
        ("ack", "tcp.ack"),
        ("length", "tcp.len"),
        ("scaled", "tcp.window_size"),
        ("window", "tcp.window_size_value"),
    ] {
        if packet["protocol"] != "tcp" || packet.get(ours).is_none() {
            continue;
        }
        let found = read.iter().find(|((name, _), _)| name == theirs).unwrap();
        assert_eq!(packet[ours].to_string(), found.1.show, "{theirs}: {packet}");
    }
}

#[test]
fn the_page_says_what_tshark_reads() {
    if !has("tshark", "--version") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let pcap = folder.path().join("packets.pcap");
    let mut seen = BTreeSet::new();
    let unanswered = "course calls udp:127.0.0.1:7001 sendto:127.0.0.1:7002=x </dev/null; \
        course calls udp:[::1]:7001 sendto:[::1]:7002=x </dev/null; \
        course calls connect:[::1]:7003 </dev/null; true";
    let unanswered = unanswered.replace("course", &format!("'{COURSE}'"));
    let runs: [&[&str]; 4] =
        [&["tcp-client"], &["udp-recv"], &["stream"], &["--", "sh", "-c", &unanswered]];
    for run in runs {
        let pcap_first = ["--pcap", pcap.to_str().unwrap()];
        let Some(watched) = watch(folder.path(), &[&pcap_first, run].concat()) else { return };
        let read = tshark(&pcap);
        let packets: Vec<_> =
            rows(&watched.scenario).iter().filter_map(|row| row.get("packet")).collect();
        assert_eq!(packets.len(), read.len(), "{run:?}");
        assert!(packets.len() >= 4, "{run:?}: {}", watched.text);
        for (packet, read) in packets.iter().zip(&read) {
            seen.extend(compare(&watched.data, packet, read));
            if run[0] != "--" {
                compare_numbers(packet, read);
            }
        }
    }
    for id in
        ["ip.ttl", "tcp.options.mss_val", "udp.length", "icmp.type", "icmpv6.code", "ipv6.flow"]
    {
        assert!(seen.contains(id), "{id} was not compared: {seen:?}");
    }
}

/// What the text ladder has on a line for a row of the data.
fn words(scenario: &Value, row: &Value) -> Vec<String> {
    let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
    let time = format!("{:.2}", row["at"].as_f64().unwrap() / 1e6);
    let Some(packet) = row.get("packet") else {
        let call = row.get("call").map(|_| format!("{}. {}", text("number"), text("call")));
        // The rest of a long sentence is on the next lines.
        let begins: String = text("text").chars().take(40).collect();
        return [Some(time), call, Some(begins.trim().to_owned())].into_iter().flatten().collect();
    };
    let number = |key: &str| packet.get(key).map(|number| format!("{key} {number}"));
    let mut words = vec![time, packet["head"].as_str().unwrap().to_owned()];
    words.extend(number("seq"));
    words.extend(number("ack"));
    for change in row["now"].as_array().into_iter().flatten() {
        let socket = &scenario["sockets"][usize::try_from(change[0].as_u64().unwrap()).unwrap()];
        let state = change[1]["state"].as_str().filter(|_| socket.get("connection").is_some());
        words.extend(state.map(|state| format!("[{state}]")));
    }
    words
}

/// The times on the lines of a text ladder.
fn times(text: &str) -> Vec<&str> {
    let lines = text.lines().filter(|line| line.contains(" | ") || line.ends_with(" |"));
    let words = lines.filter_map(|line| line.split_whitespace().next());
    words.filter(|word| word.contains('.') && word.parse::<f64>().is_ok()).collect()
}

/// `docs/ladders.html` has the runs of `docs/pictures`, in the form that pages have today.
#[test]
fn the_stored_page_is_up_to_date() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let stored = fs::read_to_string(docs.join("ladders.html")).unwrap();
    let data = page::data_of(&stored).unwrap();
    let fresh = page::page(&data);
    if stored != fresh && std::env::var_os("UPDATE").is_some() {
        fs::write(docs.join("ladders.html"), &fresh).unwrap();
    } else {
        let remedy = "UPDATE=1 cargo test -p course --test page";
        assert!(
            stored == fresh,
            "docs/ladders.html has another form; bring it up to date: {remedy}"
        );
    }
    assert!(fresh.len() <= 700_000, "{} bytes", fresh.len());
    let empty = page::data(&[]);
    for key in ["fields", "states", "transitions"] {
        assert_eq!(data[key], empty[key], "run scripts/pictures");
    }
    let scenarios = data["scenarios"].as_array().unwrap();
    let ids: BTreeSet<&str> = scenarios.iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids, lessons::names().into_iter().collect(), "run scripts/pictures");
    for scenario in scenarios {
        let id = scenario["id"].as_str().unwrap();
        let text = fs::read_to_string(docs.join(format!("pictures/{id}.txt"))).unwrap();
        let timed = rows(scenario)
            .iter()
            .filter(|row| !matches!(row["kind"].as_str(), Some("phase" | "note")));
        let ours: Vec<String> =
            timed.map(|row| format!("{:.2}", row["at"].as_f64().unwrap() / 1e6)).collect();
        assert_eq!(
            ours,
            times(&text),
            "{id}: another run than the picture's; run scripts/pictures"
        );
    }
}

#[test]
fn the_page_says_what_the_text_says() {
    let folder = tempfile::tempdir().unwrap();
    for step in ["tcp-server", "close", "udp-chat"] {
        let Some(watched) = watch(folder.path(), &[step]) else { return };
        let lines = watched.text.lines().filter(|line| {
            let time = line.split_whitespace().next().unwrap_or_default();
            time.parse::<f64>().is_ok() && line.contains(" | ")
        });
        let timed: Vec<_> = rows(&watched.scenario)
            .iter()
            .filter(|row| row["kind"] != "phase" && row["kind"] != "note")
            .collect();
        let lines: Vec<_> = lines.collect();
        assert_eq!(lines.len(), timed.len(), "{step}: {}", watched.text);
        for (line, row) in lines.iter().zip(timed) {
            for word in words(&watched.scenario, row) {
                assert!(line.contains(&word), "{step}: {word} is not in {line}: {row}");
            }
        }
        let marks = watched.text.lines().filter(|line| line.trim_start().starts_with("* ")).count();
        let notes = rows(&watched.scenario).iter().filter(|row| row["kind"] == "note").count();
        assert_eq!(marks, notes, "{step}");
    }
}

/// The lines of `ss -tan` after a row, from the data: state, Recv-Q, Send-Q, local and peer address. What is unknown is `?`.
fn ss_lines(watched: &Watched, until: usize) -> BTreeSet<Vec<String>> {
    let mut now: HashMap<u64, BTreeMap<String, Value>> = HashMap::new();
    for row in &rows(&watched.scenario)[..until] {
        for change in row["now"].as_array().into_iter().flatten() {
            let socket = now.entry(change[0].as_u64().unwrap()).or_default();
            for (key, value) in change[1].as_object().unwrap() {
                socket.insert(key.clone(), value.clone());
            }
        }
    }
    let states = watched.data["states"].as_array().unwrap();
    let line = |(index, now): (&u64, &BTreeMap<String, Value>)| {
        let socket = &watched.scenario["sockets"][usize::try_from(*index).unwrap()];
        let state = states.iter().find(|state| state["name"] == now["state"])?;
        let known = |key: &str| now.get(key).filter(|value| !value.is_null());
        let number = |key: &str| known(key).map_or("?".to_owned(), Value::to_string);
        let peer = socket["peer"].as_str().unwrap_or("0.0.0.0:*");
        let [ss, local] = [&state["ss"], &socket["local"]].map(|text| text.as_str().unwrap());
        let shown = state["name"] != "CLOSED";
        shown.then(|| {
            vec![ss.into(), number("recv_q"), number("send_q"), local.to_owned(), peer.to_owned()]
        })
    };
    now.iter().filter(|(_, now)| now.contains_key("state")).filter_map(line).collect()
}

/// Two programs and, at four moments, the real `ss` in the same network. Before and after it a datagram socket is opened:
/// what lies between these in the ladder is the moment that it saw.
const LOOKS: &str = r#"
    look() { "$0" calls udp:127.0.0.1:700$1 </dev/null; ss -tanH >"$2/$1"; "$0" calls udp:127.0.0.1:701$1 </dev/null; }
    "$0" calls listen:127.0.0.1:8899 wait:700 accept recv:4 wait:2500 recv recv close wait:900 close:listener </dev/null &
    sleep 0.3
    "$0" calls connect:127.0.0.1:8899 send:hello wait:1700 shutdown recv close </dev/null &
    sleep 0.2; look 1 "$1"
    sleep 0.6; look 2 "$1"
    sleep 0.9; look 3 "$1"
    sleep 1.4; look 4 "$1"
    wait"#;

#[test]
fn the_page_says_what_ss_prints() {
    if !has("ss", "-V") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let args = ["--", "bash", "-c", LOOKS, COURSE, folder.path().to_str().unwrap()];
    let Some(watched) = watch(folder.path(), &args) else { return };
    let mut compared = 0;
    for look in 1..=4 {
        let mark = |mark: &str| {
            let is_mark = |row: &Value| row["text"].as_str().unwrap_or_default().starts_with(mark);
            rows(&watched.scenario).iter().position(is_mark).unwrap()
        };
        let (before, after) =
            (mark(&format!("127.0.0.1:700{look}")), mark(&format!("127.0.0.1:701{look}")));
        let between = &rows(&watched.scenario)[before..after];
        if between.iter().any(|row| row.get("now").is_some()) {
            continue; // on a busy computer something happened while ss was looking
        }
        compared += 1;
        let theirs = fs::read_to_string(folder.path().join(look.to_string())).unwrap();
        compare_lines(&ss_lines(&watched, before), &theirs);
    }
    assert!(compared > 0, "this computer is too busy to look at a quiet moment");
}

/// The backlog of a listening socket is unknown; all else must be known, and the same.
fn compare_lines(ours: &BTreeSet<Vec<String>>, theirs: &str) {
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect();
    let real: Vec<Vec<String>> = theirs.lines().map(words).collect();
    assert_eq!(ours.len(), real.len(), "{ours:#?} {theirs}");
    for line in ours {
        let is_same = |real: &Vec<String>| {
            line.iter().zip(real).all(|(ours, theirs)| ours == theirs || ours == "?")
        };
        assert!(real.iter().any(is_same), "{line:?} is not in {theirs}");
        assert!(line[0] == "LISTEN" || !line.contains(&"?".to_owned()), "{line:?}");
    }
}

/// tcp-duplex talks to one peer: its listening socket is closed as soon as that one is there.
#[test]
fn who_talks_to_one_peer_listens_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let Some(watched) = watch(folder.path(), &["tcp-duplex"]) else { return };
    let until = |text: &str| {
        let rows = rows(&watched.scenario);
        rows.iter().position(|row| row["text"] == text && row["kind"] == "phase").unwrap()
    };
    let listens = |until| ss_lines(&watched, until).iter().any(|line| line[0] == "LISTEN");
    assert!(listens(until("handshake")) && !listens(until("data")), "{}", watched.text);
}
