 1. put the file "look.txt" into the folder: 26 bytes "看一眼 d661ef45b32295b6"
 2. started  content-after-head.py 127.0.0.1:PORT /tmp/course-check-/served
 3. the client connected
 4. the client sent 44 bytes "HEAD /look.txt HTTP/1.1␍␊Host: 127.0.0.1␍␊␍␊"
 5. the client received the line "HTTP/1.1 200 OK"
 6. saw that the status is 200
 7. saw that the answer says Content-Length: 26
 8. the client checked that nothing comes too early  <- not as expected
      expected  nothing
      came      26 bytes "看一眼 d661ef45b32295b6"
      program   still running
      stderr    listening on 127.0.0.1:PORT
likely: the answer to HEAD ends with the empty line: what comes after it is taken for the next answer; send the same lines as for GET, with the same Content-Length, and no content
read:   docs/lessons/07c-http.md, "The answer: a status line, header lines, the content"
