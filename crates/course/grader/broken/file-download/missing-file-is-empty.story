 1. put the file "here.txt" into a folder: 32 bytes "有这个文件 8d9df661c1864448"
 2. started  missing-file-is-empty.rs serve 127.0.0.1:PORT /tmp/course-check-/served
 3. client 1 connected
 4. client 1 sent 19 bytes "GET 0 not-here.txt␊"
 5. checked that the answer is a line that begins with ERR  <- not as expected
      expected  the answer is a line that begins with ERR
      came      5 bytes "OK 0␊"
      program   still running
      stderr    listening on 127.0.0.1:PORT
likely: when File::open fails the answer is a line, and the server serves on: send ERR not-found and a text
read:   docs/lessons/07-file-download.md, "4. open: the server's side"
