 1. put the file "one.txt" into the folder: 26 bytes "第一个 ccc4d48bd0afb8ff"
 2. started  throws-the-rest-away.py 127.0.0.1:PORT /tmp/course-check-/served
 3. put the file "two.txt" into the folder: 26 bytes "第二个 3946f3a4c97563e3"
 4. the client connected
 5. the client sent 84 bytes "GET /one.txt HTTP/1.…"
 6. the client received the line "HTTP/1.1 200 OK"
 7. saw that the status is 200
 8. received the content: 26 bytes "第一个 ccc4d48bd0afb8ff"
 9. the client reads a line of the answer  <- not as expected
      expected  a line that ends with \r\n
      came      for 3 s nothing more came
      program   still running
      stderr    listening on 127.0.0.1:PORT
likely: recv may bring more than one request, and the rest was thrown away: keep what comes after the empty line: it is the beginning of the next request
read:   docs/lessons/07c-http.md, "The request: a line, header lines, an empty line"
