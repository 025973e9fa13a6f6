 1. started  dies-of-a-reset.py 127.0.0.1:PORT
 2. client 1 connected
 3. client 1 sent 23 bytes "你好 5d1fb64a7b3c5e10"
 4. saw "你好 5d1fb64a7b3c5e10" on its stdout
 5. client 1 reset the connection (RST)
 6. client 2 connected, sent "你好 7c5d3b48578159f9", and looked for it on stdout  <- not as expected
      expected  the program takes part
      came      the program has ended; on its stdout is:
                [127.0.0.1:PORT] 23 bytes: 你好 5d1fb64a7b3c5e10
      program   ended: exit code 1
      stderr      File "broken/one-thread/dies-of-a-reset.py", line 51, in <module>
                    main()
                  File "broken/one-thread/dies-of-a-reset.py", line 48, in main
                    receive(selector, key.fileobj, *key.data)
                  File "broken/one-thread/dies-of-a-reset.py", line 25, in receive
                    data = conn.recv(1024)
                ConnectionResetError: [Errno 104] Connection reset by peer
likely: the program ended too early (exit code 1): a reset makes recv raise ConnectionResetError; catch it around this client's recv and sendall, close this socket, and serve on
read:   docs/lessons/04-tcp-server.md, "5. recv: bytes, not messages"
