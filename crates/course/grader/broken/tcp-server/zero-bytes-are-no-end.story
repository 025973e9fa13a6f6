 1. started  zero-bytes-are-no-end.rs 127.0.0.1:PORT
 2. client 1 connected
 3. client 1 sent 23 bytes "你好 30501d40d36bfbb2"
 4. saw "你好 30501d40d36bfbb2" on its stdout
 5. client 1 closed its sending half
 6. client 1 waited for the end of the connection, for up to 3 s  <- not as expected
      expected  the program closes it (recv returns 0 bytes)
      came      the connection stays open
      program   still running
      stderr    listening on 127.0.0.1:PORT
note: the program printed N bytes; a loop without a wait?
likely: the program prints without end, a loop that does not wait: read returned Ok(0), which means that the client has closed; stop receiving and close this client's socket; a copy of it that is kept somewhere keeps the connection open
read:   docs/lessons/04-tcp-server.md, "5. recv: bytes, not messages"
