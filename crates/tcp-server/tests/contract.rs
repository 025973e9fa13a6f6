//! Does step 4 keep its promises? Commands, addresses, exit codes, and what goes to which stream.
#![allow(clippy::unwrap_used)] // a test helper may fail like the test itself

use std::io::Write;
use std::net::TcpStream;

use testkit::peer::{call, expect_bytes, expect_rest, expect_silence, listener, send_all};
use testkit::program::Result;
use testkit::skip::ipv6;
use testkit::step::waiting;
use testkit::{Launch, Program, step};

fn server(args: &[&str]) -> (Program, String) {
    waiting("tcp-server", &[&["127.0.0.1:0"], args].concat())
}

fn refused(args: &[&str], code: i32) -> String {
    step::refused("tcp-server", args, code)
}

#[test]
fn results_go_to_stdout_and_all_else_to_stderr() -> Result<()> {
    let (mut server, address) = server(&[]);
    let client = call(&address);
    let name = client.local_addr().unwrap();
    server.expect_stderr(&format!("[{name}] connected"))?;
    send_all(&client, "hello\n".as_bytes());
    server.expect_stderr(&format!("[{name}] closed the connection (recv returned 0 bytes)"))?;
    expect_rest(&client, b"");
    server.expect_stdout(&format!("[{name}] 6 bytes: hello"))?;
    server.interrupt();
    let exit = server.wait()?;
    assert!(!cfg!(unix) || exit.code() == Some(130), "{exit}");
    assert_eq!(server.stdout_text(), format!("[{name}] 6 bytes: hello\n"));
    Ok(())
}

#[test]
fn listening_on_loopback_says_who_can_connect() -> Result<()> {
    let (mut server, _) = server(&[]);
    server.expect_stderr("  only this computer can reach it; 0.0.0.0:* opens it to the LAN")?;
    server.expect_stderr("  press Ctrl-C to stop")?;
    let (mut open, address) = waiting("tcp-server", &["0.0.0.0:0"]);
    let port = address.strip_prefix("0.0.0.0:").unwrap();
    call(&format!("127.0.0.1:{port}"));
    open.expect_stderr("[127.0.0.1:*] connected")?;
    Ok(())
}

#[test]
fn help_shows_the_contract() -> Result<()> {
    let mut help = Program::step("tcp-server", &["--help"])?;
    help.expect_exit(0)?;
    let text = help.stdout_text();
    let promises = ["--encoding", "--explain", "--once", "--greet", "--reply", "--echo"];
    for promise in promises.iter().chain(&["[default: 127.0.0.1:8899]", "[default: utf-8]"]) {
        assert!(text.contains(promise), "{promise}: {text}");
    }
    for option in ["--backlog <N>", "--max-clients <N>"] {
        let default = if option.starts_with("--b") { "[default: 128]" } else { "[default: 4096]" };
        let line = text.lines().skip_while(|line| !line.contains(option));
        let about: String = line.take(3).collect();
        assert!(about.contains(default), "{option} {default}: {text}");
    }
    let mut version = Program::step("tcp-server", &["--version"])?;
    version.expect_exit(0)?;
    assert!(version.stdout_text().starts_with("tcp-server "), "{}", version.stdout_text());
    Ok(())
}

#[test]
fn without_an_address_it_is_port_8899_of_loopback() -> Result<()> {
    // The port may be taken on this computer: the address is named either way.
    let mut server = Launch::step("tcp-server").no_input().start()?;
    server.expect_stderr("*127.0.0.1:8899*")?;
    Ok(())
}

#[test]
fn all_forms_of_an_address_are_understood() -> Result<()> {
    for form in ["127.0.0.1:0", ":0", "0", "localhost:0"] {
        let (_server, address) = waiting("tcp-server", &[form, "--echo"]);
        assert!(address.starts_with("127.0.0.1:"), "{form}: {address}");
        assert!(!address.ends_with(":0"), "{form}: {address}");
        let client = call(&address);
        send_all(&client, b"x");
        expect_rest(&client, b"x");
    }
    Ok(())
}

