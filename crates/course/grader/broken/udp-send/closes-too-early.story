 1. started  closes-too-early.js 127.0.0.1:PORT 'hello 04aafb3400ce2456'
 2. the receiver waited for a datagram, for up to 5 s  <- not as expected
      expected  a datagram of 22 bytes "hello 04aafb3400ce2456"
      came      no datagram
      program   ended: exit code 0
likely: nothing came to the ADDRESS that the program was given: call socket.send with the address from the first argument, and socket.close only in the function that is called afterwards
read:   docs/lessons/01-udp-send.md, "2. sendto: one call, one datagram"
