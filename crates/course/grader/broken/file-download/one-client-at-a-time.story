 1. put the file "big.bin" into a folder: 8000000 bytes 21 b0 d8 80 ff 8c 4d 37 45 70 c3 01 06 f3 de 25 …
 2. started  one-client-at-a-time.py serve 127.0.0.1:PORT /tmp/course-check-/served
 3. client 1 connected
 4. client 1 sent 14 bytes "GET 0 big.bin␊"
 5. client 1 received the line "OK 8000000"
 6. client 1 stops reading
 7. client 2 connected
 8. client 2 sent 14 bytes "GET 0 big.bin␊"
 9. client 2 waited for the first line of the answer  <- not as expected
      expected  11 bytes        4f 4b 20 38 30 30 30 30 30 30 0a  "OK 8000000␊"
      came      0 bytes
      program   still running
      stderr    listening on 127.0.0.1:PORT
likely: the server sends to one client until it has taken everything, and meanwhile accepts nobody: each client needs a thread of its own (Thread(target=serve, args=(client,)); target=serve(client) would call serve at once)
read:   docs/lessons/07-file-download.md, "The server: 1. listen, 2. accept"
