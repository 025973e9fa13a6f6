 1. started  saves-under-the-whole-name.py get 127.0.0.1:PORT week1/timetable.txt
 2. the program connected
 3. the server received the line "GET 0 week1/timetable.txt"
 4. the server sent 51 bytes "OK 26␊第一周 80cfbd36480f39f9SUM crc32 79b80d44␊"
 5. the server closed the connection
 6. waited for the program's end, for up to 3 s  <- not as expected
      expected  it ends by itself, with exit code 0
      came      it ended: exit code 1
      program   ended: exit code 1
      stderr    Traceback (most recent call last):
                  File "broken/file-download/saves-under-the-whole-name.py", line 62, in <module>
                    command((host, int(port)), sys.argv[3])
                  File "broken/file-download/saves-under-the-whole-name.py", line 56, in get
                    with open(name, "xb") as file:
                FileNotFoundError: [Errno 2] No such file or directory: 'week1/timetable.txt'
likely: open found no such file or folder: for `serve` that is an answer (ERR not-found) and not the end of the program, and `get` saves under the last part of the name; catch the error of open, or open what stands after the last /
read:   docs/lessons/07-file-download.md, "5. rename: the file gets its name"
