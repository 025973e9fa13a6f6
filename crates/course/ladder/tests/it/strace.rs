//! What becomes of strace's lines. The lines are from real runs of strace 6.1, shortened where nothing is lost by it.

use ladder::strace::sockets::{Made, Sockets};
use ladder::timeline::Happening;

/// The events of these lines, each in a line: its milliseconds, its process, the call or `→`, and what is said about it. A line
/// is `THREAD MILLISECONDS TEXT`, and was read a millisecond later than it was written.
fn events(lines: &str) -> Vec<String> {
    let mut sockets = Sockets::new(false);
    for line in lines.trim().lines() {
        let (thread, rest) = line.split_once(' ').unwrap();
        let (at, text) = rest.split_once(' ').unwrap();
        let at: u64 = at.parse().unwrap();
        sockets.read(
            &format!("{thread} 5.{:06} {text}", at * 1000),
            5_000_000_000 + at * 1_000_000 + 1_000_000,
        );
    }
    sockets.ends();
    let mut made = sockets.made(u64::MAX);
    made.sort_by_key(|made| made.event.at);
    made.iter().map(shown).collect()
}

fn shown(made: &Made) -> String {
    let Made { process, name, event } = made;
    let process =
        if name.parse() == Ok(*process) { name.clone() } else { format!("{process} {name}") };
    let at = (event.at - 5_000_000_000) as f64 / 1e6;
    let call = match &event.what {
        Happening::Called(facts) => format!("{} ", facts.call),
        _ => String::new(),
    };
    format!("{at:.0} {process} {call}{}", event.text)
}

/// A C server with a thread for each client.
#[test]
fn threads_share_descriptors_and_a_return_is_not_later_than_what_follows_it() {
    let lines = r#"
1 0 execve("./server", ["./server", "127.0.0.1:8899"], 0x7ffd /* 38 vars */) = 0
1 1 read(3, "\177ELF\2\1\1"..., 832) = 832
1 2 socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3
1 3 setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0
1 4 bind(3, {sa_family=AF_INET, sin_port=htons(8899), sin_addr=inet_addr("127.0.0.1")}, 16) = 0
1 5 listen(3, 16) = 0
1 6 write(2, "listening on 127.0.0.1:8899\n", 28) = 28
1 7 accept(3, {sa_family=AF_INET, sin_port=htons(52402), sin_addr=inet_addr("127.0.0.1")}, [16]) = 4
1 20 clone3({flags=CLONE_VM|CLONE_FILES|CLONE_THREAD, child_tid=0x7f, exit_signal=0}, 88 <unfinished ...>
2 20 recvfrom(4,  <unfinished ...>
1 21 <... clone3 resumed> => {parent_tid=[2]}, 88) = 2
1 22 accept(3,  <unfinished ...>
2 30 <... recvfrom resumed>"hi\n", 1024, 0, NULL, NULL) = 3
2 31 write(1, "[127.0.0.1:52402] 3 bytes: hi\n", 30) = 30
2 32 recvfrom(4, "", 1024, 0, NULL, NULL) = 0
2 40 close(4) = 0
2 41 +++ exited with 0 +++
1 50 <... accept resumed>0x7ffd, [16]) = ? ERESTARTSYS (To be restarted if SA_RESTART is set)
1 51 --- SIGINT {si_signo=SIGINT, si_code=SI_USER, si_pid=9, si_uid=0} ---
1 52 +++ killed by SIGINT +++
"#;
    let expected = [
        "2 1 server socket AF_INET, SOCK_STREAM",
        "3 1 server setsockopt SO_REUSEADDR: bind although TIME_WAIT holds the port",
        "4 1 server bind 127.0.0.1:8899",
        "5 1 server listen up to 16 clients may wait in the queue",
        "7 1 server accept wait for a client …",
        // Not at 20, when the thread went on, nor as late as the line was read in a slower run.
        "8 1 server accept → 127.0.0.1:52402, on a new socket",
        "20 1 server recv wait for bytes from 127.0.0.1:52402 …",
        "22 1 server accept wait for a client …",
        "30 1 server recv → 3 bytes: 68 69 0a  \"hi␊\"",
        "32 1 server recv wait for up to 1024 bytes from 127.0.0.1:52402 …",
        "33 1 server recv → 0: the peer has closed",
        "40 1 server close the socket of 127.0.0.1:52402",
    ];
    assert_eq!(events(lines), expected);
}

