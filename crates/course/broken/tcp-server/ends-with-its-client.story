 1. started  ends-with-its-client.rs 127.0.0.1:PORT
 2. client 1 connected
 3. client 1 closed its sending half
 4. client 1 saw the program close the connection
 5. client 2 connected
 6. client 2 sent 11 bytes "你好 9302"
 7. looked for "你好 9302" on its stdout, for up to 3 s  <- not as expected
      expected  "你好 9302" on stdout
      came      nothing
      program   still running, or done
                127.0.0.1:PORT has closed
likely: a recv of 0 bytes is the end of this one client and not of the server: go back to accept
read:   docs/lessons/04-tcp-server.md, "5. recv: bytes, not messages"
== or ==
 1. started  ends-with-its-client.rs 127.0.0.1:PORT
 2. client 1 connected
 3. client 1 closed its sending half
 4. client 1 saw the program close the connection
 5. client 2 connects to 127.0.0.1:PORT  <- not as expected
      expected  the connection
      came      Connection refused (os error 111)
      program   still running, or done
                127.0.0.1:PORT has closed
likely: a recv of 0 bytes is the end of this one client and not of the server: go back to accept
read:   docs/lessons/04-tcp-server.md, "5. recv: bytes, not messages"
== or ==
 1. started  ends-with-its-client.rs 127.0.0.1:PORT
 2. client 1 connected
 3. client 1 closed its sending half
 4. client 1 saw the program close the connection
 5. client 2 connects to 127.0.0.1:PORT  <- not as expected
      expected  the connection
      came      Connection refused (os error 111)
      program   still running, or done
likely: a recv of 0 bytes is the end of this one client and not of the server: go back to accept
read:   docs/lessons/04-tcp-server.md, "5. recv: bytes, not messages"
