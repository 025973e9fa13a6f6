 1. started  lines-run-together.rs 127.0.0.1:PORT
 2. the program connected
 3. typed  第一行 8752e735a4c255da
 4. typed  第二行 21f4f1ac47b3eae1
 5. the server waited for a line and its line end  <- not as expected
      expected  27 bytes        … 61 34 63 32 35 35 64 61 0a  "a4c255da␊"
      came      52 bytes        … 61 34 63 32 35 35 64 61 e7 ac ac e4 ba 8c e8 a1 …  "a4c255da第二�"
                                                          ^^ the first difference (byte 27)
      program   still running
likely: the line end was not sent: a stream has no boundaries, and without \n nobody can tell where one line ends and the next one begins; send it after each line: most calls that read a line take it away
read:   docs/lessons/05-tcp-client.md, "3. send: what TCP does with your bytes"
