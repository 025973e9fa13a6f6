 1. started  waits-for-the-peers-end.rs serve 127.0.0.1:PORT
 2. the peer connected
 3. typed  你吃了吗 6159
 4. the peer received 18 bytes "你吃了吗 6159␊"
 5. typed  end
 6. the peer received 4 bytes "end␊"
 7. the peer waited for the end of the connection, for up to 3 s  <- not as expected
      expected  the program closes it (recv returns 0 bytes)
      came      the connection stays open
      program   still running, or done
likely: the line end is sent like any other, so that the peer knows; then the program closes and ends
read:   docs/lessons/06-tcp-duplex.md, "4. shutdown: the end"
