 1. started  prints-it-beforehand.py 127.0.0.1:PORT
 2. the client connected
 3. the client sent 23 bytes "你好 c0cfcaf9c12f91f6"
 4. looked for "你好 c0cfcaf9c12f91f6" on its stdout, for up to 3 s  <- not as expected
      expected  "你好 c0cfcaf9c12f91f6" on stdout
      came      你好 c0cfcaf9c12f91f6
      program   still running
      network   it has received all that was sent
likely: the text stood on stdout before it was said to the program, so it can't come from what was received: only what is printed afterwards counts
read:   docs/lessons/04-tcp-server.md, "5. recv: bytes, not messages"
