 1. started  dies-of-a-reset.py 127.0.0.1:PORT
 2. client 1 connected
 3. client 1 sent 11 bytes "你好 5332"
 4. saw "你好 5332" on its stdout
 5. client 1 reset the connection (RST)
 6. client 2 connected
 7. client 2 sent 11 bytes "你好 4076"
 8. looked for "你好 4076" on its stdout, for up to 3 s  <- not as expected
      expected  "你好 4076" on stdout
      came      [127.0.0.1:PORT] 11 bytes: 你好 5332
      program   still running, or done
                ConnectionResetError: [Errno 104] Connection reset by peer
likely: a reset by one client is this connection's error, and here it ended everything: catch it around this client's recv, close this socket, serve on
read:   docs/lessons/04-tcp-server.md, "5. recv: bytes, not messages"
== or ==
 1. started  dies-of-a-reset.py 127.0.0.1:PORT
 2. client 1 connected
 3. client 1 sent 11 bytes "你好 5332"
 4. saw "你好 5332" on its stdout
 5. client 1 reset the connection (RST)
 6. client 2 connects to 127.0.0.1:PORT  <- not as expected
      expected  the connection
      came      Connection refused (os error 111)
      program   still running, or done
                ConnectionResetError: [Errno 104] Connection reset by peer
likely: a reset by one client is this connection's error, and here it ended everything: catch it around this client's recv, close this socket, serve on
read:   docs/lessons/04-tcp-server.md, "5. recv: bytes, not messages"
