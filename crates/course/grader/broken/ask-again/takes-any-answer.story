 1. started  takes-any-answer.py connect 127.0.0.1:PORT
 2. typed  你吃了吗 4f18e38434d7ad44
 3. the receiver received a datagram of 31 bytes "1 你吃了吗 4f18e38434d7ad44"
 4. the receiver sent a datagram of 5 bytes "ack 1"
 5. typed  你吃了吗 be3f692eb9f7f961
 6. the receiver received a datagram of 31 bytes "2 你吃了吗 be3f692eb9f7f961"
 7. the receiver sent a datagram of 5 bytes "ack 1"
 8. typed  第三句 cc465b3f17815919
 9. the receiver received a datagram  <- not as expected
      expected  31 bytes        32 20 e4 bd a0 e5 90 83 e4 ba 86 e5 90 97 20 62 …  "2 你吃了吗 b"
      came      28 bytes        33 20 e7 ac ac e4 b8 89 e5 8f a5 20 63 63 34 36 …  "3 第三句 cc46"
                                ^^ the first difference (byte 1)
      program   still running
likely: an answer to an earlier question was taken for the answer to this one: compare its number, and wait on when it is another one
read:   docs/lessons/08b-udp-that-asks-again.md, "Numbers, answers, and a time limit"