/// Go: nothing blocks, and what waits is tried again.
#[test]
fn a_runtime_that_tries_again_waits_once() {
    let lines = r#"
1 0 socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC|SOCK_NONBLOCK, IPPROTO_IP) = 3
1 1 socket(AF_INET6, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_TCP) = 4
1 2 bind(4, {sa_family=AF_INET6, sin6_port=htons(0), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "::1", &sin6_addr), sin6_scope_id=0}, 28) = 0
1 3 close(4) = 0
1 4 bind(3, {sa_family=AF_INET, sin_port=htons(8899), sin_addr=inet_addr("127.0.0.1")}, 16) = 0
1 5 listen(3, 4096) = 0
1 6 accept4(3, 0xc0, [112], SOCK_CLOEXEC|SOCK_NONBLOCK) = -1 EAGAIN (Resource temporarily unavailable)
1 16 accept4(3, {sa_family=AF_INET, sin_port=htons(5000), sin_addr=inet_addr("127.0.0.1")}, [112 => 16], SOCK_CLOEXEC) = 4
1 17 read(4, 0xc0, 1024) = -1 EAGAIN (Resource temporarily unavailable)
1 20 poll([{fd=4, events=POLLIN}], 1, -1) = 1 ([{fd=4, revents=POLLIN}])
2 25 read(4, "\344\275\240", 1024) = 3
2 26 write(4, "\344\275\240", 3) = 3
"#;
    let expected = [
        "0 1 socket AF_INET, SOCK_STREAM",
        "4 1 bind 127.0.0.1:8899",
        "5 1 listen up to 4096 clients may wait in the queue",
        "6 1 accept wait for a client …",
        "17 1 accept → 127.0.0.1:5000, on a new socket",
        "17 1 recv wait for up to 1024 bytes from 127.0.0.1:5000 …",
    ];
    assert_eq!(events(lines), expected, "thread 2 is unknown here, and so are its descriptors");
    let known = lines
        .replace("1 17 read", "1 17 clone3({flags=CLONE_FILES|CLONE_THREAD}, 88) = 2\n1 17 read");
    let more = events(&known);
    let expected = [
        "26 1 recv → 3 bytes: e4 bd a0  \"你\"",
        "26 1 send to 127.0.0.1:5000: 3 bytes: e4 bd a0  \"你\"",
    ];
    assert_eq!(more[more.len() - 2..], expected);
}

#[test]
fn errors_are_explained() {
    let lines = r#"
1 0 socket(AF_INET, SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP) = 3
1 1 connect(3, {sa_family=AF_INET, sin_port=htons(9), sin_addr=inet_addr("127.0.0.1")}, 16) = -1 EINPROGRESS (Operation now in progress)
1 3 getsockopt(3, SOL_SOCKET, SO_ERROR, [ECONNREFUSED], [4]) = 0
1 5 close(3) = 0
1 6 socket(AF_INET6, SOCK_DGRAM, IPPROTO_UDP) = -1 EAFNOSUPPORT (Address family not supported by protocol)
1 7 socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) = 3
1 8 bind(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}, 16) = -1 EADDRINUSE (Address already in use)
1 10 socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP) = 4
1 11 recvfrom(4, 0x7f, 1024, 0, NULL, NULL) = -1 EINTR (Interrupted system call)
1 12 --- SIGUSR1 {si_signo=SIGUSR1, si_code=SI_USER, si_pid=9, si_uid=0} ---
1 20 +++ exited with 1 +++
"#;
    let expected = [
        "0 1 socket AF_INET, SOCK_STREAM",
        "1 1 connect 127.0.0.1:9: SYN, SYN+ACK, ACK …",
        "4 1 connect → ECONNREFUSED: nobody listens there",
        "5 1 close the socket of 127.0.0.1:9",
        "7 1 socket AF_INET, SOCK_STREAM",
        "8 1 bind 127.0.0.1:80",
        "9 1 bind → EADDRINUSE: another socket has this address",
        "10 1 socket AF_INET, SOCK_DGRAM",
        "11 1 recvfrom wait for a datagram of up to 1024 bytes …",
        "12 1 recvfrom → EINTR: a signal has interrupted it",
    ];
    assert_eq!(events(lines), expected);
}

