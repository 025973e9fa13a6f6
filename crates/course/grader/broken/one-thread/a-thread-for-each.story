 1. started  a-thread-for-each.py 127.0.0.1:PORT
 2. client 1 connected
 3. client 1 sent 23 bytes "你好 5873c62cb6efda40"
 4. saw "你好 5873c62cb6efda40" on its stdout
 5. 20 clients connected
 6. each client sent a text of its own
 7. saw all 20 texts on its stdout
 8. checked that the number of its threads does not grow with its clients  <- not as expected
      expected  the number of its threads does not grow with its clients
      came      2 with 1 client, 22 with 21 clients
      program   still running
      stderr    listening on 127.0.0.1:PORT
likely: a thread or a process was started for each client: let selectors say which sockets have something, and call accept or recv once for each of those
read:   docs/lessons/04b-a-stream-comes-in-pieces.md, "Which socket is ready?"
