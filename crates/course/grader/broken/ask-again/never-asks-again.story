 1. started  never-asks-again.py connect 127.0.0.1:PORT
 2. typed  你吃了吗 d0f3181d3712eaf1
 3. the receiver received a datagram of 31 bytes "1 你吃了吗 d0f3181d3712eaf1"
 4. the receiver does not answer
 5. the receiver waited for a datagram, for up to 3 s  <- not as expected
      expected  a datagram of 31 bytes "1 你吃了吗 d0f3181d3712eaf1"
      came      no datagram
      program   still running
likely: without a time limit a program waits for ever, and the lost datagram is never sent again: settimeout(0.2), and except TimeoutError; when the time is over, send the same datagram again
read:   docs/lessons/08b-udp-that-asks-again.md, "Numbers, answers, and a time limit"
