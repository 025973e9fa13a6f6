 1. started  one-recv-is-the-file.py get 127.0.0.1:PORT big.bin
 2. the program connected
 3. the server received the line "GET 0 big.bin"
 4. the server sent in pieces, each when the one before was received: 5 bytes "OK 50"; 6 bytes "00000␊"
 5. the server sent the file in pieces of 100000 bytes, each when the one before was received
 6. the server sent 19 bytes "SUM crc32 23bb8e9a␊"
 7. the server closed the connection
 8. waited for the program's end, for up to 3 s  <- not as expected
      expected  it ends by itself, with exit code 0
      came      it ended: exit code 1
      program   ended: exit code 1
      stderr    cut: not all bytes came
likely: recv brings what is there, and not the whole file: go on until as many bytes have come as the first line said, and no further: what comes after them is no part of the file
read:   docs/lessons/07-file-download.md, "The client: 4. recv, until all of it is there"
