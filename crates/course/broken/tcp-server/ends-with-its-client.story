 1. started  ends-with-its-client.rs 127.0.0.1:PORT
 2. client 1 connected
 3. client 1 sent 23 bytes "你好 30501d40d36bfbb2"
 4. saw "你好 30501d40d36bfbb2" on its stdout
 5. client 1 closed its sending half
 6. client 1 saw the program close the connection
 7. client 2 connected, sent "你好 ae8fea77a838d327", and looked for it on stdout  <- not as expected
      expected  the program takes part
      came      the program has ended; on its stdout is:
                [127.0.0.1:PORT] 23 bytes: 你好 30501d40d36bfbb2
      program   ended: exit code 0
      stderr    listening on 127.0.0.1:PORT
                127.0.0.1:PORT has closed
likely: the program ended too early (exit code 0): a recv of 0 bytes is the end of this one client and not of the server: go back to accept
read:   docs/lessons/04-tcp-server.md, "5. recv: bytes, not messages"
