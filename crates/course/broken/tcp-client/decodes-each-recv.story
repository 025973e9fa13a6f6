 1. started  decodes-each-recv.rs 127.0.0.1:PORT '请讲 3679'
 2. the program connected
 3. the server received 11 bytes "请讲 3679"
 4. the server sent in pieces, each when the one before was received: 2 bytes e4 bd; 12 bytes a0 e6 98 af e8 b0 81 20 34 30 38 33
 5. the server closed the connection
 6. looked for "你是谁 4083" on its stdout, for up to 3 s  <- not as expected
      expected  "你是谁 4083" on stdout
      came      ��是谁 4083
      program   ended: exit code 0
likely: recv cut a character in two, and each half was decoded alone: keep one decoder for the connection, which remembers the half
read:   docs/lessons/05-tcp-client.md, "5. recv: until the server closes"
