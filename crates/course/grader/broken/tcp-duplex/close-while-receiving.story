 1. started  close-while-receiving.py connect 127.0.0.1:PORT
 2. the program connected
 3. waited a moment
 4. typed  end
 5. the peer received 3 bytes "end"
 6. the peer waited for the end of the connection, for up to 3 s  <- not as expected
      expected  the program closes it (recv returns 0 bytes)
      came      the connection stays open
      program   still running
likely: the line `end` is sent like any other, so that the peer knows, and then the program ends: end without waiting for the peer; close sends nothing while another thread waits in recv: call shutdown first, or end the process
read:   docs/lessons/06-tcp-duplex.md, "4. shutdown: the end"
