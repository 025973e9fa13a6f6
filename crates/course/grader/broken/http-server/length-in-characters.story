 1. put the file "timetable.txt" into the folder: 30 bytes "星期一 UDP 39ac6ac78c3566fa"
 2. started  length-in-characters.py 127.0.0.1:PORT /tmp/course-check-/served
 3. the client connected
 4. the client sent 48 bytes "GET /timetable.txt HTTP/1.1␍␊Host: 127.0.0.1␍␊␍␊"
 5. the client received the line "HTTP/1.1 200 OK"
 6. saw that the status is 200
 7. compared the content with the file  <- not as expected
      expected  30 bytes        … 61 63 36 61 63 37 38 63 33 35 36 36 66 61  "ac6ac78c3566fa"
      came      24 bytes        … 61 63 36 61 63 37 38 63  "ac6ac78c"
                                                          ^^ it ends here, too early (byte 25)
      program   still running
      stderr    listening on 127.0.0.1:PORT
likely: without the right Content-Length the client reads too much or too little: send Content-Length with the number of bytes, not of characters, and exactly as many bytes after the empty line
read:   docs/lessons/07c-http.md, "How long is the content?"
