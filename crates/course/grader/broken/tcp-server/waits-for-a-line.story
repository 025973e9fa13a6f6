 1. started  waits-for-a-line.java 127.0.0.1:PORT
 2. the client connected
 3. the client sent 23 bytes "你好 c0cfcaf9c12f91f6"
 4. looked for "你好 c0cfcaf9c12f91f6" on its stdout  <- not as expected
      expected  "你好 c0cfcaf9c12f91f6" on stdout
      came      nothing
      program   still running
likely: the program prints nothing before a line end comes, and this client sends none: print what read(buffer) has brought; readLine waits for a line end
read:   docs/lessons/04-tcp-server.md, "5. recv: bytes, not messages"
