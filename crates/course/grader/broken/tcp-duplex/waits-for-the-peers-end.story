 1. started  waits-for-the-peers-end.rs connect 127.0.0.1:PORT
 2. the program connected
 3. typed  end
 4. the peer received 3 bytes "end"
 5. the peer waited for the end of the connection, for up to 3 s  <- not as expected
      expected  the program closes it (recv returns 0 bytes)
      came      the connection stays open
      program   still running
likely: the line `end` is sent like any other, so that the peer knows, and then the program ends: compare it without its line end; then close the connection and end, without waiting for the peer
read:   docs/lessons/06-tcp-duplex.md, "4. shutdown: the end"
