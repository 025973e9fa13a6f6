 1. started  numbers-for-all.py serve 127.0.0.1:PORT
 2. the sender sent a datagram of 25 bytes "1 你好 374d8cff80d8b021"
 3. saw "你好 374d8cff80d8b021" on its stdout
 4. the sender received a datagram of 5 bytes "ack 1"
 5. another sender sent a datagram of 25 bytes "1 你好 25def30601c37045"
 6. looked for "你好 25def30601c37045" on its stdout, for up to 3 s  <- not as expected
      expected  "你好 25def30601c37045" on stdout
      came      你好 374d8cff80d8b021
      program   still running
      network   it has received all that was sent
      stderr    listening on 127.0.0.1:PORT
likely: each sender counts for itself: remember the numbers for each address that a datagram came from (recvfrom)
read:   docs/lessons/08b-udp-that-asks-again.md, "Numbers, answers, and a time limit"
