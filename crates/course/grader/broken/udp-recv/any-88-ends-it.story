 1. started  any-88-ends-it.rs 127.0.0.1:PORT
 2. the sender sent a datagram of 3 bytes "880"
 3. the sender sent a datagram of 1 byte "8"
 4. the sender sent a datagram of 5 bytes "ok 88"
 5. the sender sent a datagram of 23 bytes "你好 7945191e1bdc4d3f"
 6. looked for "你好 7945191e1bdc4d3f" on its stdout, for up to 3 s  <- not as expected
      expected  "你好 7945191e1bdc4d3f" on stdout
      came      [127.0.0.1:PORT] 880
      program   ended: exit code 0
      stderr    listening on 127.0.0.1:PORT
likely: the program ended too early (exit code 0): only a datagram that is exactly 88 ends the program; compare the whole text (==), not its beginning and not a part of it
read:   docs/lessons/02-udp-recv.md, "In stages"
