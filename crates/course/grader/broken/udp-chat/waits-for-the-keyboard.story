 1. started  waits-for-the-keyboard.py 127.0.0.1:PORT
 2. typed  你吃了吗 6a85dc51e2f36bab
 3. the peer received a datagram of 29 bytes "你吃了吗 6a85dc51e2f36bab"
 4. the peer sent a datagram of 2 bytes "88"
 5. waited for the program's end, for up to 3 s  <- not as expected
      expected  it ends by itself, with exit code 0
      came      after 3 s it is still running
      program   still running
likely: when 88 comes the whole program must end, also while it still waits for input: end the process (os._exit), or let that thread be a daemon
read:   docs/lessons/03-udp-chat.md, "3. recvfrom: the receiving thread"
