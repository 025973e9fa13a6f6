 1. put the file "here.txt" into a folder: 32 bytes "有这个文件 8d9df661c1864448"
 2. started  no-answer-for-missing.py serve 127.0.0.1:PORT /tmp/course-check-/served
 3. client 1 connected
 4. client 1 sent 19 bytes "GET 0 not-here.txt␊"
 5. checked that the answer is a line that begins with ERR  <- not as expected
      expected  the answer is a line that begins with ERR
      came      0 bytes
      program   still running
      stderr    listening on 127.0.0.1:PORT
                Traceback (most recent call last):
                  File "broken/file-download/no-answer-for-missing.py", line 24, in answer
                    data = open(path, "rb").read()
                FileNotFoundError: [Errno 2] No such file or directory: '/tmp/course-check-/served/not-here.txt'
likely: open found no such file or folder: for `serve` that is an answer (ERR not-found) and not the end of the program, and `get` saves under the last part of the name; catch the error of open, or open what stands after the last /
read:   docs/lessons/07-file-download.md, "4. open: the server's side"
