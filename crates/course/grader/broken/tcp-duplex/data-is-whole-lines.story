 1. started  data-is-whole-lines.js serve 127.0.0.1:PORT
 2. the peer connected
 3. the peer sent in pieces, each when the one before was received: 4 bytes e4 bd a0 e8; 26 bytes af b4 e5 be 97 e5 af b9 20 39 37 30 61 36 65 30 …
 4. looked for "你说得对 970a6e0b5ec1cc23" on its stdout, for up to 3 s  <- not as expected
      expected  "你说得对 970a6e0b5ec1cc23" on stdout
      came      [127.0.0.1:PORT] 你�
                [127.0.0.1:PORT] ��得对 970a6e0b5ec1cc23
      program   still running
      network   it has received all that was sent
      stderr    listening on 127.0.0.1:PORT
likely: a part of a message came, and the program took it for all: keep what has no \n yet, and add the next bytes to it, before it is decoded
read:   docs/lessons/06-tcp-duplex.md, "3. recv: cut the stream into messages"
