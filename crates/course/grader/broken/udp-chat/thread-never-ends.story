 1. started  thread-never-ends.py 127.0.0.1:PORT
 2. typed  88
 3. the peer received a datagram of 2 bytes "88"
 4. waited for the program's end, for up to 3 s  <- not as expected
      expected  it ends by itself, with exit code 0
      came      after 3 s it is still running
      program   still running
likely: the line 88 is sent like any other, so that the peer knows, and then the whole program ends, also while it still waits for a datagram: end the process (os._exit), or let that thread be a daemon
read:   docs/lessons/03-udp-chat.md, "4. sendto: the main thread"
