//! The lines of the protocol, without a network: they are pure functions.

#[path = "../../src/protocol.rs"]
#[allow(dead_code, reason = "a part of it is tested through the program")]
mod lines;

use lines::*;

fn get(offset: u64, sum: bool, name: &str) -> Request {
    Request::Get { offset, sum, name: name.into() }
}

#[test]
fn requests_are_read_as_they_are_written() {
    for request in [get(0, true, "a.txt"), get(7, false, "一/二 三"), Request::List] {
        assert_eq!(parse_request(request.to_string().as_bytes()), Ok(request.clone()));
        assert_eq!(parse_request(format!("{request}\r\n").as_bytes()), Ok(request));
    }
}

#[test]
fn what_is_no_request_is_reported() {
    let wrong: [&[u8]; 12] = [
        b"",
        b"GET",
        b"GET ",
        b"GET 0",
        b"GET 0 ",
        b"GET a.txt",
        b"GET -1 a",
        b"GET +1 a",
        b"GET 99999999999999999999 a",
        b"LIST all",
        b"GET / HTTP/1.1",
        b"GET 0,nosun a",
    ];
    for line in wrong {
        assert!(parse_request(line).unwrap_err().contains("write GET"), "{line:?}");
    }
    assert!(parse_request(b"GET 0 \xff").unwrap_err().contains("UTF-8"));
    assert!(parse_request(b"GET 0 a\0b").unwrap_err().contains("zero byte"));
}

#[test]
fn the_first_bytes_tell_a_tutorials_client() {
    for text in ["", "G", "GET", "L", "LIST", "GET ", "GET 0 a", "LIST\n", "LIST\r\n", "LIST all"] {
        assert!(!is_classic(text.as_bytes()), "{text}");
    }
    for text in ["a.txt", "GE.txt", "GETTING", "LIST.txt", "get 0 a", "\n"] {
        assert!(is_classic(text.as_bytes()), "{text}");
    }
}

#[test]
fn a_request_is_whole_at_its_line_end_or_at_the_end_of_a_name() {
    let name = |name: &str| Some(Ok(Request::Classic(name.into())));
    let long = "x".repeat(LONGEST_LINE);
    let rows = [
        ("", false, None),
        ("GET 0 a", false, None),
        ("GET 0 a", true, Some(Err("the line has no end"))),
        ("GET 0 a\n", false, Some(Ok(get(0, true, "a")))),
        ("LIST\nand more", false, Some(Ok(Request::List))),
        ("a.t", false, None),
        ("a.t", true, name("a.t")),
        ("a.txt\nand more", false, name("a.txt")),
        (&long, false, name(&long)),
    ];
    for (received, is_all, expected) in rows {
        assert_eq!(asked(received.as_bytes(), is_all), expected, "{received}");
    }
    let long = format!("GET 0 {long}");
    let too_long = Some(Err("a line has at most 4096 bytes"));
    assert_eq!(asked(long.as_bytes(), false), too_long);
}

#[test]
fn answers_are_understood() {
    assert_eq!(parse_answer(b"OK 12\r\n"), Some(Answer::Ok(12)));
    for (sum, line) in [(Some(0xbeef), "SUM crc32 0000beef"), (None, "SUM none -")] {
        assert_eq!(Answer::sum(sum).to_string(), line);
        assert_eq!(parse_answer(line.as_bytes()), Some(Answer::sum(sum)));
    }
    let busy = Answer::Err { code: "busy".into(), text: "come back".into() };
    assert_eq!(parse_answer(b"ERR busy come back\n"), Some(busy));
    for line in ["", "OK", "OK x", "OK 1 2", "SUM crc32", "HTTP/1.1 400 Bad Request"] {
        assert_eq!(parse_answer(line.as_bytes()), None, "{line}");
    }
    assert_eq!(parse_entry(b"5 a b\n"), Some((5, "a b".into())));
    assert_eq!(parse_entry(b"5\n"), None);
    assert_eq!(parse_entry(b"x a\n"), None);
}
