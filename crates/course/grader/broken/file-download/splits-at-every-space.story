 1. put the file "课程 表 853c1216c319a1dc.txt" into a folder: 30 bytes "星期一 UDP a9a1b4a4a5bd0f00"
 2. started  splits-at-every-space.py serve 127.0.0.1:PORT /tmp/course-check-/served
 3. the client connected
 4. the client sent 38 bytes "GET 0 课程 表 853c1216c319a1dc.txt␊"
 5. the client waited for the first line of the answer  <- not as expected
      expected  6 bytes         4f 4b 20 33 30 0a  "OK 30␊"
      came      27 bytes        45 52 52 20 6e 6f 74 2d 66 6f 75 6e 64 20 6e 6f …  "ERR not-found no"
                                ^^ the first difference (byte 1)
      program   still running
      stderr    listening on 127.0.0.1:PORT
likely: the name is all that stands after the second space, up to the line end, in UTF-8: it may hold spaces; split the line at its first two spaces only
read:   docs/lessons/07-file-download.md, "3. recv: the request"
