 1. started  lines-run-together.rs 127.0.0.1:PORT
 2. the program connected
 3. typed  第一行 6792
 4. typed  第二行 3520
 5. the server waited for a line and its line end  <- not as expected
      expected  15 bytes        … e8 a1 8c 20 36 37 39 32 0a  "行 6792␊"
      came      28 bytes        … e8 a1 8c 20 36 37 39 32 e7 ac ac e4 ba 8c e8 a1 …  "行 6792第二�"
                                                          ^^ the first difference (byte 15)
      program   still running
likely: the line end was not sent: a stream has no boundaries, and without \n the server can't tell where one line ends and the next one begins. Send it behind each line; input(), strip() and lines() take it away
read:   docs/lessons/05-tcp-client.md, "3. send: what TCP does with your bytes"
