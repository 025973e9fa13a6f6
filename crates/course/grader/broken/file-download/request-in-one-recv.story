 1. put the file "whole.txt" into a folder: 23 bytes "完整 2a1ad4748919ddce"
 2. started  request-in-one-recv.py serve 127.0.0.1:PORT /tmp/course-check-/served
 3. the client connected
 4. the client sent in pieces, each when the one before was received: 9 bytes "GET 0 who"; 7 bytes "le.txt␊"
 5. the client waited for the first line of the answer  <- not as expected
      expected  6 bytes         4f 4b 20 32 33 0a  "OK 23␊"
      came      27 bytes        45 52 52 20 6e 6f 74 2d 66 6f 75 6e 64 20 6e 6f …  "ERR not-found no"
                                ^^ the first difference (byte 1)
      program   still running
      stderr    listening on 127.0.0.1:PORT
likely: recv may bring a part of the request only: read until \n has come, and only then look at the line
read:   docs/lessons/07-file-download.md, "3. recv: the request"
