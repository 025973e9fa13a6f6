 1. started  empty-is-missing.py get 127.0.0.1:PORT empty.txt
 2. the program connected
 3. the server received the line "GET 0 empty.txt"
 4. the server sent 24 bytes "OK 0␊SUM crc32 00000000␊"
 5. the server closed the connection
 6. waited for the program's end, for up to 3 s  <- not as expected
      expected  it ends by itself, with exit code 0
      came      it ended: exit code 1
      program   ended: exit code 1
      stderr    no file: the server sent nothing
likely: OK 0 is a whole file of 0 bytes: look at the first line, which says whether there is a file, and not at the number of bytes after it
read:   docs/lessons/07-file-download.md, "The client: 4. recv, until all of it is there"
