 1. started  asks-for-its-message.py 127.0.0.1:PORT 'hello 04aafb3400ce2456'
 2. the receiver waited for a datagram, for up to 5 s  <- not as expected
      expected  a datagram of 22 bytes "hello 04aafb3400ce2456"
      came      no datagram
      program   still running
likely: the message stands in the program's arguments, and yet it waits for something, such as input, or an answer: take the message from the arguments, and read lines only when there is none
read:   docs/lessons/01-udp-send.md, "2. sendto: one call, one datagram"
