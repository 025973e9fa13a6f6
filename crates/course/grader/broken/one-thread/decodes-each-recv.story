 1. started  decodes-each-recv.py 127.0.0.1:PORT
 2. the client connected
 3. the client sent 23 bytes "你好 aa4b947d4c39e9b9"
 4. saw "你好 aa4b947d4c39e9b9" on its stdout
 5. the client sent in pieces, each when the one before was received: 2 bytes e4 bd; 24 bytes a0 e6 98 af e8 b0 81 20 32 31 64 35 37 32 37 62 …
 6. looked for "你是谁 21d5727b57b1eb73" on its stdout, for up to 3 s  <- not as expected
      expected  "你是谁 21d5727b57b1eb73" on stdout
      came      [127.0.0.1:PORT] 23 bytes: 你好 aa4b947d4c39e9b9
                [127.0.0.1:PORT] 2 bytes: �
                [127.0.0.1:PORT] 24 bytes: �是谁 21d5727b57b1eb73
      program   still running
      network   it has received all that was sent
      stderr    listening on 127.0.0.1:PORT
likely: a character came in two parts, and each half was decoded alone: keep one decoder for each connection, which remembers the half (codecs.getincrementaldecoder)
read:   docs/lessons/04-tcp-server.md, "5. recv: bytes, not messages"
