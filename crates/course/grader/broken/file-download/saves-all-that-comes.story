 1. started  saves-all-that-comes.py get 127.0.0.1:PORT timetable.txt
 2. the program connected
 3. the server received the line "GET 0 timetable.txt"
 4. the server sent 55 bytes "OK 30␊星期一 UDP 39ac6ac78c3566faSUM crc32 0d7aba8e␊"
 5. the server closed the connection
 6. the program ended, exit code 0
 7. looked at the file "timetable.txt" in its folder  <- not as expected
      expected  30 bytes        … 38 63 33 35 36 36 66 61  "8c3566fa"
      came      49 bytes        … 38 63 33 35 36 36 66 61 53 55 4d 20 63 72 63 33 …  "8c3566faSUM crc3"
                                                          ^^ it should end before this byte (byte 31)
      program   ended: exit code 0
likely: recv brings what is there, and not the whole file: go on until as many bytes have come as the first line said, and no further: what comes after them is no part of the file
read:   docs/lessons/07-file-download.md, "The client: 4. recv, until all of it is there"
