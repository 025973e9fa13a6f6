 1. started  end-with-its-line-end.py serve 127.0.0.1:PORT
 2. the peer connected
 3. the peer sent 4 bytes "end␊"
 4. waited for the program's end, for up to 3 s  <- not as expected
      expected  it ends by itself, with exit code 0
      came      after 3 s it is still running
      program   still running
      stderr    listening on 127.0.0.1:PORT
likely: the program goes on as after any other text: it does not compare this one with the word that ends it, or finds them different; compare each text with it, as a whole and without a line end; bytes never equal a str, so decode() first, then compare
read:   docs/lessons/06-tcp-duplex.md, "4. shutdown: the end"
