 1. started  port-without-htons.c 127.0.0.1:PORT
 2. waited until the program opens 127.0.0.1:PORT (UDP)  <- not as expected
      expected  127.0.0.1:PORT is open (UDP)
      came      the program waits at 127.0.0.1:PORT (UDP) instead
      program   still running
      stderr    listening on 127.0.0.1:PORT
likely: port PORT is port PORT with its two bytes swapped: the network has the high byte first, htons(port)
read:   docs/lessons/02-udp-recv.md, "2. bind: a port of its own"
