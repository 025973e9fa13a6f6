 1. started  one-thread.java 127.0.0.1:PORT
 2. client 1 connected
 3. client 2 connected
 4. client 2 sent 23 bytes "你好 d546b7bccc8e2acc"
 5. looked for "你好 d546b7bccc8e2acc" on its stdout, for up to 3 s  <- not as expected
      expected  "你好 d546b7bccc8e2acc" on stdout
      came      nothing
      program   still running
      network   connections that wait for the program's accept: 1
likely: the server waits for the first client's bytes, and meanwhile for no other client (accept): the system has connected the second one, but nobody serves it; each client needs a thread of its own (new Thread(…).start(); run() starts none)
read:   docs/lessons/04-tcp-server.md, "4. accept: a new socket for each client"
