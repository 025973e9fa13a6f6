 1. started  takes-turns.py 127.0.0.1:PORT
 2. typed  你吃了吗 67d4ba96fd2691e1
 3. the peer received a datagram of 29 bytes "你吃了吗 67d4ba96fd2691e1"
 4. typed  你吃了吗 2f8a48cf8367b2d9
 5. the peer waited for a datagram, for up to 3 s  <- not as expected
      expected  a datagram of 29 bytes "你吃了吗 2f8a48cf8367b2d9"
      came      no datagram
      program   still running
likely: the program sends one line and then waits for an answer: sending must not wait for the peer
read:   docs/lessons/03-udp-chat.md, "4. sendto: the main thread"
