 1. started  anything-with-end.py serve 127.0.0.1:PORT
 2. the peer connected
 3. the peer sent endless and "the end", and both went on talking  <- not as expected
      expected  the program takes part
      came      the program has ended; on its stdout is:
                [127.0.0.1:PORT] endless
      program   ended: exit code 0
      stderr    listening on 127.0.0.1:PORT
likely: the program ended too early (exit code 0): only a message that is exactly `end` is the end; compare the whole line (==), without its line end
read:   docs/lessons/06-tcp-duplex.md, "4. shutdown: the end"
