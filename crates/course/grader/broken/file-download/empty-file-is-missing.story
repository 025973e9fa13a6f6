 1. put the file "empty.txt" into a folder: 0 bytes
 2. started  empty-file-is-missing.rs serve 127.0.0.1:PORT /tmp/course-check-/served
 3. the client connected
 4. the client sent 16 bytes "GET 0 empty.txt␊"
 5. the client waited for the first line of the answer  <- not as expected
      expected  5 bytes         4f 4b 20 30 0a  "OK 0␊"
      came      14 bytes        45 52 52 20 6e 6f 74 2d 66 6f 75 6e 64 0a  "ERR not-found␊"
                                ^^ the first difference (byte 1)
      program   still running
      stderr    listening on 127.0.0.1:PORT
likely: a file of 0 bytes is a file: whether it is there is no question of its size; answer OK 0
read:   docs/lessons/07-file-download.md, "4. open: the server's side"
