 1. started  calls-the-function.py 127.0.0.1:PORT
 2. typed  你吃了吗 67229c0c9877c427
 3. the peer received a datagram of 29 bytes "你吃了吗 67229c0c9877c427"
 4. the peer sent a datagram of 23 bytes "吃了 c0f738cb586a77d8"
 5. looked for "吃了 c0f738cb586a77d8" on its stdout, for up to 3 s  <- not as expected
      expected  "吃了 c0f738cb586a77d8" on stdout
      came      nothing
      program   still running
      network   what was sent waits in the system: the program has not received it
likely: the answer comes to the socket that has sent, and nobody prints it: call recvfrom on it in a thread of its own (Thread(target=receive); target=receive() would call receive at once), and print the text on standard output at once
read:   docs/lessons/03-udp-chat.md, "3. recvfrom: the receiving thread"
