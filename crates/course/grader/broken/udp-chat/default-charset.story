 1. started  default-charset.java 127.0.0.1:PORT
 2. typed  你吃了吗 463b1bf458eb465d
 3. the peer received a datagram  <- not as expected
      expected  29 bytes        e4 bd a0 e5 90 83 e4 ba 86 e5 90 97 20 34 36 33 …  "你吃了吗 463"
      came      25 bytes        c4 e3 b3 d4 c1 cb c2 f0 20 34 36 33 62 31 62 66 …  "������� 463b1bf"
                                ^^ the first difference (byte 1)
      program   still running
likely: the text came as GBK, and the course speaks UTF-8 without --encoding: make the bytes with getBytes(StandardCharsets.UTF_8), and write these
read:   docs/lessons/03-udp-chat.md, "4. sendto: the main thread"
