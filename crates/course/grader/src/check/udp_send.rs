//! The checks of step 1: the grader is the receiver, and looks at each datagram byte for byte.

use super::hint::hints;
use super::peer::Talker;
use super::promises::{self, NO_ADDRESS, refuses};
use super::story::Story;
use super::table::{Check, Step, core, extra};
use super::trouble::CheckResult;

/// The step and its checks.
pub const STEP: Step = Step {
    name: "udp-send",
    started_as: "PROGRAM ADDRESS [MESSAGE]...",
    lesson: "docs/lessons/01-udp-send.md",
    checks: &[CHECKS],
    hints: &[HINTS, promises::HINTS],
};

#[rustfmt::skip] // a table is read line by line
const CHECKS: &[Check] = &[
    core("one-datagram", one_datagram, &[], "a message is one datagram of exactly these bytes, without a line end"),
    core("words-joined", words_joined, &["one-datagram"], "several words are one datagram, joined by a space"),
    core("utf-8", utf_8, &["one-datagram"], "Chinese characters and an emoji go out as UTF-8"),
    core("lines", lines, &[], "without a message each line typed is a datagram, sent at once"),
    core("line-ends", line_ends, &["lines"], "the datagram of a line does not hold its line end"),
    core("ends-at-88", ends_at_88, &["lines"], "the line 88 is sent and ends the program; 880 does not"),
    core("end-of-input", end_of_input, &["lines"], "the end of the input ends the program, and sends nothing"),
    extra("exit-codes", exit_codes, &["one-datagram"], "exit code 2 for an address that is none, and the reason on standard error"),
    extra("wait", wait, &["one-datagram"], "--wait SECONDS prints the answer"),
    extra("unanswered", unanswered, &["one-datagram"], "--wait without an answer ends with an exit code that is not 0"),
    extra("bind", bind, &["one-datagram"], "--bind ADDRESS sends from that address"),
    extra("gbk", gbk, &["one-datagram"], "--encoding gbk sends GBK"),
];

hints! {
    "2. sendto: one call, one datagram" {
        EXACTLY => ("How often does your program call {sendto} for one message, and with which bytes?",
            "one message is one datagram, and a datagram is what one {sendto} got: not a byte more and not a byte less",
            "call {sendto} once, with the address from the first argument and the text as UTF-8, without a line end (\\n)"),
        JOINED => ("How many arguments does the program get when the message has several words?",
            "all words after ADDRESS are one message",
            "join them with a space, and call {sendto} once"),
        OPTION => ("Which of its arguments does your program send, and which of them are an option and its value?",
            "an option and its value are no part of the message",
            "take both out of the arguments, before the words are joined"),
        AS_GBK => ("Which call makes bytes of the text, and where does it learn the encoding from?",
            "--encoding gbk is no part of the message: it asks for the text in GBK, where each Chinese character has 2 bytes",
            "take both words out of the arguments, and encode the text as the option says"),
        LINE_END => ("What is the last character of a line that was just read?",
            "a line that was read has its line end at the end, and the key Enter is no part of the message",
            "{cut-line-end} before the line is sent"),
    }
    "In stages" {
        LINES => ("When there is no MESSAGE: what does your program read, and when does it send it?",
            "without MESSAGE the program reads lines from standard input, and sends each one to ADDRESS as a datagram of its own",
            "call {sendto} as soon as a line has been typed"),
        ENDS => ("Is the line that ends the program sent too, and is it compared with its line end or without?",
            "the line `88` is sent like any other, and then the program ends; 880 is another line",
            "send the line first, then compare it without its line end, and as a whole"),
    }
    "3. close: give it back" {
        GOES_ON => ("Which lines of your program still run when the message has been sent?",
            "the message has come, but the program does not end as it should: with words after ADDRESS there is nothing to read, and \
                nothing to wait for",
            "read lines only when there is no MESSAGE; otherwise end after {sendto}, with exit code 0"),
        END_OF_INPUT => ("How does your program notice that the input has ended, and what does it read then?",
            "when the input ends there is nothing left to send; an empty read is not an empty line",
            "leave the loop, close the socket and end"),
    }
    "2b. recvfrom: an answer, perhaps" {
        ANSWER => ("On which socket can the answer arrive, and how long does the program wait for it?",
            "the answer comes to the socket that has sent, and it may never come",
            "with --wait receive on that socket ({recvfrom}), with a timeout, and print the answer; without one, end with an exit code \
                that is not 0"),
    }
    "1b. bind: usually not for a sender" {
        BIND => ("Who has chosen the port that this datagram comes from?",
            "the system has chosen the port, because the program did not",
            "with --bind give that address to {udp-bind}, before the first {sendto}"),
    }
}

