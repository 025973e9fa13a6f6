 1. started  hears-one-sender.rs 127.0.0.1:PORT
 2. the sender sent a datagram of 23 bytes "你好 90871534b98ff46c"
 3. saw "你好 90871534b98ff46c" on its stdout
 4. a second sender sent a datagram of 23 bytes "你好 4cb36e7ccf7395a2"
 5. looked for "你好 4cb36e7ccf7395a2" on its stdout, for up to 3 s  <- not as expected
      expected  "你好 4cb36e7ccf7395a2" on stdout
      came      [127.0.0.1:PORT] 你好 90871534b98ff46c
      program   still running
      network   it has received all that was sent
      stderr    listening on 127.0.0.1:PORT
likely: anyone may send to a bound port: take datagrams from all senders, one after the other; a socket that is connected hears only one
read:   docs/lessons/02-udp-recv.md, "3. recvfrom: who says what"