#[test]
fn ipv6_and_both_families_at_once() -> Result<()> {
    if !ipv6("tcp-server on [::1] and [::]") {
        return Ok(());
    }
    let (mut server, address) = waiting("tcp-server", &["[::1]:0", "--echo"]);
    assert!(address.starts_with("[::1]:"), "{address}");
    let client = call(&address);
    send_all(&client, b"six");
    server.expect_stdout("[[::1]:*] 3 bytes: six")?;
    expect_rest(&client, b"six");

    let (mut both, address) = waiting("tcp-server", &["[::]:0", "--echo"]);
    let port = address.strip_prefix("[::]:").unwrap().to_owned();
    for (host, shown) in
        [("[::1]", "[[::1]:*] 1 bytes: x"), ("127.0.0.1", "[127.0.0.1:*] 1 bytes: x")]
    {
        let client = call(&format!("{host}:{port}"));
        send_all(&client, b"x");
        both.expect_stdout(shown)?;
        expect_rest(&client, b"x");
    }
    Ok(())
}

#[test]
fn once_serves_one_client_and_ends() -> Result<()> {
    let (mut server, address) = server(&["--once"]);
    let client = call(&address);
    server.expect_stderr("serving one client; others wait in the queue (backlog 128)")?;
    send_all(&client, b"only me");
    server.expect_exit(0)?;
    assert!(server.stdout_text().ends_with("7 bytes: only me\n"), "{}", server.stdout_text());
    TcpStream::connect(&address).expect_err("the listening socket is closed");
    Ok(())
}

#[test]
fn a_greeting_comes_first_and_only_a_speaker_ends_its_half() -> Result<()> {
    let (mut speaker, address) = server(&["--once", "--greet", "欢迎", "--encoding", "gbk"]);
    let client = call(&address);
    expect_rest(&client, &[0xbb, 0xb6, 0xd3, 0xad]); // and the end, though the client sends nothing
    assert_eq!(speaker.ended(), None, "it waits for the client's end");
    send_all(&client, b"thanks");
    speaker.expect_stdout("[*] 6 bytes: thanks")?;
    speaker.expect_exit(0)?;

    // With more to say, or for many clients, the stream stays open.
    for more in [&["--once", "--echo"][..], &["--once", "--reply", "R"], &[]] {
        let (_server, address) = server(&[&["--greet", "hi"], more].concat());
        let client = call(&address);
        expect_bytes(&client, b"hi");
        expect_silence(&client);
    }
    Ok(())
}

#[test]
fn a_reply_follows_each_recv() -> Result<()> {
    let (mut server, address) = server(&["--reply", "收到", "--encoding", "gbk", "--once"]);
    let mut client = call(&address);
    for word in ["one", "two"] {
        client.write_all(word.as_bytes()).unwrap();
        expect_bytes(&client, &[0xca, 0xd5, 0xb5, 0xbd]);
    }
    send_all(&client, b"");
    expect_rest(&client, b"");
    server.expect_exit(0)?;
    let printed: Vec<String> =
        server.stdout_text().lines().map(|line| line.split_once("] ").unwrap().1.into()).collect();
    assert_eq!(printed, ["3 bytes: one", "3 bytes: two"]);
    Ok(())
}

#[test]
fn an_echo_returns_the_very_bytes() -> Result<()> {
    let (mut server, address) = server(&["--once", "--echo"]);
    let mut client = call(&address);
    let bytes: Vec<u8> = (0..=255).collect();
    client.write_all(&bytes).unwrap();
    expect_bytes(&client, &bytes);
    send_all(&client, b"\r\nend\r\n");
    expect_rest(&client, b"\r\nend\r\n");
    server.expect_exit(0)
}

#[test]
fn wrong_usage_is_refused_with_a_reason() {
    let rows: &[(&[&str], &str)] = &[
        (&["--echo", "--reply", "x"], "cannot be used with"),
        (&["--backlog=-1"], "--backlog"),
        (&["--backlog", "many"], "--backlog"),
        (&["--max-clients", "0"], "--max-clients"),
        (&["hello"], "has no port"),
        (&["127.0.0.1:99999"], "0 to 65535"),
        (&["127.0.0.1:http"], "must be a number"),
        (&["::1:8899"], "needs brackets"),
        (&["unix:"], "needs a path"),
        (&["--port", "1"], "--port"),
        (&["127.0.0.1:0", "more"], "more"),
        (&["--encoding", "utf-16"], "byte orders"),
        (&["--encoding", "klingon"], "no such encoding"),
    ];
    for (args, reason) in rows {
        let said = refused(args, 2);
        assert!(said.contains(reason), "{args:?}: {said}");
        assert!(!said.contains("listening on"), "{args:?}: {said}");
    }
    // What can't be said in the encoding is refused before anyone connects.
    for option in ["--greet", "--reply"] {
        let said = refused(&["127.0.0.1:0", option, "好😀", "--encoding", "gbk"], 2);
        assert!(said.contains("gbk can't hold '😀' (U+1F600)"), "{said}");
    }
}

