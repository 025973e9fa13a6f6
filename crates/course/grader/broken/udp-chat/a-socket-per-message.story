 1. started  a-socket-per-message.rs 127.0.0.1:PORT
 2. typed  你吃了吗 036b5d39fda56aa0
 3. the peer received a datagram of 29 bytes "你吃了吗 036b5d39fda56aa0"
 4. the peer sent a datagram of 23 bytes "吃了 56ccf040845b396f"
 5. saw "吃了 56ccf040845b396f" on its stdout
 6. typed  你吃了吗 760af65b935931d8
 7. the peer received a datagram of 29 bytes "你吃了吗 760af65b935931d8"
 8. checked that the second datagram's sender is 127.0.0.1:PORT  <- not as expected
      expected  the second datagram's sender is 127.0.0.1:PORT
      came      127.0.0.1:PORT
      program   still running
likely: the program opens another socket for each message: its port changes, and answers go to a port that nobody reads; open one socket before the loop, and use it for everything
read:   docs/lessons/03-udp-chat.md, "1. socket: one is enough"
