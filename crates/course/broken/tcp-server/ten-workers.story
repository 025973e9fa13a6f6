 1. started  ten-workers.py 127.0.0.1:PORT
 2. 100 clients connected
 3. each client sent a text of its own
 4. looked for "同学 8647" on its stdout, for up to 3 s  <- not as expected
      expected  11 bytes        … 90 8c e5 ad a6 20 38 36 34 37  "��学 8647"
      came      11 bytes        … 90 8c e5 ad a6 20 38 36 38 37  "��学 8687"
                                                          ^^ the first difference (byte 10)
      program   still running, or done
      network   what was sent waits in the system: the program has not called recv for it
likely: the server serves fewer clients at once than are connected: a thread for each one, and no fixed number of them
read:   docs/lessons/04-tcp-server.md, "4. accept: a new socket for each client"
