 1. started  does-not-answer-copies.py serve 127.0.0.1:PORT
 2. the sender sent a datagram of 31 bytes "1 再说一遍 1c86d64620a380a4"
 3. the sender received a datagram of 5 bytes "ack 1"
 4. the sender sent a datagram of 31 bytes "1 再说一遍 1c86d64620a380a4"
 5. the sender waited for a datagram, for up to 3 s  <- not as expected
      expected  a datagram of 5 bytes "ack 1"
      came      no datagram
      program   still running
      stderr    listening on 127.0.0.1:PORT
likely: an answer was lost, or the network has duplicated the datagram: remember which numbers you have had, print each only once, and answer each copy
read:   docs/lessons/08b-udp-that-asks-again.md, "Numbers, answers, and a time limit"
