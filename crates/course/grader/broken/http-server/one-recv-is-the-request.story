 1. put the file "whole.txt" into the folder: 23 bytes "完整 1e39d1e153360a94"
 2. started  one-recv-is-the-request.py 127.0.0.1:PORT /tmp/course-check-/served
 3. the client connected
 4. the client sent in pieces, each when the one before was received: 5 bytes "GET /"; 4 bytes "whol"; 15 bytes "e.txt HTTP/1.1␍"; 1 byte "␊"; 16 bytes "Host: 127.0.0.1␍"; 2 bytes "␊␍"; 1 byte "␊"
 5. the client received the line "HTTP/1.1 400 Bad Request"
 6. checked that the status is 200  <- not as expected
      expected  the status is 200
      came      400
      program   still running
      stderr    listening on 127.0.0.1:PORT
likely: recv brings what is there, and not the whole request: collect what comes until \r\n\r\n is in it, and only then look at it
read:   docs/lessons/07c-http.md, "The request: a line, header lines, an empty line"
