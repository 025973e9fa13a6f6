 1. started  no-half-close.py 127.0.0.1:PORT '问题 bbcebf292f92598d'
 2. the program connected
 3. the server received 23 bytes "问题 bbcebf292f92598d"
 4. the server waited for the end of the connection, for up to 3 s  <- not as expected
      expected  the program closes it (recv returns 0 bytes)
      came      the connection stays open
      program   still running
likely: the server waits for the end of what the client sends, and the client for the answer: both wait for each other; when all is sent, close the sending half (socket.shutdown(socket.SHUT_WR))
read:   docs/lessons/05-tcp-client.md, "4. shutdown: a connection has two directions"
