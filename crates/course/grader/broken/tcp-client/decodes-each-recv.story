 1. started  decodes-each-recv.rs 127.0.0.1:PORT '请讲 aa4b947d4c39e9b9'
 2. the program connected
 3. the server received 23 bytes "请讲 aa4b947d4c39e9b9"
 4. the server sent in pieces, each when the one before was received: 2 bytes e4 bd; 24 bytes a0 e6 98 af e8 b0 81 20 32 31 64 35 37 32 37 62 …
 5. the server closed the connection
 6. looked for "你是谁 21d5727b57b1eb73" on its stdout, for up to 3 s  <- not as expected
      expected  "你是谁 21d5727b57b1eb73" on stdout
      came      ��是谁 21d5727b57b1eb73
      program   ended: exit code 0
likely: a character came in two parts, and each half was decoded alone: keep what comes after the last whole character for the next read (Utf8Error::valid_up_to), for each connection
read:   docs/lessons/04b-a-stream-comes-in-pieces.md, "A character cut in two"
