 1. started  stays-when-the-peer-leaves.py serve 127.0.0.1:PORT
 2. the peer connected
 3. the peer sent 24 bytes "吃了 b0f5a2d6d23c125a␊"
 4. saw "吃了 b0f5a2d6d23c125a" on its stdout
 5. the peer closed the connection
 6. waited for the program's end, for up to 3 s  <- not as expected
      expected  it ends by itself
      came      after 3 s it is still running
      program   still running
      stderr    listening on 127.0.0.1:PORT
                the peer has left
likely: recv returned b"": the peer has closed, and nothing will come any more; end the whole program, also while it waits for input
read:   docs/lessons/06-tcp-duplex.md, "4. shutdown: the end"
