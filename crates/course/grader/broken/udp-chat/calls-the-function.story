 1. started  calls-the-function.py 127.0.0.1:PORT
 2. typed  你吃了吗 ab80a1a5948dcca8
 3. the peer received a datagram of 29 bytes "你吃了吗 ab80a1a5948dcca8"
 4. the peer sent a datagram of 47 bytes "这一句比下一句长得多 67229c0c9877c427"
 5. looked for "这一句比下一句长得多 67229c0c9877c427" on its stdout, for up to 3 s  <- not as expected
      expected  "这一句比下一句长得多 67229c0c9877c427" on stdout
      came      nothing
      program   still running
      network   what was sent waits in the system: the program has not received it
likely: the answer comes to the socket that has sent, and nobody prints it: call recvfrom on it in a thread of its own (Thread(target=receive); target=receive() would call receive at once), and print the text on standard output at once
read:   docs/lessons/03-udp-chat.md, "3. recvfrom: the receiving thread"
