//! What the program's own files can't show: the engine alone.

#[path = "../../src/engine/mod.rs"]
#[allow(dead_code, unused_imports, reason = "the rest is tested through the program")]
mod fast;

#[cfg(target_os = "linux")]
#[test]
fn a_kind_of_file_that_has_no_pages_passes_through_memory() {
    use std::io::Read;

    use socket2::{Domain, Socket, Type};

    let (socket, mut peer) = Socket::pair(Domain::UNIX, Type::STREAM, None).unwrap();
    let status = std::fs::File::open("/proc/self/status").unwrap();
    assert_eq!(fast::send_block(&socket, &status, 0, 5).unwrap(), 5);
    let mut received = [0; 5];
    peer.read_exact(&mut received).unwrap();
    assert_eq!(&received, b"Name:");
}
