 1. started  first-line-only.py 127.0.0.1:PORT
 2. the program connected
 3. typed  第一行 e5d421d4899f3998
 4. the server received 26 bytes "第一行 e5d421d4899f3998"
 5. typed  the second line 8079d1f0bfb6fa05
 6. the server received 0 bytes; then the program closed the connection  <- not as expected
      expected  32 bytes        74 68 65 20 73 65 63 6f 6e 64 20 6c 69 6e 65 20 …  "the second line "
      came      0 bytes
      program   still running
likely: without MESSAGE the program reads line after line from standard input, up to its end: send each line when it is typed
read:   docs/lessons/05-tcp-client.md, "3. send: what TCP does with your bytes"
