 1. started  prints-each-copy.py serve 127.0.0.1:PORT
 2. the sender sent a datagram of 31 bytes "1 再说一遍 1c86d64620a380a4"
 3. the sender received a datagram of 5 bytes "ack 1"
 4. the sender sent a datagram of 31 bytes "1 再说一遍 1c86d64620a380a4"
 5. the sender received a datagram of 5 bytes "ack 1"
 6. the sender sent a datagram of 25 bytes "2 你好 e8036a6b07250734"
 7. saw "你好 e8036a6b07250734" on its stdout
 8. the sender received a datagram of 5 bytes "ack 2"
 9. checked that "再说一遍 1c86d64620a380a4" was printed once  <- not as expected
      expected  "再说一遍 1c86d64620a380a4" was printed once
      came      2 times
      program   still running
      stderr    listening on 127.0.0.1:PORT
likely: an answer was lost, or the network has duplicated the datagram: remember which numbers you have had, print each only once, and answer each copy
read:   docs/lessons/08b-udp-that-asks-again.md, "Numbers, answers, and a time limit"
