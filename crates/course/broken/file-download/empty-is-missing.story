 1. started  empty-is-missing.py get 127.0.0.1:PORT empty.txt
 2. the program connected
 3. the server received the line "GET 0 empty.txt"
 4. the server sent 5 bytes "OK 0␊"
 5. the server sent 0 bytes
 6. the server sent 19 bytes "SUM crc32 00000000␊"
 7. the server closed the connection
 8. waited for the program's end, for up to 3 s  <- not as expected
      expected  it ends by itself, with exit code 0
      came      it ended: exit code 1
      program   still running, or done
      stderr    no file: the server sent nothing
likely: the file is saved in the current folder, under its own name, as binary ("wb"), and closed before the program ends
read:   docs/lessons/07-file-download.md, "4. recv and 5. rename: the client's side"
