 1. started  no-text-ends-the-thread.rs 127.0.0.1:PORT
 2. typed  你吃了吗 4336
 3. the peer received a datagram of 17 bytes "你吃了吗 4336"
 4. the peer sent a datagram of 11 bytes "吃了 7003"
 5. saw "吃了 7003" on its stdout
 6. the peer sent a datagram of 3 bytes ff fe 80
 7. the peer sent a datagram of 11 bytes "吃了 1131"
 8. looked for "吃了 1131" on its stdout, for up to 3 s  <- not as expected
      expected  "吃了 1131" on stdout
      came      [127.0.0.1:PORT] 吃了 7003
      program   still running, or done
                note: Some details are omitted, run with `RUST_BACKTRACE=full` for a verbose backtrace.
likely: from_utf8 fails at bytes that are no text, and unwrap ends the program: keep a half character for the next recv, or use String::from_utf8_lossy
read:   docs/lessons/03-udp-chat.md, "3. recvfrom: the receiving thread"
