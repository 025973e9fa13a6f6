 1. started  empty-ends-it.py 127.0.0.1:PORT
 2. the sender sent a datagram of 0 bytes
 3. the sender sent a datagram of 23 bytes "你好 6431ef3a7b0333c1"
 4. looked for "你好 6431ef3a7b0333c1" on its stdout, for up to 3 s  <- not as expected
      expected  "你好 6431ef3a7b0333c1" on stdout
      came      nothing
      program   ended: exit code 0
      stderr    listening on 127.0.0.1:PORT
likely: the program ended too early (exit code 0): UDP has no connection that could end: a datagram of 0 bytes is an empty message, and not the end as with TCP; stay in the loop when 0 bytes come
read:   docs/lessons/02-udp-recv.md, "3. recvfrom: who says what"
