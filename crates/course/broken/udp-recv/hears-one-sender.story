 1. started  hears-one-sender.rs 127.0.0.1:PORT
 2. the sender sent a datagram of 11 bytes "你好 7523"
 3. saw "你好 7523" on its stdout
 4. a second sender sent a datagram of 11 bytes "你好 8293"
 5. looked for "你好 8293" on its stdout, for up to 3 s  <- not as expected
      expected  "你好 8293" on stdout
      came      [127.0.0.1:PORT] 你好 7523
      program   still running
      network   it has received all that was sent
      stderr    listening on 127.0.0.1:PORT
likely: anyone may send to a bound port: a receiver takes datagrams from all senders (no connect), one after the other
read:   docs/lessons/02-udp-recv.md, "3. recvfrom: who says what"
