 1. started  forgets-the-last-message.py serve 127.0.0.1:PORT
 2. the peer connected
 3. the peer sent 24 bytes "吃了 10b69a525d9a4284␊"
 4. saw "吃了 10b69a525d9a4284" on its stdout
 5. the peer sent 29 bytes "没有换行 6f65c36682e4b95b"
 6. the peer closed the connection
 7. looked for "没有换行 6f65c36682e4b95b" on its stdout, for up to 3 s  <- not as expected
      expected  "没有换行 6f65c36682e4b95b" on stdout
      came      [127.0.0.1:PORT] 吃了 10b69a525d9a4284
      program   ended: exit code 0
      stderr    listening on 127.0.0.1:PORT
likely: the program ended too early (exit code 0): the end of the stream ends the last message, too, and that one has no \n; when the peer has closed look at what has no \n yet: if there is something it is a message
read:   docs/lessons/06-tcp-duplex.md, "3. recv: cut the stream into messages"
