 1. put the file "big.bin" into the folder: 8000000 bytes d3 c8 46 1e 9a 17 86 70 95 f4 bb 1b eb d2 b7 f6 …
 2. started  one-after-another.py 127.0.0.1:PORT /tmp/course-check-/served
 3. client 1 connected
 4. client 1 sent 42 bytes "GET /big.bin HTTP/1.1␍␊Host: 127.0.0.1␍␊␍␊"
 5. client 1 received the line "HTTP/1.1 200 OK"
 6. client 1 stops reading
 7. client 2 connected
 8. client 2 sent 42 bytes "GET /big.bin HTTP/1.1␍␊Host: 127.0.0.1␍␊␍␊"
 9. client 2 reads a line of the answer  <- not as expected
      expected  a line that ends with \r\n
      came      for 3 s nothing more came
      program   still running
      stderr    listening on 127.0.0.1:PORT
likely: the server sends to one client until it has taken everything, and meanwhile serves nobody else: each client needs a thread of its own (Thread(target=serve, args=(client,)); target=serve(client) would call serve at once)
read:   docs/lessons/07c-http.md, "One connection, many requests"
