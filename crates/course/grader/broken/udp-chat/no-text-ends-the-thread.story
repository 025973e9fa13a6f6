 1. started  no-text-ends-the-thread.rs 127.0.0.1:PORT
 2. typed  你吃了吗 182990b35ee4416d
 3. the peer received a datagram of 29 bytes "你吃了吗 182990b35ee4416d"
 4. the peer sent a datagram of 3 bytes ff fe 80
 5. typed  你吃了吗 adab65c9aac56e5b
 6. the peer received a datagram of 29 bytes "你吃了吗 adab65c9aac56e5b"
 7. the peer sent a datagram of 23 bytes "吃了 24e4fcb503bf66df"
 8. looked for "吃了 24e4fcb503bf66df" on its stdout, for up to 3 s  <- not as expected
      expected  "吃了 24e4fcb503bf66df" on stdout
      came      nothing
      program   still running
      network   what was sent waits in the system: the program has not received it
      stderr    thread '<unnamed>' (N) panicked at broken/udp-chat/no-text-ends-the-thread.rs:10:59:
                called `Result::unwrap()` on an `Err` value: Utf8Error { valid_up_to: 0, error_len: Some(1) }
likely: a datagram may hold any bytes, not only text: decode them so that it can't fail (String::from_utf8_lossy)
read:   docs/lessons/03-udp-chat.md, "3. recvfrom: the receiving thread"
