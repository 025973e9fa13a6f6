 1. started  thread-never-ends.py 127.0.0.1:PORT
 2. typed  你吃了吗 94ded244a100d75d
 3. the peer received a datagram of 29 bytes "你吃了吗 94ded244a100d75d"
 4. the peer sent a datagram of 23 bytes "吃了 47b82f426cfb5b85"
 5. saw "吃了 47b82f426cfb5b85" on its stdout
 6. waited a moment
 7. typed  88
 8. the peer received a datagram of 2 bytes "88"
 9. waited for the program's end, for up to 3 s  <- not as expected
      expected  it ends by itself, with exit code 0
      came      after 3 s it is still running
      program   still running
likely: the line 88 is sent like any other, so that the peer knows, and then the whole program ends, also while it still waits for a datagram: end the process (os._exit), or let that thread be a daemon
read:   docs/lessons/03-udp-chat.md, "4. sendto: the main thread"
