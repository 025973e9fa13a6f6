 1. put the file "timetable.txt" into a folder: 30 bytes "星期一 UDP efc173c1f5e7f054"
 2. started  never-a-checksum.py serve 127.0.0.1:PORT /tmp/course-check-/served
 3. the client connected
 4. the client sent 20 bytes "GET 0 timetable.txt␊"
 5. the client received the line "OK 30"
 6. the client received 30 bytes "星期一 UDP efc173c1f5e7f054"
 7. the client waited for the line with the checksum  <- not as expected
      expected  19 bytes        53 55 4d 20 63 72 63 33 32 20 65 39 64 66 37 36 …  "SUM crc32 e9df76"
      came      11 bytes        53 55 4d 20 6e 6f 6e 65 20 2d 0a  "SUM none -␊"
                                            ^^ the first difference (byte 5)
      program   still running
      stderr    listening on 127.0.0.1:PORT
likely: after the first line come exactly as many bytes as it says, then a line with the checksum, then the close: open the file as binary ("rb"), send all of it (sendall), then the line SUM crc32 and the checksum in hex, of the whole file (zlib.crc32), and close
read:   docs/lessons/07-file-download.md, "5. send, 6. close: size, bytes, checksum"
