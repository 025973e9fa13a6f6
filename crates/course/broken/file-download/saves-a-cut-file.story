 1. started  saves-a-cut-file.py get 127.0.0.1:PORT cut.bin
 2. the program connected
 3. the server received the line "GET 0 cut.bin"
 4. the server sent 10 bytes "OK 300000␊"
 5. the server sent 200000 bytes a2 b8 5a 4e 2c 75 e9 01 00 e4 03 07 7a 8c fc ce …
 6. the server closed the connection
 7. the program ended, exit code 1
 8. looked whether there is no file "cut.bin"  <- not as expected
      expected  there is no file "cut.bin"
      came      the folder holds "cut.bin" of 200000 bytes
      program   ended: exit code 1
      stderr    cut: not all bytes came
likely: recv returned 0 bytes before all bytes had come: count them, compare with the size, and give the file its name only when it is whole (write NAME.part and rename it)
read:   docs/lessons/07-file-download.md, "4. recv and 5. rename: the client's side"
