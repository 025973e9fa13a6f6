 1. started  reads-once.rs 127.0.0.1:PORT
 2. the client connected
 3. the client sent 23 bytes "你好 652b6f71f617d060"
 4. saw "你好 652b6f71f617d060" on its stdout
 5. the client sent 26 bytes "第二句 de3ec29ec4b48446"
 6. looked for "第二句 de3ec29ec4b48446" on its stdout, for up to 3 s  <- not as expected
      expected  "第二句 de3ec29ec4b48446" on stdout
      came      [127.0.0.1:PORT] 23 bytes: 你好 652b6f71f617d060
      program   still running
      network   the program has closed this connection
      stderr    listening on 127.0.0.1:PORT
likely: read brings what is there, and not all that a client says: call it in a loop, until it returns Ok(0)
read:   docs/lessons/04-tcp-server.md, "5. recv: bytes, not messages"
