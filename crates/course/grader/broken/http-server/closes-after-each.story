 1. put the file "again.txt" into the folder: 26 bytes "又是你 c596c45d724c4a75"
 2. started  closes-after-each.py 127.0.0.1:PORT /tmp/course-check-/served
 3. the client connected
 4. the client sent 44 bytes "GET /again.txt HTTP/1.1␍␊Host: 127.0.0.1␍␊␍␊"
 5. the client received the line "HTTP/1.1 200 OK"
 6. saw that the status is 200
 7. received the content: 26 bytes "又是你 c596c45d724c4a75"
 8. the client sent 44 bytes "GET /again.txt HTTP/1.1␍␊Host: 127.0.0.1␍␊␍␊"
 9. the client reads a line of the answer  <- not as expected
      expected  a line that ends with \r\n
      came      the program closed the connection
      program   still running
      stderr    listening on 127.0.0.1:PORT
likely: the connection stays open after an answer, because a client asks for the next file on it: read the next request on it, until the client closes it
read:   docs/lessons/07c-http.md, "One connection, many requests"
