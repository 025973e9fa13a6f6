 1. started  ten-workers.py 127.0.0.1:PORT
 2. 100 clients connected
 3. each client sent a text of its own
 4. looked for these texts on its stdout, for up to 3 s  <- not as expected
      expected  all 100 texts
      came      10 of them
      program   still running
      network   what was sent waits in the system: the program has not received it
      stderr    listening on 127.0.0.1:PORT
likely: the server serves fewer clients at once than are connected: each client needs a thread of its own (Thread(target=serve, args=(client,)); target=serve(client) would call serve at once), and there must be no fixed number of them
read:   docs/lessons/04-tcp-server.md, "4. accept: a new socket for each client"
