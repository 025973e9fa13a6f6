 1. put the file "public.txt" into the folder: 23 bytes "公开 b5751d5175748d95"
 2. started  looks-for-dots-first.py 127.0.0.1:PORT /tmp/course-check-/served
 3. put the file "secret.txt" into the folder: 23 bytes "秘密 ef614d30c5b97a97"
 4. the client connected
 5. the client sent 67 bytes "GET /../secret.txt HTTP/1.1␍␊Host: 127.0.0.1␍␊Connection: close␍␊␍␊"
 6. saw that the secret does not come
 7. the client connected
 8. the client sent 71 bytes "GET /%2e%2e/secret.txt HTTP/1.1␍␊Host: 127.0.0.1␍␊Connection: close␍␊␍␊"
 9. checked that the secret does not come  <- not as expected
      expected  the secret does not come
      came      103 bytes "HTTP/1.1 200 OK␍␊Con…"
      program   still running
      stderr    listening on 127.0.0.1:PORT
likely: the name was joined to the folder as it came, and .. or a leading / leads out of it: decode the name first, then refuse it when it leads out of the folder (N or 404)
read:   docs/lessons/07c-http.md, "What a server refuses"
