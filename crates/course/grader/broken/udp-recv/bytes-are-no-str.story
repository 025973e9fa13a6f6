 1. started  bytes-are-no-str.py 127.0.0.1:PORT
 2. the sender sent a datagram of 23 bytes "你好 a023730cc4e8ae4a"
 3. saw "你好 a023730cc4e8ae4a" on its stdout
 4. the sender sent a datagram of 2 bytes "88"
 5. waited for the program's end, for up to 3 s  <- not as expected
      expected  it ends by itself, with exit code 0
      came      after 3 s it is still running
      program   still running
      stderr    listening on 127.0.0.1:PORT
likely: the program goes on as after any other text: it does not compare this one with the word that ends it, or finds them different; compare each text with it, as a whole and without a line end; bytes never equal a str, so decode() first, then compare
read:   docs/lessons/02-udp-recv.md, "In stages"
