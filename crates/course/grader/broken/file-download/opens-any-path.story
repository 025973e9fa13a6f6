 1. put the file "public.txt" into a folder: 23 bytes "公开 6b4a306ab5c916e7"
 2. started  opens-any-path.py serve 127.0.0.1:PORT /tmp/course-check-/served
 3. put secret.txt beside that folder, with the text "秘密 fe01296798a91a75"
 4. the client connected
 5. the client sent 20 bytes "GET 0 ../secret.txt␊"
 6. checked that the secret does not come  <- not as expected
      expected  the secret does not come
      came      48 bytes "OK 23␊秘密 fe01296798a91a75SUM crc32 af14d2d1␊"
      program   still running
      stderr    listening on 127.0.0.1:PORT
likely: the name was joined to the folder as it came, and .. or a leading / leads out of it: refuse such names with ERR forbidden
read:   docs/lessons/07-file-download.md, "4. open: the server's side"
