 1. started  anything-with-end.py serve 127.0.0.1:PORT
 2. the peer connected
 3. the peer sent 8 bytes "endless␊"
 4. waited until the program has received what the peer sent  <- not as expected
      expected  a recv takes all bytes
      came      8 bytes still wait in the system's buffer
      program   still running, or done
likely: only a message that is exactly end is the end: compare the whole line (==), without its line end
read:   docs/lessons/06-tcp-duplex.md, "4. shutdown: the end"
== or ==
 1. started  anything-with-end.py serve 127.0.0.1:PORT
 2. the peer connected
 3. the peer sent 8 bytes "endless␊"
 4. the program has received that
 5. the peer sent 8 bytes "the end␊"
 6. the program has received that
 7. the peer sent 12 bytes "吃了 6645␊"  <- not as expected
      expected  the program takes it
      came      the program had closed the connection already
      program   still running, or done
likely: only a message that is exactly end is the end: compare the whole line (==), without its line end
read:   docs/lessons/06-tcp-duplex.md, "4. shutdown: the end"
