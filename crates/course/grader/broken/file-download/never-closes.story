 1. put the file "timetable.txt" into a folder: 30 bytes "星期一 UDP efc173c1f5e7f054"
 2. started  never-closes.py serve 127.0.0.1:PORT /tmp/course-check-/served
 3. the client connected
 4. the client sent 20 bytes "GET 0 timetable.txt␊"
 5. the client received the line "OK 30"
 6. the client received 30 bytes "星期一 UDP efc173c1f5e7f054"
 7. the client received the line "SUM crc32 e9df7639"
 8. the client waited for the end of the connection, for up to 3 s  <- not as expected
      expected  the program closes it (recv returns 0 bytes)
      came      the connection stays open
      program   still running
likely: all of the answer has come, and the connection stays open: close it after the last line: one request, one connection
read:   docs/lessons/07-file-download.md, "5. send, 6. close: size, bytes, checksum"
