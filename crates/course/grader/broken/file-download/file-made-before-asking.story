 1. started  file-made-before-asking.py get 127.0.0.1:PORT not-here.txt
 2. the program connected
 3. the server received the line "GET 0 not-here.txt"
 4. the server sent 36 bytes "ERR not-found there is no such file␊"
 5. the server closed the connection
 6. the program ended, exit code 1
 7. checked that its folder is empty  <- not as expected
      expected  its folder is empty
      came      the folder holds "not-here.txt" of 0 bytes
      program   ended: exit code 1
      stderr    no file: ERR not-found there is no such file
likely: ERR means that there is nothing to save: look at the first line before a file is opened; say so, and end with an exit code that is not 0
read:   docs/lessons/07-file-download.md, "The client: 4. recv, until all of it is there"
