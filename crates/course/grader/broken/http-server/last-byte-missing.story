 1. put the file "part.txt" into the folder: 22 bytes "hello 316d779656b3c3f6"
 2. started  last-byte-missing.py 127.0.0.1:PORT /tmp/course-check-/served
 3. a client connected
 4. a client sent 61 bytes "GET /part.txt HTTP/1.1␍␊Host: 127.0.0.1␍␊Range: bytes=2-5␍␊␍␊"
 5. a client received the line "HTTP/1.1 206 Partial Content"
 6. saw that the status is 206
 7. checked that the answer says Content-Range: bytes 2-5/22  <- not as expected
      expected  the answer says Content-Range: bytes 2-5/22
      came      Content-Range: bytes 2-4/22
      program   still running
      stderr    listening on 127.0.0.1:PORT
likely: a range counts from 0, and its last byte belongs to it; without the first number it is the end of the file: answer 206, Content-Range: bytes FIRST-LAST/SIZE, the length of the part as Content-Length, and that part only
read:   docs/lessons/07c-http.md, "A part of a file"
