 1. started  print-does-not-flush.java 127.0.0.1:PORT 你好 from the client 9326be1a7e1c070d
 2. the program connected
 3. the server received 0 bytes; then the program closed the connection  <- not as expected
      expected  39 bytes        e4 bd a0 e5 a5 bd 20 66 72 6f 6d 20 74 68 65 20 …  "你好 from the "
      came      0 bytes
      program   still running
likely: the connection was made, and not a byte has come over it: write, then flush: a PrintWriter does that by itself at println, and not at print
read:   docs/lessons/05-tcp-client.md, "3. send: what TCP does with your bytes"
