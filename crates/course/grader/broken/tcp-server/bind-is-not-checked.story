 1. started  bind-is-not-checked.c 127.0.0.1:PORT
 2. the client connected
 3. the client sent 23 bytes "你好 0a17cc18c58b41a2"
 4. saw "你好 0a17cc18c58b41a2" on its stdout
 5. killed the program
 6. the client closed the connection
 7. started  bind-is-not-checked.c 127.0.0.1:PORT
 8. waited until the program opens 127.0.0.1:PORT (TCP)  <- not as expected
      expected  127.0.0.1:PORT is open (TCP)
      came      the program waits at 0.0.0.0:PORT (TCP) instead
      program   still running
likely: the program could not have its port again, did not notice it, and listens on 0.0.0.0:PORT instead: set SO_REUSEADDR before bind (setsockopt), and look at what bind returns
read:   docs/lessons/04-tcp-server.md, "1. socket, 1b. setsockopt, 2. bind"