#[test]
fn addresses_that_cannot_be_bound_are_explained() {
    let (_taken, address) = listener();
    let port = address.rsplit(':').next().unwrap();
    let said = refused(&[&address], 2);
    assert!(said.contains(&format!("bind {address}: ")), "{said}");
    assert!(said.contains(&format!("port {port} is taken")), "{said}");
    assert!(said.contains("stop it, or give another port"), "{said}");

    let said = refused(&["192.0.2.1:0"], 2); // an address for documentation: nobody's
    assert!(said.contains("this computer doesn't own 192.0.2.1"), "{said}");
    assert!(said.contains("0.0.0.0:0") && said.contains("127.0.0.1"), "{said}");

    let said = refused(&["no-such-host.invalid:1"], 1);
    assert!(said.contains("can't find host 'no-such-host.invalid'"), "{said}");
    assert!(said.contains("check the spelling"), "{said}");
}

#[test]
fn the_encoding_may_come_from_the_environment() -> Result<()> {
    let start = |args: &[&str]| {
        let launch = Launch::step("tcp-server").env("SOCKET_ENCODING", "gbk").no_input();
        launch.args(&[&["127.0.0.1:0", "--once", "--greet", "你"], args].concat()).start()
    };
    for (args, greeting) in
        [(&[][..], &[0xc4, 0xe3][..]), (&["--encoding", "utf-8"], "你".as_bytes())]
    {
        let mut server = start(args)?;
        let client = call(&server.listening()?);
        expect_rest(&client, greeting);
        drop(client);
        server.expect_exit(0)?;
    }
    Ok(())
}

#[test]
fn our_client_and_our_server_understand_each_other() -> Result<()> {
    let (mut server, address) = server(&["--echo", "--encoding", "gbk"]);
    let mut client =
        Program::step("tcp-client", &[&address, "你好", "世界", "--encoding", "cp936"])?;
    client.expect_exit(0)?;
    assert_eq!(client.stdout_text(), "你好 世界\n");
    server.expect_stdout("[127.0.0.1:*] 9 bytes: 你好 世界")?;
    Ok(())
}

#[test]
fn a_full_house_says_so_and_the_next_client_is_served_when_one_leaves() -> Result<()> {
    let (mut server, address) = server(&["--max-clients", "2", "--echo"]);
    let clients = [call(&address), call(&address)];
    for client in &clients {
        let mut sending = client;
        sending.write_all(b"x").unwrap();
        expect_bytes(client, b"x");
    }
    server.expect_stderr(
        "as many clients as --max-clients 2 allows; more wait in the queue (backlog 128)",
    )?;
    let mut third = call(&address); // the system's queue takes it
    third.write_all(b"y").unwrap();
    expect_silence(&third);
    drop(clients);
    expect_bytes(&third, b"y");
    Ok(())
}

#[test]
#[cfg_attr(not(debug_assertions), ignore = "only a debug build has a panic to plant")]
fn a_panic_in_a_clients_thread_ends_that_client_only() -> Result<()> {
    let mut server = Launch::step("tcp-server")
        .args(&["127.0.0.1:0", "--echo", "--max-clients", "1"])
        .env("SOCKET_STEPS_PANIC", "client 1")
        .start()?;
    let address = server.listening()?;
    expect_rest(&call(&address), b""); // the socket is closed, as when the thread ends by itself
    server.expect_stderr("error: this is a bug of the program, not yours: planted by *")?;
    server.expect_stderr("  it happened at crates*thread.rs:*, version *")?;
    server.expect_stderr("  please report it *")?;
    server.expect_stderr("  only this client is affected; the server goes on")?;
    let second = call(&address); // there is space for it, although the first one panicked
    send_all(&second, b"still here");
    expect_rest(&second, b"still here");
    Ok(())
}

#[test]
#[cfg_attr(not(debug_assertions), ignore = "only a debug build has a panic to plant")]
fn a_panic_in_the_main_thread_is_reported_and_cleaned_up_after() -> Result<()> {
    let mut server = Launch::step("tcp-server").env("SOCKET_STEPS_PANIC", "main").start()?;
    server.expect_stderr("error: this is a bug of the program, not yours: planted by *")?;
    server.expect_exit(2)
}
