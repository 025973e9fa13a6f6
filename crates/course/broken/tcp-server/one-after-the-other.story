 1. started  one-after-the-other.py 127.0.0.1:PORT
 2. client 1 connected
 3. client 2 connected
 4. client 2 sent 23 bytes "你好 d546b7bccc8e2acc"
 5. looked for "你好 d546b7bccc8e2acc" on its stdout, for up to 3 s  <- not as expected
      expected  "你好 d546b7bccc8e2acc" on stdout
      came      nothing
      program   still running
      network   connections that wait for the program's accept: 1
      stderr    listening on 127.0.0.1:PORT
likely: the server waits in the first client's recv and does not come back to accept: the system has connected the second client, but nobody serves it. Each client needs a thread of its own
read:   docs/lessons/04-tcp-server.md, "4. accept: a new socket for each client"