/// Starts the program with the receiver's address and these words after it.
fn start(story: &mut Story, words: &[&str]) -> CheckResult<Talker> {
    let receiver = Talker::open("the receiver")?;
    let address = receiver.own.to_string();
    story.start_one_shot(&[&[address.as_str()], words].concat())?;
    Ok(receiver)
}

fn one_datagram(story: &mut Story) -> CheckResult {
    let text = story.text("hello");
    let receiver = start(story, &[&text])?;
    receiver.expect(story, text.as_bytes(), &EXACTLY)?;
    story.expect_end(&GOES_ON)?;
    receiver.expect_nothing(story, &EXACTLY)
}

fn words_joined(story: &mut Story) -> CheckResult {
    let text = story.text("you have read");
    let words: Vec<&str> = text.split(' ').collect();
    let receiver = start(story, &words)?;
    receiver.expect(story, text.as_bytes(), &JOINED)?;
    story.expect_end(&GOES_ON)?;
    receiver.expect_nothing(story, &JOINED)
}

fn utf_8(story: &mut Story) -> CheckResult {
    let text = story.text("你吃了吗😀");
    let receiver = start(story, &[&text])?;
    receiver.expect(story, text.as_bytes(), &EXACTLY)?;
    story.expect_end(&GOES_ON)
}

fn lines(story: &mut Story) -> CheckResult {
    let receiver = start(story, &[])?;
    for words in ["第一行", "the second line", "第三行"] {
        let text = story.text(words);
        story.type_line(&text);
        receiver.expect_text(story, &text, &LINES)?;
    }
    Ok(())
}

fn line_ends(story: &mut Story) -> CheckResult {
    let text = story.text("a line");
    let receiver = start(story, &[])?;
    story.type_line(&text);
    receiver.expect(story, text.as_bytes(), &LINE_END).map(drop)
}

fn ends_at_88(story: &mut Story) -> CheckResult {
    let receiver = start(story, &[])?;
    for text in ["880", "ok 88", "88"] {
        story.type_line(text);
        receiver.expect_text(story, text, &ENDS)?;
    }
    let ended = story.expect_end(&ENDS);
    story.unless_it_goes_on(ended, &ENDS, |story| {
        let text = story.text("one more");
        story.type_line(&text);
        receiver.expect_text(story, &text, &LINES).map(drop)
    })?;
    receiver.expect_nothing(story, &ENDS)
}

fn end_of_input(story: &mut Story) -> CheckResult {
    let text = story.text("the only line");
    let receiver = start(story, &[])?;
    story.type_line(&text);
    receiver.expect_text(story, &text, &LINES)?;
    story.end_input();
    story.expect_end(&END_OF_INPUT)?;
    receiver.expect_nothing(story, &END_OF_INPUT)
}

fn exit_codes(story: &mut Story) -> CheckResult {
    refuses(story, &[NO_ADDRESS, "hello"])
}

fn wait(story: &mut Story) -> CheckResult {
    let (question, answer) = (story.text("在吗"), story.text("在"));
    let receiver = start(story, &[&question, "--wait", "3"])?;
    let sender = receiver.expect(story, question.as_bytes(), &OPTION)?;
    receiver.send_to(story, sender, answer.as_bytes());
    story.expect_printed(&answer, &ANSWER)?;
    story.expect_end(&ANSWER)
}

fn unanswered(story: &mut Story) -> CheckResult {
    let question = story.text("在吗");
    let receiver = start(story, &[&question, "--wait", "0.2"])?;
    receiver.expect(story, question.as_bytes(), &OPTION)?;
    story.expect_failure(&ANSWER)
}

fn bind(story: &mut Story) -> CheckResult {
    let text = story.text("from my own port");
    let own = story.choose_port()?;
    let receiver = start(story, &[&text, "--bind", &own.to_string()])?;
    let from = receiver.expect(story, text.as_bytes(), &OPTION)?;
    story.expect_address("the datagram's sender", own, from, &BIND)
}

fn gbk(story: &mut Story) -> CheckResult {
    let receiver = start(story, &["你吃了吗", "--encoding", "gbk"])?;
    receiver.expect(story, b"\xc4\xe3\xb3\xd4\xc1\xcb\xc2\xf0", &AS_GBK)?;
    story.expect_end(&GOES_ON)
}
