 1. put the file "public.txt" into a folder: 11 bytes "公开 7390"
 2. started  opens-any-path.py serve 127.0.0.1:PORT /tmp/course-check-/served
 3. put secret.txt beside that folder, with the text "秘密 6366"
 4. the client connected
 5. the client sent 20 bytes "GET 0 ../secret.txt␊"
 6. looked whether the secret does not come  <- not as expected
      expected  the secret does not come
      came      36 bytes "OK 11␊秘密 6366SUM crc32 99705e5d␊"
      program   still running
      stderr    listening on 127.0.0.1:PORT
likely: the name was joined to the folder as it came, and .. or a leading / leads out of it: refuse such names with ERR forbidden
read:   docs/lessons/07-file-download.md, "4. open: the server's side"
