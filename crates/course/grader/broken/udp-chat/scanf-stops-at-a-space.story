 1. started  scanf-stops-at-a-space.c 127.0.0.1:PORT
 2. typed  你吃了吗 463b1bf458eb465d
 3. the peer received a datagram  <- not as expected
      expected  29 bytes        … 90 83 e4 ba 86 e5 90 97 20 34 36 33 62 31 62 66 …  "��了吗 463b1bf"
      came      12 bytes        … 90 83 e4 ba 86 e5 90 97  "��了吗"
                                                          ^^ it ends here, too early (byte 13)
      program   still running
likely: the line came only up to its first space: read a whole line (fgets); scanf with %s stops at a space
read:   docs/lessons/03-udp-chat.md, "4. sendto: the main thread"
