 1. started  status-in-one-recv.py get 127.0.0.1:PORT timetable.txt
 2. the program connected
 3. the server received the line "GET 0 timetable.txt"
 4. the server sent 55 bytes "OK 30␊星期一 UDP 39ac6ac78c3566faSUM crc32 0d7aba8e␊"
 5. the server closed the connection
 6. waited for the program's end, for up to 3 s  <- not as expected
      expected  it ends by itself, with exit code 0
      came      it ended: exit code 1
      program   ended: exit code 1
      stderr    Traceback (most recent call last):
                  File "broken/file-download/status-in-one-recv.py", line 62, in <module>
                    command((host, int(port)), sys.argv[3])
                  File "broken/file-download/status-in-one-recv.py", line 47, in get
                    size = int(status[3:])
                ValueError: invalid literal for int() with base 10: '30\n星期一 UDP 39ac6ac78c3566faSUM crc32 0d7aba8e\n'
likely: the program looks for a number where there is none: after `OK `, up to the first \n, stands the size, and what comes after it belongs to the file; in ADDRESS the port stands after the last colon; read up to \n and no further, before you look at the line
read:   docs/lessons/07-file-download.md, "5. rename: the file gets its name"