/// Select names a socket once for each thing that it waits for; a shell's child has its own name.
#[test]
fn a_select_counts_sockets() {
    let lines = r#"
1 0 execve("/bin/sh", ["sh"], 0x7f /* 9 vars */) = 0
1 1 vfork( <unfinished ...>
2 2 execve("/usr/bin/ncat", ["ncat", "127.0.0.1", "7000"], 0x7f /* 9 vars */ <unfinished ...>
1 3 <... vfork resumed>) = 2
2 3 <... execve resumed>) = 0
2 4 socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) = 3
2 5 connect(3, {sa_family=AF_INET, sin_port=htons(7000), sin_addr=inet_addr("127.0.0.1")}, 16) = 0
2 7 pselect6(4, [0 3], [3], [], {tv_sec=10, tv_nsec=0}, NULL) = 1 (out [3], left {tv_sec=9, tv_nsec=9})
2 8 pselect6(4, [0 3], [], [], {tv_sec=10, tv_nsec=0}, NULL) = 1 (in [3], left {tv_sec=9, tv_nsec=9})
2 9 +++ exited with 0 +++
"#;
    let expected = [
        "4 2 ncat socket AF_INET, SOCK_STREAM",
        "5 2 ncat connect 127.0.0.1:7000: SYN, SYN+ACK, ACK …",
        "6 2 ncat connect → connected",
        "7 2 ncat select wait until the socket has something …",
    ];
    assert_eq!(events(lines), expected);
}

/// Two processes have the accepted socket; nothing is sent before both have closed it.
#[test]
fn fork_copies_descriptors_and_execve_keeps_some() {
    let lines = r#"
1 0 socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP) = 3
1 1 listen(3, 5) = 0
1 2 accept(3, NULL, NULL) = 4
1 3 clone(child_stack=NULL, flags=CLONE_CHILD_SETTID|SIGCHLD, child_tidptr=0x7f) = 2
1 4 close(4) = 0
2 5 close(3) = 0
2 6 execve("/usr/bin/python3", ["python3", "/home/a b/answer.py"], 0x7f /* 9 vars */) = 0
2 7 dup2(4, 0) = 0
2 8 sendmsg(0, {msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base="hi", iov_len=2}], msg_iovlen=1}, 0) = 1
2 10 close(4) = 0
2 11 close_range(0, 4294967295, 0) = 0
"#;
    let expected = [
        "0 1 socket AF_INET, SOCK_STREAM",
        "1 1 listen up to 5 clients may wait in the queue",
        "2 1 accept wait for a client …",
        "3 1 accept → a new socket",
        "4 1 close the socket, which another process has too: nothing is sent",
        "5 1 close the listening socket, which another process has too: nothing is sent",
        "8 2 answer.py send 2 bytes: 68 69  \"hi\"",
        "9 2 answer.py send → 1 of 2 bytes: the buffer is full",
        "11 2 answer.py close the socket",
    ];
    assert_eq!(events(lines), expected);
}

/// A resolver asks which address it would call from, over sockets that send nothing, and nscd over a Unix socket.
#[test]
fn what_is_no_lesson_is_not_shown() {
    let lines = r#"
1 0 socket(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC|SOCK_NONBLOCK, 0) = 3
1 1 connect(3, {sa_family=AF_UNIX, sun_path="/var/run/nscd/socket"}, 110) = -1 ENOENT (No such file or directory)
1 2 close(3) = 0
1 3 socket(AF_INET, SOCK_DGRAM|SOCK_CLOEXEC, IPPROTO_IP) = 3
1 4 connect(3, {sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("127.0.0.1")}, 16) = 0
1 5 getsockname(3, {sa_family=AF_INET, sin_port=htons(43210), sin_addr=inet_addr("127.0.0.1")}, [28 => 16]) = 0
1 6 close(3) = 0
1 7 socket(AF_NETLINK, SOCK_RAW|SOCK_CLOEXEC, NETLINK_ROUTE) = 3
1 8 write(1, "recvfrom(3, \"x\", 1) = 1\n", 24) = 24
1 9 socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP) = 4
1 10 sendto(4, "88", 2, 0, {sa_family=AF_INET, sin_port=htons(8888), sin_addr=inet_addr("127.0.0.1")}, 16) = 2
1 11 setsockopt(4, SOL_SOCKET, SO_RCVTIMEO_OLD, "\5\0\0", 16) = 0
1 12 recvfrom(4, 0x7f, 1024, 0, 0x7f, [128]) = -1 EAGAIN (Resource temporarily unavailable)
1 14 recvfrom(4, "ok", 1024, 0, {sa_family=AF_INET, sin_port=htons(8888), sin_addr=inet_addr("127.0.0.1")}, [16]) = 2
"#;
    let expected = [
        "9 1 socket AF_INET, SOCK_DGRAM",
        "10 1 sendto 127.0.0.1:8888: 2 bytes: 38 38  \"88\"",
        "12 1 recvfrom wait for a datagram of up to 1024 bytes …",
        "13 1 recvfrom → EAGAIN: nothing came in time",
        "14 1 recvfrom wait for a datagram of up to 1024 bytes …",
        "15 1 recvfrom → 127.0.0.1:8888 sent 2 bytes: 6f 6b  \"ok\"",
    ];
    assert_eq!(events(lines), expected);
}
